//! `#[derive(Data)]` on an enum: one of a closed list of texts.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, DataEnum, Fields, Ident, Variant};

use crate::{attributes::Arguments, data::is_data, doc::Doc, names, problems::Problems};

pub(crate) struct Choice<'a> {
    name: &'a Ident,
    values: Vec<Value<'a>>,
}

struct Value<'a> {
    variant: &'a Ident,
    text: String,
    display_name: String,
}

impl<'a> Choice<'a> {
    pub(crate) fn read(name: &'a Ident, data: &'a DataEnum, problems: &mut Problems) -> Self {
        if data.variants.is_empty() {
            problems.add(name, "a choice has at least one variant");
        }
        let mut values: Vec<Value<'a>> = Vec::new();
        for variant in &data.variants {
            let value = Value::read(variant, problems);
            if values.iter().any(|earlier| earlier.text == value.text) {
                problems.add(
                    &variant.ident,
                    format!("there is a variant with the name \"{}\" already", value.text),
                );
            }
            values.push(value);
        }
        Self { name, values }
    }

    pub(crate) fn expand(&self) -> TokenStream {
        let name = self.name;
        let texts: Vec<_> = self.values.iter().map(|value| &value.text).collect();
        let variants: Vec<_> = self.values.iter().map(|value| value.variant).collect();
        let display_names = self.values.iter().map(|value| &value.display_name);
        let expected = self.expected();
        let serde = quote!(::midspan::macro_support::serde);
        let definition = quote!(::midspan::macro_support::definition);
        quote! {
            #[automatically_derived]
            impl ::midspan::Data for #name {
                const SCHEMA: #definition::Schema = #definition::Schema::Choice(&[
                    #(#definition::Choice { value: #texts, display_name: #display_names },)*
                ]);
            }

            #[automatically_derived]
            impl ::midspan::macro_support::Value for #name {
                fn parse(texts: &[&str]) -> ::core::result::Result<Self, &'static str> {
                    match texts {
                        #([#texts] => ::core::result::Result::Ok(Self::#variants),)*
                        _ => ::core::result::Result::Err(#expected),
                    }
                }
            }

            #[automatically_derived]
            impl #serde::Serialize for #name {
                fn serialize<S: #serde::Serializer>(
                    &self,
                    serializer: S,
                ) -> ::core::result::Result<S::Ok, S::Error> {
                    serializer.serialize_str(match self { #(Self::#variants => #texts,)* })
                }
            }

            #[automatically_derived]
            impl<'de> #serde::Deserialize<'de> for #name {
                fn deserialize<D: #serde::Deserializer<'de>>(
                    deserializer: D,
                ) -> ::core::result::Result<Self, D::Error> {
                    let text = <::std::string::String as #serde::Deserialize>::deserialize(deserializer)?;
                    <Self as ::midspan::macro_support::Value>::parse(&[&text]).map_err(|expected| {
                        let unexpected = #serde::de::Unexpected::Str(&text);
                        <D::Error as #serde::de::Error>::invalid_value(unexpected, &expected)
                    })
                }
            }
        }
    }

    /// To stand after "must be".
    fn expected(&self) -> String {
        let texts: Vec<_> = self.values.iter().map(|value| format!("\"{}\"", value.text)).collect();
        match texts.as_slice() {
            [only] => only.clone(),
            texts => format!("one of {}", texts.join(", ")),
        }
    }
}

impl<'a> Value<'a> {
    fn read(variant: &'a Variant, problems: &mut Problems) -> Self {
        if !matches!(variant.fields, Fields::Unit) {
            problems.add(
                &variant.fields,
                "a variant holds nothing: a choice is one of a closed list of texts",
            );
        }
        let mut text = names::json(&variant.ident);
        for attribute in variant.attrs.iter().filter(|attribute| is_data(attribute)) {
            text = given_name(attribute, problems).unwrap_or(text);
        }
        let doc = Doc::read(&variant.attrs, problems);
        let display_name = if doc.summary.is_empty() {
            names::phrase(&variant.ident)
        } else {
            doc.summary
        };
        Self {
            variant: &variant.ident,
            text,
            display_name,
        }
    }
}

fn given_name(attribute: &Attribute, problems: &mut Problems) -> Option<String> {
    let name = Arguments::of(attribute, &["name"], problems).text("name", problems)?;
    // A query separates the items of a list by commas, and leaves an empty text out.
    if name.value().is_empty() || name.value().contains(',') {
        problems.add(&name, "the name of a variant has at least one letter and no comma");
    }
    Some(name.value())
}
