//! Where a webhook calls.

use std::fmt;

use midspan_definition::Schema;
use percent_encoding::percent_decode_str;
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};

use super::Data;

/// The address that the back end calls when something happens: the field of a subscription's body that the platform fills
/// in (`x-ms-notification-url`), so that makers don't see it.
///
/// It is absolute, and over HTTPS but for this machine. The platform escapes it at times; here it is not escaped. Whoever knows it can start the flow, so it has no place
/// in a log, and its `Debug` shows the host alone.
///
/// ```
/// use midspan::{input::NotificationUrl, prelude::*};
///
/// /// What to be told of.
/// #[derive(Data)]
/// struct Subscription {
///     /// Where to tell it
///     notification_url: NotificationUrl,
///     /// Topic
///     topic: String,
/// }
///
/// let json = r#"{"topic": "news", "notificationUrl": "https%3A%2F%2Fflow.contoso.com%2Fr%3Fsig%3Dabc"}"#;
/// let subscription: Subscription = serde_json::from_str(json)?;
/// assert_eq!(subscription.notification_url.as_str(), "https://flow.contoso.com/r?sig=abc");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct NotificationUrl(String);

impl NotificationUrl {
    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn parse(text: &str) -> Option<Self> {
        let escaped = text
            .get(..8)
            .is_some_and(|start| start.to_ascii_lowercase().contains("%3a"));
        let text = if escaped {
            percent_decode_str(text).decode_utf8().ok()?
        } else {
            text.into()
        };
        let uri: http::Uri = text.parse().ok()?;
        let host = uri.host()?;
        let local = matches!(host, "localhost" | "127.0.0.1" | "[::1]");
        let scheme = uri.scheme_str()?;
        if uri.authority()?.as_str().contains('@') || (!local && is_address(host)) {
            return None;
        }
        (scheme == "https" || (scheme == "http" && local)).then(|| Self(text.into_owned()))
    }
}

/// Whether a host is an address and no name, in whatever way it is written (URL standard, "ends in a number"): the
/// platform has names, and an address may be one that only we can reach.
fn is_address(host: &str) -> bool {
    let last = host.trim_end_matches('.').rsplit('.').next().unwrap_or_default();
    let hexadecimal = last.get(..2).is_some_and(|start| start.eq_ignore_ascii_case("0x"));
    host.starts_with('[') || hexadecimal || last.bytes().all(|byte| byte.is_ascii_digit())
}

impl fmt::Debug for NotificationUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = self.0.parse::<http::Uri>().ok();
        let host = host.as_ref().and_then(http::Uri::host).unwrap_or_default();
        write!(f, "NotificationUrl({host})")
    }
}

impl<'de> Deserialize<'de> for NotificationUrl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| D::Error::custom("expected the address to call, which starts with https://"))
    }
}

#[diagnostic::do_not_recommend]
impl Data for NotificationUrl {
    const SCHEMA: Schema = Schema::NotificationUrl;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_absolute_and_escaped_or_not() {
        let check = |text: &str, expected: Option<&str>| {
            let found = NotificationUrl::parse(text);
            assert_eq!(found.as_ref().map(NotificationUrl::as_str), expected, "{text}");
        };
        check("https://a.example/x?y=%2F", Some("https://a.example/x?y=%2F"));
        check(
            "https%3a%2F%2Fa.example%2Fx%3Fy%3D%252F",
            Some("https://a.example/x?y=%2F"),
        );
        check("http://127.0.0.1:8080/x", Some("http://127.0.0.1:8080/x"));
        for wrong in [
            "",
            "x",
            "/x",
            "a.example/x",
            "http://a.example/x",
            "ftp://a.example/x",
            "https://a.example@169.254.169.254/x",
            "https://a:b@a.example/x",
            "https://169.254.169.254/x",
            "https://2852039166/x",
            "https://0xa9fea9fe/x",
            "https://0251.0376.0251.0376./x",
            "https://[::ffff:a9fe:a9fe]/x",
            "https:",
            "\u{20ac}\u{20ac}\u{20ac}",
        ] {
            check(wrong, None);
        }
    }

    #[test]
    fn a_log_shows_its_host_alone() {
        let url = NotificationUrl::parse("https://a.example/x?sig=secret").unwrap();
        assert_eq!(format!("{url:?}"), "NotificationUrl(a.example)");
    }
}
