//! The emulated sources, in a process of their own: both programs call the same ones.

use std::{collections::BTreeMap, time::Duration};

use anyhow::{Context, Result};
use http::Method;
use midspan_sources::{Options, System};
use serde::Deserialize;
use serde_json::json;

use crate::{
    client::Connection,
    processes::{Process, announce},
    work::Work,
};

/// The route that GetHome calls first, and the one that is slowed down.
const SLOWED: &str = "/v1.0/users";

/// The systems that the measured operations call.
const CALLED: [System; 4] = [System::Graph, System::SharePoint, System::PowerApps, System::Dataverse];

/// The role: serves until whoever started it has ended.
pub(crate) fn serve() -> Result<()> {
    let runtime = tokio::runtime::Runtime::new()?;
    let options = Options {
        record: false,
        control: Some(([127, 0, 0, 1], 0).into()),
        ..Options::default()
    };
    let sources = runtime.block_on(midspan_sources::Sources::start(options))?;
    let mut urls: BTreeMap<_, _> = System::ALL.map(|system| (system.name(), sources.url(system))).into();
    urls.insert("control", sources.control_url().context("no control API")?);
    announce(&serde_json::to_string(&urls)?)
}

/// The running sources.
pub(crate) struct Sources {
    urls: BTreeMap<String, String>,
    _process: Process,
}

impl Sources {
    pub(crate) async fn start() -> Result<Self> {
        let process = Process::sources()?;
        let urls = serde_json::from_str(process.announced()).context("the sources did not start")?;
        let sources = Self {
            urls,
            _process: process,
        };
        sources.control(Method::GET, "/faults", None).await?;
        Ok(sources)
    }

    /// Arguments that tell a program where they are.
    pub(crate) fn variables(&self, work: Work) -> Vec<String> {
        if work == Work::Ping {
            return Vec::new();
        }
        let of = |system: System| {
            let name = system.name();
            let url = self.urls.get(name).map_or("", String::as_str);
            [
                "--variable".to_owned(),
                format!("{name}_url={url}"),
                "--variable".to_owned(),
                format!("{name}_token=service-principal"),
            ]
        };
        CALLED.into_iter().flat_map(of).collect()
    }

    /// Makes the profile's source the slowest by far.
    pub(crate) async fn slow_down(&self, delay: Duration) -> Result<()> {
        let fault = json!({ "kind": "delay", "ms": delay.as_millis() });
        let fault = json!({ "system": System::Graph.name(), "path": SLOWED, "fault": fault });
        self.control(Method::PUT, "/faults", Some(&fault)).await.map(drop)
    }

    pub(crate) async fn heal(&self) -> Result<()> {
        self.control(Method::DELETE, "/faults", None).await.map(drop)
    }

    /// How many requests have reached each of the systems that are called.
    pub(crate) async fn counts(&self) -> Result<BTreeMap<String, u64>> {
        #[derive(Deserialize)]
        struct Requests {
            counts: BTreeMap<String, u64>,
        }
        let requests = self.control(Method::GET, "/requests", None).await?;
        let mut counts = serde_json::from_slice::<Requests>(&requests)?.counts;
        counts.retain(|name, _| CALLED.iter().any(|system| system.name() == name));
        Ok(counts)
    }

    async fn control(&self, method: Method, path: &str, json: Option<&serde_json::Value>) -> Result<bytes::Bytes> {
        let url = self.urls.get("control").context("no control API")?;
        let address = url.trim_start_matches("http://").parse()?;
        Connection::open(address).await?.ask(method, path, json).await
    }
}
