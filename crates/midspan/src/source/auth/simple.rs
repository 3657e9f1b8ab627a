//! Schemes whose credentials stand in variables as they are sent.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use futures_util::future::LocalBoxFuture;
use http::{HeaderName, header::AUTHORIZATION};

use super::{
    Source,
    secret::{Secret, sensitive},
    url,
};
use crate::{Context, Error, Result};

/// Puts on a request what two texts say, names or variables. A pointer to one, so that what no source uses is not linked.
pub(super) type Put = for<'a> fn(
    &'a Context,
    &'static Source,
    &'static str,
    &'static str,
    &'a mut http::Request<Bytes>,
) -> LocalBoxFuture<'a, Result<()>>;

/// Puts on a request what the caller sent in these headers and query parameters.
pub(super) type Relay = fn(
    &Context,
    &'static Source,
    &'static [&'static str],
    &'static [&'static str],
    &mut http::Request<Bytes>,
) -> Result<()>;

/// RFC 6750 s. 2.1.
pub(super) async fn bearer(
    ctx: &Context,
    source: &'static Source,
    variable: &'static str,
    request: &mut http::Request<Bytes>,
) -> Result<()> {
    let token = Secret::read(ctx, source, variable).await?;
    let value = sensitive(&format!("Bearer {}", token.expose())).ok_or_else(|| control(source, variable))?;
    request.headers_mut().insert(AUTHORIZATION, value);
    Ok(())
}

/// RFC 7617 s. 2: a colon would end the user's name.
pub(super) fn basic<'a>(
    ctx: &'a Context,
    source: &'static Source,
    user_variable: &'static str,
    password_variable: &'static str,
    request: &'a mut http::Request<Bytes>,
) -> LocalBoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let user = Secret::read(ctx, source, user_variable).await?;
        let password = Secret::read(ctx, source, password_variable).await?;
        if user.expose().contains(':') {
            return Err(source.misconfigured(format!("the user in variable `{user_variable}` has a colon")));
        }
        let pair = format!("{}:{}", user.expose(), password.expose());
        let value = sensitive(&format!("Basic {}", STANDARD.encode(pair)));
        let value = value.ok_or_else(|| control(source, user_variable))?;
        request.headers_mut().insert(AUTHORIZATION, value);
        Ok(())
    })
}

pub(super) fn key<'a>(
    ctx: &'a Context,
    source: &'static Source,
    name: &'static str,
    variable: &'static str,
    request: &'a mut http::Request<Bytes>,
) -> LocalBoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let key = Secret::read(ctx, source, variable).await?;
        let value = sensitive(key.expose()).ok_or_else(|| control(source, variable))?;
        // Checked when the source was compiled.
        let name = HeaderName::from_bytes(name.as_bytes())
            .map_err(|_| source.misconfigured(format!("`{name}` is not the name of a header")))?;
        request.headers_mut().insert(name, value);
        Ok(())
    })
}

pub(super) fn key_in_query<'a>(
    ctx: &'a Context,
    source: &'static Source,
    name: &'static str,
    variable: &'static str,
    request: &'a mut http::Request<Bytes>,
) -> LocalBoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let key = Secret::read(ctx, source, variable).await?;
        add_query(source, request, name, key.expose())
    })
}

pub(super) fn relay(
    ctx: &Context,
    source: &'static Source,
    headers: &'static [&'static str],
    query: &'static [&'static str],
    request: &mut http::Request<Bytes>,
) -> Result<()> {
    let call = &ctx.admission().request;
    for name in headers {
        let name = HeaderName::from_bytes(name.as_bytes())
            .map_err(|_| source.misconfigured(format!("`{name}` is not the name of a header")))?;
        if let Some(value) = call.headers().get(&name) {
            let mut value = value.clone();
            value.set_sensitive(true);
            request.headers_mut().insert(name, value);
        }
    }
    let given = call.uri().query().unwrap_or_default();
    for (name, value) in form_urlencoded::parse(given.as_bytes()) {
        if query.contains(&&*name) {
            add_query(source, request, &name, &value)?;
        }
    }
    Ok(())
}

fn add_query(source: &'static Source, request: &mut http::Request<Bytes>, name: &str, key: &str) -> Result<()> {
    let mut query = request.uri().query().unwrap_or_default().to_owned();
    url::push_query(&mut query, name, key);
    let mut parts = request.uri().clone().into_parts();
    let path = format!("{}?{query}", request.uri().path());
    let too_long = |_| source.misconfigured(format!("the URL becomes too long with the key in `{name}`"));
    parts.path_and_query = Some(path.try_into().map_err(too_long)?);
    // Scheme and host are as they were.
    *request.uri_mut() = http::Uri::from_parts(parts).map_err(|why| source.misconfigured(why.to_string()))?;
    Ok(())
}

fn control(source: &'static Source, variable: &str) -> Error {
    source.misconfigured(format!("the value of variable `{variable}` has a control character"))
}
