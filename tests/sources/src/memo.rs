//! Answers that were given before.
//!
//! Of the systems that say so ([`BackEnd::repeats`](crate::systems::BackEnd::repeats)), an answer to a GET is a pure function of the call
//! and of what was written before, so that it is worked out once: a benchmark is to measure what calls these systems, not them. A call
//! that may write makes everything be forgotten.

use std::collections::HashMap;
use std::fmt::Write;
use std::sync::{Mutex, PoisonError};

use http::Method;

use crate::call::Call;
use crate::reply::Reply;
use crate::system::System;

/// Bytes of bodies that are kept; when they are reached, everything is forgotten.
const KEPT: usize = 64 << 20;
/// A larger body is not kept.
const LARGEST: usize = 256 << 10;

#[derive(Debug, Default)]
pub(crate) struct Memo {
    answers: Mutex<Answers>,
}

#[derive(Debug, Default)]
struct Answers {
    by_call: HashMap<String, Reply>,
    bytes: usize,
    /// How many calls may have written.
    writes: u64,
}

impl Memo {
    /// The answer to a call: the one given before, or else that of `answer`.
    pub(crate) fn answer(&self, system: System, call: &Call, answer: impl FnOnce() -> Reply) -> Reply {
        if call.method != Method::GET {
            let reply = answer();
            self.lock().forget();
            return reply;
        }
        let key = key(system, call);
        let writes = {
            let answers = self.lock();
            if let Some(reply) = answers.by_call.get(&key) {
                return reply.clone();
            }
            answers.writes
        };
        let reply = answer();
        let mut answers = self.lock();
        // An answer from before a write that came in between is of the past.
        if reply.body().len() <= LARGEST && answers.writes == writes {
            answers.keep(key, reply.clone());
        }
        reply
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Answers> {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Answers {
    fn keep(&mut self, key: String, reply: Reply) {
        // Headers and the key count for something too.
        self.bytes += reply.body().len() + 1_024;
        if self.bytes > KEPT {
            self.by_call.clear();
            self.bytes = 0;
        }
        self.by_call.insert(key, reply);
    }

    fn forget(&mut self) {
        self.by_call.clear();
        self.bytes = 0;
        self.writes += 1;
    }
}

/// Everything of a GET that a system can see.
fn key(system: System, call: &Call) -> String {
    let mut key = format!("{system} {}?{}", call.path, call.raw_query);
    for (name, value) in call.heard() {
        // Writing to a string can't fail.
        let _ = write!(key, "\n{name}:{value}");
    }
    key
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::Response;

    use super::*;
    use crate::call::tests::{get_with, send};

    fn ask(memo: &Memo, target: &str, headers: &[(&str, &str)], body: &'static str) -> Bytes {
        let call = get_with(target, headers);
        memo.answer(System::Graph, &call, || {
            Response::new(Bytes::from_static(body.as_bytes()))
        })
        .into_body()
    }

    #[test]
    fn the_same_call_is_answered_as_before_whatever_its_trace() {
        let memo = Memo::default();
        assert_eq!(ask(&memo, "/a?b", &[("traceparent", "1")], "first"), "first");
        assert_eq!(ask(&memo, "/a?b", &[("traceparent", "2")], "second"), "first");
    }

    #[test]
    fn whatever_a_system_can_see_makes_another_call() {
        let memo = Memo::default();
        for (target, headers, body) in [
            ("/a", &[][..], "1"),
            ("/a?b", &[], "2"),
            ("/a", &[("authorization", "Bearer x")], "3"),
            ("/a", &[("accept", "Bearer x")], "4"),
        ] {
            assert_eq!(ask(&memo, target, headers, body), body);
        }
    }

    #[test]
    fn what_was_read_before_a_write_is_forgotten() {
        let memo = Memo::default();
        assert_eq!(ask(&memo, "/a", &[], "before"), "before");
        let write = send("PATCH", "/a", &[], "{}");
        memo.answer(System::Graph, &write, || Response::new(Bytes::new()));
        assert_eq!(ask(&memo, "/a", &[], "after"), "after");
    }

    #[test]
    fn an_answer_that_a_write_overtook_is_not_kept() {
        let memo = Memo::default();
        let read = get_with("/a", &[]);
        let slow = memo.answer(System::Graph, &read, || {
            memo.answer(System::Graph, &send("PATCH", "/a", &[], "{}"), || {
                Response::new(Bytes::new())
            });
            Response::new(Bytes::from_static(b"of the past"))
        });
        assert_eq!(slow.body(), "of the past");
        assert_eq!(ask(&memo, "/a", &[], "now"), "now");
    }

    #[test]
    fn a_large_body_is_not_kept() {
        let memo = Memo::default();
        let large = Bytes::from(vec![b' '; LARGEST + 1]);
        let call = get_with("/", &[]);
        memo.answer(System::Graph, &call, || Response::new(large));
        assert_eq!(ask(&memo, "/", &[], "small"), "small");
    }
}
