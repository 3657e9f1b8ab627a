//! Which requests something is about: an optional method and a path in which `*` stands for anything.

use std::fmt;

use http::Method;

/// A pattern such as `/v1.0/users/*`, `PATCH /api/data/v9.2/tasks(*)` or `*`.
///
/// The path is compared percent-decoded, without the query, and without case; `*` stands for any text, also for `/` and for nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RoutePattern {
    method: Option<String>,
    path: String,
}

impl RoutePattern {
    pub(crate) fn new(text: &str) -> Self {
        let (method, path) = match text.trim().split_once(' ') {
            Some((method, path)) if method.bytes().all(|b| b.is_ascii_uppercase()) => {
                (Some(method.to_owned()), path.trim())
            }
            _ => (None, text.trim()),
        };
        Self {
            method,
            path: path.to_lowercase(),
        }
    }

    pub(crate) fn matches(&self, method: &Method, path: &str) -> bool {
        self.method.as_deref().is_none_or(|wanted| wanted == method.as_str()) && self.matches_path(&path.to_lowercase())
    }

    fn matches_path(&self, path: &str) -> bool {
        let mut parts = self.path.split('*');
        let Some(mut rest) = parts.next().and_then(|start| path.strip_prefix(start)) else {
            return false;
        };
        let mut parts: Vec<&str> = parts.collect();
        let Some(end) = parts.pop() else { return rest.is_empty() };
        for part in parts {
            match rest.find(part) {
                Some(at) => rest = &rest[at + part.len()..],
                None => return false,
            }
        }
        rest.ends_with(end)
    }
}

impl fmt::Display for RoutePattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.method {
            Some(method) => write!(f, "{method} {}", self.path),
            None => f.write_str(&self.path),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_anything_and_a_method_narrows() {
        for (pattern, path, expected) in [
            ("*", "/anything", true),
            ("/v1.0/users", "/v1.0/users", true),
            ("/v1.0/users", "/v1.0/users/x", false),
            ("/v1.0/users/*", "/v1.0/users/x/photo", true),
            ("/v1.0/users/*/photo/$value", "/v1.0/users/x/photo/$value", true),
            ("/v1.0/users/*/photo/$value", "/v1.0/users/x/manager", false),
            (
                "*/GetByTitle('News')/items*",
                "/sites/intranet/_api/web/lists/getbytitle('news')/Items(17)",
                true,
            ),
            ("/a*a", "/a", false),
            ("GET /a", "/a", true),
            ("POST /a", "/a", false),
        ] {
            assert_eq!(
                RoutePattern::new(pattern).matches(&Method::GET, path),
                expected,
                "{pattern} {path}"
            );
        }
    }
}
