//! Equal look-ups of an instance at the same time, which are one where the store has enough to do: a crowd that comes at once
//! is not to make it slow.

use std::{cell::RefCell, rc::Rc};

use super::{collapse::Patience, key::Key, look_up::Found, tag::Tag};
use crate::port::Port;

/// How many look-ups the store has at once before equal ones wait for each other. One that answers at once seldom has so
/// many, and to wait for another look-up takes longer than to ask it.
const BUSY: usize = 4;

/// Look-ups that are under way in an instance.
#[derive(Default)]
pub(super) struct LookUps(RefCell<Vec<Rc<LookUp>>>);

struct LookUp {
    key: Key,
    tags: Vec<Tag>,
    /// When it has ended.
    end: RefCell<Option<End>>,
}

#[derive(Clone)]
enum End {
    Found(Rc<Found>),
    GivenUp,
}

/// Tells those who wait that a look-up has ended, also if it is given up.
struct Looking<'l> {
    all: &'l LookUps,
    look_up: Rc<LookUp>,
}

impl LookUps {
    /// What `look_up` finds. While the store is busy with look-ups of this instance, an equal one does in its place.
    pub(super) async fn share(
        &self,
        key: Key,
        tags: &[Tag],
        port: &dyn Port,
        look_up: impl Future<Output = Found>,
    ) -> Rc<Found> {
        if let Some(equal) = self.equal_one(key, tags) {
            let patience = Patience::for_the_store(port);
            let found = loop {
                if let Some(end) = &*equal.end.borrow() {
                    break end.clone();
                }
                patience.pause().await;
            };
            if let End::Found(found) = found {
                return found;
            }
        }
        let looking = Looking {
            all: self,
            look_up: Rc::new(LookUp {
                key,
                tags: tags.to_vec(),
                end: RefCell::default(),
            }),
        };
        self.0.borrow_mut().push(looking.look_up.clone());
        let found = Rc::new(look_up.await);
        looking.look_up.end.replace(Some(End::Found(found.clone())));
        found
    }

    /// Lets nobody more wait for those that are under way: something has changed, which they may not have seen.
    pub(super) fn clear(&self) {
        self.0.borrow_mut().clear();
    }

    fn equal_one(&self, key: Key, tags: &[Tag]) -> Option<Rc<LookUp>> {
        let all = self.0.borrow();
        let equal = all.iter().find(|look_up| look_up.key == key && look_up.tags == tags)?;
        (all.len() >= BUSY).then(|| equal.clone())
    }
}

impl Drop for Looking<'_> {
    fn drop(&mut self) {
        self.look_up.end.borrow_mut().get_or_insert(End::GivenUp);
        self.all
            .0
            .borrow_mut()
            .retain(|look_up| !Rc::ptr_eq(look_up, &self.look_up));
    }
}
