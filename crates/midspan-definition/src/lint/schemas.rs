//! Schemas: of bodies and answers, of parameters and headers.

use std::collections::HashSet;

use super::{
    Findings, Rule,
    connector::{Connector, Operation, items, members},
    enums,
    metadata::shown,
    parameters::summary,
    reach::{Place, Site, Sizes, each_schema},
    values,
};
use crate::document::{Node, same_json};

/// The platform's limits (Learn, "Custom connector FAQ").
const MAX_SCHEMAS: u64 = 16_384;
const MAX_BODY_SCHEMAS: u64 = 512;
/// Microsoft does not tell its limit; readers of JSON commonly stop here.
const MAX_DEPTH: u64 = 64;

pub(super) fn check(connector: &Connector<'_>, findings: &mut Findings<'_>) {
    let mut sizes = Sizes::new(connector);
    each_schema(connector, &mut |site| {
        let node = site.node;
        if node.get("$ref").is_some() {
            return;
        }
        types(site, findings);
        enums::check(node, findings);
        bounds(node, findings);
        if site.place == Place::Simple {
            return;
        }
        object(connector, site, findings);
        functions(site, findings);
        if node.text("x-ms-editor") == Some("dictionary") {
            dictionary(node, findings);
        }
    });
    for operation in &connector.operations {
        size(connector, operation, &mut sizes, findings);
    }
    required_loops(connector, findings);
}

fn size<'a>(
    connector: &Connector<'a>,
    operation: &Operation<'a>,
    sizes: &mut Sizes<'_, 'a>,
    findings: &mut Findings<'_>,
) {
    let parameters = operation.parameters.iter().copied();
    let responses = connector.responses(operation);
    let holders = parameters.chain(responses.iter().map(|(_, response)| *response));
    let bodies: Vec<_> = holders.filter_map(|holder| holder.get("schema")).collect();
    let all = bodies
        .iter()
        .fold(0_u64, |sum, schema| sum.saturating_add(sizes.of(schema).count));
    if all > MAX_SCHEMAS {
        let message = format!(
            "operation \"{}\" has {all} schemas; the limit is {MAX_SCHEMAS}",
            operation.name()
        );
        return findings.at_offset(
            operation.member.start,
            Rule::OperationSchemaCountExceedsMaxAllowed,
            message,
        );
    }
    for schema in bodies {
        let size = sizes.of(schema);
        if size.count > MAX_BODY_SCHEMAS {
            let message = format!("the body has {} schemas; the limit is {MAX_BODY_SCHEMAS}", size.count);
            findings.at(schema, Rule::BodySchemaCountExceedsMaxAllowed, message);
        }
        if size.depth > MAX_DEPTH {
            let message = format!("the schema is {} deep; the limit is {MAX_DEPTH}", size.depth);
            findings.at(schema, Rule::SchemaTooDeep, message);
        }
    }
}

fn types(site: Site<'_>, findings: &mut Findings<'_>) {
    let node = site.node;
    let Some(kind) = node.text("type") else { return };
    if kind == "array" && node.get("items").is_none() {
        findings.at(node, Rule::ArrayHasNoItems, "the array does not say what its items are");
    }
    if let Some(format) = node.get("format")
        && let Some(name) = format.as_str()
        && !values::is_format(kind, name)
    {
        findings.at(
            format,
            Rule::UnrecognizedTypeFormat,
            format!("format \"{name}\" of a {kind} is not known"),
        );
    }
    if let Some(default) = node.get("default")
        && !values::has_type(default, kind)
        && !(default.type_name() == "null" && node.is_true("x-nullable"))
    {
        let message = format!("the default {} is no {kind}", shown(default));
        findings.at(default, Rule::DefaultValueMustMatchType, message);
    }
    if let Some(format) = node.get("collectionFormat")
        && !matches!(format.as_str(), Some("csv" | "multi"))
    {
        findings.at(
            format,
            Rule::CollectionFormatValueNotSupported,
            format!("{} is not supported", shown(format)),
        );
    }
    let nested = site.place == Place::Nested;
    if kind == "file" && !matches!(site.place, Place::Response | Place::Simple) {
        findings.at(
            node.get("type").unwrap_or(node),
            Rule::SchemaTypeFileNotValid,
            "a schema has the type `file`",
        );
    } else if kind == "string" && node.text("format") == Some("binary") && nested && site.input {
        findings.at(
            node,
            Rule::InvalidStringBinaryProperty,
            "binary text stands within a body",
        );
    }
}

fn bounds(node: &Node, findings: &mut Findings<'_>) {
    let number = |name: &str| node.get(name).and_then(Node::as_f64);
    let not_negative = [
        ("maxItems", Rule::MaxItemsMustBeGreaterThanOrEqualToZero),
        ("minItems", Rule::MinItemsMustBeGreaterThanOrEqualToZero),
        ("maxLength", Rule::MaxLengthMustBeGreaterThanOrEqualToZero),
        ("minLength", Rule::MinLengthMustBeGreaterThanOrEqualToZero),
        ("maxProperties", Rule::MaxPropertiesMustBeGreaterThanOrEqualToZero),
        ("minProperties", Rule::MinPropertiesMustBeGreaterThanOrEqualToZero),
    ];
    for (name, rule) in not_negative {
        if let Some(value) = node
            .get(name)
            .filter(|value| value.as_f64().is_some_and(|number| number < 0.0))
        {
            findings.at(value, rule, format!("`{name}` is negative"));
        }
    }
    let in_order = [
        ("minimum", "maximum", Rule::MinimumShouldBeLessThanOrEqualToMaximum),
        ("minItems", "maxItems", Rule::MinItemsShouldBeLessThanOrEqualToMaxItems),
        (
            "minLength",
            "maxLength",
            Rule::MinLengthShouldBeLessThanOrEqualToMaxLength,
        ),
    ];
    for (low, high, rule) in in_order {
        if let (Some(min), Some(max)) = (number(low), number(high))
            && min > max
            && (low == "minimum" || max >= 0.0)
            && let Some(at) = node.get(low)
        {
            findings.at(at, rule, format!("`{low}` {min} is above `{high}` {max}"));
        }
    }
    let needs = [
        ("exclusiveMaximum", "maximum", Rule::ExclusiveMaximumRequiresMaximum),
        ("exclusiveMinimum", "minimum", Rule::ExclusiveMinimumRequiresMinimum),
    ];
    for (name, needed, rule) in needs {
        if let Some(value) = node.get(name).filter(|_| node.get(needed).is_none()) {
            findings.at(value, rule, format!("`{name}` stands without `{needed}`"));
        }
    }
    if let Some(value) = node
        .get("multipleOf")
        .filter(|value| value.as_f64().is_some_and(|number| number <= 0.0))
    {
        findings.at(
            value,
            Rule::MultipleOfMustBeGreaterThanZero,
            "`multipleOf` is not above zero",
        );
    }
    if let Some(value) = node.get("pattern")
        && value
            .as_str()
            .is_some_and(|pattern| fancy_regex::Regex::new(pattern).is_err())
    {
        findings.at(
            value,
            Rule::PatternShouldBeValidRegularExpression,
            format!("{} is no regular expression", shown(value)),
        );
    }
}

fn object<'a>(connector: &Connector<'a>, site: Site<'a>, findings: &mut Findings<'_>) {
    let node = site.node;
    let required: HashSet<_> = items(node, "required").iter().filter_map(Node::as_str).collect();
    if let Some(list) = node.get("required").filter(|list| list.is_array()) {
        if list.items().is_empty() {
            findings.at(list, Rule::RequiredPropertyArrayEmpty, "`required` is empty");
        } else if node.text("type").is_some_and(|kind| kind != "object") {
            findings.at(
                list,
                Rule::RequiredPropertyNotOnObject,
                "`required` stands at a schema that is no object",
            );
        } else {
            for item in list.items() {
                let Some(name) = item.as_str() else { continue };
                if connector.property(node, name).is_none() && !described_elsewhere(node) {
                    let message = format!("`required` names \"{name}\", which is no property");
                    findings.at(item, Rule::RequiredPropertyDefinitionMissing, message);
                }
            }
        }
    }
    for member in members(node, "properties") {
        let (name, property) = (member.name.as_str(), connector.resolve(&member.value));
        property_texts(name, &member.value, findings);
        if site.input {
            input_property(name, property, required.contains(name), findings);
        }
    }
    if let Some(discriminator) = node.get("discriminator") {
        let name = discriminator.as_str().unwrap_or_default();
        let is_text = connector
            .property(node, name)
            .is_some_and(|property| property.text("type") == Some("string"));
        if !is_text || !required.contains(name) {
            let message = format!("`discriminator` \"{name}\" is no required text");
            findings.at(discriminator, Rule::DiscriminatorMustBeARequiredStringProperty, message);
        }
    }
}

/// With these, an object has properties that its schema doesn't name.
fn described_elsewhere(node: &Node) -> bool {
    ["x-ms-dynamic-schema", "x-ms-dynamic-properties", "allOf"]
        .iter()
        .any(|name| node.get(name).is_some())
        || node
            .get("additionalProperties")
            .is_some_and(|value| value.as_bool() != Some(false))
}

fn property_texts(name: &str, property: &Node, findings: &mut Findings<'_>) {
    summary(property, &format!("property \"{name}\""), findings);
}

fn input_property(name: &str, property: &Node, required: bool, findings: &mut Findings<'_>) {
    if required && property.is_true("readOnly") {
        let message = format!("property \"{name}\" is required and read-only");
        findings.at(property, Rule::RequiredReadOnlyPropertyNotAllowedAsInput, message);
    }
    let Some(visibility) = property
        .get("x-ms-visibility")
        .filter(|node| node.as_str() == Some("internal"))
    else {
        return;
    };
    let has_default = property.get("default").is_some();
    // The platform fills in the address of a webhook; an object's own properties have their own defaults.
    let filled_in = property.is_true("x-ms-notification-url") || matches!(property.text("type"), Some("object") | None);
    if has_default && !required {
        let message = format!("property \"{name}\" is internal, and left out because it is optional");
        findings.at(visibility, Rule::InternalPropertyWithDefaultOptional, message);
    } else if required && !has_default && !filled_in {
        let message = format!("property \"{name}\" is required and internal, but has no default");
        findings.at(visibility, Rule::InternalRequiredWithoutDefault, message);
    }
}

/// `x-ms-capabilities` of a column says what can be delegated.
fn functions(site: Site<'_>, findings: &mut Findings<'_>) {
    let Some(list) = site
        .node
        .get("x-ms-capabilities")
        .and_then(|node| node.get("filterFunctions"))
    else {
        return;
    };
    if list.items().is_empty() {
        findings.at(list, Rule::FilterFunctionsPropertyEmpty, "`filterFunctions` is empty");
    }
    for (index, item) in list.items().iter().enumerate() {
        if list.items()[..index].iter().any(|other| same_json(other, item)) {
            findings.at(
                item,
                Rule::FilterFunctionsPropertyHasDuplicates,
                format!("{} stands twice", shown(item)),
            );
        } else if !item
            .as_str()
            .is_some_and(|name| values::FILTER_FUNCTIONS.contains(&name))
        {
            findings.at(
                item,
                Rule::FilterFunctionsPropertyInvalidValue,
                format!("{} is not delegated", shown(item)),
            );
        }
    }
    if site.input && !site.output {
        findings.at(
            list,
            Rule::FilterFunctionsPropertyInInputSchema,
            "`filterFunctions` stands in an input",
        );
    }
}

fn dictionary(node: &Node, findings: &mut Findings<'_>) {
    let open = node
        .get("additionalProperties")
        .is_some_and(|value| value.as_bool() != Some(false));
    if node.text("type") != Some("object") || !open {
        let at = node.get("x-ms-editor").unwrap_or(node);
        let message = "`x-ms-editor` is \"dictionary\" at a schema without additional properties";
        findings.at(at, Rule::InvalidCustomEditorExtensionDictionaryValue, message);
    }
}

/// A schema that requires itself has no value.
fn required_loops(connector: &Connector<'_>, findings: &mut Findings<'_>) {
    let mut done = HashSet::new();
    for member in members(connector.root, "definitions") {
        let mut open = Vec::new();
        if requires_itself(connector, &member.value, &mut open, &mut done) {
            let message = format!("schema \"{}\" requires itself", member.name);
            findings.at_offset(member.start, Rule::RequiredLoopInSchemaNotAllowed, message);
        }
    }
}

fn requires_itself<'a>(
    connector: &Connector<'a>,
    node: &'a Node,
    open: &mut Vec<usize>,
    done: &mut HashSet<usize>,
) -> bool {
    let node = connector.resolve(node);
    if open.contains(&node.start) {
        return true;
    }
    if done.contains(&node.start) {
        return false;
    }
    open.push(node.start);
    let required = items(node, "required").iter().filter_map(Node::as_str);
    let properties = required.filter_map(|name| node.get("properties").and_then(|properties| properties.get(name)));
    let found = properties
        .chain(items(node, "allOf"))
        .any(|inner| requires_itself(connector, inner, open, done));
    open.pop();
    done.insert(node.start);
    found
}
