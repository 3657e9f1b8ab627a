//! Whatever is wrong with a description: an error or a module, never a panic.

use midspan_generate::{Error, Module, Options, Request, odata, openapi};
use proptest::prelude::*;

const BOOKSHOP: &str = include_str!("../descriptions/bookshop.yaml");
const ORDERS: &str = include_str!("../descriptions/Orders.swagger.json");
const GRAPH: &str = include_str!("../descriptions/graph.xml");

/// The words of a description, some of them replaced by others of it: what is then wrong is wrong in ways of its own.
fn shuffled(text: &'static str) -> impl Strategy<Value = String> {
    let words: Vec<&str> = text.split_inclusive([' ', '"', '/', '<', ':', '{']).collect();
    let count = words.len();
    let change = (0..count, 0..count, any::<bool>());
    proptest::collection::vec(change, 1..6).prop_map(move |changes| {
        let mut words = words.clone();
        for (at, from, is_removed) in changes {
            words[at] = if is_removed { "" } else { words[from] };
        }
        words.concat()
    })
}

fn generate(how: fn(&Request<'_>) -> Result<Module, Error>, text: &str) -> Result<(), TestCaseError> {
    let request = Request {
        name: "source",
        file: "description",
        text,
        command: "midspan source add",
        options: Options::default(),
    };
    match how(&request) {
        Ok(module) => prop_assert!(syn::parse_file(&module.text).is_ok(), "{}", module.text),
        Err(error) => prop_assert!(!error.to_string().contains("defect"), "{}", error),
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn an_openapi_document_in_yaml(text in shuffled(BOOKSHOP)) {
        generate(openapi, &text)?;
    }

    #[test]
    fn an_openapi_document_in_json(text in shuffled(ORDERS)) {
        generate(openapi, &text)?;
    }

    #[test]
    fn odata_metadata(text in shuffled(GRAPH)) {
        generate(odata, &text)?;
    }

    #[test]
    fn any_text(text in ".*") {
        generate(openapi, &text)?;
        generate(odata, &text)?;
    }
}
