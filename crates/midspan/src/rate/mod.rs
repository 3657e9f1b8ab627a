//! How many calls are let in: `#[operation(..., rate_limits = [RateLimit::per_minute(60)])]`.
//!
//! A limit is a token bucket in the shared store, so that all instances on all hosts count together. An instance takes
//! tokens several at a time and remembers that there are none, so that most calls cost no use of the store. While the
//! store is down nobody is refused.
//!
//! ```
//! use midspan::prelude::*;
//!
//! /// Of each caller.
//! const EACH: RateLimit = RateLimit::per_minute(2);
//! /// Of all callers of all operations that declare it.
//! const ALL: RateLimit = RateLimit::per_minute(3000).of_everybody().of_connector().set_by("calls_per_minute");
//!
//! /// Say hello
//! #[operation(get = "/hello", auth = none, rate_limits = [EACH, ALL])]
//! async fn say_hello(_ctx: Context) -> Result<String> {
//!     Ok("hello".into())
//! }
//!
//! use midspan::testing::TestHost;
//!
//! let host = TestHost::new();
//! host.variable("calls_per_minute", None);
//! assert_eq!(host.get::<SayHello>("/hello").header("ratelimit"), Some("\"caller\";r=1, \"connector\";r=2999"));
//! assert_eq!(host.get::<SayHello>("/hello").status(), 200);
//! let refused = host.get::<SayHello>("/hello");
//! assert_eq!((refused.status(), refused.header("retry-after")), (429, Some("30")));
//! ```

mod bucket;
mod collect;
mod share;

use std::{fmt::Write as _, time::Duration};

use http::{HeaderName, HeaderValue};
use midspan_definition::ErrorCode;
use sha2::{Digest, Sha256};

use self::{bucket::Rate, share::Turn};
use crate::{Context, Error, Result};

pub(crate) use share::Shares;

/// How many calls are let in, of whom, to what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    calls: u32,
    window: Duration,
    burst: Option<u32>,
    everybody: bool,
    connector: bool,
    variable: Option<&'static str>,
}

impl RateLimit {
    /// So many calls a second, of each caller to the operation; all callers that no scheme has proven are one.
    #[must_use]
    pub const fn per_second(calls: u32) -> Self {
        Self::per(Duration::from_secs(1), calls)
    }

    /// So many calls a minute, of each caller to the operation. Power Platform's gateway lets in 500 of a connection.
    #[must_use]
    pub const fn per_minute(calls: u32) -> Self {
        Self::per(Duration::from_mins(1), calls)
    }

    /// So many calls an hour, of each caller to the operation.
    #[must_use]
    pub const fn per_hour(calls: u32) -> Self {
        Self::per(Duration::from_hours(1), calls)
    }

    const fn per(window: Duration, calls: u32) -> Self {
        assert!(calls > 0, "an operation that lets nobody in is none");
        Self {
            calls,
            window,
            burst: None,
            everybody: false,
            connector: false,
            variable: None,
        }
    }

    /// How many calls may come at once; as many as in the whole time unless told. A caller who has been away saves up no
    /// more.
    ///
    /// # Panics
    /// When it is compiled, if it is 0.
    #[must_use]
    pub const fn burst(mut self, calls: u32) -> Self {
        assert!(calls > 0, "at least one call comes at once");
        self.burst = Some(calls);
        self
    }

    /// Counts the calls of all callers together.
    #[must_use]
    pub const fn of_everybody(mut self) -> Self {
        self.everybody = true;
        self
    }

    /// Counts the calls to all operations together that declare such a limit; they all give the same numbers.
    #[must_use]
    pub const fn of_connector(mut self) -> Self {
        self.connector = true;
        self
    }

    /// Lets the operator set the number of calls, in a variable of the manifest: `0` is no limit. It must be among the
    /// component's variables; where it has no value, the declared number holds.
    #[must_use]
    pub const fn set_by(mut self, variable: &'static str) -> Self {
        self.variable = Some(variable);
        self
    }

    /// As it is called in the answer's headers.
    const fn name(&self) -> &'static str {
        match (self.everybody, self.connector) {
            (false, false) => "caller",
            (false, true) => "caller-of-connector",
            (true, false) => "operation",
            (true, true) => "connector",
        }
    }

    /// Nothing where the operator has taken it away.
    async fn rate(&self, ctx: &Context) -> Option<Rate> {
        let calls = match self.variable {
            Some(variable) => self.set(ctx, variable).await,
            None => self.calls,
        };
        (calls > 0).then(|| Rate {
            calls,
            window: self.window,
            burst: self.burst.unwrap_or(calls).min(calls),
        })
    }

    async fn set(&self, ctx: &Context, variable: &str) -> u32 {
        let Ok(value) = ctx.port().variable(variable).await else {
            return self.calls;
        };
        match value.trim() {
            "" => self.calls,
            number => number.parse().unwrap_or_else(|_| {
                let message = format!("variable `{variable}` is not a number of calls; {} hold", self.calls);
                ctx.log("warn", &message);
                self.calls
            }),
        }
    }

    /// Under which the store has the bucket.
    fn place(&self, ctx: &Context) -> [u8; 32] {
        let mut hash = Sha256::new_with_prefix("midspan rate 1");
        let mut add = |text: &str| {
            hash.update(text.len().to_le_bytes());
            hash.update(text);
        };
        add(self.name());
        add(&self.window.as_secs().to_string());
        if !self.everybody {
            // All whom nobody knows are one: a header that is not proven could name a new caller each time.
            let caller = ctx.caller();
            for part in [caller.scheme(), caller.tenant(), Some(caller.id()), caller.client()] {
                add(part.unwrap_or_default());
            }
        }
        if !self.connector {
            add(ctx.operation().id);
        }
        hash.finalize().into()
    }
}

/// Lets the call in, or says when to come again. The answer tells what is left, in either case
/// (draft-ietf-httpapi-ratelimit-headers-10).
pub(crate) async fn admit(ctx: &Context, limits: &[RateLimit]) -> Result<()> {
    let (mut policies, mut left) = (String::new(), String::new());
    let mut taken = Vec::new();
    let mut refusal = None;
    for limit in limits {
        let Some(rate) = limit.rate(ctx).await else {
            continue;
        };
        let (name, place) = (limit.name(), limit.place(ctx));
        let comma = if policies.is_empty() { "" } else { ", " };
        // A text takes all that is written to it.
        let _ = write!(
            policies,
            "{comma}\"{name}\";q={};w={}",
            rate.calls,
            rate.window.as_secs()
        );
        match share::take(ctx, place, rate).await {
            Turn::Taken { left: remaining } => {
                taken.push(place);
                let _ = write!(left, "{comma}\"{name}\";r={remaining}");
            }
            Turn::Refused { wait } => {
                let _ = write!(left, "{comma}\"{name}\";r=0;t={wait}");
                refusal = Some(refused(limit, rate, wait));
                break;
            }
            // Nobody knows what is left.
            Turn::Open => {}
        }
    }
    tell(ctx, "ratelimit-policy", &policies);
    tell(ctx, "ratelimit", left.trim_start_matches(", "));
    match refusal {
        None => Ok(()),
        Some(error) => {
            for place in taken {
                share::give_back(ctx, &place);
            }
            Err(error)
        }
    }
}

fn refused(limit: &RateLimit, rate: Rate, wait: u32) -> Error {
    let window = match rate.window.as_secs() {
        1 => "second",
        60 => "minute",
        _ => "hour",
    };
    let who = if limit.everybody { "Its callers" } else { "You" };
    let what = if limit.connector {
        "this connector"
    } else {
        "this operation"
    };
    let message = format!(
        "{who} may call {what} {} times a {window}. Try again in {wait} s; nothing was changed.",
        rate.calls
    );
    Error::new(ErrorCode::TooManyRequests, message).with_retry_after(wait)
}

fn tell(ctx: &Context, name: &'static str, value: &str) {
    if let (false, Ok(value)) = (value.is_empty(), HeaderValue::from_str(value)) {
        ctx.answer_with(HeaderName::from_static(name), value);
    }
}
