//! The functions of a module: one that puts the call together, and one that makes it and gives what it answers.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::{
    operation::{Answer, Body, Operation},
    paging::List,
    parameter::{Parameter, ParameterType, Place},
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

/// A parameter with its Rust name.
struct Named<'a> {
    ident: Ident,
    /// For a file: the name that the source shall read.
    file_name: Option<Ident>,
    parameter: &'a Parameter,
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

fn optional(ty: TokenStream, required: bool) -> TokenStream {
    if required { ty } else { quote!(Option<#ty>) }
}

impl Named<'_> {
    fn owned(&self, types: &Types) -> TokenStream {
        let ty = match &self.parameter.ty {
            ParameterType::One(ty) => ty.owned(types),
            ParameterType::Repeated(ty) | ParameterType::Joined(ty, _) => {
                let ty = ty.owned(types);
                quote!(Vec<#ty>)
            }
            ParameterType::Deep => quote!(BTreeMap<String, String>),
            ParameterType::File => quote!(Binary),
        };
        optional(ty, self.parameter.required)
    }

    fn has_default(&self) -> bool {
        !matches!(
            &self.parameter.ty,
            ParameterType::One(Ty::Item(_)) | ParameterType::File
        )
    }

    /// The function's arguments for it, and their names.
    fn arguments(&self, types: &Types) -> Vec<(TokenStream, TokenStream)> {
        let ident = &self.ident;
        let ty = match &self.parameter.ty {
            ParameterType::One(ty) => ty.borrowed(types),
            ParameterType::Repeated(ty) | ParameterType::Joined(ty, _) => ty.clone().list().borrowed(types),
            ParameterType::Deep => quote!(&BTreeMap<String, String>),
            ParameterType::File => quote!(&Binary),
        };
        let ty = optional(ty, self.parameter.required);
        let mut arguments = vec![(quote!(#ident: #ty), quote!(#ident))];
        if let Some(name) = &self.file_name {
            let ty = optional(quote!(&str), self.parameter.required);
            arguments.push((quote!(#name: #ty), quote!(#name)));
        }
        arguments
    }

    /// Where the value is: an argument, or a field of the struct.
    fn place(&self, by_struct: bool) -> TokenStream {
        let ident = &self.ident;
        if by_struct {
            quote!(input.#ident)
        } else {
            quote!(#ident)
        }
    }

    /// The value as it can be handed on: a reference where it can't be copied.
    fn value(&self, by_struct: bool) -> TokenStream {
        let place = self.place(by_struct);
        let is_copy = matches!(&self.parameter.ty, ParameterType::One(ty) if is_copy(ty));
        if by_struct && !is_copy { quote!(&#place) } else { place }
    }

    /// Each of the values of an optional list or map.
    fn each(&self, by_struct: bool) -> TokenStream {
        let place = self.place(by_struct);
        match (self.parameter.required, by_struct) {
            (true, _) => self.value(by_struct),
            (false, true) => quote!(#place.iter().flatten()),
            (false, false) => quote!(#place.into_iter().flatten()),
        }
    }

    /// The value, or what an optional one holds, as something that becomes text by itself.
    fn text(&self, value: &TokenStream) -> TokenStream {
        match &self.parameter.ty {
            ParameterType::Joined(_, separator) => quote!(joined(#value, #separator)),
            ParameterType::Repeated(_) => quote!(joined(#value, ",")),
            ParameterType::Deep => quote!(joined(#value.values(), ",")),
            ParameterType::One(_) | ParameterType::File => value.clone(),
        }
    }

    /// The same as a `String`; `place` is the value, or what leads to it.
    fn string(&self, place: &TokenStream, value: &TokenStream) -> TokenStream {
        match &self.parameter.ty {
            ParameterType::One(_) | ParameterType::File => quote!(#place.to_string()),
            _ => self.text(value),
        }
    }
}

const fn is_copy(ty: &Ty) -> bool {
    matches!(ty, Ty::Bool | Ty::Integer | Ty::Number | Ty::Date | Ty::Timestamp)
}

/// The statements that put a call together.
fn build(source: &Ident, operation: &Operation, named: &[Named<'_>], by_struct: bool) -> TokenStream {
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
fn form(operation: &Operation, named: &[Named<'_>], by_struct: bool) -> (Vec<TokenStream>, TokenStream) {
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
fn multipart(operation: &Operation, named: &[Named<'_>], by_struct: bool) -> (TokenStream, TokenStream) {
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
