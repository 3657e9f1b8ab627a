//! Who a source thinks is calling.

use bytes::Bytes;
use http::{HeaderValue, header::AUTHORIZATION};

use super::Source;
use crate::{Context, Result};

/// What a source's calls are authenticated with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Credentials {
    /// Nothing.
    None,
    /// The bearer token (RFC 6750) in this variable.
    Bearer(&'static str),
    /// The caller's own `Authorization`, else the bearer token in this variable.
    CallerOr(&'static str),
}

/// Puts the source's credentials on a request to it.
///
/// # Errors
/// `OperationFailed` that names the source where it is not set up.
pub(super) async fn authenticate(
    ctx: &Context,
    source: &'static Source,
    request: &mut http::Request<Bytes>,
) -> Result<()> {
    let variable = match source.credentials() {
        Credentials::None => return Ok(()),
        Credentials::Bearer(variable) => variable,
        Credentials::CallerOr(variable) => match ctx.admission().authorization.clone() {
            Some(own) => {
                request.headers_mut().insert(AUTHORIZATION, own);
                return Ok(());
            }
            None => variable,
        },
    };
    let token = source.variable(ctx, variable).await?;
    let mut value = HeaderValue::from_str(&format!("Bearer {token}"))
        .map_err(|_| source.misconfigured(format!("the token in variable `{variable}` has a control character")))?;
    value.set_sensitive(true);
    request.headers_mut().insert(AUTHORIZATION, value);
    Ok(())
}
