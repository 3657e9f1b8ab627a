//! One instance at work.
//!
//! The component runs inside wasmtime's event loop. While a component computes, or waits in a WASI 0.2 call that
//! blocks, that loop stands still; so everything that must happen in any case (time-outs, giving requests to other
//! instances, ending an instance that computes for ever) happens outside of it, each time the loop gives up its thread.

use std::ops::RangeInclusive;
use std::pin::pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use futures::StreamExt;
use futures::stream::FuturesUnordered;
use tokio::time::{Instant, sleep_until};
use wasmtime::AsContextMut;
use wasmtime::component::Accessor;
use wasmtime_wasi_http::p3::Request;
use wasmtime_wasi_http::p3::bindings::Service;
use wasmtime_wasi_http::{FieldMap, WasiHttpView};

use super::desk::{Desk, Rest};
use super::pool::Seat;
use super::{Answer, Failure, Fate, Job};
use crate::engine::TURN;
use crate::guest::GuestState;
use crate::options::LogLevel;
use crate::random::random;

/// Makes an instance and lets it serve requests until it has had enough of them, has none, or fails.
pub(super) async fn run(mut seat: Seat) {
    let pool = std::sync::Arc::clone(&seat.pool);
    let began = Instant::now();
    let (mut store, service) = match pool.program.instantiate().await {
        Ok(instance) => {
            pool.telemetry.instance_started(&pool.program.id, began.elapsed());
            instance
        }
        Err(error) => {
            pool.log(LogLevel::Error, format!("no instance could be made: {error:#}"));
            if let Some(job) = seat.next_unserved() {
                let _ = job.reply.send(Err(Failure::NoInstance(format!("{error:#}"))));
            }
            return;
        }
    };
    let worker = Worker::new(seat, &service);
    let ended = worker.serve(&mut store).await;
    if let Err(end) = ended {
        let reason = end.describe(store.data());
        pool.log(LogLevel::Error, reason.log);
        // First the mark, then the store: its bodies end when it is dropped.
        worker.fate.fail();
        worker.desk().answer_all(&Failure::Instance(reason.summary));
    }
    drop(store);
}

struct Worker<'a> {
    seat: Mutex<Seat>,
    service: &'a Service,
    desk: Mutex<Desk>,
    fate: Fate,
    max_requests: u64,
    max_concurrent: usize,
    idle: Duration,
    request_timeout: Duration,
    compute_time: Duration,
}

/// Why an instance had to end.
enum End {
    Trap(wasmtime::Error),
    TimedOut,
    Computing(Duration),
}

impl<'a> Worker<'a> {
    fn new(seat: Seat, service: &'a Service) -> Self {
        let (reuse, limits) = (&seat.pool.reuse, &seat.pool.limits);
        Self {
            service,
            desk: Mutex::new(Desk::new()),
            fate: Fate::default(),
            max_requests: any_of(&reuse.max_requests) as u64,
            max_concurrent: any_of(&reuse.max_concurrent),
            idle: any_duration_of(&reuse.idle),
            request_timeout: limits.request_timeout,
            compute_time: limits.compute_time,
            seat: Mutex::new(seat),
        }
    }

    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn seat(&self) -> MutexGuard<'_, Seat> {
        self.seat.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The outside: turns the event loop, and looks at what has become of it.
    async fn serve(&self, store: &mut wasmtime::Store<GuestState>) -> Result<(), End> {
        let mut event_loop = pin!(store.run_concurrent(async |accessor| self.event_loop(accessor).await));
        let mut alarm = pin!(sleep_until(Instant::now() + self.idle));
        // The processor time that the component has taken since its loop last turned; nothing while it turns.
        let mut computed = None;
        std::future::poll_fn(|context| {
            loop {
                self.desk().loop_turned = false;
                let began = computed.map(|_: Duration| processor_time());
                let turned = event_loop.as_mut().poll(context);
                if let (Some(computed), Some(began)) = (&mut computed, began) {
                    *computed += processor_time().saturating_sub(began);
                }
                self.desk().hand_out();
                if let Poll::Ready(ended) = turned {
                    return Poll::Ready(ended.flatten().map_err(End::Trap));
                }
                // The component waits for something, or computes. Only the loop's next turn tells which, and if it waits,
                // that turn accepts the next request.
                if !std::mem::take(&mut self.desk().fresh) {
                    break;
                }
            }
            if self.desk().is_spent() {
                return Poll::Ready(Err(End::TimedOut));
            }
            if self.desk().loop_turned {
                computed = None;
            } else {
                self.seat().step_away();
                if *computed.get_or_insert_default() > self.compute_time {
                    return Poll::Ready(Err(End::Computing(self.compute_time)));
                }
            }
            loop {
                let Some(due) = self.due() else { return Poll::Pending };
                if due < alarm.deadline() {
                    alarm.as_mut().reset(due);
                }
                if alarm.as_mut().poll(context).is_pending() {
                    return Poll::Pending;
                }
                if let Some(end) = self.past_due(Instant::now()) {
                    return Poll::Ready(end);
                }
                alarm
                    .as_mut()
                    .reset(self.due().unwrap_or_else(|| Instant::now() + self.idle));
            }
        })
        .await
    }

    /// When something must happen if nothing else has until then.
    fn due(&self) -> Option<Instant> {
        let desk = self.desk();
        desk.earliest_deadline().or_else(|| {
            let (rest, since) = desk.resting()?;
            since.checked_add(self.patience(rest))
        })
    }

    fn past_due(&self, now: Instant) -> Option<Result<(), End>> {
        let mut desk = self.desk();
        desk.expire(now);
        let (expired, empty, resting) = (desk.expired, desk.is_empty(), desk.resting());
        drop(desk);
        if expired {
            self.seat().step_away();
        }
        if expired && empty {
            return Some(Err(End::TimedOut));
        }
        match resting.filter(|(rest, since)| *since + self.patience(*rest) <= now)?.0 {
            Rest::Idle => Some(Ok(())),
            Rest::AfterAnswer => Some(Err(End::TimedOut)),
        }
    }

    fn patience(&self, rest: Rest) -> Duration {
        match rest {
            Rest::Idle => self.idle,
            Rest::AfterAnswer => self.request_timeout,
        }
    }

    /// The inside: accepts requests and drives the component's handler for each.
    async fn event_loop(&self, accessor: &Accessor<GuestState>) -> wasmtime::Result<()> {
        let handler = *self.service.wasi_http_handler().func_handle().func();
        let mut calls = FuturesUnordered::new();
        std::future::poll_fn(|context| {
            self.desk().loop_turned = true;
            accessor.with(|mut access| access.as_context_mut().set_epoch_deadline(TURN));
            loop {
                while let Poll::Ready(Some(ended)) = calls.poll_next_unpin(context) {
                    if let Err(trap) = ended {
                        return Poll::Ready(Err(trap));
                    }
                }
                let ready = accessor.poll_ready_for_concurrent_call(handler, context).is_ready();
                match self.poll_job(ready, calls.len(), context) {
                    Poll::Ready(Some(job)) => {
                        calls.push(self.call(accessor, job));
                        continue;
                    }
                    Poll::Ready(None) if calls.is_empty() && accessor.poll_no_interesting_tasks(context).is_ready() => {
                        return Poll::Ready(Ok(()));
                    }
                    _ => {}
                }
                if calls.is_empty() {
                    let done = accessor.poll_no_interesting_tasks(context).is_ready();
                    self.desk().rest(if done { Rest::Idle } else { Rest::AfterAnswer });
                }
                return Poll::Pending;
            }
        })
        .await
    }

    /// The next request; `Ready(None)` when this instance takes no more.
    fn poll_job(&self, ready: bool, in_work: usize, context: &mut Context<'_>) -> Poll<Option<Job>> {
        let desk = self.desk();
        let (worn, fresh) = (desk.expired || desk.taken() >= self.max_requests, desk.fresh);
        drop(desk);
        if fresh {
            return Poll::Pending;
        }
        if worn || !ready || in_work >= self.max_concurrent {
            self.seat().step_away();
            return if worn { Poll::Ready(None) } else { Poll::Pending };
        }
        self.seat().poll_job(context).map(Some)
    }

    /// Calls the component's handler with a request.
    fn call<'b>(
        &'b self,
        accessor: &'b Accessor<GuestState>,
        job: Job,
    ) -> impl Future<Output = wasmtime::Result<()>> + use<'b, 'a> {
        let ticket = self.desk().accept(job.deadline, job.reply);
        let handler = self.service.wasi_http_handler().func_handle();
        let begun = accessor.with(|mut access| {
            let mut store = access.as_context_mut();
            let http = store.data_mut().http();
            let (head, body) = job.request.into_parts();
            let uri = head.uri.into_parts();
            let headers = FieldMap::new_immutable(http.hooks, head.headers);
            let (request, transmission) = Request::new(
                head.method,
                uri.scheme,
                uri.authority,
                uri.path_and_query,
                headers,
                None,
                body,
            );
            let request = http.table.push(request)?;
            wasmtime::error::Ok((handler.start_call_concurrent(store, (request,))?, transmission))
        });
        async move {
            let (call, transmission) = begun?;
            let answer = match handler.finish_call_concurrent(accessor, call).await?.0 {
                Ok(response) => accessor.with(|mut access| {
                    let mut store = access.as_context_mut();
                    let response = store.data_mut().http().table.delete(response)?;
                    let response = response.into_http(store, transmission)?;
                    wasmtime::error::Ok(Ok(Answer {
                        response,
                        fate: self.fate.clone(),
                    }))
                })?,
                Err(code) => Err(Failure::Handler(format!("{code:?}"))),
            };
            self.desk().answer(ticket, answer);
            Ok(())
        }
    }
}

/// An instance's end in words: one for the callers' records, one with everything for the operator.
struct Reason {
    summary: String,
    log: String,
}

impl End {
    fn describe(&self, state: &GuestState) -> Reason {
        let summary = match self {
            Self::Trap(_) if state.wanted_more_memory() => "it wanted more memory than its limit".into(),
            Self::Trap(error) => format!("it trapped: {}", error.root_cause()),
            Self::TimedOut => "a request's time was over".into(),
            Self::Computing(limit) => format!("it computed for {} s without waiting for anything", limit.as_secs_f32()),
        };
        let log = match self {
            Self::Trap(error) => format!("{summary}\n{error:?}"),
            _ => summary.clone(),
        };
        Reason { summary, log }
    }
}

/// What this thread has had of a processor. On a loaded machine that is less than the time that has passed, and a
/// component is not to blame for the difference.
fn processor_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    // Both parts of this clock count up from zero.
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or(0))
}

fn any_of(range: &RangeInclusive<usize>) -> usize {
    let span = range.end().saturating_sub(*range.start()) as u64 + 1;
    range.start() + usize::try_from(random() % span).unwrap_or(0)
}

fn any_duration_of(range: &RangeInclusive<Duration>) -> Duration {
    let span = range.end().saturating_sub(*range.start());
    let share = u16::try_from(random() >> 48).unwrap_or_default();
    range
        .start()
        .saturating_add(span.mul_f64(f64::from(share) / f64::from(u16::MAX)))
}
