//! Entra ID: the token end point, the discovery document and the keys of one tenant.
//!
//! Shapes: Learn, "OAuth 2.0 client credentials flow on the Microsoft identity platform", "Microsoft identity platform and OAuth2.0
//! On-Behalf-Of flow", "Microsoft identity platform application authentication certificate credentials", "`OpenID` Connect on the
//! Microsoft identity platform".

mod client;
mod error;
mod token;

use std::sync::Arc;

use http::{Method, StatusCode};
use serde_json::{Value, json};

use self::client::Client;
use self::error::EntraError;
use super::{BackEnd, World};
use crate::authority::{Authority, issuer};
use crate::call::Call;
use crate::population::{DOMAIN, Population, TENANT_ID};
use crate::reply::{self, Refusal, Reply, WithHeader};

const JSON: &str = "application/json; charset=utf-8";

pub(super) struct Entra {
    population: Arc<Population>,
    authority: Arc<Authority>,
    client: Client,
}

impl Entra {
    pub(super) fn new(world: &World) -> Self {
        Self {
            population: Arc::clone(&world.population),
            authority: Arc::clone(&world.authority),
            client: Client::registered(),
        }
    }

    fn route(&self, call: &Call) -> Result<Value, EntraError> {
        let segments = call.segments();
        let [tenant, path @ ..] = segments.as_slice() else {
            return Err(EntraError::not_found());
        };
        if !(tenant.eq_ignore_ascii_case(TENANT_ID) || tenant.eq_ignore_ascii_case(DOMAIN)) {
            return Err(EntraError::no_tenant(tenant));
        }
        match (&call.method, path) {
            (&Method::POST, ["oauth2", "v2.0", "token"]) => self.token(call),
            (_, ["oauth2", "v2.0", "token"]) => Err(EntraError::method_not_allowed()),
            (&Method::GET, ["v2.0", ".well-known", "openid-configuration"]) => Ok(configuration(&call.base())),
            (&Method::GET, ["discovery", "v2.0", "keys"]) => Ok(self.keys(&call.base())),
            _ => Err(EntraError::not_found()),
        }
    }

    fn keys(&self, base: &str) -> Value {
        let mut key = self.authority.key().to_jwk();
        key["issuer"] = issuer(base).into();
        json!({ "keys": [key] })
    }

    fn finish(&self, call: &Call, reply: Reply) -> Reply {
        reply
            .with("cache-control", "no-store, no-cache")
            .with("pragma", "no-cache")
            .with("p3p", "CP=\"DSP CUR OTPi IND OTRi ONL FIN\"")
            .with("x-ms-request-id", call.request_id(self.population.seed()).to_string())
            .with("x-ms-ests-server", "2.1.20139.4 - WEULR1 ProdSlices")
    }
}

impl BackEnd for Entra {
    fn answer(&self, call: &Call) -> Reply {
        let reply = match self.route(call) {
            Ok(body) => reply::json(StatusCode::OK, JSON, &body),
            Err(error) => error.reply(call.request_id(self.population.seed())),
        };
        self.finish(call, reply)
    }

    fn refuse(&self, call: &Call, refusal: Refusal) -> Reply {
        let error = EntraError::of_status(refusal.status);
        let reply = error.reply(call.request_id(self.population.seed()));
        self.finish(call, reply.with_retry_after(refusal.retry_after))
    }
}

/// `OpenID` Connect Discovery 1.0 s. 4.
fn configuration(base: &str) -> Value {
    let tenant = format!("{base}/{TENANT_ID}");
    json!({
        "token_endpoint": format!("{tenant}/oauth2/v2.0/token"),
        "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt", "client_secret_basic"],
        "jwks_uri": format!("{tenant}/discovery/v2.0/keys"),
        "response_modes_supported": ["query", "fragment", "form_post"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "issuer": issuer(base),
        "request_uri_parameter_supported": false,
        "userinfo_endpoint": "https://graph.microsoft.com/oidc/userinfo",
        "authorization_endpoint": format!("{tenant}/oauth2/v2.0/authorize"),
        "device_authorization_endpoint": format!("{tenant}/oauth2/v2.0/devicecode"),
        "http_logout_supported": true,
        "frontchannel_logout_supported": true,
        "end_session_endpoint": format!("{tenant}/oauth2/v2.0/logout"),
        "claims_supported": [
            "sub", "iss", "cloud_instance_name", "cloud_instance_host_name", "cloud_graph_host_name", "msgraph_host", "aud", "exp", "iat",
            "auth_time", "acr", "nonce", "preferred_username", "name", "tid", "ver", "at_hash", "c_hash", "email",
        ],
        "kerberos_endpoint": format!("{tenant}/kerberos"),
        "tenant_region_scope": "EU",
        "cloud_instance_name": "microsoftonline.com",
        "cloud_graph_host_name": "graph.windows.net",
        "msgraph_host": "graph.microsoft.com",
        "rbac_url": "https://pas.windows.net",
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authority::Subject;
    use crate::call::tests::get_with;
    use crate::systems::tests::world;

    fn ask(path: &str) -> Value {
        let reply = Entra::new(&world()).answer(&get_with(path, &[]));
        serde_json::from_slice(reply.body()).expect("JSON")
    }

    #[test]
    fn discovery_leads_to_the_keys_that_tokens_are_signed_with() {
        let found = ask(&format!("/{DOMAIN}/v2.0/.well-known/openid-configuration"));
        assert_eq!(found["issuer"], format!("http://source/{TENANT_ID}/v2.0"));
        let keys = found["jwks_uri"]
            .as_str()
            .and_then(|url| url.strip_prefix("http://source"));
        let keys = ask(keys.expect("the same host"));
        let token = world().authority.issue("http://source", "api", Subject::Application);
        let token = crate::jwt::Token::parse(&token).expect("a token");
        assert_eq!(keys["keys"][0]["kid"], token.header["kid"]);
        assert_eq!(token.claims["iss"], found["issuer"]);
    }

    #[test]
    fn another_tenant_or_path_is_an_error() {
        for (path, code) in [
            ("/fabrikam.example/v2.0/.well-known/openid-configuration", 90_002),
            ("/contoso.example/oauth2/v2.0/token", 900_561),
            ("/contoso.example/oauth2/token", 900_561),
            ("/", 900_561),
        ] {
            assert_eq!(ask(path)["error_codes"], json!([code]), "{path}");
        }
    }
}
