//! Asking the source, with what is stored as the condition (RFC 9111 s. 4.3), and what may be stored of the answer.

use std::cell::{Cell, RefCell};

use bytes::Bytes;
use http::{Method, StatusCode};

use super::{
    answered::Answered,
    conditions::{end_to_end, freshened, freshened_by_head, validate},
    entry::Entry,
    exchange::{Cached, is_failure},
    look_up::{Found, generations_since},
    status::Member,
    tag::Tag,
    terms::{Exchanged, has_validator},
};
use crate::{Result, source::redirects};

/// What the source answered.
pub(super) struct Asked {
    pub(super) response: http::Response<Bytes>,
    /// Its own status: 304 where what was stored is still right.
    pub(super) status: StatusCode,
    /// What may be used again.
    pub(super) entry: Option<Entry>,
    /// Why it is not to be stored.
    pub(super) not_stored: Option<&'static str>,
}

impl Cached {
    pub(super) async fn ask(&self, found: &Found, attempts: &Cell<u32>) -> Result<Asked> {
        let stored = found.entry.as_ref();
        // A validator is one of the URL that it came from.
        let stored = stored.filter(|entry| !entry.redirected && has_validator(&entry.headers));
        let mut request = self.request.clone();
        match stored {
            Some(entry) => validate(request.headers_mut(), &entry.headers),
            None => self.conditions.put(request.headers_mut()),
        }
        let mut request_time = self.now();
        let mut response = self.exchange.send(&request, attempts).await?;
        let mut status = response.status();
        if let Some(entry) = stored.filter(|_| status == StatusCode::NOT_MODIFIED) {
            let headers = freshened(&entry.headers, response.headers()).filter(|_| redirects(&response).is_empty());
            response = match headers {
                Some(headers) => whole(entry, headers),
                // It is about another answer than the stored one.
                None => {
                    request_time = self.now();
                    let response = self.exchange.send(&self.request, attempts).await?;
                    status = response.status();
                    response
                }
            };
        }
        let (entry, not_stored) = self.kept(&response, request_time, found).await;
        Ok(Asked {
            response,
            status,
            entry,
            not_stored,
        })
    }

    /// Passes a HEAD on, and learns from its answer about what is stored for a GET (RFC 9111 s. 4.3.5).
    pub(super) async fn ask_for_head(
        &self,
        found: &Found,
        stale: &RefCell<Option<Entry>>,
        attempts: &Cell<u32>,
    ) -> Result<Answered> {
        let mut request = self.request.clone();
        *request.method_mut() = Method::HEAD;
        self.conditions.put(request.headers_mut());
        let request_time = self.now();
        let response = self.exchange.send(&request, attempts).await?;
        let status = response.status();
        if is_failure(status) {
            return Ok(self.refused(response, found, false, stale));
        }
        let mut stored = false;
        let known = found
            .entry
            .as_ref()
            .filter(|entry| entry.status == status && !entry.redirected);
        if let Some(entry) = known.filter(|_| redirects(&response).is_empty()) {
            let headers = freshened_by_head(&entry.headers, entry.body.len(), response.headers());
            let kept = match headers {
                Some(headers) => self.kept(&whole(entry, headers), request_time, found).await.0,
                None => None,
            };
            let overtaken = || {
                let mut entry = entry.clone();
                entry.terms.no_cache = true;
                entry
            };
            stored = found.generations.is_some() && self.store_entry(&kept.unwrap_or_else(overtaken)).await;
        }
        Ok(Answered {
            response,
            member: Member {
                status: Some(status.as_u16()),
                stored,
                ..self.forwarded(found)
            },
            stale: None,
        })
    }

    /// What may be used again of a response, and why it is not to be stored.
    async fn kept(
        &self,
        response: &http::Response<Bytes>,
        request_time: u64,
        found: &Found,
    ) -> (Option<Entry>, Option<&'static str>) {
        let redirects = redirects(response);
        let exchanged = Exchanged {
            request: self.request.headers(),
            status: response.status(),
            response: response.headers(),
            request_time,
            response_time: self.now(),
            redirects,
        };
        if !(self.exchange.keeps)(response) {
            return (None, Some("errors"));
        }
        let terms = match exchanged.terms(&self.policy, self.audience.is_shared()) {
            Ok(terms) => terms,
            Err(why) => return (None, Some(why)),
        };
        let source = self.exchange.source.name();
        let passed = redirects.iter().map(|redirect| Tag::of_address(source, &redirect.to));
        let mut tags = found.generations.clone();
        if let (Some(tags), false) = (&mut tags, redirects.is_empty()) {
            match generations_since(&self.shelf(), passed, request_time).await {
                Some(further) => {
                    self.exchange.ctx.ledger().depend(&further);
                    tags.extend(further);
                }
                None => return (None, Some("store")),
            }
        }
        let not_stored = tags.is_none().then_some("store");
        let entry = Entry {
            terms,
            tags: tags.unwrap_or_default(),
            redirected: !redirects.is_empty(),
            status: response.status(),
            headers: end_to_end(response.headers()),
            body: response.body().clone(),
        };
        (Some(entry), not_stored)
    }
}

fn whole(entry: &Entry, headers: http::HeaderMap) -> http::Response<Bytes> {
    let mut response = http::Response::new(entry.body.clone());
    *response.status_mut() = entry.status;
    *response.headers_mut() = headers;
    response
}
