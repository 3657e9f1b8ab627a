//! What the macros make of an author's code.

mod contract;
mod decode;
mod describe;
mod designer;

/// `TRYBUILD=overwrite` writes the expected errors anew.
#[test]
fn mistakes_are_compile_errors_where_they_are() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}
