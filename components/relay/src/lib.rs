//! RelayOrder: a request is passed on to a system on premises, with its path, its headers and its body as that system wants
//! them.

use midspan::prelude::*;
use serde::{Deserializer, de::Error as _};
use systems::{
    ONPREMISES,
    access::{self, EMPLOYEES, PROGRAMS},
};

/// Which order, and by whom.
#[input]
struct RelayInput {
    /// Order number
    #[path(max_length = 40)]
    number: String,
    /// Employee number
    ///
    /// On whose behalf.
    #[header(name = "x-employee-id", max_length = 20)]
    employee_id: String,
    /// Order
    #[body]
    order: Order,
}

/// What is ordered.
#[derive(Debug, Data)]
struct Order {
    /// Subject
    #[data(min_length = 1, max_length = 200)]
    subject: String,
    /// Urgency
    urgency: Option<Urgency>,
    /// Due
    due: Option<Timestamp>,
}

/// How urgent it is.
#[derive(Debug, Clone, Copy, Data)]
enum Urgency {
    /// Low
    Low,
    /// Normal
    Normal,
    /// High
    High,
}

/// That the order is there.
#[derive(Debug, PartialEq, Data)]
struct Receipt {
    /// Number
    number: String,
    /// Received
    received: Timestamp,
}

/// Relay an order
///
/// Puts an order into the system on premises; what is put there twice under one number is there once.
#[operation(put = "/orders/{number}", auth = [EMPLOYEES, PROGRAMS], sources = [ONPREMISES], deadline = "10s")]
async fn relay_order(ctx: Context, input: RelayInput) -> Result<Receipt> {
    access::may_change(&ctx, &input.employee_id)?;
    let answer: Legacy = ctx
        .source(&ONPREMISES)
        .put("/legacy/api/orders/{number}")
        .path("number", &input.number)
        .header("x-legacy-user", input.employee_id)
        .header("x-request-id", ctx.correlation_id())
        .body(&LegacyOrder::from(input.order))
        .json()
        .await?;
    Ok(Receipt {
        number: input.number,
        received: answer.received_at,
    })
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct LegacyOrder {
    subject: String,
    /// 1 is the most urgent.
    priority: u8,
    due_date: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Legacy {
    #[serde(deserialize_with = "date")]
    received_at: Timestamp,
}

impl From<Order> for LegacyOrder {
    fn from(order: Order) -> Self {
        Self {
            subject: order.subject,
            priority: match order.urgency {
                Some(Urgency::High) => 1,
                None | Some(Urgency::Normal) => 2,
                Some(Urgency::Low) => 3,
            },
            due_date: order.due.map(|due| format!("/Date({})/", due.as_millisecond())),
        }
    }
}

/// `/Date(1772438400000)/`, as ASP.NET wrote dates before it knew ISO 8601.
fn date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    let text = String::deserialize(deserializer)?;
    let digits = text.strip_prefix("/Date(").and_then(|text| text.strip_suffix(")/"));
    let moment = digits.and_then(|digits| Timestamp::from_millisecond(digits.parse().ok()?).ok());
    moment.ok_or_else(|| D::Error::custom("not a date such as /Date(0)/"))
}

#[cfg(test)]
mod tests {
    use midspan::testing::{Reply, Response, TestHost};
    use serde_json::{Value, json};

    use super::*;

    const ROUTE: &str = "PUT /legacy/api/orders/7%2F1";

    fn put(host: &TestHost, body: &'static str) -> Response {
        let request = http::Request::put("/orders/7%2F1").header("x-employee-id", "E000007");
        host.send::<RelayOrder>(request.body(body.into()).unwrap())
    }

    #[test]
    fn an_order_goes_on_in_the_other_systems_words() {
        let host = systems::testing::host();
        host.on(
            "onpremises",
            ROUTE,
            Reply::json(200, r#"{"ReceivedAt": "/Date(1772438400000)/"}"#),
        );
        let answer = put(
            &host,
            r#"{"subject": "Stühle", "urgency": "high", "due": "2026-03-02T08:00:00Z"}"#,
        );
        assert_eq!(answer.status(), 200, "{}", answer.text());
        let receipt: Receipt = answer.json();
        assert_eq!(
            (receipt.number.as_str(), receipt.received),
            ("7/1", "2026-03-02T08:00:00Z".parse().unwrap())
        );
        let sent = &host.requests("onpremises")[0].request;
        assert_eq!(sent.headers()["x-legacy-user"], "E000007");
        assert!(sent.headers().contains_key("x-request-id"));
        let body: Value = serde_json::from_slice(sent.body()).unwrap();
        assert_eq!(
            body,
            json!({"Subject": "Stühle", "Priority": 1, "DueDate": "/Date(1772438400000)/"})
        );
    }

    #[test]
    fn an_order_is_put_again_where_the_system_was_down_in_passing() {
        let host = systems::testing::host();
        host.on("onpremises", ROUTE, Reply::json(503, "{}"));
        host.on("onpremises", ROUTE, Reply::json(200, r#"{"ReceivedAt": "/Date(0)/"}"#));
        assert_eq!(put(&host, r#"{"subject": "x"}"#).status(), 200);
        assert_eq!(host.requests("onpremises").len(), 2);
    }

    #[test]
    fn an_answer_with_another_date_is_not_understood() {
        let host = systems::testing::host();
        host.on("onpremises", ROUTE, Reply::json(200, r#"{"ReceivedAt": "2026-03-02"}"#));
        let answer = put(&host, r#"{"subject": "x"}"#);
        assert_eq!(answer.error().error.code, ErrorCode::SourceInvalid);
    }

    #[test]
    fn an_order_is_put_for_oneself() {
        systems::testing::assert_changed_by_owner(|caller| {
            let host = systems::testing::host();
            host.on("onpremises", ROUTE, Reply::json(200, r#"{"ReceivedAt": "/Date(0)/"}"#));
            host.calls_as(caller);
            let answer = put(&host, r#"{"subject": "x"}"#);
            assert_eq!(host.requests("onpremises").len(), usize::from(answer.status() == 200));
            answer
        });
    }
}
