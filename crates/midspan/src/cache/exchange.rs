//! A cached call: look-up ▶ collapse ▶ ask ▶ store.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use bytes::Bytes;
use futures_util::future::LocalBoxFuture;
use http::{
    HeaderName, Method, StatusCode,
    header::{CACHE_CONTROL, PRAGMA},
};

use super::{
    Cache,
    answered::Answered,
    collapse::{Landing, Turn},
    composite::finish,
    conditions::{Conditions, asks_for_a_part},
    control::Control,
    entry::Entry,
    key::Key,
    look_up::{Found, look_up},
    place::Place,
    scope::{Audience, Scope, carries_credentials},
    shelf::Shelf,
    status::Member,
    tag::Tag,
};
use crate::{
    Result,
    port::Port,
    source::{Answer, Exchange},
};

/// Headers that name one request among others, and change nothing about its answer.
const NAMES_OF_REQUESTS: [&str; 6] = [
    "client-request-id",
    "idempotency-key",
    "x-correlation-id",
    "x-ms-client-request-id",
    "x-ms-correlation-id",
    "x-request-id",
];

/// How a call is cached. The way to the cache's code leads through here alone, so that components without a cached call
/// are built without it.
#[derive(Clone)]
pub(crate) struct Caching {
    policy: Cache,
    answer: AnswerCall,
}

type AnswerCall = for<'a> fn(Cache, &'a [String], Exchange, http::Request<Bytes>, &'a Cell<u32>) -> Answering<'a>;

type Answering<'a> = LocalBoxFuture<'a, Result<Answer>>;

impl Caching {
    pub(crate) fn new(policy: Cache) -> Self {
        Self {
            policy,
            answer: |policy, tags, exchange, request, attempts| {
                Box::pin(answer(policy, tags, exchange, request, attempts))
            },
        }
    }

    /// What the cache has, else what the source answers.
    pub(crate) fn answer<'a>(
        &self,
        tags: &'a [String],
        exchange: Exchange,
        request: http::Request<Bytes>,
        attempts: &'a Cell<u32>,
    ) -> Answering<'a> {
        (self.answer)(self.policy, tags, exchange, request, attempts)
    }
}

/// A call that is being answered.
#[derive(Clone)]
pub(super) struct Cached {
    pub(super) exchange: Exchange,
    pub(super) policy: Cache,
    pub(super) audience: Audience,
    /// Without its own conditions; a GET in place of a HEAD.
    pub(super) request: http::Request<Bytes>,
    pub(super) asks_for_head: bool,
    pub(super) conditions: Conditions,
    pub(super) control: Control,
    tags: Vec<Tag>,
    /// The tags that the call names.
    pub(super) names: Vec<String>,
    /// What its answer is stored under.
    pub(super) key: Key,
    /// What it shares with equal calls that are under way: all headers too, where `key` has none.
    pub(super) flight: Key,
}

async fn answer(
    policy: Cache,
    tags: &[String],
    exchange: Exchange,
    request: http::Request<Bytes>,
    attempts: &Cell<u32>,
) -> Result<Answer> {
    let (ctx, source) = (exchange.ctx.clone(), exchange.source);
    let Some(cached) = Cached::new(policy, tags, exchange.clone(), &request) else {
        ctx.ledger().bypassed(source.name());
        let response = exchange.within(attempts, exchange.send(&request, attempts)).await?;
        return Ok(Answer::new(source, response, attempts.get()));
    };
    let stale = RefCell::new(None);
    let found = exchange.around(attempts, cached.find(&stale, attempts)).await;
    let answered = found.or_else(|error| match stale.take() {
        Some(entry) if error.source_name().is_some() => {
            ctx.log_call_error(&error, attempts.get());
            Ok(cached.stale_for(&entry, None, error))
        }
        _ => {
            let failed = Member {
                source: source.name(),
                forwarded: Some("miss"),
                ..Member::default()
            };
            exchange.span.cached(failed.outcome());
            ctx.ledger().add(failed, finish);
            Err(error)
        }
    })?;
    exchange.span.cached(if answered.stale.is_some() {
        "stale"
    } else {
        answered.member.outcome()
    });
    ctx.ledger().add(answered.member, finish);
    let mut answer = Answer::new(source, answered.response, attempts.get());
    answer.stale = answered.stale;
    answer.kept = Some(Place::of(cached.key));
    Ok(answer)
}

impl Cached {
    /// Nothing for a call that is none for a cache: it asks for a part, doesn't want to be stored, or is for somebody whom
    /// nobody knows.
    fn new(policy: Cache, tags: &[String], exchange: Exchange, request: &http::Request<Bytes>) -> Option<Self> {
        let mut request = request.clone();
        let control = Control::of_request(request.headers());
        if control.no_store || asks_for_a_part(request.headers()) {
            return None;
        }
        let conditions = Conditions::take(request.headers_mut());
        let (ctx, source) = (&exchange.ctx, exchange.source);
        let by_user = source.caller_of(ctx).is_some() || carries_credentials(request.headers());
        let scope = policy
            .scope
            .unwrap_or(if by_user { Scope::User } else { Scope::Public });
        let audience = Audience::of(ctx, scope, request.headers())?;
        let of_call = |name: &HeaderName| {
            *name != CACHE_CONTROL && *name != PRAGMA && !NAMES_OF_REQUESTS.contains(&name.as_str())
        };
        // To a HEAD, what is stored for a GET is the answer too (RFC 9111 s. 4).
        let asks_for_head = *request.method() == Method::HEAD;
        if asks_for_head {
            *request.method_mut() = Method::GET;
        }
        let flight = Key::new(audience, source.name(), &request, of_call);
        let key = if policy.by_vary {
            Key::new(audience, source.name(), &request, |_| false)
        } else {
            flight
        };
        let address = Tag::of_address(source.name(), request.uri());
        Some(Self {
            tags: tags.iter().map(|name| Tag::named(name)).chain([address]).collect(),
            names: tags.to_vec(),
            exchange,
            policy,
            audience,
            request,
            asks_for_head,
            conditions,
            control,
            key,
            flight,
        })
    }

    /// Leaves in `stale` what may be given if the source fails.
    async fn find(&self, stale: &RefCell<Option<Entry>>, attempts: &Cell<u32>) -> Result<Answered> {
        let port = self.port();
        let mut waited = false;
        self.exchange.ctx.ledger().name(&self.names);
        if let Some(entry) = self.near() {
            return Ok(self.hit_near(&entry));
        }
        loop {
            let found = self.look_up().await;
            self.exchange
                .ctx
                .ledger()
                .depend(found.generations.as_deref().unwrap_or_default());
            self.exchange.ctx.ledger().depend(&found.further);
            if let Some(answered) = self.at_hand(&found, waited) {
                return Ok(answered);
            }
            self.keep_for_errors(&found, stale);
            if self.control.only_if_cached {
                return Ok(self.not_cached());
            }
            if self.asks_for_head {
                return Box::pin(self.ask_for_head(&found, stale, attempts)).await;
            }
            match port.instance().cache.turn(self.flight, self.exchange.ctx.shared_port()) {
                // In boxes of their own, so that what most calls never come to does not make them large.
                Turn::Mine(pilot) => return Box::pin(self.lead(pilot, found, stale, attempts)).await,
                Turn::Theirs(flight) => match flight.landing(port).await {
                    Landing::Shared(entry) => return Ok(self.hit(&entry, true)),
                    Landing::Refused(response) => return Ok(self.refused(response, &found, true, stale)),
                    Landing::Failed(error) => return Err(error),
                    Landing::Alone => return Box::pin(self.ask_alone(&found, stale, attempts)).await,
                    Landing::Stored | Landing::GivenUp => waited = true,
                },
            }
        }
    }

    pub(super) async fn look_up(&self) -> Rc<Found> {
        let store = self.shelf();
        let look_up = look_up(&store, &self.key, self.request.headers(), &self.tags);
        if !self.is_for_everybody() {
            return Rc::new(look_up.await);
        }
        let look_ups = &self.exchange.ctx.shared_port().instance().cache.look_ups;
        look_ups.share(self.key, &self.tags, self.port(), look_up).await
    }

    /// What this instance has seen in the store a moment ago.
    fn near(&self) -> Option<Rc<Entry>> {
        let bound = self.policy.in_instance.filter(|_| self.is_for_everybody())?;
        let entry = self
            .port()
            .instance()
            .cache
            .near
            .get(&self.key, self.port().monotonic(), bound)?;
        self.is_fresh(&entry, false).then_some(entry)
    }

    /// Lets this instance give it again without the store.
    pub(super) fn keep_near(&self, entry: &Entry) {
        if self.policy.in_instance.is_some() && self.is_for_everybody() {
            let (port, entry) = (self.port(), Rc::new(entry.clone()));
            port.instance().cache.near.put(self.key, entry, port.monotonic());
        }
    }

    /// Whether all who ask under its key get the same.
    pub(super) fn is_for_everybody(&self) -> bool {
        self.audience == Audience::Public && !self.policy.by_vary
    }

    /// The entry as it is, if it does.
    fn at_hand(&self, found: &Found, waited: bool) -> Option<Answered> {
        let entry = found.entry.as_ref()?;
        if self.is_fresh(entry, found.invalidated) {
            self.keep_near(entry);
            let mut answered = self.hit(entry, waited);
            answered.member.detail = (!entry.terms.is_fresh(self.now())).then_some("max-stale");
            return Some(answered);
        }
        let terms = &entry.terms;
        let asked = &self.control;
        let picky = asked.no_cache || asked.max_age.is_some() || asked.min_fresh.is_some();
        if picky || !terms.may_be_used_while_revalidated(self.now()) {
            return None;
        }
        self.refresh_afterwards();
        let mut answered = self.hit(entry, false);
        answered.member.detail = Some("stale-while-revalidate");
        Some(answered)
    }

    /// Fresh, and as fresh as the call wants it (RFC 9111 s. 5.2.1).
    pub(super) fn is_fresh(&self, entry: &Entry, invalidated: bool) -> bool {
        let (terms, now, asked) = (&entry.terms, self.now(), &self.control);
        let young_enough = asked
            .max_age
            .is_none_or(|most| terms.age(now) <= super::terms::milliseconds(most));
        let least = asked.min_fresh.map_or(0, super::terms::milliseconds);
        !asked.no_cache
            && !invalidated
            && young_enough
            && terms.is_fresh_enough(now, asked.max_stale.map(super::terms::milliseconds))
            && (asked.min_fresh.is_none() || terms.time_to_live(now) >= least.cast_signed())
    }

    pub(super) fn keep_for_errors(&self, found: &Found, stale: &RefCell<Option<Entry>>) {
        let usable = found
            .entry
            .as_ref()
            .filter(|entry| entry.terms.may_be_used_on_error(self.now()));
        stale.replace(usable.cloned());
    }

    pub(super) fn shelf(&self) -> Shelf {
        Shelf::new(&self.exchange.ctx, self.policy.store_budget)
    }

    pub(super) fn port(&self) -> &dyn Port {
        self.exchange.ctx.port()
    }

    pub(super) fn now(&self) -> u64 {
        milliseconds_since_1970(self.port())
    }
}

/// The failures for which RFC 5861 s. 4 gives a stale answer, and being asked to slow down, which is one for us.
pub(super) fn is_failure(status: StatusCode) -> bool {
    matches!(status.as_u16(), 429 | 500 | 502 | 503 | 504)
}

pub(super) fn milliseconds_since_1970(port: &dyn Port) -> u64 {
    u64::try_from(port.now().as_millisecond()).unwrap_or_default()
}
