//! The one call that is made for all who want its answer, and what becomes of the answer.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use super::{
    answered::Answered,
    ask::Asked,
    collapse::{Landing, Pilot, Turn},
    conditions::Conditions,
    control::Control,
    entry::{Entry, Value},
    exchange::{Cached, is_failure},
    index::{self, Listed},
    key::Key,
    lease::{self, Lease},
    look_up::Found,
    terms::varies_by,
};
use crate::{Result, port::Port, telemetry};

impl Cached {
    /// Asks for itself and for all who want the same: those in this instance, and, by a lease, those elsewhere.
    pub(super) async fn lead(
        &self,
        pilot: Pilot,
        mut found: Rc<Found>,
        stale: &RefCell<Option<Entry>>,
        attempts: &Cell<u32>,
    ) -> Result<Answered> {
        let lease = match lease::wait(
            &self.shelf(),
            &self.flight,
            || self.exchange.time_left(),
            async || {
                found = self.look_up().await;
                self.landed_elsewhere(&found)
            },
        )
        .await
        {
            lease::Waited::Mine(lease) => Some(lease),
            lease::Waited::NotNeeded => None,
            lease::Waited::Alone => {
                pilot.land(Landing::Alone);
                return self.ask_alone(&found, stale, attempts).await;
            }
            lease::Waited::Answered(answered) => {
                pilot.land(match &found.entry {
                    Some(entry) if self.is_for_everybody() => Landing::Shared(Rc::new(entry.clone())),
                    _ => Landing::Stored,
                });
                return Ok(answered);
            }
        };
        self.keep_for_errors(&found, stale);
        // Who waits elsewhere hears of it if the source takes too long.
        let asking = Box::pin(self.exchange.within(attempts, self.ask(&found, attempts)));
        let asked = match &lease {
            Some(lease) => lease.during(asking).await,
            None => asking.await,
        };
        self.land(pilot, lease, &found, asked, stale).await
    }

    fn landed_elsewhere(&self, found: &Found) -> Option<Answered> {
        let entry = found.entry.as_ref()?;
        self.is_fresh(entry, found.invalidated).then(|| self.hit(entry, true))
    }

    /// Tells all who wait, and stores what may be stored.
    async fn land(
        &self,
        pilot: Pilot,
        lease: Option<Lease>,
        found: &Found,
        asked: Result<Asked>,
        stale: &RefCell<Option<Entry>>,
    ) -> Result<Answered> {
        let port = self.port();
        let asked = match asked {
            Ok(asked) => asked,
            Err(error) => {
                pilot.land(Landing::Failed(error.clone()));
                if let Some(lease) = lease {
                    afterwards(port, lease.fail());
                }
                return Err(error);
            }
        };
        let fresh = asked.entry.as_ref().filter(|entry| entry.terms.is_fresh(self.now()));
        let failed = is_failure(asked.response.status());
        let landing = match fresh {
            // Those who wait here need not wait for the store.
            Some(entry) if self.is_for_everybody() => Some(Landing::Shared(Rc::new(entry.clone()))),
            Some(_) => None,
            None if failed => Some(Landing::Refused(asked.response.clone())),
            None => Some(Landing::Alone),
        };
        let waiting = match landing {
            Some(landing) => {
                pilot.land(landing);
                None
            }
            None => Some(pilot),
        };
        let stored = self.store(&asked).await;
        if let Some(entry) = fresh.filter(|_| stored) {
            self.keep_near(entry);
        }
        if let Some(pilot) = waiting {
            pilot.land(if stored { Landing::Stored } else { Landing::Alone });
        }
        match lease {
            Some(lease) if failed => afterwards(port, lease.fail()),
            Some(lease) if stored && fresh.is_some() => afterwards(port, lease.release()),
            Some(lease) => afterwards(port, lease.disband()),
            None => {}
        }
        Ok(self.asked(asked, found, stored, stale))
    }

    pub(super) async fn ask_alone(
        &self,
        found: &Found,
        stale: &RefCell<Option<Entry>>,
        attempts: &Cell<u32>,
    ) -> Result<Answered> {
        let asked = self.ask(found, attempts).await?;
        let stored = self.store(&asked).await;
        Ok(self.asked(asked, found, stored, stale))
    }

    /// Whether it is in the store now.
    async fn store(&self, asked: &Asked) -> bool {
        match asked.entry.as_ref().filter(|_| asked.not_stored.is_none()) {
            Some(entry) => self.store_entry(entry).await,
            None => false,
        }
    }

    pub(super) async fn store_entry(&self, entry: &Entry) -> bool {
        let store = self.shelf();
        let names = if self.policy.by_vary {
            varies_by(&entry.headers)
        } else {
            Vec::new()
        };
        let mut key = self.key;
        if !names.is_empty() {
            key = self.key.variant(&names, self.request.headers());
            let marker = Value::VariesBy(names).encode(&self.key).unwrap_or_default();
            if store.store(&self.key.entry(), marker).await.is_err() {
                return false;
            }
        }
        let Some(value) = Value::Entry(entry.clone()).encode(&key) else {
            return false;
        };
        let stored = store.store(&key.entry(), value).await.is_ok();
        if stored {
            self.list_afterwards(&key, entry);
        }
        stored
    }

    fn list_afterwards(&self, key: &Key, entry: &Entry) {
        let listed = Listed {
            source: self.exchange.source.name().into(),
            tags: self.names.clone(),
            ..Listed::of(key, entry, self.audience, self.request.uri())
        };
        index::list_afterwards(&self.exchange.ctx, self.shelf(), listed);
    }

    /// Reads again what was given stale, once the operation has answered; unless somebody is at it.
    pub(super) fn refresh_afterwards(&self) {
        let mut again = self.clone();
        again.exchange = self.exchange.afterwards();
        again.control = Control::default();
        again.conditions = Conditions::default();
        self.port().spawn(Box::pin(async move {
            let (ctx, attempts, stale) = (again.exchange.ctx.clone(), Cell::new(0), RefCell::default());
            let Turn::Mine(pilot) = ctx.port().instance().cache.turn(again.flight, ctx.shared_port()) else {
                return;
            };
            let refreshing = async {
                let lease = match Lease::look_and_take(&again.shelf(), &again.flight).await {
                    lease::Outcome::Theirs(_) => return Ok(None),
                    lease::Outcome::NotNeeded | lease::Outcome::Alone => None,
                    lease::Outcome::Mine(lease) => Some(lease),
                };
                let found = again.look_up().await;
                let asking = Box::pin(again.exchange.within(&attempts, again.ask(&found, &attempts)));
                let asked = match &lease {
                    Some(lease) => lease.during(asking).await,
                    None => asking.await,
                };
                let landed = again.land(pilot, lease, &found, asked, &stale).await?;
                Ok(Some(landed.response.status()))
            };
            let refreshed = again.exchange.around(&attempts, Box::pin(refreshing)).await;
            if let Err(error) = &refreshed {
                ctx.log_call_error(error, attempts.get());
            }
            let outcome = refreshed
                .map_err(|error| error.code())
                .map(|status| status.unwrap_or_default().as_u16());
            let span = &again.exchange.span;
            span.cached("refresh");
            span.ended(ctx.port(), outcome, attempts.get());
            telemetry::write_refresh(&ctx, span);
        }));
    }
}

/// Does what nobody needs to wait for.
pub(super) fn afterwards(port: &dyn Port, work: impl Future<Output = ()> + 'static) {
    port.spawn(Box::pin(work));
}
