//! The sending of a batch: in as many batches as it takes, and again what failed in passing.

use std::time::Duration;

use bytes::Bytes;
use futures_util::future::join_all;
use http::{
    HeaderMap, HeaderValue, Method, Response, StatusCode,
    header::{ACCEPT, RETRY_AFTER},
};

use super::{Answers, Batch, Format, Prepared, json, multipart, plan};
use crate::{
    Error, Result,
    source::{
        Answer,
        outcome::{self, whole_seconds},
        policy::{Attempts, retry::failed_in_passing, retry_after::retry_after},
    },
};

/// What came of a request, by its place.
type Outcome = (usize, Result<Answer>);

impl<'c> Batch<'c> {
    /// Sends it. What fails is in the answers.
    pub async fn send(self) -> Answers<'c> {
        let mut outcomes = Vec::new();
        let mut sendings = Vec::new();
        for batch in plan::batches(&self.requests, self.at_most) {
            match batch {
                Ok(places) => sendings.push(self.send_one(places)),
                Err(places) => {
                    let (count, most) = (places.len(), self.at_most);
                    let log = format!("{count} requests of a batch belong together, and at most {most} go at once");
                    let error = Error::failed(log).with_source(self.call.source.name(), None);
                    self.call.ctx.log_error(&error);
                    outcomes.extend(places.into_iter().map(|at| (at, Err(error.clone()))));
                }
            }
        }
        outcomes.extend(join_all(sendings).await.into_iter().flatten());
        outcomes.sort_by_key(|(at, _)| *at);
        Answers {
            ctx: self.call.ctx,
            outcomes: outcomes.into_iter().map(|(_, outcome)| outcome).collect(),
        }
    }

    /// Sends requests as one batch, and then those that failed in passing as another one.
    async fn send_one(&self, places: Vec<usize>) -> Vec<Outcome> {
        let (port, source) = (self.call.ctx.port(), self.call.source);
        let ends = port.monotonic() + self.call.timeout.min(self.call.ctx.time_for_sources());
        let shared = port.instance().shared(source.name());
        let policy = Attempts::new(source, shared, port, ends, &Method::GET, &HeaderMap::new());
        let (mut left, mut outcomes) = self.well_made(places);
        let mut attempts = 0;
        while !left.is_empty() {
            let limit = ends.saturating_sub(port.monotonic());
            let mut answered = match self.exchange(&left, limit).await {
                Ok(answered) => answered,
                Err(error) => {
                    outcomes.extend(left.into_iter().map(|at| (at, Err(error.clone()))));
                    break;
                }
            };
            let failed = self.to_repeat(&left, &answered);
            let wait = self
                .refusal(&failed, &answered)
                .and_then(|refusal| policy.wait_before_retry(attempts, &Ok(refusal)));
            attempts += 1;
            let again = if wait.is_some() { failed } else { Vec::new() };
            for at in left.into_iter().filter(|at| !again.contains(at)) {
                let found = answered.iter().position(|(other, _)| *other == at);
                let answer = found.map(|found| Answer::new(source, answered.swap_remove(found).1, attempts));
                outcomes.push((at, answer.ok_or_else(|| outcome::skipped(source))));
            }
            if let Some(wait) = wait {
                port.sleep(wait).await;
            }
            left = again;
        }
        outcomes
    }

    /// One batch.
    async fn exchange(&self, places: &[usize], limit: Duration) -> Result<Vec<(usize, Response<Bytes>)>> {
        let requests: Vec<_> = places.iter().map(|at| self.prepared(*at)).collect::<Result<_>>()?;
        let ctx = self.call.ctx;
        // What is asked for again is not what was answered before.
        let mut call = self.call.clone().always().timeout(limit);
        call.batch = Some(places.len());
        if places.iter().all(|at| self.requests[*at].call.semantics().is_safe()) {
            call = call.read_only();
        }
        let call = match self.format {
            Format::Json => {
                let body =
                    json::write(&requests).map_err(|why| Error::failed(format!("a batch is not JSON: {why}")))?;
                call.header("accept", "application/json")
                    .bytes("application/json", body)
            }
            Format::Multipart => {
                let boundary = format!("batch-{:016x}{:016x}", ctx.port().random(), ctx.port().random());
                let body = multipart::write(&requests, &boundary);
                call.header("accept", "multipart/mixed")
                    .bytes(format!("multipart/mixed; boundary={boundary}"), body)
            }
        };
        let answer = call.send().await?;
        let content_type = answer.content_type().unwrap_or_default();
        // With one request that failed, the whole may have its status.
        let is_multipart = content_type.to_ascii_lowercase().starts_with("multipart/");
        let answered = match self.format {
            Format::Multipart if is_multipart => multipart::read(content_type, answer.body(), &requests),
            Format::Json if answer.status().is_success() => json::read(answer.body()),
            _ => None,
        };
        match answered {
            Some(answered) => Ok(answered),
            None => Err(answer.success(ctx)?.invalid(ctx, "it is no answer to a batch")),
        }
    }

    /// Those that can be sent, and why others can't: one that was put together wrong takes its change set, and what comes
    /// after it, along.
    fn well_made(&self, mut places: Vec<usize>) -> (Vec<usize>, Vec<Outcome>) {
        let mut wrong: Vec<Outcome> = Vec::new();
        loop {
            let reason = |at: &usize| {
                let request = &self.requests[*at];
                let spoils = |(other, _): &&Outcome| {
                    let set = self.requests[*other].set;
                    request.after.contains(other) || (set.is_some() && set == request.set)
                };
                let other = wrong
                    .iter()
                    .find(spoils)
                    .and_then(|(_, outcome)| outcome.as_ref().err());
                let error = other.cloned().or_else(|| self.prepared(*at).err())?;
                Some((*at, Err(error)))
            };
            let more: Vec<Outcome> = places.iter().filter_map(reason).collect();
            if more.is_empty() {
                return (places, wrong);
            }
            places.retain(|at| more.iter().all(|(other, _)| other != at));
            wrong.extend(more);
        }
    }

    fn prepared(&self, at: usize) -> Result<Prepared<'_>> {
        let request = &self.requests[at];
        let call = &request.call;
        if let Some(error) = &call.error {
            return Err(error.clone());
        }
        let root = &self.path[..=self.path.rfind('/').unwrap_or_default()];
        let path = call.path_text()?;
        let Some(below) = path.strip_prefix(root).filter(|_| call.link.is_none()) else {
            return Err(Error::failed(format!(
                "`{path}` is not below `{root}`, as the requests of a batch must be"
            )));
        };
        let separator = match (call.query.is_empty(), below.contains('?')) {
            (true, _) => "",
            (false, true) => "&",
            (false, false) => "?",
        };
        let mut headers = call.headers.clone();
        headers
            .entry(ACCEPT)
            .or_insert(HeaderValue::from_static("application/json"));
        Ok(Prepared {
            at,
            method: call.method.clone(),
            path: format!("{below}{separator}{}", call.query),
            headers,
            body: &call.body,
            set: request.set,
            after: &request.after,
        })
    }

    /// Those that failed in passing and may be sent twice, and those that were not made because of them.
    fn to_repeat(&self, places: &[usize], answered: &[(usize, Response<Bytes>)]) -> Vec<usize> {
        let retry = self.call.source.policy.retry;
        let mut again: Vec<usize> = Vec::new();
        for at in places {
            let request = &self.requests[*at];
            let Some((_, response)) = answered.iter().find(|(other, _)| other == at) else {
                continue;
            };
            let depends = response.status() == StatusCode::FAILED_DEPENDENCY
                && request.after.iter().any(|other| again.contains(other));
            let may = request.set.is_none() && retry.allows(&request.call.semantics(), &request.call.headers);
            if depends || (may && failed_in_passing(&Ok(response.clone()))) {
                again.push(*at);
            }
        }
        again
    }

    /// The refusal of them all: with the longest wait that one of them asks for.
    fn refusal(&self, failed: &[usize], answered: &[(usize, Response<Bytes>)]) -> Option<Response<Bytes>> {
        let failed: Vec<_> = answered.iter().filter(|(at, _)| failed.contains(at)).collect();
        let waits = failed
            .iter()
            .filter_map(|(_, response)| retry_after(response.headers(), self.call.ctx.now()));
        let (_, first) = failed
            .iter()
            .find(|(_, response)| failed_in_passing(&Ok(response.clone())))?;
        let mut refusal = Response::default();
        *refusal.status_mut() = first.status();
        if let Some(wait) = waits.max() {
            refusal.headers_mut().insert(RETRY_AFTER, whole_seconds(wait).into());
        }
        Some(refusal)
    }
}
