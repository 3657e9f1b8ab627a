//! OpenAPI 2.0, 3.0 and 3.1, in JSON and YAML: one function an operation, one type a schema that they use.
//!
//! Real documents are dirty. What can't be read for certain is taken as any JSON, or left out, and noted; only what is no
//! OpenAPI document at all is an error.

mod argument;
mod call;
mod document;
mod form;
mod function;
mod operation;
mod paging;
mod parameter;
mod schema;
mod security;
mod view;

use proc_macro2::TokenStream;
use quote::quote;

use crate::{
    Error, Module, Request, Variable,
    rust::{self, Scope, Ty, doc},
    tree,
};
pub(crate) use document::{Document, Version, reference};
use operation::{Answer, Body, Operation};
use schema::Schemas;
use security::{KeyPlace, Security};

/// The module for a source that an OpenAPI document describes.
///
/// # Errors
/// Where the text is neither JSON nor YAML, or no OpenAPI document.
pub fn openapi(request: &Request<'_>) -> Result<Module, Error> {
    let root = tree::read(request.file, request.text)?;
    let document = Document::new(request, &root)?;
    let mut schemas = Schemas::new(&document, request.options);
    let (origin, described_path) = document.server();
    let base_path = request
        .options
        .base_path
        .map_or(described_path, |path| path.trim_end_matches('/').to_owned());
    let operations = operation::operations(&document, &mut schemas, &base_path);
    let security = Security::of(&document);
    let mut values = Scope::default();
    let source = values.constant(request.name);
    let (declaration, variables) = declaration(request, &document, (&security, origin), &source);

    let mut functions = Scope::new(&["calls", "joined"]);
    let (mut inputs, mut answering, mut calling) = (TokenStream::new(), TokenStream::new(), TokenStream::new());
    for operation in &operations {
        let pages = paging::list(&document, &schemas.types, operation);
        let function = function::function(&mut schemas.types, &mut functions, &source, operation, pages);
        inputs.extend(function.input);
        answering.extend(function.answering);
        calling.extend(function.calling);
    }
    let types = types(&schemas, &operations);
    let calls = quote! {
        /// The same calls before they are sent: to read a list in pages (`.pages(...)`), to set a time-out, to add an
        /// idempotency key.
        pub mod calls {
            use super::*;
            #calling
        }
    };
    let items = quote!(#declaration #answering #calls #inputs #types);
    let items = with_joined(&items);
    let imports = rust::imports(&items, IMPORTS);
    let about = match document.title() {
        "" => format!("Source `{}`.", request.name),
        title => format!("{title}\n\n{}", document.description()),
    };
    let text = rust::module(request.command, &about, &quote!(#imports #items));
    let text = text.map_err(|why| Error::new(request.file, None, why).with_help("this is a defect of midspan"))?;
    drop(schemas);
    Ok(Module {
        text,
        variables,
        notes: document.notes(),
    })
}

const IMPORTS: &[(&str, &[&str])] = &[
    ("std::collections", &["BTreeMap"]),
    ("midspan", &["Context", "Date", "Result", "Source", "Timestamp"]),
    ("midspan::bytes", &["Bytes"]),
    ("midspan::http", &["Method"]),
    ("midspan::serde", &["Deserialize", "Serialize"]),
    ("midspan::serde_json", &["Value"]),
    (
        "midspan::source",
        &["Auth", "Binary", "Call", "Multipart", "Pages", "Paging"],
    ),
];

fn declaration(
    request: &Request<'_>,
    document: &Document<'_>,
    (security, origin): (&Security, Option<String>),
    source: &proc_macro2::Ident,
) -> (TokenStream, Vec<Variable>) {
    let name = request.name;
    let title = match document.title() {
        "" => name,
        title => title,
    };
    let mut variables = vec![Variable {
        name: format!("{name}_url"),
        secret: false,
        default: origin,
    }];
    let mut secret = |what: &str| {
        let variable = format!("{name}_{what}");
        variables.push(Variable {
            name: variable.clone(),
            secret: true,
            default: None,
        });
        variable
    };
    let credentials = match security {
        Security::None => TokenStream::new(),
        Security::Bearer => {
            let variable = secret("token");
            quote!(.bearer(#variable))
        }
        Security::Basic => {
            let (user, password) = (secret("user"), secret("password"));
            quote!(.auth(Auth::basic(#user, #password)))
        }
        Security::Key { place, name } => {
            let key = secret("key");
            match place {
                KeyPlace::Header => quote!(.auth(Auth::api_key(#name, #key))),
                KeyPlace::Query => quote!(.auth(Auth::api_key_query(#name, #key))),
            }
        }
    };
    let about = doc(&format!("{title}. Its address is the variable `{name}_url`."));
    let declaration = quote! {
        #about
        pub static #source: Source = Source::rest(#name).titled(#title) #credentials;
    };
    (declaration, variables)
}

fn types(schemas: &Schemas<'_>, operations: &[Operation]) -> TokenStream {
    let sent = operations.iter().filter_map(|operation| match &operation.body {
        Some(Body::Json { ty, .. }) => Some(ty.clone()),
        _ => None,
    });
    let received = operations.iter().filter_map(|operation| match &operation.answer {
        Answer::Json(ty) | Answer::Found(ty) => Some(ty.clone()),
        _ => None,
    });
    let (sent, received): (Vec<Ty>, Vec<Ty>) = (sent.collect(), received.collect());
    schemas.types.tokens(&sent, &received)
}

/// Adds the function that puts separators between values, where one of the others calls it.
fn with_joined(items: &TokenStream) -> TokenStream {
    if !items.to_string().contains("joined (") {
        return items.clone();
    }
    quote! {
        #items
        /// The values with a separator between.
        fn joined(values: impl IntoIterator<Item = impl ToString>, separator: &str) -> String {
            let texts: Vec<String> = values.into_iter().map(|value| value.to_string()).collect();
            texts.join(separator)
        }
    }
}
