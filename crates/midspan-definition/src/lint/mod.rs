//! Checks a definition, ours or not, without asking the platform.
//!
//! The rules are those of Microsoft's validator, which is online only, as far as a file alone decides them; the
//! documented limits; and what the upload tools stumble over. An error is what the platform refuses, a warning is what
//! certification or a maker complains of: many published connectors break documented rules.
//!
//! ```
//! use midspan_definition::{document::Document, lint::{Rule, lint}};
//!
//! let text = br##"{
//!   "swagger": "2.0", "info": {"title": "News", "version": "1.0"}, "host": "contoso.com", "schemes": ["https"],
//!   "paths": {"/news": {"get": {"operationId": "GetNews", "responses": {
//!     "200": {"description": "News", "schema": {"$ref": "#/definitions/News"}}
//!   }}}}
//! }"##;
//! let definition = Document::parse("apiDefinition.swagger.json", text).expect("JSON");
//! let findings = lint(&definition, None);
//! let dangling = findings.iter().find(|finding| finding.rule == Rule::SchemaReferenceNotFound).expect("it dangles");
//! assert_eq!(dangling.position.line, 4);
//! assert_eq!(dangling.pointer, "/paths/~1news/get/responses/200/schema/$ref");
//! ```

mod dynamic;
mod enums;
mod families;
mod file;
mod finding;
mod keywords;
mod metadata;
mod operations;
mod parameters;
mod paths;
mod properties;
mod reach;
mod references;
mod responses;
mod rule;
mod schema_file;
mod schemas;
mod security;
mod values;
mod webhooks;

pub use self::{
    finding::{Finding, Findings},
    rule::{Rule, Section, Severity},
};
use crate::{
    connector::{self, Connector},
    document::Document,
};

/// Everything that is wrong with a definition and, where it is given, with its `apiProperties.json`; by place.
#[must_use]
pub fn lint(definition: &Document, properties: Option<&Document>) -> Vec<Finding> {
    let mut findings = Findings::new(definition);
    let connector = Connector::new(definition);
    file::check(definition, &mut findings);
    if definition.root().is_object() {
        metadata::check(definition.root(), &mut findings);
        keywords::check(&connector, &mut findings);
        references::check(&connector, &mut findings);
        paths::check(&connector, &mut findings);
        operations::check(&connector, &mut findings);
        parameters::check(&connector, &mut findings);
        responses::check(&connector, &mut findings);
        schemas::check(&connector, &mut findings);
        dynamic::check(&connector, &mut findings);
        webhooks::check(&connector, &mut findings);
        families::check(&connector, &mut findings);
        security::check(&connector, &mut findings);
    }
    schema_file::check_definition(definition, &mut findings);
    let mut all = findings.into_sorted();
    if let Some(document) = properties {
        let mut findings = Findings::new(document);
        file::check(document, &mut findings);
        properties::check(document.root(), &connector, &mut findings);
        schema_file::check_properties(document, &mut findings);
        all.extend(findings.into_sorted());
    }
    all
}

/// What is wrong with a file that is no JSON.
#[must_use]
pub fn not_json(error: &crate::document::NotJson) -> Finding {
    Finding {
        rule: Rule::NotJson,
        severity: Rule::NotJson.severity(),
        file: error.name.clone(),
        position: error.position,
        pointer: String::new(),
        message: format!("the file is not JSON: {}", error.message),
    }
}
