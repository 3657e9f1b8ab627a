//! The arguments of `#[operation(...)]`.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::{Expr, ExprLit, Ident, Lit, LitStr, Path};

use crate::{
    attributes::{Argument, Arguments},
    designer::{self, Designer},
    names, path,
    problems::Problems,
};

const METHODS: [&str; 7] = ["get", "post", "put", "patch", "delete", "head", "options"];
const OTHERS: [&str; 13] = [
    "auth",
    "roles",
    "scopes",
    "id",
    "deadline",
    "visibility",
    "sources",
    "cache",
    "definition",
    "limits",
    "idempotent",
    "rate_limits",
    "export",
];

/// A cloud flow, and the gateway, wait no longer for a synchronous answer.
const LONGEST_DEADLINE_MS: u64 = 120_000;
const DEFAULT_DEADLINE_MS: u64 = 30_000;

/// Nobody lets everybody in by forgetting to say who may call.
const WHO: &str = "say who may call it: `auth = [STAFF]`, a list of `Scheme`s of which any is enough; or `auth = none`, \
                   and everybody may";

pub(crate) struct Settings {
    /// The variant of `Method`, at the place of its argument.
    pub(crate) method: Ident,
    pub(crate) path: Option<LitStr>,
    /// The schemes any of which is enough; none where everybody may call.
    pub(crate) auth: Vec<Path>,
    /// Roles of which a caller needs one.
    pub(crate) roles: Vec<LitStr>,
    /// Permissions of which a user needs to have granted one.
    pub(crate) scopes: Vec<LitStr>,
    pub(crate) id: Option<LitStr>,
    pub(crate) deadline_ms: u64,
    pub(crate) visibility: TokenStream,
    pub(crate) sources: Vec<Path>,
    /// An expression of type `Cache`.
    pub(crate) cache: Option<TokenStream>,
    /// An expression of type `Idempotency`.
    pub(crate) idempotent: Option<TokenStream>,
    /// Expressions of type `RateLimit`.
    pub(crate) rate_limits: Vec<Expr>,
    /// Whether the operation is a component by itself.
    pub(crate) export: bool,
    /// An expression of type `Limits`.
    pub(crate) limits: Option<Expr>,
    /// An expression of type `&str`: how it stands in the connector's definition.
    pub(crate) definition: Option<Expr>,
    /// What designers are told beyond how it is called.
    pub(crate) designer: Designer,
}

impl Settings {
    pub(crate) fn read(tokens: TokenStream, problems: &mut Problems) -> Self {
        let known: Vec<_> = METHODS.into_iter().chain(OTHERS).chain(designer::KEYS).collect();
        let mut arguments = Arguments::parse(tokens, &known, problems);
        // Arguments that could not be read have been reported, and what none at all lack is told in one go.
        let unreadable = arguments.is_empty();
        let definition = arguments.take("definition").map(|given| given.value);
        let (method, path) = route(&mut arguments, definition.is_some(), problems);
        let auth = match arguments.take("auth") {
            Some(given) => problems.keep(auth(given)),
            None if unreadable => None,
            None => problems.keep(Err(syn::Error::new(Span::call_site(), WHO))),
        };
        let id = arguments.text("id", problems);
        let deadline = arguments.text("deadline", problems);
        let cache = arguments.take("cache");
        if let Some(given) = cache.as_ref().filter(|_| method != "Get") {
            problems.add(&given.key, "only answers to `get` can be kept");
        }
        let idempotent = arguments.take("idempotent");
        if let Some(given) = idempotent.as_ref().filter(|_| method == "Get") {
            problems.add(&given.key, "`get` changes nothing, and may be repeated as it is");
        }
        Self {
            path,
            roles: permissions(&mut arguments, "roles", auth.as_deref(), problems),
            scopes: permissions(&mut arguments, "scopes", auth.as_deref(), problems),
            auth: auth.unwrap_or_default(),
            // A definition that is there already has the ids that it has.
            id: id.and_then(|text| match &definition {
                Some(_) => Some(text),
                None => problems.keep(operation_id(&text)).map(|_| text),
            }),
            deadline_ms: deadline
                .and_then(|text| problems.keep(milliseconds(&text)))
                .unwrap_or(DEFAULT_DEADLINE_MS),
            visibility: arguments.visibility(problems),
            sources: arguments
                .take("sources")
                .map(|given| sources(given, problems))
                .unwrap_or_default(),
            cache: cache.and_then(|given| {
                let cache = quote!(::midspan::cache::Cache::ttl);
                problems.keep(lasting(given.value, &cache, "a lifetime", "a `Cache`"))
            }),
            idempotent: idempotent.and_then(|given| {
                let kept = quote!(::midspan::Idempotency::kept);
                problems.keep(lasting(
                    given.value,
                    &kept,
                    "how long outcomes are kept",
                    "an `Idempotency`",
                ))
            }),
            rate_limits: arguments
                .take("rate_limits")
                .and_then(|given| problems.keep(rate_limits(given.value)))
                .unwrap_or_default(),
            export: arguments.flag("export", problems).unwrap_or(true),
            limits: arguments.take("limits").map(|given| given.value),
            definition,
            designer: Designer::take(&mut arguments, &method, problems),
            method,
        }
    }

    /// The operation's type: its id, where that was not given by somebody else's definition, else its function's name.
    pub(crate) fn type_name(&self, function: &Ident) -> Ident {
        let own = self.id.as_ref().filter(|_| self.definition.is_none());
        let id = own.and_then(|id| operation_id(id).ok());
        id.unwrap_or_else(|| Ident::new(&names::operation(function), function.span()))
    }

    /// The method's argument, where a request with it has no body (RFC 9110 s. 9.3.1 and 9.3.5). Some published
    /// definitions have one all the same.
    pub(crate) fn bodiless(&self) -> Option<&'static str> {
        if self.definition.is_some() {
            None
        } else if self.method == "Get" {
            Some("get")
        } else if self.method == "Delete" {
            Some("delete")
        } else if self.method == "Head" {
            Some("head")
        } else {
            None
        }
    }
}

/// The method, and the path if it is a good one; one that was `defined` elsewhere is as it is.
fn route(arguments: &mut Arguments, defined: bool, problems: &mut Problems) -> (Ident, Option<LitStr>) {
    let mut given = arguments.take_all(&METHODS).into_iter();
    let Some(Argument { key, value }) = given.next() else {
        // Unless the one argument that is there could not be read.
        if problems.is_empty() {
            problems.push(syn::Error::new(
                Span::call_site(),
                "say how it is called and by whom: `#[operation(get = \"/path\", auth = [STAFF])]`, or `post`, `put`, `patch`, \
                 `delete`; `auth = none` lets everybody in",
            ));
        }
        return (format_ident!("Get"), None);
    };
    for second in given {
        problems.add(
            &second.key,
            format!("an operation has one method; it has `{key}` already"),
        );
    }
    let method = Ident::new(&names::operation(&key), key.span());
    let path = problems.keep(Argument { key, value }.text()).and_then(|text| {
        problems.keep(if defined {
            path::check_defined(text)
        } else {
            path::check(text)
        })
    });
    (method, path)
}

/// `none`, or a list of which any is enough.
fn auth(given: Argument) -> syn::Result<Vec<Path>> {
    match given.value {
        Expr::Path(path) if path.path.is_ident("none") => Ok(Vec::new()),
        Expr::Array(array) if !array.elems.is_empty() => array
            .elems
            .into_iter()
            .map(|element| match element {
                Expr::Path(path) => Ok(path.path),
                other => Err(syn::Error::new_spanned(
                    other,
                    "a scheme is the name of a `static` or a `const` of type `Scheme`",
                )),
            })
            .collect(),
        other => Err(syn::Error::new_spanned(
            other,
            "`auth` is a list of which any is enough: `[STAFF, PARTNERS]`; or `none`, and everybody may call",
        )),
    }
}

/// A list of texts, of which a caller needs one: so there has to be a caller.
fn permissions(arguments: &mut Arguments, key: &str, auth: Option<&[Path]>, problems: &mut Problems) -> Vec<LitStr> {
    let Some(given) = arguments.take(key) else {
        return Vec::new();
    };
    if auth.is_some_and(<[_]>::is_empty) {
        problems.add(
            &given.key,
            format!("`{key}` are a caller's, but with `auth = none` nobody knows who calls"),
        );
    }
    let wrong = |at: &dyn ToTokens| {
        let message = format!("`{key}` is a list of texts of which a caller needs one: `[\"Employee.Read\"]`");
        syn::Error::new_spanned(at.to_token_stream(), message)
    };
    let texts = match given.value {
        Expr::Array(array) if !array.elems.is_empty() => array
            .elems
            .into_iter()
            .map(|element| match element {
                Expr::Lit(ExprLit {
                    lit: Lit::Str(text), ..
                }) if !text.value().is_empty() && !text.value().contains([' ', '"', '\\']) => Ok(text),
                other => Err(wrong(&other)),
            })
            .collect(),
        other => Err(wrong(&other)),
    };
    problems.keep(texts).unwrap_or_default()
}

/// Power Platform's rule for an `operationId`, which is a Rust type here too.
fn operation_id(text: &LitStr) -> syn::Result<Ident> {
    let id = text.value();
    let wrong = |message| Err(syn::Error::new_spanned(text, message));
    if !id.starts_with(|first: char| first.is_ascii_alphabetic()) || !id.chars().all(|c| c.is_ascii_alphanumeric()) {
        return wrong("an id has ASCII letters and digits only and starts with a letter");
    }
    match text.parse::<Ident>() {
        Ok(id) => Ok(id),
        Err(_) => wrong("an id is the name of a type too, so it is no word of Rust"),
    }
}

fn milliseconds(text: &LitStr) -> syn::Result<u64> {
    let written = text.value();
    let (digits, factor) = match written.strip_suffix("ms") {
        Some(digits) => (digits, 1),
        None => (written.strip_suffix('s').unwrap_or_default(), 1000),
    };
    let milliseconds = digits.parse::<u64>().ok().and_then(|number| number.checked_mul(factor));
    match milliseconds {
        None => Err("a deadline is written as \"3s\" or \"800ms\""),
        Some(0) => Err("a deadline is longer than nothing"),
        Some(LONGEST_DEADLINE_MS..) if milliseconds != Some(LONGEST_DEADLINE_MS) => {
            Err("a deadline is at most 120s: a cloud flow waits no longer for an answer")
        }
        Some(milliseconds) => Ok(milliseconds),
    }
    .map_err(|message| syn::Error::new_spanned(text, message))
}

/// What `policy` makes of a time; or another expression, which says all that can be said.
fn lasting(given: Expr, policy: &TokenStream, what: &str, or: &str) -> syn::Result<TokenStream> {
    let Expr::Lit(ExprLit {
        lit: Lit::Str(text), ..
    }) = &given
    else {
        return Ok(given.into_token_stream());
    };
    let written = text.value();
    let split = written.find(|c: char| !c.is_ascii_digit()).unwrap_or(written.len());
    let (digits, unit) = written.split_at(split);
    let unit = match unit {
        "ms" => Some(1),
        "s" => Some(1000),
        "m" => Some(60_000),
        "h" => Some(3_600_000),
        _ => None,
    };
    let milliseconds = unit.and_then(|unit| digits.parse::<u64>().ok()?.checked_mul(unit));
    let wrong = || {
        syn::Error::new_spanned(
            text,
            format!("{what} is written as \"60s\", \"5m\" or \"1h\"; or give {or}"),
        )
    };
    let milliseconds = milliseconds
        .filter(|milliseconds| *milliseconds > 0)
        .ok_or_else(wrong)?;
    Ok(quote! {
        #policy(::core::time::Duration::from_millis(#milliseconds))
    })
}

fn rate_limits(given: Expr) -> syn::Result<Vec<Expr>> {
    match given {
        Expr::Array(array) => Ok(array.elems.into_iter().collect()),
        other => Err(syn::Error::new_spanned(
            other,
            "`rate_limits` is a list: `[RateLimit::per_minute(60)]`",
        )),
    }
}

fn sources(given: Argument, problems: &mut Problems) -> Vec<Path> {
    let Expr::Array(array) = given.value else {
        problems.add(given.value, "`sources` is a list: `[GRAPH, PAYROLL]`");
        return Vec::new();
    };
    let mut paths = Vec::new();
    for element in array.elems {
        match element {
            Expr::Path(path) => paths.push(path.path),
            other => problems.add(
                other,
                "a source is the name of a `static` or a `const` of type `Source`",
            ),
        }
    }
    paths
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lifetime_has_a_unit_and_is_not_nothing() {
        let check = |text: &str, expected: Option<&str>| {
            let given = syn::parse_str(&format!("\"{text}\"")).unwrap();
            let found = lasting(given, &quote!(policy), "", "")
                .ok()
                .map(|tokens| tokens.to_string());
            assert_eq!(
                found.map(|found| found.contains(expected.unwrap_or("?"))),
                expected.map(|_| true),
                "{text}"
            );
        };
        check("60s", Some("(60000u64)"));
        check("5m", Some("(300000u64)"));
        check("1h", Some("(3600000u64)"));
        check("250ms", Some("(250u64)"));
        for wrong in ["", "60", "0s", "s", "1.5h", "1d", "99999999999999999999h"] {
            check(wrong, None);
        }
    }

    fn check(text: &str, expected: Result<u64, &str>) {
        let found = milliseconds(&LitStr::new(text, Span::call_site())).map_err(|error| error.to_string());
        assert_eq!(found.as_ref().map(|n| *n).map_err(String::as_str), expected, "{text}");
    }

    #[test]
    fn a_deadline_has_a_unit_and_a_limit() {
        check("3s", Ok(3000));
        check("800ms", Ok(800));
        check("120s", Ok(120_000));
        check(
            "120001ms",
            Err("a deadline is at most 120s: a cloud flow waits no longer for an answer"),
        );
        check("0s", Err("a deadline is longer than nothing"));
        for wrong in ["", "3", "s", "3 s", "1.5s", "3m", "-1s", "99999999999999999999s"] {
            check(wrong, Err("a deadline is written as \"3s\" or \"800ms\""));
        }
    }
}
