//! Power Automate: a cloud flow that sends a push notification to somebody's phone, started by an HTTP request.
//!
//! Shapes: Learn, "Call, trigger, or nest workflows with Request triggers" (Azure Logic Apps, on which Power Automate runs), "Handle errors
//! and exceptions"; headers and error bodies from recorded traffic in public repositories. The platform starts a run for each request that
//! it accepts. This flow looks up the client tracking id as its first step, so that what is sent twice is notified once.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::{Method, StatusCode};
use serde::Serialize;
use serde_json::{Value, json};

use super::{BackEnd, World};
use crate::call::Call;
use crate::population::{Guid, Kind, Population};
use crate::reply::{self, Refusal, Reply, WithHeader};

const JSON: &str = "application/json; charset=utf-8";
/// The flow's id.
pub const NOTIFY_FLOW: &str = "9f1c7a3e5b2d4860a1c3e5f708192a3b";
const API_VERSION: &str = "2016-06-01";

/// The flow's whole URL below its host, with the signature that lets in whoever has it (a shared access signature).
pub const NOTIFY_PATH: &str = "/workflows/9f1c7a3e5b2d4860a1c3e5f708192a3b/triggers/manual/paths/invoke?api-version=2016-06-01\
                               &sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=emulated-Signature_of-the-flow";
/// The signature in [`NOTIFY_PATH`].
pub const NOTIFY_SIGNATURE: &str = "emulated-Signature_of-the-flow";

/// A notification that reached somebody's phone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Notification {
    /// Mail address of whoever gets it.
    pub recipient: String,
    /// What it says.
    pub text: String,
    /// Where a tap on it leads.
    pub link: Option<String>,
}

/// What the flow has done.
#[derive(Debug, Default)]
pub(crate) struct Flow {
    done: Mutex<Done>,
}

#[derive(Debug, Default)]
struct Done {
    runs: u32,
    tracking_ids: HashSet<String>,
    notifications: Vec<Notification>,
}

impl Flow {
    /// All notifications, the oldest first.
    pub(crate) fn notifications(&self) -> Vec<Notification> {
        self.lock().notifications.clone()
    }

    fn lock(&self) -> MutexGuard<'_, Done> {
        self.done.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(super) struct PowerAutomate {
    population: Arc<Population>,
    flow: Arc<Flow>,
}

struct FlowError {
    status: StatusCode,
    code: &'static str,
    message: String,
}

impl PowerAutomate {
    pub(super) fn new(world: &World) -> Self {
        Self {
            population: Arc::clone(&world.population),
            flow: Arc::clone(&world.flow),
        }
    }

    /// 202 with the ids of the run.
    fn route(&self, call: &Call) -> Result<Reply, FlowError> {
        let segments = call.segments();
        let ["workflows", flow, "triggers", trigger, "paths", "invoke"] = segments.as_slice() else {
            return Err(FlowError::not_found(&call.path));
        };
        if *flow != NOTIFY_FLOW {
            return Err(FlowError::no_flow(flow));
        }
        if *trigger != "manual" {
            return Err(FlowError::no_trigger(trigger));
        }
        match call.query("api-version") {
            None => return Err(FlowError::missing_version()),
            Some(API_VERSION) => {}
            Some(other) => return Err(FlowError::bad_version(other)),
        }
        if call.query("sig") != Some(NOTIFY_SIGNATURE) || call.query("sp") != Some("/triggers/manual/run") {
            return Err(FlowError::not_signed());
        }
        if call.method != Method::POST {
            return Err(FlowError::wrong_method(&call.method));
        }
        let notification = notification(call)?;
        let mut done = self.flow.lock();
        done.runs += 1;
        let run = run_id(self.population.seed(), done.runs);
        let tracking = match call.header("x-ms-client-tracking-id") {
            Some(id) => id.to_owned(),
            None => run.clone(),
        };
        if done.tracking_ids.insert(tracking.clone()) {
            done.notifications.push(notification);
        }
        Ok(reply::empty(StatusCode::ACCEPTED)
            .with("x-ms-workflow-run-id", &run)
            .with("x-ms-trigger-history-name", &run)
            .with("x-ms-workflow-id", NOTIFY_FLOW)
            .with("x-ms-workflow-version", "08584591276541234567")
            .with("x-ms-workflow-name", NOTIFY_FLOW)
            .with("x-ms-execution-location", "westeurope")
            .with("x-ms-client-tracking-id", tracking))
    }

    fn finish(&self, call: &Call, reply: Reply) -> Reply {
        let id = call.request_id(self.population.seed()).to_string();
        reply
            .with("cache-control", "no-cache")
            .with("pragma", "no-cache")
            .with("x-ms-request-id", format!("westeurope:{id}"))
            .with("x-ms-tracking-id", &id)
            .with("x-ms-correlation-id", &id)
    }
}

impl BackEnd for PowerAutomate {
    fn answer(&self, call: &Call) -> Reply {
        let reply = self.route(call).unwrap_or_else(|error| error.reply());
        self.finish(call, reply)
    }

    fn refuse(&self, call: &Call, refusal: Refusal) -> Reply {
        let reply = FlowError::of_status(refusal.status).reply();
        self.finish(call, reply.with_retry_after(refusal.retry_after))
    }
}

/// As the trigger's JSON schema has it: `recipient` and `text` are required, `link` is not.
fn notification(call: &Call) -> Result<Notification, FlowError> {
    let is_json = call
        .header("content-type")
        .is_some_and(|media| media.to_ascii_lowercase().starts_with("application/json"));
    let body: Value = match serde_json::from_slice(&call.body) {
        Ok(body) if is_json => body,
        _ => return Err(FlowError::mismatch("Invalid type. Expected Object but got Null.")),
    };
    let Some(fields) = body.as_object() else {
        return Err(FlowError::mismatch("Invalid type. Expected Object but got another."));
    };
    let text = |name: &str| match fields.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(FlowError::mismatch(&format!(
            "Invalid type. Expected String but got another. Path '{name}'."
        ))),
    };
    match (text("recipient")?, text("text")?) {
        (Some(recipient), Some(message)) => Ok(Notification {
            recipient,
            text: message,
            link: text("link")?,
        }),
        (recipient, message) => {
            let missing = [("recipient", recipient), ("text", message)];
            let missing: Vec<&str> = missing
                .iter()
                .filter(|(_, value)| value.is_none())
                .map(|(name, _)| *name)
                .collect();
            Err(FlowError::mismatch(&format!(
                "Required properties are missing from object: {}.",
                missing.join(", ")
            )))
        }
    }
}

/// `08584591276...CU12`, as runs are called.
fn run_id(seed: u64, number: u32) -> String {
    let id = Guid::of(seed, Kind::Run, number).to_string();
    let digits: String = id.chars().filter(char::is_ascii_digit).take(16).collect();
    format!("0858{digits:0<16}{number:08}CU17")
}

impl FlowError {
    fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
        }
    }

    fn not_found(path: &str) -> Self {
        let message = format!("The requested resource '{path}' does not exist.");
        Self::new(StatusCode::NOT_FOUND, "ResourceNotFound", message)
    }

    fn no_flow(flow: &str) -> Self {
        let message = format!("The workflow '{flow}' could not be found.");
        Self::new(StatusCode::NOT_FOUND, "WorkflowNotFound", message)
    }

    fn no_trigger(trigger: &str) -> Self {
        let message = format!("The workflow '{NOTIFY_FLOW}' trigger '{trigger}' could not be found.");
        Self::new(StatusCode::NOT_FOUND, "WorkflowTriggerNotFound", message)
    }

    fn missing_version() -> Self {
        let message = "The request is missing the required query parameter 'api-version'.";
        Self::new(StatusCode::BAD_REQUEST, "MissingApiVersionParameter", message)
    }

    fn bad_version(version: &str) -> Self {
        let message =
            format!("The api-version '{version}' is not supported. The supported versions are '{API_VERSION}'.");
        Self::new(StatusCode::BAD_REQUEST, "InvalidApiVersionParameter", message)
    }

    fn not_signed() -> Self {
        let message = "The authentication credentials are not valid.";
        Self::new(StatusCode::UNAUTHORIZED, "AuthorizationFailed", message)
    }

    fn wrong_method(method: &Method) -> Self {
        let message = format!("The HTTP request method '{method}' does not match the method 'POST' of the trigger.");
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "TriggerRequestMethodNotValid", message)
    }

    fn mismatch(details: &str) -> Self {
        let message = format!(
            "The input body for trigger 'manual' of type 'Request' did not match its schema definition. Error details: '{details}'."
        );
        Self::new(StatusCode::BAD_REQUEST, "TriggerInputSchemaMismatch", message)
    }

    fn of_status(status: StatusCode) -> Self {
        match status.as_u16() {
            401 => Self::not_signed(),
            404 => Self::no_flow(NOTIFY_FLOW),
            429 => Self::new(
                status,
                "WorkflowRunActionsRateLimitExceeded",
                "The number of requests for the workflow exceeded the limit. Please try again later.",
            ),
            502 => Self::new(
                status,
                "NoResponse",
                "The server did not receive a response from an upstream server.",
            ),
            503 => Self::new(
                status,
                "ServiceUnavailable",
                "The service is unavailable. Please try again later.",
            ),
            504 => Self::new(
                status,
                "GatewayTimeout",
                "The server did not receive a response within the time limit.",
            ),
            _ => Self::new(status, "InternalServerError", "Encountered internal server error."),
        }
    }

    fn reply(&self) -> Reply {
        let body = json!({"error": {"code": self.code, "message": self.message}});
        reply::json(self.status, JSON, &body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::tests::send;
    use crate::systems::tests::world;

    fn post(flow: &PowerAutomate, target: &str, tracking: Option<&str>, body: &Value) -> Reply {
        let mut headers = vec![("content-type", "application/json")];
        headers.extend(tracking.map(|id| ("x-ms-client-tracking-id", id)));
        flow.answer(&send("POST", target, &headers, body.to_string()))
    }

    fn message() -> Value {
        json!({"recipient": "e000042@contoso.example", "text": "Züge fallen aus"})
    }

    fn error(reply: &Reply) -> Value {
        serde_json::from_slice::<Value>(reply.body()).expect("JSON")["error"].clone()
    }

    #[test]
    fn a_request_starts_a_run_and_is_told_its_id() {
        let flow = PowerAutomate::new(&world());
        let [first, second] = [1, 2].map(|_| post(&flow, NOTIFY_PATH, None, &message()));
        assert_eq!(first.status(), StatusCode::ACCEPTED);
        assert_ne!(
            first.headers()["x-ms-workflow-run-id"],
            second.headers()["x-ms-workflow-run-id"]
        );
        assert_eq!(
            first.headers()["x-ms-client-tracking-id"],
            first.headers()["x-ms-workflow-run-id"]
        );
        assert_eq!(flow.flow.notifications().len(), 2);
        assert_eq!(flow.flow.notifications()[0].text, "Züge fallen aus");
    }

    #[test]
    fn what_is_sent_twice_under_one_tracking_id_is_notified_once() {
        let flow = PowerAutomate::new(&world());
        let runs = [1, 2].map(|_| post(&flow, NOTIFY_PATH, Some("mine"), &message()));
        assert_eq!(runs[1].status(), StatusCode::ACCEPTED);
        assert_eq!(runs[1].headers()["x-ms-client-tracking-id"], "mine");
        assert_eq!(flow.flow.notifications().len(), 1);
    }

    #[test]
    fn a_body_that_does_not_fit_the_schema_starts_nothing() {
        let flow = PowerAutomate::new(&world());
        for (body, part) in [
            (json!({"text": "x"}), "missing from object: recipient."),
            (json!({}), "missing from object: recipient, text."),
            (json!({"recipient": 1, "text": "x"}), "Path 'recipient'"),
            (json!([]), "Expected Object"),
            (Value::Null, "Expected Object"),
        ] {
            let reply = post(&flow, NOTIFY_PATH, None, &body);
            assert_eq!(reply.status(), StatusCode::BAD_REQUEST, "{body}");
            assert_eq!(error(&reply)["code"], "TriggerInputSchemaMismatch", "{body}");
            assert!(
                error(&reply)["message"].as_str().expect("text").contains(part),
                "{body}"
            );
        }
        assert!(flow.flow.notifications().is_empty());
    }

    #[test]
    fn whoever_does_not_have_the_whole_url_is_not_let_in() {
        let flow = PowerAutomate::new(&world());
        let code = |target: &str| {
            let reply = post(&flow, target, None, &message());
            (
                reply.status().as_u16(),
                error(&reply)["code"].as_str().expect("a code").to_owned(),
            )
        };
        let unsigned = NOTIFY_PATH.replace(NOTIFY_SIGNATURE, "guess");
        assert_eq!(code(&unsigned), (401, "AuthorizationFailed".into()));
        assert_eq!(
            code(&NOTIFY_PATH.replace("api-version", "v")),
            (400, "MissingApiVersionParameter".into())
        );
        assert_eq!(
            code(&NOTIFY_PATH.replace("2016", "2010")),
            (400, "InvalidApiVersionParameter".into())
        );
        assert_eq!(
            code(&NOTIFY_PATH.replace(NOTIFY_FLOW, "other")),
            (404, "WorkflowNotFound".into())
        );
        assert_eq!(
            code(&NOTIFY_PATH.replace("manual/paths", "auto/paths")),
            (404, "WorkflowTriggerNotFound".into())
        );
        assert_eq!(code("/"), (404, "ResourceNotFound".into()));
        assert!(flow.flow.notifications().is_empty());
    }
}
