//! The request to the token end point, and its answer (RFC 6749 s. 4.4.2, 5.1).

use bytes::Bytes;
use http::{
    HeaderMap, HeaderValue, Method, StatusCode, Uri,
    header::{ACCEPT, CONTENT_TYPE},
};
use midspan_definition::ErrorCode;
use serde::Deserialize;
use serde_json::Value;

use super::failure;
use crate::{
    Context, Result,
    port::SendError,
    source::auth::{
        secret::{Secret, sensitive},
        token::{Token, Wanted},
    },
    telemetry::{self, Span},
};

/// The largest answer taken, in bytes: tokens with many groups in them reach some tens of kilobytes.
const MAX_ANSWER: usize = 128 * 1024;

/// How long a token is taken to hold whose server does not say (RFC 6749 s. 5.1 only recommends it), in seconds.
const UNKNOWN_LIFETIME: i64 = 300;

/// What is put together for the token end point.
pub(super) struct TokenRequest {
    form: form_urlencoded::Serializer<'static, String>,
    pub(super) headers: HeaderMap,
    secrets: Vec<Secret>,
}

impl TokenRequest {
    fn new() -> Self {
        Self {
            form: form_urlencoded::Serializer::new(String::new()),
            headers: HeaderMap::from_iter([
                (ACCEPT, HeaderValue::from_static("application/json")),
                (
                    CONTENT_TYPE,
                    HeaderValue::from_static("application/x-www-form-urlencoded"),
                ),
            ]),
            secrets: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, name: &str, value: &str) {
        self.form.append_pair(name, value);
    }

    pub(super) fn add_secret(&mut self, name: &str, value: Secret) {
        self.add(name, value.expose());
        self.keep_out_of_logs(value);
    }

    /// What the server says of a failure is logged, without this.
    pub(super) fn keep_out_of_logs(&mut self, secret: Secret) {
        self.secrets.push(secret);
    }
}

/// A token from the authorization server.
///
/// # Errors
/// As the caller shall read them, naming the source.
pub(in crate::source::auth) async fn fetch(ctx: &Context, wanted: &Wanted) -> Result<Token> {
    let mut request = TokenRequest::new();
    match wanted.assertion() {
        None => request.add("grant_type", "client_credentials"),
        Some(caller) => {
            request.add("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer");
            request.add("requested_token_use", "on_behalf_of");
            request.add_secret("assertion", caller.clone());
        }
    }
    for (name, value) in wanted.parameters() {
        request.add(name, value);
    }
    (wanted.oauth.identify)(ctx, wanted, &mut request).await?;
    let TokenRequest {
        mut form,
        headers,
        secrets,
    } = request;
    let mut request = http::Request::new(Bytes::from(form.finish()));
    *request.method_mut() = Method::POST;
    *request.uri_mut() = token_uri(wanted)?;
    *request.headers_mut() = headers;
    let answer = send(ctx, wanted, request).await?;
    if answer.status() != StatusCode::OK {
        return Err(failure::refused(ctx, wanted, &answer, &secrets));
    }
    read(ctx, wanted, answer.body())
}

fn token_uri(wanted: &Wanted) -> Result<Uri> {
    let uri = Uri::try_from(wanted.token_url.as_str()).ok();
    uri.filter(|uri| uri.scheme().is_some() && uri.authority().is_some())
        .ok_or_else(|| {
            let variable = wanted.oauth.token_url;
            wanted.source.misconfigured(format!(
                "variable `{variable}` is not the absolute URL of a token end point"
            ))
        })
}

/// Tried again once, where it failed in passing: to ask for a token changes nothing.
async fn send(ctx: &Context, wanted: &Wanted, request: http::Request<Bytes>) -> Result<http::Response<Bytes>> {
    const WAIT: std::time::Duration = std::time::Duration::from_millis(50);
    let call = telemetry::begin(ctx, wanted.source.name(), request.method(), telemetry::TOKEN, None);
    let mut sent = send_once(ctx, &call.span, request.clone()).await;
    let in_passing = match &sent {
        Ok(answer) => matches!(answer.status().as_u16(), 502..=504),
        Err(error) => matches!(error, SendError::Unreachable(_)),
    };
    if in_passing {
        ctx.port().sleep(WAIT).await;
        sent = send_once(ctx, &call.span, request).await;
    }
    let status = sent.as_ref().ok().map(http::Response::status);
    let is_issued = status == Some(StatusCode::OK);
    let failure = (!is_issued).then_some(ErrorCode::SourceFailed);
    call.end(
        status.map(|status| status.as_u16()),
        failure,
        1 + u32::from(in_passing),
        is_issued,
    );
    sent.map_err(|error| failure::not_sent(wanted, &error))
}

async fn send_once(
    ctx: &Context,
    span: &Span,
    request: http::Request<Bytes>,
) -> Result<http::Response<Bytes>, SendError> {
    let port = ctx.port();
    let (place, _) = span.sends(port, request.method(), request.uri());
    let sent = port.send(request, MAX_ANSWER).await;
    let status = sent.as_ref().map(|response| response.status().as_u16());
    span.answered(port, place, status);
    sent
}

#[derive(Deserialize)]
struct Issued {
    access_token: String,
    #[serde(default)]
    token_type: Option<String>,
    /// Seconds; AD FS and some others give them as a text.
    #[serde(default)]
    expires_in: Option<Value>,
}

fn read(ctx: &Context, wanted: &Wanted, body: &[u8]) -> Result<Token> {
    // Nothing of the body may be in the error: it holds a token.
    let issued: Issued = serde_json::from_slice(body)
        .map_err(|_| failure::invalid(wanted, "it is no JSON object with `access_token`"))?;
    let token_type = issued.token_type.as_deref().unwrap_or("Bearer");
    if !token_type.eq_ignore_ascii_case("bearer") {
        return Err(failure::invalid(wanted, "its `token_type` is not `Bearer`"));
    }
    let lifetime = match &issued.expires_in {
        Some(Value::Number(seconds)) => seconds.as_i64(),
        Some(Value::String(seconds)) => seconds.parse().ok(),
        _ => None,
    };
    let value = sensitive(&format!("Bearer {}", issued.access_token))
        .ok_or_else(|| failure::invalid(wanted, "its `access_token` has a control character"))?;
    let now = ctx.now().as_second();
    Ok(Token::new(
        ctx.port(),
        value,
        now,
        now.saturating_add(lifetime.unwrap_or(UNKNOWN_LIFETIME)),
    ))
}
