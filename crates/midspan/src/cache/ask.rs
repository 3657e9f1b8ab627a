//! Asking the source, with what is stored as the condition (RFC 9111 s. 4.3), and what may be stored of the answer.

use std::cell::Cell;

use bytes::Bytes;
use http::StatusCode;

use super::{
    conditions::{end_to_end, freshened, validate},
    entry::Entry,
    exchange::Cached,
    look_up::Found,
    terms::{Exchanged, has_validator},
};
use crate::Result;

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
        let stored = found.entry.as_ref().filter(|entry| has_validator(&entry.headers));
        let mut request = self.request.clone();
        match stored {
            Some(entry) => validate(request.headers_mut(), &entry.headers),
            None => self.conditions.put(request.headers_mut()),
        }
        let mut request_time = self.now();
        let mut response = self.exchange.send(&request, attempts).await?;
        let mut status = response.status();
        if let Some(entry) = stored.filter(|_| status == StatusCode::NOT_MODIFIED) {
            response = match freshened(&entry.headers, response.headers()) {
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
        let exchanged = Exchanged {
            request: self.request.headers(),
            status: response.status(),
            response: response.headers(),
            request_time,
            response_time: self.now(),
        };
        let terms = if (self.exchange.keeps)(&response) {
            exchanged.terms(&self.policy, self.audience.is_shared())
        } else {
            Err("errors")
        };
        let not_stored = match &terms {
            Ok(_) => found.generations.is_none().then_some("store"),
            Err(why) => Some(*why),
        };
        let entry = terms.ok().map(|terms| Entry {
            terms,
            tags: found.generations.clone().unwrap_or_default(),
            status: response.status(),
            headers: end_to_end(response.headers()),
            body: response.body().clone(),
        });
        Ok(Asked {
            response,
            status,
            entry,
            not_stored,
        })
    }
}

fn whole(entry: &Entry, headers: http::HeaderMap) -> http::Response<Bytes> {
    let mut response = http::Response::new(entry.body.clone());
    *response.status_mut() = entry.status;
    *response.headers_mut() = headers;
    response
}
