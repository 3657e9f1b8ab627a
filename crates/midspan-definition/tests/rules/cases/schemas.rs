//! Schemas.

use midspan_definition::lint::Rule;
use serde_json::{Value, json};

use super::{ITEM, LIST_NEWS, LIST_TOPICS, deep, reference, remove, set, wide};
use crate::edit::Edit;

pub(super) fn all() -> Vec<(Rule, Vec<Edit>)> {
    let kind = |keyword: &str, value: Value| vec![set(ITEM, &format!("/properties/kind/{keyword}"), value)];
    let pictures = |keyword: &str, value: Value| vec![set(ITEM, &format!("/properties/pictures/{keyword}"), value)];
    let top = |keyword: &str, value: Value| vec![set(LIST_NEWS, &format!("/parameters/3/{keyword}"), value)];
    let order = |rest: &str, value: Value| vec![set(LIST_NEWS, &format!("/parameters/2/{rest}"), value)];
    let functions = |value: Value| vec![set(ITEM, "/properties/id/x-ms-capabilities/filterFunctions", value)];
    vec![
        (Rule::ArrayHasNoItems, vec![remove(ITEM, "/properties/pictures/items")]),
        (
            Rule::RequiredPropertyArrayEmpty,
            vec![Edit::set("/definitions/Topic/required", json!([]))],
        ),
        (
            Rule::RequiredPropertyDefinitionMissing,
            vec![Edit::set("/definitions/Topic/required", json!(["title"]))],
        ),
        (
            Rule::RequiredPropertyNotOnObject,
            vec![set(ITEM, "/properties/pictures/required", json!(["x"]))],
        ),
        (
            Rule::RequiredReadOnlyPropertyNotAllowedAsInput,
            vec![Edit::set("/definitions/NewItem/properties/title/readOnly", true)],
        ),
        (Rule::DefaultValueMustMatchType, top("default", json!("ten"))),
        (
            Rule::EnumMustContainAtLeastOneElement,
            [
                vec![remove(LIST_NEWS, "/parameters/2/x-ms-enum-values")],
                order("enum", json!([])),
            ]
            .concat(),
        ),
        (Rule::InvalidEnumValue, order("enum", json!(["new", "old", 3]))),
        (
            Rule::InvalidEnumValuesExtensionValue,
            order(
                "x-ms-enum-values/-",
                json!({ "value": "best", "displayName": "Best first" }),
            ),
        ),
        (
            Rule::DuplicateEnumValuesInExtension,
            order("x-ms-enum-values/-", json!({ "value": "new", "displayName": "Newest" })),
        ),
        (
            Rule::MissingEnumValuesDisplayName,
            vec![remove(LIST_NEWS, "/parameters/2/x-ms-enum-values/0/displayName")],
        ),
        (Rule::UnrecognizedTypeFormat, top("format", json!("int16"))),
        (Rule::MultipleOfMustBeGreaterThanZero, top("multipleOf", json!(0))),
        (
            Rule::ExclusiveMaximumRequiresMaximum,
            [
                vec![remove(LIST_NEWS, "/parameters/3/maximum")],
                top("exclusiveMaximum", json!(true)),
            ]
            .concat(),
        ),
        (
            Rule::ExclusiveMinimumRequiresMinimum,
            [
                vec![remove(LIST_NEWS, "/parameters/3/minimum")],
                top("exclusiveMinimum", json!(true)),
            ]
            .concat(),
        ),
        (Rule::MinimumShouldBeLessThanOrEqualToMaximum, top("minimum", json!(60))),
        (
            Rule::MaxItemsMustBeGreaterThanOrEqualToZero,
            pictures("maxItems", json!(-1)),
        ),
        (
            Rule::MinItemsMustBeGreaterThanOrEqualToZero,
            pictures("minItems", json!(-1)),
        ),
        (
            Rule::MinItemsShouldBeLessThanOrEqualToMaxItems,
            pictures("minItems", json!(10)),
        ),
        (
            Rule::MaxLengthMustBeGreaterThanOrEqualToZero,
            kind("maxLength", json!(-1)),
        ),
        (
            Rule::MinLengthMustBeGreaterThanOrEqualToZero,
            kind("minLength", json!(-1)),
        ),
        (
            Rule::MinLengthShouldBeLessThanOrEqualToMaxLength,
            kind("minLength", json!(21)),
        ),
        (
            Rule::MaxPropertiesMustBeGreaterThanOrEqualToZero,
            vec![set(ITEM, "/maxProperties", -1)],
        ),
        (
            Rule::MinPropertiesMustBeGreaterThanOrEqualToZero,
            vec![set(ITEM, "/minProperties", -1)],
        ),
        (
            Rule::PatternShouldBeValidRegularExpression,
            kind("pattern", json!("[a-z")),
        ),
        (
            Rule::DiscriminatorMustBeARequiredStringProperty,
            vec![set(ITEM, "/discriminator", "labels")],
        ),
        (
            Rule::InvalidCustomEditorExtensionDictionaryValue,
            vec![remove(ITEM, "/properties/labels/additionalProperties")],
        ),
        (
            Rule::InvalidStringBinaryProperty,
            vec![Edit::set("/definitions/NewItem/properties/title/format", "binary")],
        ),
        (
            Rule::InternalPropertyWithDefaultOptional,
            vec![Edit::set("/definitions/NewItem/required", json!(["title"]))],
        ),
        (
            Rule::InternalRequiredWithoutDefault,
            vec![Edit::remove("/definitions/NewItem/properties/source/default")],
        ),
        (Rule::FilterFunctionsPropertyEmpty, functions(json!([]))),
        (
            Rule::FilterFunctionsPropertyHasDuplicates,
            functions(json!(["eq", "eq"])),
        ),
        (Rule::FilterFunctionsPropertyInvalidValue, functions(json!(["equals"]))),
        (
            Rule::FilterFunctionsPropertyInInputSchema,
            vec![Edit::set(
                "/definitions/NewItem/properties/title/x-ms-capabilities",
                json!({ "filterFunctions": ["eq"] }),
            )],
        ),
        (
            Rule::SchemaTypeFileNotValid,
            kind("type", json!("file"))
                .into_iter()
                .chain([
                    set(ITEM, "/required", json!(["name"])),
                    set(ITEM, "/properties/name", json!({ "type": "string" })),
                    set(ITEM, "/discriminator", "name"),
                ])
                .collect(),
        ),
        (
            Rule::SchemaTooDeep,
            vec![set(LIST_TOPICS, "/responses/200/schema/properties/deep", deep(70))],
        ),
        (
            Rule::BodySchemaCountExceedsMaxAllowed,
            vec![set(LIST_TOPICS, "/responses/200/schema/properties/wide", wide(600))],
        ),
        (
            Rule::RequiredLoopInSchemaNotAllowed,
            vec![
                Edit::set("/definitions/Topic/properties/parent", reference("#/definitions/Topic")),
                Edit::set("/definitions/Topic/required", json!(["parent"])),
            ],
        ),
    ]
}
