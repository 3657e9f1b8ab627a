//! The operation's path template against the path of a request.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use crate::{Error, Result};

/// The template's parameters in `path`, percent-decoded.
///
/// The host has routed the request already, so only the end of the path is compared: what stands before it is the
/// application's base path (`/api` in `/api/home/E42` for `/home/{employee_id}`).
pub(crate) fn match_path(template: &'static str, path: &str) -> Result<Vec<(&'static str, String)>> {
    let mut given = path.trim_end_matches('/').rsplit('/');
    let mut found = Vec::new();
    for expected in template
        .trim_end_matches('/')
        .rsplit('/')
        .filter(|part| !part.is_empty())
    {
        let segment = given
            .next()
            .filter(|segment| !segment.is_empty())
            .ok_or_else(no_such_path)?;
        match expected.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
            Some(name) => found.push((name, decode(name, segment)?)),
            None if expected == segment => {}
            None => return Err(no_such_path()),
        }
    }
    found.reverse();
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

fn no_such_path() -> Error {
    Error::not_found("This operation has another path. Check the URL against the connector's definition.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(template: &'static str, path: &str, expected: Option<&[(&'static str, &str)]>) {
        let found = match_path(template, path).ok();
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
}
