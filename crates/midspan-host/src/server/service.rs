//! One request, from its head to its answer.

use std::net::SocketAddr;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError, RwLock};

use bytes::Bytes;
use http::header::HOST;
use http::request::Parts;
use http::uri::{Authority, PathAndQuery, Scheme};
use http::{HeaderValue, Request, Response, Uri};
use http_body::Body;
use hyper::body::Incoming;
use tokio::time::Instant;

use super::admission::{self, Places};
use super::body::{self, AnswerBody};
use super::record::{OpenRecord, Tally};
use super::{Problem, correlation};
use crate::allowed_hosts::chained_component;
use crate::app::App;
use crate::options::{Limits, OnRequest};
use crate::routes::spin_headers;
use crate::telemetry::{OpenRequest, Telemetry};

/// Paths that the host answers itself, as Spin does.
const WELL_KNOWN: &str = "/.well-known/spin/";

/// What answers the requests of all connections.
pub(crate) struct Service {
    app: RwLock<Arc<App>>,
    limits: Limits,
    on_request: Option<OnRequest>,
    telemetry: Arc<Telemetry>,
    places: Places,
}

impl Service {
    pub(crate) fn new(app: Arc<App>, limits: Limits, on_request: Option<OnRequest>, telemetry: Arc<Telemetry>) -> Self {
        Self {
            app: RwLock::new(app),
            limits,
            on_request,
            telemetry,
            places: Places::default(),
        }
    }

    pub(super) fn limits(&self) -> &Limits {
        &self.limits
    }

    pub(crate) fn app(&self) -> Arc<App> {
        Arc::clone(&self.app.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// From now on requests go to `app`; those in work stay where they are.
    pub(crate) fn replace_app(&self, app: Arc<App>) {
        *self.app.write().unwrap_or_else(PoisonError::into_inner) = app;
    }

    pub(super) async fn answer(&self, request: Request<Incoming>, client: SocketAddr) -> Response<AnswerBody> {
        let (mut head, body) = request.into_parts();
        let tally = Arc::<Tally>::default();
        let told = OpenRequest::begin(&self.telemetry, &head.method, &mut head.headers);
        let mut record = OpenRecord::new(&head, &tally, self.on_request.as_ref(), told);
        let sent_id = correlation::sent(&head.headers).map(str::to_owned);
        let mut passage = Passage {
            arrived: Instant::now(),
            client,
            tally,
            record: record.as_mut(),
        };
        let (mut response, error) = match self.pass(head, body, &mut passage).await {
            Ok(response) => (response, None),
            Err(problem) => {
                let response = problem.response(sent_id.as_deref()).map(AnswerBody::whole);
                (response, Some(problem.detail().to_owned()))
            }
        };
        if let Some(record) = &mut record {
            record.answered(&response, error);
        }
        response.body_mut().record = record;
        response
    }

    async fn pass(
        &self,
        mut head: Parts,
        body: Incoming,
        passage: &mut Passage<'_>,
    ) -> Result<Response<AnswerBody>, Problem> {
        admission::check(&head, body.size_hint().exact(), &self.limits)?;
        let app = self.app();
        // Before there are places to take: a busy host is well, and must not be restarted for it.
        if let Some(topic) = head.uri.path().strip_prefix(WELL_KNOWN) {
            return well_known(topic, &head, &app);
        }
        let place = self.places.take(self.limits.concurrent_requests)?;
        let Some(route) = app.router().route(head.uri.path()) else {
            return Err(Problem::not_found(head.uri.path()));
        };
        if let Some(record) = &mut passage.record {
            record.routed(route.raw_route, route.component_id);
        }
        let share = app.share(route.component_id, self.limits.requests_per_component)?;
        complete_uri(&mut head, app.origin());
        for (name, value) in spin_headers(&route, &head, passage.client) {
            head.headers.insert(name, value);
        }
        let body = body::incoming(body, self.limits.request_body, Arc::clone(&passage.tally));
        let deadline = passage.arrived + self.limits.request_timeout;
        let answer = app
            .call(route.component_id, Request::from_parts(head, body), deadline)
            .await;
        if passage.tally.too_large.load(Ordering::Relaxed) {
            return Err(admission::body_too_large(&self.limits));
        }
        let mut response = body::settle(answer?).await?;
        response.body_mut().places = [Some(place), share];
        Ok(response)
    }
}

/// What accompanies a request on its way through the host.
struct Passage<'r> {
    arrived: Instant,
    client: SocketAddr,
    tally: Arc<Tally>,
    record: Option<&'r mut OpenRecord>,
}

/// Components see the URL that the client asked for, not only its path (Spin does the same).
///
/// A `Host` in `spin.internal` is for requests between components alone; from outside it is ignored.
fn complete_uri(head: &mut Parts, origin: &Authority) {
    let internal = |host: &HeaderValue| host.to_str().is_ok_and(|host| chained_component(host).is_some());
    if head.headers.get(HOST).is_some_and(internal) {
        head.headers.remove(HOST);
    }
    let named = head
        .headers
        .get(HOST)
        .and_then(|host| Authority::try_from(host.as_bytes()).ok());
    let mut parts = std::mem::take(&mut head.uri).into_parts();
    parts.authority = named.or(parts.authority).or_else(|| Some(origin.clone()));
    parts.scheme = Some(Scheme::HTTP);
    parts.path_and_query = parts.path_and_query.or(Some(PathAndQuery::from_static("/")));
    head.uri = Uri::from_parts(parts).unwrap_or_default();
}

fn well_known(topic: &str, head: &Parts, app: &App) -> Result<Response<AnswerBody>, Problem> {
    match topic {
        "health" => Ok(Response::new(AnswerBody::whole(Bytes::from_static(b"OK")))),
        "info" => {
            let info = serde_json::json!({ "name": app.name(), "version": app.version() });
            let mut response = Response::new(AnswerBody::whole(info.to_string().into()));
            let json = HeaderValue::from_static("application/json");
            response.headers_mut().insert(http::header::CONTENT_TYPE, json);
            Ok(response)
        }
        _ => Err(Problem::not_found(head.uri.path())),
    }
}
