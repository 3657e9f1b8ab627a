//! The statements that put a call together.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::{
    argument::{Named, is_copy},
    form::{form, multipart},
    operation::{Body, Operation},
    parameter::{ParameterType, Place},
};
use crate::rust::Ty;

/// The statements that put a call together.
pub(super) fn build(source: &Ident, operation: &Operation, named: &[Named<'_>], by_struct: bool) -> TokenStream {
    let (path, fixed) = operation.path.split_once('?').unwrap_or((&operation.path, ""));
    let path = if path.starts_with('/') {
        path.to_owned()
    } else {
        format!("/{path}")
    };
    let start = match operation.method.as_str() {
        method @ ("GET" | "POST" | "PUT" | "PATCH" | "DELETE" | "HEAD") => {
            let method = Ident::new(&method.to_ascii_lowercase(), proc_macro2::Span::call_site());
            quote!(.#method(#path))
        }
        _ => quote!(.call(Method::OPTIONS, #path)),
    };
    let mut chain = quote!(ctx.source(&#source) #start);
    for pair in fixed.split('&').filter(|pair| !pair.is_empty() && !pair.contains('{')) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        chain.extend(quote!(.query(#name, #value)));
    }
    for parameter in &operation.parameters {
        if let Some(value) = &parameter.constant {
            let name = &parameter.name;
            chain.extend(match parameter.place {
                Place::Path => quote!(.path(#name, #value)),
                Place::Query => quote!(.query(#name, #value)),
                Place::Header => quote!(.header(#name, #value)),
                Place::Form => continue,
            });
        }
    }
    let mut later = TokenStream::new();
    for named in named {
        let (now, then) = match named.parameter.place {
            Place::Path => (in_path(named, by_struct), None),
            Place::Query => in_query(named, by_struct),
            Place::Header => in_header(named, by_struct),
            Place::Form => (TokenStream::new(), None),
        };
        chain.extend(now);
        later.extend(then);
    }
    let mut before = TokenStream::new();
    match &operation.body {
        None => {}
        Some(Body::Json {
            ty,
            required,
            content_type,
            ..
        }) => {
            let header = content_type
                .as_ref()
                .map(|media| quote!(.header("Content-Type", #media)));
            let body = if is_copy(ty) { quote!(&body) } else { quote!(body) };
            if *required || matches!(ty, Ty::Optional(_)) {
                chain.extend(quote!(.body(#body) #header));
            } else {
                later.extend(quote!(if let Some(body) = body { call = call.body(#body) #header; }));
            }
        }
        Some(Body::Bytes { content_type }) => chain.extend(quote!(.bytes(#content_type, body))),
        Some(Body::Form) => {
            let (fields, more) = form(operation, named, by_struct);
            let mutable = (!more.is_empty()).then(|| quote!(mut));
            before = quote!(let #mutable form: Vec<(&str, String)> = vec![#(#fields),*]; #more);
            chain.extend(quote!(.form(form)));
        }
        Some(Body::Multipart) => {
            let (fields, more) = multipart(operation, named, by_struct);
            let mutable = (!more.is_empty()).then(|| quote!(mut));
            before = quote!(let #mutable parts = Multipart::new() #fields; #more);
            chain.extend(quote!(.multipart(parts)));
        }
    }
    if later.is_empty() {
        quote!(#before #chain)
    } else {
        quote!(#before let mut call = #chain; #later call)
    }
}

fn in_path(named: &Named<'_>, by_struct: bool) -> TokenStream {
    let (name, text) = (&named.parameter.name, named.text(&named.value(by_struct)));
    quote!(.path(#name, #text))
}

fn in_query(named: &Named<'_>, by_struct: bool) -> (TokenStream, Option<TokenStream>) {
    let (name, value) = (&named.parameter.name, named.value(by_struct));
    let chained = match (&named.parameter.ty, named.parameter.required) {
        (ParameterType::Repeated(_), _) => {
            let each = named.each(by_struct);
            quote!(.queries(#name, #each))
        }
        (ParameterType::Deep, _) => {
            let (each, name) = (named.each(by_struct), format!("{name}[{{name}}]"));
            let all = quote!(for (name, value) in #each { call = call.query(&format!(#name), value); });
            return (TokenStream::new(), Some(all));
        }
        (ParameterType::Joined(_, separator), false) => {
            let place = named.place(by_struct);
            let held = if by_struct { quote!(#place.as_ref()) } else { place };
            quote!(.queries(#name, #held.map(|value| joined(value, #separator))))
        }
        (_, true) => {
            let text = named.text(&value);
            quote!(.query(#name, #text))
        }
        (_, false) => quote!(.queries(#name, #value)),
    };
    (chained, None)
}

fn in_header(named: &Named<'_>, by_struct: bool) -> (TokenStream, Option<TokenStream>) {
    let (name, value) = (&named.parameter.name, named.value(by_struct));
    let text = |place: &TokenStream, value: &TokenStream| match &named.parameter.ty {
        ParameterType::One(Ty::Text) => value.clone(),
        _ => named.string(place, value),
    };
    if named.parameter.required {
        let text = text(&named.place(by_struct), &value);
        (quote!(.header(#name, #text)), None)
    } else {
        let held = quote!(value);
        let text = text(&held, &held);
        let set = quote!(if let Some(value) = #value { call = call.header(#name, #text); });
        (TokenStream::new(), Some(set))
    }
}
