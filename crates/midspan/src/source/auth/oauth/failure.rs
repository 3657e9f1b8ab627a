//! Why there is no token: to the caller as a sentence, to the operator in the log, with Entra ID's own code (`AADSTS...`).

use bytes::Bytes;
use midspan_definition::ErrorCode;
use serde::Deserialize;

use crate::{
    Context, Error,
    port::SendError,
    source::{
        auth::{secret::Secret, token::Wanted},
        outcome::whole_seconds,
        policy::retry_after::retry_after,
    },
};

/// How much of a text of the server's the log takes, in characters.
const LOGGED: usize = 1000;

/// RFC 6749 s. 5.2, with what Entra ID adds.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Refusal {
    error: String,
    error_description: String,
    suberror: String,
    /// What the caller must prove besides, for a client that can ask for it.
    claims: Option<String>,
}

/// The error for an answer that is not a token.
pub(super) fn refused(ctx: &Context, wanted: &Wanted, answer: &http::Response<Bytes>, secrets: &[Secret]) -> Error {
    let status = answer.status().as_u16();
    let refusal: Refusal = serde_json::from_slice(answer.body()).unwrap_or_default();
    let (code, message) = sentence(wanted, status, &refusal);
    let mut log = format!("token end point `{}` answered {status}", wanted.token_url);
    let mut said = String::new();
    // A description may name the user; Entra ID's begins with a code.
    let described = refusal.error_description.split_once(':').map_or("", |(code, _)| code);
    let entra_code = if described.starts_with("AADSTS") { described } else { "" };
    for (is_ours, name, value) in [
        (true, "error", refusal.error.as_str()),
        (true, "suberror", &refusal.suberror),
        (true, "code", entra_code),
        (false, "error_description", &refusal.error_description),
        (false, "claims", &refusal.claims.unwrap_or_default()),
    ] {
        if !value.is_empty() {
            let value: String = without(value, secrets).chars().take(LOGGED).collect();
            let text = if is_ours { &mut log } else { &mut said };
            text.extend(["; ", name, ": ", &value]);
        }
    }
    let error = Error::new(code, message)
        .with_source(wanted.source.name(), None)
        .with_log(log)
        .with_said(said.trim_start_matches("; "));
    match retry_after(answer.headers(), ctx.now()) {
        Some(wait) if code == ErrorCode::SourceThrottled => error.with_retry_after(whole_seconds(wait)),
        _ => error,
    }
}

fn sentence(wanted: &Wanted, status: u16, refusal: &Refusal) -> (ErrorCode, String) {
    let title = wanted.source.title();
    let consent = [&refusal.error, &refusal.suberror].iter().any(|code| *code == "consent_required")
        // Entra ID: "The user or administrator has not consented to use the application".
        || refusal.error_description.starts_with("AADSTS65001");
    if wanted.assertion().is_some() {
        match refusal.error.as_str() {
            _ if consent => {
                let message = format!(
                    "This connector has no consent to act for you at {title}. Ask an administrator to give it."
                );
                return (ErrorCode::Forbidden, message);
            }
            "interaction_required" | "login_required" => {
                let message = format!(
                    "{title} wants more proof of who you are, such as a second factor. Sign in to the connection again."
                );
                return (ErrorCode::Unauthorized, message);
            }
            "invalid_grant" => {
                let message =
                    format!("Your sign-in does not hold for {title} any more. Sign in to the connection again.");
                return (ErrorCode::Unauthorized, message);
            }
            _ => {}
        }
    }
    match status {
        429 => {
            let message = format!("The authorization server for {title} asks us to slow down. Try again in a moment.");
            (ErrorCode::SourceThrottled, message)
        }
        500.. => {
            let message = format!(
                "The authorization server for {title} failed ({status}). Try again later; nothing was changed."
            );
            (ErrorCode::SourceFailed, message)
        }
        _ => {
            let message = format!(
                "The authorization server for {title} refused this connector ({status}). Tell the connector's owner."
            );
            (ErrorCode::SourceFailed, message)
        }
    }
}

/// Servers are known to repeat what they were sent.
fn without(text: &str, secrets: &[Secret]) -> String {
    let known = secrets.iter().map(Secret::expose).filter(|secret| !secret.is_empty());
    known.fold(text.to_owned(), |text, secret| text.replace(secret, "***"))
}

/// The error for a token request that had no answer.
pub(super) fn not_sent(wanted: &Wanted, why: &SendError) -> Error {
    let (title, url) = (wanted.source.title(), &wanted.token_url);
    let error = match why {
        SendError::Denied => Error::failed(format!(
            "this component may not call `{url}`; add its host to allowed_outbound_hosts in the manifest"
        )),
        SendError::TooLarge => return invalid(wanted, "it is too large"),
        SendError::Unreachable(why) => Error::new(
            ErrorCode::SourceUnreachable,
            format!("The authorization server for {title} could not be reached. Try again; nothing was changed."),
        )
        .with_log(format!("token end point `{url}`: {why}")),
    };
    error.with_source(wanted.source.name(), None)
}

/// The error for an answer that should be a token and is not.
pub(super) fn invalid(wanted: &Wanted, why: &str) -> Error {
    let title = wanted.source.title();
    let message = format!(
        "The authorization server for {title} answered in a form that is not understood. Tell the connector's owner."
    );
    Error::new(ErrorCode::SourceInvalid, message)
        .with_source(wanted.source.name(), None)
        .with_log(format!("the answer of token end point `{}`: {why}", wanted.token_url))
}
