//! One request through a system: count it, see what is to go wrong, answer.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::future::pending;
use futures::stream::{self, BoxStream, StreamExt};
use http::{Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Either, Full, Limited, StreamBody};
use hyper::body::{Body, Frame, Incoming};

use crate::call::Call;
use crate::fault::Outcome;
use crate::memo::Memo;
use crate::population::Population;
use crate::record::Recorder;
use crate::reply::{self, Reply};
use crate::system::System;
use crate::systems::{BackEnd, World, back_end};

/// A body that is sent whole, or one that is sent in a way that a fault asks for.
type Outgoing = Either<Full<Bytes>, StreamBody<BoxStream<'static, Result<Frame<Bytes>, Broken>>>>;

/// The answer ends here: the connection is closed.
#[derive(Debug, thiserror::Error)]
#[error("the answer ends here, as a fault asked for")]
pub(crate) struct Broken;

/// What is read of a request's body.
const BODY_LIMIT: usize = 1 << 20;

/// All systems, what is wrong with them, and what they were asked.
pub(crate) struct Emulator {
    pub(crate) world: World,
    pub(crate) recorder: Recorder,
    back_ends: [Arc<dyn BackEnd>; System::ALL.len()],
    memo: Memo,
}

impl Emulator {
    pub(crate) fn new(seed: u64, record: bool) -> Self {
        let world = World {
            population: Arc::new(Population::new(seed)),
            faults: Arc::default(),
            authority: Arc::default(),
            flow: Arc::default(),
        };
        let back_ends = System::ALL.map(|system| back_end(system, &world));
        Self {
            world,
            recorder: Recorder::new(record),
            back_ends,
            memo: Memo::default(),
        }
    }

    /// Answers a request; `Err` is a connection to be reset.
    pub(crate) async fn handle(
        &self,
        system: System,
        request: Request<Incoming>,
    ) -> Result<Response<Outgoing>, Broken> {
        let (parts, body) = request.into_parts();
        let call = Call::new(parts, received(body).await);
        self.recorder.record(system, &call);

        let plan = self.world.faults.plan(system, &call.method, &call.path);
        if plan.delay > Duration::ZERO {
            tokio::time::sleep(plan.delay).await;
        }
        let back_end = &self.back_ends[system as usize];
        let answer = || match back_end.turn_away(&call) {
            Some(refusal) => refusal,
            None if back_end.repeats() => self.memo.answer(system, &call, || back_end.answer(&call)),
            None => back_end.answer(&call),
        };
        match plan.outcome {
            Outcome::Answer => Ok(whole(answer())),
            Outcome::Hang => pending().await,
            Outcome::Close => Err(Broken),
            Outcome::Refuse(refusal) => Ok(whole(back_end.refuse(&call, refusal))),
            Outcome::InvalidJson => Ok(whole(reply::bytes(StatusCode::OK, "application/json", INVALID_JSON))),
            Outcome::Html(status) => Ok(whole(reply::bytes(status, "text/html; charset=utf-8", html(status)))),
            Outcome::Truncate { after } => Ok(truncated(answer(), after)),
            Outcome::Drip { bytes, every } => Ok(dripping(answer(), bytes, every)),
        }
    }
}

const INVALID_JSON: &str = "{\"value\": [{\"id\": \"1\", \"name\": ";

fn html(status: StatusCode) -> String {
    format!(
        "<!DOCTYPE html><html><head><title>{status}</title></head><body><center><h1>{status}</h1></center><hr>\
         <center>Microsoft-Azure-Application-Gateway/v2</center></body></html>"
    )
}

async fn received(body: Incoming) -> Bytes {
    if body.is_end_stream() {
        return Bytes::new();
    }
    let collected = Limited::new(body, BODY_LIMIT).collect().await;
    collected.map(http_body_util::Collected::to_bytes).unwrap_or_default()
}

fn whole(reply: Reply) -> Response<Outgoing> {
    reply.map(|body| Either::Left(Full::new(body)))
}

/// The head promises the whole body; a part of it comes.
fn truncated(reply: Reply, after: usize) -> Response<Outgoing> {
    let part = reply.body().slice(..after.min(reply.body().len()));
    let end = async {
        // What is written so far must be on its way before the connection breaks.
        tokio::task::yield_now().await;
        Err(Broken)
    };
    streamed(
        reply,
        stream::iter([Ok(Frame::data(part))]).chain(stream::once(end)).boxed(),
    )
}

fn dripping(reply: Reply, bytes: usize, every: Duration) -> Response<Outgoing> {
    let drops = stream::unfold(reply.body().clone(), move |mut rest| async move {
        if rest.is_empty() {
            return None;
        }
        let drop = rest.split_to(bytes.min(rest.len()));
        tokio::time::sleep(every).await;
        Some((Ok(Frame::data(drop)), rest))
    });
    streamed(reply, drops.boxed())
}

fn streamed(mut reply: Reply, frames: BoxStream<'static, Result<Frame<Bytes>, Broken>>) -> Response<Outgoing> {
    let length = reply.body().len();
    reply.headers_mut().insert(header::CONTENT_LENGTH, length.into());
    reply.map(|_| Either::Right(StreamBody::new(frames)))
}

impl From<Infallible> for Broken {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}
