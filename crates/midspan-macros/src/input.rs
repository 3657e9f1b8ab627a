//! `#[input]`: from the fields of a struct to `Input::PARAMETERS`, `Input::BODY` and `Input::decode`.

use std::ops::RangeFrom;

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{Attribute, Field, Fields, Ident, Item, ItemStruct, Meta, Type, spanned::Spanned};

use crate::{
    attributes::Arguments,
    dynamic::{Dynamic, Names},
    parameter::Parameter,
    problems::Problems,
};

/// The attributes that say where a field comes from.
const PLACES: [&str; 5] = ["path", "query", "header", "body", "form"];

pub(crate) fn expand(arguments: TokenStream, item: &TokenStream) -> TokenStream {
    let mut problems = Problems::default();
    if !arguments.is_empty() {
        problems.add(arguments, "`#[input]` takes no arguments");
    }
    let mut item = match syn::parse2(item.clone()) {
        Ok(Item::Struct(item)) => item,
        Ok(_) => {
            problems.add(item, "an input is a struct with named fields");
            let errors = problems.into_compile_errors();
            return quote!(#item #errors);
        }
        Err(error) => return error.into_compile_error(),
    };
    let sources = read(&mut item, &mut problems);
    let name = &item.ident;
    let implementation = if problems.is_empty() {
        implementation(name, &sources)
    } else {
        fallback(&item)
    };
    let errors = problems.into_compile_errors();
    quote!(#item #implementation #errors)
}

/// A field and where it comes from: a parameter, or the body.
struct Source {
    field: Ident,
    ty: Type,
    parameter: Option<Parameter>,
    /// The operation that knows the fields of the body.
    body: Option<Dynamic>,
}

/// Takes the attributes off the fields and reads them.
fn read(item: &mut ItemStruct, problems: &mut Problems) -> Vec<Source> {
    if !item.generics.params.is_empty() {
        problems.add(
            &item.generics,
            "an input has no type parameters: its fields are the contract",
        );
    }
    let Fields::Named(fields) = &mut item.fields else {
        problems.add(
            &item.ident,
            "an input is a struct with named fields; leave the argument out if there is none",
        );
        return Vec::new();
    };
    let mut sources = Vec::new();
    for field in &mut fields.named {
        let places = field
            .attrs
            .extract_if(.., |attribute| place(attribute).is_some())
            .collect::<Vec<_>>();
        sources.extend(source(field, &places, problems));
    }
    check_unique(&sources, problems);
    let names = parameters(&sources);
    for source in &sources {
        if let Some(parameter) = &source.parameter {
            parameter.check_names(&names, problems);
        }
        if let Some(dynamic) = &source.body {
            dynamic.check_names(&names, problems);
        }
    }
    sources
}

fn place(attribute: &Attribute) -> Option<String> {
    let name = attribute.path().get_ident()?.to_string();
    PLACES.contains(&name.as_str()).then_some(name)
}

fn source(field: &Field, places: &[Attribute], problems: &mut Problems) -> Option<Source> {
    let name = field.ident.as_ref()?;
    let [attribute] = places else {
        match places.get(1) {
            None => problems.add(
                name,
                format!("say where `{name}` comes from: `#[path]`, `#[query]`, `#[header]`, `#[body]` or `#[form]`"),
            ),
            Some(second) => problems.add(
                second,
                format!("`{name}` comes from one place; remove one of its attributes"),
            ),
        }
        return None;
    };
    let is_body = attribute.path().is_ident("body");
    Some(Source {
        field: name.clone(),
        ty: field.ty.clone(),
        parameter: (!is_body).then(|| Parameter::read(field, attribute, problems)),
        body: if is_body { body(attribute, problems) } else { None },
    })
}

/// `#[body]`, or `#[body(schema(...))]`.
fn body(attribute: &Attribute, problems: &mut Problems) -> Option<Dynamic> {
    if let Meta::List(list) = &attribute.meta
        && !list.tokens.to_string().trim_start().starts_with("schema")
    {
        problems.add(
            attribute,
            "`#[body]` takes `schema(...)` only: the bounds stand at the fields of its type",
        );
        return None;
    }
    let mut arguments = Arguments::of(attribute, &["schema"], problems);
    Dynamic::take(&mut arguments, problems)
}

/// The parameters, which can be passed on to other operations.
fn parameters(sources: &[Source]) -> Names {
    let named = sources.iter().filter_map(|source| {
        let parameter = source.parameter.as_ref()?;
        Some((source.field.clone(), parameter.name().to_owned()))
    });
    Names::parameters(named.collect())
}

fn check_unique(sources: &[Source], problems: &mut Problems) {
    let has_form = sources
        .iter()
        .any(|source| source.parameter.as_ref().is_some_and(Parameter::is_form));
    if let Some(body) = sources
        .iter()
        .find(|source| source.parameter.is_none())
        .filter(|_| has_form)
    {
        problems.add(
            &body.field,
            "a form is the whole body: an input has a `#[body]` or `#[form]` fields",
        );
    }
    let mut seen = Vec::new();
    for Source { field, parameter, .. } in sources {
        let key = parameter.as_ref().map(Parameter::key);
        if !seen.contains(&key) {
            seen.push(key);
        } else if let Some(parameter) = parameter {
            let (place, name) = parameter.key();
            problems.add(
                &parameter.named_at,
                format!("there is a `#[{place}]` field with the name \"{name}\" already"),
            );
        } else {
            problems.add(field, "an input has one `#[body]`");
        }
    }
}

fn implementation(name: &Ident, sources: &[Source]) -> TokenStream {
    let names = parameters(sources);
    let parameters = sources
        .iter()
        .filter_map(|source| Some(source.parameter.as_ref()?.tokens(&names)));
    let positions_of_all = 0..sources.iter().filter(|source| source.parameter.is_some()).count();
    let read = positions_of_all.map(|position| quote!(Self::PARAMETERS[#position].at_run_time()));
    let dynamic = sources.iter().find_map(|source| source.body.as_ref());
    let dynamic = dynamic.map(|dynamic| {
        let dynamic = Dynamic::option(Some(dynamic), &names);
        quote! {
            const BODY_SCHEMA: ::core::option::Option<&'static ::midspan::macro_support::definition::Dynamic> = #dynamic;
        }
    });
    let body = sources.iter().find(|source| source.parameter.is_none()).map_or_else(
        || quote!(::core::option::Option::None),
        |Source { ty, .. }| quote!(::core::option::Option::Some(<#ty as ::midspan::input::Body>::SCHEMA)),
    );
    let mut positions = 0..;
    let values = sources.iter().map(|source| source.value(&mut positions));
    quote! {
        #[automatically_derived]
        impl ::midspan::Input for #name {
            const PARAMETERS: &'static [::midspan::macro_support::definition::Parameter] = &[#(#parameters),*];
            const BODY: ::core::option::Option<::midspan::macro_support::definition::Schema> = #body;
            const READ: &'static [::midspan::macro_support::definition::Parameter] = &[#(#read),*];
            #dynamic

            fn decode(request: &::midspan::macro_support::Parts<'_>) -> ::midspan::Result<Self> {
                ::core::result::Result::Ok(Self { #(#values),* })
            }
        }
    }
}

impl Source {
    /// The field in the struct's constructor; `positions` are those in `PARAMETERS`.
    fn value(&self, positions: &mut RangeFrom<usize>) -> TokenStream {
        let Self { field, ty, .. } = self;
        let value = if let Some(parameter) = &self.parameter {
            let position = positions.next();
            let read = Ident::new(if parameter.is_form() { "form" } else { "parameter" }, ty.span());
            quote_spanned! {ty.span()=>
                ::midspan::macro_support::#read::<#ty>(request, &<Self as ::midspan::Input>::READ[#position])?
            }
        } else {
            quote_spanned!(ty.span()=> ::midspan::macro_support::body::<#ty>(request)?)
        };
        quote!(#field: #value)
    }
}

/// Stands in where the struct has mistakes, so that its users don't report them once more.
fn fallback(item: &ItemStruct) -> TokenStream {
    let name = &item.ident;
    let (generics, arguments, conditions) = item.generics.split_for_impl();
    quote! {
        impl #generics ::midspan::Input for #name #arguments #conditions {
            const PARAMETERS: &'static [::midspan::macro_support::definition::Parameter] = &[];
            const BODY: ::core::option::Option<::midspan::macro_support::definition::Schema> =
                ::core::option::Option::None;

            fn decode(_: &::midspan::macro_support::Parts<'_>) -> ::midspan::Result<Self> {
                ::core::unreachable!()
            }
        }
    }
}
