//! The definition comes back.

use midspan::Operation;
use midspan_definition::{
    define::{About, Described, Template, define_in},
    encode,
};
use serde_json::Value;

use crate::{
    add_file::AddFile,
    files::{DEFINITION, PROPERTIES},
    order::{delete_order::DeleteOrder, get_order::GetOrder},
    orders::{create_order::CreateOrder, list_orders::ListOrders},
    unsubscribe::Unsubscribe,
    when_an_order_comes::WhenAnOrderComes,
};

pub(crate) fn template(host: &str) -> Template {
    let json = |text: &str| serde_json::from_str::<Value>(text).expect("JSON");
    let definition = json(include_str!("application/definition/definition.json"));
    let properties = json(include_str!("application/definition/properties.json"));
    Template::new(definition, properties, host).expect("a template")
}

/// What components say of themselves, in the bytes that they have of it.
pub(crate) fn descriptions() -> Vec<Described> {
    macro_rules! described {
        ($($operation:ty),+) => {
            vec![$({
                const DESCRIPTION: midspan_definition::Operation = <$operation as Operation>::DESCRIPTION;
                const JSON: [u8; encode::json_len(&DESCRIPTION)] = encode::json(&DESCRIPTION);
                Described {
                    component: DESCRIPTION.id.to_owned(),
                    description: serde_json::from_slice(&JSON).expect("JSON"),
                }
            }),+]
        };
    }
    described![
        ListOrders,
        CreateOrder,
        GetOrder,
        DeleteOrder,
        AddFile,
        WhenAnOrderComes,
        Unsubscribe
    ]
}

#[test]
fn it_is_the_same_that_was_imported() {
    let files = define_in(&template(""), &About::default(), &descriptions()).expect("a definition");
    let json = |text: &str| serde_json::from_str::<Value>(text).expect("JSON");
    assert_eq!(json(&files.definition), json(DEFINITION));
    assert_eq!(json(&files.properties), json(PROPERTIES));
    assert!(files.readme.starts_with("# Relay Shop\n"), "{}", files.readme);
}

#[test]
fn its_host_can_be_where_the_application_is() {
    let files = define_in(&template("relay.contoso.com"), &About::default(), &descriptions()).expect("a definition");
    let definition: Value = serde_json::from_str(&files.definition).expect("JSON");
    assert_eq!(definition["host"], "relay.contoso.com");
}
