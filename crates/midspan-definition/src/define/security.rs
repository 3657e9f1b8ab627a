//! How makers connect: from the schemes by which operations admit callers at run time, so that both are one declaration.
//!
//! A connection is made once and calls every operation. So all operations that ask for credentials have to take each of
//! those that a connection can have; those that ask for none say so themselves (`security: []`).

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{
    DefineError,
    about::About,
    connection::{self, Connection},
    description::{Operation, Scheme, SchemeKind},
    template::Template,
};

/// The ways to connect, in the order in which operations name them.
pub(super) struct Security<'a>(Vec<Offered<'a>>);

/// A scheme for which makers can create a connection.
pub(super) struct Offered<'a> {
    pub(super) scheme: &'a Scheme,
    pub(super) settings: Connection,
    /// What a connection asks its user for: all that any operation may need.
    pub(super) scopes: Vec<&'a str>,
}

impl<'a> Security<'a> {
    /// # Errors
    /// Where the operations don't agree on how to connect, or a setting is missing.
    pub(super) fn of(about: &'a About, operations: &'a [Operation]) -> Result<Self, Vec<DefineError>> {
        let mut errors = unknown(about, operations);
        let mut offered: Vec<Offered<'a>> = Vec::new();
        for operation in operations {
            for scheme in operation.auth.iter().filter(|scheme| is_offered(about, scheme)) {
                match offered.iter_mut().find(|other| other.scheme.name == scheme.name) {
                    None => offered.push(Offered::new(about, scheme, operation)),
                    Some(other) if other.scheme == scheme => other.asks(&operation.scopes),
                    Some(other) => errors.push(at(operation, format!(
                        "its scheme \"{}\" is another than that of the same name elsewhere; declare it once, and build all components",
                        other.scheme.name
                    ))),
                }
            }
        }
        for operation in operations {
            errors.extend(disagreement(about, operation, &offered));
        }
        for one in &mut offered {
            if let Some(own) = about.connections.get(&one.scheme.name) {
                one.asks(&own.scopes);
            }
            errors.extend(connection::check(one.scheme, &one.settings));
        }
        if errors.is_empty() {
            Ok(Self(offered))
        } else {
            Err(errors)
        }
    }

    /// `securityDefinitions` and `security` of the whole definition.
    pub(super) fn root(&self) -> Map<String, Value> {
        let mut root = Map::new();
        if self.0.is_empty() {
            return root;
        }
        let definitions: Map<_, _> = self
            .0
            .iter()
            .map(|one| (one.scheme.name.clone(), connection::definition(one)))
            .collect();
        let requirements: Vec<_> = self
            .0
            .iter()
            .map(|one| {
                // OpenAPI 2.0, "Security Requirement Object": other types than OAuth have no scopes.
                let scopes = if one.scheme.kind.is_token() {
                    one.scopes.as_slice()
                } else {
                    &[]
                };
                json!({ one.scheme.name.as_str(): scopes })
            })
            .collect();
        root.insert("securityDefinitions".to_owned(), definitions.into());
        root.insert("security".to_owned(), requirements.into());
        root
    }

    /// `security` of an operation, where it is another than the definition's.
    pub(super) fn of_operation(&self, operation: &Operation) -> Option<Value> {
        (!self.0.is_empty() && operation.asks_for_nothing()).then(|| json!([]))
    }

    /// What makers are asked for, in `apiProperties.json`.
    pub(super) fn write(&self, all: &mut Value) {
        let Some(Value::Object(properties)) = all.get_mut("properties") else {
            return;
        };
        match self.0.as_slice() {
            [] => {}
            [one] => {
                properties.insert(
                    "connectionParameters".to_owned(),
                    connection::parameters(one, false).into(),
                );
            }
            several => {
                properties.remove("connectionParameters");
                properties.insert("connectionParameterSets".to_owned(), connection::sets(several));
            }
        }
    }
}

impl<'a> Offered<'a> {
    fn new(about: &About, scheme: &'a Scheme, operation: &'a Operation) -> Self {
        let settings = about.connections.get(&scheme.name).cloned().unwrap_or_default();
        let mut offered = Self {
            scheme,
            settings,
            scopes: Vec::new(),
        };
        offered.asks(&scheme.scopes);
        offered.asks(&operation.scopes);
        offered
    }

    fn asks(&mut self, scopes: &'a [String]) {
        for scope in scopes {
            if !self.scopes.contains(&scope.as_str()) {
                self.scopes.push(scope);
            }
        }
    }
}

/// Where the connector's own files say how to connect: whether they know a way for each operation that asks for one.
pub(super) fn check(template: &Template, operations: &[Operation]) -> Vec<DefineError> {
    let is_known = |scheme: &Scheme| template.security_definitions().any(|known| fits(&scheme.kind, known));
    let lacking = operations
        .iter()
        .filter(|operation| !operation.asks_for_nothing() && !operation.auth.iter().any(is_known));
    lacking
        .map(|operation| {
            let names: Vec<_> = operation.credentials().map(|scheme| scheme.name.as_str()).collect();
            at(
                operation,
                format!(
                    "the connector's own file has none of its schemes in `securityDefinitions` ({}); add one there",
                    names.join(", ")
                ),
            )
        })
        .collect()
}

/// Whether what is sent by a security definition is what the scheme reads.
fn fits(kind: &SchemeKind, known: &Value) -> bool {
    let is_key = |place: &str, parameter: &str| {
        let name = known["name"].as_str().unwrap_or_default();
        // RFC 9110 s. 5.1: names of headers have no case.
        let is_same = name == parameter || (place == "header" && name.eq_ignore_ascii_case(parameter));
        known["type"] == "apiKey" && known["in"] == place && is_same
    };
    match kind {
        SchemeKind::ApiKey { place, parameter } => is_key(place, parameter),
        SchemeKind::Basic => known["type"] == "basic" || is_key("header", "Authorization"),
        SchemeKind::EntraId | SchemeKind::Oidc => known["type"] == "oauth2" || is_key("header", "Authorization"),
        SchemeKind::Gateway => false,
    }
}

/// A gateway proves itself: no maker gives anything for it.
fn is_offered(about: &About, scheme: &Scheme) -> bool {
    let is_excluded = about.connections.get(&scheme.name).is_some_and(|own| own.exclude);
    scheme.kind != SchemeKind::Gateway && !is_excluded
}

/// Why a connection could not call the operation.
fn disagreement(about: &About, operation: &Operation, offered: &[Offered<'_>]) -> Vec<DefineError> {
    if operation.asks_for_nothing() {
        return Vec::new();
    }
    let own: Vec<_> = operation
        .auth
        .iter()
        .filter(|scheme| is_offered(about, scheme))
        .collect();
    if own.is_empty() {
        let problem = "no connection can call it: `connections` excludes all that it takes; exclude its component too";
        return vec![at(operation, problem.to_owned())];
    }
    let mut errors = Vec::new();
    for other in offered
        .iter()
        .filter(|other| own.iter().all(|scheme| scheme.name != other.scheme.name))
    {
        let name = &other.scheme.name;
        errors.push(at(operation, format!(
            "it does not take \"{name}\", by which makers can connect, since others take it; add it to `auth`, or set \
             `connections.{name}.exclude = true`"
        )));
    }
    // The platform knows what to do with a parameter by its name, so that there is one key, and one password.
    for (index, second) in own.iter().enumerate() {
        let is_same = |first: &&&Scheme| match (&first.kind, &second.kind) {
            (SchemeKind::ApiKey { .. }, SchemeKind::ApiKey { .. }) => true,
            (first, second) => first == second && *first == SchemeKind::Basic,
        };
        if let Some(first) = own[..index].iter().find(is_same) {
            let (first, second) = (&first.name, &second.name);
            errors.push(at(operation, format!(
                "makers can connect by one key or password of a kind, and it takes \"{first}\" and \"{second}\"; set \
                 `connections.{second}.exclude = true`, or the other's"
            )));
        }
    }
    errors
}

/// Settings for schemes that are nowhere, or that makers have nothing to do with.
fn unknown(about: &About, operations: &[Operation]) -> Vec<DefineError> {
    let all = || operations.iter().flat_map(Operation::credentials);
    let names: BTreeSet<_> = all().map(|scheme| scheme.name.as_str()).collect();
    let astray = about.connections.keys().filter(|name| !names.contains(name.as_str()));
    let there = if names.is_empty() {
        String::new()
    } else {
        let quoted: Vec<_> = names.iter().map(|name| format!("\"{name}\"")).collect();
        format!("; there is {}", quoted.join(", "))
    };
    astray
        .map(|name| DefineError::Setting {
            setting: format!("connections.{name}"),
            problem: format!("makers can't connect by a scheme of this name{there}"),
        })
        .collect()
}

fn at(operation: &Operation, problem: String) -> DefineError {
    DefineError::Authentication {
        operation: operation.id.clone(),
        problem,
    }
}
