//! The enterprise card system: a stream of cards with a cursor of changes, and subscriptions that are called when there is a new one.
//!
//! It is nobody's product: it stands for the many in-house systems with a plain REST interface. What it takes from standards: API key in a
//! header or a signed request (HMAC-SHA256 over method, target, date and body, as Azure App Configuration and others do), RFC 9457 problems,
//! RFC 9110 entity tags, `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header), signed web hooks as GitHub sends them.

mod caller;
mod delivery;
mod problem;
mod stream;

use std::sync::Arc;

use http::{Method, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

pub use self::caller::{CARDS_CLIENT_ID, CARDS_KEY};
use self::problem::Problem;
use self::stream::{Draft, Page, Stream};
use super::{BackEnd, World};
use crate::call::Call;
use crate::reply::{self, Refusal, Reply, WithHeader};

const JSON: &str = "application/json";
/// Cards of a page.
const PAGE: usize = 20;
const LARGEST_PAGE: usize = 100;

pub(super) struct Cards {
    stream: Arc<Stream>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NewSubscription {
    callback_url: String,
    #[serde(default)]
    secret: String,
}

impl Cards {
    pub(super) fn new(world: &World) -> Self {
        Self {
            stream: Arc::new(Stream::new(world.population.seed())),
        }
    }

    fn route(&self, call: &Call) -> Result<Reply, Problem> {
        caller::authenticate(call)?;
        let segments = call.segments();
        let ["v1", path @ ..] = segments.as_slice() else {
            return Err(Problem::not_found(&call.path));
        };
        match (&call.method, path) {
            (&Method::GET, ["cards"]) => self.list(call),
            (&Method::POST, ["cards"]) => self.publish(call),
            (&Method::GET, ["cards", id]) => {
                let card = self.stream.card(id).ok_or_else(|| Problem::not_found(&call.path))?;
                Ok(reply::json(StatusCode::OK, JSON, &card))
            }
            (&Method::DELETE, ["cards", id]) if self.stream.withdraw(id) => Ok(reply::empty(StatusCode::NO_CONTENT)),
            (&Method::POST, ["subscriptions"]) => self.subscribe(call),
            (&Method::GET, ["subscriptions"]) => {
                let all = json!({"subscriptions": self.stream.subscriptions()});
                Ok(reply::json(StatusCode::OK, JSON, &all))
            }
            (&Method::DELETE, ["subscriptions", id]) if self.stream.unsubscribe(id) => {
                Ok(reply::empty(StatusCode::NO_CONTENT))
            }
            (&Method::DELETE, ["cards" | "subscriptions", _]) => Err(Problem::not_found(&call.path)),
            (_, ["cards" | "subscriptions", ..]) => Err(Problem::method_not_allowed()),
            _ => Err(Problem::not_found(&call.path)),
        }
    }

    /// `GET /v1/cards`: what has changed, newest first; `since` is a cursor of an earlier answer.
    fn list(&self, call: &Call) -> Result<Reply, Problem> {
        let limit = match call.query("limit") {
            None => PAGE,
            Some(text) => text
                .parse()
                .ok()
                .filter(|limit| (1..=LARGEST_PAGE).contains(limit))
                .ok_or_else(|| Problem::bad_parameter("limit", &format!("It must be from 1 to {LARGEST_PAGE}.")))?,
        };
        let cursor = |name: &'static str| {
            let bad = || Problem::bad_parameter(name, "It must be a cursor of an earlier answer.");
            call.query(name)
                .filter(|text| !text.is_empty())
                .map(|text| stream::parse_cursor(text).ok_or_else(bad))
                .transpose()
        };
        let (since, before) = (cursor("since")?, cursor("before")?);
        if since.is_some_and(|since| since < self.stream.oldest_kept()) {
            return Err(Problem::cursor_expired());
        }
        let Page { cards, newest, more } = self.stream.page(since, before, limit);
        let tag = format!("\"{newest}\"");
        if cards.is_empty() && call.header("if-none-match") == Some(tag.as_str()) {
            return Ok(reply::empty(StatusCode::NOT_MODIFIED).with("etag", tag));
        }
        let next = more.map(|before| {
            let link = call.link("$", &[("before", Some(stream::cursor(before)))]);
            link.trim_start_matches(&call.base()).to_owned()
        });
        let body = json!({"cards": cards, "cursor": stream::cursor(newest), "next": next});
        Ok(reply::json(StatusCode::OK, JSON, &body).with("etag", tag))
    }

    fn publish(&self, call: &Call) -> Result<Reply, Problem> {
        let draft: Draft = parse(call)?;
        let (card, is_new) = self.stream.publish(&draft, call.header("idempotency-key"));
        if is_new {
            delivery::deliver(&self.stream, &card);
        }
        let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
        let location = format!("/v1/cards/{}", card["id"].as_str().unwrap_or_default());
        Ok(reply::json(status, JSON, &card).with("location", location))
    }

    fn subscribe(&self, call: &Call) -> Result<Reply, Problem> {
        let new: NewSubscription = parse(call)?;
        let is_url = url::Url::parse(&new.callback_url).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
        if !is_url {
            return Err(Problem::bad_parameter("callbackUrl", "It must be an absolute URL."));
        }
        let subscription = self.stream.subscribe(new.callback_url, new.secret);
        let location = format!("/v1/subscriptions/{}", subscription["id"].as_str().unwrap_or_default());
        Ok(reply::json(StatusCode::CREATED, JSON, &subscription).with("location", location))
    }
}

impl BackEnd for Cards {
    fn answer(&self, call: &Call) -> Reply {
        self.route(call).unwrap_or_else(|problem| problem.reply())
    }

    fn refuse(&self, _call: &Call, refusal: Refusal) -> Reply {
        Problem::of_status(refusal.status)
            .reply()
            .with_retry_after(refusal.retry_after)
    }
}

fn parse<T: for<'de> Deserialize<'de>>(call: &Call) -> Result<T, Problem> {
    let is_json = call
        .header("content-type")
        .is_some_and(|media| media.to_ascii_lowercase().starts_with("application/json"));
    if !is_json {
        return Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "The body must be application/json.",
        ));
    }
    serde_json::from_slice::<Value>(&call.body)
        .and_then(serde_json::from_value)
        .map_err(|error| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, &error.to_string()))
}

#[cfg(test)]
mod tests;
