//! Components say what they are.

use midspan_definition::read;
use midspan_tests::{component_file, reference_operations};
use serde_json::Value;

#[test]
fn every_component_carries_the_description_of_its_operation() {
    for name in reference_operations() {
        let component = std::fs::read(component_file(&name)).expect("the component is built");
        let mut descriptions = read::descriptions(&component).expect("it has a description");
        descriptions.iter_mut().for_each(forget_lines);
        // In which order the sections stand is the linker's choice.
        descriptions.sort_by_key(|description| description["id"].to_string());
        match descriptions.as_slice() {
            [only] => insta::assert_json_snapshot!(name, only),
            several => insta::assert_json_snapshot!(name, several),
        }
    }
}

/// A description costs nothing at run time: it is in its section, and not in the component's memory too.
#[test]
fn a_component_holds_the_texts_for_makers_once() {
    for name in reference_operations() {
        let component = std::fs::read(component_file(&name)).expect("the component is built");
        for description in read::descriptions(&component).expect("it has a description") {
            let text = description["description"]
                .as_str()
                .expect("every operation is described");
            let times = String::from_utf8_lossy(&component).matches(text).count();
            assert_eq!(times, 1, "{name}: {text}");
        }
    }
}

/// Where something stands in a source file changes with every line above it.
fn forget_lines(value: &mut Value) {
    match value {
        Value::Object(members) => {
            if members.contains_key("file") {
                members.remove("line");
            }
            members.values_mut().for_each(forget_lines);
        }
        Value::Array(items) => items.iter_mut().for_each(forget_lines),
        _ => {}
    }
}
