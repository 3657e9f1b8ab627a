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

use super::admission::{self, Place, Places};
use super::body::{self, AnswerBody};
use super::record::{OpenRecord, Tally};
use super::{Problem, correlation};
use crate::app::App;
use crate::options::{Limits, OnRequest, RequestRecord};
use crate::routes::spin_headers;

/// Paths that the host answers itself, as Spin does.
const WELL_KNOWN: &str = "/.well-known/spin/";

/// What answers the requests of all connections.
pub(crate) struct Service {
    app: RwLock<Arc<App>>,
    limits: Limits,
    on_request: Option<OnRequest>,
    places: Places,
}

/// A request's way through the host, as far as its record tells it.
struct Passage {
    started: Instant,
    tally: Arc<Tally>,
    component: Option<String>,
}

impl Service {
    pub(crate) fn new(app: Arc<App>, limits: Limits, on_request: Option<OnRequest>) -> Self {
        Self { app: RwLock::new(app), limits, on_request, places: Places::default() }
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
        let mut passage = Passage { started: Instant::now(), tally: Arc::default(), component: None };
        let (head, body) = request.into_parts();
        let noted = self.on_request.is_some().then(|| (head.method.clone(), head.uri.path().to_owned()));
        let sent_id = correlation::sent(&head.headers).map(str::to_owned);
        let (mut response, place, error) = match self.pass(head, body, client, &mut passage).await {
            Ok((response, place)) => (response, Some(place), None),
            Err(problem) => {
                let response = problem.response(sent_id.as_deref()).map(AnswerBody::whole);
                (response, None, Some(problem.detail().to_owned()))
            }
        };
        response.body_mut().place = place;
        if let (Some(on_request), Some((method, path))) = (&self.on_request, noted) {
            let answered_id = correlation::sent(response.headers()).map(str::to_owned);
            let record = RequestRecord {
                method,
                path,
                status: response.status(),
                component: passage.component,
                correlation_id: answered_id.or(sent_id),
                duration: std::time::Duration::ZERO,
                request_bytes: 0,
                response_bytes: 0,
                error,
            };
            let open = OpenRecord::new(record, passage.started.into_std(), passage.tally, Arc::clone(on_request));
            response.body_mut().record = Some(open);
        }
        response
    }

    async fn pass(
        &self,
        mut head: Parts,
        body: Incoming,
        client: SocketAddr,
        passage: &mut Passage,
    ) -> Result<(Response<AnswerBody>, Place), Problem> {
        let app = self.app();
        let place = self.places.take(self.limits.concurrent_requests)?;
        admission::check(&head, body.size_hint().exact(), &self.limits)?;
        if let Some(topic) = head.uri.path().strip_prefix(WELL_KNOWN) {
            return well_known(topic, &head, &app).map(|response| (response, place));
        }
        let route = app.router().route(head.uri.path()).ok_or_else(|| Problem::not_found(head.uri.path()))?;
        let component = route.component_id.to_owned();
        complete_uri(&mut head, app.origin());
        for (name, value) in spin_headers(&route, &head, client) {
            head.headers.insert(name, value);
        }
        drop(route);
        let body = body::incoming(body, self.limits.request_body, Arc::clone(&passage.tally));
        let deadline = passage.started + self.limits.request_timeout;
        let answer = app.call(&component, Request::from_parts(head, body), deadline).await;
        passage.component = Some(component);
        if passage.tally.too_large.load(Ordering::Relaxed) {
            return Err(admission::body_too_large(&self.limits));
        }
        Ok((body::settle(answer?).await?, place))
    }
}

/// Components see the URL that the client asked for, not only its path (Spin does the same).
fn complete_uri(head: &mut Parts, origin: &Authority) {
    let named = head.headers.get(HOST).and_then(|host| Authority::try_from(host.as_bytes()).ok());
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
