//! One timer of the host's for all that a request waits for.
//!
//! Every source call has a time-out, and the operation has its deadline. To start a timer of the host's for each, and to
//! take it back when the call has ended, are calls over the component's boundary; here only the earliest is started. It is
//! polled by whichever of those that wait is polled, and wakes all of them, so that none depends on another one's life.
//!
//! All of this is one request's, since on WASI 0.3 a request is a task, and no task may wake another.

use std::{
    cell::{Cell, RefCell},
    pin::Pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
    time::Duration,
};

use futures_util::future::LocalBoxFuture;

/// Starts a timer of the host's, until a time on its monotonic clock.
type Start = Box<dyn Fn(Duration) -> LocalBoxFuture<'static, ()>>;

pub(super) struct Timers {
    start: Start,
    started: RefCell<Option<Started>>,
    /// The latest time at which a timer is known to have gone off.
    reached: Cell<Duration>,
    last_number: Cell<u64>,
    bell: Arc<Bell>,
}

/// The host's timer.
struct Started {
    until: Duration,
    timer: LocalBoxFuture<'static, ()>,
}

/// What the host's timer wakes: everybody, who then look whether it is their time.
#[derive(Default)]
struct Bell {
    has_rung: AtomicBool,
    sleepers: Mutex<Vec<Sleeper>>,
}

struct Sleeper {
    number: u64,
    until: Duration,
    waker: Waker,
}

impl Timers {
    pub(super) fn new(start: impl Fn(Duration) -> LocalBoxFuture<'static, ()> + 'static) -> Self {
        Self {
            start: Box::new(start),
            started: RefCell::default(),
            reached: Cell::default(),
            last_number: Cell::default(),
            bell: Arc::default(),
        }
    }

    /// Waits until a time on the host's monotonic clock.
    pub(super) fn sleep_until(&self, until: Duration) -> Sleep<'_> {
        let number = self.last_number.get() + 1;
        self.last_number.set(number);
        Sleep {
            timers: self,
            number,
            until,
        }
    }

    /// Sees to it that the host's timer is the one for the earliest of those that wait, and looks whether it has gone off.
    fn advance(&self) {
        while let Some(earliest) = self.bell.earliest_after(self.reached.get()) {
            let mut started = self.started.borrow_mut();
            let is_due = started.as_ref().is_some_and(|started| started.until <= earliest);
            if is_due && !self.bell.has_rung.swap(false, Ordering::Relaxed) {
                return;
            }
            if !is_due {
                let timer = (self.start)(earliest);
                *started = Some(Started { until: earliest, timer });
            }
            let Some(Started { until, timer }) = started.as_mut() else {
                return;
            };
            let waker = Waker::from(self.bell.clone());
            if timer.as_mut().poll(&mut Context::from_waker(&waker)).is_pending() {
                return;
            }
            self.reached.set(self.reached.get().max(*until));
            *started = None;
            drop(started);
            self.bell.wake_all();
        }
    }
}

impl Bell {
    fn sleepers(&self) -> MutexGuard<'_, Vec<Sleeper>> {
        self.sleepers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn earliest_after(&self, reached: Duration) -> Option<Duration> {
        let sleepers = self.sleepers();
        let waiting = sleepers.iter().map(|sleeper| sleeper.until);
        waiting.filter(|until| *until > reached).min()
    }

    fn expect(&self, number: u64, until: Duration, waker: &Waker) {
        let mut sleepers = self.sleepers();
        match sleepers.iter_mut().find(|sleeper| sleeper.number == number) {
            Some(sleeper) => sleeper.waker.clone_from(waker),
            None => sleepers.push(Sleeper {
                number,
                until,
                waker: waker.clone(),
            }),
        }
    }

    fn forget(&self, number: u64) {
        self.sleepers().retain(|sleeper| sleeper.number != number);
    }

    fn wake_all(&self) {
        // Not under the lock: who is woken may look at once.
        let wakers: Vec<_> = self.sleepers().iter().map(|sleeper| sleeper.waker.clone()).collect();
        wakers.into_iter().for_each(Waker::wake);
    }
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.has_rung.store(true, Ordering::Relaxed);
        self.wake_all();
    }
}

pub(super) struct Sleep<'t> {
    timers: &'t Timers,
    number: u64,
    until: Duration,
}

impl Future for Sleep<'_> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let timers = self.timers;
        if timers.reached.get() < self.until {
            timers.bell.expect(self.number, self.until, context.waker());
            timers.advance();
        }
        if timers.reached.get() < self.until {
            return Poll::Pending;
        }
        Poll::Ready(())
    }
}

impl Drop for Sleep<'_> {
    fn drop(&mut self) {
        self.timers.bell.forget(self.number);
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use futures_util::{
        future::{join, join_all, select},
        stream::{FuturesUnordered, StreamExt},
    };
    use proptest::prelude::*;

    use super::*;
    use crate::testing::VirtualClock;

    /// Timers on a virtual clock, and how many of the host's were started.
    fn timers(clock: &VirtualClock) -> (Timers, Rc<Cell<u32>>) {
        let started = Rc::new(Cell::new(0));
        let (clock, count) = (clock.clone(), started.clone());
        let timers = Timers::new(move |until| {
            count.set(count.get() + 1);
            Box::pin(clock.sleep(until.saturating_sub(clock.now())))
        });
        (timers, started)
    }

    const fn ms(number: u64) -> Duration {
        Duration::from_millis(number)
    }

    #[test]
    fn time_outs_that_do_not_pass_cost_one_timer() {
        let clock = VirtualClock::default();
        let (timers, started) = timers(&clock);
        let calls = (1..=5).map(|number| select(timers.sleep_until(ms(800)), Box::pin(clock.sleep(ms(number)))));
        let work = Box::pin(join_all(calls));
        clock.run(select(work, timers.sleep_until(ms(2000))));
        assert_eq!(clock.now(), ms(5));
        assert_eq!(started.get(), 1);
    }

    #[test]
    fn an_earlier_one_does_not_wait_for_a_later_one() {
        let clock = VirtualClock::default();
        let (timers, _) = timers(&clock);
        let later = timers.sleep_until(ms(2000));
        let earlier = async {
            clock.sleep(ms(10)).await;
            timers.sleep_until(ms(30)).await;
            clock.now()
        };
        let (earlier, ()) = clock.run(join(earlier, later));
        assert_eq!((earlier, clock.now()), (ms(30), ms(2000)));
    }

    #[test]
    fn a_time_that_has_passed_is_not_waited_for() {
        let clock = VirtualClock::default();
        let (timers, _) = timers(&clock);
        clock.run(clock.sleep(ms(50)));
        clock.run(timers.sleep_until(ms(20)));
        clock.run(timers.sleep_until(Duration::ZERO));
        assert_eq!(clock.now(), ms(50));
    }

    proptest! {
        /// Each begins at some time and waits until some time, or no longer than until it is dropped.
        #[test]
        fn everybody_wakes_at_their_own_time_whoever_else_comes_and_goes(
            sleepers in prop::collection::vec((0_u64..100, 0_u64..200, prop::option::of(0_u64..200)), 1..12),
        ) {
            let clock = VirtualClock::default();
            let (timers, _) = timers(&clock);
            let sleeps = sleepers.iter().map(|(begin, until, dropped)| {
                let (clock, timers) = (&clock, &timers);
                async move {
                    clock.sleep(ms(*begin)).await;
                    let sleep = timers.sleep_until(ms(*until));
                    match dropped {
                        Some(dropped) => drop(select(sleep, Box::pin(clock.sleep(ms(*dropped)))).await),
                        None => sleep.await,
                    }
                    let asleep = until.saturating_sub(*begin);
                    let expected = begin + dropped.map_or(asleep, |dropped| dropped.min(asleep));
                    (clock.now(), ms(expected))
                }
            });
            let all: FuturesUnordered<_> = sleeps.collect();
            for (woken, expected) in clock.run(all.collect::<Vec<_>>()) {
                prop_assert_eq!(woken, expected);
            }
        }
    }
}
