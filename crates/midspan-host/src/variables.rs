//! Application variables: where their values come from, and what a component sees of them.
//!
//! A value comes from the first of these that has one, as in Spin: `--variable`, the `[[variables_provider]]`s of the
//! runtime configuration in their order, the environment (`SPIN_VARIABLE_NAME`, then `.env`), the manifest's default.
//! Values are secrets until shown otherwise: nothing here prints them.

mod name;
mod source;
mod template;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

pub use self::{
    name::InvalidName,
    source::{VariableInputs, VariablesProvider},
    template::{Template, UnclosedExpression},
};
use crate::{
    diagnostic::{Diagnostic, Diagnostics, closest},
    manifest::{Component, Manifest},
};

pub(crate) use self::name::validate as validate_name;

/// The application's variables with their values.
pub struct Variables {
    values: BTreeMap<String, String>,
    secrets: BTreeSet<String>,
    warnings: Vec<Diagnostic>,
}

impl Variables {
    /// Finds the value of every variable that the manifest declares.
    ///
    /// # Errors
    /// Every required variable without a value, at the line that needs it; every source that cannot be read.
    pub fn resolve(manifest: &Manifest, inputs: &VariableInputs<'_>) -> Result<Self, Diagnostics> {
        let mut found = Vec::new();
        let sources = inputs.open(&mut found);
        let mut values = BTreeMap::new();
        for (name, declaration) in &manifest.variables {
            match sources.value(name).or_else(|| declaration.default.clone()) {
                Some(value) => _ = values.insert(name.clone(), value),
                None => found.push(without_value(manifest, name)),
            }
        }
        for name in sources.argument_names() {
            if !manifest.variables.contains_key(name) {
                found.push(undeclared_argument(manifest, name));
            }
        }
        found.sort_by_key(|problem| problem.line);
        let secrets = manifest.variables.iter().filter(|(_, declaration)| declaration.secret);
        let secrets = secrets.map(|(name, _)| name.clone()).collect();
        let (values, warnings) = Diagnostics::unless_errors(values, found)?;
        Ok(Self {
            values,
            secrets,
            warnings,
        })
    }

    /// What is odd, but no obstacle: an argument for a variable that does not exist.
    #[must_use]
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.warnings
    }

    /// The text that a template stands for.
    ///
    /// # Errors
    /// [`VariableError::InvalidName`] if the template refers to a variable that is not declared.
    pub fn render(&self, template: &Template) -> Result<String, VariableError> {
        template.render(|name| {
            let value = self.values.get(name).map(String::as_str);
            value.ok_or_else(|| VariableError::InvalidName(name.to_owned()))
        })
    }

    /// Whether the rendered template may not be shown, since a secret is part of it.
    pub(crate) fn is_secret(&self, template: &Template) -> bool {
        template.names().any(|name| self.secrets.contains(name))
    }

    /// The variables that a component sees.
    ///
    /// # Errors
    /// As [`Variables::render`]; a manifest that was loaded gives none.
    pub fn for_component(&self, component: &Component) -> Result<ComponentVariables, VariableError> {
        let rendered = |(name, template): (&String, &_)| Ok((name.clone(), self.render(template)?));
        let values = component
            .variables
            .iter()
            .map(|(name, template)| (name, &template.value))
            .map(rendered);
        Ok(ComponentVariables {
            component: component.id.clone(),
            values: values.collect::<Result<_, _>>()?,
        })
    }
}

/// Shows the names, never the values.
impl fmt::Debug for Variables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.values.keys()).finish()
    }
}

/// What one component gets from `spin:variables`.
pub struct ComponentVariables {
    component: String,
    values: BTreeMap<String, String>,
}

impl ComponentVariables {
    /// The value of the component's variable `name`.
    ///
    /// # Errors
    /// [`VariableError::InvalidName`] if no variable can have that name, [`VariableError::Undefined`] if the
    /// component has none of that name.
    pub fn get(&self, name: &str) -> Result<String, VariableError> {
        validate_name(name).map_err(|reason| VariableError::InvalidName(format!("{name:?}: {reason}")))?;
        let undefined = || VariableError::Undefined(format!("no variable for {:?}.{name:?}", self.component));
        self.values.get(name).cloned().ok_or_else(undefined)
    }
}

/// Shows the names, never the values.
impl fmt::Debug for ComponentVariables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.values.keys()).finish()
    }
}

/// The error cases of `spin:variables` that can occur here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VariableError {
    /// No variable can have the name.
    #[error("invalid variable name: {0}")]
    InvalidName(String),
    /// There is no variable of the name.
    #[error("undefined variable: {0}")]
    Undefined(String),
}

/// Says that a variable has no value, where that hurts first: the host that it names, the component that reads it.
fn without_value(manifest: &Manifest, name: &str) -> Diagnostic {
    let (line, message) = host_that_needs(manifest, name)
        .or_else(|| reader_that_needs(manifest, name))
        .unwrap_or_else(|| {
            (
                manifest.variables[name].line,
                format!("variable {name:?} is required, but has no value"),
            )
        });
    let help = format!(
        "pass --variable {name}=VALUE, or set SPIN_VARIABLE_{}",
        name.to_ascii_uppercase()
    );
    Diagnostic::error(&manifest.path, line, message).with_help(help)
}

fn host_that_needs(manifest: &Manifest, name: &str) -> Option<(usize, String)> {
    manifest.components.iter().find_map(|component| {
        let host = component
            .allowed_outbound_hosts
            .iter()
            .find(|host| host.names().any(|used| used == name))?;
        let id = &component.id;
        let message = format!(
            "component {id:?} lets out to \"{}\", but variable {name:?} has no value",
            host.value
        );
        Some((host.line, message))
    })
}

fn reader_that_needs(manifest: &Manifest, name: &str) -> Option<(usize, String)> {
    manifest.components.iter().find_map(|component| {
        let (own, template) = component
            .variables
            .iter()
            .find(|(_, value)| value.names().any(|used| used == name))?;
        let id = &component.id;
        Some((
            template.line,
            format!("component {id:?} reads {own:?}, but variable {name:?} has no value"),
        ))
    })
}

fn undeclared_argument(manifest: &Manifest, name: &str) -> Diagnostic {
    let message = format!("--variable gives a value to {name:?}, but no such variable is declared");
    let warning = Diagnostic::warning(&manifest.path, None, message);
    match closest(name, manifest.variables.keys().map(String::as_str)) {
        Some(meant) => warning.with_help(format!("did you mean {meant:?}?")),
        None => warning.with_help(format!("add `{name} = {{ required = true }}` under [variables]")),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    const MANIFEST: &str = r#"spin_manifest_version = 2
[application]
name = "suite"
[variables]
graph_url = { required = true }
payroll_key = { required = true, secret = true }
region = { default = "eu" }
[[trigger.http]]
route = "/"
component = "home"
[component.home]
source = "home.wasm"
allowed_outbound_hosts = ["https://payroll.example.com", "{{ graph_url }}"]
[component.home.variables]
key = "{{ payroll_key }}"
place = "<{{ region }}>"
"#;

    fn manifest() -> Manifest {
        Manifest::parse(Path::new("spin.toml"), MANIFEST).unwrap()
    }

    fn resolve(arguments: &[&str], environment: &[(&str, &str)]) -> Result<Variables, Diagnostics> {
        let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
        let get = |name: &str| {
            environment
                .iter()
                .find(|(key, _)| *key == name)
                .map(|(_, value)| value.to_string())
        };
        let directory = tempfile::tempdir().unwrap();
        Variables::resolve(
            &manifest(),
            &VariableInputs {
                arguments: &arguments,
                providers: &[],
                environment: &get,
                directory: directory.path(),
            },
        )
    }

    #[test]
    fn an_argument_goes_before_the_environment_before_the_default() {
        let variables = resolve(
            &["graph_url=https://a", "payroll_key=k=v"],
            &[("SPIN_VARIABLE_GRAPH_URL", "https://b"), ("SPIN_VARIABLE_REGION", "us")],
        )
        .unwrap();
        assert_eq!(
            variables.render(&"{{ graph_url }} {{region}}".parse().unwrap()),
            Ok("https://a us".to_owned())
        );
        assert_eq!(
            variables.render(&"{{ no_such }}".parse().unwrap()),
            Err(VariableError::InvalidName("no_such".to_owned()))
        );
        let home = variables.for_component(manifest().component("home").unwrap()).unwrap();
        assert_eq!(home.get("key"), Ok("k=v".to_owned()));
        assert_eq!(home.get("place"), Ok("<us>".to_owned()));
    }

    #[test]
    fn a_component_sees_only_its_own_variables() {
        let variables = resolve(&["graph_url=https://a", "payroll_key=k"], &[]).unwrap();
        let home = variables.for_component(manifest().component("home").unwrap()).unwrap();
        assert_eq!(
            home.get("region"),
            Err(VariableError::Undefined(
                r#"no variable for "home"."region""#.to_owned()
            ))
        );
        assert!(matches!(home.get("Region"), Err(VariableError::InvalidName(_))));
        assert_eq!(
            home.get("").unwrap_err().to_string(),
            "invalid variable name: \"\": must not be empty"
        );
    }

    #[test]
    fn every_missing_value_is_said_where_it_is_needed() {
        assert_eq!(
            resolve(&[], &[]).unwrap_err().to_string(),
            r#"error: spin.toml:13: component "home" lets out to "{{ graph_url }}", but variable "graph_url" has no value
  help: pass --variable graph_url=VALUE, or set SPIN_VARIABLE_GRAPH_URL
error: spin.toml:15: component "home" reads "key", but variable "payroll_key" has no value
  help: pass --variable payroll_key=VALUE, or set SPIN_VARIABLE_PAYROLL_KEY"#
        );
    }

    #[test]
    fn an_argument_for_no_variable_is_a_warning_with_the_name_that_was_meant() {
        let variables = resolve(&["graph_ulr=x", "graph_url=https://a", "payroll_key=k"], &[]).unwrap();
        assert_eq!(
            Diagnostics(variables.warnings().to_vec()).to_string(),
            "warning: spin.toml: --variable gives a value to \"graph_ulr\", but no such variable is declared\n  \
             help: did you mean \"graph_url\"?"
        );
    }

    #[test]
    fn no_value_is_ever_printed() {
        let variables = resolve(&["graph_url=hidden", "payroll_key=hidden"], &[]).unwrap();
        let home = variables.for_component(manifest().component("home").unwrap()).unwrap();
        assert_eq!(format!("{variables:?}"), r#"{"graph_url", "payroll_key", "region"}"#);
        assert_eq!(format!("{home:?}"), r#"{"key", "place"}"#);
        assert!(variables.is_secret(&"{{ payroll_key }}".parse().unwrap()));
        assert!(!variables.is_secret(&"{{ graph_url }}".parse().unwrap()));
    }
}
