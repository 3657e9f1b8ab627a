//! The operation's path template against the path of a request.

use std::borrow::Cow;

use http::Uri;
use percent_encoding::percent_decode_str;

use super::query_pairs;
use crate::{Error, Result};

/// The template's parameters in the path of `uri`, percent-decoded.
///
/// The host has routed the request already, so only the end of the path is compared: what stands before it is the
/// application's base path (`/api` in `/api/home/E42` for `/home/{employee_id}`).
pub(crate) fn match_path(template: &'static str, uri: &Uri) -> Result<Vec<(&'static str, String)>> {
    let (template, fixed_query) = template.split_once('?').unwrap_or((template, ""));
    let mut given = uri.path().rsplit('/').filter(|segment| !segment.is_empty());
    let mut found = Vec::new();
    for expected in template.rsplit('/').filter(|segment| !segment.is_empty()) {
        let segment = given.next().ok_or_else(no_such_path)?;
        match expected.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
            Some(name) if !name.contains('}') => found.push((name, decode(name, segment)?)),
            _ if expected == segment => {}
            _ => found.extend(parts(expected, &decode(expected, segment)?)?.into_iter().rev()),
        }
    }
    found.reverse();
    if !fixed_query.is_empty() {
        found.extend(query(fixed_query, uri)?);
    }
    Ok(found)
}

/// How much of a template that fits is fixed, the end of the path included: of several the closest is meant.
pub(crate) fn closeness(template: &str, path: &str) -> (usize, bool) {
    let variable: usize = template
        .split('{')
        .skip(1)
        .filter_map(|rest| rest.find('}'))
        .map(|name| name + 2)
        .sum();
    let fixed = template.trim_end_matches('/').len() - variable;
    (fixed, template.ends_with('/') == path.ends_with('/'))
}

/// A segment that is fixed in parts: `orders('{id}')`. A value ends where what follows it begins.
fn parts(template: &'static str, text: &str) -> Result<Vec<(&'static str, String)>> {
    let (start, mut rest) = template.split_once('{').unwrap_or((template, ""));
    let mut text = text.strip_prefix(start).ok_or_else(no_such_path)?;
    let mut found = Vec::new();
    while let Some((name, after)) = rest.split_once('}') {
        let (fixed, next) = after.split_once('{').unwrap_or((after, ""));
        let end = match (fixed, next) {
            // The last one goes as far as it can.
            (_, "") => text.strip_suffix(fixed).map(str::len),
            ("", _) => text.chars().next().map(char::len_utf8),
            _ => text.find(fixed),
        };
        let end = end.filter(|end| *end > 0).ok_or_else(no_such_path)?;
        found.push((name, text[..end].to_owned()));
        text = &text[end + fixed.len()..];
        rest = next;
    }
    if text.is_empty() {
        Ok(found)
    } else {
        Err(no_such_path())
    }
}

/// What a path has fixed in its query, as some published definitions have: `/list?kind=open`.
fn query(template: &'static str, uri: &Uri) -> Result<Vec<(&'static str, String)>> {
    let given: Vec<_> = query_pairs(uri).collect();
    let mut found = Vec::new();
    for pair in template.split('&') {
        let (name, expected) = pair.split_once('=').unwrap_or((pair, ""));
        let (_, value) = given.iter().find(|(given, _)| given == name).ok_or_else(no_such_path)?;
        match expected.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
            Some(name) => found.push((name, value.clone())),
            None if expected == value => {}
            None => return Err(no_such_path()),
        }
    }
    Ok(found)
}

fn decode(name: &str, segment: &str) -> Result<String> {
    percent_decode_str(segment).decode_utf8().map(Into::into).map_err(|_| {
        Error::bad_input(
            name,
            format!("\"{name}\" in the path is not UTF-8 once its %-escapes are read."),
        )
    })
}

/// The gateway escapes some parameters twice (`x-ms-url-encoding: double`). A caller of its own may have done it once;
/// what is no escape is then left as it is.
pub(super) fn decode_again(text: &str) -> Cow<'_, str> {
    percent_decode_str(text).decode_utf8().unwrap_or(Cow::Borrowed(text))
}

pub(crate) fn no_such_path() -> Error {
    Error::not_found("This operation has another path. Check the URL against the connector's definition.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(template: &'static str, path: &str, expected: Option<&[(&'static str, &str)]>) {
        let found = match_path(template, &path.parse().unwrap()).ok();
        let expected = expected.map(|pairs| pairs.iter().map(|(name, text)| (*name, (*text).to_owned())).collect());
        assert_eq!(found, expected, "{template} {path}");
    }

    #[test]
    fn paths_give_their_parameters() {
        check("/home/{id}", "/home/E1", Some(&[("id", "E1")]));
        check("/home/{id}", "/api/v1/home/E1/", Some(&[("id", "E1")]));
        check("/home/{id}", "/home/J%C3%BCrg%2F2", Some(&[("id", "Jürg/2")]));
        check("/a/{x}/b/{y}", "/a/1/b/2", Some(&[("x", "1"), ("y", "2")]));
        check("/news", "/news", Some(&[]));
        check("/", "/", Some(&[]));
        check("/home/{id}", "/home/", None);
        check("/home/{id}", "/houses/E1", None);
        check("/home/{id}", "/home/%ff", None);
    }

    #[test]
    fn what_was_escaped_twice_is_decoded_twice() {
        for (text, expected) in [("a%2Fb", "a/b"), ("a/b", "a/b"), ("100%", "100%"), ("%ff", "%ff")] {
            assert_eq!(decode_again(text), expected);
        }
    }

    #[test]
    fn paths_of_published_definitions_may_be_fixed_in_parts() {
        check("/o('{Order ID}')", "/o('7%2F1')", Some(&[("Order ID", "7/1")]));
        check("/{a}-{b}.json", "/x-y-z.json", Some(&[("a", "x"), ("b", "y-z")]));
        check("/{a}{b}", "/xyz", Some(&[("a", "x"), ("b", "yz")]));
        check("/{model}:run", "/gpt:run", Some(&[("model", "gpt")]));
        check("/{model}:run", "/:run", None);
        check("/{model}:run", "/gpt:walk", None);
        check("/a b", "/a%20b", Some(&[]));
        check("/{id}//", "/7//", Some(&[("id", "7")]));
        check(
            "/list/?kind={k}&of=all",
            "/list/?of=all&kind=x%20y",
            Some(&[("k", "x y")]),
        );
        check("/list?kind=open", "/list?kind=closed", None);
        check("/list?kind=open", "/list", None);
    }
}
