//! ListApps.

use midspan::prelude::*;
use systems::{
    POWERAPPS,
    access::{EMPLOYEES, PROGRAMS},
    apps,
    apps::App,
};

/// Apps.
#[derive(Debug, PartialEq, Data)]
struct AppList {
    /// Apps
    value: Vec<App>,
}

/// List apps
///
/// The apps that the caller can open.
#[operation(get = "/apps", auth = [EMPLOYEES, PROGRAMS], sources = [POWERAPPS], deadline = "3s")]
async fn list_apps(ctx: Context) -> Result<AppList> {
    apps::list(&ctx).await.map(|value| AppList { value })
}

#[cfg(test)]
mod tests {
    use midspan::testing::{Reply, TestHost};

    use super::*;

    const APPS: &str = r#"{"value": [{"name": "a-1", "properties": {"displayName": "Leave", "description": "",
        "appOpenUri": "https://apps.powerapps.example/play/a-1", "backgroundColor": "rgba(0,176,240,1)"}}]}"#;

    fn host() -> TestHost {
        let host = systems::testing::host();
        host.on(
            "powerapps",
            "GET /providers/Microsoft.PowerApps/apps",
            Reply::json(200, APPS),
        );
        host
    }

    #[test]
    fn apps_are_flat_and_blank_descriptions_are_none() {
        let apps: AppList = host().get::<ListApps>("/apps").json();
        assert_eq!(
            apps.value,
            [App {
                id: "a-1".into(),
                name: "Leave".into(),
                description: None,
                url: "https://apps.powerapps.example/play/a-1".into(),
                color: Some("rgba(0,176,240,1)".into()),
            }]
        );
    }

    #[test]
    fn apps_are_kept_for_each_caller_alone() {
        let host = host();
        let calls = |authorization: &[(&str, &str)]| {
            assert_eq!(host.get_with::<ListApps>("/apps", authorization).status(), 200);
            host.requests("powerapps").len()
        };
        assert_eq!(calls(&[("authorization", "Bearer ada")]), 1);
        assert_eq!(calls(&[("authorization", "Bearer bob")]), 2);
        assert_eq!(calls(&[]), 3);
        assert_eq!(calls(&[("authorization", "Bearer ada")]), 3);
        assert_eq!(calls(&[]), 3);
    }

    #[test]
    fn the_callers_own_token_is_forwarded() {
        let host = host();
        let answer = host.get_with::<ListApps>("/apps", &[("authorization", "Bearer ada")]);
        assert_eq!(answer.status(), 200, "{}", answer.text());
        assert_eq!(
            host.requests("powerapps")[0].request.headers()["authorization"],
            "Bearer ada"
        );
    }
}
