//! How a source's failure reads: to the maker as a sentence, to the operator in the log.

use std::time::Duration;

use http::{Method, StatusCode, Uri};
use midspan_definition::ErrorCode;
use serde::de::DeserializeOwned;

use super::{
    Answer, Source, odata,
    policy::{Failure, retry_after::retry_after},
};
use crate::{Context, Error, Result, port::SendError};

/// How much of a source's error body the log takes, in bytes.
const LOGGED_BODY: usize = 2048;

impl Answer {
    /// Itself, if its status is 2xx.
    ///
    /// # Errors
    /// `SourceThrottled` for 429, `Conflict` for 412, else `SourceFailed`; its codes go to the log.
    pub fn success(self, ctx: &Context) -> Result<Self> {
        let Some(code) = failure_code(self.status()) else {
            return Ok(self);
        };
        let error = self.failure(ctx, code);
        ctx.log_call_error(&error, self.attempts);
        Err(error)
    }

    /// The error for a status that is none of success.
    pub(crate) fn refusal(&self, ctx: &Context) -> Error {
        self.failure(ctx, failure_code(self.status()).unwrap_or(ErrorCode::SourceFailed))
    }

    pub(super) fn failure(&self, ctx: &Context, code: ErrorCode) -> Error {
        let (title, status) = (self.source.title(), self.status().as_u16());
        let message = match code {
            ErrorCode::SourceThrottled => format!("{title} asks us to slow down ({status}). Try again in a moment."),
            ErrorCode::Conflict => format!(
                "This is no longer in {title} as it was read: somebody else changed it. Read it again, then repeat."
            ),
            _ if matches!(status, 401 | 403) => {
                format!("{title} refused this operation's credentials ({status}). Tell the connector's owner.")
            }
            _ => format!("{title} answered with an error ({status}). Try again later."),
        };
        let error = Error::new(code, message)
            .with_source(self.source.name(), Some(status))
            .with_log(self.outline())
            .with_said(self.excerpt());
        match retry_after(self.headers(), ctx.now()) {
            Some(wait) if matches!(status, 429 | 503) => error.with_retry_after(whole_seconds(wait)),
            _ => error,
        }
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// `SourceInvalid`; the log says where it differs.
    pub fn json<T: DeserializeOwned>(&self, ctx: &Context) -> Result<T> {
        serde_json::from_slice(self.body()).map_err(|error| self.invalid(ctx, &error.to_string()))
    }

    /// The body as text, in the character set that it names: UTF-8 (also where it names none), US-ASCII or ISO-8859-1.
    ///
    /// # Errors
    /// `SourceInvalid`; the log says why.
    pub fn text(&self, ctx: &Context) -> Result<String> {
        let charset = charset(self.content_type());
        if charset.eq_ignore_ascii_case("iso-8859-1") {
            return Ok(self.body().iter().copied().map(char::from).collect());
        }
        if !["utf-8", "utf8", "us-ascii"]
            .iter()
            .any(|known| charset.eq_ignore_ascii_case(known))
        {
            return Err(self.invalid(ctx, &format!("text in character set `{charset}`")));
        }
        let bytes = self.body().strip_prefix(b"\xef\xbb\xbf").unwrap_or(self.body());
        let text = std::str::from_utf8(bytes).map_err(|error| self.invalid(ctx, &error.to_string()))?;
        Ok(text.to_owned())
    }

    pub(super) fn invalid(&self, ctx: &Context, why: &str) -> Error {
        self.disown(ctx);
        let error = invalid(self.source, without_values(why))
            .with_said(format!("{why}; it answered: {}", self.excerpt()))
            .with_source(self.source.name(), Some(self.status().as_u16()));
        ctx.log_call_error(&error, self.attempts);
        error
    }

    /// Of an error's body what can hold no personal data: its codes, how long it is, of which type.
    fn outline(&self) -> String {
        let (length, media_type) = (self.body().len(), self.content_type().unwrap_or("no type"));
        match odata::codes(self.body()) {
            Some(codes) => format!("{codes}; it answered {length} bytes of {media_type}"),
            None => format!("it answered {length} bytes of {media_type}"),
        }
    }

    pub(super) fn excerpt(&self) -> String {
        let body = self.body();
        String::from_utf8_lossy(&body[..body.len().min(LOGGED_BODY)]).into_owned()
    }
}

/// What a reader of JSON or XML objects to, without the values that it has read: they stand in double quotes, and a choice
/// that there is not in backticks.
pub(super) fn without_values(why: &str) -> String {
    let mut text = String::new();
    let mut rest = why;
    while let Some((before, after)) = rest.split_once('"') {
        text.extend([before, "\"...\""]);
        // A quote within the value is escaped.
        let end = after.match_indices('"').find(|(at, _)| !after[..*at].ends_with('\\'));
        rest = end.map_or("", |(at, _)| &after[at + 1..]);
    }
    text += rest;
    for choice in ["unknown variant `", "unknown field `"] {
        if let Some((before, after)) = text.split_once(choice)
            && let Some((_, expected)) = after.split_once('`')
        {
            text = format!("{before}{choice}...`{expected}");
        }
    }
    text
}

/// The `charset` of a media type (RFC 9110 s. 8.3.2), UTF-8 where it has none.
fn charset(content_type: Option<&str>) -> &str {
    content_type
        .into_iter()
        .flat_map(|text| text.split(';').skip(1))
        .filter_map(|parameter| parameter.split_once('='))
        .find(|(name, _)| name.trim().eq_ignore_ascii_case("charset"))
        .map_or("utf-8", |(_, value)| value.trim().trim_matches('"'))
}

/// Rounded up: a caller that comes earlier than asked comes in vain.
pub(super) fn whole_seconds(wait: Duration) -> u32 {
    let seconds = wait.as_secs().saturating_add(u64::from(wait.subsec_nanos() > 0));
    u32::try_from(seconds).unwrap_or(u32::MAX)
}

/// The error code for a source's status, unless it is a success.
pub(super) fn failure_code(status: StatusCode) -> Option<ErrorCode> {
    match status {
        _ if status.is_success() => None,
        StatusCode::TOO_MANY_REQUESTS => Some(ErrorCode::SourceThrottled),
        // RFC 9110 s. 15.5.13: the state is not the one that the call was made for.
        StatusCode::PRECONDITION_FAILED => Some(ErrorCode::Conflict),
        _ => Some(ErrorCode::SourceFailed),
    }
}

/// The error for an answer in a form that can't be read; `log` says what is wrong with it.
pub(super) fn invalid(source: &'static Source, log: String) -> Error {
    let title = source.title();
    let message =
        format!("{title} answered in a form that this operation does not understand. Tell the connector's owner.");
    Error::new(ErrorCode::SourceInvalid, message)
        .with_source(source.name(), None)
        .with_log(log)
}

/// The failure of a request that had no answer.
pub(super) fn not_sent(source: &'static Source, method: &Method, uri: &Uri, why: &SendError) -> Failure {
    let title = source.title();
    let error = match why {
        SendError::Denied => {
            // The query may hold what is secret.
            let shown = uri.to_string();
            let shown = shown.split('?').next().unwrap_or_default();
            Error::failed(format!(
                "this component may not call `{shown}`; add its host to allowed_outbound_hosts in the manifest"
            ))
        }
        SendError::TooLarge => too_large(source),
        SendError::Unreachable(why) => Error::new(
            ErrorCode::SourceUnreachable,
            format!("{title} could not be reached. {}", what_now(method)),
        )
        .with_log(why),
    };
    Failure {
        error: error.with_source(source.name(), None),
        in_passing: matches!(why, SendError::Unreachable(_)),
    }
}

/// The error for an answer that is too large, on the way or when it is decoded.
pub(super) fn too_large(source: &'static Source) -> Error {
    let message = format!("{} answered with more than this operation takes.", source.title());
    Error::new(ErrorCode::SourceInvalid, message)
        .with_source(source.name(), None)
        .with_log(format!("more than {} bytes", source.max_body))
}

/// The error for a call that is not made, because those before it failed.
pub(super) fn unavailable(source: &'static Source, wait: Duration) -> Error {
    let seconds = whole_seconds(wait).max(1);
    let message = format!(
        "{} failed again and again and is left alone for a while. Try again in {seconds} s; nothing was changed.",
        source.title()
    );
    Error::new(ErrorCode::SourceUnavailable, message)
        .with_source(source.name(), None)
        .with_retry_after(seconds)
}

/// The error for a call that took too long.
pub(super) fn timed_out(source: &'static Source, method: &Method, limit: Duration) -> Error {
    let (title, ms) = (source.title(), limit.as_millis());
    Error::new(
        ErrorCode::SourceTimeout,
        format!("{title} did not answer within {ms} ms. {}", what_now(method)),
    )
    .with_source(source.name(), None)
}

/// The error for a call whose time was over before it was sent.
pub(super) fn no_turn(source: &'static Source, limit: Duration) -> Error {
    let (title, ms) = (source.title(), limit.as_millis());
    Error::new(
        ErrorCode::SourceTimeout,
        format!("{title} could not be asked within {ms} ms. Try again; nothing was changed."),
    )
    .with_source(source.name(), None)
    .with_log(
        "not sent: `max_concurrent` requests were under way all the time, its credentials did not come in time, or the \
         deadline was too near",
    )
}

/// The error for a call that would have had to wait for its turn for too long.
pub(super) fn overloaded(source: &'static Source) -> Error {
    let title = source.title();
    let message =
        format!("{title} has as much to do as it is given at once. Try again in a moment; nothing was changed.");
    Error::new(ErrorCode::Overloaded, message)
        .with_source(source.name(), None)
        .with_retry_after(1)
        .with_log("not sent: `max_concurrent` requests were under way for all of `max_wait`")
}

/// The error for a request of a batch that the source did not get to.
pub(super) fn skipped(source: &'static Source) -> Error {
    let title = source.title();
    Error::new(
        ErrorCode::SourceFailed,
        format!(
            "{title} did not do this, because something before it failed. Try again later; nothing was changed by it."
        ),
    )
    .with_source(source.name(), None)
    .with_log("a request of a batch has no answer")
}

/// Only a safe method (RFC 9110 s. 9.2.1) is known to have changed nothing.
fn what_now(method: &Method) -> &'static str {
    if method.is_safe() {
        "Try again; nothing was changed."
    } else {
        "Look whether it took effect before you try again."
    }
}

#[cfg(test)]
mod tests {
    use super::without_values;

    #[test]
    fn what_is_wrong_with_an_answer_is_said_without_its_values() {
        let check = |why: &str, expected: &str| assert_eq!(without_values(why), expected);
        check("invalid type: null, expected u32", "invalid type: null, expected u32");
        check(
            r#"invalid type: string "Ada \"L\" Lovelace", expected u32 at line 1"#,
            r#"invalid type: string "...", expected u32 at line 1"#,
        );
        check(
            "unknown variant `Ada`, expected `a` or `b`",
            "unknown variant `...`, expected `a` or `b`",
        );
        check("missing field `name` at line 2", "missing field `name` at line 2");
        check(r#"string "Ada"#, r#"string "...""#);
    }
}
