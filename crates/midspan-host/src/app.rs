//! One version of an application: its routes and its components, compiled and linked.

mod load;

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use futures::FutureExt;
use futures::future::BoxFuture;
use http::Request;
use http::uri::Authority;
use http_body_util::{BodyExt, Full};
use tokio::time::Instant;
use wasmtime_wasi_http::{Error, WasiBody};

use crate::diagnostic::Diagnostic;
use crate::instance::{Answer, Failure, Pool};
use crate::outbound::{Chain, ChainResult};
use crate::routes::{RouteMatch, Router, spin_headers};
use crate::server::{Place, Places, Problem, guarded};

pub(crate) use load::Ground;

/// One version of an application.
pub(crate) struct App {
    name: String,
    version: String,
    router: Router,
    components: BTreeMap<String, Served>,
    origin: Authority,
    request_timeout: std::time::Duration,
    warnings: Vec<Diagnostic>,
}

/// What serves a component: its instances, and its share of the host's places.
struct Served {
    pool: Arc<Pool>,
    share: Places,
}

/// Who a component's request to another component comes from, as in Spin.
const CHAINED: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0);

impl App {
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn version(&self) -> &str {
        &self.version
    }

    pub(crate) fn router(&self) -> &Router {
        &self.router
    }

    pub(crate) fn origin(&self) -> &Authority {
        &self.origin
    }

    pub(crate) fn warnings(&self) -> &[Diagnostic] {
        &self.warnings
    }

    /// A place among the requests that a component may have in work, unless `limit` are taken.
    pub(crate) fn share(&self, component: &str, limit: usize) -> Result<Option<Place>, Problem> {
        let component = self.components.get(component);
        component.map(|component| component.share.take(limit)).transpose()
    }

    /// A component's answer.
    pub(crate) async fn call(
        &self,
        component: &str,
        request: Request<WasiBody>,
        deadline: Instant,
    ) -> Result<Answer, Failure> {
        match self.components.get(component) {
            Some(component) => component.pool.call(request, deadline).await,
            None => Err(Failure::NoInstance(format!("there is no component \"{component}\""))),
        }
    }

    async fn call_chained(self: Arc<Self>, component: String, mut request: Request<WasiBody>) -> ChainResult {
        if !self.components.contains_key(&component) {
            return Err(Error::DestinationNotFound);
        }
        let (mut head, body) = request.into_parts();
        let route = RouteMatch::chained(&component, head.uri.path());
        for (name, value) in spin_headers(&route, &head, CHAINED) {
            head.headers.insert(name, value);
        }
        request = Request::from_parts(head, body);
        match self
            .call(&component, request, Instant::now() + self.request_timeout)
            .await
        {
            Ok(answer) => Ok(guarded(answer)),
            Err(failure) => {
                let body = |bytes| Full::new(bytes).map_err(|never| match never {}).boxed_unsync();
                Ok(Problem::from(failure).response(None).map(body))
            }
        }
    }
}

impl Chain for App {
    fn call_component(self: Arc<Self>, component: &str, request: Request<WasiBody>) -> BoxFuture<'static, ChainResult> {
        self.call_chained(component.to_owned(), request).boxed()
    }

    fn own_address(&self) -> Authority {
        self.origin.clone()
    }
}
