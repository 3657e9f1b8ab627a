//! Whole answers of an operation: `#[operation(cache = "60s")]`.

use std::rc::Rc;

use bytes::Bytes;
use http::{HeaderMap, StatusCode, header::ETAG};
use midspan_definition::Location;

use super::{
    Cache,
    collapse::{Landing, Turn},
    composite::{etag, finish},
    entry::{Entry, Value},
    exchange::milliseconds_since_1970,
    index::{self, Listed},
    key::Key,
    lead::afterwards,
    lease::{self, Lease},
    look_up::look_up_dependent,
    scope::{Audience, Scope, is_of_caller},
    shelf::Shelf,
    status::{Freshness, Member},
    terms::Exchanged,
};
use crate::{Context, Result};

type Response = http::Response<Bytes>;

/// The answer to the request from the cache; else what `compose` makes, which is kept if nothing in it is missing or
/// stale. Equal requests at the same time wait for one of them, in all instances and hosts.
pub(crate) async fn cached(
    ctx: &Context,
    policy: &Cache,
    request: &http::Request<Bytes>,
    compose: impl Future<Output = Result<Response>>,
) -> Result<Response> {
    let Some(whole) = Whole::new(ctx, policy, request) else {
        return compose.await;
    };
    let pilot = loop {
        if let Some(entry) = whole.look_up().await {
            return Ok(whole.hit(&entry, false));
        }
        match ctx.port().instance().cache.turn(whole.key, ctx.shared_port()) {
            Turn::Mine(pilot) => break pilot,
            Turn::Theirs(flight) => match flight.landing(ctx.port()).await {
                Landing::Shared(entry) => return Ok(whole.hit(&entry, true)),
                Landing::Stored | Landing::GivenUp => {}
                Landing::Alone | Landing::Failed(_) | Landing::Refused(_) => return compose.await,
            },
        }
    };
    let lease = match lease::wait(
        &whole.shelf,
        &whole.key,
        || ctx.remaining(),
        async || whole.look_up().await,
    )
    .await
    {
        lease::Waited::Mine(lease) => Some(lease),
        lease::Waited::NotNeeded => None,
        lease::Waited::Alone => {
            pilot.land(Landing::Alone);
            return compose.await;
        }
        lease::Waited::Answered(entry) => {
            let response = whole.hit(&entry, true);
            pilot.land(whole.shared(entry).unwrap_or(Landing::Stored));
            return Ok(response);
        }
    };
    let request_time = whole.now();
    let outcome = match &lease {
        Some(lease) => lease.during(compose).await,
        None => compose.await,
    };
    let response = outcome.as_ref().ok();
    let Some(entry) = response.and_then(|response| whole.entry(response, request_time)) else {
        pilot.land(Landing::Alone);
        end(ctx, lease, false);
        return outcome;
    };
    if let Some(landing) = whole.shared(entry.clone()) {
        // Those who wait here need not wait for the store.
        pilot.land(landing);
        end(ctx, lease, whole.store(entry).await);
    } else {
        let stored = whole.store(entry).await;
        pilot.land(if stored { Landing::Stored } else { Landing::Alone });
        end(ctx, lease, stored);
    }
    outcome
}

/// Lets go of a lease: those who wait find the answer in the store, or each makes one.
fn end(ctx: &Context, lease: Option<Lease>, stored: bool) {
    match lease {
        Some(lease) if stored => afterwards(ctx.port(), lease.release()),
        Some(lease) => afterwards(ctx.port(), lease.disband()),
        None => {}
    }
}

/// An operation whose whole answer is kept, in one request.
struct Whole<'c> {
    ctx: &'c Context,
    policy: &'c Cache,
    request: &'c http::Request<Bytes>,
    audience: Audience,
    key: Key,
    shelf: Shelf,
}

impl<'c> Whole<'c> {
    /// Nothing for an answer that is for somebody whom nobody knows.
    fn new(ctx: &'c Context, policy: &'c Cache, request: &'c http::Request<Bytes>) -> Option<Self> {
        let by_user = is_of_caller(ctx, request.headers());
        let scope = policy
            .scope
            .unwrap_or(if by_user { Scope::User } else { Scope::Public });
        let audience = Audience::of(ctx, scope, request.headers())?;
        let parameters = ctx.operation().parameters.iter();
        let headers: Vec<_> = parameters
            .filter(|parameter| parameter.location == Location::Header)
            .collect();
        // Links in an answer begin as its caller says that it reached us: nobody else may get them.
        let space = format!("{} {}", ctx.operation().id, ctx.admission().public_base);
        let key = Key::new(audience, &space, request, |name| {
            headers
                .iter()
                .any(|parameter| parameter.name.eq_ignore_ascii_case(name.as_str()))
        });
        Some(Self {
            ctx,
            policy,
            request,
            audience,
            key,
            shelf: Shelf::new(ctx, policy.store_budget),
        })
    }

    async fn look_up(&self) -> Option<Entry> {
        let entry = look_up_dependent(&self.shelf, &self.key).await?;
        entry.terms.is_fresh(self.now()).then_some(entry)
    }

    fn hit(&self, entry: &Entry, collapsed: bool) -> Response {
        let ledger = self.ctx.ledger();
        ledger.depend(&entry.tags);
        let public = self.audience == Audience::Public;
        let member = Member {
            source: self.ctx.operation().id,
            collapsed,
            freshness: Some(Freshness::of(&entry.terms, public, self.now())),
            ..Member::default()
        };
        ledger.add(member, finish);
        let mut response = http::Response::new(entry.body.clone());
        *response.headers_mut() = entry.headers.clone();
        response
    }

    /// What is kept of an answer.
    fn entry(&self, response: &Response, request_time: u64) -> Option<Entry> {
        if response.status() != StatusCode::OK || self.ctx.calls().any_failed() {
            return None;
        }
        let none = HeaderMap::new();
        let exchanged = Exchanged {
            request: &none,
            status: StatusCode::OK,
            response: &none,
            request_time,
            response_time: self.now(),
            redirects: &[],
        };
        let mut headers = response.headers().clone();
        if let (false, Ok(etag)) = (headers.contains_key(ETAG), etag(response.body()).parse()) {
            headers.insert(ETAG, etag);
        }
        Some(Entry {
            terms: exchanged.terms(self.policy, self.audience.is_shared()).ok()?,
            tags: self.ctx.ledger().dependencies(),
            redirected: false,
            status: StatusCode::OK,
            headers,
            body: response.body().clone(),
        })
    }

    /// Given to all who wait in this instance, if it is for everybody.
    fn shared(&self, entry: Entry) -> Option<Landing> {
        (self.audience == Audience::Public).then(|| Landing::Shared(Rc::new(entry)))
    }

    async fn store(&self, entry: Entry) -> bool {
        let listed = Listed {
            source: self.ctx.operation().id.to_owned(),
            tags: self.ctx.ledger().names(),
            ..Listed::of(&self.key, &entry, self.audience, self.request.uri())
        };
        let Some(value) = Value::Entry(entry).encode(&self.key) else {
            return false;
        };
        let stored = self.shelf.store(&self.key.entry(), value).await.is_ok();
        if stored {
            index::list_afterwards(self.ctx, self.shelf.clone(), listed);
        }
        stored
    }

    fn now(&self) -> u64 {
        milliseconds_since_1970(self.ctx.port())
    }
}
