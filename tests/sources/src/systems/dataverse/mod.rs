//! The Dataverse Web API v9.2: the tables `task`, `account` and `contact`. A task can be changed, the rest is only read.
//!
//! Shapes: Learn, "Query data using the Web API", "Page results using OData", "Retrieve a row using the Web API", "Perform conditional
//! operations using the Web API", "Execute batch operations using the Web API", "Compose HTTP requests and handle errors", "Service
//! protection API limits", "Dataverse Web API client errors".

mod account;
mod batch;
mod error;
mod expand;
mod query;
mod row;
mod store;
mod table;
mod task;
mod write;

use std::sync::Arc;

use http::{Method, StatusCode};
use serde_json::Value;

use self::error::DataverseError;
use self::expand::Expand;
use self::row::Annotations;
use self::store::Store;
use self::table::Record;
use self::task::TaskRow;
use super::{BackEnd, World};
use crate::authority::Authority;
use crate::call::Call;
use crate::fault::FaultTable;
use crate::population::{Account, Contact};
use crate::reply::{self, Refusal, Reply, WithHeader};

const JSON: &str = "application/json; odata.metadata=minimal";

pub(super) struct Dataverse {
    store: Store,
    faults: Arc<FaultTable>,
    authority: Arc<Authority>,
}

/// What this organisation is called in a token.
const AUDIENCES: &[&str] = &[
    "https://contoso.crm4.dynamics.com",
    "https://contoso.crm4.dynamics.com/",
];

impl Dataverse {
    pub(super) fn new(world: &World) -> Self {
        Self {
            store: Store::new(Arc::clone(&world.population)),
            faults: Arc::clone(&world.faults),
            authority: Arc::clone(&world.authority),
        }
    }

    fn route(&self, call: &Call) -> Result<Reply, DataverseError> {
        if call.bearer().is_none() {
            return Err(DataverseError::Unauthorized);
        }
        let segments = call.segments();
        let path = below_version(&segments)?;
        match (&call.method, path) {
            (&Method::POST, ["$batch"]) => self.batch(call),
            (&Method::PATCH, _) => self.store.transaction(|changes| self.write(call, changes)),
            (&Method::GET, path) => self.read(call, path),
            _ => Err(DataverseError::method_not_allowed()),
        }
    }

    fn read(&self, call: &Call, path: &[&str]) -> Result<Reply, DataverseError> {
        let one = match path {
            [one] => one,
            [_, segment, ..] => return Err(DataverseError::no_such_segment(segment)),
            [] => return Err(DataverseError::no_such_segment("")),
        };
        match set_and_key(one) {
            ("tasks", None) => self.collection::<TaskRow>(call).map(|body| ok(call, &body)),
            ("tasks", Some(key)) => self.one::<TaskRow>(call, key),
            ("accounts", None) => self.collection::<Account>(call).map(|body| ok(call, &body)),
            ("accounts", Some(key)) => self.one::<Account>(call, key),
            ("contacts", None) => self.collection::<Contact>(call).map(|body| ok(call, &body)),
            ("contacts", Some(key)) => self.one::<Contact>(call, key),
            _ => Err(DataverseError::no_such_segment(one)),
        }
    }

    /// `GET /{entity set}({key})`; a matching `If-None-Match` is a 304.
    fn one<R: Record>(&self, call: &Call, key: &str) -> Result<Reply, DataverseError> {
        let record = self.find::<R>(key)?;
        let tag = record.entity_tag();
        if call
            .header("if-none-match")
            .is_some_and(|tags| tags == "*" || tags.split(',').any(|t| t.trim() == tag))
        {
            return Ok(reply::empty(StatusCode::NOT_MODIFIED).with("etag", tag));
        }
        self.representation(call, &record)
    }

    /// 200 with a row, as the query options of the call want it.
    fn representation<R: Record>(&self, call: &Call, record: &R) -> Result<Reply, DataverseError> {
        let columns = R::TABLE.selected(call.query("$select"))?;
        let expand = Expand::parse(R::TABLE, call.query("$expand"))?;
        let mut body = table::row(&self.store, record, &columns, &expand, Annotations::wanted(call));
        let context = format!(
            "{}#{}{}/$entity",
            row::metadata(call),
            R::TABLE.set,
            row::in_context(call.query("$select"), &columns, &expand)
        );
        body.insert("@odata.context".into(), context.into());
        Ok(ok(call, &body.into()).with("etag", record.entity_tag()))
    }

    fn find<R: Record>(&self, key: &str) -> Result<R, DataverseError> {
        let id = key.parse().map_err(|_| DataverseError::bad_key(R::TABLE, key))?;
        R::find(&self.store, id).ok_or_else(|| DataverseError::does_not_exist(R::TABLE, id))
    }

    fn finish(&self, call: &Call, reply: Reply) -> Reply {
        let id = call.request_id(self.store.population().seed()).to_string();
        let reply = reply
            .with("odata-version", "4.0")
            .with("cache-control", "no-cache")
            .with("x-ms-service-request-id", id)
            .with("x-ms-ratelimit-burst-remaining-xrm-requests", "5999")
            .with("x-ms-ratelimit-time-remaining-xrm-requests", "1,200.00");
        match call.header("x-ms-client-request-id") {
            Some(client) => reply.with("req_id", client),
            None => reply,
        }
    }
}

impl BackEnd for Dataverse {
    fn answer(&self, call: &Call) -> Reply {
        let reply = self.route(call).unwrap_or_else(|error| error.reply());
        self.finish(call, reply)
    }

    fn turn_away(&self, call: &Call) -> Option<Reply> {
        self.authority.refused(call.bearer()?, AUDIENCES)?;
        Some(self.finish(call, DataverseError::BadToken.reply()))
    }

    fn repeats(&self) -> bool {
        true
    }

    fn refuse(&self, call: &Call, refusal: Refusal) -> Reply {
        let reply = DataverseError::of_status(refusal.status).reply();
        self.finish(call, reply.with_retry_after(refusal.retry_after))
    }
}

/// What follows `/api/data/v9.2` in a path.
fn below_version<'a>(segments: &'a [&'a str]) -> Result<&'a [&'a str], DataverseError> {
    match segments {
        ["api", "data", version, path @ ..] if version.starts_with("v9.") => Ok(path),
        ["api", "data", version, ..] => Err(DataverseError::no_such_segment(version)),
        _ => Err(DataverseError::no_such_segment(
            segments.first().copied().unwrap_or_default(),
        )),
    }
}

/// `tasks(1)` is a set and a key in it, `tasks` a set.
fn set_and_key(segment: &str) -> (&str, Option<&str>) {
    match segment.strip_suffix(')').and_then(|segment| segment.split_once('(')) {
        Some((set, key)) => (set, Some(key)),
        None => (segment, None),
    }
}

fn ok(call: &Call, body: &Value) -> Reply {
    let reply = reply::json(StatusCode::OK, JSON, body);
    match Annotations::wanted(call) {
        Annotations::None => reply,
        Annotations::FormattedValues => reply.with(
            "preference-applied",
            "odata.include-annotations=\"OData.Community.Display.V1.FormattedValue\"",
        ),
        Annotations::All => reply.with("preference-applied", "odata.include-annotations=\"*\""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authority::Subject;
    use crate::call::tests::{get, get_with};
    use crate::population::{Population, Task};

    pub(super) fn dataverse() -> Dataverse {
        Dataverse::new(&crate::systems::tests::world())
    }

    pub(super) fn body(reply: &Reply) -> Value {
        serde_json::from_slice(reply.body()).expect("JSON")
    }

    /// The first task of the first employee with more than ten.
    pub(super) fn some_task() -> Task {
        let population = Population::new(1);
        (1..1_000)
            .map(|n| population.tasks(n))
            .find(|tasks| tasks.len() > 10)
            .expect("a busy employee")[0]
    }

    #[test]
    fn one_task_is_answered_by_its_id_with_its_entity_tag() {
        let task = some_task();
        let reply = dataverse().answer(&get(&format!(
            "/api/data/v9.2/tasks({})?$select=subject,statecode",
            task.id
        )));
        assert_eq!(reply.headers()["odata-version"], "4.0");
        assert_eq!(reply.headers()["etag"], format!("W/\"{}\"", task.version));
        insta::assert_json_snapshot!(body(&reply));
    }

    #[test]
    fn a_task_that_the_caller_has_is_a_304_without_a_body() {
        let task = some_task();
        let target = format!("/api/data/v9.2/tasks({})", task.id);
        let ask = |tag: &str| {
            dataverse().answer(&get_with(
                &target,
                &[("authorization", "Bearer x"), ("if-none-match", tag)],
            ))
        };
        let fresh = ask(&TaskRow::from(task).entity_tag());
        assert_eq!(fresh.status(), StatusCode::NOT_MODIFIED);
        assert!(fresh.body().is_empty());
        assert_eq!(ask("W/\"1\"").status(), StatusCode::OK);
    }

    #[test]
    fn what_does_not_exist_is_refused_with_dataverses_code() {
        for (target, status, code) in [
            (
                "/api/data/v9.2/tasks(00000000-0000-0000-0000-000000000001)",
                404,
                "0x80040217",
            ),
            ("/api/data/v9.2/tasks(seven)", 400, "0x80060888"),
            ("/api/data/v9.2/Tasks", 404, "0x8006088a"),
            (
                "/api/data/v9.2/tasks(00000000-0000-0000-0000-000000000001)/x",
                404,
                "0x8006088a",
            ),
            ("/api/data/v8.2/tasks", 404, "0x8006088a"),
            ("/api/data/v9.2/tasks?$select=shoesize", 400, "0x80060888"),
        ] {
            let reply = dataverse().answer(&get(target));
            assert_eq!(reply.status().as_u16(), status, "{target}");
            assert_eq!(body(&reply)["error"]["code"], code, "{target}");
        }
    }

    #[test]
    fn without_a_token_it_is_a_401_without_json() {
        let reply = dataverse().answer(&get_with("/api/data/v9.2/tasks", &[]));
        assert_eq!(reply.status(), StatusCode::UNAUTHORIZED);
        assert!(reply.headers().contains_key("www-authenticate"));
        assert!(!reply.headers()["content-type"].to_str().expect("text").contains("json"));
    }

    #[test]
    fn a_token_of_entra_id_must_be_for_this_organisation() {
        let dataverse = dataverse();
        let ask = |audience: &str| {
            let token = dataverse
                .authority
                .issue("http://login", audience, Subject::Application);
            let token = format!("Bearer {token}");
            dataverse.turn_away(&get_with("/api/data/v9.2/tasks", &[("authorization", &token)]))
        };
        assert!(ask(AUDIENCES[0]).is_none());
        let refused = ask("https://graph.microsoft.com").expect("a refusal");
        assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
        let challenge = refused.headers()["www-authenticate"].to_str().expect("text");
        assert!(challenge.contains("error=invalid_token"), "{challenge}");
    }

    #[test]
    fn a_throttled_call_names_the_service_protection_limit() {
        let refusal = Refusal {
            status: StatusCode::TOO_MANY_REQUESTS,
            retry_after: Some(30),
        };
        let reply = dataverse().refuse(&get("/api/data/v9.2/tasks"), refusal);
        assert_eq!(reply.headers()["retry-after"], "30");
        insta::assert_json_snapshot!(body(&reply));
    }
}
