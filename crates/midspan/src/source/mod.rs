//! Stage 3, compose: calls to back-end systems.
//!
//! A [`Source`] is declared once, as a `static`; [`Context::source`](crate::Context::source) gives a [`Handle`] that
//! starts [`Call`]s. Every call ends before the operation's deadline, and is recorded for `Server-Timing`.

pub(crate) mod auth;
mod call;
pub mod graphql;
mod lookup;
pub mod odata;
mod outcome;
mod paging;
mod policy;
pub mod soap;
pub(crate) mod url;

use std::time::Duration;

use midspan_definition::SourceUse;

use crate::{Context, Error, Result};
pub use auth::{Auth, AwsSigV4, HmacSignature, OAuth, TokenEndpoint};
pub use call::{Answer, Binary, Call, Multipart};
pub(crate) use call::{Exchange, Redirect, redirects, resolved};
pub(crate) use lookup::Once;
pub use lookup::{Keys, Lookup};
pub use paging::{Chunk, Collected, OnePage, Pages, Paging};
pub(crate) use policy::Instance;
pub use policy::{Breaker, Retry};

/// A back-end system: its name, how it speaks and how long it may take.
///
/// Its base URL is the variable `<name>_url` of the manifest, and its host must be in `allowed_outbound_hosts`.
///
/// ```
/// use std::time::Duration;
/// use midspan::Source;
///
/// static PAYROLL: Source = Source::rest("payroll")
///     .titled("Payroll")
///     .timeout(Duration::from_millis(800))
///     .bearer("payroll_token");
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Source {
    name: &'static str,
    protocol: &'static str,
    title: &'static str,
    timeout: Duration,
    max_body: usize,
    max_request_body: usize,
    redirects_to_other_hosts: bool,
    auth: Auth,
    policy: policy::Policy,
    soap: soap::Settings,
}

impl Source {
    /// A source that speaks REST with JSON.
    ///
    /// `name` is lower-case with underscores, since it starts the names of the source's variables.
    #[must_use]
    pub const fn rest(name: &'static str) -> Self {
        Self::new(name, "rest")
    }

    /// A source that speaks `OData`: see [`odata`].
    #[must_use]
    pub const fn odata(name: &'static str) -> Self {
        Self::new(name, "odata")
    }

    /// A source that speaks SOAP: see [`soap`]. Its variable `<name>_url` is the service's address.
    #[must_use]
    pub const fn soap(name: &'static str) -> Self {
        Self::new(name, "soap")
    }

    /// A source that speaks `GraphQL`: see [`graphql`].
    #[must_use]
    pub const fn graphql(name: &'static str) -> Self {
        Self::new(name, "graphql")
    }

    const fn new(name: &'static str, protocol: &'static str) -> Self {
        Self {
            name,
            protocol,
            title: name,
            timeout: Duration::from_secs(10),
            max_body: 8 * 1024 * 1024,
            max_request_body: 8 * 1024 * 1024,
            redirects_to_other_hosts: false,
            auth: Auth::NONE,
            policy: policy::Policy::DEFAULT,
            soap: soap::Settings::DEFAULT,
        }
    }

    /// The name that makers read in error messages, e.g. `SharePoint`.
    #[must_use]
    pub const fn titled(mut self, title: &'static str) -> Self {
        self.title = title;
        self
    }

    /// How long one call may take, with its waits and retries; 10 seconds unless told.
    #[must_use]
    pub const fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = limit;
        self
    }

    /// The largest answer taken, in bytes, both as it is sent and when it is decoded; 8 MiB unless told.
    #[must_use]
    pub const fn max_body(mut self, bytes: usize) -> Self {
        self.max_body = bytes;
        self
    }

    /// The largest body sent to it, in bytes; 8 MiB unless told. A larger one is `BodyTooLarge` and is not sent.
    #[must_use]
    pub const fn max_request_body(mut self, bytes: usize) -> Self {
        self.max_request_body = bytes;
        self
    }

    /// How its calls are authenticated; not at all unless told. See [`Auth`].
    #[must_use]
    pub const fn auth(mut self, auth: Auth) -> Self {
        self.auth = auth;
        self
    }

    /// Calls with the bearer token (RFC 6750) that stands in this variable: [`Auth::bearer`].
    #[must_use]
    pub const fn bearer(self, variable: &'static str) -> Self {
        self.auth(Auth::bearer(variable))
    }

    /// Calls with the caller's own `Authorization` header where the request carries one, else with the bearer token in
    /// this variable: [`Auth::caller_or_bearer`]. Only for a source that shall see the caller's token.
    #[must_use]
    pub const fn forward_authorization_or_bearer(self, variable: &'static str) -> Self {
        self.auth(Auth::caller_or_bearer(variable))
    }

    /// Follows redirects to other hosts than the source's own too, in so far as the manifest lets the component out to
    /// them: for a source that answers with a link to its storage. Neither credentials nor the author's own headers go
    /// along, and never is one followed that leads from `https` to `http`.
    ///
    /// Unless told, redirects are followed to the source's own scheme, host and port (RFC 9110 s. 15.4; at most five).
    /// One that is not followed is the answer, and the log says why.
    #[must_use]
    pub const fn redirects_to_other_hosts(mut self) -> Self {
        self.redirects_to_other_hosts = true;
        self
    }

    /// What is tried again, how often and after which waits; unless told, safe reads are, once. See [`Retry`].
    #[must_use]
    pub const fn retry(mut self, retry: Retry) -> Self {
        self.policy.retry = retry;
        self
    }

    /// Sends a safe read (GET, HEAD) a second time if there is no answer after `delay`; the first answer wins. Not unless
    /// told, since it is worth its load only for a source whose slowest answers are much slower than most: `delay` is
    /// what 95 of 100 of them take. It counts as a retry in the source's budget, and comes on top of [`Retry::times`].
    #[must_use]
    pub const fn hedge_after(mut self, delay: Duration) -> Self {
        self.policy.hedge_after = Some(delay);
        self
    }

    /// How many requests an instance of a component may have under way to the source; further ones wait in order, within
    /// their time-out. No limit unless told: the host limits how many callers an instance serves at once.
    ///
    /// # Panics
    /// When it is compiled, if `requests` is 0.
    #[must_use]
    pub const fn max_concurrent(mut self, requests: usize) -> Self {
        assert!(requests > 0, "a source that takes no request can't be called");
        self.policy.max_concurrent = Some(requests);
        self
    }

    /// How long a call waits for its turn under [`max_concurrent`](Self::max_concurrent); then it is `Overloaded`, 503, at
    /// once. As long as the call may take unless told.
    ///
    /// A short time keeps an overloaded operation alive: calls that would wait in vain end, so that those which are answered
    /// from the cache, which take no turn, are. With `Duration::ZERO` nobody waits.
    #[must_use]
    pub const fn max_wait(mut self, limit: Duration) -> Self {
        self.policy.max_wait = Some(limit);
        self
    }

    /// Leaves it alone for a while when it fails again and again. Not unless told. See [`Breaker`].
    #[must_use]
    pub const fn breaker(mut self, breaker: Breaker) -> Self {
        self.policy.breaker = Some(breaker);
        self
    }

    /// Its name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// What an operation's description says of it.
    #[must_use]
    pub const fn usage(&self) -> SourceUse {
        // A time-out of more than 584 million years is not a time-out.
        #[expect(clippy::cast_possible_truncation, reason = "milliseconds of a time-out fit")]
        let timeout_ms = self.timeout.as_millis() as u64;
        SourceUse {
            name: self.name,
            protocol: self.protocol,
            timeout_ms,
        }
    }

    /// A variable of this source's, e.g. `<name>_url`.
    pub(crate) async fn variable(&self, ctx: &Context, name: &str) -> Result<String> {
        let value = ctx.port().variable(name).await;
        value.map_err(|why| self.misconfigured(format!("variable `{name}`: {why}")))
    }

    /// It names the source, so that an optional one that is not set up is missing and takes nothing else down.
    pub(crate) fn misconfigured(&self, log: String) -> Error {
        Error::failed(log).with_source(self.name, None)
    }

    /// See [`Auth::relays`].
    pub(crate) const fn relays(&self) -> bool {
        self.auth.relays()
    }

    /// See [`Auth::caller_of`].
    pub(crate) fn caller_of<'c>(&self, ctx: &'c Context) -> Option<&'c http::HeaderValue> {
        self.auth.caller_of(ctx)
    }

    pub(crate) const fn title(&self) -> &'static str {
        self.title
    }
}

/// A source within one request; see [`Context::source`](crate::Context::source).
#[derive(Clone, Copy)]
pub struct Handle<'c> {
    ctx: &'c Context,
    source: &'static Source,
}

impl<'c> Handle<'c> {
    pub(crate) const fn new(ctx: &'c Context, source: &'static Source) -> Self {
        Self { ctx, source }
    }

    /// Starts a GET. The path is below the source's base URL; see [`Call::path`] for `{parameters}` in it.
    pub fn get(self, path: &'static str) -> Call<'c> {
        Call::new(self.ctx, self.source, http::Method::GET, path)
    }

    /// Starts a POST.
    pub fn post(self, path: &'static str) -> Call<'c> {
        self.call(http::Method::POST, path)
    }

    /// Starts a PUT.
    pub fn put(self, path: &'static str) -> Call<'c> {
        self.call(http::Method::PUT, path)
    }

    /// Starts a PATCH.
    pub fn patch(self, path: &'static str) -> Call<'c> {
        self.call(http::Method::PATCH, path)
    }

    /// Starts a DELETE.
    pub fn delete(self, path: &'static str) -> Call<'c> {
        self.call(http::Method::DELETE, path)
    }

    /// Starts a HEAD: what a GET would answer, without its body.
    pub fn head(self, path: &'static str) -> Call<'c> {
        self.call(http::Method::HEAD, path)
    }

    /// Starts a call with any method.
    pub fn call(self, method: http::Method, path: &'static str) -> Call<'c> {
        let call = Call::new(self.ctx, self.source, method, path);
        if call.method.is_safe() { call } else { call.changing() }
    }
}
