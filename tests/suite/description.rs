//! Components say what they are.

use midspan_definition::read;
use midspan_tests::{component_file, reference_operations};

#[test]
fn every_component_carries_the_description_of_its_operation() {
    for name in reference_operations() {
        let component = std::fs::read(component_file(&name)).expect("the component is built");
        let descriptions = read::descriptions(&component).expect("it has a description");
        match descriptions.as_slice() {
            [only] => insta::assert_json_snapshot!(name, only),
            several => insta::assert_json_snapshot!(name, several),
        }
    }
}
