//! API keys: in a header or in the query.

use bytes::Bytes;
use futures_util::future::LocalBoxFuture;
use midspan_definition::{Location, SchemeKind};

use super::{
    credentials,
    scheme::{Refusal, Scheme, Verdict},
};
use crate::{Context, Result};

pub(super) fn check<'a>(
    ctx: &'a Context,
    scheme: &'static Scheme,
    request: &'a http::Request<Bytes>,
) -> LocalBoxFuture<'a, Result<Verdict>> {
    Box::pin(async move {
        let SchemeKind::ApiKey { location, parameter } = scheme.kind else {
            return Ok(Verdict::Absent);
        };
        let mut keys = presented(request, location, parameter);
        let Some(key) = keys.pop() else {
            return Ok(Verdict::Absent);
        };
        if !keys.is_empty() {
            return Ok(refused("it is given more than once".to_owned()));
        }
        let active = scheme.variable(ctx, "keys").await?;
        Ok(credentials::owner(&active, None, &key).map_or_else(refused, Verdict::Admitted))
    })
}

/// An empty one counts as none: that is what a gateway sends for a connection without a key.
fn presented(request: &http::Request<Bytes>, location: Location, parameter: &str) -> Vec<Vec<u8>> {
    let mut keys: Vec<Vec<u8>> = match location {
        Location::Query => form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes())
            .filter(|(name, _)| name == parameter)
            .map(|(_, key)| key.into_owned().into_bytes())
            .collect(),
        _ => request
            .headers()
            .get_all(parameter)
            .iter()
            .map(|key| key.as_bytes().to_vec())
            .collect(),
    };
    keys.retain(|key| !key.is_empty());
    keys
}

fn refused(log: String) -> Verdict {
    Verdict::Refused(Refusal {
        message: "The key is not accepted. Check it, or ask its owner for a new one.",
        log,
    })
}
