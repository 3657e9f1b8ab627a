//! An app as the provider writes it (field for field as recorded; what is always the same for canvas apps is constant here).

use serde::Serialize;

use crate::population::{App, Employee, Population, TENANT_ID};

/// A page of apps.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AppList {
    pub(super) value: Vec<AppResource>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) next_link: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AppResource {
    name: String,
    id: String,
    r#type: &'static str,
    tags: Tags,
    properties: Properties,
    is_app_component_library: bool,
    app_type: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Tags {
    primary_device_width: &'static str,
    primary_device_height: &'static str,
    supports_portrait: &'static str,
    supports_landscape: &'static str,
    primary_form_factor: &'static str,
    publisher_version: &'static str,
    minimum_required_api_version: &'static str,
    has_component: &'static str,
    has_unlocked_component: &'static str,
}

const TAGS: Tags = Tags {
    primary_device_width: "640",
    primary_device_height: "1136",
    supports_portrait: "true",
    supports_landscape: "false",
    primary_form_factor: "Phone",
    publisher_version: "3.24032",
    minimum_required_api_version: "2.2.0",
    has_component: "false",
    has_unlocked_component: "false",
};

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "the fields are the provider's")]
struct Properties {
    app_version: String,
    last_draft_version: String,
    life_cycle_id: &'static str,
    status: &'static str,
    owner: Principal,
    created_by: Principal,
    last_modified_by: Principal,
    last_published_by: Principal,
    background_color: String,
    background_image_uri: String,
    display_name: String,
    description: &'static str,
    created_time: String,
    last_modified_time: String,
    last_publish_time: String,
    shared_groups_count: u32,
    shared_users_count: u32,
    app_open_protocol_uri: String,
    app_open_uri: String,
    app_play_uri: String,
    user_app_metadata: UserAppMetadata,
    is_featured_app: bool,
    bypass_consent: bool,
    is_hero_app: bool,
    environment: Environment,
    app_plan_classification: &'static str,
    uses_premium_api: bool,
    uses_custom_api: bool,
    uses_on_premise_gateway: bool,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct Principal {
    id: String,
    display_name: String,
    email: String,
    r#type: &'static str,
    tenant_id: &'static str,
    user_principal_name: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct UserAppMetadata {
    favorite: &'static str,
    include_in_apps_list: bool,
}

#[derive(Debug, Serialize)]
struct Environment {
    id: String,
    name: String,
    location: &'static str,
}

impl AppResource {
    pub(super) fn new(app: &App, population: &Population) -> Self {
        let name = app.id.to_string();
        Self {
            id: format!("/providers/Microsoft.PowerApps/apps/{name}"),
            r#type: "Microsoft.PowerApps/apps",
            tags: TAGS,
            properties: Properties::new(app, &name, population),
            is_app_component_library: false,
            app_type: "ClassicCanvasApp",
            name,
        }
    }
}

impl Properties {
    fn new(app: &App, name: &str, population: &Population) -> Self {
        let owner = Principal::new(population.employee(app.owner));
        let modified = app.modified.to_string();
        let [red, green, blue] = app.background;
        let environment = environment();
        let play = format!("https://apps.powerapps.com/play/e/{environment}/a/{name}?tenantId={TENANT_ID}");
        Self {
            app_version: modified.clone(),
            last_draft_version: modified.clone(),
            life_cycle_id: "Published",
            status: "Ready",
            created_by: owner.clone(),
            last_modified_by: owner.clone(),
            last_published_by: owner.clone(),
            owner,
            background_color: format!("rgba({red}, {green}, {blue}, 1)"),
            background_image_uri: format!("https://pafeblobprodam.blob.core.windows.net/{name}/logoSmallFile"),
            display_name: app.display_name(),
            description: app.description,
            created_time: app.created.to_string(),
            last_modified_time: modified.clone(),
            last_publish_time: modified,
            shared_groups_count: u32::from(app.shared_with_everyone),
            shared_users_count: app.shared_users,
            app_open_protocol_uri: format!("ms-apps:///providers/Microsoft.PowerApps/apps/{name}"),
            app_open_uri: play.clone(),
            app_play_uri: play,
            user_app_metadata: UserAppMetadata {
                favorite: "NotSpecified",
                include_in_apps_list: true,
            },
            is_featured_app: false,
            bypass_consent: false,
            is_hero_app: false,
            environment: Environment {
                id: format!("/providers/Microsoft.PowerApps/environments/{environment}"),
                name: environment,
                location: "europe",
            },
            app_plan_classification: "Standard",
            uses_premium_api: false,
            uses_custom_api: false,
            uses_on_premise_gateway: false,
        }
    }
}

impl Principal {
    fn new(employee: Option<Employee>) -> Self {
        let mail = employee.map(|e| e.mail()).unwrap_or_default();
        Self {
            id: employee.map(|e| e.id.to_string()).unwrap_or_default(),
            display_name: employee.map(|e| e.display_name()).unwrap_or_default(),
            email: mail.clone(),
            r#type: "User",
            tenant_id: TENANT_ID,
            user_principal_name: mail,
        }
    }
}

/// Everything is in the tenant's default environment.
pub(super) fn environment() -> String {
    format!("Default-{TENANT_ID}")
}
