//! nst/JSONTestSuite: what every reader of JSON must take (`y_`), must not take (`n_`), and may do either way (`i_`).

use std::{collections::BTreeSet, fs};

use crate::{Echo, post};

/// What is taken of the files that the suite leaves open. The others are refused: numbers beyond a double, halves of surrogate
/// pairs, bytes that are not UTF-8, a byte order mark, and more than 64 levels.
const TAKEN: [&str; 5] = [
    "i_number_double_huge_neg_exp",
    "i_number_real_underflow",
    "i_number_too_big_neg_int",
    "i_number_too_big_pos_int",
    "i_number_very_big_negative_int",
];

#[test]
fn all_json_is_taken_and_nothing_else() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/json/JSONTestSuite");
    let mut open = BTreeSet::new();
    let mut count = 0;
    let check = |name: &str, body: Vec<u8>, open: &mut BTreeSet<String>| {
        let expected: Option<serde_json::Value> = serde_json::from_slice(&body).ok();
        let answer = post::<Echo>("/echo", body);
        let refused = || {
            let error = answer.error();
            assert_eq!((answer.status(), error.error.code.name()), (400, "BadInput"), "{name}");
            let place = error.error.target.expect("a target");
            let says_where = error.message.contains("column") || error.message.contains(&place);
            assert!(says_where, "{name}: {}", error.message);
        };
        match &name[..2] {
            "y_" => assert_eq!(answer.json::<serde_json::Value>(), expected.expect("JSON"), "{name}"),
            "n_" => refused(),
            _ if answer.status() == 200 => {
                open.insert(name.to_owned());
            }
            _ => refused(),
        }
    };
    for file in fs::read_dir(folder).expect("the suite") {
        let path = file.expect("a file").path();
        let name = path
            .file_stem()
            .and_then(|name| name.to_str())
            .expect("a name")
            .to_owned();
        if name == "LICENSE" {
            continue;
        }
        check(&name, fs::read(&path).expect("its bytes"), &mut open);
        count += 1;
    }
    // Two of the suite's files are this and nothing more.
    check(
        "n_structure_100000_opening_arrays",
        "[".repeat(100_000).into(),
        &mut open,
    );
    check(
        "n_structure_open_array_object",
        "[{\"\":".repeat(50_000).into(),
        &mut open,
    );
    assert_eq!(count + 2, 318, "the suite is whole");
    assert_eq!(open.iter().map(String::as_str).collect::<Vec<_>>(), TAKEN);
}
