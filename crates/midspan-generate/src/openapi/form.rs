//! Forms: `application/x-www-form-urlencoded` and `multipart/form-data`.

use proc_macro2::TokenStream;
use quote::quote;

use super::{
    argument::Named,
    operation::Operation,
    parameter::{Parameter, ParameterType, Place},
};

/// The fields of an operation's form: those with a value of their own, and those that are parameters.
fn fields<'a>(
    operation: &'a Operation,
    named: &'a [Named<'a>],
) -> impl Iterator<Item = (&'a Parameter, Option<&'a Named<'a>>)> {
    let of_form = operation
        .parameters
        .iter()
        .filter(|parameter| parameter.place == Place::Form);
    of_form.map(|parameter| {
        let same = |named: &&Named<'_>| named.parameter.place == Place::Form && named.parameter.name == parameter.name;
        (parameter, named.iter().find(same))
    })
}

/// The pairs that are always in a form, and the statements that add the others.
pub(super) fn form(operation: &Operation, named: &[Named<'_>], by_struct: bool) -> (Vec<TokenStream>, TokenStream) {
    let (mut always, mut more) = (Vec::new(), TokenStream::new());
    for (parameter, named) in fields(operation, named) {
        let name = &parameter.name;
        let Some(named) = named else {
            let value = parameter.constant.as_deref().unwrap_or_default();
            always.push(quote!((#name, #value.to_string())));
            continue;
        };
        let (place, value) = (named.place(by_struct), named.value(by_struct));
        match (&parameter.ty, parameter.required) {
            (ParameterType::Repeated(_), _) => {
                let each = named.each(by_struct);
                more.extend(quote!(for value in #each { form.push((#name, value.to_string())); }));
            }
            (_, true) => {
                let text = named.string(&place, &value);
                always.push(quote!((#name, #text)));
            }
            (_, false) => {
                let text = named.string(&quote!(value), &quote!(value));
                more.extend(quote!(if let Some(value) = #value { form.push((#name, #text)); }));
            }
        }
    }
    (always, more)
}

/// The chained fields that are always in a multipart body, and the statements that add the others.
pub(super) fn multipart(operation: &Operation, named: &[Named<'_>], by_struct: bool) -> (TokenStream, TokenStream) {
    let (mut always, mut more) = (TokenStream::new(), TokenStream::new());
    for (parameter, named) in fields(operation, named) {
        let name = &parameter.name;
        let Some(named) = named else {
            let value = parameter.constant.as_deref().unwrap_or_default();
            always.extend(quote!(.field(#name, #value)));
            continue;
        };
        let (place, value) = (named.place(by_struct), named.value(by_struct));
        match (&named.file_name, &parameter.ty, parameter.required) {
            (Some(file_name), _, true) => {
                let file_name = if by_struct {
                    quote!(&input.#file_name)
                } else {
                    quote!(#file_name)
                };
                always.extend(quote!(.file(#name, #file_name, &#place.content_type, #place.content.clone())));
            }
            (Some(file_name), _, false) => {
                let file_name = if by_struct {
                    quote!(&input.#file_name)
                } else {
                    quote!(#file_name)
                };
                more.extend(quote! {
                    if let (Some(value), Some(name)) = (#value, #file_name) {
                        parts = parts.file(#name, name, &value.content_type, value.content.clone());
                    }
                });
            }
            (None, ParameterType::Repeated(_), _) => {
                let each = named.each(by_struct);
                more.extend(quote!(for value in #each { parts = parts.field(#name, value.to_string()); }));
            }
            (None, _, true) => {
                let text = named.string(&place, &value);
                always.extend(quote!(.field(#name, #text)));
            }
            (None, _, false) => {
                let text = named.string(&quote!(value), &quote!(value));
                more.extend(quote!(if let Some(value) = #value { parts = parts.field(#name, #text); }));
            }
        }
    }
    (always, more)
}
