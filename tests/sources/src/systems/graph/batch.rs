//! `POST /$batch`: up to 20 requests in one JSON body, each answered with a status of its own.
//!
//! Learn, "Combine multiple HTTP requests using JSON batching": answers may come in another order than the requests, a body that is not
//! JSON comes in base64, and what depends on a failed request is a 424. Here the answers come in the reverse order.

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, Request, StatusCode};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::Graph;
use super::error::GraphError;
use crate::call::Call;
use crate::reply::{Reply, WithHeader};
use crate::system::System;

const MOST: usize = 20;

#[derive(Deserialize)]
struct Batch {
    requests: Vec<Inner>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Inner {
    id: String,
    method: String,
    url: String,
    #[serde(default)]
    headers: HashMap<String, String>,
    #[serde(default)]
    body: Value,
    #[serde(default)]
    depends_on: Vec<String>,
}

impl Graph {
    pub(super) fn batch(&self, call: &Call) -> Result<Value, GraphError> {
        let batch: Batch =
            serde_json::from_slice(&call.body).map_err(|_| GraphError::bad_request("Invalid batch payload format."))?;
        check(&batch.requests)?;
        let mut statuses: HashMap<String, StatusCode> = HashMap::new();
        let mut responses = Vec::new();
        for inner in &batch.requests {
            let failed = inner.depends_on.iter().find(|id| {
                statuses
                    .get(&id.to_lowercase())
                    .is_none_or(|status| !status.is_success())
            });
            let reply = match failed {
                Some(id) => GraphError::failed_dependency(id).reply(self.request_ids(call)),
                None => self.inner(call, inner)?,
            };
            statuses.insert(inner.id.to_lowercase(), reply.status());
            responses.push(response(&inner.id, &reply));
        }
        responses.reverse();
        Ok(json!({ "responses": responses }))
    }

    /// The answer to one request of a batch; a fault on its route is its own.
    fn inner(&self, outer: &Call, inner: &Inner) -> Result<Reply, GraphError> {
        let path = inner.url.trim_start_matches('/').replace(' ', "%20");
        let mut request = Request::builder()
            .method(inner.method.to_uppercase().as_str())
            .uri(format!("/v1.0/{path}"));
        for name in ["authorization", "host"] {
            if let Some(value) = outer.header(name) {
                request = request.header(name, value);
            }
        }
        for (name, value) in inner
            .headers
            .iter()
            .filter(|(name, _)| !name.eq_ignore_ascii_case("host"))
        {
            request = request.header(name, value);
        }
        let bad = |_| GraphError::bad_request(format!("Invalid request '{}' in the batch.", inner.id));
        let parts = request.body(()).map_err(bad)?.into_parts().0;
        let body = if inner.body.is_null() {
            String::new()
        } else {
            inner.body.to_string()
        };
        let call = Call::new(parts, body.into());
        let refusal = self.faults.refusal(System::Graph, &call.method, &call.path);
        Ok(match refusal {
            Some(refusal) => GraphError::of_status(refusal.status)
                .reply(self.request_ids(&call))
                .with_retry_after(refusal.retry_after),
            None if call.path.ends_with("/$batch") => {
                GraphError::bad_request("A batch can't contain a batch.").reply(self.request_ids(&call))
            }
            None => self
                .route(&call)
                .unwrap_or_else(|error| error.reply(self.request_ids(&call))),
        })
    }
}

fn check(requests: &[Inner]) -> Result<(), GraphError> {
    if requests.len() > MOST {
        let message = format!("Number of batch request steps exceeds the maximum value of {MOST}.");
        return Err(GraphError::bad_request(message));
    }
    let mut seen: Vec<String> = Vec::new();
    for request in requests {
        let id = request.id.to_lowercase();
        if seen.contains(&id) {
            let message = format!(
                "Request Id has to be unique in a batch. Duplicate id: '{}'.",
                request.id
            );
            return Err(GraphError::bad_request(message));
        }
        if let Some(other) = request
            .depends_on
            .iter()
            .find(|other| !seen.contains(&other.to_lowercase()))
        {
            let message = format!(
                "The id '{other}' in dependsOn of request '{}' is not of an earlier request.",
                request.id
            );
            return Err(GraphError::bad_request(message));
        }
        seen.push(id);
    }
    Ok(())
}

fn response(id: &str, reply: &Reply) -> Value {
    let body = match serde_json::from_slice::<Value>(reply.body()) {
        Ok(body) => body,
        Err(_) => STANDARD.encode(reply.body()).into(),
    };
    json!({"id": id, "status": reply.status().as_u16(), "headers": headers(reply.headers()), "body": body})
}

/// As Graph writes them here: `Content-Type`.
fn headers(headers: &HeaderMap) -> Map<String, Value> {
    let title = |name: &str| {
        let word = |word: &str| word[..1].to_uppercase() + &word[1..];
        name.split('-')
            .filter(|word| !word.is_empty())
            .map(word)
            .collect::<Vec<_>>()
            .join("-")
    };
    let header = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        (title(name.as_str()), value.into())
    };
    headers.iter().map(header).collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{body, graph};
    use super::*;
    use crate::call::tests::send;
    use crate::fault::Fault;
    use crate::population::Population;
    use crate::systems::BackEnd;

    fn post(graph: &Graph, batch: &Value) -> Value {
        let headers = [("authorization", "Bearer x"), ("content-type", "application/json")];
        body(&graph.answer(&send("POST", "/v1.0/$batch", &headers, batch.to_string())))
    }

    fn of<'a>(answer: &'a Value, id: &str) -> &'a Value {
        let responses = answer["responses"].as_array().unwrap_or_else(|| panic!("{answer}"));
        responses
            .iter()
            .find(|one| one["id"] == id)
            .expect("a response of the id")
    }

    #[test]
    fn each_request_is_answered_under_its_id_in_any_order() {
        let answer = post(
            &graph(),
            &json!({"requests": [
                {"id": "a", "method": "GET", "url": "/users/e000042@contoso.example?$select=employeeId"},
                {"id": "b", "method": "GET", "url": "users?$filter=employeeId eq 'E000007'&$select=employeeId"},
                {"id": "c", "method": "GET", "url": "/users/nobody@contoso.example"},
            ]}),
        );
        assert_eq!(answer["responses"][0]["id"], "c");
        assert_eq!(of(&answer, "a")["body"]["employeeId"], "E000042");
        assert_eq!(of(&answer, "b")["body"]["value"][0]["employeeId"], "E000007");
        insta::assert_json_snapshot!(of(&answer, "c"));
    }

    #[test]
    fn a_photo_comes_in_base64() {
        let somebody = Population::new(1).employees().find(|e| e.has_photo).expect("a photo");
        let url = format!("/users/{}/photo/$value", somebody.id);
        let answer = post(
            &graph(),
            &json!({"requests": [{"id": "1", "method": "GET", "url": url}]}),
        );
        let photo = of(&answer, "1");
        assert_eq!(photo["headers"]["Content-Type"], "image/png");
        let bytes = STANDARD.decode(photo["body"].as_str().expect("text")).expect("base64");
        assert!(bytes.starts_with(b"\x89PNG"));
    }

    #[test]
    fn what_depends_on_a_failure_is_not_done() {
        let answer = post(
            &graph(),
            &json!({"requests": [
                {"id": "1", "method": "GET", "url": "/users/nobody@contoso.example"},
                {"id": "2", "method": "GET", "url": "/users?$top=1", "dependsOn": ["1"]},
                {"id": "3", "method": "GET", "url": "/users?$top=1"},
            ]}),
        );
        assert_eq!(
            [1, 2, 3].map(|id| of(&answer, &id.to_string())["status"].as_u64()),
            [Some(404), Some(424), Some(200)]
        );
    }

    #[test]
    fn one_request_may_be_throttled_in_a_batch_that_is_not() {
        let graph = graph();
        graph
            .faults
            .set(System::Graph, "/v1.0/users/*", Fault::status_retry_after(429, 9));
        let answer = post(
            &graph,
            &json!({"requests": [
                {"id": "1", "method": "GET", "url": "/users/e000042@contoso.example"},
                {"id": "2", "method": "GET", "url": "/users?$top=1"},
            ]}),
        );
        assert_eq!(
            (of(&answer, "1")["status"].as_u64(), of(&answer, "2")["status"].as_u64()),
            (Some(429), Some(200))
        );
        assert_eq!(of(&answer, "1")["headers"]["Retry-After"], "9");
    }

    #[test]
    fn a_batch_that_is_none_is_a_400() {
        let one = |id: &str| json!({"id": id, "method": "GET", "url": "/users?$top=1"});
        let many: Vec<Value> = (0..21).map(|id| one(&id.to_string())).collect();
        for batch in [
            json!({}),
            json!({"requests": [{"id": 1}]}),
            json!({"requests": [one("a"), one("A")]}),
            json!({"requests": many}),
            json!({"requests": [{"id": "1", "method": "GET", "url": "/me", "dependsOn": ["2"]}, one("2")]}),
        ] {
            assert_eq!(post(&graph(), &batch)["error"]["code"], "BadRequest", "{batch}");
        }
    }
}
