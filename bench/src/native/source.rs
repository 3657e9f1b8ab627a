//! The back-end systems, and one pool of connections to all of them.

use std::time::Duration;

use bytes::Bytes;
use http::HeaderValue;
use http_body_util::Empty;
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::{TokioExecutor, TokioTimer},
};

use super::kept::Kept;

/// How long a source may take.
const TIMEOUT: Duration = Duration::from_millis(1500);

pub(super) type HttpClient = Client<HttpConnector, Empty<Bytes>>;

/// One system: where it is, how it is named and who calls it.
pub(super) struct Source {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    pub(super) base: String,
    pub(super) authorization: HeaderValue,
    pub(super) forwards_caller: bool,
    pub(super) timeout: Duration,
}

/// All systems.
pub(super) struct Sources {
    pub(super) client: HttpClient,
    /// Whole answers, where they are kept.
    pub(super) kept: Option<Kept>,
    pub(super) graph: Source,
    pub(super) sharepoint: Source,
    pub(super) powerapps: Source,
    pub(super) dataverse: Source,
}

impl Sources {
    /// From the variables that the host gets, too: `graph_url=...`, `graph_token=...`.
    pub(super) fn new(variables: &[String], cached: bool) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(Duration::from_mins(1))
            .build(connector);
        let source = |name, title| Source::new(name, title, variables);
        Self {
            client,
            kept: cached.then(Kept::new),
            graph: source("graph", "Microsoft Graph"),
            sharepoint: source("sharepoint", "SharePoint"),
            powerapps: Source {
                forwards_caller: true,
                ..source("powerapps", "Power Apps")
            },
            dataverse: source("dataverse", "Dataverse"),
        }
    }
}

impl Source {
    fn new(name: &'static str, title: &'static str, variables: &[String]) -> Self {
        let variable = |kind: &str| {
            let prefix = format!("{name}_{kind}=");
            variables
                .iter()
                .find_map(|variable| variable.strip_prefix(&prefix))
                .unwrap_or_default()
        };
        let token = format!("Bearer {}", variable("token"));
        Self {
            name,
            title,
            base: variable("url").to_owned(),
            authorization: HeaderValue::from_str(&token).unwrap_or(HeaderValue::from_static("Bearer")),
            forwards_caller: false,
            timeout: TIMEOUT,
        }
    }
}
