//! The URL of a source call: every value that comes from outside is escaped, so that it can't become syntax.

use http::{Uri, uri::Scheme};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::{Error, Result};

/// All but RFC 3986's unreserved characters, and what a path segment may hold besides (s. 3.3) that systems such as
/// SharePoint expect to read unescaped.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'@')
    .remove(b'(')
    .remove(b')')
    .remove(b'$')
    .remove(b',')
    .remove(b':');

/// In a query, `/` and `'` are harmless too, and OData's texts are easier to read with them.
const QUERY: &AsciiSet = &SEGMENT.remove(b'/').remove(b'\'').remove(b'*');

/// OData's nested options have `=` as it is (OData ABNF, `EQ`); the first one of all ends the name.
const OPTION: &AsciiSet = &QUERY.remove(b'=');

/// `template` with `{name}` replaced by the values given, which are escaped.
pub(crate) fn path(template: &str, values: &[(&str, String)]) -> Result<String> {
    let mut path = String::with_capacity(template.len() + 32);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').ok_or_else(|| {
            Error::failed(format!(
                "the source path `{template}` opens a brace and does not close it"
            ))
        })?;
        let (_, value) = values
            .iter()
            .find(|(given, _)| *given == name)
            .ok_or_else(|| Error::failed(format!("the source path `{template}` needs `.path(\"{name}\", ...)`")))?;
        path.push_str(before);
        path.push_str(value);
        rest = after;
    }
    path.push_str(rest);
    Ok(path)
}

/// Appends one segment, escaped. One that is empty, `.` or `..` would point at another resource, escaped or not
/// (RFC 3986 s. 5.2.4); so would `x/../y` at a source that reads escaped slashes as slashes.
///
/// # Errors
/// `BadInput` that names it.
pub(crate) fn push_segment(path: &mut String, name: &str, value: &str) -> Result<()> {
    if value.is_empty() || value.split(['/', '\\']).any(|part| matches!(part, "." | "..")) {
        let message = format!("\"{name}\" must not be empty, and not hold \".\" or \"..\" as a part of a path.");
        return Err(Error::bad_input(name, message));
    }
    path.extend(utf8_percent_encode(value, SEGMENT));
    Ok(())
}

/// Appends `name=value` to a query.
pub(crate) fn push_query(query: &mut String, name: &str, value: &str) {
    push(query, name, value, QUERY);
}

/// Appends one of OData's query options.
pub(crate) fn push_option(query: &mut String, name: &str, value: &str) {
    push(query, name, value, OPTION);
}

fn push(query: &mut String, name: &str, value: &str, set: &'static AsciiSet) {
    if !query.is_empty() {
        query.push('&');
    }
    query.extend(utf8_percent_encode(name, QUERY));
    query.push('=');
    query.extend(utf8_percent_encode(value, set));
}

/// Whether both have the same scheme, host and port (RFC 6454 s. 5).
pub(crate) fn is_same_origin(a: &Uri, b: &Uri) -> bool {
    let host = |uri: &Uri| uri.host().unwrap_or_default().to_ascii_lowercase();
    a.scheme() == b.scheme() && host(a) == host(b) && port(a) == port(b)
}

/// `http` and `https` have ports of their own (RFC 9110 s. 4.2).
pub(crate) fn port(uri: &Uri) -> Option<u16> {
    uri.port_u16().or_else(|| match uri.scheme() {
        Some(scheme) if *scheme == Scheme::HTTPS => Some(443),
        Some(scheme) if *scheme == Scheme::HTTP => Some(80),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn filled(template: &str, name: &str, value: &str) -> Result<String> {
        let mut segment = String::new();
        push_segment(&mut segment, name, value)?;
        path(template, &[(name, segment)])
    }

    #[test]
    fn values_stay_within_their_segment() {
        let check = |value: &str, expected: &str| {
            assert_eq!(filled("/users/{id}/photo", "id", value).unwrap(), expected, "{value}");
        };
        check("ada@contoso.com", "/users/ada@contoso.com/photo");
        check("a/b?c#d", "/users/a%2Fb%3Fc%23d/photo");
        check("Jürg %2e", "/users/J%C3%BCrg%20%252e/photo");
        for value in ["", ".", "..", "../groups", "a/../b", "a\\..\\b"] {
            assert!(filled("/users/{id}", "id", value).is_err(), "{value}");
        }
    }

    #[test]
    fn a_forgotten_value_names_the_parameter() {
        let error = path("/users/{id}", &[]).unwrap_err();
        assert_eq!(
            error.log(),
            Some("the source path `/users/{id}` needs `.path(\"id\", ...)`")
        );
    }

    #[test]
    fn a_query_keeps_odata_readable() {
        let mut query = String::new();
        push_query(&mut query, "$filter", "name eq 'O''Hara & Söhne'");
        push_query(&mut query, "$top", "5");
        push_option(&mut query, "$expand", "manager($select=id;$top=1)");
        assert_eq!(
            query,
            "$filter=name%20eq%20'O''Hara%20%26%20S%C3%B6hne'&$top=5&$expand=manager($select=id%3B$top=1)"
        );
    }

    proptest! {
        #[test]
        fn any_value_comes_back_from_the_query_as_it_went_in(name in ".+", value in ".*") {
            let mut query = String::new();
            push_query(&mut query, &name, &value);
            let pairs: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
            prop_assert_eq!(pairs, vec![(name, value)]);
        }

        #[test]
        fn any_value_is_one_segment(value in ".*") {
            if let Ok(path) = filled("/a/{x}/b", "x", &value) {
                prop_assert_eq!(path.split('/').count(), 4);
                prop_assert!(http::Uri::try_from(path.clone()).is_ok(), "{}", path);
                prop_assert!(!path.contains(['?', '#']));
            } else {
                prop_assert!(value.is_empty() || value.contains('.'), "{}", value);
            }
        }
    }
}
