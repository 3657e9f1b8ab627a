//! `[[trigger.http]]`.

use std::collections::BTreeSet;

use super::{Component, Located, Manifest, identifier};
use crate::{
    diagnostic::Diagnostic,
    document::{Document, Table, Value},
};

/// An HTTP trigger: which requests a component answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpTrigger {
    /// Its id; Spin makes one up if it has none.
    pub id: String,
    /// The requests it is for.
    pub route: TriggerRoute,
    /// The id of the component that answers.
    pub component: String,
    /// The line of its route in the manifest.
    pub line: usize,
}

/// A trigger's route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TriggerRoute {
    /// A path, with `:name` segments and a trailing `/...`.
    Path(String),
    /// No request from outside: only other components reach it.
    Private,
}

/// Reads all triggers; components that stand in them are added to the manifest's.
pub(super) fn read(mut triggers: Table<'_>, manifest: &mut Manifest) {
    let document = triggers.document;
    let line = triggers.line;
    let http = triggers.tables("http");
    let others = triggers.into_entries();
    if http.is_empty() && others.is_empty() {
        let help = "add a [[trigger.http]] with a `route` and a `component`";
        document.report(Diagnostic::error(document.file, line, "the application has no trigger").with_help(help));
    }
    for (kind, value) in others {
        let message = format!("the embedded host does not serve {:?} triggers", kind.value);
        let help = "to have them, run the application with `spin up`";
        document.report(Diagnostic::warning(document.file, value.line, message).with_help(help));
    }
    let mut read: Vec<Read<'_>> = http.into_iter().filter_map(Read::new).collect();
    name(&mut read);
    manifest.triggers = read.into_iter().map(|trigger| trigger.finish(manifest)).collect();
}

/// A trigger whose id and component are not settled yet.
struct Read<'d> {
    id: Option<String>,
    route: TriggerRoute,
    line: usize,
    component: Reference<'d>,
}

enum Reference<'d> {
    Id(String),
    Inline(Located<Table<'d>>),
}

impl<'d> Read<'d> {
    fn new(mut table: Table<'d>) -> Option<Self> {
        let document = table.document;
        let id = table.string("id").map(|id| id.value).filter(|id| !id.is_empty());
        let line = table.line;
        let route = table.require("route");
        let line = route.as_ref().map_or(line, |route| route.line);
        let route = route.and_then(|route| read_route(document, route));
        read_executor(&mut table);
        report_unsupported(&mut table);
        let component = match table.take("static_response") {
            None => table.require("component").and_then(read_reference),
            Some(response) => {
                let message = "the embedded host does not serve static responses: this route will not be found";
                document.report(Diagnostic::warning(document.file, response.line, message));
                None
            }
        };
        table.finish();
        Some(Self {
            id,
            route: route?,
            line,
            component: component?,
        })
    }

    fn finish(self, manifest: &mut Manifest) -> HttpTrigger {
        let id = self.id.unwrap_or_default();
        let component = match self.component {
            Reference::Id(component) => component,
            Reference::Inline(Located { value: table, line }) => {
                let component = inline_id(&id, &manifest.components);
                let located = Located {
                    value: component.clone(),
                    line,
                };
                let read = Component::read(located, table, &manifest.directory);
                manifest.components.push(read);
                component
            }
        };
        HttpTrigger {
            id,
            route: self.route,
            component,
            line: self.line,
        }
    }
}

fn read_route(document: &Document<'_>, value: Value<'_>) -> Option<TriggerRoute> {
    if value.is_string() {
        return value.string().map(|route| TriggerRoute::Path(route.value));
    }
    let line = value.line;
    let mut table = value.table()?;
    let private = table.require("private").and_then(Value::boolean);
    table.finish();
    if private == Some(false) {
        document.error(line, "a route must be a path or { private = true }");
    }
    Some(TriggerRoute::Private)
}

fn read_reference(value: Value<'_>) -> Option<Reference<'_>> {
    if value.is_string() {
        return value.string().map(|id| Reference::Id(id.value));
    }
    let line = value.line;
    Some(Reference::Inline(Located {
        value: value.table()?,
        line,
    }))
}

fn read_executor(table: &mut Table<'_>) {
    let document = table.document;
    let Some(mut executor) = table.table("executor") else {
        return;
    };
    let kind = executor.require("type").and_then(Value::string);
    match kind.as_ref().map(|kind| kind.value.as_str()) {
        Some("wagi") => {
            let message = "the embedded host does not run Wagi components";
            let help = "build the component for `wasi:http`, or run the application with `spin up`";
            document.report(Diagnostic::error(document.file, executor.line, message).with_help(help));
            executor.take("argv");
            executor.take("entrypoint");
        }
        Some("http" | "spin") | None => {}
        Some(other) => document.error(executor.line, format!("there is no executor {other:?}")),
    }
    executor.finish();
}

/// A component that stands behind another one, to check who calls for instance, must not be left out in silence.
fn report_unsupported(table: &mut Table<'_>) {
    let document = table.document;
    for key in ["components", "dependencies"] {
        if let Some(value) = table.take(key).filter(|value| !value.is_empty()) {
            let message = "the embedded host does not run middleware: a trigger has one component";
            let help = "compose it into the component's own file, or run the application with `spin up`";
            document.report(Diagnostic::error(document.file, value.line, message).with_help(help));
        }
    }
}

/// Gives the triggers without an id the one that Spin gives them.
fn name(triggers: &mut [Read<'_>]) {
    let mut taken: BTreeSet<String> = triggers.iter().filter_map(|trigger| trigger.id.clone()).collect();
    for trigger in triggers.iter_mut().filter(|trigger| trigger.id.is_none()) {
        let natural = match &trigger.component {
            Reference::Id(component) => Some(format!("{component}-http-trigger")),
            Reference::Inline(_) => None,
        };
        let id = natural
            .filter(|id| !taken.contains(id))
            .unwrap_or_else(|| counted("http-trigger", |id| taken.contains(id)));
        taken.insert(id.clone());
        trigger.id = Some(id);
    }
}

/// The id that Spin gives a component that stands in a trigger.
fn inline_id(trigger: &str, components: &[Component]) -> String {
    let taken = |id: &str| components.iter().any(|component| component.id == id);
    let natural = format!("{trigger}-component");
    if identifier::kebab(&natural).is_ok() && !taken(&natural) {
        natural
    } else {
        counted("inline-component", taken)
    }
}

/// `stem1`, or the first number after it that is not taken.
fn counted(stem: &str, taken: impl Fn(&str) -> bool) -> String {
    let mut number = 1;
    loop {
        let id = format!("{stem}{number}");
        if !taken(&id) {
            return id;
        }
        number += 1;
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::diagnostic::Diagnostics;

    fn parse(triggers: &str) -> Result<Manifest, Diagnostics> {
        let head = "spin_manifest_version = 2\n[application]\nname = \"a\"\n[component]\na = { source = \"a.wasm\" }\n";
        Manifest::parse(Path::new("spin.toml"), &format!("{head}{triggers}"))
    }

    #[test]
    fn triggers_get_the_ids_that_spin_gives_them() {
        let manifest = parse(
            r#"[[trigger.http]]
route = "/a"
component = "a"
[[trigger.http]]
route = { private = true }
component = "a"
executor = { type = "http" }
[[trigger.http]]
id = "mine"
route = "/b"
component = { source = "b.wasm" }
[[trigger.http]]
id = "Not_kebab"
route = "/c"
component = { source = "c.wasm" }
"#,
        )
        .unwrap();
        let trigger = |id: &str, route, component: &str, line| HttpTrigger {
            id: id.to_owned(),
            route,
            component: component.to_owned(),
            line,
        };
        let path = |path: &str| TriggerRoute::Path(path.to_owned());
        assert_eq!(
            manifest.triggers,
            [
                trigger("a-http-trigger", path("/a"), "a", 7),
                trigger("http-trigger1", TriggerRoute::Private, "a", 10),
                trigger("mine", path("/b"), "mine-component", 15),
                trigger("Not_kebab", path("/c"), "inline-component1", 19),
            ]
        );
        let components: Vec<_> = manifest
            .components
            .iter()
            .map(|component| (component.id.as_str(), component.line))
            .collect();
        assert_eq!(
            components,
            [("a", 5), ("mine-component", 16), ("inline-component1", 20)]
        );
    }

    #[test]
    fn what_spin_refuses_is_refused() {
        let check = |trigger: &str, expected: &str| {
            let text = format!("[[trigger.http]]\n{trigger}\n");
            assert_eq!(parse(&text).unwrap_err().to_string(), expected, "{trigger}");
        };
        check(
            "component = \"a\"",
            "error: spin.toml:6: [trigger.http] has no \"route\"",
        );
        check(
            "route = \"/\"",
            "error: spin.toml:6: [trigger.http] has no \"component\"",
        );
        check(
            "route = 3\ncomponent = \"a\"",
            "error: spin.toml:7: \"trigger.http.route\" must be a table, found integer",
        );
        check(
            "route = { private = false }\ncomponent = \"a\"",
            "error: spin.toml:7: a route must be a path or { private = true }",
        );
        check(
            "route = \"/\"\ncomponent = \"a\"\nrout = \"/b\"",
            "error: spin.toml:9: unknown key \"rout\" in [trigger.http]\n  help: did you mean \"route\"?",
        );
        check(
            "route = \"/\"\ncomponent = \"a\"\nexecutor = { type = \"cgi\" }",
            "error: spin.toml:9: there is no executor \"cgi\"",
        );
    }

    #[test]
    fn an_application_without_triggers_is_refused_and_one_with_others_is_warned_of() {
        assert_eq!(
            parse("[trigger]\n").unwrap_err().to_string(),
            "error: spin.toml:6: the application has no trigger\n  help: add a [[trigger.http]] with a `route` and a `component`"
        );
        let manifest = parse("[[trigger.redis]]\nchannel = \"x\"\ncomponent = \"a\"\n").unwrap();
        assert_eq!(
            Diagnostics(manifest.warnings).to_string(),
            "warning: spin.toml:6: the embedded host does not serve \"redis\" triggers\n  \
             help: to have them, run the application with `spin up`"
        );
    }

    #[test]
    fn what_the_embedded_host_cannot_run_is_refused_by_line() {
        let found = parse(
            "[[trigger.http]]\nroute = \"/\"\ncomponent = \"a\"\nexecutor = { type = \"wagi\", argv = \"x\" }\n\
             [[trigger.http]]\nroute = \"/b\"\ncomponent = \"a\"\n[trigger.http.dependencies]\nmiddleware = [{ path = \"auth.wasm\" }]\n",
        );
        assert_eq!(
            found.unwrap_err().to_string(),
            "error: spin.toml:9: the embedded host does not run Wagi components\n  \
             help: build the component for `wasi:http`, or run the application with `spin up`\n\
             error: spin.toml:13: the embedded host does not run middleware: a trigger has one component\n  \
             help: compose it into the component's own file, or run the application with `spin up`"
        );
        let manifest = parse(
            "[[trigger.http]]\nroute = \"/\"\ncomponent = \"a\"\n[[trigger.http]]\nroute = \"/b\"\nstatic_response = { status_code = 404 }\n",
        )
        .unwrap();
        assert_eq!(
            Diagnostics(manifest.warnings).to_string(),
            "warning: spin.toml:11: the embedded host does not serve static responses: this route will not be found"
        );
    }
}
