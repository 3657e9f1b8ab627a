//! `#[derive(Data)]`: a struct is a record, an enum a choice.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{Attribute, Data, DeriveInput, Fields, GenericParam, Generics, Type, parse_quote, spanned::Spanned};

use crate::{choice::Choice, problems::Problems, record::Record};

pub(crate) fn expand(item: &DeriveInput) -> TokenStream {
    let mut problems = Problems::default();
    check(item, &mut problems);
    let generics = bounded(item.generics.clone());
    let implementation = match &item.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => Record::read(&item.ident, &generics, fields, &mut problems).expand(),
            _ => {
                problems.add(
                    &item.ident,
                    "a record has named fields: `struct Person { name: String }`",
                );
                TokenStream::new()
            }
        },
        Data::Enum(data) => Choice::read(&item.ident, data, &mut problems).expand(),
        Data::Union(data) => {
            problems.add(data.union_token, "a union has no JSON; use a struct or an enum");
            TokenStream::new()
        }
    };
    if problems.is_empty() {
        return implementation;
    }
    let fallback = fallback(item, &generics);
    let errors = problems.into_compile_errors();
    quote!(#fallback #errors)
}

/// What structs and enums have in common.
fn check(item: &DeriveInput, problems: &mut Problems) {
    for attribute in item.attrs.iter().filter(|attribute| is_data(attribute)) {
        problems.add(attribute, "`#[data(...)]` stands on a field or a variant");
    }
    for lifetime in item.generics.lifetimes() {
        problems.add(
            lifetime,
            "a value of the contract owns what it holds; use `String` for `&str`",
        );
    }
}

pub(crate) fn is_data(attribute: &Attribute) -> bool {
    attribute.path().is_ident("data")
}

/// Each type parameter is `Data` itself.
fn bounded(mut generics: Generics) -> Generics {
    for parameter in &mut generics.params {
        if let GenericParam::Type(parameter) = parameter {
            parameter.bounds.push(parse_quote!(::midspan::Data));
        }
    }
    generics
}

/// Says once more that `ty` is `Data`. Of several errors at one span the compiler drops those that another implies, and
/// it shows equal ones once: a type that is not `Data` is then one error, not one for each way in which it is used.
pub(crate) fn claim(ty: &Type) -> TokenStream {
    quote_spanned!(ty.span()=> let _ = <#ty as ::midspan::Data>::OPTIONAL;)
}

/// Stands in where the type has mistakes, so that its users don't report them once more.
fn fallback(item: &DeriveInput, generics: &Generics) -> TokenStream {
    let name = &item.ident;
    let (parameters, arguments, conditions) = generics.split_for_impl();
    let mut with_lifetime = generics.clone();
    with_lifetime.params.insert(0, parse_quote!('__de));
    let (with_lifetime, ..) = with_lifetime.split_for_impl();
    let serde = quote!(::midspan::macro_support::serde);
    quote! {
        impl #parameters #serde::Serialize for #name #arguments #conditions {
            fn serialize<__S: #serde::Serializer>(&self, _: __S) -> ::core::result::Result<__S::Ok, __S::Error> {
                ::core::unreachable!()
            }
        }

        impl #with_lifetime #serde::Deserialize<'__de> for #name #arguments #conditions {
            fn deserialize<__D: #serde::Deserializer<'__de>>(_: __D) -> ::core::result::Result<Self, __D::Error> {
                ::core::unreachable!()
            }
        }

        impl #parameters ::midspan::Data for #name #arguments #conditions {
            const SCHEMA: ::midspan::macro_support::definition::Schema =
                ::midspan::macro_support::definition::Schema::Any;
        }

        impl #parameters ::midspan::macro_support::Value for #name #arguments #conditions {
            fn parse(_: &[&str]) -> ::core::result::Result<Self, &'static str> {
                ::core::unreachable!()
            }
        }
    }
}
