//! A second request for a slow tail (J. Dean and L. Barroso, "The Tail at Scale", CACM 56(2), 2013, "hedged requests").

use std::pin::pin;

use futures_util::future::{Either, select};

use super::{Outcome, retry::failed_in_passing};

/// Sends, and once more if there is no answer after `delay` and `allowed` gives leave. The first answer wins, and the
/// other request is dropped; a failure in passing does not win over a request that is still under way.
pub(super) async fn hedged<T>(
    send: &impl AsyncFn() -> Outcome,
    delay: impl Future<Output = ()>,
    allowed: impl FnOnce() -> Option<T>,
) -> Outcome {
    let mut first = pin!(send());
    if let Either::Left((outcome, _)) = select(first.as_mut(), pin!(delay)).await {
        return outcome;
    }
    let Some(_turn) = allowed() else {
        return first.await;
    };
    let second = pin!(send());
    let (outcome, other) = select(first, second).await.factor_first();
    if failed_in_passing(&outcome) {
        other.await
    } else {
        outcome
    }
}
