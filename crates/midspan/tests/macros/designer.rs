//! What designers are told.

use midspan::{Input as _, Operation as _, input::NotificationUrl, prelude::*, testing::TestHost};
use midspan_definition::{
    Designer, Dynamic, Response, Schema, Trigger,
    dynamic::{Argument, Call, Given, List, Place},
};

/// Where topics are kept.
#[input]
struct TopicsInput {
    /// Site
    #[query]
    site: String,
    /// Most
    #[query(default = 10)]
    top: u32,
}

/// Topics.
#[derive(Data)]
struct Topics {
    value: Vec<Topic>,
}

/// A topic.
#[derive(Data)]
struct Topic {
    id: String,
    name: String,
    is_folder: bool,
}

/// List topics
#[operation(
    get = "/topics",
    auth = none,
    export = false,
    family = "ListTopics",
    revision = 2,
    status = "preview",
    replacement = "ListSubjects",
    responses(404 = "There is no such site", 409 = "The site is closed")
)]
async fn list_topics(_ctx: Context, input: TopicsInput) -> Result<Topics> {
    let topic = Topic {
        id: input.site,
        name: input.top.to_string(),
        is_folder: false,
    };
    Ok(Topics { value: vec![topic] })
}

/// What to write, and where.
#[input]
struct WriteInput {
    /// Site
    #[path(encoding = "double")]
    site: String,
    /// Topic
    #[query(values(from = ListTopics, items = "value", value = "id", title = "name", with(site = site, top = 50)))]
    topic: String,
    /// Parent
    #[query(tree(
        open(from = ListTopics, items = "value", value = "id", title = "name", with(site = parameter("site"))),
        browse(from = "ListTopicsBelow", value = "id", title = "name", with("$below" = opened("id"))),
        parent = "isFolder",
        select_parents = true
    ))]
    parent: Option<String>,
    /// Form
    #[body(schema(from = "GetForm", path = "form/schema", with(topic = topic)))]
    form: serde_json::Map<String, serde_json::Value>,
}

/// Write
#[operation(
    post = "/sites/{site}",
    auth = none,
    export = false,
    openai = true,
    no_generic_test = true,
    schema(from = "GetForm", with(topic = parameter("topic")))
)]
async fn write(_ctx: Context, input: WriteInput) -> Result<serde_json::Value> {
    Ok(serde_json::json!({ "site": input.site, "topic": input.topic, "form": input.form, "parent": input.parent }))
}

/// What to be told of.
#[derive(Data)]
struct Subscription {
    /// Where
    callback: NotificationUrl,
    /// Site
    site: String,
    /// Topic
    #[data(values(from = "ListTopics", items = "value", value = "id", title = "name", with(site = site)))]
    topic: Option<String>,
    /// Home page
    #[data(format = "uri")]
    page: Option<String>,
}

/// A subscription.
#[input]
struct SubscribeInput {
    /// Subscription
    #[body]
    subscription: Subscription,
}

/// Which subscription.
#[input]
struct StopInput {
    /// Id
    #[path]
    id: String,
}

/// When something happens
#[operation(
    post = "/subscriptions",
    auth = none,
    export = false,
    hint = "To see it work, write something.",
    webhook(content = [Topic], unsubscribe = Stop)
)]
async fn subscribe(ctx: Context, input: SubscribeInput) -> Result<Created<String>> {
    Ok(Created {
        location: ctx.link("/subscriptions/1", &[]),
        value: input.subscription.callback.as_str().to_owned(),
    })
}

/// Stop
#[operation(delete = "/subscriptions/{id}", auth = none, export = false, visibility = "internal")]
async fn stop(_ctx: Context, input: StopInput) -> Result<NoContent> {
    if input.id == "1" {
        return Ok(NoContent);
    }
    Err(Error::not_found("There is no such subscription."))
}

/// When there is a topic
#[operation(get = "/topics/new", auth = none, export = false, hint = "Add one.")]
async fn when_there_is_one(ctx: Context) -> Result<Polled<Topic>> {
    Ok(Polled::nothing(ctx.trigger_link("/topics/new", &[], "1").await?))
}

/// Speak
#[operation(post = "/mcp", auth = none, export = false, agentic_protocol = "mcp-streamable-1.0")]
async fn speak(_ctx: Context) -> Result<NoContent> {
    Ok(NoContent)
}

/// Perhaps something.
#[input]
struct PerhapsInput {
    /// Topics by name
    #[body]
    topics: Option<std::collections::BTreeMap<String, Topic>>,
}

/// Count
#[operation(post = "/count", auth = none, export = false)]
async fn count(_ctx: Context, input: PerhapsInput) -> Result<i64> {
    Ok(input
        .topics
        .map_or(-1, |topics| i64::try_from(topics.len()).unwrap_or(-2)))
}

// Places are equal wherever they are.
const AT: Place = Place { file: "", line: 0 };

const fn call(operation: &'static str, arguments: &'static [Argument]) -> Call {
    Call {
        operation,
        arguments,
        at: AT,
    }
}

const fn argument(name: &'static str, value: Given) -> Argument {
    Argument { name, value }
}

const fn topics(arguments: &'static [Argument]) -> List {
    List {
        call: call("ListTopics", arguments),
        items: "value",
        value: "id",
        title: "name",
    }
}

#[test]
fn a_parameter_names_the_operation_that_knows_its_values() {
    const TOPIC: Dynamic = Dynamic::Values(topics(&[
        argument("site", Given::Parameter("site")),
        argument("top", Given::Fixed("50")),
    ]));
    const TREE: Dynamic = Dynamic::Tree {
        open: topics(&[argument("site", Given::Parameter("site"))]),
        browse: List {
            call: call("ListTopicsBelow", &[argument("$below", Given::Opened("id"))]),
            items: "",
            ..topics(&[])
        },
        parent: "isFolder",
        select_parents: true,
        select_leaves: true,
    };
    const FORM: Dynamic = Dynamic::Schema {
        call: call("GetForm", &[argument("topic", Given::Parameter("topic"))]),
        path: "form/schema",
    };
    let [_, topic, parent] = WriteInput::PARAMETERS else {
        panic!("it has three");
    };
    assert_eq!(topic.dynamic, Some(&TOPIC));
    assert_eq!(parent.dynamic, Some(&TREE));
    assert_eq!(WriteInput::BODY_SCHEMA, Some(&FORM));
}

#[test]
fn an_error_about_it_can_say_where_it_stands() {
    let Some(Dynamic::Values(list)) = WriteInput::PARAMETERS[1].dynamic else {
        panic!("it has values");
    };
    let Place { file, line } = list.call.at;
    assert!(file.ends_with("tests/macros/designer.rs"), "{file}");
    let text = include_str!("designer.rs")
        .lines()
        .nth(line as usize - 1)
        .unwrap_or_default();
    assert!(
        text.contains("from = ListTopics") && text.contains("top = 50"),
        "{line}: {text}"
    );
}

#[test]
fn a_field_passes_on_those_beside_it() {
    const TOPIC: Dynamic = Dynamic::Values(topics(&[argument("site", Given::Sibling("site"))]));
    let Schema::Object { fields, .. } = Subscription::SCHEMA else {
        panic!("it is a record");
    };
    assert_eq!(fields[0].schema, Schema::NotificationUrl);
    assert_eq!(fields[2].dynamic, Some(&TOPIC));
    assert_eq!(fields[3].constraints.format, Some("uri"));
}

#[test]
fn operations_say_what_they_are_to_designers() {
    const FORM: Dynamic = Dynamic::Schema {
        call: call("GetForm", &[argument("topic", Given::Parameter("topic"))]),
        path: "",
    };
    let told = ListTopics::DESCRIPTION.designer;
    let expected = Designer {
        deprecated: true,
        family: "ListTopics",
        revision: 2,
        status: "Preview",
        replacement: Some(call("ListSubjects", &[])),
        responses: &[
            Response {
                status: 404,
                description: "There is no such site",
            },
            Response {
                status: 409,
                description: "The site is closed",
            },
        ],
        ..Designer::NONE
    };
    assert_eq!(told, expected);
    let expected = Designer {
        openai: true,
        no_generic_test: true,
        body: WriteInput::BODY_SCHEMA,
        output: Some(&FORM),
        ..Designer::NONE
    };
    assert_eq!(Write::DESCRIPTION.designer, expected);
    assert_eq!(Speak::DESCRIPTION.designer.agentic_protocol, "mcp-streamable-1.0");
}

#[test]
fn triggers_are_polled_or_call() {
    let content = Schema::Array(&Topic::SCHEMA);
    let unsubscribe = call("Stop", &[]);
    let told = Subscribe::DESCRIPTION.designer;
    assert_eq!(told.trigger, Some(Trigger::Webhook { content, unsubscribe }));
    assert_eq!(told.hint, "To see it work, write something.");
    let told = WhenThereIsOne::DESCRIPTION.designer;
    assert_eq!((told.trigger, told.hint), (Some(Trigger::Polling), "Add one."));
}

fn post<O: midspan::Operation>(path: &str, body: &'static str) -> midspan::testing::Response {
    TestHost::new().send::<O>(http::Request::post(path).body(body.into()).unwrap())
}

#[test]
fn a_parameter_that_is_escaped_twice_is_read_as_it_was_meant() {
    let answer = post::<Write>("/sites/a%252Fb?topic=t", "{\"x\": 1}");
    let json = answer.json::<serde_json::Value>();
    assert_eq!((&json["site"], &json["form"]["x"]), (&"a/b".into(), &1.into()));
}

#[test]
fn an_address_to_call_is_read_whether_it_is_escaped_or_not() {
    let body = r#"{"callback": "https%3A%2F%2Fflow.example%2Frun%3Fsig%3Dx", "site": "s"}"#;
    let answer = post::<Subscribe>("/subscriptions", body);
    assert_eq!(
        (answer.status(), answer.json::<String>().as_str()),
        (201, "https://flow.example/run?sig=x")
    );
    let answer = post::<Subscribe>("/subscriptions", r#"{"callback": "flow.example/run", "site": "s"}"#);
    assert_eq!(answer.status(), 400);
    assert_eq!(answer.json::<serde_json::Value>()["error"]["target"], "callback");
}

#[test]
fn a_body_that_is_optional_may_be_missing() {
    assert_eq!(post::<Count>("/count", "").json::<i64>(), -1);
    assert_eq!(post::<Count>("/count", "{}").json::<i64>(), 0);
    let answer = post::<Count>("/count", r#"{"a": {"id": "1", "name": "n", "isFolder": false}}"#);
    assert_eq!(answer.json::<i64>(), 1);
    let wrong = post::<Count>("/count", r#"{"a": {"id": "1"}}"#);
    assert_eq!(wrong.json::<serde_json::Value>()["error"]["target"], "a");
}
