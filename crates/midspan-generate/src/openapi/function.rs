//! The functions of a module: one that puts the call together, and one that makes it and gives what it answers.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::{
    argument::{Named, optional},
    call::build,
    operation::{Answer, Body, Operation},
    paging::List,
    parameter::ParameterType,
};
use crate::rust::{Scope, Ty, Types, doc};

/// More than so many parameters become a struct.
const MOST_PARAMETERS: usize = 3;

/// What an operation is in the module.
pub(super) struct Function {
    /// The struct of its parameters, where they are many.
    pub(super) input: Option<TokenStream>,
    /// In the module itself.
    pub(super) answering: TokenStream,
    /// In the module's `calls`.
    pub(super) calling: TokenStream,
}

pub(super) fn function(
    types: &mut Types,
    functions: &mut Scope,
    source: &Ident,
    operation: &Operation,
    list: Option<List>,
) -> Function {
    let name = functions.value(&operation.id);
    let mut scope = Scope::new(&["body", "call", "ctx", "form", "input", "parts", "text", "value"]);
    let free = operation
        .parameters
        .iter()
        .filter(|parameter| parameter.constant.is_none());
    let named: Vec<Named<'_>> = free
        .map(|parameter| Named {
            ident: scope.value(&parameter.name),
            file_name: (parameter.ty == ParameterType::File).then(|| scope.value(&format!("{} name", parameter.name))),
            parameter,
        })
        .collect();
    let by_struct = named.len() > MOST_PARAMETERS;
    let input = by_struct.then(|| types.claim(&operation.id));
    let (mut arguments, mut values) = match &input {
        Some(ty) => (vec![quote!(input: &#ty)], vec![quote!(input)]),
        None => named.iter().flat_map(|named| named.arguments(types)).unzip(),
    };
    if let Some((ty, name)) = body_argument(operation, types) {
        arguments.push(ty);
        values.push(name);
    }
    let about = doc(&about(operation, if by_struct { &[] } else { &named }));
    let build = build(source, operation, &named, by_struct);
    let (ty, end) = ending(&operation.answer, types);
    let pages = list.map(|list| {
        let name_of_pages = functions.value(&format!("{} pages", operation.id));
        let about = doc(&format!("All items of [`{name}`], page by page."));
        let (item, paging) = (list.item.owned(types), list.paging);
        quote! {
            #about
            pub fn #name_of_pages<'c>(ctx: &'c Context, #(#arguments),*) -> Pages<'c, #item> {
                calls::#name(ctx, #(#values),*).pages(#paging)
            }
        }
    });
    Function {
        input: input.map(|ty| structure(&ty, operation, &named, types)),
        answering: quote! {
            #about
            pub async fn #name(ctx: &Context, #(#arguments),*) -> Result<#ty> {
                calls::#name(ctx, #(#values),*) #end
            }
            #pages
        },
        calling: quote! {
            pub fn #name<'c>(ctx: &'c Context, #(#arguments),*) -> Call<'c> { #build }
        },
    }
}

fn about(operation: &Operation, named: &[Named<'_>]) -> String {
    let mut text = operation.doc.clone();
    if matches!(operation.answer, Answer::Found(_)) {
        text.push_str("\n\nNothing where the source has no such thing (404).");
    }
    let told: Vec<String> = named
        .iter()
        .filter(|named| !named.parameter.doc.is_empty())
        .map(|named| format!("- `{}`: {}", named.ident, first_paragraph(&named.parameter.doc)))
        .collect();
    if !told.is_empty() {
        text.push_str("\n\n");
        text.push_str(&told.join("\n"));
    }
    text
}

fn first_paragraph(text: &str) -> &str {
    text.split("\n\n").next().unwrap_or(text)
}

fn structure(ty: &Ident, operation: &Operation, named: &[Named<'_>], types: &Types) -> TokenStream {
    let about = doc(&format!("What `{} {}` takes.", operation.method, operation.path));
    let fields = named.iter().map(|named| {
        let (ident, about) = (&named.ident, doc(&named.parameter.doc));
        let ty = named.owned(types);
        let file_name = named.file_name.as_ref().map(|name| {
            let ty = optional(quote!(String), named.parameter.required);
            quote!(/** The file's name. */ pub #name: #ty,)
        });
        quote!(#about pub #ident: #ty, #file_name)
    });
    let has_default = named
        .iter()
        .all(|named| !named.parameter.required || named.has_default());
    let default = has_default.then(|| quote!(, Default));
    quote! {
        #about
        #[derive(Debug, Clone, PartialEq #default)]
        pub struct #ty { #(#fields)* }
    }
}

/// The argument for the body, and its name.
fn body_argument(operation: &Operation, types: &Types) -> Option<(TokenStream, TokenStream)> {
    let ty = match operation.body.as_ref()? {
        Body::Json { ty, required, .. } => {
            let borrowed = ty.borrowed(types);
            let is_optional = !required && !matches!(ty, Ty::Optional(_));
            optional(borrowed, !is_optional)
        }
        Body::Bytes { .. } => quote!(Bytes),
        Body::Form | Body::Multipart => return None,
    };
    Some((quote!(body: #ty), quote!(body)))
}

/// What the answering function gives, and how it comes from the call.
fn ending(answer: &Answer, types: &Types) -> (TokenStream, TokenStream) {
    match answer {
        Answer::Nothing => (quote!(()), quote!(.success().await.map(drop))),
        Answer::Json(ty) => (ty.owned(types), quote!(.json().await)),
        Answer::Found(ty) => {
            let ty = ty.owned(types);
            (quote!(Option<#ty>), quote!(.found().await))
        }
        Answer::Text => (quote!(String), quote!(.text().await)),
        Answer::Binary => (quote!(Binary), quote!(.binary().await)),
    }
}
