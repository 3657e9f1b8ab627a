//! Which texts the platform knows, and the form of texts.

use crate::document::Node;

/// The scalar a JSON value is compared with: whether it can be a value of a `type`.
pub(super) fn has_type(value: &Node, expected: &str) -> bool {
    match (expected, value.type_name()) {
        ("number", "integer") | ("file", _) => true,
        // A number such as 1.0 is written for 1 now and then.
        ("integer", "number") => value.as_f64().is_some_and(|number| number.fract() == 0.0),
        (expected, found) => expected == found,
    }
}

/// Whether the platform knows a `format` for a `type`.
pub(super) fn is_format(kind: &str, format: &str) -> bool {
    match kind {
        "integer" => matches!(format, "int32" | "int64"),
        "number" => matches!(format, "float" | "double" | "decimal" | "int32" | "int64"),
        "string" => matches!(
            format,
            "byte" | "binary" | "date" | "date-time" | "date-no-tz" | "password" | "email" | "html" | "uri" | "uuid"
        ),
        _ => false,
    }
}

/// Whether a text has the form of a MIME type (RFC 6838), with or without parameters.
pub(super) fn is_mime_type(text: &str) -> bool {
    let essence = text.split(';').next().unwrap_or_default().trim();
    let token = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"!#$&-^_.+*".contains(&byte))
    };
    essence
        .split_once('/')
        .is_some_and(|(kind, subtype)| token(kind) && token(subtype))
}

/// What a MIME type stands for, in the platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mime {
    Structured,
    UrlEncoded,
    FormData,
    Binary,
    Unsupported,
}

/// How the platform treats a MIME type.
pub(super) fn mime(text: &str) -> Mime {
    let essence = text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match essence.as_str() {
        "application/x-www-form-urlencoded" => Mime::UrlEncoded,
        "multipart/form-data" => Mime::FormData,
        other if other.ends_with("json") || other.ends_with("xml") => Mime::Structured,
        "*/*" => Mime::Structured,
        other => match other.split('/').next() {
            Some("text") => Mime::Structured,
            Some("application" | "image" | "audio" | "video" | "font") => Mime::Binary,
            _ => Mime::Unsupported,
        },
    }
}

/// Whether a text is an absolute URL, as far as its form tells.
pub(super) fn is_url(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else {
        return false;
    };
    let scheme_is_valid = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    let rest_is_valid = !rest.is_empty() && !rest.contains(char::is_whitespace);
    let authority = rest
        .strip_prefix("//")
        .is_none_or(|rest| !rest.is_empty() && !rest.starts_with('/'));
    scheme_is_valid && rest_is_valid && authority
}

/// Whether a text is an address of mail, as far as its form tells.
pub(super) fn is_email(text: &str) -> bool {
    let parts = text.rsplit_once('@');
    parts
        .is_some_and(|(local, domain)| !local.is_empty() && domain.contains('.') && !text.contains(char::is_whitespace))
}

/// Whether a text is a host, with a port at most.
pub(super) fn is_host(text: &str) -> bool {
    let (host, port) = text
        .split_once(':')
        .map_or((text, None), |(host, port)| (host, Some(port)));
    !host.is_empty()
        && !host.contains(['/', '\\', '{', '}', '?', '#', '@'])
        && !host.contains(char::is_whitespace)
        && port.is_none_or(|port| port.parse::<u16>().is_ok())
}

/// Whether a text is mostly in another script than English is written in.
pub(super) fn is_foreign(text: &str) -> bool {
    let letters = text.chars().filter(|letter| letter.is_alphabetic());
    let (all, foreign) = letters.fold((0, 0), |(all, foreign), letter| {
        (all + 1, foreign + u32::from(letter > '\u{24f}'))
    });
    foreign * 2 > all
}

/// The categories of the connector gallery.
pub(super) const CATEGORIES: [&str; 19] = [
    "AI",
    "Business Intelligence",
    "Business Management",
    "Collaboration",
    "Commerce",
    "Communication",
    "Content and Files",
    "Data",
    "Finance",
    "Human Resources",
    "IT Operations",
    "Internet of Things",
    "Lifestyle and Entertainment",
    "Marketing",
    "Productivity",
    "Sales and CRM",
    "Security",
    "Social Media",
    "Website",
];

/// The functions that a column can delegate (OData and `$apply`).
pub(super) const FILTER_FUNCTIONS: [&str; 46] = [
    "lt",
    "le",
    "eq",
    "ne",
    "gt",
    "ge",
    "min",
    "max",
    "countdistinct",
    "add",
    "sub",
    "mul",
    "div",
    "mod",
    "negate",
    "now",
    "not",
    "and",
    "or",
    "day",
    "month",
    "year",
    "hour",
    "minute",
    "second",
    "date",
    "time",
    "totaloffsetminutes",
    "totalseconds",
    "round",
    "floor",
    "ceiling",
    "contains",
    "startswith",
    "endswith",
    "length",
    "indexof",
    "replace",
    "substring",
    "substringof",
    "tolower",
    "toupper",
    "trim",
    "concat",
    "sum",
    "average",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_text_are_told_apart() {
        for good in [
            "application/json",
            "text/plain; charset=utf-8",
            "application/*+json",
            "*/*",
        ] {
            assert!(is_mime_type(good), "{good}");
        }
        for bad in ["json", "", "application/", "a b/c"] {
            assert!(!is_mime_type(bad), "{bad}");
        }
        for good in ["https://contoso.com/terms", "mailto:a@contoso.com", "http://x"] {
            assert!(is_url(good), "{good}");
        }
        for bad in ["contoso.com", "https://", "https:///x", "https://a b", "", ":x"] {
            assert!(!is_url(bad), "{bad}");
        }
        for good in ["contoso.com", "localhost:8080", "10.0.0.1"] {
            assert!(is_host(good), "{good}");
        }
        for bad in ["https://contoso.com", "contoso.com/v1", "contoso.com:x", "", "a b"] {
            assert!(!is_host(bad), "{bad}");
        }
        assert!(is_foreign("Новости") && !is_foreign("Brønnøysund") && !is_foreign("2024"));
    }
}
