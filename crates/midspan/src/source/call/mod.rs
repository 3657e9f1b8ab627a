//! One call to a source.

mod answer;
mod body;
mod coding;
mod multipart;
mod redirect;
mod send;

use std::time::Duration;

use bytes::Bytes;
use http::{
    HeaderMap, HeaderName, HeaderValue, Method,
    header::{ACCEPT, ACCEPT_ENCODING, RANGE},
};

use super::{Source, policy::IDEMPOTENCY_KEY, url};
use crate::{
    Context, Error, Result,
    cache::{Cache, Caching, Changes},
};
pub use answer::{Answer, Binary};
pub use multipart::Multipart;
pub(crate) use redirect::{Redirect, redirects, resolved};
pub(crate) use send::Exchange;

/// A call that is being put together. Nothing is sent before what is wanted of the answer is awaited:
/// [`json`](Call::json), [`found`](Call::found), [`text`](Call::text), [`binary`](Call::binary),
/// [`success`](Call::success) or [`send`](Call::send).
#[derive(Clone)]
#[must_use = "a call does nothing until its answer is awaited, as `.json()`, `.success()` or `.send()`"]
pub struct Call<'c> {
    pub(super) ctx: &'c Context,
    pub(super) source: &'static Source,
    pub(super) method: Method,
    pub(super) template: &'static str,
    /// What stands for the template's `{names}`, escaped.
    path: Vec<(&'static str, String)>,
    pub(super) query: String,
    /// Where to go in place of path and query: a link of the source to itself.
    pub(super) link: Option<http::Uri>,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    pub(super) timeout: Duration,
    /// A method that need not be safe (RFC 9110 s. 9.2.1) is, here.
    read_only: bool,
    /// An equal call of the same request does not do in its place.
    pub(super) always: bool,
    caching: Option<Caching>,
    /// What of it may be kept, as far as the status alone does not say it.
    pub(super) keeps: fn(&http::Response<Bytes>) -> bool,
    tags: Vec<String>,
    /// What a change makes of the cache.
    changes: Option<Changes>,
    /// How many requests or keys it stands for, where it is for many.
    pub(super) batch: Option<usize>,
    /// The first thing that went wrong while it was put together.
    pub(super) error: Option<Error>,
}

impl<'c> Call<'c> {
    pub(super) fn new(ctx: &'c Context, source: &'static Source, method: Method, template: &'static str) -> Self {
        let declared = ctx.operation().sources.iter().any(|usage| usage.name == source.name);
        Self {
            ctx,
            source,
            method,
            template,
            path: Vec::new(),
            query: String::new(),
            link: None,
            headers: HeaderMap::new(),
            body: Bytes::new(),
            timeout: source.timeout,
            read_only: false,
            always: false,
            caching: None,
            keeps: |_| true,
            tags: Vec::new(),
            changes: None,
            batch: None,
            error: (!declared).then(|| {
                let (id, name) = (ctx.operation().id, source.name);
                Error::failed(format!(
                    "source `{name}` is not among the `sources = [...]` of operation `{id}`"
                ))
            }),
        }
    }

    /// Fills `{name}` in the path with one segment, escaped. One that is empty, or has `.` or `..` as a part of a path, is
    /// a `BadInput`, since it would lead to another resource.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "`.query(\"top\", 5)` reads better than `&5`"
    )]
    pub fn path(self, name: &'static str, value: impl ToString) -> Self {
        self.segments(name, [value.to_string()])
    }

    /// Fills `{name}` in the path with any number of segments, each escaped as [`path`](Call::path) does it:
    /// `.segments("file", "2026/plans/q1.pdf".split('/'))`.
    pub fn segments(mut self, name: &'static str, values: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        let mut text = String::new();
        for (at, value) in values.into_iter().enumerate() {
            text.push_str(if at == 0 { "" } else { "/" });
            if let Err(error) = url::push_segment(&mut text, name, value.as_ref()) {
                self.fail(|| error);
            }
        }
        self.path.push((name, text));
        self
    }

    /// Adds `name=value` to the query, escaped.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "`.query(\"top\", 5)` reads better than `&5`"
    )]
    pub fn query(mut self, name: &str, value: impl ToString) -> Self {
        url::push_query(&mut self.query, name, &value.to_string());
        self
    }

    /// Adds `name=value` to the query where there is a value.
    pub fn query_opt(self, name: &str, value: Option<impl ToString>) -> Self {
        self.queries(name, value)
    }

    /// Adds `name=value` to the query for each value: `.queries("id", &ids)` is `id=1&id=2`.
    pub fn queries(self, name: &str, values: impl IntoIterator<Item = impl ToString>) -> Self {
        values.into_iter().fold(self, |call, value| call.query(name, value))
    }

    /// Sets a header.
    pub fn header(mut self, name: &str, value: impl AsRef<str>) -> Self {
        match (HeaderName::try_from(name), HeaderValue::from_str(value.as_ref())) {
            (Ok(name), Ok(value)) => {
                self.headers.insert(name, value);
            }
            _ => self.fail(|| {
                Error::bad_input(
                    name,
                    format!("The value for header \"{name}\" has a control character."),
                )
            }),
        }
        self
    }

    /// Sets a header where there is a value.
    pub fn header_opt(self, name: &'static str, value: Option<impl ToString>) -> Self {
        match value {
            Some(value) => self.header(name, value.to_string()),
            None => self,
        }
    }

    /// Makes a POST or PATCH safe to repeat, for a source that does a call once however often it comes with the same
    /// `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header, which puts `value` in double quotes; many sources
    /// take it without). `value` names what the caller wants done, and stays the same when the caller tries again.
    pub fn idempotency_key(self, value: impl AsRef<str>) -> Self {
        self.header(IDEMPOTENCY_KEY, value)
    }

    /// Says that this call only reads although its method is POST (a search, a query): then it is retried, hedged and made
    /// once as a GET is.
    pub fn read_only(mut self) -> Self {
        self.read_only = true;
        self
    }

    /// Sends this call even if the request at hand has made an equal one. Unless told, equal safe calls to a source are
    /// made once in a request, until it changes something there.
    pub fn always(mut self) -> Self {
        self.always = true;
        self
    }

    /// Answers this call from the shared cache where that has its answer; only calls that read are cached (GET, or
    /// [`read_only`](Self::read_only)). See [`cache`](crate::cache).
    pub fn cached(mut self, cache: Cache) -> Self {
        self.caching = Some(Caching::new(cache));
        self
    }

    /// Says what a cached answer is about, such as `news` or `employee:42`, so that it can be invalidated by that name.
    pub fn tag(mut self, name: impl Into<String>) -> Self {
        self.tags.push(name.into());
        self
    }

    /// Says what this call changes, as [`tag`](Self::tag) names it: when it has gone well, cached answers with that tag are
    /// stale. What was read from the very address that it changes is gone without being named (RFC 9111 s. 4.4).
    pub fn invalidates(mut self, tag: impl Into<String>) -> Self {
        self.changes.get_or_insert_with(Changes::new).add(tag.into());
        self
    }

    /// For a method that is not safe.
    pub(super) fn changing(mut self) -> Self {
        self.changes = Some(Changes::new());
        self
    }

    /// Gives this call another time-out than its source has.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = limit;
        self
    }

    /// The method whose promise it keeps: GET, where it only reads.
    pub(super) fn semantics(&self) -> Method {
        if self.read_only {
            Method::GET
        } else {
            self.method.clone()
        }
    }

    /// Its path below the source's URL, escaped.
    pub(super) fn path_text(&self) -> Result<String> {
        url::path(self.template, &self.path)
    }

    pub(super) fn fail(&mut self, error: impl FnOnce() -> Error) {
        self.error.get_or_insert_with(error);
    }

    /// The request without its credentials.
    async fn request(self) -> Result<http::Request<Bytes>> {
        self.check_size()?;
        let uri = self.uri().await?;
        let mut request = http::Request::new(self.body);
        *request.method_mut() = self.method;
        *request.uri_mut() = uri;
        *request.headers_mut() = self.headers;
        let headers = request.headers_mut();
        headers
            .entry(ACCEPT)
            .or_insert(HeaderValue::from_static("application/json"));
        // A part of what is encoded can't be decoded.
        if !headers.contains_key(RANGE) {
            headers.entry(ACCEPT_ENCODING).or_insert(coding::ACCEPTED);
        }
        Ok(request)
    }

    async fn uri(&self) -> Result<http::Uri> {
        if let Some(link) = &self.link {
            return Ok(link.clone());
        }
        let variable = format!("{}_url", self.source.name);
        let base = self.source.variable(self.ctx, &variable).await?;
        let path = self.path_text()?;
        let separator = match (self.query.is_empty(), path.contains('?')) {
            (true, _) => "",
            (false, true) => "&",
            (false, false) => "?",
        };
        let text = format!("{}{path}{separator}{}", base.trim_end_matches('/'), self.query);
        let uri = http::Uri::try_from(text).ok();
        // Without scheme and host it would be sent to ourselves.
        uri.filter(|uri| uri.scheme().is_some() && uri.authority().is_some())
            .ok_or_else(|| {
                self.source
                    .misconfigured(format!("variable `{variable}` is not the absolute URL of a source"))
            })
    }
}
