//! What a request must fulfil before its component is called.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use http::request::Parts;
use http::{HeaderName, HeaderValue};
use midspan_definition::ErrorCode;

use super::Problem;
use crate::options::Limits;

/// Whether a request's head keeps to the limits.
pub(super) fn check(head: &Parts, announced_body: Option<u64>, limits: &Limits) -> Result<(), Problem> {
    let url = head.uri.path_and_query().map_or(0, |path| path.as_str().len());
    if url > limits.url {
        let message = format!("The URL has {url} bytes; at most {} are accepted.", limits.url);
        return Err(Problem::new(ErrorCode::UriTooLong, message).with_target("url"));
    }
    if head.headers.len() > limits.header_count {
        let message = format!(
            "The request has {} headers; at most {} are accepted.",
            head.headers.len(),
            limits.header_count
        );
        return Err(Problem::new(ErrorCode::HeadersTooLarge, message).with_target("headers"));
    }
    let size = |(name, value): &(&HeaderName, &HeaderValue)| name.as_str().len() + value.len();
    let bytes: usize = head.headers.iter().map(|header| size(&header)).sum();
    if let Some((largest, value)) = head
        .headers
        .iter()
        .max_by_key(size)
        .filter(|_| bytes > limits.header_bytes)
    {
        let message = format!(
            "The request's headers have {bytes} bytes, \"{largest}\" alone {}; at most {} are accepted.",
            value.len(),
            limits.header_bytes
        );
        return Err(Problem::new(ErrorCode::HeadersTooLarge, message).with_target(largest.as_str()));
    }
    if announced_body.is_some_and(|length| length > limits.request_body) {
        return Err(body_too_large(limits));
    }
    Ok(())
}

pub(super) fn body_too_large(limits: &Limits) -> Problem {
    let message = format!(
        "The request's body is larger than {} bytes, the most that is accepted.",
        limits.request_body
    );
    Problem::new(ErrorCode::BodyTooLarge, message).with_target("body")
}

/// Places for requests in work: the host's, or one component's share of them.
#[derive(Debug, Default)]
pub(crate) struct Places(Arc<AtomicUsize>);

/// One place, free again when this is dropped.
#[derive(Debug)]
pub(crate) struct Place(Arc<AtomicUsize>);

impl Places {
    /// A place, unless `limit` are taken.
    pub(crate) fn take(&self, limit: usize) -> Result<Place, Problem> {
        // Taken before it is looked at, so that two requests cannot both get the last one.
        let place = Place(Arc::clone(&self.0));
        if self.0.fetch_add(1, Ordering::Relaxed) >= limit {
            return Err(Problem::overloaded());
        }
        Ok(place)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_free_again_when_its_request_is_over() {
        let places = Places::default();
        let first = places.take(1).expect("the only place");
        assert_eq!(places.take(1).expect_err("no place").code, ErrorCode::Overloaded);
        drop(first);
        assert!(places.take(1).is_ok());
    }

    #[test]
    fn a_head_beyond_a_limit_is_refused_with_the_code_of_that_limit() {
        let limits = Limits {
            url: 8,
            header_count: 1,
            header_bytes: 16,
            request_body: 4,
            ..Limits::default()
        };
        let check = |path: &str, headers: &[(&str, &str)], body| {
            let mut request = http::Request::builder().uri(path);
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            let (head, ()) = request.body(()).expect("a request").into_parts();
            super::check(&head, body, &limits).map_err(|problem| (problem.code, problem.target.unwrap_or_default()))
        };
        assert_eq!(check("/1234567", &[("a", "b")], Some(4)), Ok(()));
        assert_eq!(
            check("/12345678", &[], None),
            Err((ErrorCode::UriTooLong, "url".to_owned()))
        );
        assert_eq!(
            check("/", &[("a", "b"), ("c", "d")], None),
            Err((ErrorCode::HeadersTooLarge, "headers".to_owned()))
        );
        assert_eq!(
            check("/", &[("a", "0123456789abcdef")], None),
            Err((ErrorCode::HeadersTooLarge, "a".to_owned()))
        );
        assert_eq!(
            check("/", &[], Some(5)),
            Err((ErrorCode::BodyTooLarge, "body".to_owned()))
        );
    }
}
