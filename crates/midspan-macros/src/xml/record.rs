//! `#[derive(Xml)]` on a struct: attributes, then elements in the order of the fields.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{Expr, Fields, Ident, LitStr, Type, parse_quote, spanned::Spanned};

use super::{Arguments, Container, soap};
use crate::problems::Problems;

pub(super) struct Record<'a> {
    container: &'a Container<'a>,
    fields: Vec<Field<'a>>,
}

struct Field<'a> {
    ident: &'a Ident,
    ty: &'a Type,
    kind: Kind,
    namespace: Expr,
    name: String,
}

/// What a field stands for.
enum Kind {
    Element { nillable: bool },
    Attribute,
    Choice,
    Text,
}

impl<'a> Record<'a> {
    pub(super) fn read(container: &'a Container<'a>, fields: &'a Fields, problems: &mut Problems) -> Self {
        let fields: Vec<_> = fields
            .iter()
            .filter_map(|field| Field::read(container, field, problems))
            .collect();
        let texts = fields.iter().filter(|field| matches!(field.kind, Kind::Text)).count();
        if let Some(element) = fields
            .iter()
            .find(|field| !matches!(field.kind, Kind::Text | Kind::Attribute))
            && texts > 0
        {
            problems.add(
                element.ident,
                "where one field is the `text`, the others are attributes",
            );
        }
        if texts > 1 {
            problems.add(
                fields[0].ident,
                "an element has one text, so that one field is the `text`",
            );
        }
        if container.by_type {
            problems.add(
                &container.item.ident,
                "`by_type` is for an enum whose variants are types",
            );
        }
        Self { container, fields }
    }

    pub(super) fn expand(&self) -> TokenStream {
        let soap = soap();
        let is_attribute = |field: &&Field<'_>| matches!(field.kind, Kind::Attribute);
        let attributes = self.fields.iter().filter(is_attribute).map(Field::write);
        let content = self
            .fields
            .iter()
            .filter(|field| !is_attribute(field))
            .map(Field::write);
        let idents = self.fields.iter().map(|field| field.ident);
        let values = self.fields.iter().map(Field::value);
        let xml = quote! {
            fn write(&self, element: &mut #soap::Writer) {
                let _ = &element;
                #(#attributes)*
                #(#content)*
            }

            fn read(element: #soap::Element<'_>) -> ::core::result::Result<Self, #soap::XmlError> {
                let _ = element;
                ::core::result::Result::Ok(Self { #(#idents: #values,)* })
            }
        };
        let xml = self.container.implementation(&quote!(#soap::Xml), &xml);
        let named = self.container.named();
        quote!(#xml #named)
    }
}

impl<'a> Field<'a> {
    fn read(container: &Container<'_>, field: &'a syn::Field, problems: &mut Problems) -> Option<Self> {
        let ident = field.ident.as_ref()?;
        let flags = ["attribute", "text", "choice", "nillable"];
        let mut arguments = Arguments::read(&field.attrs, &["name", "namespace"], &flags, problems);
        let kind = match arguments.one_of(&flags, problems).as_deref() {
            Some("attribute") => Kind::Attribute,
            Some("text") => Kind::Text,
            Some("choice") => Kind::Choice,
            nillable => Kind::Element {
                nillable: nillable.is_some(),
            },
        };
        let name = arguments.text("name", problems);
        if let (Some(name), Kind::Text | Kind::Choice) = (&name, &kind) {
            problems.add(name, "it has no name of its own");
        }
        let namespace = arguments.value("namespace").unwrap_or_else(|| match kind {
            // An attribute without a prefix has no namespace (Namespaces in XML 1.0 s. 6.2).
            Kind::Attribute => parse_quote!(""),
            _ => container.inner_namespace(),
        });
        Some(Self {
            ident,
            ty: &field.ty,
            kind,
            namespace,
            name: name
                .as_ref()
                .map_or_else(|| container.rename(ident, "camelCase"), LitStr::value),
        })
    }

    fn write(&self) -> TokenStream {
        let Self { ident, ty, kind, .. } = self;
        let (soap, name) = (soap(), self.name());
        match kind {
            Kind::Element { nillable } => quote_spanned! {ty.span()=>
                <#ty as #soap::Field>::write_field(&self.#ident, #name, #nillable, element);
            },
            Kind::Attribute => quote_spanned! {ty.span()=>
                <#ty as #soap::AttributeField>::write_attribute(&self.#ident, #name, element);
            },
            Kind::Choice => {
                quote_spanned!(ty.span()=> <#ty as #soap::ChoiceField>::write_choice(&self.#ident, element);)
            }
            Kind::Text => quote_spanned!(ty.span()=> element.value::<#ty>(&self.#ident);),
        }
    }

    fn value(&self) -> TokenStream {
        let ty = self.ty;
        let (soap, name) = (soap(), self.name());
        match self.kind {
            Kind::Element { .. } => quote_spanned!(ty.span()=> <#ty as #soap::Field>::read_field(#name, element)?),
            Kind::Attribute => {
                quote_spanned!(ty.span()=> <#ty as #soap::AttributeField>::read_attribute(#name, element)?)
            }
            Kind::Choice => quote_spanned!(ty.span()=> <#ty as #soap::ChoiceField>::read_choice(element)?),
            Kind::Text => quote_spanned!(ty.span()=> element.value::<#ty>()?),
        }
    }

    fn name(&self) -> TokenStream {
        let (soap, namespace, name) = (soap(), &self.namespace, &self.name);
        quote!(#soap::Name::new(#namespace, #name))
    }
}
