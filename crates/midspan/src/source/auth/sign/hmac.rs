//! A signature with a shared key (HMAC, RFC 2104) over what the source says.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use futures_util::future::LocalBoxFuture;
use sha2::{Digest, Sha256};

use super::{
    base64, hex, hmac_sha256, set,
    template::{Part, is_valid, parts},
};
use crate::{
    Context, Result, Source, Timestamp,
    source::auth::{is_header_name, secret::Secret},
};

/// HMAC-SHA256 over a text that is put together of the request, sent in headers.
///
/// In both the text and the headers, `{{ name }}` is the value of a variable, and these are parts of the request:
///
/// | Placeholder | What it is |
/// |---|---|
/// | `{method}` | `GET` |
/// | `{path}`, `{query}`, `{path_and_query}` | as they are sent, escaped; `{query}` is without its question mark |
/// | `{host}` | the host with its port, where it has one |
/// | `{date}` | the time as in the header `Date` (RFC 9110 s. 5.6.7) |
/// | `{unix_time}` | the time in seconds since the epoch |
/// | `{body_sha256}`, `{body_sha256_hex}` | the hash of the body, in base64 or hexadecimal |
/// | `{body}` | the body itself; not in headers |
/// | `{header:NAME}` | the value of a header of the request |
/// | `{signature}`, `{signature_hex}` | only in headers: the signature, in base64 or hexadecimal |
///
/// Azure App Configuration's scheme, for example:
///
/// ```
/// use midspan::source::{Auth, HmacSignature, Source};
///
/// static SETTINGS: Source = Source::rest("settings").auth(Auth::hmac(
///     HmacSignature::with_base64_key("settings_key")
///         .over("{method}\n{path_and_query}\n{date};{host};{body_sha256}")
///         .headers(&[
///             ("x-ms-date", "{date}"),
///             ("x-ms-content-sha256", "{body_sha256}"),
///             ("Authorization", "HMAC-SHA256 Credential={{ settings_id }}\
///                 &SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature={signature}"),
///         ]),
/// ));
/// ```
#[derive(Debug, Clone, Copy)]
pub struct HmacSignature {
    key: &'static str,
    key_is_base64: bool,
    over: &'static str,
    headers: &'static [(&'static str, &'static str)],
}

impl HmacSignature {
    /// With the bytes of the text in this variable as the key.
    #[must_use]
    pub const fn with_key(key: &'static str) -> Self {
        Self {
            key,
            key_is_base64: false,
            over: "{method}\n{path_and_query}\n{date}\n{body_sha256_hex}",
            headers: &[("Date", "{date}"), ("Authorization", "HMAC-SHA256 {signature}")],
        }
    }

    /// With the bytes that this variable has in base64 as the key.
    #[must_use]
    pub const fn with_base64_key(key: &'static str) -> Self {
        Self {
            key_is_base64: true,
            ..Self::with_key(key)
        }
    }

    /// What is signed; unless told, method, path with query, date and the body's hash, on a line each.
    ///
    /// # Panics
    /// When it is compiled, if a placeholder is not known or not closed.
    #[must_use]
    pub const fn over(mut self, text: &'static str) -> Self {
        assert!(
            is_valid(text, false),
            "a placeholder of the signed text is not known, or not closed"
        );
        self.over = text;
        self
    }

    /// The headers that are set, by name; unless told, `Date` and `Authorization: HMAC-SHA256 <signature>`.
    ///
    /// # Panics
    /// When it is compiled, if a name is not that of a header, or a placeholder is not known or not closed.
    #[must_use]
    pub const fn headers(mut self, headers: &'static [(&'static str, &'static str)]) -> Self {
        let mut at = 0;
        while at < headers.len() {
            assert!(is_header_name(headers[at].0), "that is not the name of a header");
            assert!(
                is_valid(headers[at].1, true),
                "a placeholder of a header is not known, or not closed"
            );
            at += 1;
        }
        self.headers = headers;
        self
    }
}

pub(in crate::source::auth) fn sign<'a>(
    ctx: &'a Context,
    source: &'static Source,
    scheme: HmacSignature,
    request: &'a mut http::Request<Bytes>,
) -> LocalBoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let key = Secret::read(ctx, source, scheme.key).await?;
        let decoded = scheme.key_is_base64.then(|| STANDARD.decode(key.expose()));
        let key = match decoded {
            None => key.expose().as_bytes().to_vec(),
            Some(decoded) => decoded
                .map_err(|_| source.misconfigured(format!("the value of variable `{}` is not base64", scheme.key)))?,
        };
        let now = ctx.now();
        // A header such as `x-ms-date` may itself be signed: those that need no signature are set first.
        let is_signature = |text: &str| text.contains("{signature");
        for (name, template) in scheme.headers.iter().filter(|(_, text)| !is_signature(text)) {
            let value = fill(ctx, source, template, request, now, &[]).await?;
            set(source, request, name, &value)?;
        }
        let text = fill(ctx, source, scheme.over, request, now, &[]).await?;
        let signature = hmac_sha256(&key, &text);
        for (name, template) in scheme.headers.iter().filter(|(_, text)| is_signature(text)) {
            let value = fill(ctx, source, template, request, now, &signature).await?;
            set(source, request, name, &value)?;
        }
        Ok(())
    })
}

/// The bytes that `template` stands for. All of it is checked when the source is compiled.
async fn fill(
    ctx: &Context,
    source: &'static Source,
    template: &str,
    request: &http::Request<Bytes>,
    now: Timestamp,
    signature: &[u8],
) -> Result<Vec<u8>> {
    let uri = request.uri();
    let mut filled = Vec::new();
    for part in parts(template) {
        let text = match part {
            Part::Text(text) => text.to_owned(),
            Part::Variable(name) => source.variable(ctx, name).await?,
            Part::Placeholder("method") => request.method().to_string(),
            Part::Placeholder("path") => uri.path().to_owned(),
            Part::Placeholder("query") => uri.query().unwrap_or_default().to_owned(),
            Part::Placeholder("path_and_query") => uri.path_and_query().map(ToString::to_string).unwrap_or_default(),
            Part::Placeholder("host") => uri.authority().map(ToString::to_string).unwrap_or_default(),
            Part::Placeholder("date") => imf_fixdate(now),
            Part::Placeholder("unix_time") => now.as_second().to_string(),
            Part::Placeholder("body_sha256") => base64(&Sha256::digest(request.body())),
            Part::Placeholder("body_sha256_hex") => hex(&Sha256::digest(request.body())),
            Part::Placeholder("signature") => base64(signature),
            Part::Placeholder("signature_hex") => hex(signature),
            Part::Placeholder("body") => {
                filled.extend_from_slice(request.body());
                continue;
            }
            Part::Placeholder(name) => {
                let header = name
                    .strip_prefix("header:")
                    .and_then(|name| request.headers().get(name));
                header
                    .and_then(|value| value.to_str().ok())
                    .unwrap_or_default()
                    .to_owned()
            }
        };
        filled.extend_from_slice(text.as_bytes());
    }
    Ok(filled)
}

/// RFC 9110 s. 5.6.7: `Sun, 06 Nov 1994 08:49:37 GMT`.
fn imf_fixdate(now: Timestamp) -> String {
    const DAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let time = jiff::tz::Offset::UTC.to_datetime(now);
    let day = usize::try_from(time.weekday().to_sunday_zero_offset()).unwrap_or(0);
    let month = usize::try_from(time.month() - 1).unwrap_or(0);
    format!(
        "{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT",
        DAYS[day],
        time.day(),
        MONTHS[month],
        time.year(),
        time.hour(),
        time.minute(),
        time.second()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_as_the_rfc_has_it() {
        let date = |text: &str| imf_fixdate(text.parse().unwrap());
        assert_eq!(date("1994-11-06T08:49:37Z"), "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(date("2024-02-29T23:59:59.9Z"), "Thu, 29 Feb 2024 23:59:59 GMT");
    }
}
