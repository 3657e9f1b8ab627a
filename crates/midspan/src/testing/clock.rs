//! Time that passes only when nothing else can happen.

use std::{
    cell::RefCell,
    pin::Pin,
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
    time::Duration,
};

use futures_util::future::LocalBoxFuture;

/// A clock that starts at zero and jumps.
#[derive(Clone, Default)]
pub(crate) struct VirtualClock(Rc<RefCell<State>>);

#[derive(Default)]
struct State {
    now: Duration,
    timers: Vec<(Duration, Waker)>,
    /// What goes on beside and after the answers.
    spawned: Vec<LocalBoxFuture<'static, ()>>,
}

impl VirtualClock {
    pub(crate) fn now(&self) -> Duration {
        self.0.borrow().now
    }

    /// Ends at `now + duration`.
    pub(crate) fn sleep(&self, duration: Duration) -> Sleep {
        Sleep {
            clock: self.clone(),
            until: self.now().saturating_add(duration),
        }
    }

    /// Drives `future` to its end.
    ///
    /// # Panics
    /// If it waits for something that never happens: no timer is set and nothing woke it.
    pub(crate) fn run<T>(&self, future: impl Future<Output = T>) -> T {
        let mut future = std::pin::pin!(future);
        let woken = Arc::new(Woken(AtomicBool::new(false)));
        let waker = Waker::from(woken.clone());
        loop {
            let context = &mut Context::from_waker(&waker);
            if let Poll::Ready(value) = future.as_mut().poll(context) {
                return value;
            }
            self.poll_spawned(context);
            if !woken.0.swap(false, Ordering::Relaxed) {
                assert!(
                    self.jump(),
                    "the operation waits for something that never happens: nothing woke it and no timer is set"
                );
            }
        }
    }

    /// Goes on with `work` whenever something is driven, until it ends.
    pub(super) fn spawn(&self, work: LocalBoxFuture<'static, ()>) {
        self.0.borrow_mut().spawned.push(work);
    }

    /// Drives all that was spawned to its end.
    pub(super) fn settle(&self) {
        self.run(std::future::poll_fn(|context| {
            self.poll_spawned(context);
            if self.0.borrow().spawned.is_empty() {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        }));
    }

    fn poll_spawned(&self, context: &mut Context<'_>) {
        // What is polled may spawn more.
        let mut polled = std::mem::take(&mut self.0.borrow_mut().spawned);
        polled.retain_mut(|work| work.as_mut().poll(context).is_pending());
        let mut state = self.0.borrow_mut();
        if !state.spawned.is_empty() {
            context.waker().wake_by_ref();
        }
        state.spawned.append(&mut polled);
    }

    /// Goes to the earliest timer and wakes all that are due then.
    fn jump(&self) -> bool {
        let mut state = self.0.borrow_mut();
        let Some(next) = state.timers.iter().map(|(at, _)| *at).min() else {
            return false;
        };
        state.now = state.now.max(next);
        let due: Vec<_> = state.timers.extract_if(.., |(at, _)| *at <= next).collect();
        drop(state);
        for (_, waker) in due {
            waker.wake();
        }
        true
    }
}

struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

pub(crate) struct Sleep {
    clock: VirtualClock,
    until: Duration,
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut state = self.clock.0.borrow_mut();
        if state.now >= self.until {
            return Poll::Ready(());
        }
        let (until, waker) = (self.until, context.waker());
        let set = state
            .timers
            .iter()
            .any(|(at, set)| *at == until && set.will_wake(waker));
        if !set {
            state.timers.push((until, waker.clone()));
        }
        Poll::Pending
    }
}
