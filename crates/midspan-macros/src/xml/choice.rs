//! `#[derive(Xml)]` on an enum: variants that hold nothing are texts (`xs:enumeration`); variants that hold a value are
//! elements (`xs:choice`) or, with `by_type`, types that extend an abstract one.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{DataEnum, Expr, Fields, Ident, LitStr, Type, Variant};

use super::{Arguments, Container, soap};
use crate::problems::Problems;

pub(super) struct Choice<'a> {
    container: &'a Container<'a>,
    values: Vec<Value<'a>>,
}

struct Value<'a> {
    ident: &'a Ident,
    /// Nothing for a text.
    holds: Option<&'a Type>,
    namespace: Expr,
    name: String,
}

impl<'a> Choice<'a> {
    pub(super) fn read(container: &'a Container<'a>, data: &'a DataEnum, problems: &mut Problems) -> Self {
        let values: Vec<_> = data
            .variants
            .iter()
            .filter_map(|variant| Value::read(container, variant, problems))
            .collect();
        if data.variants.is_empty() {
            problems.add(&container.item.ident, "a choice has at least one variant");
        }
        if let Some(first) = values.first()
            && let Some(other) = values
                .iter()
                .find(|value| value.holds.is_some() != first.holds.is_some())
        {
            problems.add(other.ident, "either each variant holds a value, or none does");
        }
        Self { container, values }
    }

    pub(super) fn expand(&self) -> TokenStream {
        match self.values.first() {
            Some(Value { holds: None, .. }) => self.texts(),
            Some(_) if self.container.by_type => self.types(),
            _ => self.elements(),
        }
    }

    fn texts(&self) -> TokenStream {
        let soap = soap();
        let variants: Vec<_> = self.values.iter().map(|value| value.ident).collect();
        let texts: Vec<_> = self.values.iter().map(|value| &value.name).collect();
        let expected: Vec<_> = texts.iter().map(|text| format!("\"{text}\"")).collect();
        let expected = format!("one of {}", expected.join(", "));
        let text = quote! {
            fn to_text(&self) -> ::std::borrow::Cow<'_, str> {
                ::std::borrow::Cow::Borrowed(match self { #(Self::#variants => #texts,)* })
            }

            fn from_text(text: &str) -> ::core::result::Result<Self, &'static str> {
                match text.trim_ascii() {
                    #(#texts => ::core::result::Result::Ok(Self::#variants),)*
                    _ => ::core::result::Result::Err(#expected),
                }
            }
        };
        let xml = quote! {
            fn write(&self, element: &mut #soap::Writer) {
                element.value(self);
            }

            fn read(element: #soap::Element<'_>) -> ::core::result::Result<Self, #soap::XmlError> {
                element.value()
            }
        };
        let text = self.container.implementation(&quote!(#soap::Text), &text);
        let xml = self.container.implementation(&quote!(#soap::Xml), &xml);
        quote!(#text #xml)
    }

    fn elements(&self) -> TokenStream {
        let soap = soap();
        let variants: Vec<_> = self.values.iter().map(|value| value.ident).collect();
        let names: Vec<_> = self.values.iter().map(Value::name).collect();
        let element = quote! {
            fn write_named(&self, parent: &mut #soap::Writer) {
                match self {
                    #(Self::#variants(value) => #soap::Field::write_field(value, #names, false, parent),)*
                }
            }

            fn read_named(
                element: #soap::Element<'_>,
            ) -> ::core::result::Result<::core::option::Option<Self>, #soap::XmlError> {
                #(
                    if element.is(#names) {
                        let value = #soap::Xml::read(element)?;
                        return ::core::result::Result::Ok(::core::option::Option::Some(Self::#variants(value)));
                    }
                )*
                ::core::result::Result::Ok(::core::option::Option::None)
            }
        };
        self.container.implementation(&quote!(#soap::Named), &element)
    }

    fn types(&self) -> TokenStream {
        let soap = soap();
        let variants: Vec<_> = self.values.iter().map(|value| value.ident).collect();
        let names: Vec<_> = self.values.iter().map(Value::name).collect();
        let expected: Vec<_> = self.values.iter().map(|value| format!("`{}`", value.name)).collect();
        let expected = format!("should say by `xsi:type` which of {} it is", expected.join(", "));
        let xml = quote! {
            fn write(&self, element: &mut #soap::Writer) {
                match self {
                    #(Self::#variants(value) => {
                        element.type_name(#names);
                        #soap::Xml::write(value, element);
                    })*
                }
            }

            fn read(element: #soap::Element<'_>) -> ::core::result::Result<Self, #soap::XmlError> {
                #(
                    if element.is_of_type(#names) {
                        return #soap::Xml::read(element).map(Self::#variants);
                    }
                )*
                ::core::result::Result::Err(element.error(#expected))
            }
        };
        self.container.implementation(&quote!(#soap::Xml), &xml)
    }
}

impl<'a> Value<'a> {
    fn read(container: &Container<'_>, variant: &'a Variant, problems: &mut Problems) -> Option<Self> {
        let holds = match &variant.fields {
            Fields::Unit => None,
            Fields::Unnamed(fields) if fields.unnamed.len() == 1 => Some(&fields.unnamed[0].ty),
            other => {
                problems.add(other, "a variant holds one value, `Paid(Receipt)`, or nothing");
                return None;
            }
        };
        let mut arguments = Arguments::read(&variant.attrs, &["name", "namespace"], &[], problems);
        // A list of texts may have an empty one; an element has a name.
        let name = match holds {
            None => arguments.any_text("name", problems),
            Some(_) => arguments.text("name", problems),
        };
        // The name of a type is always in its schema's namespace; that of a local element need not be.
        let otherwise = if container.by_type {
            container.namespace.clone()
        } else {
            container.inner_namespace()
        };
        Some(Self {
            ident: &variant.ident,
            holds,
            namespace: arguments.value("namespace").unwrap_or(otherwise),
            name: name
                .as_ref()
                .map_or_else(|| container.rename(&variant.ident, ""), LitStr::value),
        })
    }

    fn name(&self) -> TokenStream {
        let (soap, namespace, name) = (soap(), &self.namespace, &self.name);
        quote!(#soap::Name::new(#namespace, #name))
    }
}
