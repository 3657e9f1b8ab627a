//! Azure Resource Manager: subscriptions and their resource groups. Only a token of Entra ID for it is let in.
//!
//! Shapes: Learn, "Subscriptions - List" (2022-12-01), "Subscriptions - Get", "Resource Groups - List" (2021-04-01), "Resource Groups -
//! Get", "Understand how Azure Resource Manager throttles requests".

mod error;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use http::{Method, StatusCode};
use serde_json::{Map, Value, json};

use self::error::AzureError;
use super::{BackEnd, World};
use crate::authority::Authority;
use crate::call::Call;
use crate::odata::{self, Filter, Operand};
use crate::population::{Draw, Guid, Kind, Population, TENANT_ID};
use crate::reply::{self, Refusal, Reply, WithHeader};

const JSON: &str = "application/json; charset=utf-8";
/// What Azure Resource Manager is called in a token.
const AUDIENCES: &[&str] = &[
    "https://management.core.windows.net/",
    "https://management.core.windows.net",
    "https://management.azure.com/",
    "https://management.azure.com",
];
const SUBSCRIPTION_VERSIONS: &str = "2020-01-01,2022-12-01";
const GROUP_VERSIONS: &str = "2020-06-01,2021-04-01,2022-09-01";
/// How many a caller may read in an hour.
const READS: u64 = 12_000;
/// Groups of a page.
const PAGE: usize = 25;

static SUBSCRIPTIONS: &[&str] = &["Contoso Production", "Contoso Test", "Contoso Entwicklung & Labor"];
static PURPOSES: &[&str] = &[
    "web",
    "data",
    "identity",
    "network",
    "monitoring",
    "backup",
    "payroll",
    "intranet",
];
static LOCATIONS: &[&str] = &[
    "westeurope",
    "northeurope",
    "germanywestcentral",
    "eastus2",
    "japaneast",
];

pub(super) struct Azure {
    population: Arc<Population>,
    authority: Arc<Authority>,
    reads: AtomicU64,
}

impl Azure {
    pub(super) fn new(world: &World) -> Self {
        Self {
            population: Arc::clone(&world.population),
            authority: Arc::clone(&world.authority),
            reads: AtomicU64::new(0),
        }
    }

    fn route(&self, call: &Call) -> Result<Value, AzureError> {
        let token = call.bearer().ok_or_else(AzureError::no_token)?;
        let claims = self
            .authority
            .verify(token, AUDIENCES)
            .map_err(|why| AzureError::bad_token(&why))?;
        if call.method != Method::GET {
            let client = claims["oid"].as_str().unwrap_or_default();
            return Err(AzureError::no_permission(client, &call.path));
        }
        let path = call.path.to_ascii_lowercase();
        match path
            .split('/')
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .as_slice()
        {
            ["subscriptions"] => {
                version(call, SUBSCRIPTION_VERSIONS)?;
                let all: Vec<Value> = (1..)
                    .zip(SUBSCRIPTIONS)
                    .map(|(number, _)| self.subscription(number))
                    .collect();
                let count = json!({"type": "Total", "value": all.len()});
                Ok(json!({"value": all, "count": count}))
            }
            ["subscriptions", id] => {
                version(call, SUBSCRIPTION_VERSIONS)?;
                Ok(self.subscription(self.find(id)?))
            }
            ["subscriptions", id, "resourcegroups"] => {
                let number = self.find(id)?;
                version(call, GROUP_VERSIONS)?;
                self.groups(call, number)
            }
            ["subscriptions", id, "resourcegroups", name] => {
                let number = self.find(id)?;
                version(call, GROUP_VERSIONS)?;
                let all = self.all_groups(number);
                let found = all.into_iter().find(|group| group["name"] == *name);
                found.ok_or_else(|| AzureError::no_group(name))
            }
            _ => Err(AzureError::no_such_path(&call.path)),
        }
    }

    /// The number of a subscription, from 1.
    fn find(&self, id: &str) -> Result<u32, AzureError> {
        let guid: Guid = id.parse().map_err(|_| AzureError::bad_subscription(id))?;
        let number = guid.number_in(self.population.seed(), Kind::Subscription);
        let known = number.filter(|number| (1..=SUBSCRIPTIONS.len()).contains(&(*number as usize)));
        known.ok_or_else(|| AzureError::no_subscription(id))
    }

    fn id(&self, number: u32) -> Guid {
        Guid::of(self.population.seed(), Kind::Subscription, number)
    }

    fn subscription(&self, number: u32) -> Value {
        let id = self.id(number);
        json!({
            "id": format!("/subscriptions/{id}"),
            "authorizationSource": "RoleBased",
            "managedByTenants": [],
            "tags": {"costCenter": "1000"},
            "subscriptionId": id.to_string(),
            "tenantId": TENANT_ID,
            "displayName": SUBSCRIPTIONS[number as usize - 1],
            "state": if number == 3 { "Warned" } else { "Enabled" },
            "subscriptionPolicies": {
                "locationPlacementId": "Public_2014-09-01",
                "quotaId": "EnterpriseAgreement_2014-09-01",
                "spendingLimit": "Off",
            },
        })
    }

    /// `GET /subscriptions/{id}/resourcegroups`, with `$top`, and `$filter` by a tag.
    fn groups(&self, call: &Call, subscription: u32) -> Result<Value, AzureError> {
        let size = match call.query("$top") {
            None => PAGE,
            Some(text) => odata::top(text).ok().filter(|top| *top > 0).ok_or_else(|| {
                AzureError::bad_query(format!("The value '{text}' of $top is not a positive number."))
            })?,
        };
        let skip = match call.query("$skiptoken") {
            None => 0,
            Some(token) => token
                .strip_prefix("groups-")
                .and_then(|place| place.parse().ok())
                .ok_or_else(|| AzureError::bad_query("The value of $skiptoken is not one that was given out."))?,
        };
        let mut all = self.all_groups(subscription);
        if let Some(filter) = call.query("$filter") {
            let filter = Filter::parse(filter)
                .ok()
                .filter(|parsed| {
                    parsed
                        .unknown_property(&|name| matches!(name, "tagName" | "tagValue"))
                        .is_none()
                })
                .ok_or_else(|| AzureError::bad_query(format!("The filter '{filter}' is not supported.")))?;
            all.retain(|group| tagged(group, &filter));
        }
        let mut body = Map::new();
        let end = size.saturating_add(skip);
        if end < all.len() {
            let token = Some(format!("groups-{end}"));
            body.insert("nextLink".into(), call.link("$", &[("$skiptoken", token)]).into());
        }
        body.insert("value".into(), all.into_iter().skip(skip).take(size).collect());
        Ok(body.into())
    }

    fn all_groups(&self, subscription: u32) -> Vec<Value> {
        let mut draw = Draw::new(self.population.seed(), Kind::Subscription, u64::from(subscription));
        let count = 20 + draw.below(60);
        (1..=count)
            .map(|place| {
                let name = format!("rg-{}-{place:03}", draw.pick(PURPOSES));
                json!({
                    "id": format!("/subscriptions/{}/resourceGroups/{name}", self.id(subscription)),
                    "name": name,
                    "type": "Microsoft.Resources/resourceGroups",
                    "location": draw.pick(LOCATIONS),
                    "tags": {"owner": format!("E{:06}", draw.below(Population::EMPLOYEES) + 1), "costCenter": (draw.pick(&["1000", "2000"]))},
                    "properties": {"provisioningState": "Succeeded"},
                })
            })
            .collect()
    }

    fn finish(&self, call: &Call, reply: Reply) -> Reply {
        let id = call.request_id(self.population.seed()).to_string();
        let reads = self.reads.fetch_add(1, Ordering::Relaxed) + 1;
        reply
            .with("cache-control", "no-cache")
            .with("pragma", "no-cache")
            .with("x-content-type-options", "nosniff")
            .with(
                "x-ms-ratelimit-remaining-subscription-reads",
                READS.saturating_sub(reads).to_string(),
            )
            .with("x-ms-request-id", &id)
            .with("x-ms-correlation-request-id", &id)
            .with("x-ms-routing-request-id", format!("WESTEUROPE:20260302T080000Z:{id}"))
    }
}

impl BackEnd for Azure {
    fn answer(&self, call: &Call) -> Reply {
        let reply = match self.route(call) {
            Ok(body) => reply::json(StatusCode::OK, JSON, &body),
            Err(error) => error.reply(),
        };
        self.finish(call, reply)
    }

    fn refuse(&self, call: &Call, refusal: Refusal) -> Reply {
        let reply = AzureError::of_status(refusal.status, refusal.retry_after).reply();
        self.finish(call, reply.with_retry_after(refusal.retry_after))
    }
}

fn version(call: &Call, known: &str) -> Result<(), AzureError> {
    match call.query("api-version") {
        None | Some("") => Err(AzureError::missing_version()),
        Some(version) if known.split(',').any(|one| one == version) => Ok(()),
        Some(version) => Err(AzureError::bad_version(version, known)),
    }
}

/// Whether one of a group's tags passes `tagName eq 'owner' and tagValue eq 'E000042'`.
fn tagged(group: &Value, filter: &Filter) -> bool {
    let Some(tags) = group["tags"].as_object() else {
        return false;
    };
    tags.iter().any(|(tag, text)| {
        filter.accepts(&|name| match name {
            "tagName" => tag.as_str().into(),
            "tagValue" => text.as_str().map_or(Operand::Null, Operand::from),
            _ => Operand::Null,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authority::Subject;
    use crate::call::tests::{get_with, send};
    use crate::systems::tests::world;

    fn ask(azure: &Azure, target: &str) -> Reply {
        let token = azure
            .authority
            .issue("http://login", AUDIENCES[2], Subject::Application);
        azure.answer(&get_with(target, &[("authorization", &format!("Bearer {token}"))]))
    }

    fn body(reply: &Reply) -> Value {
        serde_json::from_slice(reply.body()).expect("JSON")
    }

    fn first_subscription(azure: &Azure) -> String {
        body(&ask(azure, "/subscriptions?api-version=2022-12-01"))["value"][0]["id"]
            .as_str()
            .expect("an id")
            .to_owned()
    }

    #[test]
    fn subscriptions_are_listed_and_found_by_their_id() {
        let azure = Azure::new(&world());
        let all = body(&ask(&azure, "/subscriptions?api-version=2022-12-01"));
        insta::assert_json_snapshot!(all["value"][0]);
        let one = ask(
            &azure,
            &format!("{}?api-version=2022-12-01", first_subscription(&azure)),
        );
        assert_eq!(body(&one), all["value"][0]);
        assert_eq!(one.headers()["x-ms-ratelimit-remaining-subscription-reads"], "11997");
    }

    #[test]
    fn walking_the_groups_by_their_links_meets_each_once() {
        let azure = Azure::new(&world());
        let start = format!("{}/resourceGroups?api-version=2021-04-01", first_subscription(&azure));
        let (mut target, mut walked) = (format!("{start}&$top=7"), Vec::new());
        loop {
            let page = body(&ask(&azure, &target));
            walked.extend(page["value"].as_array().expect("groups").clone());
            match page["nextLink"].as_str() {
                Some(link) => target = link.strip_prefix("http://source").expect("the same host").to_owned(),
                None => break,
            }
        }
        assert!(walked.len() >= 20);
        assert_eq!(
            Value::from(walked.clone()),
            body(&ask(&azure, &format!("{start}&$top=1000")))["value"]
        );
        insta::assert_json_snapshot!(walked[0]);
        let name = walked[1]["id"].as_str().expect("an id");
        assert_eq!(body(&ask(&azure, &format!("{name}?api-version=2021-04-01"))), walked[1]);
        let filter = "$filter=tagName%20eq%20'costCenter'%20and%20tagValue%20eq%20'1000'";
        let tagged = body(&ask(&azure, &format!("{start}&$top=1000&{filter}")));
        let tagged = tagged["value"].as_array().expect("groups");
        assert!(!tagged.is_empty() && tagged.len() < walked.len());
        assert!(tagged.iter().all(|group| group["tags"]["costCenter"] == "1000"));
    }

    #[test]
    fn only_a_token_for_azure_itself_is_let_in() {
        let azure = Azure::new(&world());
        let ask = |token: Option<String>| {
            let header = token.map(|token| format!("Bearer {token}"));
            let headers: Vec<(&str, &str)> = header.iter().map(|value| ("authorization", value.as_str())).collect();
            let reply = azure.answer(&get_with("/subscriptions?api-version=2022-12-01", &headers));
            assert_eq!(reply.status(), StatusCode::UNAUTHORIZED);
            let challenge = reply.headers()["www-authenticate"].to_str().expect("text").to_owned();
            assert!(challenge.contains("error=\"invalid_token\""), "{challenge}");
            body(&reply)["error"]["code"].as_str().expect("a code").to_owned()
        };
        let issue = |audience: &str| azure.authority.issue("http://login", audience, Subject::Application);
        assert_eq!(ask(None), "AuthenticationFailed");
        assert_eq!(ask(Some("opaque".into())), "InvalidAuthenticationToken");
        assert_eq!(
            ask(Some(issue("https://graph.microsoft.com"))),
            "InvalidAuthenticationTokenAudience"
        );
        let token = issue(AUDIENCES[0]);
        azure.authority.revoke_all();
        assert_eq!(ask(Some(token)), "RevokedAuthenticationToken");
        azure.authority.set_lifetime(std::time::Duration::ZERO);
        assert_eq!(ask(Some(issue(AUDIENCES[0]))), "ExpiredAuthenticationToken");
    }

    #[test]
    fn what_makes_no_sense_is_refused_with_azures_code() {
        let azure = Azure::new(&world());
        let subscription = first_subscription(&azure);
        for (target, status, code) in [
            ("/subscriptions".to_owned(), 400, "MissingApiVersionParameter"),
            (
                "/subscriptions?api-version=2000-01-01".to_owned(),
                400,
                "InvalidApiVersionParameter",
            ),
            (
                "/subscriptions/x?api-version=2022-12-01".to_owned(),
                400,
                "InvalidSubscriptionId",
            ),
            (
                "/subscriptions/00000000-0000-0000-0000-000000000001?api-version=2022-12-01".to_owned(),
                404,
                "SubscriptionNotFound",
            ),
            (
                format!("{subscription}/resourceGroups/x?api-version=2021-04-01"),
                404,
                "ResourceGroupNotFound",
            ),
            (
                format!("{subscription}/resourceGroups?api-version=2021-04-01&$top=0"),
                400,
                "InvalidQueryParameter",
            ),
            (
                format!("{subscription}/resourceGroups?api-version=2021-04-01&$filter=x"),
                400,
                "InvalidQueryParameter",
            ),
            ("/planets?api-version=2022-12-01".to_owned(), 404, "NotFound"),
        ] {
            let reply = ask(&azure, &target);
            assert_eq!(reply.status().as_u16(), status, "{target}");
            assert_eq!(body(&reply)["error"]["code"], code, "{target}");
        }
        let token = azure
            .authority
            .issue("http://login", AUDIENCES[0], Subject::Application);
        let token = format!("Bearer {token}");
        let write = azure.answer(&send("PUT", &subscription, &[("authorization", &token)], "{}"));
        assert_eq!(write.status(), StatusCode::FORBIDDEN);
    }

    #[test]
    fn a_throttled_call_says_how_long_to_wait() {
        let refusal = Refusal {
            status: StatusCode::TOO_MANY_REQUESTS,
            retry_after: Some(17),
        };
        let reply = Azure::new(&world()).refuse(&get_with("/subscriptions", &[]), refusal);
        assert_eq!(reply.headers()["retry-after"], "17");
        insta::assert_json_snapshot!(body(&reply));
    }
}
