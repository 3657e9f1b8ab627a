//! GetLeave, RequestLeave and GetPayslip: a SOAP service on premises.

use http::Request;
use midspan_sources::{Fault, LeaveEntry, System};
use midspan_tests::{Answer, Tier};
use serde_json::{Value, json};

async fn ask(tier: &Tier, number: u32, leave: &Value) -> Answer {
    let request = Request::post(format!("/employees/E{number:06}/leave/requests"));
    let request = request.header("content-type", "application/json");
    tier.client.send(request, leave.to_string()).await
}

fn days(halves: u32) -> f64 {
    f64::from(halves) / 2.0
}

fn shown(entry: &LeaveEntry) -> Value {
    json!({
        "from": entry.from.to_string()[..10],
        "to": entry.to.to_string()[..10],
        "days": days(entry.halves),
        "kind": entry.kind.to_lowercase(),
        "status": "approved",
        "comment": entry.comment,
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_balance_is_what_payroll_has_whether_its_list_has_none_one_or_many() {
    let tier = Tier::start().await;
    for count in 0..=3 {
        let population = tier.sources.population();
        let number = (1..1_000).find(|number| population.leave(*number, 2026).entries.len() == count);
        let number = number.expect("somebody");
        let leave = population.leave(number, 2026);
        let answer = tier.get(&format!("/employees/E{number:06}/leave")).await;
        assert_eq!(answer.status(), 200, "{}", answer.text());
        let expected = json!({
            "year": 2026,
            "entitlement": days(leave.entitlement),
            "carriedOver": leave.carried_over.map(days),
            "taken": days(leave.taken()),
            "remaining": days(leave.remaining()),
            "entries": leave.entries.iter().map(shown).collect::<Vec<_>>(),
        });
        assert_eq!(answer.json(), expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn leave_that_was_asked_for_is_in_the_balance() {
    let tier = Tier::start().await;
    let before = tier.get("/employees/E000042/leave").await.json();
    let leave = json!({"from": "2026-07-03", "to": "2026-07-06", "kind": "vacation", "comment": "Ü & <Ö>"});
    let answer = ask(&tier, 42, &leave).await;
    assert_eq!(answer.status(), 202, "{}", answer.text());
    let receipt = answer.json();
    assert_eq!((&receipt["status"], &receipt["days"]), (&json!("pending"), &json!(2.0)));
    let after = tier.get("/employees/E000042/leave").await.json();
    assert_eq!(
        after["remaining"].as_f64(),
        before["remaining"].as_f64().map(|days| days - 2.0)
    );
    let last = after["entries"]
        .as_array()
        .and_then(|entries| entries.last())
        .expect("an entry");
    assert_eq!(
        (&last["status"], &last["comment"]),
        (&json!("pending"), &json!("Ü & <Ö>"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn too_much_leave_is_a_conflict_in_words() {
    let tier = Tier::start().await;
    let leave = json!({"from": "2026-04-01", "to": "2026-09-30", "kind": "vacation"});
    let answer = ask(&tier, 42, &leave).await;
    assert_eq!((answer.status(), answer.error_code().as_str()), (409, "Conflict"));
    let remaining = days(tier.sources.population().leave(42, 2026).remaining());
    let message = answer.json()["message"].as_str().expect("a text").to_owned();
    assert!(
        message.starts_with(&format!(
            "There are only {remaining:.1} days left, and 131.0 were asked for."
        )),
        "{message}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn reading_is_repeated_after_a_fault_with_a_new_nonce_and_asking_is_not() {
    let tier = Tier::start().await;
    tier.sources.fault(System::Payroll, "POST *", Fault::fail_first(1, 503));
    assert_eq!(tier.get("/employees/E000042/leave").await.status(), 200);
    assert_eq!(tier.sources.count(System::Payroll), 2);

    tier.sources.clear_faults();
    tier.sources.reset_counts();
    tier.sources.fault(System::Payroll, "POST *", Fault::status(503));
    let leave = json!({"from": "2026-07-03", "to": "2026-07-03", "kind": "vacation"});
    let answer = ask(&tier, 42, &leave).await;
    assert_eq!((answer.status(), answer.error_code().as_str()), (502, "SourceFailed"));
    assert_eq!(tier.sources.count(System::Payroll), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_fails_hangs_or_talks_nonsense_is_named() {
    let tier = Tier::start().await;
    for (fault, code) in [
        (Fault::status(500), "SourceFailed"),
        (Fault::Html { status: 200 }, "SourceInvalid"),
        (Fault::Truncate { after: 100 }, "SourceUnreachable"),
        (Fault::Hang, "SourceTimeout"),
    ] {
        tier.sources.clear_faults();
        tier.sources.fault(System::Payroll, "POST *", fault.clone());
        let answer = tier.get("/employees/E000042/leave").await;
        assert_eq!(answer.error_code(), code, "{fault:?}");
        assert_eq!(answer.json()["error"]["source"], "payroll", "{fault:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payslip_is_the_pdf_that_came_beside_the_message() {
    let tier = Tier::start().await;
    let answer = tier.get("/employees/E000042/payslips/2026-02").await;
    assert_eq!(
        (answer.status(), answer.header("content-type")),
        (200, Some("application/pdf"))
    );
    let text = answer.text();
    assert!(text.starts_with("%PDF-1.4") && text.ends_with("%%EOF\n"), "{text}");
    let nobody = tier.get("/employees/E999999/payslips/2026-02").await;
    assert_eq!((nobody.status(), nobody.error_code().as_str()), (404, "NotFound"));
}
