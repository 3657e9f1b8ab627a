//! The Rust text of a plan.

use heck::{ToLowerCamelCase, ToPascalCase};
use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::ext::IdentExt;

use super::{
    name::QName,
    node::XML,
    plan::{Count, Field, FieldPlace, Item, Kind, Operation, Plan, Policy, Source, TextValue, Ty, Variant},
};
use crate::{
    At, Error, Module, Request, Variable,
    rust::{self, Scope},
};

pub(super) fn module(request: &Request<'_>, plan: Plan) -> Result<Module, Error> {
    let mut printer = Printer {
        namespaces: Namespaces::new(&plan.namespace),
        items: &plan.items,
        uses_date: false,
    };
    let source = source(&plan.source, request.name);
    let operations: Vec<_> = plan
        .operations
        .iter()
        .map(|operation| printer.operation(operation))
        .collect();
    let items: Vec<_> = plan.items.iter().map(|item| printer.item(item)).collect();
    let namespaces = printer.namespaces.constants();
    let date = printer.uses_date.then(|| quote!(Date,));
    let tokens = quote! {
        use midspan::{#date Source, Xml, source::soap};
        #namespaces
        #source
        #(#operations)*
        #(#items)*
    };
    let about = about(&plan);
    let text = rust::module(request.command, &about, &tokens);
    let text = text.map_err(|why| Error::new(request.file, None::<At>, why).with_help("report it, with the WSDL"))?;
    Ok(Module {
        text,
        variables: variables(&plan.source, request.name),
        notes: plan.notes,
    })
}

fn variables(source: &Source, name: &str) -> Vec<Variable> {
    let variable = |suffix: &str, secret, default| Variable {
        name: format!("{name}_{suffix}"),
        secret,
        default,
    };
    let mut variables = vec![variable("url", false, source.address.clone())];
    if source.policy.username_token {
        variables.push(variable("user", false, None));
        variables.push(variable("password", true, None));
    }
    variables
}

fn about(plan: &Plan) -> String {
    let doc = plan.doc.trim();
    let doc = if doc.is_empty() {
        format!("The SOAP service {}.", plan.source.title)
    } else {
        doc.to_owned()
    };
    format!(
        "{doc}\n\nA WSDL does not say what only reads: call such an operation as `&{}.read_only()`, and it may be repeated.",
        plan.operations
            .first()
            .map_or_else(String::new, |operation| operation.ident.to_string())
    )
}

fn source(source: &Source, name: &str) -> TokenStream {
    let ident = &source.ident;
    let title = &source.title;
    let soap12 = source.soap12.then(|| quote!(.soap12()));
    let doc = rust::doc(&match &source.address {
        Some(address) => format!("The service; the WSDL has it on <{address}>."),
        None => "The service.".to_owned(),
    });
    let Policy {
        username_token,
        digest,
        timestamp,
        addressing,
    } = source.policy;
    let token = username_token.then(|| {
        let [user, password] = [format!("{name}_user"), format!("{name}_password")];
        let kind = if digest { quote!(digest) } else { quote!(text) };
        let timestamp = timestamp.then(|| quote!(.with_timestamp()));
        quote!(.username_token(soap::UsernameToken::#kind(#user, #password) #timestamp))
    });
    let addressing = addressing.then(|| quote!(.addressing()));
    quote! {
        #doc
        pub static #ident: Source = Source::soap(#name).titled(#title) #soap12 #token #addressing;
    }
}

struct Printer<'p> {
    namespaces: Namespaces,
    items: &'p [Item],
    uses_date: bool,
}

impl Printer<'_> {
    fn operation(&mut self, operation: &Operation) -> TokenStream {
        let Operation {
            ident, action, path, ..
        } = operation;
        let doc = rust::doc(&operation.doc);
        let (request, answer) = (self.ty(&operation.request), self.ty(&operation.answer));
        let fault = operation.fault.as_ref().map(|fault| self.ty(fault));
        let fault = fault.map(|fault| quote!(, #fault));
        let at = (!path.is_empty()).then(|| quote!(.at(#path)));
        quote! {
            #doc
            pub const #ident: soap::Operation<#request, #answer #fault> = soap::Operation::new(#action) #at;
        }
    }

    fn item(&mut self, item: &Item) -> TokenStream {
        let ident = &item.ident;
        let doc = rust::doc(&item.doc);
        match &item.kind {
            Kind::Record {
                name,
                is_root,
                fields,
                default,
            } => {
                let case = Case::of(fields);
                let unqualified = is_unqualified(name, fields);
                let attribute = self.container(ident, is_root.then_some(name), &name.namespace, case, unqualified);
                let inside = if unqualified { "" } else { &name.namespace };
                let fields = fields
                    .iter()
                    .map(|field| self.field(field, case, inside))
                    .collect::<Vec<_>>();
                let derive = derive(*default);
                if fields.is_empty() {
                    return quote!(#doc #derive #attribute pub struct #ident;);
                }
                quote!(#doc #derive #attribute pub struct #ident { #(#fields)* })
            }
            Kind::Wrapper { name, of, default } => {
                let attribute = self.container(ident, Some(name), &name.namespace, Case::Camel, false);
                let of = self.ty(of);
                let derive = derive(*default);
                quote!(#doc #derive #attribute pub struct #ident(pub #of);)
            }
            Kind::Texts(values) => {
                let values = values.iter().map(text_value);
                let derive = quote!(#[derive(Debug, Clone, Copy, PartialEq, Eq, Xml)]);
                quote!(#doc #derive pub enum #ident { #(#values)* })
            }
            Kind::Elements(variants) => self.variants(item, variants, false),
            Kind::Types(variants) => self.variants(item, variants, true),
        }
    }

    fn variants(&mut self, item: &Item, variants: &[Variant], by_type: bool) -> TokenStream {
        let ident = &item.ident;
        let doc = rust::doc(&item.doc);
        let namespace = variants.first().map_or("", |first| &first.name.namespace).to_owned();
        let by_type = by_type.then(|| quote!(by_type));
        let arguments = [self.namespaces.argument(&namespace, ""), by_type];
        let attribute = xml(arguments);
        let variants = variants.iter().map(|variant| {
            let (ident, ty) = (&variant.ident, self.ty(&variant.ty));
            let doc = rust::doc(&variant.doc);
            let local = &variant.name.local;
            let name = (ident.unraw() != local).then(|| quote!(name = #local));
            let attribute = xml([name, self.namespaces.argument(&variant.name.namespace, &namespace)]);
            quote!(#doc #attribute #ident(#ty),)
        });
        let variants: Vec<_> = variants.collect();
        quote!(#doc #[derive(Debug, Clone, PartialEq, Xml)] #attribute pub enum #ident { #(#variants)* })
    }

    /// `name` is that of a message, a header or a fault; others have none that matters.
    fn container(
        &mut self,
        ident: &Ident,
        name: Option<&QName>,
        namespace: &str,
        case: Case,
        unqualified: bool,
    ) -> TokenStream {
        let name = name.map(|name| &name.local).filter(|local| ident.unraw() != **local);
        xml([
            self.namespaces.argument(namespace, ""),
            name.map(|name| quote!(name = #name)),
            (case == Case::Pascal).then(|| quote!(rename_all = "PascalCase")),
            unqualified.then(|| quote!(unqualified)),
        ])
    }

    fn field(&mut self, field: &Field, case: Case, inside: &str) -> TokenStream {
        let Field { ident, ty, count, .. } = field;
        let doc = rust::doc(&field.doc);
        let ty = self.ty(ty);
        let ty = match count {
            Count::One => ty,
            Count::Optional => quote!(Option<#ty>),
            Count::Many => quote!(Vec<#ty>),
            Count::ManyOrNil => quote!(Vec<Option<#ty>>),
        };
        let named = |local: &str| (!case.gives(ident, local)).then(|| quote!(name = #local));
        let attribute = match &field.place {
            FieldPlace::Element { name, nillable } => xml([
                nillable.then(|| quote!(nillable)),
                named(&name.local),
                self.namespaces.argument(&name.namespace, inside),
            ]),
            FieldPlace::Attribute(name) => xml([
                Some(quote!(attribute)),
                named(&name.local),
                self.namespaces.argument(&name.namespace, ""),
            ]),
            FieldPlace::Text => quote!(#[xml(text)]),
            FieldPlace::Choice => quote!(#[xml(choice)]),
        };
        quote!(#doc #attribute pub #ident: #ty,)
    }

    fn ty(&mut self, ty: &Ty) -> TokenStream {
        match ty {
            Ty::Nothing => quote!(()),
            Ty::Ready(path) => {
                self.uses_date |= *path == "Date";
                // They are written above, as Rust has them.
                path.parse().unwrap_or_default()
            }
            Ty::Item(at) => {
                let ident = &self.items[*at].ident;
                quote!(#ident)
            }
            Ty::List(item) => {
                let item = self.ty(item);
                quote!(soap::List<#item>)
            }
            Ty::Boxed(at) => {
                let ident = &self.items[*at].ident;
                quote!(Box<#ident>)
            }
        }
    }
}

fn derive(default: bool) -> TokenStream {
    let default = default.then(|| quote!(Default,));
    quote!(#[derive(Debug, Clone, #default PartialEq, Xml)])
}

fn text_value(value: &TextValue) -> TokenStream {
    let TextValue { ident, text, .. } = value;
    let doc = rust::doc(&value.doc);
    let attribute = xml([(ident.unraw() != text).then(|| quote!(name = #text))]);
    quote!(#doc #attribute #ident,)
}

/// `#[xml(...)]`, unless it would be empty.
fn xml(arguments: impl IntoIterator<Item = Option<TokenStream>>) -> TokenStream {
    let arguments: Vec<_> = arguments.into_iter().flatten().collect();
    if arguments.is_empty() {
        return TokenStream::new();
    }
    quote!(#[xml(#(#arguments),*)])
}

/// Whether no element in it has a namespace, though it has one itself.
fn is_unqualified(name: &QName, fields: &[Field]) -> bool {
    let mut namespaces = fields.iter().filter_map(|field| match &field.place {
        FieldPlace::Element { name, .. } => Some(&name.namespace),
        _ => None,
    });
    let first = namespaces.next();
    !name.namespace.is_empty() && first.is_some_and(String::is_empty) && namespaces.all(String::is_empty)
}

/// How the names of fields become those of elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Case {
    Camel,
    Pascal,
}

impl Case {
    /// The one that gives more names.
    fn of(fields: &[Field]) -> Self {
        let given = |case: Self| {
            let names = fields.iter().filter(|field| match &field.place {
                FieldPlace::Element { name, .. } | FieldPlace::Attribute(name) => case.gives(&field.ident, &name.local),
                FieldPlace::Text | FieldPlace::Choice => false,
            });
            names.count()
        };
        if given(Self::Pascal) > given(Self::Camel) {
            Self::Pascal
        } else {
            Self::Camel
        }
    }

    fn gives(self, ident: &Ident, name: &str) -> bool {
        let ident = ident.unraw().to_string();
        match self {
            Self::Camel => ident.to_lower_camel_case() == name,
            Self::Pascal => ident.to_pascal_case() == name,
        }
    }
}

/// Constants for namespaces, so that each is written once.
struct Namespaces {
    scope: Scope,
    known: Vec<(String, Ident)>,
    used: Vec<bool>,
}

impl Namespaces {
    fn new(own: &str) -> Self {
        let mut scope = Scope::default();
        let ident = scope.constant("namespace");
        Self {
            scope,
            known: vec![(own.to_owned(), ident)],
            used: vec![false],
        }
    }

    /// `namespace = ...`, unless it is this one anyway.
    fn argument(&mut self, namespace: &str, anyway: &str) -> Option<TokenStream> {
        if namespace == anyway {
            return None;
        }
        // None, or the one that XML itself has.
        if namespace.is_empty() || namespace == XML {
            return Some(quote!(namespace = #namespace));
        }
        let at = self
            .known
            .iter()
            .position(|(known, _)| known == namespace)
            .unwrap_or_else(|| {
                let ident = self.scope.constant(&format!("namespace {}", last_words(namespace)));
                self.known.push((namespace.to_owned(), ident));
                self.used.push(false);
                self.known.len() - 1
            });
        self.used[at] = true;
        let ident = &self.known[at].1;
        Some(quote!(namespace = #ident))
    }

    fn constants(&self) -> TokenStream {
        let used = self.known.iter().zip(&self.used).filter(|(_, used)| **used);
        let constants = used.map(|((namespace, ident), _)| quote!(const #ident: &str = #namespace;));
        quote!(#(#constants)*)
    }
}

/// The last step of a URI that has letters: `http://schemas.contoso.com/2010/leave/` gives `leave`.
fn last_words(namespace: &str) -> &str {
    let mut steps = namespace.rsplit(['/', ':', '#']);
    steps
        .find(|step| step.contains(|letter: char| letter.is_ascii_alphabetic()))
        .unwrap_or_default()
}
