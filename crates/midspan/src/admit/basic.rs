//! User name and password (RFC 7617).

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use futures_util::future::LocalBoxFuture;
use http::header::AUTHORIZATION;

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
        let mut all = request.headers().get_all(AUTHORIZATION).iter();
        let (Some(header), None) = (all.next(), all.next()) else {
            return Ok(Verdict::Absent);
        };
        let Some((kind, pair)) = header.to_str().ok().and_then(|text| text.split_once(' ')) else {
            return Ok(Verdict::Absent);
        };
        if !kind.eq_ignore_ascii_case("basic") {
            return Ok(Verdict::Absent);
        }
        let Some((user, password)) = pair_of(pair.trim()) else {
            return Ok(refused("it is not a name and a password in base64".to_owned()));
        };
        let active = scheme.variable(ctx, "users").await?;
        Ok(match credentials::owner(&active, Some(&user), password.as_bytes()) {
            Ok(mut caller) => {
                caller.by_authorization = true;
                Verdict::Admitted(caller)
            }
            Err(why) => refused(why),
        })
    })
}

/// The name ends at the first colon (RFC 7617 s. 2).
fn pair_of(text: &str) -> Option<(String, String)> {
    let pair = String::from_utf8(STANDARD.decode(text).ok()?).ok()?;
    let (user, password) = pair.split_once(':')?;
    (!user.is_empty()).then(|| (user.to_owned(), password.to_owned()))
}

fn refused(log: String) -> Verdict {
    Verdict::Refused(Refusal {
        message: "User name or password is not accepted. Check them, or ask their owner for new ones.",
        log,
    })
}
