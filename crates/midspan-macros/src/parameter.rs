//! A `#[path]`, `#[query]`, `#[header]` or `#[form]` field.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use syn::{Attribute, Field, LitStr, Type};

use crate::{
    attributes::Arguments,
    bounds::{Bounds, KEYS},
    doc::Doc,
    dynamic::{self, Dynamic, Names},
    kind::Shape,
    names,
    problems::Problems,
};

/// The constant `Parameter` of one field.
pub(crate) struct Parameter {
    place: Place,
    name: String,
    /// What gives it its name.
    pub(crate) named_at: TokenStream,
    pub(crate) ty: Type,
    doc: Doc,
    bounds: Bounds,
    visibility: TokenStream,
    dynamic: Option<Dynamic>,
    double_encoded: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum Place {
    Path,
    Query,
    Header,
    Form,
}

impl Parameter {
    /// Reads a field and its one attribute.
    pub(crate) fn read(field: &Field, attribute: &Attribute, problems: &mut Problems) -> Self {
        let place = Place::of(attribute);
        let known: Vec<_> = ["name", "visibility", "encoding"]
            .into_iter()
            .chain(KEYS)
            .chain(dynamic::KEYS)
            .collect();
        let mut arguments = Arguments::of(attribute, &known, problems);
        let given = arguments.text("name", problems);
        let name = place.name(field, given.as_ref());
        let named_at = given.map_or_else(|| field.ident.to_token_stream(), |name| name.to_token_stream());
        if let Err(message) = place.check_name(&name) {
            problems.add(&named_at, message);
        }
        let doc = Doc::read(&field.attrs, problems);
        if doc.summary.is_empty() {
            problems.add(
                &field.ident,
                "a parameter needs a doc comment: makers see its first line as the label",
            );
        }
        if place == Place::Path {
            check_required(field, &arguments, problems);
        }
        Self {
            place,
            name,
            named_at,
            ty: field.ty.clone(),
            doc,
            bounds: Bounds::take(&mut arguments, &field.ty, problems),
            visibility: arguments.visibility(problems),
            dynamic: Dynamic::take(&mut arguments, problems),
            double_encoded: place.double_encoded(&mut arguments, problems),
        }
    }

    /// Its name in the contract.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Fields that are passed on to another operation and are not there.
    pub(crate) fn check_names(&self, names: &Names, problems: &mut Problems) {
        if let Some(dynamic) = &self.dynamic {
            dynamic.check_names(names, problems);
        }
    }

    /// The constant `Parameter`; `names` are those of the fields beside it.
    pub(crate) fn tokens(&self, names: &Names) -> TokenStream {
        let Self {
            name,
            ty,
            visibility,
            double_encoded,
            ..
        } = self;
        let location = match self.place {
            Place::Path => format_ident!("Path"),
            Place::Query => format_ident!("Query"),
            Place::Header => format_ident!("Header"),
            Place::Form => format_ident!("FormData"),
        };
        let value = self.value_trait();
        let texts = self.doc.texts("");
        let required = self.required();
        let constraints = self.bounds.constraints(&self.ty);
        let dynamic = Dynamic::option(self.dynamic.as_ref(), names);
        quote! {
            ::midspan::macro_support::definition::Parameter {
                name: #name,
                location: ::midspan::macro_support::definition::Location::#location,
                #texts,
                required: #required,
                constraints: #constraints,
                #visibility,
                dynamic: #dynamic,
                double_encoded: #double_encoded,
                schema: <#ty as #value>::SCHEMA,
            }
        }
    }

    /// What is unique among the parameters of an operation.
    pub(crate) fn key(&self) -> (&'static str, String) {
        (self.place.attribute(), self.name.clone())
    }

    fn required(&self) -> TokenStream {
        let ty = &self.ty;
        if self.place == Place::Path {
            quote!(true)
        } else if self.bounds.default.is_some() || Shape::of(ty).list {
            quote!(false)
        } else {
            let value = self.value_trait();
            quote!(!<#ty as #value>::OPTIONAL)
        }
    }

    /// What its type has to be.
    fn value_trait(&self) -> TokenStream {
        if self.is_form() {
            quote!(::midspan::macro_support::FormValue)
        } else {
            quote!(::midspan::Data)
        }
    }

    /// Whether it is a field of a form.
    pub(crate) fn is_form(&self) -> bool {
        self.place == Place::Form
    }
}

/// Without it the path would be another one.
fn check_required(field: &Field, arguments: &Arguments, problems: &mut Problems) {
    let shape = Shape::of(&field.ty);
    if shape.optional || shape.list {
        problems.add(
            &field.ty,
            "a `#[path]` field is always there, once; `Option` and `Vec` are for `#[query]`",
        );
    }
    if let Some(default) = arguments.get("default") {
        problems.add(
            &default.key,
            "a `#[path]` field is always there; a default is for `#[query]`",
        );
    }
}

impl Place {
    fn of(attribute: &Attribute) -> Self {
        if attribute.path().is_ident("path") {
            Self::Path
        } else if attribute.path().is_ident("query") {
            Self::Query
        } else if attribute.path().is_ident("form") {
            Self::Form
        } else {
            Self::Header
        }
    }

    fn attribute(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::Header => "header",
            Self::Form => "form",
        }
    }

    fn name(self, field: &Field, given: Option<&LitStr>) -> String {
        match (given, &field.ident) {
            (Some(given), _) => given.value(),
            (None, Some(ident)) if self == Self::Header => names::header(ident),
            (None, Some(ident)) => names::verbatim(ident),
            (None, None) => String::new(),
        }
    }

    /// `encoding = "double"`.
    fn double_encoded(self, arguments: &mut Arguments, problems: &mut Problems) -> bool {
        let Some(text) = arguments.text("encoding", problems) else {
            return false;
        };
        if self != Self::Path {
            problems.add(&text, "`encoding` is for the path, where a `/` would end the segment");
        }
        match text.value().as_str() {
            "double" => true,
            "single" => false,
            _ => {
                problems.add(&text, "`encoding` is \"single\" or \"double\"");
                false
            }
        }
    }

    fn check_name(self, name: &str) -> Result<(), &'static str> {
        let is = |allowed: fn(char) -> bool| !name.is_empty() && name.chars().all(allowed);
        match self {
            // What the path of the operation can have in braces is checked there.
            Self::Path if !is(|c| !matches!(c, '{' | '}' | '/')) => {
                Err("the name of a path parameter has neither braces nor `/`")
            }
            Self::Form if !is(|c| c.is_ascii_graphic()) => Err("the name of a form's field is visible ASCII"),
            Self::Query if !is(|c| !c.is_control()) => Err("the name of a query parameter has no control characters"),
            // RFC 9110 s. 5.1; HTTP/2 has them in lower case (RFC 9113 s. 8.2.1).
            Self::Header if !is(is_header_letter) => Err("the name of a header is an RFC 9110 token in lower case"),
            _ => Ok(()),
        }
    }
}

fn is_header_letter(letter: char) -> bool {
    letter.is_ascii_lowercase() || letter.is_ascii_digit() || "!#$%&'*+-.^_`|~".contains(letter)
}
