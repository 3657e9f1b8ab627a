//! The cards, by the order in which they changed last; and who wants to know of new ones.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::population::{Draw, Guid, Kind, Moment};

/// Cards that there are from the start.
const FIRST_CARDS: u32 = 500;
/// Changes that are known.
const KEPT: u64 = 400;

static TITLES: &[&str] = &[
    "Payslip is ready",
    "New learning path: Säkerhet",
    "Parking garage closed",
    "Survey: Wie geht’s?",
    "Invoice to approve",
    "Badge expires soon",
    "Café menu 今日",
];
static CATEGORIES: &[&str] = &["payroll", "learning", "facilities", "finance", "security"];

/// What a new card is to say.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Draft {
    title: String,
    text: String,
    category: Option<String>,
    link: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct Card {
    id: String,
    /// Where its last change stands in the stream.
    #[serde(skip)]
    change: u64,
    title: String,
    text: String,
    category: String,
    priority: u8,
    link: Option<String>,
    status: &'static str,
    created_at: String,
    changed_at: String,
}

/// Somebody who is called when there is a new card.
#[derive(Debug, Clone)]
pub(super) struct Subscription {
    pub(super) id: String,
    pub(super) callback_url: String,
    pub(super) secret: String,
    /// How often it was called, and the status of the last answer.
    deliveries: u32,
    last_status: Option<u16>,
}

/// Some changes, newest first.
pub(super) struct Page {
    pub(super) cards: Vec<Value>,
    /// The newest change of all.
    pub(super) newest: u64,
    /// Where older ones begin, if there are more.
    pub(super) more: Option<u64>,
}

pub(super) struct Stream {
    seed: u64,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// By change, the oldest first.
    cards: Vec<Card>,
    newest: u64,
    published: u32,
    by_key: HashMap<String, String>,
    subscriptions: Vec<Subscription>,
    subscribed: u32,
}

impl Stream {
    pub(super) fn new(seed: u64) -> Self {
        let cards: Vec<Card> = (1..=FIRST_CARDS).map(|number| Card::draw(seed, number)).collect();
        Self {
            seed,
            state: Mutex::new(State {
                cards,
                newest: FIRST_CARDS.into(),
                published: FIRST_CARDS,
                ..State::default()
            }),
        }
    }

    /// The first change that a cursor may stand at.
    pub(super) fn oldest_kept(&self) -> u64 {
        self.lock().newest.saturating_sub(KEPT)
    }

    pub(super) fn page(&self, since: Option<u64>, before: Option<u64>, limit: usize) -> Page {
        let state = self.lock();
        let mut changes = state.cards.iter().rev().filter(|card| {
            since.is_none_or(|since| card.change > since) && before.is_none_or(|before| card.change < before)
        });
        let cards: Vec<&Card> = changes.by_ref().take(limit).collect();
        let more = changes.next().and(cards.last()).map(|card| card.change);
        Page {
            cards: cards.into_iter().map(|card| json!(card)).collect(),
            newest: state.newest,
            more,
        }
    }

    pub(super) fn card(&self, id: &str) -> Option<Value> {
        self.lock()
            .cards
            .iter()
            .find(|card| card.id == id)
            .map(|card| json!(card))
    }

    /// The new card, or the one that was made under the same key before.
    pub(super) fn publish(&self, draft: &Draft, key: Option<&str>) -> (Value, bool) {
        let mut state = self.lock();
        if let Some(id) = key.and_then(|key| state.by_key.get(key)) {
            let made = state.cards.iter().find(|card| card.id == *id);
            return (made.map_or(Value::Null, |card| json!(card)), false);
        }
        state.published += 1;
        state.newest += 1;
        let card = Card {
            title: draft.title.clone(),
            text: draft.text.clone(),
            category: draft.category.clone().unwrap_or_else(|| "general".to_owned()),
            link: draft.link.clone(),
            change: state.newest,
            created_at: Moment::NOW.to_string(),
            changed_at: Moment::NOW.to_string(),
            ..Card::draw(self.seed, state.published)
        };
        if let Some(key) = key {
            state.by_key.insert(key.to_owned(), card.id.clone());
        }
        let made = json!(card);
        state.cards.push(card);
        (made, true)
    }

    /// A withdrawn card stays in the stream as such; false where there is none.
    pub(super) fn withdraw(&self, id: &str) -> bool {
        let mut state = self.lock();
        let Some(place) = state.cards.iter().position(|card| card.id == id) else {
            return false;
        };
        state.newest += 1;
        let change = state.newest;
        let mut card = state.cards.remove(place);
        card.status = "withdrawn";
        card.change = change;
        card.changed_at = Moment::NOW.to_string();
        state.cards.push(card);
        true
    }

    pub(super) fn subscribe(&self, callback_url: String, secret: String) -> Value {
        let mut state = self.lock();
        state.subscribed += 1;
        let subscription = Subscription {
            id: Guid::of(self.seed, Kind::Subscription, 1_000 + state.subscribed).to_string(),
            callback_url,
            secret,
            deliveries: 0,
            last_status: None,
        };
        let made = subscription.to_json();
        state.subscriptions.push(subscription);
        made
    }

    /// False where there is none of the id.
    pub(super) fn unsubscribe(&self, id: &str) -> bool {
        let mut state = self.lock();
        let before = state.subscriptions.len();
        state.subscriptions.retain(|subscription| subscription.id != id);
        state.subscriptions.len() < before
    }

    pub(super) fn subscriptions(&self) -> Vec<Value> {
        self.lock().subscriptions.iter().map(Subscription::to_json).collect()
    }

    pub(super) fn subscribers(&self) -> Vec<Subscription> {
        self.lock().subscriptions.clone()
    }

    /// Notes what a subscriber answered, if it did.
    pub(super) fn delivered(&self, id: &str, status: Option<u16>) {
        let mut state = self.lock();
        if let Some(subscription) = state
            .subscriptions
            .iter_mut()
            .find(|subscription| subscription.id == id)
        {
            subscription.deliveries += 1;
            subscription.last_status = status;
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Card {
    fn draw(seed: u64, number: u32) -> Self {
        let mut draw = Draw::new(seed, Kind::Card, number.into());
        let age = i64::from(FIRST_CARDS.saturating_sub(number)) * 3_600 + i64::from(draw.below(3_000));
        let created = Moment::NOW.plus_seconds(-age).to_string();
        Self {
            id: format!("card-{number:06}"),
            change: number.into(),
            title: draw.pick(TITLES).to_owned(),
            text: "Please have a look.".to_owned(),
            category: draw.pick(CATEGORIES).to_owned(),
            priority: u8::try_from(draw.below(3)).unwrap_or_default(),
            link: draw
                .chance(1, 2)
                .then(|| format!("https://portal.contoso.example/cards/{number}")),
            status: "active",
            created_at: created.clone(),
            changed_at: created,
        }
    }
}

impl Subscription {
    fn to_json(&self) -> Value {
        json!({
            "id": self.id,
            "callbackUrl": self.callback_url,
            "deliveries": self.deliveries,
            "lastStatus": self.last_status,
        })
    }
}

/// A change as callers see it.
pub(super) fn cursor(change: u64) -> String {
    URL_SAFE_NO_PAD.encode(format!("change:{change}"))
}

pub(super) fn parse_cursor(text: &str) -> Option<u64> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
    text.strip_prefix("change:")?.parse().ok()
}
