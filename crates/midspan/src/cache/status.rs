//! What the cache did for each call of a request: for `Cache-Status` (RFC 9211), and for the freshness of the answer that
//! is made of them.

use std::{
    cell::{Cell, RefCell},
    fmt::Write as _,
};

use bytes::Bytes;

use super::{
    tag::{Generation, Tag},
    terms::Terms,
};
use crate::Context;

/// What was done for one call.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Member {
    pub(super) source: &'static str,
    /// Why the source was asked (RFC 9211 s. 2.2); nothing where it was not.
    pub(super) forwarded: Option<&'static str>,
    /// What the source answered.
    pub(super) status: Option<u16>,
    pub(super) stored: bool,
    pub(super) collapsed: bool,
    pub(super) detail: Option<&'static str>,
    /// Nothing where the answer must not be used again.
    pub(super) freshness: Option<Freshness>,
}

/// How fresh the answer to one call is, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Freshness {
    /// Whether it is the same for everybody.
    pub(super) public: bool,
    pub(super) age: u64,
    pub(super) time_to_live: i64,
}

impl Freshness {
    /// Of what is made of both.
    fn with(self, other: Self) -> Self {
        Self {
            public: self.public && other.public,
            age: self.age.max(other.age),
            time_to_live: self.time_to_live.min(other.time_to_live),
        }
    }

    pub(super) fn of(terms: &Terms, public: bool, now: u64) -> Self {
        Self {
            public,
            age: terms.age(now),
            time_to_live: if terms.no_cache { 0 } else { terms.time_to_live(now) },
        }
    }
}

/// What was done for all calls of a request.
#[derive(Default)]
pub(crate) struct Ledger {
    members: RefCell<Vec<Member>>,
    /// The generations of all tags that the answer depends on.
    tags: RefCell<Vec<(Tag, Generation)>>,
    /// Their names, as far as calls say them.
    names: RefCell<Vec<String>>,
    /// Set by the first cached call, so that components without one are built without it.
    finish: Cell<Option<Finish>>,
}

/// Says in an answer's headers how fresh it is.
type Finish = fn(&Context, &http::Request<Bytes>, &mut http::Response<Bytes>);

impl Ledger {
    pub(super) fn add(&self, member: Member, finish: Finish) {
        self.members.borrow_mut().push(member);
        self.finish.set(Some(finish));
    }

    pub(super) fn depend(&self, tags: &[(Tag, Generation)]) {
        self.tags.borrow_mut().extend_from_slice(tags);
    }

    pub(super) fn name(&self, names: &[String]) {
        let mut known = self.names.borrow_mut();
        for name in names {
            if !known.contains(name) {
                known.push(name.clone());
            }
        }
    }

    pub(super) fn names(&self) -> Vec<String> {
        self.names.borrow().clone()
    }

    pub(super) fn dependencies(&self) -> Vec<(Tag, Generation)> {
        self.tags.borrow().clone()
    }

    /// Says in the headers how fresh the answer is, where calls were cached.
    pub(crate) fn finish(&self, ctx: &Context, request: &http::Request<Bytes>, response: &mut http::Response<Bytes>) {
        if let Some(finish) = self.finish.get() {
            finish(ctx, request, response);
        }
    }

    /// The freshness of an answer that is made of the answers to all calls; nothing where one of them must not be used
    /// again.
    pub(super) fn freshness(&self) -> Option<Freshness> {
        let members = self.members.borrow();
        let mut parts = members.iter().map(|member| member.freshness);
        let first = parts.next()??;
        parts.try_fold(first, |whole, part| Some(whole.with(part?)))
    }

    /// A call that goes past the cache.
    pub(crate) fn bypassed(&self, source: &'static str) {
        self.members.borrow_mut().push(Member {
            source,
            forwarded: Some("bypass"),
            ..Member::default()
        });
    }

    /// The value of `Cache-Status`.
    pub(crate) fn header(&self) -> String {
        let members = self.members.borrow();
        let mut text = String::new();
        for member in members.iter() {
            if !text.is_empty() {
                text.push_str(", ");
            }
            member.write(&mut text);
        }
        text
    }
}

impl Member {
    /// What the cache did, in one word.
    pub(super) fn outcome(&self) -> &'static str {
        match self.detail {
            Some("stale-while-revalidate" | "stale-if-error") => "stale",
            _ if self.collapsed => "collapsed",
            _ if self.status == Some(304) => "revalidated",
            _ if self.forwarded.is_some() => "miss",
            _ => "hit",
        }
    }

    fn write(&self, text: &mut String) {
        text.push_str(self.source);
        match self.forwarded {
            None => text.push_str("; hit"),
            Some(why) => {
                let _ = write!(text, "; fwd={why}");
            }
        }
        if let Some(status) = self.status {
            let _ = write!(text, "; fwd-status={status}");
        }
        if let Some(freshness) = self.freshness {
            let _ = write!(text, "; ttl={}", freshness.time_to_live.div_euclid(1000));
        }
        if self.stored {
            text.push_str("; stored");
        }
        if self.collapsed {
            text.push_str("; collapsed");
        }
        if let Some(detail) = self.detail {
            let _ = write!(text, "; detail={detail}");
        }
    }
}
