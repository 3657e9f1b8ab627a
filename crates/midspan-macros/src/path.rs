//! The path of an operation: `/home/{employee_id}`.

use syn::LitStr;

/// The path, if it is one that Power Platform and the host understand alike.
pub(crate) fn check(path: LitStr) -> syn::Result<LitStr> {
    match problem(&path.value()) {
        None => Ok(path),
        Some(problem) => Err(syn::Error::new_spanned(path, problem)),
    }
}

/// The path as a definition has it that was there before: a parameter can be a part of a segment, or of a query.
pub(crate) fn check_defined(path: LitStr) -> syn::Result<LitStr> {
    let text = path.value();
    let braces = text.matches(['{', '}']);
    let balanced = text.matches('{').count() * 2 == braces.clone().count();
    let in_turn = braces.enumerate().all(|(at, brace)| (at % 2 == 0) == (brace == "{"));
    if text.starts_with('/') && balanced && in_turn {
        Ok(path)
    } else {
        Err(syn::Error::new_spanned(
            path,
            "a path starts with `/`, and every `{` in it is closed",
        ))
    }
}

/// The names in braces, of a path that is in order.
pub(crate) fn parameters(path: &str) -> Vec<&str> {
    path.split('{')
        .skip(1)
        .filter_map(|rest| Some(rest.split_once('}')?.0))
        .collect()
}

fn problem(path: &str) -> Option<String> {
    let Some(relative) = path.strip_prefix('/') else {
        return Some("a path starts with `/`".to_owned());
    };
    if path.contains(['?', '#']) {
        return Some("a path has no query; write a `#[query]` field in the input".to_owned());
    }
    if !path.chars().all(|letter| letter.is_ascii_graphic()) {
        return Some("a path is visible ASCII".to_owned());
    }
    if relative.is_empty() {
        return None;
    }
    let mut names = Vec::new();
    for segment in relative.split('/') {
        if let Some(name) = segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
            if names.contains(&name) {
                return Some(format!("`{{{name}}}` stands in the path twice"));
            }
            names.push(name);
        }
        if let Some(problem) = segment_problem(segment) {
            return Some(problem);
        }
    }
    None
}

fn segment_problem(segment: &str) -> Option<String> {
    let name = segment.trim_start_matches([':', '{']).trim_end_matches('}');
    let is_name = !name.is_empty()
        && name
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    if segment.is_empty() {
        Some("a path has no empty segment and no `/` at its end".to_owned())
    } else if segment.starts_with(':') {
        Some(format!("a path parameter is written `{{{name}}}`"))
    } else if segment == format!("{{{name}}}") {
        (!is_name).then(|| "the name of a path parameter has ASCII letters, digits and `_` only".to_owned())
    } else if segment.contains(['{', '}']) {
        Some("a path parameter is a whole segment: `/home/{employee_id}`".to_owned())
    } else if segment.contains('*') || segment == "..." {
        Some("the path of an operation has no wildcard".to_owned())
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_was_defined_elsewhere_may_be_odd_but_closes_its_braces() {
        let check = |path: &str| check_defined(LitStr::new(path, proc_macro2::Span::call_site())).is_ok();
        for good in ["/", "/a/", "/orders('{Order ID}')/{a}-{b}.json?type={t}"] {
            assert!(check(good), "{good}");
        }
        for bad in ["", "a", "/{a", "/a}", "/}a{", "/{a{b}}"] {
            assert!(!check(bad), "{bad}");
        }
        assert_eq!(parameters("/o('{Order ID}')/{a}-{b}"), ["Order ID", "a", "b"]);
    }

    #[test]
    fn a_path_is_fixed_segments_and_whole_parameters() {
        for good in ["/", "/news", "/home/{employee_id}", "/a/{x}/b/{y}", "/v1.0/me"] {
            assert_eq!(problem(good), None, "{good}");
        }
        for (bad, expected) in [
            ("", "a path starts with `/`"),
            ("news", "a path starts with `/`"),
            (
                "/news?top=1",
                "a path has no query; write a `#[query]` field in the input",
            ),
            ("/news/", "a path has no empty segment and no `/` at its end"),
            ("/a//b", "a path has no empty segment and no `/` at its end"),
            ("/home/:id", "a path parameter is written `{id}`"),
            (
                "/home/{id",
                "a path parameter is a whole segment: `/home/{employee_id}`",
            ),
            (
                "/home/E{id}",
                "a path parameter is a whole segment: `/home/{employee_id}`",
            ),
            (
                "/home/{}",
                "the name of a path parameter has ASCII letters, digits and `_` only",
            ),
            (
                "/home/{a-b}",
                "the name of a path parameter has ASCII letters, digits and `_` only",
            ),
            ("/{id}/{id}", "`{id}` stands in the path twice"),
            ("/static/...", "the path of an operation has no wildcard"),
            ("/neu es", "a path is visible ASCII"),
        ] {
            assert_eq!(problem(bad).as_deref(), Some(expected), "{bad}");
        }
    }
}
