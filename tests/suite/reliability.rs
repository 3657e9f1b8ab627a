//! What docs/reliability.md promises is tested: every test that it names is there.

use std::path::PathBuf;

use midspan_tests::root;

/// The code that a name in the page stands for, and the test's name or its beginning.
fn named(name: &str) -> Option<(PathBuf, &str)> {
    let (folder, name) = match name.strip_prefix("host ") {
        Some(name) => ("crates/midspan-host/tests/host", name),
        None => ("tests/suite", name),
    };
    let (module, test) = name.split_once("::")?;
    let beginning = test.split(['*', '.']).next()?;
    Some((root().join(folder).join(module).with_extension("rs"), beginning))
}

#[test]
fn every_test_that_the_page_names_is_there() {
    let page = std::fs::read_to_string(root().join("docs/reliability.md")).expect("the page");
    let rows = page.lines().filter(|line| line.starts_with("| "));
    let tests: Vec<_> = rows
        .filter_map(|row| row.trim_end_matches(" |").rsplit_once(" | "))
        .flat_map(|(_, tests)| tests.split('`').skip(1).step_by(2))
        .collect();
    assert!(tests.len() > 25, "{tests:?}");
    for name in tests {
        if let Some((file, beginning)) = named(name) {
            let code = std::fs::read_to_string(&file).unwrap_or_else(|why| panic!("{name}: {}: {why}", file.display()));
            assert!(
                code.contains(&format!("fn {beginning}")),
                "{name} is not in {}",
                file.display()
            );
        } else if name != "midspan" && name != "envelope" {
            let tests = root().join("crates/midspan/tests").join(name);
            assert!(tests.exists() || tests.with_extension("rs").exists(), "{name}");
        }
    }
}
