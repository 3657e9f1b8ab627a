//! The shared cache: what sources answered, kept in the application's key-value store and shared by all instances and
//! hosts.
//!
//! A call is cached if it says so, [`.cached(...)`](crate::source::Call::cached). Freshness, validation and what may be
//! stored follow RFC 9111; stale answers RFC 5861; the answer's `Cache-Status` RFC 9211. The store failing never fails a
//! call: then the source is asked.
//!
//! ```
//! use std::time::Duration;
//! use midspan::{cache::Cache, prelude::*};
//!
//! static HR: Source = Source::rest("hr").titled("HR");
//!
//! /// Read for five minutes what was read once, and for an hour if HR is down.
//! const PROFILE: Cache = Cache::ttl(Duration::from_mins(5)).stale_if_error(Duration::from_hours(1));
//!
//! #[derive(Data)]
//! struct Person {
//!     name: String,
//! }
//!
//! /// Get the person of the month
//! #[operation(get = "/month", auth = none, sources = [HR])]
//! async fn get_month(ctx: Context) -> Result<Person> {
//!     ctx.source(&HR).get("/people/month").cached(PROFILE).json().await
//! }
//!
//! use midspan::testing::{Reply, TestHost};
//!
//! let host = TestHost::new();
//! host.on("hr", "GET /people/month", Reply::json(200, r#"{"name": "Ada"}"#));
//! assert_eq!(host.get::<GetMonth>("/month").status(), 200);
//! let again = host.get::<GetMonth>("/month");
//! assert_eq!(again.json::<Person>().name, "Ada");
//! assert_eq!(again.header("cache-status"), Some("hr; hit; ttl=300"));
//! assert_eq!(host.requests("hr").len(), 1);
//! ```

mod answered;
mod ask;
mod changes;
mod collapse;
mod composite;
mod conditions;
mod control;
mod entry;
mod exchange;
mod index;
mod key;
mod lead;
mod lease;
mod look_up;
mod look_ups;
mod near;
mod operation;
mod operator;
mod place;
mod scope;
mod shelf;
mod status;
mod tag;
mod terms;
pub(crate) mod wire;

use std::time::Duration;

pub(crate) use changes::Changes;
pub use changes::Handle;
pub(crate) use collapse::InInstance;
pub(crate) use exchange::Caching;
pub use index::{Collection, Listed};
pub(crate) use operation::cached as whole;
pub use operator::{Kept, Page, State, Wanted};
pub(crate) use place::Place;
pub use scope::Scope;
pub(crate) use scope::identity;
pub(crate) use shelf::Shelf;
pub(crate) use status::Ledger;

/// How the answers to a call are kept: how long, for whom, and what stale ones are good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cache {
    lifetime: Option<Duration>,
    ignores_source: bool,
    heuristic: bool,
    not_found: Option<Duration>,
    stale_while_revalidate: Option<Duration>,
    stale_if_error: Option<Duration>,
    scope: Option<Scope>,
    by_vary: bool,
    in_instance: Option<Duration>,
    store_budget: Duration,
}

impl Cache {
    /// As long as the source says (`Cache-Control`, `Expires`), and not at all where it says nothing; where it gives a
    /// validator (`ETag`, `Last-Modified`), what is stale is validated instead of read again.
    #[must_use]
    pub const fn http() -> Self {
        Self {
            lifetime: None,
            ignores_source: false,
            heuristic: false,
            not_found: None,
            stale_while_revalidate: None,
            stale_if_error: None,
            scope: None,
            by_vary: false,
            in_instance: None,
            store_budget: shelf::BUDGET,
        }
    }

    /// This long, for a source that doesn't say how long. What it says counts: see
    /// [`ignoring_source_headers`](Self::ignoring_source_headers).
    #[must_use]
    pub const fn ttl(lifetime: Duration) -> Self {
        Self {
            lifetime: Some(lifetime),
            ..Self::http()
        }
    }

    /// As [`ttl`](Self::ttl) says whatever the source's `Cache-Control`, `Expires`, `Vary` and `Set-Cookie` say. Many
    /// business systems send `no-cache` or `private` with everything; this is for those whose data you know better.
    #[must_use]
    pub const fn ignoring_source_headers(mut self) -> Self {
        self.ignores_source = true;
        self
    }

    /// Where nobody says how long: for a tenth of the time since it was last modified, a day at most (RFC 9111 s. 4.2.2).
    #[must_use]
    pub const fn heuristic(mut self) -> Self {
        self.heuristic = true;
        self
    }

    /// Keeps "there is no such thing" (404, 410) this long. Not unless told: what is not there now may be made any moment.
    #[must_use]
    pub const fn not_found(mut self, lifetime: Duration) -> Self {
        self.not_found = Some(lifetime);
        self
    }

    /// For this long after its lifetime an answer is still given at once, and read again after the operation has answered
    /// (RFC 5861 s. 3). Else what the source says; `must-revalidate` forbids it.
    #[must_use]
    pub const fn stale_while_revalidate(mut self, window: Duration) -> Self {
        self.stale_while_revalidate = Some(window);
        self
    }

    /// For this long after its lifetime an answer does if the source fails: no answer, 429 or 5xx (RFC 5861 s. 4). An
    /// [`optional`](crate::Optional) part then says `stale`, and why. Else what the source says; `must-revalidate` forbids
    /// it.
    #[must_use]
    pub const fn stale_if_error(mut self, window: Duration) -> Self {
        self.stale_if_error = Some(window);
        self
    }

    /// For whom the answers are. Unless told: for the user alone where the call carries the caller's credentials, else for
    /// everybody.
    #[must_use]
    pub const fn scope(mut self, scope: Scope) -> Self {
        self.scope = Some(scope);
        self
    }

    /// How long the store may take for one use, before the source is asked without it; 50 ms unless told.
    #[must_use]
    pub const fn store_budget(mut self, limit: Duration) -> Self {
        self.store_budget = limit;
        self
    }

    /// Lets an instance give answers that are for everybody from its own memory, without a look into the store, for this
    /// long after it has seen them there. So long an instance may not notice what another one invalidates. Not unless told;
    /// a second makes what everybody reads all the time much faster.
    #[must_use]
    pub const fn in_instance(mut self, bound: Duration) -> Self {
        self.in_instance = Some(bound);
        self
    }

    /// Headers of the call count only where the source's `Vary` names them, as RFC 9111 s. 4.1 has it. Unless told, calls
    /// with other headers are other calls, since many sources forget to say what their answers vary by.
    #[must_use]
    pub const fn keyed_by_vary(mut self) -> Self {
        self.by_vary = true;
        self
    }
}
