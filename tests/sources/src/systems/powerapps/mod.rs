//! The Power Apps resource provider, as `https://api.powerapps.com`: the caller's apps.
//!
//! The interface is not documented; its shape is that of recorded traffic (the tests of the public "CLI for Microsoft 365",
//! `pa app list`), its operations those of Learn, "Power Apps for Makers" (connector reference), its errors those of Learn,
//! "Azure Resource Manager - common API details". A token for a person sees that person's own apps and those that are shared with
//! everyone; a token for a service principal sees only the latter.

mod app;
mod error;

use std::sync::Arc;

use http::{Method, StatusCode};

use self::app::{AppList, AppResource, environment};
use self::error::PowerAppsError;
use super::BackEnd;
use crate::bearer;
use crate::call::Call;
use crate::odata::{self, Filter, Operand};
use crate::population::{App, Employee, Population};
use crate::reply::{self, Refusal, Reply, WithHeader};

const JSON: &str = "application/json; charset=utf-8";
const API_VERSIONS: &[&str] = &[
    "2016-11-01",
    "2017-05-01",
    "2018-10-01",
    "2020-06-01",
    "2021-02-01",
    "2022-11-01",
];
const PAGE: usize = 250;

pub(super) struct PowerApps {
    population: Arc<Population>,
}

impl PowerApps {
    pub(super) fn new(population: Arc<Population>) -> Self {
        Self { population }
    }

    fn route(&self, call: &Call) -> Result<Reply, PowerAppsError> {
        let token = call.bearer().ok_or_else(PowerAppsError::no_token)?;
        api_version(call)?;
        let caller = bearer::employee(&self.population, token);
        match call.segments().as_slice() {
            ["providers", provider, "apps", rest @ ..] if provider.eq_ignore_ascii_case("Microsoft.PowerApps") => {
                if call.method != Method::GET {
                    return Err(PowerAppsError::method_not_allowed());
                }
                match rest {
                    [] => self.list(call, caller),
                    [name] => self.one(name, caller),
                    _ => Err(PowerAppsError::no_such_resource(call)),
                }
            }
            _ => Err(PowerAppsError::no_such_resource(call)),
        }
    }

    /// `GET /providers/Microsoft.PowerApps/apps`.
    fn list(&self, call: &Call, caller: Option<Employee>) -> Result<Reply, PowerAppsError> {
        let filter = call.query("$filter").map(parse_filter).transpose()?;
        let size = match call.query("$top").map(odata::top) {
            None => PAGE,
            Some(Ok(size)) if size > 0 => size.min(PAGE),
            Some(_) => return Err(PowerAppsError::bad_option("$top")),
        };
        let skip = match call.query("$skiptoken").map(odata::top) {
            None => 0,
            Some(Ok(skip)) => skip,
            Some(Err(_)) => return Err(PowerAppsError::bad_option("$skiptoken")),
        };
        let mut apps = self.visible(caller);
        apps.retain(|app| {
            filter
                .as_ref()
                .is_none_or(|filter| filter.accepts(&|name| operand(app, name)))
        });

        let end = skip.saturating_add(size);
        let token = Some(end.to_string()).filter(|_| apps.len() > end);
        let list = AppList {
            next_link: token.map(|token| call.link("%24", &[("$skiptoken", Some(token))])),
            value: apps
                .iter()
                .skip(skip)
                .take(size)
                .map(|app| AppResource::new(app, &self.population))
                .collect(),
        };
        Ok(reply::json(StatusCode::OK, JSON, &list))
    }

    /// `GET /providers/Microsoft.PowerApps/apps/{name}`.
    fn one(&self, name: &str, caller: Option<Employee>) -> Result<Reply, PowerAppsError> {
        let found = name.parse().ok().and_then(|id| self.population.app(id));
        let visible =
            found.filter(|app| app.shared_with_everyone || caller.is_some_and(|caller| caller.number == app.owner));
        let app = visible.ok_or_else(|| PowerAppsError::app_not_found(name))?;
        Ok(reply::json(
            StatusCode::OK,
            JSON,
            &AppResource::new(&app, &self.population),
        ))
    }

    fn visible(&self, caller: Option<Employee>) -> Vec<App> {
        let mut apps = caller
            .map(|caller| self.population.own_apps(caller.number))
            .unwrap_or_default();
        apps.extend(self.population.shared_apps());
        apps
    }
}

impl BackEnd for PowerApps {
    fn answer(&self, call: &Call) -> Reply {
        let reply = self.route(call).unwrap_or_else(|error| error.reply());
        self.finish(call, reply)
    }

    fn repeats(&self) -> bool {
        true
    }

    fn refuse(&self, call: &Call, refusal: Refusal) -> Reply {
        let reply = PowerAppsError::of_status(refusal.status).reply();
        self.finish(call, reply.with_retry_after(refusal.retry_after))
    }
}

impl PowerApps {
    fn finish(&self, call: &Call, reply: Reply) -> Reply {
        let id = call.request_id(self.population.seed()).to_string();
        let client = call
            .header("x-ms-client-request-id")
            .map_or_else(|| id.clone(), str::to_owned);
        reply
            .with("x-ms-request-id", &id)
            .with("x-ms-correlation-request-id", client)
            .with("cache-control", "no-cache,no-store")
    }
}

fn api_version(call: &Call) -> Result<(), PowerAppsError> {
    let bad = |code, message: String| Err(PowerAppsError::new(StatusCode::BAD_REQUEST, code, message));
    match call.query("api-version") {
        None | Some("") => bad(
            "MissingApiVersionParameter",
            "The api-version query parameter (?api-version=) is required for all requests.".to_owned(),
        ),
        Some(version) if API_VERSIONS.contains(&version) => Ok(()),
        Some(version) => bad(
            "InvalidApiVersionParameter",
            format!(
                "The api-version '{version}' is invalid. The supported versions are '{}'.",
                API_VERSIONS.join(",")
            ),
        ),
    }
}

fn parse_filter(text: &str) -> Result<Filter, PowerAppsError> {
    let filter = Filter::parse(text).map_err(|_| PowerAppsError::bad_option("$filter"))?;
    match filter.unknown_property(&|name| matches!(name, "classification" | "environment")) {
        Some(_) => Err(PowerAppsError::bad_option("$filter")),
        None => Ok(filter),
    }
}

/// `classification eq 'OwnedByMe'|'SharedWithMe'` and `environment eq '{name}'`.
fn operand(app: &App, name: &str) -> Operand<'static> {
    match name {
        "classification" if app.shared_with_everyone => "SharedWithMe".into(),
        "classification" => "OwnedByMe".into(),
        "environment" => environment().into(),
        _ => Operand::Null,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::call::tests::{get, get_with};

    const APPS: &str = "/providers/Microsoft.PowerApps/apps?api-version=2016-11-01";

    fn powerapps() -> PowerApps {
        PowerApps::new(Arc::new(Population::new(1)))
    }

    /// An employee with many apps, and a token for them.
    fn owner() -> (Employee, String) {
        let population = Population::new(1);
        let owner = population
            .employees()
            .find(|e| population.own_apps(e.number).len() == 6)
            .expect("an owner of six apps");
        let token = bearer::token_for(&owner);
        (owner, format!("Bearer {token}"))
    }

    fn ask(target: &str, authorization: &str) -> Reply {
        powerapps().answer(&get_with(target, &[("authorization", authorization)]))
    }

    fn body(reply: &Reply) -> Value {
        serde_json::from_slice(reply.body()).expect("JSON")
    }

    fn names(page: &Value) -> Vec<String> {
        let apps = page["value"].as_array().expect("a list");
        apps.iter()
            .map(|app| app["name"].as_str().expect("a name").to_owned())
            .collect()
    }

    #[test]
    fn a_person_sees_their_own_apps_and_everyones() {
        let (owner, token) = owner();
        let population = Population::new(1);
        let expected: Vec<String> = population
            .own_apps(owner.number)
            .iter()
            .chain(&population.shared_apps())
            .map(|app| app.id.to_string())
            .collect();
        assert_eq!(names(&body(&ask(APPS, &token))), expected);
    }

    #[test]
    fn a_service_principal_sees_only_what_is_shared_with_everyone() {
        let page = body(&ask(APPS, "Bearer opaque"));
        assert_eq!(names(&page).len(), Population::new(1).shared_apps().len());
        insta::assert_json_snapshot!(page["value"][0]);
    }

    #[test]
    fn walking_pages_of_two_meets_every_app_once() {
        let (_, token) = owner();
        let mut target = format!("{APPS}&$top=2");
        let mut walked = Vec::new();
        let mut pages = 0;
        loop {
            let page = body(&ask(&target, &token));
            walked.extend(names(&page));
            pages += 1;
            let Some(link) = page["nextLink"].as_str() else { break };
            target = link.strip_prefix("http://source").expect("the same host").to_owned();
        }
        assert_eq!(walked, names(&body(&ask(APPS, &token))));
        assert_eq!(pages, walked.len().div_ceil(2));
    }

    #[test]
    fn a_page_beyond_the_last_is_empty() {
        let page = body(&ask(
            &format!("{APPS}&$skiptoken=18446744073709551615"),
            "Bearer opaque",
        ));
        assert_eq!(page, serde_json::json!({"value": []}));
    }

    #[test]
    fn a_classification_splits_own_and_shared() {
        let (owner, token) = owner();
        let count = |class: &str| {
            names(&body(&ask(
                &format!("{APPS}&$filter=classification%20eq%20'{class}'"),
                &token,
            )))
            .len()
        };
        assert_eq!(count("OwnedByMe"), Population::new(1).own_apps(owner.number).len());
        assert_eq!(count("SharedWithMe"), Population::new(1).shared_apps().len());
    }

    #[test]
    fn one_app_is_answered_to_its_owner_and_not_found_by_others() {
        let (owner, token) = owner();
        let app = Population::new(1).own_apps(owner.number)[0];
        let target = format!("/providers/Microsoft.PowerApps/apps/{}?api-version=2016-11-01", app.id);
        assert_eq!(
            body(&ask(&target, &token))["properties"]["displayName"],
            app.display_name()
        );
        let refused = ask(&target, "Bearer opaque");
        assert_eq!(refused.status(), StatusCode::NOT_FOUND);
        assert_eq!(body(&refused)["error"]["code"], "AppNotFound");
    }

    #[test]
    fn what_is_asked_wrongly_is_refused_with_the_providers_code() {
        for (target, status, code) in [
            ("/providers/Microsoft.PowerApps/apps", 400, "MissingApiVersionParameter"),
            (
                "/providers/Microsoft.PowerApps/apps?api-version=1",
                400,
                "InvalidApiVersionParameter",
            ),
            (
                "/providers/Microsoft.PowerApps/apps/nothing?api-version=2016-11-01",
                404,
                "AppNotFound",
            ),
            (
                "/providers/Microsoft.Nothing/apps?api-version=2016-11-01",
                404,
                "NotFound",
            ),
            (
                "/providers/Microsoft.PowerApps/apps?api-version=2016-11-01&$top=none",
                400,
                "InvalidQueryOption",
            ),
            (
                "/providers/Microsoft.PowerApps/apps?api-version=2016-11-01&$filter=x",
                400,
                "InvalidQueryOption",
            ),
        ] {
            let reply = powerapps().answer(&get(target));
            assert_eq!(reply.status().as_u16(), status, "{target}");
            assert_eq!(body(&reply)["error"]["code"], code, "{target}");
        }
    }

    #[test]
    fn without_a_token_it_is_a_401() {
        let reply = powerapps().answer(&get_with(APPS, &[]));
        assert_eq!(reply.status(), StatusCode::UNAUTHORIZED);
        assert_eq!(body(&reply)["error"]["code"], "AuthenticationFailed");
    }

    #[test]
    fn a_refusal_has_the_providers_shape() {
        let refusal = Refusal {
            status: StatusCode::TOO_MANY_REQUESTS,
            retry_after: Some(9),
        };
        let reply = powerapps().refuse(&get(APPS), refusal);
        assert_eq!(reply.headers()["retry-after"], "9");
        assert_eq!(body(&reply)["error"]["code"], "TooManyRequests");
    }
}
