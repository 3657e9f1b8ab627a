//! Microsoft Graph v1.0: users, and of each one or of the signed-in one (`/me`) the manager, the photo and the calendar view; batches.
//!
//! Shapes: Learn, "List users", "Get a user", "List manager", "Get profilePhoto", "List calendarView", "Paging Microsoft Graph data
//! in your app", "Advanced query capabilities on Microsoft Entra ID objects", "Combine multiple HTTP requests using JSON batching".

mod batch;
mod calendar;
mod error;
mod photo;
mod select;
mod user;
mod users;

use std::sync::Arc;

use http::{Method, StatusCode};

use self::error::GraphError;
use super::{BackEnd, World};
use crate::authority::Authority;
use crate::bearer;
use crate::call::Call;
use crate::fault::FaultTable;
use crate::population::{Employee, Population};
use crate::reply::{self, Refusal, Reply, WithHeader};

const JSON: &str = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8";

pub(super) struct Graph {
    population: Arc<Population>,
    faults: Arc<FaultTable>,
    authority: Arc<Authority>,
}

/// What Graph is called in a token.
const AUDIENCES: &[&str] = &[
    "https://graph.microsoft.com",
    "https://graph.microsoft.com/",
    "00000003-0000-0000-c000-000000000000",
];

impl Graph {
    pub(super) fn new(world: &World) -> Self {
        Self {
            population: Arc::clone(&world.population),
            faults: Arc::clone(&world.faults),
            authority: Arc::clone(&world.authority),
        }
    }

    fn route(&self, call: &Call) -> Result<Reply, GraphError> {
        if call.bearer().is_none() {
            return Err(GraphError::no_token());
        }
        let segments = call.segments();
        let ["v1.0", path @ ..] = segments.as_slice() else {
            return Err(GraphError::no_such_version(
                segments.first().copied().unwrap_or_default(),
            ));
        };
        match (&call.method, path) {
            (&Method::POST, ["$batch"]) => Ok(reply::json(StatusCode::OK, JSON, &self.batch(call)?)),
            (&Method::GET, ["users"]) => Ok(reply::json(StatusCode::OK, JSON, &self.users(call)?)),
            (&Method::GET, ["users", user, rest @ ..]) => self.of_user(call, self.find(user)?, rest),
            (&Method::GET, ["me", rest @ ..]) => self.of_user(call, self.signed_in(call)?, rest),
            (_, ["users" | "me" | "$batch", ..]) => Err(GraphError::method_not_allowed()),
            (_, [segment, ..]) => Err(GraphError::no_such_segment(segment)),
            (_, []) => Err(GraphError::no_such_segment("")),
        }
    }

    /// What is below `/users/{id}` and `/me`.
    fn of_user(&self, call: &Call, user: Employee, path: &[&str]) -> Result<Reply, GraphError> {
        let body = match path {
            [] => self.user(call, user)?,
            ["manager"] => self.manager(call, user)?,
            ["photo", "$value"] => return photo::photo(&user),
            ["calendarView"] => self.calendar_view(call, user)?,
            [segment, ..] => return Err(GraphError::no_such_segment(segment)),
        };
        Ok(reply::json(StatusCode::OK, JSON, &body))
    }

    /// The user that the token speaks for; a service principal's speaks for nobody.
    fn signed_in(&self, call: &Call) -> Result<Employee, GraphError> {
        let employee = call
            .bearer()
            .and_then(|token| bearer::employee(&self.population, token));
        employee.ok_or_else(GraphError::not_delegated)
    }

    /// The user of an object id or user principal name.
    fn find(&self, key: &str) -> Result<Employee, GraphError> {
        let found = match key.parse() {
            Ok(id) => self.population.by_guid(id),
            Err(_) => self.population.by_upn(key),
        };
        found.ok_or_else(|| GraphError::resource_not_found(key))
    }

    fn request_ids(&self, call: &Call) -> (String, String) {
        let request = call.request_id(self.population.seed()).to_string();
        let client = call
            .header("client-request-id")
            .map_or_else(|| request.clone(), str::to_owned);
        (request, client)
    }

    /// Headers that every answer of Graph carries.
    fn finish(&self, call: &Call, reply: Reply) -> Reply {
        let (request, client) = self.request_ids(call);
        let echo = call
            .header("return-client-request-id")
            .is_none_or(|v| v.eq_ignore_ascii_case("true"));
        let reply = reply
            .with("request-id", request)
            .with("cache-control", "no-cache")
            .with("vary", "Accept-Encoding")
            .with("strict-transport-security", "max-age=31536000");
        let reply = if echo {
            reply.with("client-request-id", client)
        } else {
            reply
        };
        if reply.status().is_success() {
            reply.with("odata-version", "4.0")
        } else {
            reply
        }
    }
}

impl BackEnd for Graph {
    fn answer(&self, call: &Call) -> Reply {
        let reply = self
            .route(call)
            .unwrap_or_else(|error| error.reply(self.request_ids(call)));
        self.finish(call, reply)
    }

    fn turn_away(&self, call: &Call) -> Option<Reply> {
        let why = self.authority.refused(call.bearer()?, AUDIENCES)?;
        Some(self.finish(call, GraphError::bad_token(&why).reply(self.request_ids(call))))
    }

    fn repeats(&self) -> bool {
        true
    }

    fn refuse(&self, call: &Call, refusal: Refusal) -> Reply {
        let reply = GraphError::of_status(refusal.status).reply(self.request_ids(call));
        self.finish(call, reply.with_retry_after(refusal.retry_after))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::authority::Subject;
    use crate::call::tests::{get, get_with};
    use crate::systems::tests::world;

    pub(super) fn graph() -> Graph {
        Graph::new(&world())
    }

    pub(super) fn body(reply: &Reply) -> Value {
        serde_json::from_slice(reply.body()).expect("JSON")
    }

    #[test]
    fn the_callers_request_id_comes_back() {
        let call = get_with(
            "/v1.0/users?$top=1",
            &[("authorization", "Bearer x"), ("client-request-id", "mine")],
        );
        let reply = graph().answer(&call);
        assert_eq!(reply.headers()["client-request-id"], "mine");
        assert_eq!(reply.headers()["odata-version"], "4.0");
    }

    #[test]
    fn without_a_token_it_is_a_401_that_says_how_to_get_one() {
        let reply = graph().answer(&get_with("/v1.0/users", &[]));
        assert_eq!(reply.status(), StatusCode::UNAUTHORIZED);
        assert!(
            reply.headers()["www-authenticate"]
                .to_str()
                .expect("text")
                .starts_with("Bearer realm=")
        );
        insta::assert_json_snapshot!(body(&reply));
    }

    #[test]
    fn a_token_of_entra_id_must_hold_and_be_for_graph() {
        let graph = graph();
        let ask = |audience: &str, revoked: bool| {
            let token = graph.authority.issue("http://login", audience, Subject::Application);
            if revoked {
                graph.authority.revoke_all();
            }
            let token = format!("Bearer {token}");
            graph.turn_away(&get_with("/v1.0/users", &[("authorization", &token)]))
        };
        assert!(ask(AUDIENCES[0], false).is_none());
        for refused in [ask(AUDIENCES[0], true), ask("https://example.com", false)] {
            let refused = refused.expect("a refusal");
            assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
            assert_eq!(body(&refused)["error"]["code"], "InvalidAuthenticationToken");
            let challenge = refused.headers()["www-authenticate"].to_str().expect("text");
            assert!(challenge.contains("error=\"invalid_token\""), "{challenge}");
        }
    }

    #[test]
    fn me_is_whom_the_token_speaks_for() {
        let graph = graph();
        let somebody = graph.population.employee(42).expect("employee 42");
        let token = format!("Bearer {}", bearer::token_for(&somebody));
        for below in [
            "",
            "/manager",
            "/calendarView?startDateTime=2026-03-02&endDateTime=2026-03-09",
        ] {
            let me = graph.answer(&get_with(&format!("/v1.0/me{below}"), &[("authorization", &token)]));
            let user = graph.answer(&get(&format!("/v1.0/users/{}{below}", somebody.id)));
            assert_eq!(me.status(), StatusCode::OK, "{below}");
            assert_eq!(body(&me)["id"], body(&user)["id"], "{below}");
            assert_eq!(body(&me)["value"], body(&user)["value"], "{below}");
        }
        let nobody = graph.answer(&get("/v1.0/me"));
        assert_eq!(nobody.status(), StatusCode::BAD_REQUEST);
        insta::assert_json_snapshot!(body(&nobody));
    }

    #[test]
    fn an_unknown_path_method_or_version_is_refused() {
        let code = |target: &str| body(&graph().answer(&get(target)))["error"]["code"].clone();
        assert_eq!(code("/v1.0/planets"), "BadRequest");
        assert_eq!(code("/v1.0/users/e000042@contoso.example/horoscope"), "BadRequest");
        assert_eq!(code("/v3.0/users"), "BadRequest");
        let mut call = get("/v1.0/users");
        call.method = Method::DELETE;
        assert_eq!(graph().answer(&call).status(), StatusCode::METHOD_NOT_ALLOWED);
    }

    #[test]
    fn a_refusal_has_graphs_own_shape() {
        let refusal = Refusal {
            status: StatusCode::TOO_MANY_REQUESTS,
            retry_after: Some(7),
        };
        let reply = graph().refuse(&get("/v1.0/users"), refusal);
        assert_eq!(reply.headers()["retry-after"], "7");
        insta::assert_json_snapshot!(body(&reply));
    }
}
