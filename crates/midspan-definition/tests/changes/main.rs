//! Each kind of change, by a change of a definition that is seen as it and nothing else.

#[expect(dead_code, reason = "only the rules need changes of the text itself")]
#[path = "../rules/edit.rs"]
mod edit;

use std::collections::BTreeSet;

use midspan_definition::{
    diff::{Change, ChangeRule, Level, Side, diff, revisions},
    document::Document,
};
use serde_json::{Value, json};

use self::edit::Edit;

const DEFINITION: &str = include_str!("../clean/apiDefinition.swagger.json");
const PROPERTIES: &str = include_str!("../clean/apiProperties.json");

const LIST_NEWS: &str = "/paths/~1topics~1{topic}~1news/get";
const CREATE: &str = "/paths/~1news/post";
const ITEM: &str = "/definitions/Item";
const NEW_ITEM: &str = "/definitions/NewItem";

/// Both files, before or after changes.
struct Files(Document, Document);

impl Files {
    fn with(edits: &[Edit]) -> Self {
        let (definition, properties) = edit::apply(DEFINITION, PROPERTIES, edits);
        let read = |name, bytes: &[u8]| Document::parse(name, bytes).expect("JSON");
        Self(
            read("apiDefinition.swagger.json", &definition),
            read("apiProperties.json", &properties),
        )
    }

    fn side(&self) -> Side<'_> {
        Side {
            definition: &self.0,
            properties: Some(&self.1),
        }
    }
}

fn changes(before: &[Edit], after: &[Edit]) -> Vec<Change> {
    diff(Files::with(before).side(), Files::with(after).side())
}

fn set(base: &str, rest: &str, value: impl Into<Value>) -> Vec<Edit> {
    vec![Edit::set(&format!("{base}{rest}"), value)]
}

fn remove(base: &str, rest: &str) -> Vec<Edit> {
    vec![Edit::remove(&format!("{base}{rest}"))]
}

fn query(name: &str, more: &Value) -> Value {
    let mut parameter = json!({ "name": name, "in": "query", "type": "string" });
    let more = more.as_object().expect("an object").clone();
    parameter.as_object_mut().expect("an object").extend(more);
    parameter
}

#[expect(clippy::too_many_lines, reason = "a table")]
fn cases() -> Vec<(ChangeRule, Vec<Edit>)> {
    use ChangeRule as Rule;
    let added = |more: Value| set(CREATE, "/parameters/-", query("more", &more));
    let order = |rest: &str, value: Value| set(LIST_NEWS, &format!("/parameters/2{rest}"), value);
    let top = |rest: &str, value: Value| set(LIST_NEWS, &format!("/parameters/3{rest}"), value);
    let properties = |rest: &str, value: Value| set("properties:/properties", rest, value);
    let token =
        |rest: &str, value: Value| properties(&format!("/connectionParameters/token/oAuthSettings{rest}"), value);
    vec![
        (Rule::OperationRemoved, remove("/paths/~1agent", "/post")),
        (Rule::OperationRenamed, set(CREATE, "/operationId", "MakeNews")),
        (
            Rule::OperationAdded,
            set(
                "/paths",
                "/~1more",
                json!({ "get": { "operationId": "More", "responses": {} } }),
            ),
        ),
        (Rule::OperationMoved, vec![Edit::rename("/paths/~1agent", "/agents")]),
        (Rule::OperationHidden, set(CREATE, "/x-ms-visibility", "internal")),
        (Rule::OperationShown, remove("/paths/~1schema/get", "/x-ms-visibility")),
        (Rule::OperationDeprecated, set(CREATE, "/deprecated", true)),
        (Rule::OperationTextChanged, set(CREATE, "/summary", "Make news")),
        (
            Rule::TriggerChanged,
            set("/paths/~1news~1poll/get", "/x-ms-trigger", "single"),
        ),
        (Rule::TriggerChanged, remove("/paths/~1news~1poll/get", "/x-ms-trigger")),
        (Rule::PagingChanged, remove("/paths/~1topics/get", "/x-ms-pageable")),
        (
            Rule::ContentTypeChanged,
            set(CREATE, "/consumes", json!(["application/xml"])),
        ),
        (Rule::ParameterRemoved, remove(LIST_NEWS, "/parameters/3")),
        (Rule::ParameterRemoved, remove(NEW_ITEM, "/properties/fields")),
        (Rule::RequiredParameterAdded, added(json!({ "required": true }))),
        (
            Rule::RequiredParameterWithDefaultAdded,
            added(json!({ "required": true, "default": "x" })),
        ),
        (Rule::OptionalParameterAdded, added(json!({}))),
        (
            Rule::OptionalParameterAdded,
            set(NEW_ITEM, "/properties/more", json!({ "type": "string" })),
        ),
        (Rule::ParameterBecameRequired, top("/required", json!(true))),
        (
            Rule::ParameterBecameRequired,
            set(NEW_ITEM, "/required", json!(["title", "source", "fields"])),
        ),
        (
            Rule::ParameterBecameOptional,
            set(NEW_ITEM, "/required", json!(["source"])),
        ),
        (
            Rule::RequiredParametersReordered,
            [
                set(LIST_NEWS, "/parameters/0", json!({ "$ref": "#/parameters/Site" })),
                vec![Edit::set(&format!("{LIST_NEWS}/parameters/1"), topic())],
            ]
            .concat(),
        ),
        (Rule::ParameterMoved, top("/in", json!("header"))),
        (Rule::ParameterTypeChanged, top("/type", json!("string"))),
        (Rule::ParameterTypeWidened, top("/type", json!("number"))),
        (Rule::ParameterFormatChanged, top("/format", json!("int64"))),
        (Rule::ParameterValueRemoved, order("/enum", json!(["new"]))),
        (
            Rule::ParameterValueRemoved,
            set(NEW_ITEM, "/properties/title/enum", json!(["a"])),
        ),
        (Rule::ParameterValueAdded, order("/enum", json!(["new", "old", "best"]))),
        (Rule::ParameterBoundsNarrowed, top("/maximum", json!(20))),
        (
            Rule::ParameterBoundsNarrowed,
            set(NEW_ITEM, "/properties/title/pattern", "^[A-Z]"),
        ),
        (Rule::ParameterBoundsWidened, top("/maximum", json!(100))),
        (Rule::ParameterDefaultChanged, order("/default", json!("old"))),
        (Rule::ParameterHidden, top("/x-ms-visibility", json!("internal"))),
        (Rule::ParameterTextChanged, top("/x-ms-summary", json!("How many"))),
        (
            Rule::DynamicSourceChanged,
            remove(LIST_NEWS, "/parameters/0/x-ms-dynamic-list"),
        ),
        (Rule::ResponseFieldRemoved, remove(ITEM, "/properties/pictures")),
        (
            Rule::ResponseFieldAdded,
            set(ITEM, "/properties/likes", json!({ "type": "integer" })),
        ),
        (
            Rule::ResponseFieldTypeChanged,
            set(ITEM, "/properties/kind/type", "integer"),
        ),
        (Rule::ResponseFieldFormatChanged, remove(ITEM, "/properties/id/format")),
        (Rule::ResponseFieldBecameOptional, set(ITEM, "/required", json!([]))),
        (
            Rule::ResponseFieldBecameRequired,
            set(ITEM, "/required", json!(["kind", "id"])),
        ),
        (
            Rule::ResponseFieldHidden,
            set(ITEM, "/properties/kind/x-ms-visibility", "internal"),
        ),
        (
            Rule::ResponseTextChanged,
            set(ITEM, "/properties/kind/x-ms-summary", "Kind"),
        ),
        (Rule::ResponseRemoved, remove(CREATE, "/responses/201/schema")),
        (
            Rule::ResponseAdded,
            set(
                "/paths/~1agent/post",
                "/responses/200/schema",
                json!({ "type": "string" }),
            ),
        ),
        (
            Rule::ResponseStatusChanged,
            vec![Edit::rename("/paths/~1agent/post/responses/200", "202")],
        ),
        (
            Rule::AuthenticationChanged,
            set("/securityDefinitions", "/key/name", "X-Other"),
        ),
        (
            Rule::AuthenticationChanged,
            token("/identityProvider", json!("oauth2generic")),
        ),
        (Rule::ScopesChanged, token("/scopes", json!(["read", "write"]))),
        (
            Rule::ConnectionParameterAdded,
            properties("/connectionParameters/tenant", json!({ "type": "string" })),
        ),
        (
            Rule::ConnectionParameterRemoved,
            vec![Edit::remove("properties:/properties/connectionParameters/key")],
        ),
        (Rule::HostChanged, set("", "/host", "other.contoso.com")),
        (
            Rule::PolicyChanged,
            vec![Edit::remove("properties:/properties/policyTemplateInstances/1")],
        ),
        (Rule::PresentationChanged, set("/info", "/title", "Contoso Newsroom")),
        (
            Rule::PresentationChanged,
            properties("/iconBrandColor", json!("#123456")),
        ),
    ]
}

fn topic() -> Value {
    let definition: Value = serde_json::from_str(DEFINITION).expect("JSON");
    definition
        .pointer(&format!("{LIST_NEWS}/parameters/0"))
        .expect("it is there")
        .clone()
}

fn shown(changes: &[Change]) -> String {
    changes.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_definition_is_the_same_as_itself() {
    assert_eq!(changes(&[], &[]), []);
}

#[test]
fn where_a_schema_stands_is_no_change() {
    let inline = serde_json::from_str::<Value>(DEFINITION).expect("JSON")["definitions"]["Item"].clone();
    assert_eq!(changes(&[], &set(CREATE, "/responses/201/schema", inline)), []);
}

#[test]
fn each_change_is_seen_as_itself_and_nothing_else() {
    let mut failures = Vec::new();
    for (rule, edits) in cases() {
        let found = changes(&[], &edits);
        let rules: BTreeSet<_> = found.iter().map(|change| change.rule).collect();
        if rules != BTreeSet::from([rule]) {
            failures.push(format!("{} by {edits:?}:\n{}", rule.name(), shown(&found)));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

#[test]
fn a_value_more_in_an_answer_is_risky_and_one_less_is_safe() {
    let kinds = |values: Value| set(ITEM, "/properties/kind/enum", values);
    let check = |before: Value, after: Value, expected| {
        let found = changes(&kinds(before), &kinds(after));
        assert!(
            found.iter().all(|change| change.rule == expected) && !found.is_empty(),
            "{}",
            shown(&found)
        );
    };
    check(json!(["a"]), json!(["a", "b"]), ChangeRule::ResponseValueAdded);
    check(json!(["a", "b"]), json!(["a"]), ChangeRule::ResponseValueRemoved);
}

#[test]
fn every_kind_of_change_is_tested() {
    let mut tested: BTreeSet<_> = cases().into_iter().map(|(rule, _)| rule).collect();
    tested.extend([ChangeRule::ResponseValueAdded, ChangeRule::ResponseValueRemoved]);
    let missing: Vec<_> = ChangeRule::ALL
        .iter()
        .filter(|rule| !tested.contains(rule))
        .map(|rule| rule.name())
        .collect();
    assert!(missing.is_empty(), "no test of {missing:?}");
}

#[test]
fn an_internal_operation_can_go_at_some_risk() {
    let found = changes(&[], &remove("/paths/~1subscriptions~1{id}", "/delete"));
    assert_eq!(
        (found[0].rule, found[0].level),
        (ChangeRule::OperationRemoved, Level::Risky)
    );
}

#[test]
fn what_is_gone_is_shown_in_the_old_file_and_what_is_new_in_the_new_one() {
    let found = changes(&[], &remove(ITEM, "/properties/pictures"));
    assert_eq!(found[0].pointer, "/definitions/Item/properties/pictures");
    let found = changes(
        &[],
        &set(CREATE, "/parameters/-", query("more", &json!({ "required": true }))),
    );
    assert_eq!(found[0].pointer, "/paths/~1news/post/parameters/2");
    assert_eq!(found[0].operation.as_deref(), Some("CreateNews"));
}

#[test]
fn a_breaking_change_can_be_made_as_a_new_revision() {
    let (before, after) = (
        Files::with(&[]),
        Files::with(&set(
            CREATE,
            "/parameters/-",
            query("more", &json!({ "required": true })),
        )),
    );
    let found = diff(before.side(), after.side());
    let advice: Vec<_> = revisions(&found, before.side(), after.side())
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        advice,
        [concat!(
            "keep \"CreateNews\" as it was, with `\"deprecated\": true`, and add \"CreateNews_V2\" with ",
            "`\"x-ms-api-annotation\": {\"family\": \"CreateNews\", \"revision\": 2}`"
        )]
    );
}

#[test]
fn schemas_that_come_back_to_themselves_are_compared_to_their_end() {
    let tree = |more: Value| {
        let node = json!({ "type": "object", "properties": {
            "children": { "type": "array", "items": { "$ref": "#/definitions/Tree" } }, "leaf": more,
        } });
        [
            set("/definitions", "/Tree", node),
            set(CREATE, "/responses/201/schema", json!({ "$ref": "#/definitions/Tree" })),
        ]
        .concat()
    };
    let found = changes(&tree(json!({ "type": "string" })), &tree(json!({ "type": "integer" })));
    let rules: Vec<_> = found.iter().map(|change| change.rule).collect();
    assert_eq!(rules, [ChangeRule::ResponseFieldTypeChanged], "{}", shown(&found));
}
