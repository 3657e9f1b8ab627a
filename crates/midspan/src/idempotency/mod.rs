//! Writes that callers repeat are done once: `#[operation(post = "...", idempotent = "24h")]`.
//!
//! A call that carries an `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header-07), or else a cloud flow's
//! `x-ms-client-request-id`, leaves a record in the shared store before it runs, and its outcome there before it is
//! answered. A repetition, on whichever host, is given the same outcome.
//!
//! ```
//! use midspan::prelude::*;
//!
//! static SHOP: Source = Source::rest("shop").titled("The shop");
//!
//! /// Order lunch
//! #[operation(post = "/orders", auth = none, sources = [SHOP], idempotent = "24h")]
//! async fn order_lunch(ctx: Context) -> Result<u32> {
//!     ctx.source(&SHOP).post("/orders").json().await
//! }
//!
//! use midspan::testing::{Reply, TestHost};
//!
//! let host = TestHost::new();
//! host.on("shop", "POST /orders", Reply::json(200, "7"));
//! let order = || {
//!     let request = http::Request::post("/orders").header("idempotency-key", "\"lunch-of-ada\"");
//!     host.send::<OrderLunch>(request.body(Default::default()).expect("a request"))
//! };
//! assert_eq!((order().json::<u32>(), order().json::<u32>()), (7, 7));
//! assert_eq!(order().header("idempotent-replayed"), Some("true"));
//! assert_eq!(host.requests("shop").len(), 1);
//! ```

mod claim;
mod collect;
mod key;
mod record;
mod shape;

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderName, HeaderValue};
use midspan_definition::ErrorCode;

use self::{
    claim::{Claim, Mine},
    key::Key,
    record::State,
};
use crate::{Context, Error, Result};

/// How the record of a write is kept, and what may be done twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Idempotency {
    kept: Duration,
    repeatable: bool,
}

impl Idempotency {
    /// The outcome is given again for so long. `idempotent = "24h"` is this.
    ///
    /// Where it can't be known whether a write was done, because its host died or a source did not say, a repetition is
    /// `OutcomeUnknown` and nothing is done. While the store is down, calls with a key are `StoreUnavailable`: their
    /// callers asked for once, and repeat a 503 by themselves.
    #[must_use]
    pub const fn kept(duration: Duration) -> Self {
        Self {
            kept: duration,
            repeatable: false,
        }
    }

    /// It does no harm to do it twice: its sources take care of that, by a key that they are sent
    /// ([`Context::idempotency_key`]) or because what they set is the same. Then what is not known to be done is done again,
    /// and without the store it is done as if there had been no key.
    #[must_use]
    pub const fn repeatable(mut self) -> Self {
        self.repeatable = true;
        self
    }

    /// In milliseconds.
    #[doc(hidden)]
    #[must_use]
    pub const fn kept_ms(&self) -> u64 {
        // 584 million years are enough.
        #[expect(
            clippy::cast_possible_truncation,
            reason = "the milliseconds of any sensible time fit"
        )]
        let milliseconds = self.kept.as_millis() as u64;
        milliseconds
    }
}

/// What `compose` makes of the request, or made of it when it came for the first time.
pub(crate) async fn once(
    ctx: &Context,
    policy: &Idempotency,
    request: &http::Request<Bytes>,
    compose: impl Future<Output = Result<http::Response<Bytes>>>,
) -> Result<http::Response<Bytes>> {
    let Some(key) = Key::of(ctx, request)? else {
        return compose.await;
    };
    ctx.set_idempotency_key(key.for_sources());
    match claim::claim(ctx, policy, &key).await {
        Claim::Mine(mine) => mine.settle(compose.await).await,
        Claim::Done(outcome) => {
            let name = HeaderName::from_static("idempotent-replayed");
            ctx.answer_with(name, HeaderValue::from_static("true"));
            outcome
        }
        Claim::Refused(error) => Err(error),
        Claim::NoStore if policy.repeatable => compose.await,
        Claim::NoStore => Err(Error::new(
            ErrorCode::StoreUnavailable,
            format!(
                "{} can't make sure at the moment that this is done only once. Try again; nothing was changed.",
                ctx.operation().id
            ),
        )),
    }
}

impl Mine {
    /// Keeps what came of it for those who repeat the call, then lets it be answered.
    async fn settle(self, outcome: Result<http::Response<Bytes>>) -> Result<http::Response<Bytes>> {
        let status = match &outcome {
            Ok(response) => response.status().as_u16(),
            Err(error) => error.code().status(),
        };
        if is_final(status) {
            self.write(State::Done(shape::encode(&outcome))).await;
        } else if self.repeatable || !self.ctx.may_have_changed() {
            self.release().await;
        } else {
            self.write(State::Unknown).await;
        }
        outcome
    }
}

/// Whether to call again would be to no other end. What is not is a passing fault.
fn is_final(status: u16) -> bool {
    matches!(status, 200..500) && !matches!(status, 408 | 425 | 429)
}
