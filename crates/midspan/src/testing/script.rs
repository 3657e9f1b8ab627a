//! What scripted sources answer, and what they were asked.

use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use bytes::Bytes;

use crate::port::SendError;

/// What a scripted source does with a request.
#[derive(Debug, Clone)]
pub struct Reply {
    pub(super) delay: Duration,
    pub(super) drip: Option<Drip>,
    pub(super) end: End,
}

/// A body that comes so many bytes at a time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Drip {
    pub(super) bytes: usize,
    pub(super) every: Duration,
}

#[derive(Debug, Clone)]
pub(super) enum End {
    Answer(http::Response<Bytes>),
    Fail(SendError),
    Hang,
}

impl Reply {
    /// Answers with JSON text.
    ///
    /// # Panics
    /// If `status` is not an HTTP status.
    #[must_use]
    pub fn json(status: u16, body: impl Into<String>) -> Self {
        Self::bytes(status, "application/json", body.into())
    }

    /// Answers with any content.
    ///
    /// # Panics
    /// If `status` is not an HTTP status, or `content_type` not a header's value.
    #[must_use]
    pub fn bytes(status: u16, content_type: &str, content: impl Into<Bytes>) -> Self {
        let answer = http::Response::builder()
            .status(status)
            .header(http::header::CONTENT_TYPE, content_type)
            .body(content.into())
            .expect("a status from 100 to 999 and a media type");
        Self::new(End::Answer(answer))
    }

    /// Answers without content, as a write or a redirect does.
    ///
    /// # Panics
    /// If `status` is not an HTTP status.
    #[must_use]
    pub fn status(status: u16) -> Self {
        let answer = http::Response::builder().status(status).body(Bytes::new());
        Self::new(End::Answer(answer.expect("a status from 100 to 999")))
    }

    /// Answers with this.
    #[must_use]
    pub const fn answer(answer: http::Response<Bytes>) -> Self {
        Self::new(End::Answer(answer))
    }

    /// Never answers.
    #[must_use]
    pub fn hang() -> Self {
        Self::new(End::Hang)
    }

    /// Breaks the connection.
    #[must_use]
    pub fn reset() -> Self {
        Self::new(End::Fail(SendError::Unreachable("connection reset by peer".into())))
    }

    /// As a host answers for an address that is not in `allowed_outbound_hosts`.
    #[must_use]
    pub fn denied() -> Self {
        Self::new(End::Fail(SendError::Denied))
    }

    /// The same after a delay of the virtual clock.
    #[must_use]
    pub fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// The same with a body that comes so many bytes at a time, where it is an answer.
    #[must_use]
    pub fn dripping(mut self, bytes: usize, every: Duration) -> Self {
        self.drip = Some(Drip { bytes, every });
        self
    }

    /// The same with a header, where it is an answer.
    ///
    /// # Panics
    /// If the header is not valid.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        if let End::Answer(answer) = &mut self.end {
            answer
                .headers_mut()
                .insert(name, value.parse().expect("a header value"));
        }
        self
    }

    const fn new(end: End) -> Self {
        Self {
            delay: Duration::ZERO,
            drip: None,
            end,
        }
    }
}

/// A request that reached a scripted source.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// The source's name.
    pub source: String,
    /// Method, path, query and headers.
    pub request: http::Request<Bytes>,
}

/// Replies by source and by `METHOD /path`; the last one of a route repeats.
#[derive(Default)]
pub(super) struct Script {
    replies: BTreeMap<(String, String), VecDeque<Reply>>,
    made: BTreeMap<(String, String), MakeReply>,
    otherwise: Option<MakeReply>,
}

type MakeReply = Box<dyn Fn(&http::Request<Bytes>) -> Reply>;

impl Script {
    pub(super) fn add(&mut self, source: &str, route: &str, reply: Reply) {
        self.replies
            .entry((source.into(), route.into()))
            .or_default()
            .push_back(reply);
    }

    pub(super) fn answer(&mut self, source: &str, route: &str, reply: MakeReply) {
        self.made.insert((source.into(), route.into()), reply);
    }

    pub(super) fn otherwise(&mut self, reply: MakeReply) {
        self.otherwise = Some(reply);
    }

    /// The next reply for a request.
    ///
    /// # Panics
    /// If the test did not say what the source answers: that is a mistake in the test.
    pub(super) fn next(&mut self, source: &str, request: &http::Request<Bytes>) -> Reply {
        let route = format!("{} {}", request.method(), request.uri().path());
        let key = (source.into(), route.clone());
        if let Some(make) = self.made.get(&key).filter(|_| !self.replies.contains_key(&key)) {
            return make(request);
        }
        if let Some(make) = self.otherwise.as_ref().filter(|_| !self.replies.contains_key(&key)) {
            return make(request);
        }
        let replies = self.replies.get_mut(&key).unwrap_or_else(|| {
            panic!("no reply is scripted: add `host.on(\"{source}\", \"{route}\", Reply::json(200, ...))`")
        });
        if replies.len() > 1 {
            return replies.pop_front().expect("it holds more than one");
        }
        replies.front().expect("every route has at least one").clone()
    }
}
