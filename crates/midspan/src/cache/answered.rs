//! What a cached call gives, and how it came about.

use std::cell::RefCell;

use bytes::Bytes;
use http::{HeaderValue, StatusCode, header::AGE};

use super::{
    ask::Asked,
    entry::Entry,
    exchange::{Cached, is_failure},
    look_up::Found,
    scope::Audience,
    status::{Freshness, Member},
};
use crate::{Error, source::Answer};

/// What a call gives, and how it came about.
pub(super) struct Answered {
    pub(super) response: http::Response<Bytes>,
    pub(super) member: Member,
    /// Why a stale answer had to do.
    pub(super) stale: Option<Error>,
}

impl Cached {
    pub(super) fn hit(&self, entry: &Entry, collapsed: bool) -> Answered {
        let freshness = Freshness::of(&entry.terms, self.audience == Audience::Public, self.now());
        Answered {
            response: self.response(entry),
            member: Member {
                source: self.exchange.source.name(),
                collapsed,
                freshness: Some(freshness),
                ..Member::default()
            },
            stale: None,
        }
    }

    pub(super) fn hit_near(&self, entry: &Entry) -> Answered {
        self.exchange.ctx.ledger().depend(&entry.tags);
        let mut answered = self.hit(entry, false);
        answered.member.detail = Some("instance");
        answered
    }

    /// What the source said, unless it failed and a stale answer does.
    pub(super) fn asked(&self, asked: Asked, found: &Found, stored: bool, stale: &RefCell<Option<Entry>>) -> Answered {
        if is_failure(asked.response.status()) {
            return self.refused(asked.response, found, false, stale);
        }
        let terms = asked
            .entry
            .as_ref()
            .map(|entry| &entry.terms)
            .filter(|terms| terms.is_fresh(self.now()));
        let freshness = terms.map(|terms| Freshness::of(terms, self.audience == Audience::Public, self.now()));
        let response = match &asked.entry {
            Some(entry) => self.response(entry),
            None => asked.response,
        };
        Answered {
            response,
            member: Member {
                status: Some(asked.status.as_u16()),
                stored,
                freshness,
                detail: asked
                    .not_stored
                    .or((!stored && asked.entry.is_some()).then_some("store")),
                ..self.forwarded(found)
            },
            stale: None,
        }
    }

    pub(super) fn refused(
        &self,
        response: http::Response<Bytes>,
        found: &Found,
        collapsed: bool,
        stale: &RefCell<Option<Entry>>,
    ) -> Answered {
        let status = response.status();
        if let Some(entry) = stale.take() {
            let (ctx, source) = (&self.exchange.ctx, self.exchange.source);
            let why = Answer::new(source, response, 0).refusal(ctx);
            ctx.log_call_error(&why, 0);
            return self.stale_for(&entry, Some(status), why);
        }
        Answered {
            response,
            member: Member {
                status: Some(status.as_u16()),
                collapsed,
                ..self.forwarded(found)
            },
            stale: None,
        }
    }

    /// A stale answer in place of a failure (RFC 5861 s. 4).
    pub(super) fn stale_for(&self, entry: &Entry, status: Option<StatusCode>, why: Error) -> Answered {
        let mut answered = self.hit(entry, false);
        answered.member.forwarded = Some("stale");
        answered.member.status = status.map(|status| status.as_u16());
        answered.member.detail = Some("stale-if-error");
        answered.stale = Some(why);
        answered
    }

    /// RFC 9111 s. 5.2.1.7.
    pub(super) fn not_cached(&self) -> Answered {
        let mut response = http::Response::new(Bytes::new());
        *response.status_mut() = StatusCode::GATEWAY_TIMEOUT;
        Answered {
            response,
            member: Member {
                source: self.exchange.source.name(),
                detail: Some("only-if-cached"),
                ..Member::default()
            },
            stale: None,
        }
    }

    pub(super) fn forwarded(&self, found: &Found) -> Member {
        let why = match &found.entry {
            Some(_) if self.control.no_cache => "request",
            Some(_) => "stale",
            None => found.why,
        };
        Member {
            source: self.exchange.source.name(),
            forwarded: Some(why),
            ..Member::default()
        }
    }

    /// The stored answer as the caller gets it: with its age, or as a 304 if the caller has it.
    fn response(&self, entry: &Entry) -> http::Response<Bytes> {
        let mut response = http::Response::new(Bytes::new());
        *response.headers_mut() = entry.headers.clone();
        let seconds = entry.terms.age(self.now()) / 1000;
        response.headers_mut().insert(AGE, HeaderValue::from(seconds));
        if entry.status == StatusCode::OK && self.conditions.are_met(&entry.headers) {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
        } else {
            *response.status_mut() = entry.status;
            if !self.asks_for_head {
                *response.body_mut() = entry.body.clone();
            }
        }
        response
    }
}
