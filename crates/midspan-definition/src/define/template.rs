//! All that a connector's files say besides its operations: made from [`About`], or a connector's own.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{about, about::About, properties};
use crate::connector::{METHODS, percent_decoded};

/// A definition and properties without operations.
#[derive(Debug, Clone, PartialEq)]
pub struct Template {
    definition: Map<String, Value>,
    properties: Value,
    /// It is a connector's own.
    is_given: bool,
}

/// Why a file is no template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TemplateError {
    /// It has operations, which belong beside their code.
    #[error("it has the operation {method} {path}, which stands in no component; take it out")]
    Operation {
        /// The HTTP method.
        method: String,
        /// The path.
        path: String,
    },
    /// It is no object, or has something else where an object belongs.
    #[error("{0} is not an object")]
    NotAnObject(String),
}

/// Whatever it is, beside paths it is none (Swagger 2.0, Paths Object: `^x-`).
fn is_extension(name: &str) -> bool {
    name.starts_with("x-")
}

impl Template {
    /// One for a connector that is described by what stands in its manifest.
    pub(super) fn of(about: &About) -> Self {
        Self {
            definition: about::root(about),
            properties: properties::template(about),
            is_given: false,
        }
    }

    /// A connector's own: `apiDefinition.swagger.json` without the operations in `paths`, where path items keep what else
    /// they have, and `apiProperties.json`. A `host` that isn't empty stands in for the definition's.
    ///
    /// # Errors
    /// [`TemplateError`] says what does not belong there.
    pub fn new(definition: Value, properties: Value, host: &str) -> Result<Self, TemplateError> {
        let not_an_object = |what: &str| TemplateError::NotAnObject(what.to_owned());
        let Value::Object(mut definition) = definition else {
            return Err(not_an_object("the definition"));
        };
        let items = definition.get("paths").unwrap_or(&Value::Null);
        if !items.is_null() && !items.is_object() {
            return Err(not_an_object("`paths`"));
        }
        let items = items.as_object().into_iter().flatten();
        for (path, item) in items.filter(|(path, _)| !is_extension(path)) {
            let item = item
                .as_object()
                .ok_or_else(|| not_an_object(&format!("path \"{path}\"")))?;
            if let Some(method) = METHODS.into_iter().find(|method| item.contains_key(*method)) {
                return Err(TemplateError::Operation {
                    method: method.to_uppercase(),
                    path: path.clone(),
                });
            }
        }
        if !properties["properties"].is_object() {
            return Err(not_an_object("`properties` in the properties"));
        }
        if !host.is_empty() {
            definition.insert("host".to_owned(), host.into());
        }
        Ok(Self {
            definition,
            properties,
            is_given: true,
        })
    }

    /// What a reference within the definition leads to, or the value itself.
    pub(super) fn resolve<'a>(&'a self, value: &'a Value) -> &'a Value {
        let mut value = value;
        // A chain this long is a loop.
        for _ in 0..32 {
            let Some(target) = value.get("$ref").and_then(Value::as_str) else {
                break;
            };
            let mut names = target.trim_start_matches("#/").split('/').map(unescaped);
            let first = names.next().and_then(|name| self.definition.get(&name));
            match names.fold(first, |node, name| node?.get(name)) {
                Some(found) => value = found,
                None => break,
            }
        }
        value
    }

    pub(super) fn definition_names(&self) -> impl Iterator<Item = &str> {
        let definitions = self.definition.get("definitions").and_then(Value::as_object);
        definitions.into_iter().flatten().map(|(name, _)| name.as_str())
    }

    /// What a path has besides operations.
    pub(super) fn item(&self, path: &str) -> Option<&Value> {
        self.definition.get("paths")?.get(path)
    }

    /// What paths have besides operations.
    pub(super) fn paths(&self) -> BTreeMap<String, Map<String, Value>> {
        let items = self.definition.get("paths").and_then(Value::as_object);
        let items = items.into_iter().flatten();
        items
            .filter(|(path, _)| !is_extension(path))
            .filter_map(|(path, item)| Some((path.clone(), item.as_object()?.clone())))
            .collect()
    }

    /// The whole definition.
    pub(super) fn definition(
        &self,
        paths: &BTreeMap<String, Map<String, Value>>,
        schemas: Map<String, Value>,
    ) -> Map<String, Value> {
        let mut root = self.definition.clone();
        let mut all = json!(paths);
        if let (Some(Value::Object(own)), Some(all)) = (root.remove("paths"), all.as_object_mut()) {
            all.extend(own.into_iter().filter(|(name, _)| is_extension(name)));
        }
        root.insert("paths".to_owned(), all);
        match root.get_mut("definitions") {
            Some(Value::Object(own)) => own.extend(schemas),
            _ if schemas.is_empty() => {}
            _ => {
                root.insert("definitions".to_owned(), schemas.into());
            }
        }
        root
    }

    /// Whether it says itself how makers connect.
    pub(super) const fn has_security_of_its_own(&self) -> bool {
        self.is_given
    }

    /// The ways to connect that it has.
    pub(super) fn security_definitions(&self) -> impl Iterator<Item = &Value> {
        let definitions = self.definition.get("securityDefinitions").and_then(Value::as_object);
        definitions.into_iter().flatten().map(|(_, definition)| definition)
    }

    pub(super) const fn properties(&self) -> &Value {
        &self.properties
    }

    /// What it says of the connector, in place of `about`.
    #[must_use]
    pub fn about(&self, about: &About) -> About {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let info = self.definition.get("info").unwrap_or(&Value::Null);
        let own = &self.properties["properties"];
        let is_color = |color: &String| {
            let digits = color.strip_prefix('#').unwrap_or_default();
            digits.len() == 6 && digits.bytes().all(|digit| digit.is_ascii_hexdigit())
        };
        let color = Some(text(&own["iconBrandColor"])).filter(is_color);
        About {
            title: text(&info["title"]),
            description: text(&info["description"]),
            publisher: text(&own["publisher"]),
            brand_color: color.unwrap_or_else(|| about.brand_color.clone()),
            ..about.clone()
        }
    }
}

/// RFC 6901 s. 4 and 6.
fn unescaped(token: &str) -> String {
    let token = percent_decoded(token).unwrap_or_else(|| token.to_owned());
    token.replace("~1", "/").replace("~0", "~")
}
