//! The people directory: GraphQL by GET and POST, with automatic persisted queries.
//!
//! GraphQL over HTTP (the specification's draft of 2025), Apollo's "Automatic Persisted Queries" (version 1: a SHA-256 in place of the
//! query; `PersistedQueryNotFound` asks for both), the GraphQL Cursor Connections specification; statuses and codes of errors as Apollo
//! Server 4 has them ("Error handling").

mod schema;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_graphql::{Request, Response, Value as GraphValue, http::parse_query_string};
use futures::executor::block_on;
use http::{Method, StatusCode};
use ring::digest::{SHA256, digest};
use serde_json::{Value, json};

use self::schema::{Schema, schema};
use super::{BackEnd, World};
use crate::call::Call;
use crate::hex::hex;
use crate::reply::{self, Refusal, Reply, WithHeader};

const JSON: &str = "application/json; charset=utf-8";
const GRAPHQL_JSON: &str = "application/graphql-response+json; charset=utf-8";

pub(super) struct Directory {
    schema: Schema,
    /// Queries by their SHA-256.
    persisted: Mutex<HashMap<String, String>>,
}

/// A request that is not carried out.
struct Refused {
    status: StatusCode,
    code: &'static str,
    message: String,
}

impl Directory {
    pub(super) fn new(world: &World) -> Self {
        Self {
            schema: schema(Arc::clone(&world.population)),
            persisted: Mutex::default(),
        }
    }

    fn route(&self, call: &Call) -> Result<Reply, Refused> {
        if call.path != "/graphql" {
            return Err(Refused::new(
                StatusCode::NOT_FOUND,
                "NOT_FOUND",
                "There is nothing here.",
            ));
        }
        if call.bearer().is_none() {
            let message = "You must send a token.";
            return Err(Refused::new(StatusCode::UNAUTHORIZED, "UNAUTHENTICATED", message));
        }
        let request = self.persisted(request(call)?)?;
        let response = block_on(self.schema.execute(request));
        Ok(answer(call, &response))
    }

    /// The request with its query: the one that was sent, or the one that was sent before under the same hash.
    fn persisted(&self, mut request: Request) -> Result<Request, Refused> {
        let Some(hash) = hash(&request) else {
            let message = "GraphQL operations must contain a non-empty `query` or a `persistedQuery` extension.";
            return if request.query.is_empty() {
                Err(Refused::bad(message))
            } else {
                Ok(request)
            };
        };
        let mut persisted = self.persisted.lock().unwrap_or_else(PoisonError::into_inner);
        if request.query.is_empty() {
            let found = persisted.get(&hash).cloned();
            request.query = found
                .ok_or_else(|| Refused::new(StatusCode::OK, "PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound"))?;
        } else if hex(digest(&SHA256, request.query.as_bytes()).as_ref()) == hash {
            persisted.insert(hash, request.query.clone());
        } else {
            return Err(Refused::bad("provided sha does not match query"));
        }
        Ok(request)
    }
}

impl BackEnd for Directory {
    fn answer(&self, call: &Call) -> Reply {
        self.route(call).unwrap_or_else(|refused| refused.reply())
    }

    fn refuse(&self, _call: &Call, refusal: Refusal) -> Reply {
        let (code, message) = match refusal.status.as_u16() {
            401 => ("UNAUTHENTICATED", "The token does not hold."),
            403 => ("FORBIDDEN", "You may not ask this."),
            429 => ("RATE_LIMITED", "Too many requests. Try again later."),
            503 => (
                "SERVICE_UNAVAILABLE",
                "The directory is not available. Try again later.",
            ),
            _ => ("INTERNAL_SERVER_ERROR", "Internal server error"),
        };
        Refused::new(refusal.status, code, message)
            .reply()
            .with_retry_after(refusal.retry_after)
    }
}

fn request(call: &Call) -> Result<Request, Refused> {
    match call.method {
        Method::GET => parse_query_string(&call.raw_query)
            .map_err(|error| Refused::bad(&format!("The query string is not a GraphQL request: {error}"))),
        Method::POST => {
            let media = call.header("content-type").unwrap_or_default();
            if !media.to_ascii_lowercase().starts_with("application/json") {
                let message = "POST bodies must be application/json.";
                return Err(Refused::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "BAD_REQUEST", message));
            }
            serde_json::from_slice(&call.body)
                .map_err(|error| Refused::bad(&format!("The body is not a GraphQL request: {error}")))
        }
        _ => {
            let message = "GraphQL only supports GET and POST requests.";
            Err(Refused::new(StatusCode::METHOD_NOT_ALLOWED, "BAD_REQUEST", message))
        }
    }
}

/// The hash of `extensions: {persistedQuery: {version: 1, sha256Hash}}`.
fn hash(request: &Request) -> Option<String> {
    let GraphValue::Object(persisted) = request.extensions.get("persistedQuery")? else {
        return None;
    };
    match persisted.get("sha256Hash")? {
        GraphValue::String(hash) => Some(hash.clone()),
        _ => None,
    }
}

/// 200 with what there is; 400 where the request itself made no sense, so that there is no data at all.
fn answer(call: &Call, response: &Response) -> Reply {
    // What a field of the schema refuses has a code of its own.
    let nonsense = response.data == GraphValue::Null && response.errors.iter().any(|error| error.extensions.is_none());
    let status = if nonsense {
        StatusCode::BAD_REQUEST
    } else {
        StatusCode::OK
    };
    let wanted = call.header("accept").unwrap_or_default();
    let media = if wanted.contains("application/graphql-response+json") {
        GRAPHQL_JSON
    } else {
        JSON
    };
    let body = if nonsense {
        json!({"errors": response.errors.iter().map(of_request).collect::<Vec<_>>()})
    } else {
        json!(response)
    };
    let reply = reply::json(status, media, &body);
    if call.method == Method::GET && response.errors.is_empty() {
        reply.with("cache-control", "max-age=60, private")
    } else {
        reply.with("cache-control", "no-store")
    }
}

/// An error of parsing or validation, with the code that Apollo gives it.
fn of_request(error: &async_graphql::ServerError) -> Value {
    let mut error = json!(error);
    error["extensions"]["code"] = "GRAPHQL_VALIDATION_FAILED".into();
    error
}

impl Refused {
    fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
        }
    }

    fn bad(message: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BAD_REQUEST", message)
    }

    fn reply(&self) -> Reply {
        let body = json!({"errors": [{"message": self.message, "extensions": {"code": self.code}}]});
        reply::json(self.status, JSON, &body).with("cache-control", "no-store")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::encoded;
    use crate::call::tests::{get, send};
    use crate::population::Population;
    use crate::systems::tests::world;

    fn body(reply: &Reply) -> Value {
        serde_json::from_slice(reply.body()).expect("JSON")
    }

    fn post(directory: &Directory, request: &Value) -> Reply {
        let headers = [("authorization", "Bearer x"), ("content-type", "application/json")];
        directory.answer(&send("POST", "/graphql", &headers, request.to_string()))
    }

    fn ask(query: &str, variables: &Value) -> Value {
        let reply = post(
            &Directory::new(&world()),
            &json!({"query": query, "variables": variables}),
        );
        assert_eq!(reply.status(), StatusCode::OK, "{:?}", reply.body());
        body(&reply)
    }

    #[test]
    fn a_person_comes_with_manager_and_office() {
        let query = "query ($id: ID!) { person(id: $id) { employeeId displayName office { city country } manager { employeeId } } }";
        let answer = ask(query, &json!({"id": "E000042"}));
        insta::assert_json_snapshot!(answer);
        let id = Population::new(1).employee(42).expect("employee 42").id.to_string();
        assert_eq!(ask(query, &json!({ "id": id })), answer);
        assert_eq!(ask(query, &json!({"id": "E999999"})), json!({"data": {"person": null}}));
    }

    #[test]
    fn what_one_may_not_see_is_null_and_an_error_beside_the_rest() {
        let query = "{ people(ids: [\"E000042\", \"E099999\", \"E999999\"]) { employeeId salary } }";
        insta::assert_json_snapshot!(ask(query, &json!({})));
    }

    #[test]
    fn aliases_look_up_several_in_one_request() {
        let answer = ask(
            "query ($a: ID!, $b: ID!) { a: person(id: $a) { employeeId } b: person(id: $b) { employeeId } }",
            &json!({"a": "E000007", "b": "E000003"}),
        );
        assert_eq!(
            answer["data"],
            json!({"a": {"employeeId": "E000007"}, "b": {"employeeId": "E000003"}})
        );
    }

    #[test]
    fn walking_a_connection_meets_everybody_once() {
        let query = "query ($after: String) { search(text: \"José Mu\", first: 40, after: $after) { totalCount \
                     edges { node { displayName employeeId } } pageInfo { hasNextPage endCursor } } }";
        let directory = Directory::new(&world());
        let (mut after, mut walked) = (Value::Null, Vec::new());
        let total = loop {
            let request = json!({"query": query, "variables": {"after": after}});
            let page = body(&post(&directory, &request))["data"]["search"].clone();
            let edges = page["edges"].as_array().expect("edges");
            walked.extend(edges.iter().map(|edge| edge["node"]["employeeId"].to_string()));
            if page["pageInfo"]["hasNextPage"] == false {
                break page["totalCount"].clone();
            }
            after = page["pageInfo"]["endCursor"].clone();
        };
        assert!(walked.is_sorted() && walked.len() > 40);
        assert_eq!(total, walked.len());
    }

    #[test]
    fn reports_are_those_whose_manager_it_is() {
        let query = "{ person(id: \"E000042\") { reports(first: 100) { totalCount nodes { employeeId manager { employeeId } } } } }";
        let reports = ask(query, &json!({}))["data"]["person"]["reports"].clone();
        assert_eq!(reports["totalCount"], 8);
        let nodes = reports["nodes"].as_array().expect("nodes");
        assert!(
            nodes.iter().all(|node| node["manager"]["employeeId"] == "E000042"),
            "{reports}"
        );
    }

    #[test]
    fn a_query_is_persisted_under_its_hash_and_then_asked_for_by_get() {
        let directory = Directory::new(&world());
        let query = "query ($id: ID!) { person(id: $id) { employeeId } }";
        let hash = hex(digest(&SHA256, query.as_bytes()).as_ref());
        let extensions = json!({"persistedQuery": {"version": 1, "sha256Hash": hash}});
        let variables = json!({"id": "E000042"});
        let target = |query: &str| {
            format!(
                "/graphql?{query}variables={}&extensions={}",
                encoded(&variables.to_string()),
                encoded(&extensions.to_string())
            )
        };
        let unknown = directory.answer(&get(&target("")));
        assert_eq!(unknown.status(), StatusCode::OK);
        insta::assert_json_snapshot!(body(&unknown));
        let with_query = directory.answer(&get(&target(&format!("query={}&", encoded(query)))));
        assert_eq!(body(&with_query)["data"]["person"]["employeeId"], "E000042");
        let by_hash = directory.answer(&get(&target("")));
        assert_eq!(by_hash.body(), with_query.body());
        assert_eq!(by_hash.headers()["cache-control"], "max-age=60, private");
        let wrong = json!({"query": "{ __typename }", "extensions": extensions});
        assert_eq!(post(&directory, &wrong).status(), StatusCode::BAD_REQUEST);
    }

    #[test]
    fn a_request_that_makes_no_sense_is_a_400_without_data() {
        let directory = Directory::new(&world());
        for request in [
            json!({}),
            json!({"query": "{ person"}),
            json!({"query": "{ person(id: \"E000042\") { shoeSize } }"}),
            json!({"query": "query ($id: ID!) { person(id: $id) { id } }"}),
            json!({"query": "{ person(id: 1) { manager { manager { manager { manager { manager { manager { manager { manager { manager { \
                    id } } } } } } } } } } }"}),
            json!({"query": "{ search(text: \"\", first: 100) { nodes { reports(first: 100) { nodes { id } } } } }"}),
        ] {
            let reply = post(&directory, &request);
            assert_eq!(reply.status(), StatusCode::BAD_REQUEST, "{request}");
            assert!(body(&reply)["errors"][0]["message"].is_string(), "{request}");
            assert!(body(&reply).get("data").is_none(), "{request}");
        }
        let many = json!({"query": "query ($ids: [ID!]!) { people(ids: $ids) { id } }", "variables": {"ids": vec!["E000001"; 101]}});
        let reply = body(&post(&directory, &many));
        assert_eq!(reply["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
    }

    #[test]
    fn without_a_token_or_elsewhere_there_is_an_error_of_the_same_shape() {
        let directory = Directory::new(&world());
        let nobody = directory.answer(&send("POST", "/graphql", &[("content-type", "application/json")], "{}"));
        assert_eq!(
            (
                nobody.status().as_u16(),
                &body(&nobody)["errors"][0]["extensions"]["code"]
            ),
            (401, &json!("UNAUTHENTICATED"))
        );
        assert_eq!(directory.answer(&get("/rest")).status(), StatusCode::NOT_FOUND);
        let refusal = Refusal {
            status: StatusCode::TOO_MANY_REQUESTS,
            retry_after: Some(3),
        };
        let throttled = directory.refuse(&get("/graphql"), refusal);
        assert_eq!(throttled.headers()["retry-after"], "3");
        assert_eq!(body(&throttled)["errors"][0]["extensions"]["code"], "RATE_LIMITED");
    }
}
