//! Webhooks and security.

use midspan_definition::lint::Rule;
use serde_json::json;

use super::{CREATE, LIST_NEWS, LIST_TOPICS, reference, set};
use crate::edit::Edit;

pub(super) fn all() -> Vec<(Rule, Vec<Edit>)> {
    let subscription = |rest: &str| format!("/definitions/Subscription{rest}");
    let poll = |rest: &str| format!("/paths/~1news~1poll/get/{rest}");
    vec![
        (
            Rule::NotificationUrlNotInternal,
            vec![Edit::remove(&subscription("/properties/url/x-ms-visibility"))],
        ),
        (
            Rule::NotificationUrlNotRequired,
            vec![Edit::remove(&subscription("/required"))],
        ),
        (
            Rule::NotificationUrlNotString,
            vec![Edit::set(&subscription("/properties/url/type"), "object")],
        ),
        (
            Rule::NotificationUrlNotAllowedInThisPosition,
            vec![set(
                LIST_TOPICS,
                "/responses/200/schema/properties/url",
                json!({ "type": "string", "x-ms-notification-url": true }),
            )],
        ),
        (
            Rule::NotificationUrlNotAllowedInThisPosition,
            vec![set(
                CREATE,
                "/parameters/-",
                json!({ "name": "url", "in": "query", "type": "string", "x-ms-notification-url": true }),
            )],
        ),
        (
            Rule::OperationMustHaveNotificationContentExtension,
            vec![
                Edit::remove("/paths/~1subscriptions/x-ms-notification-content"),
                Edit::set(
                    "/paths/~1subscriptions/post/responses/201/schema",
                    reference("#/definitions/Topic"),
                ),
            ],
        ),
        (
            Rule::WebhookOperationsMissingNotificationUrlProperty,
            vec![
                Edit::remove(&subscription("/properties/url/x-ms-notification-url")),
                Edit::set(&subscription("/properties/url/default"), "x"),
                Edit::remove(&poll("x-ms-notification")),
            ],
        ),
        (
            Rule::WebhookUnsubscribeMissing,
            vec![Edit::rename("/paths/~1subscriptions~1{id}/delete", "put")],
        ),
        (
            Rule::NotificationExtensionNotSupportedInWebhookOperation,
            vec![Edit::set(
                "/paths/~1subscriptions/post/x-ms-notification",
                json!({ "operationId": "OnNewsPushed" }),
            )],
        ),
        (
            Rule::NotificationExtensionSupportedForTriggerOnly,
            vec![Edit::remove(&poll("x-ms-trigger"))],
        ),
        (
            Rule::NotificationOperationMustBeWebhook,
            vec![Edit::set(&poll("x-ms-notification/operationId"), "AddFile")],
        ),
        (
            Rule::ParamtersWithSameNameMustHaveSameTypeAndVisibility,
            vec![Edit::set(
                &poll("parameters/0"),
                json!({ "name": "site", "in": "query", "type": "integer" }),
            )],
        ),
        (
            Rule::SecurityRequirementMustBeDefined,
            vec![Edit::set("/security", json!([{ "password": [] }]))],
        ),
        (
            Rule::SecurityRequirementMustHaveEmptyValue,
            vec![Edit::set("/security", json!([{ "key": ["read"] }]))],
        ),
        (
            Rule::SecurityRequirementMustHaveValue,
            vec![Edit::set("/security", json!([{ "key": null }]))],
        ),
        (
            Rule::OAuthSecurityRequirementValueMustBeScopeName,
            vec![set(LIST_NEWS, "/security", json!([{ "oauth": ["write"] }]))],
        ),
        (
            Rule::SecuritySchemePropertyNotValid,
            vec![Edit::set("/securityDefinitions/key/flow", "implicit")],
        ),
        (
            Rule::SecuritySchemePropertyRequired,
            vec![Edit::remove("/securityDefinitions/oauth/tokenUrl")],
        ),
        (
            Rule::JsonValueNotInEnum,
            vec![Edit::set("/securityDefinitions/key/in", "cookie")],
        ),
    ]
}
