//! A component's operations: one, or several of one path that are told apart by their method.

use std::rc::Rc;

use bytes::Bytes;
use futures_util::future::LocalBoxFuture;
use midspan_definition::operation::Operation as Description;

use crate::{
    Context, Operation,
    admit::{admit, method_not_allowed},
    answer::answer,
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
    fn serve(host: Host, request: http::Request<Bytes>) -> LocalBoxFuture<'static, http::Response<Bytes>>;
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
                request: http::Request<Bytes>,
            ) -> LocalBoxFuture<'static, http::Response<Bytes>> {
                let method = request.method().as_str();
                $(if method == const { $operation::DESCRIPTION.method.name() } {
                    return Box::pin(serve::<$operation>(host.0, request));
                })+
                let all: &'static [Description] = const { &[$($operation::DESCRIPTION.at_run_time(&[])),+] };
                Box::pin(async move { refuse(&host.0, &request, all) })
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
fn refuse(port: &Rc<dyn Port>, request: &http::Request<Bytes>, all: &'static [Description]) -> http::Response<Bytes> {
    let first = &all[0];
    let ctx = Context::new(port.clone(), admit(&**port, request, first), first);
    answer(&ctx, request, Err(method_not_allowed(request, all)))
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

/// Whether a method is enough to tell them apart; [`operations!`](crate::operations) asks at compile time.
#[doc(hidden)]
#[must_use]
pub const fn have_different_methods(all: &[Description]) -> bool {
    let mut index = 1;
    while index < all.len() {
        let mut earlier = 0;
        while earlier < index {
            if all[index].method as u8 == all[earlier].method as u8 {
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
    use super::largest;

    #[test]
    fn as_much_is_read_as_one_of_them_takes() {
        assert_eq!(largest(&[(false, 9)]), None);
        assert_eq!(largest(&[(true, 3), (false, 9)]), Some(3));
        assert_eq!(largest(&[(false, 9), (true, 3), (true, 5), (true, 4)]), Some(5));
    }
}
