//! Asks the issuer.

use std::{pin::pin, time::Duration};

use bytes::Bytes;
use futures_util::future::{Either, select};
use http::header::ACCEPT;
use serde::Deserialize;

use super::Issuer;
use crate::{
    Context,
    admit::jwt::{Jwk, read_set},
    port::SendError,
};

/// How long each of two answers is waited for.
pub(super) const PATIENCE: Duration = Duration::from_secs(3);

/// The largest answer taken, in bytes.
const LARGEST: usize = 256 * 1024;

#[derive(Deserialize)]
struct Metadata {
    issuer: String,
    jwks_uri: String,
}

/// The keys that the issuer signs with.
///
/// # Errors
/// Why there are none, for the log.
pub(super) async fn fetch(ctx: &Context, issuer: &Issuer) -> Result<Vec<Jwk>, String> {
    let metadata = get(ctx, &issuer.metadata).await?;
    let metadata: Metadata = serde_json::from_slice(&metadata)
        .map_err(|error| format!("{} is not the metadata of an issuer: {error}", issuer.metadata))?;
    // OpenID Connect Discovery 1.0 s. 4.3: else somebody's metadata could stand in for another's.
    if metadata.issuer != issuer.name {
        return Err(format!("{} is the metadata of another issuer", issuer.metadata));
    }
    let url = metadata.jwks_uri;
    if issuer.metadata.starts_with("https:") && !url.starts_with("https:") {
        return Err(format!("{} names keys without TLS", issuer.metadata));
    }
    let keys = read_set(&get(ctx, &url).await?).map_err(|why| format!("{url}: {why}"))?;
    if keys.is_empty() {
        return Err(format!("{url} has no key that checks signatures"));
    }
    Ok(keys)
}

async fn get(ctx: &Context, url: &str) -> Result<Bytes, String> {
    let request = http::Request::get(url)
        .header(ACCEPT, "application/json")
        .body(Bytes::new());
    let request = request.map_err(|_| format!("`{url}` is not a URL"))?;
    let patience = PATIENCE.min(ctx.time_for_sources());
    let answer = match select(ctx.port().send(request, LARGEST), pin!(ctx.port().sleep(patience))).await {
        Either::Left((answer, _)) => answer,
        Either::Right(_) => return Err(format!("{url} did not answer within {} ms", patience.as_millis())),
    };
    match answer {
        Ok(answer) if answer.status() == http::StatusCode::OK => Ok(answer.into_body()),
        Ok(answer) => Err(format!("{url} answered {}", answer.status())),
        Err(SendError::Denied) => Err(format!(
            "the manifest does not let this component out to {url}: add its host to `allowed_outbound_hosts`"
        )),
        Err(SendError::TooLarge) => Err(format!("{url} answered more than {LARGEST} bytes")),
        Err(SendError::Unreachable(why)) => Err(format!("{url}: {why}")),
    }
}
