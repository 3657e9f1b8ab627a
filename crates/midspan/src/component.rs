//! A component's operations: one, or several of one path that are told apart by their method.

use std::rc::Rc;

use bytes::Bytes;
use futures_util::future::LocalBoxFuture;
use midspan_definition::operation::Operation as Description;

use crate::{
    Context, Operation,
    admit::{admit, method_not_allowed},
    answer::answer,
    incoming::Incoming,
    input::{closeness, match_path, no_such_path},
    port::Port,
    serve::serve,
};

/// The operations of one component, as a tuple. Hosts route by path alone, so that all of them have the same path; the
/// method says which one a request is for. [`operations!`](crate::operations) makes a component of them.
pub trait Operations: 'static {
    /// What each says of itself.
    const DESCRIPTIONS: &'static [Description];

    /// The largest body that one of them takes, in bytes; nothing where none takes any.
    #[doc(hidden)]
    const MAX_BODY: Option<usize>;

    /// Answers a request with the operation of its method.
    #[doc(hidden)]
    fn serve(host: Host, request: Incoming) -> LocalBoxFuture<'static, http::Response<Bytes>>;
}

/// What answers the needs of one request.
#[doc(hidden)]
pub struct Host(pub(crate) Rc<dyn Port>);

macro_rules! tuples {
    ($(($($operation:ident),+))+) => {$(
        impl<$($operation: Operation),+> Operations for ($($operation,)+) {
            const DESCRIPTIONS: &'static [Description] = &[$($operation::DESCRIPTION),+];
            const MAX_BODY: Option<usize> =
                largest(&[$(($operation::DESCRIPTION.takes_body(), $operation::LIMITS.body)),+]);

            fn serve(
                host: Host,
                request: Incoming,
            ) -> LocalBoxFuture<'static, http::Response<Bytes>> {
                let all: &'static [Description] = const { &[$($operation::DESCRIPTION.at_run_time(&[])),+] };
                let index = chosen(all, &request.head);
                let mut position = 0;
                $(if index == Some(position) {
                    return Box::pin(serve::<$operation>(host.0, request));
                }
                position += 1;)+
                let _ = position;
                Box::pin(async move { refuse(&host.0, request.head, all) })
            }
        }
    )+};
}

tuples! {
    (A)
    (A, B)
    (A, B, C)
    (A, B, C, D)
    (A, B, C, D, E)
    (A, B, C, D, E, F)
    (A, B, C, D, E, F, G)
    (A, B, C, D, E, F, G, H)
    (A, B, C, D, E, F, G, H, I)
    (A, B, C, D, E, F, G, H, I, J)
    (A, B, C, D, E, F, G, H, I, J, K)
    (A, B, C, D, E, F, G, H, I, J, K, L)
}

/// The operation with the request's method; of several the one whose path fits best, as imported ones may share a route
/// though their paths differ (`/orders('{id}')` and `/users('{id}')`).
fn chosen(all: &[Description], request: &http::Request<Bytes>) -> Option<usize> {
    let method = request.method().as_str();
    let mut with_method = (0..all.len()).filter(|index| all[*index].method.name() == method);
    if all.len() == 1 {
        return with_method.next();
    }
    with_method
        .filter(|index| match_path(all[*index].path, request.uri()).is_ok())
        .max_by_key(|index| closeness(all[*index].path, request.uri().path()))
}

const fn largest(bodies: &[(bool, usize)]) -> Option<usize> {
    let mut largest = None;
    let mut index = 0;
    while index < bodies.len() {
        let (is_taken, bytes) = bodies[index];
        largest = match largest {
            Some(known) if known >= bytes || !is_taken => Some(known),
            _ if is_taken => Some(bytes),
            other => other,
        };
        index += 1;
    }
    largest
}

/// Logged as the first operation's.
fn refuse(port: &Rc<dyn Port>, request: http::Request<Bytes>, all: &'static [Description]) -> http::Response<Bytes> {
    let (first, request) = (&all[0], Rc::new(request));
    let ctx = Context::new(port.clone(), admit(&**port, &request, first), first);
    let fits = |one: &&Description| all.len() == 1 || match_path(one.path, request.uri()).is_ok();
    let fitting: Vec<&Description> = all.iter().filter(fits).collect();
    let error = if fitting.is_empty() {
        no_such_path()
    } else {
        method_not_allowed(&request, &fitting)
    };
    answer(&ctx, &request, Err(error))
}

/// Whether all stand on one path; [`operations!`](crate::operations) asks at compile time.
#[doc(hidden)]
#[must_use]
pub const fn have_one_path(all: &[Description]) -> bool {
    let mut index = 1;
    while index < all.len() {
        if !all[index].shares_route(&all[0]) {
            return false;
        }
        index += 1;
    }
    true
}

/// Whether a request can be told whose it is; [`operations!`](crate::operations) asks at compile time.
#[doc(hidden)]
#[must_use]
pub const fn are_told_apart(all: &[Description]) -> bool {
    let mut index = 1;
    while index < all.len() {
        let mut earlier = 0;
        while earlier < index {
            if all[index].method as u8 == all[earlier].method as u8 && all[index].has_path_of(&all[earlier]) {
                return false;
            }
            earlier += 1;
        }
        index += 1;
    }
    true
}
#[cfg(test)]
mod tests {
    use midspan_definition::{Method, Operation, Schema, Visibility};

    use super::*;

    const fn operation(method: Method, path: &'static str) -> Operation {
        Operation {
            id: "Any",
            method,
            path,
            summary: "",
            description: "",
            visibility: Visibility::None,
            deadline_ms: 1000,
            parameters: &[],
            body: None,
            output: Schema::Any,
            statuses: &[200],
            auth: &[],
            roles: &[],
            idempotency_ms: None,
            scopes: &[],
            sources: &[],
            designer: midspan_definition::operation::Designer::NONE,
            definition: None,
        }
    }

    #[test]
    fn a_request_is_for_the_operation_with_its_method_and_the_closest_path() {
        let all = [
            operation(Method::Get, "/{set}"),
            operation(Method::Delete, "/{set}"),
            operation(Method::Get, "/orders('{id}')"),
            operation(Method::Get, "/list?kind=open"),
            operation(Method::Get, "/list"),
            operation(Method::Post, "/list/"),
            operation(Method::Post, "/list"),
        ];
        let check = |method: &str, uri: &str, expected: Option<usize>| {
            let request = http::Request::builder()
                .method(method)
                .uri(uri)
                .body(Bytes::new())
                .unwrap();
            assert_eq!(chosen(&all, &request), expected, "{method} {uri}");
        };
        check("GET", "/v1/users", Some(0));
        check("DELETE", "/users", Some(1));
        check("GET", "/orders('7')", Some(2));
        check("GET", "/orders(%277%27)", Some(2));
        check("DELETE", "/orders('7')", Some(1));
        check("GET", "/list?x=1&kind=open", Some(3));
        check("GET", "/list?kind=closed", Some(4));
        check("POST", "/list", Some(6));
        check("POST", "/list/", Some(5));
        check("PUT", "/orders('7')", None);
        check("GET", "/", None);
    }
}
