//! How a client shows the token end point that it is the one.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use futures_util::future::LocalBoxFuture;
use http::header::AUTHORIZATION;

use super::{
    assertion::{self, Algorithm},
    endpoint::TokenRequest,
};
use crate::{
    Context, Result,
    source::auth::{
        secret::{Secret, sensitive},
        token::Wanted,
    },
};

/// Adds to a token request what shows that the client is the one.
pub(super) type Identify = for<'a> fn(&'a Context, &'a Wanted, &'a mut TokenRequest) -> LocalBoxFuture<'a, Result<()>>;

/// RFC 6749 s. 2.3.1, in the body.
pub(super) fn secret_post<'a>(
    ctx: &'a Context,
    wanted: &'a Wanted,
    request: &'a mut TokenRequest,
) -> LocalBoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let secret = Secret::read(ctx, wanted.source, wanted.oauth.secret).await?;
        request.add("client_id", &wanted.client_id);
        request.add_secret("client_secret", secret);
        Ok(())
    })
}

/// RFC 6749 s. 2.3.1: both are form-encoded before they are joined, so that a colon in them is none.
pub(super) fn secret_basic<'a>(
    ctx: &'a Context,
    wanted: &'a Wanted,
    request: &'a mut TokenRequest,
) -> LocalBoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let secret = Secret::read(ctx, wanted.source, wanted.oauth.secret).await?;
        let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let pair = format!("{}:{}", encode(&wanted.client_id), encode(secret.expose()));
        // Base64 has no character that a header can't hold.
        if let Some(value) = sensitive(&format!("Basic {}", STANDARD.encode(pair))) {
            request.headers.insert(AUTHORIZATION, value);
        }
        request.keep_out_of_logs(secret);
        Ok(())
    })
}

pub(super) fn private_key_jwt_ps256<'a>(
    ctx: &'a Context,
    wanted: &'a Wanted,
    request: &'a mut TokenRequest,
) -> LocalBoxFuture<'a, Result<()>> {
    Box::pin(private_key_jwt(ctx, wanted, request, &assertion::PS256))
}

pub(super) fn private_key_jwt_rs256<'a>(
    ctx: &'a Context,
    wanted: &'a Wanted,
    request: &'a mut TokenRequest,
) -> LocalBoxFuture<'a, Result<()>> {
    Box::pin(private_key_jwt(ctx, wanted, request, &assertion::RS256))
}

/// RFC 7523 s. 2.2. The client's id is in the assertion already, but Entra ID wants it here too.
async fn private_key_jwt(
    ctx: &Context,
    wanted: &Wanted,
    request: &mut TokenRequest,
    algorithm: &Algorithm,
) -> Result<()> {
    let OAuth {
        secret: variable,
        key_id,
        ..
    } = wanted.oauth;
    let pem = Secret::read(ctx, wanted.source, variable).await?;
    let signed = assertion::sign(ctx, wanted, algorithm, &pem, key_id)
        .map_err(|why| wanted.source.misconfigured(format!("variable `{variable}`: {why}")))?;
    request.add("client_id", &wanted.client_id);
    request.add(
        "client_assertion_type",
        "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    );
    request.add_secret("client_assertion", signed);
    Ok(())
}

use super::OAuth;
