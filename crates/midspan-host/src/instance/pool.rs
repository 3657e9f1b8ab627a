//! The instances of one component, and the requests that wait for one.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use tokio::sync::oneshot;
use tokio::time::Instant;
use wasmtime_wasi_http::WasiBody;

use super::{Answer, Failure, Job, worker};
use crate::guest::Program;
use crate::options::{InstanceReuse, Limits, LogLevel, LogLine, OnLog};
use crate::telemetry::Telemetry;

/// The instances of one component.
pub(crate) struct Pool {
    pub(super) program: Program,
    pub(super) limits: Limits,
    pub(super) reuse: InstanceReuse,
    on_log: Option<OnLog>,
    pub(super) telemetry: Arc<Telemetry>,
    /// Instances that can compute at the same time: more would only wait for a processor.
    parallelism: usize,
    staff: Mutex<Staff>,
}

#[derive(Default)]
struct Staff {
    queue: VecDeque<Job>,
    /// Workers that wait for a request, the one that waits the shortest last: its memory is the warmest.
    parked: Vec<(u64, Waker)>,
    /// Workers that will look into the queue without being called.
    awake: usize,
    /// All workers, those that take no request at the moment included.
    workers: usize,
    next: u64,
}

impl Pool {
    pub(crate) fn new(
        program: Program,
        limits: Limits,
        reuse: InstanceReuse,
        on_log: Option<OnLog>,
        telemetry: Arc<Telemetry>,
    ) -> Arc<Self> {
        let parallelism = std::thread::available_parallelism().map_or(1, usize::from);
        Arc::new(Self {
            program,
            limits,
            reuse,
            on_log,
            telemetry,
            parallelism,
            staff: Mutex::default(),
        })
    }

    /// The component's answer to a request that must be answered before `deadline`.
    pub(crate) async fn call(
        self: &Arc<Self>,
        request: http::Request<WasiBody>,
        deadline: Instant,
    ) -> Result<Answer, Failure> {
        let (reply, answer) = oneshot::channel();
        self.enqueue(Job {
            request,
            deadline,
            reply,
        });
        answer
            .await
            .unwrap_or_else(|_| Err(Failure::Instance("its worker ended".into())))
    }

    fn enqueue(self: &Arc<Self>, job: Job) {
        let mut staff = self.staff();
        staff.queue.push_back(job);
        self.call_worker(staff);
    }

    pub(super) fn log(&self, level: LogLevel, message: String) {
        if let Some(on_log) = &self.on_log {
            on_log(&LogLine {
                level,
                component: Some(self.program.id.to_string()),
                message,
            });
        }
    }

    fn staff(&self) -> MutexGuard<'_, Staff> {
        self.staff.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sees to it that somebody looks into the queue: a worker that waits, one that is about to look anyway, or a new
    /// one.
    fn call_worker(self: &Arc<Self>, mut staff: MutexGuard<'_, Staff>) {
        if staff.queue.is_empty() {
            return;
        }
        if let Some((_, waker)) = staff.parked.pop() {
            staff.awake += 1;
            drop(staff);
            waker.wake();
        } else if staff.awake < self.parallelism && staff.workers < self.limits.instances_per_component {
            staff.awake += 1;
            staff.workers += 1;
            staff.next += 1;
            let seat = Seat {
                pool: Arc::clone(self),
                id: staff.next,
                state: State::Awake,
            };
            drop(staff);
            tokio::spawn(worker::run(seat));
        }
    }
}

/// A worker's place in its pool; leaving it, for whatever reason, calls another worker where requests wait.
pub(super) struct Seat {
    pub(super) pool: Arc<Pool>,
    id: u64,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Counted in `Staff::awake`.
    Awake,
    /// In `Staff::parked`, or taken out of it by a call that has counted it in `Staff::awake`.
    Parked,
    /// In neither: it takes no request now.
    Away,
}

impl Seat {
    /// The next request whose caller still waits, or [`Poll::Pending`] and a wake-up when there is one.
    pub(super) fn poll_job(&mut self, context: &mut Context<'_>) -> Poll<Job> {
        let pool = Arc::clone(&self.pool);
        let mut staff = pool.staff();
        self.leave(&mut staff);
        while let Some(job) = staff.queue.pop_front() {
            if job.reply.is_closed() {
                continue;
            }
            if job.deadline <= Instant::now() {
                let _ = job.reply.send(Err(Failure::NoInstance("all of them were busy".into())));
                continue;
            }
            staff.awake += 1;
            self.state = State::Awake;
            return Poll::Ready(job);
        }
        staff.parked.push((self.id, context.waker().clone()));
        self.state = State::Parked;
        Poll::Pending
    }

    /// Takes no request until the next [`Seat::poll_job`].
    pub(super) fn step_away(&mut self) {
        if self.state == State::Away {
            return;
        }
        let pool = Arc::clone(&self.pool);
        let mut staff = pool.staff();
        self.leave(&mut staff);
        pool.call_worker(staff);
    }

    /// A request for which this worker has no instance.
    pub(super) fn next_unserved(&mut self) -> Option<Job> {
        self.pool.staff().queue.pop_front()
    }

    fn leave(&mut self, staff: &mut Staff) {
        match self.state {
            State::Awake => staff.awake -= 1,
            State::Parked => match staff.parked.iter().position(|(id, _)| *id == self.id) {
                Some(place) => drop(staff.parked.remove(place)),
                None => staff.awake -= 1,
            },
            State::Away => {}
        }
        self.state = State::Away;
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let pool = Arc::clone(&self.pool);
        let mut staff = pool.staff();
        self.leave(&mut staff);
        staff.workers -= 1;
        pool.call_worker(staff);
    }
}
