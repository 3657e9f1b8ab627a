//! OData URLs against the rules of the OData ABNF (OData v4.01 ABNF construction rules, OASIS).
//!
//! The test cases that OASIS publishes beside the rules, `odata-abnf-testcases.xml`, are under a licence that does not let
//! them be copied here. So the cases in [`cases`] are our own, written rule by rule from the construction rules, and name
//! the rule. They check the reader in [`rules`]; the reader then checks whatever the query options build, in [`built`].
//! Whoever has the published file runs its cases through the reader as well ([`published`]):
//!
//! ```sh
//! ODATA_ABNF_TESTCASES=path/to/odata-abnf-testcases.xml cargo test -p midspan --test odata -- --ignored --nocapture
//! ```

mod built;
mod cases;
mod grammar;
mod literals;
mod published;
mod rules;
