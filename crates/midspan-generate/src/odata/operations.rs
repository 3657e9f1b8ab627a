//! Functions and actions.

use proc_macro2::TokenStream;
use quote::quote;

use super::{
    keys::{self, Key},
    metadata::Operation,
    sets::{RESERVED, Service},
    structures::Structures,
};
use crate::rust::{Access, Field, Kind, Scope, Ty, doc};

/// A function or an action at `path`, after the key of what it is bound to.
pub(super) fn operation(
    service: &Service<'_>,
    structures: &mut Structures<'_>,
    functions: &mut Scope,
    operation: &Operation,
    (path, key): (&str, Option<&Key>),
) -> TokenStream {
    let own = operation.name.rsplit('.').next().unwrap_or(&operation.name);
    let returns = operation
        .returns
        .as_ref()
        .map(|reference| (structures.ty(reference), is_primitive(structures, reference)));
    let mut scope = Scope::new(RESERVED);
    let mut arguments: Vec<TokenStream> = key.map(|key| key.arguments.clone()).unwrap_or_default();
    let filled = key.map(|key| key.filled.clone()).unwrap_or_default();
    // The key's names are taken: the same scope gives them again.
    for name in key.map(|key| key.names.as_slice()).unwrap_or_default() {
        let _ = scope.value(&name.to_string());
    }
    let call = if operation.is_function {
        function_call(
            service,
            structures,
            operation,
            &mut scope,
            &mut arguments,
            (path, &filled),
        )
    } else {
        action_call(service, structures, operation, own, &mut arguments, (path, &filled))
    };
    let name = functions.value(own);
    let kind = if operation.is_function { "GET" } else { "POST" };
    let about = format!("`{kind} {}/{path}`", service.base_path);
    let about = doc(&if operation.doc.is_empty() {
        about
    } else {
        format!("{}\n\n{about}", operation.doc)
    });
    let types = &structures.types;
    match returns {
        Some((Ty::List(item), _)) if operation.is_function => {
            let item = item.owned(types);
            quote! {
                #about
                pub fn #name<'c>(ctx: &'c Context, #(#arguments),*) -> Pages<'c, #item> {
                    #call.pages(Paging::next_link())
                }
            }
        }
        Some((ty, is_primitive)) => {
            let owned = ty.owned(types);
            // OData JSON format s. 11 and 14: what is no object stands in one.
            let body = if is_primitive || matches!(ty, Ty::List(_)) {
                quote! {
                    let answer: Wrapped<#owned> = #call.json().await?;
                    Ok(answer.value)
                }
            } else {
                quote!(#call.json().await)
            };
            quote!(#about pub async fn #name(ctx: &Context, #(#arguments),*) -> Result<#owned> { #body })
        }
        None => quote! {
            #about
            pub async fn #name(ctx: &Context, #(#arguments),*) -> Result<()> { #call.success().await.map(drop) }
        },
    }
}

fn is_primitive(structures: &Structures<'_>, reference: &super::metadata::Reference) -> bool {
    reference.name.starts_with("Edm.") || !structures.is_structure(&reference.name)
}

/// Primitive parameters stand in the path as literals; others by an alias in the query, as JSON (OData URL conventions
/// s. 4.6 and 5.3).
fn function_call(
    service: &Service<'_>,
    structures: &mut Structures<'_>,
    operation: &Operation,
    scope: &mut Scope,
    arguments: &mut Vec<TokenStream>,
    (path, filled): (&str, &TokenStream),
) -> TokenStream {
    let (mut parts, mut values) = (Vec::new(), TokenStream::new());
    for property in &operation.parameters {
        let name = &property.name;
        if let Some(parameter) = keys::parameter(service.metadata, property, scope) {
            let (placeholder, literal) = (parameter.ident.to_string(), parameter.literal);
            let placeholder = placeholder.trim_start_matches("r#").to_owned();
            parts.push(format!("{name}={{{placeholder}}}"));
            values.extend(quote!(.path(#placeholder, #literal)));
            arguments.push(parameter.argument);
        } else {
            let (ident, alias) = (scope.value(name), format!("@{name}"));
            let ty = structures.ty(&property.ty);
            let borrowed = ty.borrowed(&structures.types);
            parts.push(format!("{name}={alias}"));
            values.extend(quote!(.query(#alias, midspan::serde_json::json!(#ident))));
            arguments.push(quote!(#ident: #borrowed));
        }
    }
    let get = service.get(&format!("{path}({})", parts.join(",")));
    quote!(#get #filled #values)
}

/// The parameters are the body.
fn action_call(
    service: &Service<'_>,
    structures: &mut Structures<'_>,
    operation: &Operation,
    own: &str,
    arguments: &mut Vec<TokenStream>,
    (path, filled): (&str, &TokenStream),
) -> TokenStream {
    let post = service.call("post", path);
    if operation.parameters.is_empty() {
        return quote!(#post #filled);
    }
    let ty = structures.parameters(
        &operation.name,
        own,
        || format!("What `{own}` takes."),
        &operation.parameters,
    );
    let owned = ty.owned(&structures.types);
    arguments.push(quote!(parameters: &#owned));
    quote!(#post #filled.body(parameters))
}

impl Structures<'_> {
    /// The struct of an action's parameters: one, however many types it is bound to.
    fn parameters(
        &mut self,
        name: &str,
        own: &str,
        doc: impl FnOnce() -> String,
        parameters: &[super::metadata::Property],
    ) -> Ty {
        let known = format!("{name} parameters of {}", parameters.len());
        if let Some(ty) = self.known_parameters(&known) {
            return ty;
        }
        let id = self.declare_as(&known, &format!("{own} parameters"));
        let fields = parameters
            .iter()
            .map(|parameter| Field {
                name: parameter.name.clone(),
                doc: parameter.doc.clone(),
                ty: self.ty(&parameter.ty),
                required: !parameter.nullable,
                access: Access::Both,
                rest: false,
            })
            .collect();
        self.types.define(id, doc(), Kind::Struct(fields));
        Ty::Item(id)
    }
}
