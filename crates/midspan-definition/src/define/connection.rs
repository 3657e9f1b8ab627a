//! One way to connect, in the words of both files.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    DefineError,
    description::{Scheme, SchemeKind},
    security::Offered,
};

/// Where the platform takes what an identity provider sends a user back with (Learn, "Connection parameters").
const REDIRECT: &str = "https://global.consent.azure-apim.net/redirect";

/// What an operation can't know of a scheme that it takes: `[application.tool.midspan.connections.<scheme>]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Connection {
    /// Makers don't connect by this scheme; it is for other callers.
    pub exclude: bool,
    /// What makers read below its title.
    pub description: String,
    /// The client id that is registered for the connector. Its secret is given to paconn or pac, never to a file.
    pub client_id: String,
    /// The provider's authorization endpoint (RFC 6749 s. 3.1).
    pub authorization_url: String,
    /// The provider's token endpoint (RFC 6749 s. 3.2).
    pub token_url: String,
    /// Where tokens are refreshed; the token endpoint unless told.
    pub refresh_url: String,
    /// The API's App ID URI or client id in Entra ID.
    pub resource: String,
    /// The tenant by which users of Entra ID sign in; `common` unless told.
    pub tenant: String,
    /// Entra ID's address; `https://login.microsoftonline.com` unless told.
    pub login_url: String,
    /// Users of Entra ID are signed in without being asked, where an administrator has consented.
    pub on_behalf_of: bool,
    /// What a connection asks for besides the scopes that operations name, such as `offline_access`.
    pub scopes: Vec<String>,
}

impl Connection {
    fn login_url(&self) -> &str {
        let own = self.login_url.trim_end_matches('/');
        if own.is_empty() {
            "https://login.microsoftonline.com"
        } else {
            own
        }
    }

    fn tenant(&self) -> &str {
        if self.tenant.is_empty() { "common" } else { &self.tenant }
    }

    fn refresh_url(&self) -> &str {
        if self.refresh_url.is_empty() {
            &self.token_url
        } else {
            &self.refresh_url
        }
    }
}

/// Settings that are missing, or that mean nothing here.
pub(super) fn check(scheme: &Scheme, own: &Connection) -> Vec<DefineError> {
    let (is_entra, is_oidc) = (scheme.kind == SchemeKind::EntraId, scheme.kind == SchemeKind::Oidc);
    let mut errors = Vec::new();
    let mut error = |name: &str, problem: String| {
        errors.push(DefineError::Setting {
            setting: format!("connections.{}.{name}", scheme.name),
            problem,
        });
    };
    let urls = [
        (
            "authorization_url",
            &own.authorization_url,
            is_oidc,
            is_oidc,
            "the provider's authorization endpoint",
        ),
        (
            "token_url",
            &own.token_url,
            is_oidc,
            is_oidc,
            "the provider's token endpoint",
        ),
        ("refresh_url", &own.refresh_url, false, is_oidc, ""),
        ("login_url", &own.login_url, false, is_entra, ""),
    ];
    for (name, value, ..) in urls
        .iter()
        .filter(|(_, value, ..)| !value.is_empty() && !value.starts_with("https://"))
    {
        error(name, format!("\"{value}\" is no https URL"));
    }
    let texts = [
        (
            "client_id",
            &own.client_id,
            is_entra || is_oidc,
            is_entra || is_oidc,
            "the client id that is registered for the connector",
        ),
        (
            "resource",
            &own.resource,
            is_entra,
            is_entra,
            "the API's App ID URI or client id in Entra ID",
        ),
        ("tenant", &own.tenant, false, is_entra, ""),
    ];
    for (name, value, is_needed, is_read, what) in urls.into_iter().chain(texts) {
        if is_needed && value.trim().is_empty() {
            error(name, format!("it is missing; say {what}"));
        } else if !is_read && !value.is_empty() {
            error(
                name,
                format!("it means nothing for {}; take it out", shown(&scheme.kind)),
            );
        }
    }
    for (name, is_set, is_read) in [
        ("on_behalf_of", own.on_behalf_of, is_entra),
        ("scopes", !own.scopes.is_empty(), is_entra || is_oidc),
    ] {
        if is_set && !is_read {
            error(
                name,
                format!("it means nothing for {}; take it out", shown(&scheme.kind)),
            );
        }
    }
    errors
}

const fn shown(kind: &SchemeKind) -> &'static str {
    match kind {
        SchemeKind::ApiKey { .. } => "an API key",
        SchemeKind::Basic => "user name and password",
        SchemeKind::EntraId => "Entra ID",
        SchemeKind::Oidc => "OpenID Connect",
        SchemeKind::Gateway => "a gateway",
    }
}

/// Under `securityDefinitions`.
pub(super) fn definition(one: &Offered<'_>) -> Value {
    let own = &one.settings;
    let oauth = |authorization: &str, token: &str| {
        let scopes: Map<String, Value> = one
            .scopes
            .iter()
            .map(|scope| ((*scope).to_owned(), (*scope).into()))
            .collect();
        json!({
            "type": "oauth2", "flow": "accessCode", "authorizationUrl": authorization, "tokenUrl": token, "scopes": scopes,
        })
    };
    match &one.scheme.kind {
        SchemeKind::ApiKey { place, parameter } => json!({ "type": "apiKey", "in": place, "name": parameter }),
        SchemeKind::Basic | SchemeKind::Gateway => json!({ "type": "basic" }),
        SchemeKind::EntraId => {
            let base = format!("{}/{}/oauth2", own.login_url(), own.tenant());
            oauth(&format!("{base}/authorize"), &format!("{base}/token"))
        }
        SchemeKind::Oidc => oauth(&own.authorization_url, &own.token_url),
    }
}

/// Several ways to connect, of which a maker chooses one (Learn, "Multiple authentication").
pub(super) fn sets(several: &[Offered<'_>]) -> Value {
    let values: Vec<_> = several
        .iter()
        .map(|one| {
            let title = &one.scheme.title;
            json!({
                "name": one.scheme.name,
                "uiDefinition": { "displayName": title, "description": description(one) },
                "parameters": parameters(one, true),
            })
        })
        .collect();
    json!({
        "uiDefinition": { "displayName": "Authentication type", "description": "How to sign in." },
        "values": values,
    })
}

/// What a maker gives, by the names that the platform knows.
pub(super) fn parameters(one: &Offered<'_>, in_set: bool) -> Map<String, Value> {
    let title = &one.scheme.title;
    let mut parameters = Map::new();
    let mut add = |name: &str, value: Value| parameters.insert(name.to_owned(), value);
    match &one.scheme.kind {
        SchemeKind::ApiKey { .. } => {
            add("api_key", field("securestring", title, &description(one), 1, in_set));
        }
        SchemeKind::Basic | SchemeKind::Gateway => {
            add("username", field("string", "User name", "The user's name.", 1, in_set));
            add(
                "password",
                field("securestring", "Password", "The user's password.", 2, in_set),
            );
        }
        SchemeKind::EntraId | SchemeKind::Oidc => {
            add("token", token(one));
            if one.settings.on_behalf_of {
                add(
                    "token:TenantId",
                    json!({
                        "type": "string",
                        "metadata": { "sourceType": "AzureActiveDirectoryTenant" },
                        "uiDefinition": { "constraints": { "required": "false", "hidden": "true" } },
                    }),
                );
            }
        }
    }
    parameters
}

fn description(one: &Offered<'_>) -> String {
    if !one.settings.description.is_empty() {
        return one.settings.description.clone();
    }
    let title = &one.scheme.title;
    match &one.scheme.kind {
        SchemeKind::ApiKey { .. } => format!("The API key for {title}."),
        SchemeKind::Basic => format!("User name and password for {title}."),
        _ => format!("Sign in for {title}."),
    }
}

fn field(kind: &str, title: &str, description: &str, index: u32, in_set: bool) -> Value {
    let mut shown = json!({
        "displayName": title,
        "description": description,
        "tooltip": description,
        "constraints": { "clearText": kind == "string", "required": "true", "tabIndex": index },
    });
    // Learn, "Multiple authentication": in a set, a description is shown from here.
    if in_set {
        shown["schema"] = json!({ "type": kind, "description": description });
    }
    json!({ "type": kind, "uiDefinition": shown })
}

fn token(one: &Offered<'_>) -> Value {
    let own = &one.settings;
    let mut settings = json!({
        "clientId": own.client_id,
        "scopes": one.scopes,
        "redirectMode": "Global",
        "redirectUrl": REDIRECT,
        "properties": { "IsFirstParty": "False" },
    });
    if one.scheme.kind == SchemeKind::EntraId {
        settings["identityProvider"] = "aad".into();
        settings["properties"]["AzureActiveDirectoryResourceId"] = own.resource.as_str().into();
        settings["properties"]["IsOnbehalfofLoginSupported"] = own.on_behalf_of.into();
        settings["customParameters"] = values(&[
            ("loginUri", own.login_url()),
            ("tenantId", own.tenant()),
            ("resourceUri", &own.resource),
        ]);
        if own.on_behalf_of {
            // A text, as the platform has it.
            settings["customParameters"]["enableOnbehalfOfLogin"] = json!({ "value": "true" });
        }
    } else {
        const CLIENT: &str = "client_id={ClientId}&client_secret={ClientSecret}&redirect_uri={RedirectUrl}";
        settings["identityProvider"] = "oauth2generic".into();
        settings["customParameters"] = values(&[
            ("authorizationUrlTemplate", &own.authorization_url),
            (
                "authorizationUrlQueryStringTemplate",
                "?client_id={ClientId}&response_type=code&redirect_uri={RedirectUrl}&scope={Scopes}&state={State}",
            ),
            ("tokenUrlTemplate", &own.token_url),
            (
                "tokenBodyTemplate",
                &format!("grant_type=authorization_code&code={{Code}}&{CLIENT}"),
            ),
            ("refreshUrlTemplate", own.refresh_url()),
            (
                "refreshBodyTemplate",
                &format!("grant_type=refresh_token&refresh_token={{RefreshToken}}&{CLIENT}"),
            ),
            ("scopeListDelimiter", " "),
        ]);
    }
    let description = description(one);
    json!({
        "type": "oauthSetting",
        "oAuthSettings": settings,
        "uiDefinition": {
            "displayName": one.scheme.title, "description": description, "tooltip": description,
            "constraints": { "required": "true" },
        },
    })
}

fn values(all: &[(&str, &str)]) -> Value {
    let all = all
        .iter()
        .map(|(name, value)| ((*name).to_owned(), json!({ "value": value })));
    Value::Object(all.collect())
}
