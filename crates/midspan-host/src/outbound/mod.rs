//! HTTP that components send: checked against the manifest's allow-list, over one pool of connections for the host, or
//! straight to another component of the application.

mod body;
mod clients;
mod connect;
mod counted;
mod failure;

use std::sync::{Arc, OnceLock, Weak};
use std::time::Duration;

use futures::future::BoxFuture;
use http::header::CONNECTION;
use http::uri::Scheme;
use http::{HeaderMap, HeaderName, Request, Response, Uri};
use http_body_util::BodyExt;
use tokio::time::timeout;
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody, WasiHttpHooks};

use crate::allowed_hosts::{AllowedHosts, chained_component};
use crate::options::{LogLevel, LogLine, OnLog};

pub(crate) use clients::Clients;

/// What a component's request options leave open, as in Spin.
const TIMEOUT: Duration = Duration::from_mins(10);

/// Answers a component's request to another component of its application.
pub(crate) trait Chain: Send + Sync {
    /// The answer of `component`.
    fn call_component(self: Arc<Self>, component: &str, request: Request<WasiBody>) -> BoxFuture<'static, ChainResult>;
    /// Where this host listens, for requests to itself.
    fn own_address(&self) -> http::uri::Authority;
}

pub(crate) type ChainResult = Result<Response<WasiBody>, Error>;

/// The application that a component belongs to, known once all its components are.
#[derive(Clone, Default)]
pub(crate) struct ChainLink(Arc<OnceLock<Weak<dyn Chain>>>);

impl ChainLink {
    pub(crate) fn set(&self, chain: &Arc<dyn Chain>) {
        let _ = self.0.set(Arc::downgrade(chain));
    }

    fn get(&self) -> Option<Arc<dyn Chain>> {
        self.0.get()?.upgrade()
    }
}

/// The way out of one component.
pub(crate) struct Egress {
    pub(crate) component: String,
    pub(crate) allowed: AllowedHosts,
    pub(crate) clients: Arc<Clients>,
    pub(crate) chain: ChainLink,
    pub(crate) on_log: Option<OnLog>,
}

impl Egress {
    async fn send(
        &self,
        mut request: Request<WasiBody>,
        options: Option<RequestOptions>,
    ) -> Result<Response<WasiBody>, Error> {
        // HTTP/2 servers take `:authority`; for HTTP/1.1 the client sets the header from the URI.
        request.headers_mut().remove(http::header::HOST);
        if let Some(component) = self.admit(request.uri_mut())? {
            let chain = self.chain.get().ok_or(Error::ConnectionRefused)?;
            return chain.call_component(&component, request).await;
        }
        let option =
            |choose: fn(&RequestOptions) -> Option<Duration>| options.as_ref().and_then(choose).unwrap_or(TIMEOUT);
        let client = self
            .clients
            .for_host(&self.component, request.uri().host().unwrap_or_default());
        let sent = connect::within(option(|o| o.connect_timeout), client.request(request));
        let mut response = timeout(option(|o| o.first_byte_timeout), sent)
            .await
            .map_err(|_| Error::ConnectionReadTimeout)?
            .map_err(|error| self.failed(&error))?;
        remove_what_is_the_connection_s(response.headers_mut());
        let patience = option(|o| o.between_bytes_timeout);
        Ok(response.map(|body| body::Timed::new(body, patience).boxed_unsync()))
    }

    /// Whether the manifest allows it; the component's name where it goes to one of this application.
    fn admit(&self, uri: &mut Uri) -> Result<Option<String>, Error> {
        let scheme = uri.scheme_str().unwrap_or("https").to_owned();
        let host = uri.host().unwrap_or_default().to_ascii_lowercase();
        if host.is_empty() || host == "self.alt" {
            if !self.allowed.allows_self() {
                return Err(self.denied("a request to itself", "self"));
            }
            return self.to_self(uri).map(|()| None);
        }
        if !self.allowed.allows(&scheme, &host, uri.port_u16()) {
            let port = uri.port().map(|port| format!(":{port}")).unwrap_or_default();
            let entry = format!("{scheme}://{host}{port}");
            return Err(self.denied(&format!("a request to \"{entry}\""), &entry));
        }
        Ok(chained_component(&host).map(str::to_owned))
    }

    fn to_self(&self, uri: &mut Uri) -> Result<(), Error> {
        let chain = self.chain.get().ok_or(Error::HttpRequestUriInvalid)?;
        let mut parts = std::mem::take(uri).into_parts();
        parts.scheme = Some(Scheme::HTTP);
        parts.authority = Some(chain.own_address());
        parts.path_and_query = parts.path_and_query.or(Some(http::uri::PathAndQuery::from_static("/")));
        *uri = Uri::from_parts(parts).map_err(|_| Error::HttpRequestUriInvalid)?;
        Ok(())
    }

    fn denied(&self, what: &str, entry: &str) -> Error {
        self.warn(format!(
            "denied {what}: the manifest does not allow it\n  help: add \"{entry}\" to allowed_outbound_hosts of \
             component \"{}\"",
            self.component
        ));
        Error::HttpRequestDenied
    }

    fn failed(&self, error: &hyper_util::client::legacy::Error) -> Error {
        let failure = failure::of(error);
        self.warn(format!("outbound request failed: {}", failure::chain_of(error)));
        failure
    }

    fn warn(&self, message: String) {
        if let Some(on_log) = &self.on_log {
            on_log(&LogLine {
                level: LogLevel::Warning,
                component: Some(self.component.clone()),
                message,
            });
        }
    }
}

/// What `Connection` names ends here (RFC 9110 s. 7.6.1). A component can't see to it: it never sees `Connection`.
fn remove_what_is_the_connection_s(headers: &mut HeaderMap) {
    let values: Vec<_> = headers.get_all(CONNECTION).iter().cloned().collect();
    let names = values
        .iter()
        .flat_map(|value| value.as_bytes().split(|byte| *byte == b','));
    for name in names.filter_map(|name| HeaderName::from_bytes(name.trim_ascii()).ok()) {
        headers.remove(name);
    }
}

/// The way out, as `wasmtime-wasi-http` takes it. What it forbids of headers is what Spin forbids: both keep its
/// defaults.
pub(crate) struct Hooks(Arc<Egress>);

impl Hooks {
    pub(crate) fn new(egress: Arc<Egress>) -> Self {
        Self(egress)
    }
}

type Transmission = Box<dyn Future<Output = Result<(), Error>> + Send>;
type Sending = Box<dyn Future<Output = Result<(Response<WasiBody>, Transmission), Error>> + Send>;

impl WasiHttpHooks for Hooks {
    fn send_request(
        &mut self,
        request: Request<WasiBody>,
        options: Option<RequestOptions>,
        _: Transmission,
    ) -> Sending {
        let egress = Arc::clone(&self.0);
        Box::new(async move {
            let response = egress.send(request, options).await?;
            // The pool drives the connection; errors of the transfer come with the body.
            Ok((response, Box::new(std::future::ready(Ok(()))) as Transmission))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_connection_names_goes_no_further() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("connection", "a, B"),
            ("connection", "keep-alive,, \u{e9}"),
            ("a", "1"),
            ("b", "2"),
            ("keep-alive", "timeout=5"),
            ("c", "3"),
        ] {
            headers.append(name, value.parse().unwrap());
        }
        remove_what_is_the_connection_s(&mut headers);
        let left: Vec<_> = headers.keys().map(HeaderName::as_str).collect();
        assert_eq!(left, ["connection", "c"]);
    }
}
