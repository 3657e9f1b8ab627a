//! What one instance is busy with. It is written from inside the instance's event loop and read from outside, where a
//! request can still be answered while the component computes and the loop stands still.

use tokio::time::Instant;

use super::{Answer, Failure, Reply};

/// The requests that an instance holds.
pub(super) struct Desk {
    held: Vec<Held>,
    answered: Vec<(Reply, Result<Answer, Failure>)>,
    next: u64,
    /// What it does while it holds none, and since when.
    resting: Option<(Rest, Instant)>,
    /// Set when the event loop was polled; the outside clears it to see whether the component stands in its way.
    pub(super) loop_turned: bool,
    /// A request was accepted or answered, and the component has not waited for anything since: it takes no further
    /// one until it has. What computes would hold up the one, and the end of the other's body.
    pub(super) fresh: bool,
    /// A request ran out of time. The instance takes no others, and ends when those that it holds have been answered.
    pub(super) expired: bool,
}

struct Held {
    ticket: Ticket,
    deadline: Instant,
    reply: Reply,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Ticket(u64);

/// What an instance does that holds no request.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Rest {
    /// Nothing.
    Idle,
    /// What the component does after its answer, such as writing the body.
    AfterAnswer,
}

impl Desk {
    pub(super) fn new() -> Self {
        Self {
            held: Vec::new(),
            answered: Vec::new(),
            next: 0,
            resting: None,
            loop_turned: false,
            fresh: false,
            expired: false,
        }
    }

    pub(super) fn accept(&mut self, deadline: Instant, reply: Reply) -> Ticket {
        let ticket = Ticket(self.next);
        self.next += 1;
        self.fresh = true;
        self.resting = None;
        self.held.push(Held {
            ticket,
            deadline,
            reply,
        });
        ticket
    }

    /// Lays out the answer to a request, if its time was not over before.
    pub(super) fn answer(&mut self, ticket: Ticket, answer: Result<Answer, Failure>) {
        if let Some(place) = self.held.iter().position(|held| held.ticket == ticket) {
            self.answered.push((self.held.swap_remove(place).reply, answer));
            self.fresh = true;
        }
    }

    /// Hands out the answers that are laid out. Done once the component waits or has ended: a small body is then there
    /// as a whole, and leaves in one write with its head.
    pub(super) fn hand_out(&mut self) {
        for (reply, answer) in self.answered.drain(..) {
            // A caller that went away needs no answer.
            let _ = reply.send(answer);
        }
    }

    /// Answers every request that is held.
    pub(super) fn answer_all(&mut self, failure: &Failure) {
        for held in self.held.drain(..) {
            let _ = held.reply.send(Err(failure.clone()));
        }
    }

    /// Answers what has run out of time.
    pub(super) fn expire(&mut self, now: Instant) {
        for late in self.held.extract_if(.., |held| held.deadline <= now) {
            let _ = late.reply.send(Err(Failure::TimedOut));
            self.expired = true;
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.held.is_empty()
    }

    /// Whether all that is left is the component's work on requests whose time is over.
    pub(super) fn is_spent(&self) -> bool {
        self.expired && self.held.is_empty()
    }

    /// Requests taken so far.
    pub(super) fn taken(&self) -> u64 {
        self.next
    }

    pub(super) fn earliest_deadline(&self) -> Option<Instant> {
        self.held.iter().map(|held| held.deadline).min()
    }

    pub(super) fn rest(&mut self, rest: Rest) {
        if self.resting.is_none_or(|(now, _)| now != rest) {
            self.resting = Some((rest, Instant::now()));
        }
    }

    pub(super) fn resting(&self) -> Option<(Rest, Instant)> {
        self.resting
    }
}
