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
    look_up::look_up_dependent,
    scope::{Audience, Scope, is_of_caller},
    shelf::Shelf,
    status::{Freshness, Member},
    terms::Exchanged,
};
use crate::{Context, Result};

/// The answer to the request from the cache; else what `compose` makes, which is kept if nothing in it is missing or
/// stale.
pub(crate) async fn cached(
    ctx: &Context,
    policy: &Cache,
    request: &http::Request<Bytes>,
    compose: impl Future<Output = Result<http::Response<Bytes>>>,
) -> Result<http::Response<Bytes>> {
    let by_user = is_of_caller(ctx, request.headers());
    let scope = policy
        .scope
        .unwrap_or(if by_user { Scope::User } else { Scope::Public });
    let Some(audience) = Audience::of(ctx, scope, request.headers()) else {
        return compose.await;
    };
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
    let shelf = Shelf::new(ctx, policy.store_budget);
    let now = || milliseconds_since_1970(ctx.port());
    let hit = |entry: &Entry, collapsed| {
        ctx.ledger().depend(&entry.tags);
        let member = Member {
            source: ctx.operation().id,
            collapsed,
            freshness: Some(Freshness::of(&entry.terms, audience == Audience::Public, now())),
            ..Member::default()
        };
        ctx.ledger().add(member, finish);
        let mut response = http::Response::new(entry.body.clone());
        *response.headers_mut() = entry.headers.clone();
        response
    };
    let pilot = loop {
        if let Some(entry) = look_up_dependent(&shelf, &key)
            .await
            .filter(|entry| entry.terms.is_fresh(now()))
        {
            return Ok(hit(&entry, false));
        }
        match ctx.port().instance().cache.turn(key, ctx.shared_port()) {
            Turn::Mine(pilot) => break pilot,
            Turn::Theirs(flight) => match flight.landing(ctx.port()).await {
                Landing::Shared(entry) => return Ok(hit(&entry, true)),
                Landing::Stored | Landing::GivenUp => {}
                Landing::Alone | Landing::Failed(_) | Landing::Refused(_) => return compose.await,
            },
        }
    };
    let request_time = now();
    let outcome = compose.await;
    let whole = |response: &&http::Response<Bytes>| response.status() == StatusCode::OK && !ctx.calls().any_failed();
    let Some(response) = outcome.as_ref().ok().filter(whole) else {
        pilot.land(Landing::Alone);
        return outcome;
    };
    let none = HeaderMap::new();
    let exchanged = Exchanged {
        request: &none,
        status: StatusCode::OK,
        response: &none,
        request_time,
        response_time: now(),
    };
    let Ok(terms) = exchanged.terms(policy, audience.is_shared()) else {
        pilot.land(Landing::Alone);
        return outcome;
    };
    let mut headers = response.headers().clone();
    if let (false, Ok(etag)) = (headers.contains_key(ETAG), etag(response.body()).parse()) {
        headers.insert(ETAG, etag);
    }
    let entry = Entry {
        terms,
        tags: ctx.ledger().dependencies(),
        status: StatusCode::OK,
        headers,
        body: response.body().clone(),
    };
    let listed = Listed {
        source: ctx.operation().id.to_owned(),
        tags: ctx.ledger().names(),
        ..Listed::of(&key, &entry, audience, request.uri())
    };
    if audience == Audience::Public {
        pilot.land(Landing::Shared(Rc::new(entry.clone())));
        store(&shelf, &key, entry, listed).await;
    } else {
        let stored = store(&shelf, &key, entry, listed).await;
        pilot.land(if stored { Landing::Stored } else { Landing::Alone });
    }
    outcome
}

async fn store(shelf: &Shelf, key: &Key, entry: Entry, listed: Listed) -> bool {
    let Some(value) = Value::Entry(entry).encode(key) else {
        return false;
    };
    let stored = shelf.store(&key.entry(), value).await.is_ok();
    if stored {
        index::list_afterwards(&shelf.ctx, shelf.clone(), listed);
    }
    stored
}
