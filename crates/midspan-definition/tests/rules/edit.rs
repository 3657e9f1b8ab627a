//! Changes of a JSON file, as data.

use serde_json::Value;

/// A change at a JSON pointer; one that starts with `properties:` is of `apiProperties.json`.
#[derive(Debug, Clone)]
pub(crate) enum Edit {
    /// Sets a member, or an item; `-` appends.
    Set(String, Value),
    Remove(String),
    /// Gives a member another name.
    Rename(String, String),
    /// Changes the file's text.
    Text(fn(String) -> Vec<u8>),
}

impl Edit {
    pub(crate) fn set(pointer: &str, value: impl Into<Value>) -> Self {
        Self::Set(pointer.to_owned(), value.into())
    }

    pub(crate) fn remove(pointer: &str) -> Self {
        Self::Remove(pointer.to_owned())
    }

    pub(crate) fn rename(pointer: &str, name: &str) -> Self {
        Self::Rename(pointer.to_owned(), name.to_owned())
    }

    fn pointer(&self) -> &str {
        match self {
            Self::Set(pointer, _) | Self::Remove(pointer) | Self::Rename(pointer, _) => pointer,
            Self::Text(_) => "",
        }
    }
}

/// Both files with the changes made.
pub(crate) fn apply(definition: &str, properties: &str, edits: &[Edit]) -> (Vec<u8>, Vec<u8>) {
    let mut definition: Value = serde_json::from_str(definition).expect("JSON");
    let mut properties: Value = serde_json::from_str(properties).expect("JSON");
    for edit in edits {
        match edit.pointer().strip_prefix("properties:") {
            Some(pointer) => change(&mut properties, pointer, edit),
            None => change(&mut definition, edit.pointer(), edit),
        }
    }
    let text = |value: &Value| serde_json::to_string_pretty(value).expect("JSON");
    let (mut definition, properties) = (text(&definition).into_bytes(), text(&properties).into_bytes());
    for edit in edits {
        if let Edit::Text(change) = edit {
            definition = change(String::from_utf8(definition).expect("UTF-8"));
        }
    }
    (definition, properties)
}

fn change(root: &mut Value, pointer: &str, edit: &Edit) {
    if let Edit::Text(_) = edit {
        return;
    }
    if pointer.is_empty() {
        if let Edit::Set(_, value) = edit {
            *root = value.clone();
        }
        return;
    }
    let (parent, key) = pointer.rsplit_once('/').expect("a pointer");
    let key = key.replace("~1", "/").replace("~0", "~");
    let parent = root
        .pointer_mut(parent)
        .unwrap_or_else(|| panic!("there is nothing at {parent:?}"));
    match (parent, edit) {
        (Value::Object(members), Edit::Set(_, value)) => {
            members.insert(key, value.clone());
        }
        (Value::Object(members), Edit::Remove(_)) => {
            members
                .remove(&key)
                .unwrap_or_else(|| panic!("there is nothing at {pointer:?}"));
        }
        (Value::Object(members), Edit::Rename(_, name)) => {
            let value = members
                .remove(&key)
                .unwrap_or_else(|| panic!("there is nothing at {pointer:?}"));
            members.insert(name.clone(), value);
        }
        (Value::Array(items), Edit::Set(_, value)) if key == "-" => items.push(value.clone()),
        (Value::Array(items), Edit::Set(_, value)) => items[key.parse::<usize>().expect("an index")] = value.clone(),
        (Value::Array(items), Edit::Remove(_)) => {
            items.remove(key.parse().expect("an index"));
        }
        (other, _) => panic!("{edit:?} does not fit {other}"),
    }
}
