//! What one part of a manifest says of another must hold.

use super::{Component, Located, Manifest};
use crate::{
    allowed_hosts::{HostPattern, InvalidHostPattern},
    diagnostic::{Diagnostic, closest},
    document::Document,
    routes,
    variables::Template,
};

/// Reports what does not fit together.
pub(super) fn check(document: &Document<'_>, manifest: &Manifest) {
    triggers_have_components(document, manifest);
    for component in &manifest.components {
        let own = component.variables.values();
        for template in own.chain(&component.allowed_outbound_hosts) {
            variables_are_declared(document, manifest, component, template);
        }
        for host in component.allowed_outbound_hosts.iter().filter(|host| host.is_literal()) {
            host_is_valid(document, manifest, component, host);
        }
    }
    for problem in routes::problems(manifest) {
        document.report(problem);
    }
}

fn triggers_have_components(document: &Document<'_>, manifest: &Manifest) {
    for trigger in manifest
        .triggers
        .iter()
        .filter(|trigger| manifest.component(&trigger.component).is_none())
    {
        let message = format!(
            "trigger {:?} is for component {:?}, which does not exist",
            trigger.id, trigger.component
        );
        document.report(meant(
            Diagnostic::error(document.file, trigger.line, message),
            &trigger.component,
            manifest,
        ));
    }
}

/// Adds the component that was probably meant.
fn meant(problem: Diagnostic, id: &str, manifest: &Manifest) -> Diagnostic {
    match closest(id, manifest.components.iter().map(|component| component.id.as_str())) {
        Some(meant) => problem.with_help(format!("did you mean {meant:?}?")),
        None => problem.with_help(format!("add [component.{id}] with its `source`")),
    }
}

fn variables_are_declared(
    document: &Document<'_>,
    manifest: &Manifest,
    component: &Component,
    text: &Located<Template>,
) {
    for name in text.names().filter(|name| !manifest.variables.contains_key(*name)) {
        let message = format!(
            "component {:?} uses \"{}\", but variable {name:?} is not declared",
            component.id, text.value
        );
        let help = match closest(name, manifest.variables.keys().map(String::as_str)) {
            Some(meant) => format!("did you mean {meant:?}?"),
            None => format!("add `{name} = {{ required = true }}` under [variables]"),
        };
        document.report(Diagnostic::error(document.file, text.line, message).with_help(help));
    }
}

fn host_is_valid(document: &Document<'_>, manifest: &Manifest, component: &Component, host: &Located<Template>) {
    let text = host.value.to_string();
    match text.parse::<HostPattern>() {
        Err(error) => {
            let message = format!("component {:?}: {text:?} {error}", component.id);
            document.report(Diagnostic::error(document.file, host.line, message).with_help(InvalidHostPattern::HELP));
        }
        Ok(pattern) => {
            let Some(chained) = pattern.chained_component() else {
                return;
            };
            if manifest.component(chained).is_none() {
                let message = format!(
                    "component {:?} calls component {chained:?}, which does not exist",
                    component.id
                );
                document.report(meant(
                    Diagnostic::warning(document.file, host.line, message),
                    chained,
                    manifest,
                ));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::diagnostic::Diagnostics;

    #[test]
    fn what_does_not_fit_together_is_said_by_line_with_what_was_meant() {
        let text = r#"spin_manifest_version = 2
[application]
name = "a"
[variables]
graph_url = { default = "x" }
[[trigger.http]]
route = "/home"
component = "hom"
[[trigger.http]]
route = "/:"
component = "somewhere-else"
[component.home]
source = "home.wasm"
variables = { key = "{{ graph_ulr }}" }
allowed_outbound_hosts = [
  "https://{{ tenant }}",
  "example.com",
  "http://hoome.spin.internal",
]
"#;
        let found = Manifest::parse(Path::new("spin.toml"), text).unwrap_err();
        assert_eq!(
            found.to_string(),
            r#"error: spin.toml:7: trigger "hom-http-trigger" is for component "hom", which does not exist
  help: did you mean "home"?
error: spin.toml:10: trigger "somewhere-else-http-trigger" is for component "somewhere-else", which does not exist
  help: add [component.somewhere-else] with its `source`
error: spin.toml:10: route "/:" is not valid: params must be named
error: spin.toml:14: component "home" uses "{{ graph_ulr }}", but variable "graph_ulr" is not declared
  help: did you mean "graph_url"?
error: spin.toml:16: component "home" uses "https://{{ tenant }}", but variable "tenant" is not declared
  help: add `tenant = { required = true }` under [variables]
error: spin.toml:17: component "home": "example.com" has no scheme
  help: write SCHEME://HOST[:PORT], such as https://example.com, https://*.example.com or http://localhost:*
warning: spin.toml:18: component "home" calls component "hoome", which does not exist
  help: did you mean "home"?"#
        );
        assert!(matches!(found, Diagnostics(all) if all.len() == 7));
    }
}
