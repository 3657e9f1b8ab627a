//! Callers whom a gateway in front knows: it proves itself with a secret, and says in headers who they are.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use futures_util::future::LocalBoxFuture;
use http::{HeaderMap, header::HeaderName};
use sha2::{Digest, Sha256};

use super::{
    caller::Caller,
    credentials,
    scheme::{Refusal, Scheme, Verdict},
};
use crate::{Context, Result};

/// The user that the gateway names (what Copilot Studio and API Management send); itself where it names none.
pub(super) fn check<'a>(
    ctx: &'a Context,
    scheme: &'static Scheme,
    request: &'a http::Request<Bytes>,
) -> LocalBoxFuture<'a, Result<Verdict>> {
    Box::pin(async move {
        let gateway = match proven(ctx, scheme, request).await? {
            Verdict::Admitted(gateway) => gateway,
            other => return Ok(other),
        };
        let headers = request.headers();
        let Some(id) = one(headers, "x-ms-client-object-id") else {
            return Ok(Verdict::Admitted(gateway));
        };
        let mut user = Caller::user(id);
        user.tenant = one(headers, "x-ms-client-tenant-id").map(ToOwned::to_owned);
        user.client = one(headers, "x-ms-client-app-id").map(ToOwned::to_owned);
        user.roles = gateway.roles;
        Ok(Verdict::Admitted(user))
    })
}

/// The program whose certificate the gateway has checked, and of which it sends the certificate or its SHA-256.
pub(super) fn check_certificate<'a>(
    ctx: &'a Context,
    scheme: &'static Scheme,
    request: &'a http::Request<Bytes>,
) -> LocalBoxFuture<'a, Result<Verdict>> {
    Box::pin(async move {
        match proven(ctx, scheme, request).await? {
            Verdict::Admitted(_) => {}
            other => return Ok(other),
        }
        let sent = scheme.certificate.and_then(|header| one(request.headers(), header));
        let Some(fingerprint) = sent.map(fingerprint) else {
            return Ok(refused("the gateway sends no certificate".to_owned()));
        };
        let Some(fingerprint) = fingerprint else {
            return Ok(refused("what the gateway sends is no certificate".to_owned()));
        };
        let active = scheme.variable(ctx, "certificates").await?;
        Ok(credentials::owner_of_hash(&active, None, &fingerprint).map_or_else(refused, Verdict::Admitted))
    })
}

async fn proven(ctx: &Context, scheme: &'static Scheme, request: &http::Request<Bytes>) -> Result<Verdict> {
    let Some(header) = scheme.secret else {
        return Ok(Verdict::Absent);
    };
    if !request.headers().contains_key(header) {
        return Ok(Verdict::Absent);
    }
    let Some(secret) = one(request.headers(), header) else {
        return Ok(refused("the secret is given more than once, or empty".to_owned()));
    };
    let active = scheme.variable(ctx, "secrets").await?;
    Ok(credentials::owner(&active, None, secret.as_bytes()).map_or_else(refused, Verdict::Admitted))
}

/// A header that is there once: a second one may have come from the caller.
fn one<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
    let mut all = headers.get_all(name).iter();
    let (value, None) = (all.next()?, all.next()) else {
        return None;
    };
    value.to_str().ok().map(str::trim).filter(|text| !text.is_empty())
}

/// The SHA-256 of the certificate, which comes as 64 hex digits, as Envoy's `Hash=...`, as PEM that may be escaped
/// (nginx), or as DER in base64 (App Service).
fn fingerprint(sent: &str) -> Option<[u8; 32]> {
    let after = sent.split(';').find_map(|part| part.trim().strip_prefix("Hash="));
    let text = after.unwrap_or(sent).trim_matches('"').replace(':', "");
    if let Some(hash) = credentials::sha256_from_hex(&text) {
        return Some(hash);
    }
    let pem = percent_encoding::percent_decode_str(sent).decode_utf8().ok()?;
    let inner = pem
        .replace("-----BEGIN CERTIFICATE-----", "")
        .replace("-----END CERTIFICATE-----", "");
    let der = STANDARD.decode(inner.split_whitespace().collect::<String>()).ok()?;
    (!der.is_empty()).then(|| Sha256::digest(der).into())
}

fn refused(log: String) -> Verdict {
    Verdict::Refused(Refusal {
        message: "This takes calls through its gateway only. Check the address that is called.",
        log,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_is_told_in_the_ways_of_several_gateways() {
        let der = b"not quite a certificate";
        let expected: [u8; 32] = Sha256::digest(der).into();
        let pairs: Vec<_> = expected.iter().map(|byte| format!("{byte:02X}")).collect();
        let hex = pairs.concat();
        let base64 = STANDARD.encode(der);
        for sent in [
            hex.clone(),
            pairs.join(":"),
            format!("By=spiffe://a;Hash={hex};Subject=\"CN=x\""),
            base64.clone(),
            format!(
                "-----BEGIN%20CERTIFICATE-----%0A{}%0A-----END%20CERTIFICATE-----%0A",
                base64.replace('+', "%2B")
            ),
        ] {
            assert_eq!(fingerprint(&sent), Some(expected), "{sent}");
        }
        for sent in ["", "Hash=", "CN=x", &hex[1..]] {
            assert_ne!(fingerprint(sent), Some(expected), "{sent}");
        }
    }
}
