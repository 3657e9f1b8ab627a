//! Bodies on their way through the host.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use http_body_util::{BodyExt, Empty};
use hyper::body::Incoming;
use wasmtime_wasi_http::{Error, WasiBody};

use super::admission::Place;
use super::record::{OpenRecord, Tally};
use crate::instance::{Answer, Failure, Fate};

/// Beyond this, sending head and body in one write gains nothing.
const SETTLED: usize = 64 * 1024;

/// The request's body for the component, counted and limited.
pub(super) fn incoming(body: Incoming, limit: u64, tally: Arc<Tally>) -> WasiBody {
    if body.is_end_stream() {
        return Empty::new().map_err(|never| match never {}).boxed_unsync();
    }
    Limited {
        body,
        left: limit,
        limit,
        tally,
    }
    .boxed_unsync()
}

struct Limited {
    body: Incoming,
    left: u64,
    limit: u64,
    tally: Arc<Tally>,
}

impl Body for Limited {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let frame = match ready!(Pin::new(&mut self.body).poll_frame(context)) {
            Some(Ok(frame)) => frame,
            other => return Poll::Ready(other.map(|frame| frame.map_err(Error::from))),
        };
        let length = frame.data_ref().map_or(0, Bytes::len) as u64;
        self.tally.request_bytes.fetch_add(length, Ordering::Relaxed);
        let Some(left) = self.left.checked_sub(length) else {
            self.tally.too_large.store(true, Ordering::Relaxed);
            return Poll::Ready(Some(Err(Error::HttpRequestBodySize(Some(self.limit)))));
        };
        self.left = left;
        Poll::Ready(Some(Ok(frame)))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// The body of an answer, with what ends when it has been sent.
pub(crate) struct AnswerBody {
    content: Content,
    pub(super) record: Option<OpenRecord>,
    /// The host's and the component's.
    pub(super) places: [Option<Place>; 2],
}

enum Content {
    Whole(Option<Bytes>),
    Stream(Guarded),
}

impl AnswerBody {
    pub(super) fn whole(bytes: Bytes) -> Self {
        let content = Content::Whole(Some(bytes).filter(|bytes| !bytes.is_empty()));
        Self {
            content,
            record: None,
            places: [None, None],
        }
    }

    fn stream(body: Guarded) -> Self {
        Self {
            content: Content::Stream(body),
            record: None,
            places: [None, None],
        }
    }
}

impl Body for AnswerBody {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let frame = match &mut self.content {
            Content::Whole(bytes) => bytes.take().map(|bytes| Ok(Frame::data(bytes))),
            Content::Stream(body) => ready!(Pin::new(body).poll_frame(context)),
        };
        if let Some(record) = &mut self.record {
            match &frame {
                Some(Ok(frame)) => record.sent(frame.data_ref().map_or(0, Bytes::len)),
                Some(Err(error)) => record.failed(&error.to_string()),
                None => {}
            }
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        matches!(self.content, Content::Whole(None))
    }

    fn size_hint(&self) -> SizeHint {
        match &self.content {
            Content::Whole(bytes) => SizeHint::with_exact(bytes.as_ref().map_or(0, Bytes::len) as u64),
            Content::Stream(body) => body.size_hint(),
        }
    }
}

/// A component's body that does not pass for complete when its instance has failed.
struct Guarded {
    /// Pieces that came before the head was sent.
    settled: VecDeque<Frame<Bytes>>,
    rest: WasiBody,
    fate: Fate,
}

impl Body for Guarded {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        if let Some(frame) = self.settled.pop_front() {
            return Poll::Ready(Some(Ok(frame)));
        }
        match ready!(Pin::new(&mut self.rest).poll_frame(context)) {
            None if self.fate.has_failed() => Poll::Ready(Some(Err(Error::HttpResponseIncomplete))),
            frame => Poll::Ready(frame),
        }
    }

    fn size_hint(&self) -> SizeHint {
        let settled: usize = self.settled.iter().filter_map(Frame::data_ref).map(Bytes::len).sum();
        match self.rest.size_hint().exact() {
            Some(rest) => SizeHint::with_exact(rest + settled as u64),
            None => SizeHint::default(),
        }
    }
}

/// A component's answer to another component.
pub(crate) fn guarded(answer: Answer) -> http::Response<WasiBody> {
    let Answer { response, fate } = answer;
    response.map(|rest| {
        Guarded {
            settled: VecDeque::new(),
            rest,
            fate,
        }
        .boxed_unsync()
    })
}

/// A component's answer to a client, with as much of its body as is there: a body that is there as a whole leaves in one
/// write with its head, and with its length.
pub(super) async fn settle(answer: Answer) -> Result<http::Response<AnswerBody>, Failure> {
    let Answer { response, fate } = answer;
    let (head, mut rest) = response.into_parts();
    let mut settled = VecDeque::new();
    let ended = gather(&mut rest, &mut settled)
        .await
        .map_err(|error| Failure::Instance(error.to_string()))?;
    if ended && fate.has_failed() {
        return Err(Failure::Instance("it failed while it answered".into()));
    }
    let whole = ended && settled.len() <= 1 && settled.iter().all(Frame::is_data);
    let body = if whole {
        let bytes = settled.pop_front().and_then(|frame| frame.into_data().ok());
        AnswerBody::whole(bytes.unwrap_or_default())
    } else {
        AnswerBody::stream(Guarded { settled, rest, fate })
    };
    Ok(http::Response::from_parts(head, body))
}

/// Takes what comes without waiting; tells whether that was all.
async fn gather(body: &mut WasiBody, settled: &mut VecDeque<Frame<Bytes>>) -> Result<bool, Error> {
    let mut length = 0;
    while length < SETTLED {
        let Poll::Ready(frame) = futures::poll!(body.frame()) else {
            return Ok(false);
        };
        let Some(frame) = frame.transpose()? else {
            return Ok(true);
        };
        length += frame.data_ref().map_or(0, Bytes::len);
        settled.push_back(frame);
    }
    Ok(false)
}
