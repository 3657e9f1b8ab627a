//! The connector's definition as the built components make it, with what the linter says of it, each at its place.

use std::sync::Arc;

use axum::{Json, extract::State};
use midspan_definition::{document::Document, lint};
use midspan_host::manifest::Manifest;
use serde_json::{Value, json};

use super::Shared;
use crate::define;

/// It is read anew each time: the components may have been built anew.
pub(super) async fn definition(State(shared): State<Arc<Shared>>) -> Json<Value> {
    let manifest = shared.manifest.clone();
    let read = tokio::task::spawn_blocking(move || read(&manifest)).await;
    Json(match read {
        Ok(Ok(found)) => found,
        Ok(Err(problem)) => json!({ "problem": problem }),
        Err(stopped) => json!({ "problem": stopped.to_string() }),
    })
}

fn read(manifest: &std::path::Path) -> Result<Value, String> {
    let manifest = Manifest::load(manifest).map_err(|error| error.to_string())?;
    let files = define::of(&manifest, "localhost").map_err(|error| error.to_string())?;
    let described = define::described(&manifest, &[], |_| ()).map_err(|error| error.to_string())?;
    let descriptions: Vec<_> = described.into_iter().map(|one| one.description).collect();
    let document = |name: &str, text: &str| Document::parse(name, text.as_bytes()).map_err(|error| error.message);
    let definition = document("apiDefinition.swagger.json", &files.definition)?;
    let properties = document("apiProperties.json", &files.properties)?;
    let findings: Vec<_> = lint::lint(&definition, Some(&properties))
        .iter()
        .map(|finding| {
            json!({
                "rule": finding.rule.name(),
                "severity": finding.severity.name(),
                "file": finding.file,
                "line": finding.position.line,
                "pointer": finding.pointer,
                "message": finding.message,
                "help": finding.help(),
            })
        })
        .collect();
    Ok(json!({
        "definition": files.definition,
        "properties": files.properties,
        "findings": findings,
        "descriptions": descriptions,
    }))
}
