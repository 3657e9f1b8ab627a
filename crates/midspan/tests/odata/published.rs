//! The cases that OASIS publishes, where somebody has them; see the head of this test.

use std::path::Path;

use crate::{grammar::accepts, rules::rule};

/// The path of `odata-abnf-testcases.xml`.
const FILE: &str = "ODATA_ABNF_TESTCASES";

struct Case {
    rule: String,
    input: String,
    fails: bool,
}

/// What Midspan never writes, so that the reader does not know it: JSON in a URL, aliases of parameters, annotations and
/// other entities.
const UNKNOWN: &[&str] = &["[", "%5B", "{", "%7B", "@", "$root", "$these"];

/// What only the names of a model make wrong: it is a function that is not called.
const NAMES: &[&str] = &["Model.Available"];

#[test]
#[ignore = "needs the published file: ODATA_ABNF_TESTCASES=path/to/odata-abnf-testcases.xml"]
fn published_cases_are_read_as_they_should_be() {
    let file = std::env::var_os(FILE).expect("ODATA_ABNF_TESTCASES names the published file");
    let mut wrong = Vec::new();
    let (mut right, mut left_out) = (0, 0);
    for case in cases(Path::new(&file)) {
        match rule(&case.rule) {
            Some(rule) if case.is_known() => {
                if accepts(rule, &case.input) == case.fails {
                    wrong.push(format!("{}: {}", case.rule, case.input));
                } else {
                    right += 1;
                }
            }
            _ => left_out += 1,
        }
    }
    println!("{right} cases are right, {left_out} are of rules that Midspan does not write");
    assert!(right > 0, "the file has no case of a known rule");
    assert!(wrong.is_empty(), "wrong:\n{}", wrong.join("\n"));
}

impl Case {
    fn is_known(&self) -> bool {
        !UNKNOWN.iter().any(|part| self.input.contains(part)) && !NAMES.contains(&self.input.as_str())
    }
}

fn cases(file: &Path) -> Vec<Case> {
    let text = std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let elements = text.split("<TestCase").skip(1);
    elements
        .map(|element| {
            let (head, rest) = element.split_once('>').expect("a start tag ends");
            let input = rest
                .split_once("<Input>")
                .and_then(|(_, rest)| rest.split_once("</Input>"));
            Case {
                rule: attribute(head, "Rule").unwrap_or_default(),
                input: input.map(|(input, _)| unescaped(input)).unwrap_or_default(),
                fails: attribute(head, "FailAt").is_some(),
            }
        })
        .collect()
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    rest.split_once('"').map(|(value, _)| unescaped(value))
}

fn unescaped(text: &str) -> String {
    let entities = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&apos;", "'"),
        ("&#09;", "\t"),
        ("&amp;", "&"),
    ];
    entities
        .iter()
        .fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}
