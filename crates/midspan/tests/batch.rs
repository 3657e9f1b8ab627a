//! `$batch`: many requests in one call, each with an outcome of its own.

use std::time::Duration;

use midspan::{
    prelude::*,
    source::{Retry, odata::Answers},
    testing::{Recorded, Reply, Response, TestHost},
};
use serde_json::{Value, json};

static GRAPH: Source = Source::odata("graph")
    .titled("Graph")
    .retry(Retry::times(2).base(Duration::from_millis(1)));
static CRM: Source = Source::odata("crm").titled("CRM");

#[derive(Debug, PartialEq, Data)]
struct Outcomes {
    outcomes: Vec<String>,
}

fn shown(outcome: Result<Value>) -> String {
    match outcome {
        Ok(value) => value.to_string(),
        Err(error) => match error.source_status() {
            Some(status) => format!("{} {status}", error.code().name()),
            None => error.code().name().to_owned(),
        },
    }
}

/// Which people.
#[input]
struct PeopleInput {
    /// Ids
    #[query]
    id: Vec<String>,
}

/// Read people
#[operation(get = "/people", auth = none, sources = [GRAPH])]
async fn people(ctx: Context, input: PeopleInput) -> Result<Outcomes> {
    let graph = ctx.source(&GRAPH);
    let mut batch = graph.batch("/v1.0/$batch");
    let person = |id: &String| graph.get("/v1.0/users/{id}").path("id", id).query("$select", "id,mail");
    let slots: Vec<_> = input.id.iter().map(|id| batch.add::<Value>(person(id))).collect();
    let answers = batch.send().await;
    Ok(Outcomes {
        outcomes: slots.into_iter().map(|slot| shown(answers.json(slot))).collect(),
    })
}

/// Change and read
#[operation(get = "/changes", auth = none, sources = [GRAPH])]
async fn changes(ctx: Context) -> Result<Outcomes> {
    let graph = ctx.source(&GRAPH);
    let mut batch = graph.batch("/v1.0/$batch");
    let change = batch.add::<Value>(graph.patch("/v1.0/users/a").body(&json!({"jobTitle": "x"})));
    let read = batch.add_after::<Value, _>(change, graph.get("/v1.0/users/a"));
    let file = batch.add::<Value>(graph.put("/v1.0/files/a").bytes("image/png", &b"\x89PNG"[..]));
    let photo = batch.add::<Value>(graph.get("/v1.0/users/a/photo/$value"));
    let elsewhere = batch.add::<Value>(graph.get("/beta/users/a"));
    let after = batch.add_after::<Value, _>(elsewhere, graph.get("/v1.0/users/b"));
    let answers = batch.send().await;
    let photo = answers.success(photo)?;
    assert_eq!(photo.body(), &b"\xff\xd8\xff"[..]);
    Ok(Outcomes {
        outcomes: [change, read, file, elsewhere, after]
            .map(|slot| shown(answers.json(slot)))
            .into(),
    })
}

/// Change all or nothing
#[operation(get = "/sets", auth = none, sources = [CRM])]
async fn sets(ctx: Context) -> Result<Outcomes> {
    let crm = ctx.source(&CRM);
    let mut batch = crm.batch("/api/data/v9.2/$batch").multipart();
    let task = |id: u32| {
        crm.patch("/api/data/v9.2/tasks({id})")
            .path("id", id)
            .body(&json!({"statecode": 1}))
    };
    let read = batch.add::<Value>(crm.get("/api/data/v9.2/tasks").query("$filter", "subject eq 'a b'"));
    let set = batch.change_set();
    let one = batch.add_to::<Value>(set, task(1));
    let two = batch.add_to::<Value>(set, task(2));
    assert_eq!((one.reference(), two.reference()), ("$2".to_owned(), "$3".to_owned()));
    let last = batch.add::<Value>(crm.get("/api/data/v9.2/accounts"));
    let answers: Answers<'_> = batch.send().await;
    let status = |slot| match answers.success(slot) {
        Ok(answer) => answer.status().as_str().to_owned(),
        Err(error) => shown(Err(error)),
    };
    Ok(Outcomes {
        outcomes: [read, one, two, last].map(status).into(),
    })
}

/// Look managers up
#[operation(get = "/managers", auth = none, sources = [GRAPH])]
async fn managers(ctx: Context, input: PeopleInput) -> Result<Outcomes> {
    let graph = ctx.source(&GRAPH);
    let lookup = graph
        .batch("/v1.0/$batch")
        .lookup::<String, Value>(|id| graph.get("/v1.0/users/{id}/manager").path("id", id));
    let found = lookup.each(input.id).await;
    Ok(Outcomes {
        outcomes: found.into_iter().map(|found| shown(found.map(Into::into))).collect(),
    })
}

fn outcomes(answer: &Response) -> Vec<String> {
    assert_eq!(answer.status(), 200, "{}", answer.text());
    answer.json::<Outcomes>().outcomes
}

/// A host whose Graph answers batches so, one after the other: the id of each request, and what comes of it.
fn graph(batches: &[&[(u32, u16, Value)]]) -> TestHost {
    let host = TestHost::new();
    for batch in batches {
        let response = |(id, status, body): &(u32, u16, Value)| {
            let headers = json!({"Content-Type": "application/json", "Retry-After": "1"});
            json!({"id": id.to_string(), "status": status, "headers": headers, "body": body})
        };
        let responses: Vec<_> = batch.iter().map(response).collect();
        host.on(
            "graph",
            "POST /v1.0/$batch",
            Reply::json(200, json!({ "responses": responses }).to_string()),
        );
    }
    host
}

fn sent(host: &TestHost) -> Vec<Value> {
    let body = |sent: Recorded| serde_json::from_slice::<Value>(sent.request.body()).unwrap()["requests"].clone();
    host.requests("graph").into_iter().map(body).collect()
}

fn ids(host: &TestHost) -> Vec<Vec<String>> {
    let ids = |requests: &Value| {
        requests
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["id"].as_str().unwrap().into())
            .collect()
    };
    sent(host).iter().map(ids).collect()
}

#[test]
fn each_request_has_its_own_outcome_whatever_their_order() {
    let host = graph(&[&[
        (3, 200, json!({"id": "c"})),
        (
            2,
            404,
            json!({"error": {"code": "Request_ResourceNotFound", "message": "secret"}}),
        ),
        (1, 200, json!({"id": "a"})),
    ]]);
    let found = outcomes(&host.get::<People>("/people?id=a&id=b/%26&id=c"));
    assert_eq!(found, [r#"{"id":"a"}"#, "SourceFailed 404", r#"{"id":"c"}"#]);
    assert_eq!(
        sent(&host)[0][1],
        json!({
            "id": "2", "method": "GET", "url": "/users/b%2F%26?$select=id,mail", "headers": {"accept": "application/json"},
        })
    );
    assert!(host.log()[0].contains("Request_ResourceNotFound"), "{:?}", host.log());
}

#[test]
fn throttled_reads_are_sent_again_alone_when_the_source_asks_for_them() {
    let host = graph(&[
        &[(1, 200, json!(1)), (2, 429, Value::Null), (3, 503, Value::Null)],
        &[(2, 200, json!(2)), (3, 429, Value::Null)],
        &[(3, 200, json!(3))],
    ]);
    assert_eq!(outcomes(&host.get::<People>("/people?id=a&id=b&id=c")), ["1", "2", "3"]);
    assert_eq!(ids(&host), [vec!["1", "2", "3"], vec!["2", "3"], vec!["3"]]);
    assert_eq!(host.elapsed(), Duration::from_secs(2), "as Retry-After says");
}

#[test]
fn what_stays_throttled_says_so_and_all_of_it_may_be_sent_again() {
    let host = graph(&[&[(1, 429, Value::Null), (2, 429, Value::Null)]]);
    let found = outcomes(&host.get::<People>("/people?id=a&id=b"));
    assert_eq!(found, ["SourceThrottled 429", "SourceThrottled 429"]);
    assert_eq!(
        ids(&host),
        [["1", "2"], ["1", "2"], ["1", "2"]],
        "twice again, as the source's policy says"
    );
}

#[test]
fn a_batch_of_reads_is_retried_as_a_read_and_fails_each_when_it_fails() {
    let host = TestHost::new();
    host.on("graph", "POST /v1.0/$batch", Reply::json(503, ""));
    assert_eq!(
        outcomes(&host.get::<People>("/people?id=a&id=b")),
        ["SourceFailed 503", "SourceFailed 503"]
    );
    assert_eq!(host.requests("graph").len(), 3);
}

#[test]
fn more_than_a_batch_may_have_become_several() {
    let ids: Vec<u32> = (1..=45).collect();
    let replies: Vec<Vec<_>> = ids
        .chunks(20)
        .map(|ids| ids.iter().map(|id| (*id, 200, json!(id))).collect())
        .collect();
    let host = graph(&replies.iter().map(Vec::as_slice).collect::<Vec<_>>());
    let query: Vec<_> = ids.iter().map(|id| format!("id={id}")).collect();
    let found = outcomes(&host.get::<People>(&format!("/people?{}", query.join("&"))));
    assert_eq!(found, ids.iter().map(ToString::to_string).collect::<Vec<_>>());
    assert_eq!(
        sent(&host)
            .iter()
            .map(|batch| batch.as_array().unwrap().len())
            .collect::<Vec<_>>(),
        [20, 20, 5]
    );
}

#[test]
fn changes_are_sent_once_and_what_can_not_be_sent_takes_along_what_comes_after_it() {
    let host = TestHost::new();
    let body = json!({"responses": [
        {"id": "1", "status": 429, "headers": {"Retry-After": "1"}},
        {"id": "2", "status": 424, "body": {"error": {"code": "FailedDependency", "message": "m"}}},
        {"id": "4", "status": 200, "headers": {"Content-Type": "image/jpeg"}, "body": "/9j/"}]});
    host.on("graph", "POST /v1.0/$batch", Reply::json(200, body.to_string()));
    let found = outcomes(&host.get::<Changes>("/changes"));
    let expected = [
        "SourceThrottled 429",
        "SourceFailed 424",
        "SourceFailed",
        "OperationFailed",
        "OperationFailed",
    ];
    assert_eq!(found, expected);
    let requests = &sent(&host)[0];
    assert_eq!(ids(&host), [["1", "2", "3", "4"]]);
    assert_eq!(
        (&requests[0]["body"], &requests[1]["dependsOn"]),
        (&json!({"jobTitle": "x"}), &json!(["1"]))
    );
    assert_eq!(requests[2]["body"], json!("iVBORw=="), "bytes in base64");
    assert_eq!(
        host.requests("graph")[0].request.headers()["prefer"],
        "odata.continue-on-error"
    );
}

#[test]
fn an_answer_that_is_no_batch_is_an_error_of_each() {
    let host = TestHost::new();
    host.on("graph", "POST /v1.0/$batch", Reply::json(200, r#"{"value": []}"#));
    assert_eq!(outcomes(&host.get::<People>("/people?id=a")), ["SourceInvalid 200"]);
    assert!(outcomes(&host.get::<People>("/people")).is_empty());
    assert_eq!(host.requests("graph").len(), 1);
}

fn crm(status: u16, parts: &[&str]) -> TestHost {
    let part = |part: &&str| format!("--r\r\nContent-Type: {part}\r\n");
    let body: String = parts.iter().map(part).collect::<String>() + "--r--\r\n";
    let host = TestHost::new();
    let reply = Reply::json(status, body).header("content-type", "multipart/mixed; boundary=r");
    host.on("crm", "POST /api/data/v9.2/$batch", reply);
    host
}

const READ: &str = "application/http\r\n\r\nHTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\"value\":[]}";

#[test]
fn a_change_set_goes_and_comes_as_multipart() {
    let set = "multipart/mixed; boundary=s\r\n\r\n\
        --s\r\nContent-Type: application/http\r\nContent-ID: 3\r\n\r\nHTTP/1.1 200 OK\r\n\r\n{}\r\n\
        --s\r\nContent-Type: application/http\r\nContent-ID: 2\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n\r\n--s--";
    let host = crm(200, &[READ, set, READ]);
    assert_eq!(outcomes(&host.get::<Sets>("/sets")), ["200", "204", "200", "200"]);
    let request = &host.requests("crm")[0].request;
    let content_type = request.headers()["content-type"].to_str().unwrap();
    let boundary = content_type.strip_prefix("multipart/mixed; boundary=").unwrap();
    let body = std::str::from_utf8(request.body()).unwrap();
    assert_eq!(body.matches(&format!("--{boundary}\r\n")).count(), 3);
    assert!(
        body.contains("\r\n\r\nGET tasks?$filter=subject%20eq%20'a%20b' HTTP/1.1\r\naccept: application/json\r\n\r\n")
    );
    assert!(
        body.contains("content-id: 3\r\n\r\nPATCH tasks(2) HTTP/1.1\r\n"),
        "{body}"
    );
    assert!(body.ends_with(&format!("--{boundary}--\r\n")));
}

#[test]
fn a_change_set_that_fails_has_one_answer_for_all_and_the_rest_goes_on() {
    let failed = "application/http\r\n\r\nHTTP/1.1 412 Precondition Failed\r\n\r\n{\"error\":{\"code\":\"c\",\"message\":\"m\"}}";
    let host = crm(200, &[READ, failed, READ]);
    assert_eq!(
        outcomes(&host.get::<Sets>("/sets")),
        ["200", "Conflict 412", "Conflict 412", "200"]
    );
    // A source that ends at the first failure, and gives the whole its status.
    let host = crm(412, &[READ, failed]);
    assert_eq!(
        outcomes(&host.get::<Sets>("/sets")),
        ["200", "Conflict 412", "Conflict 412", "SourceFailed"]
    );
}

#[test]
fn look_ups_one_by_one_become_batches() {
    let host = graph(&[&[(1, 200, json!("m1")), (2, 404, Value::Null), (3, 500, Value::Null)]]);
    let found = outcomes(&host.get::<Managers>("/managers?id=a&id=b&id=c&id=a"));
    assert_eq!(found, ["\"m1\"", "null", "SourceFailed 500", "\"m1\""]);
    assert_eq!(sent(&host)[0][0]["url"], "/users/a/manager");
}
