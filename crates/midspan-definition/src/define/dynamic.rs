//! What designers learn by calling another operation, in the old form and in the new one: Learn, "OpenAPI extensions for
//! custom connectors", asks for both.

use serde_json::{Map, Value, json};

use super::description::{Argument, Call, Dynamic, Given, List};

/// The members that stand at a parameter or a schema; `place` is the record that it stands in, such as `body/site`.
pub(super) fn write(dynamic: &Dynamic, place: &str) -> Map<String, Value> {
    match dynamic {
        Dynamic::Values(list) => members([
            ("x-ms-dynamic-values", old_list(list, place)),
            ("x-ms-dynamic-list", new_list(list, place)),
        ]),
        Dynamic::Schema { call, path } => {
            let mut old = old_call(call, place);
            text(&mut old, "value-path", path);
            let mut new = new_call(call, place);
            text(&mut new, "itemValuePath", path);
            members([
                ("x-ms-dynamic-schema", old.into()),
                ("x-ms-dynamic-properties", new.into()),
            ])
        }
        Dynamic::Tree {
            open,
            browse,
            parent,
            select_parents,
            select_leaves,
        } => {
            let list = |list: &List| {
                let mut value = new_list(list, place);
                value["itemIsParent"] = format!("({parent} eq true)").into();
                value
            };
            let tree = json!({
                "settings": { "canSelectParentNodes": select_parents, "canSelectLeafNodes": select_leaves },
                "open": list(open),
                "browse": list(browse),
            });
            members([("x-ms-dynamic-tree", tree)])
        }
    }
}

fn members<const N: usize>(members: [(&str, Value); N]) -> Map<String, Value> {
    members
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

fn old_list(list: &List, place: &str) -> Value {
    let mut value = old_call(&list.call, place);
    text(&mut value, "value-collection", &list.items);
    text(&mut value, "value-path", &list.value);
    text(&mut value, "value-title", &list.title);
    value.into()
}

fn new_list(list: &List, place: &str) -> Value {
    let mut value = new_call(&list.call, place);
    text(&mut value, "itemsPath", &list.items);
    text(&mut value, "itemValuePath", &list.value);
    text(&mut value, "itemTitlePath", &list.title);
    value.into()
}

fn old_call(call: &Call, place: &str) -> Map<String, Value> {
    called(call, |value| match value {
        Given::Fixed(value) => value.clone(),
        // The old form begins with what is in the body.
        Given::Parameter(name) => json!({ "parameter": name.strip_prefix("body/").unwrap_or(name) }),
        Given::Sibling(name) => match place.strip_prefix("body/") {
            None => json!({ "parameter": name }),
            Some(record) => json!({ "parameter": format!("{record}/{name}") }),
        },
        Given::Opened(name) => json!({ "selectedItemValuePath": name }),
    })
}

fn new_call(call: &Call, place: &str) -> Map<String, Value> {
    called(call, |value| match value {
        Given::Fixed(value) => json!({ "value": value }),
        Given::Parameter(name) => json!({ "parameterReference": name }),
        Given::Sibling(name) => json!({ "parameterReference": format!("{place}/{name}") }),
        Given::Opened(name) => json!({ "selectedItemValuePath": name }),
    })
}

fn called(call: &Call, value: impl Fn(&Given) -> Value) -> Map<String, Value> {
    let given = call.arguments.iter();
    let given: Map<_, _> = given
        .map(|Argument { name, value: given }| (name.clone(), value(given)))
        .collect();
    members([
        ("operationId", call.operation.as_str().into()),
        ("parameters", given.into()),
    ])
}

fn text(value: &mut Map<String, Value>, name: &str, text: &str) {
    if !text.is_empty() {
        value.insert(name.to_owned(), text.into());
    }
}
