//! A REST service on premises, from before everybody's was in the cloud: whatever is below `/legacy/api` is answered with what was sent.
//!
//! Manners: ASP.NET Web API 2 behind IIS (errors as `{"Message": ...}`, dates as `/Date(...)/`, Basic authentication, compression). Some paths
//! are special: `/redirect/{status}` leads to `/landed` with that status, `/loop` to itself, `/elsewhere` to a host that nobody may be led
//! to, `/status/{status}` answers with a status, `/large/{bytes}` with so much.

mod encoding;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{Method, StatusCode};
use serde_json::{Map, Value, json};

use super::BackEnd;
use crate::call::Call;
use crate::population::Moment;
use crate::reply::{self, Refusal, Reply, WithHeader};

const JSON: &str = "application/json; charset=utf-8";
const ROOT: &str = "/legacy/api";
/// The user that the system on premises lets in.
pub const ONPREMISES_USER: &str = "CONTOSO\\svc-relay";
/// The password of [`ONPREMISES_USER`].
pub const ONPREMISES_PASSWORD: &str = "emulated: pässword";
/// What `/large/{bytes}` gives out at most.
const LARGEST: usize = 32 << 20;

pub(super) struct OnPremises;

impl OnPremises {
    fn route(call: &Call) -> Reply {
        if !is_let_in(call) {
            return refused(
                StatusCode::UNAUTHORIZED,
                "Authorization has been denied for this request.",
            );
        }
        let segments = call.segments();
        let ["legacy", "api", path @ ..] = segments.as_slice() else {
            let uri = format!("{}{}", call.base(), call.path);
            let message = format!("No HTTP resource was found that matches the request URI '{uri}'.");
            return refused(StatusCode::NOT_FOUND, &message);
        };
        match path {
            ["redirect", status] => match status.parse() {
                Ok(status @ (301 | 302 | 303 | 307 | 308)) => redirect(status, &format!("{ROOT}/landed")),
                _ => refused(StatusCode::BAD_REQUEST, "The request is invalid."),
            },
            ["loop"] => redirect(302, &format!("{ROOT}/loop")),
            ["elsewhere"] => redirect(302, "http://elsewhere.example/legacy/api/trap"),
            ["status", status] => match status.parse().ok().and_then(|status| StatusCode::from_u16(status).ok()) {
                Some(status) if status.is_success() => reply::json(status, JSON, &echo(call)),
                Some(status) => refused(status, "An error has occurred."),
                None => refused(StatusCode::BAD_REQUEST, "The request is invalid."),
            },
            ["large", bytes] => match bytes.parse() {
                Ok(bytes) if bytes <= LARGEST => {
                    reply::bytes(StatusCode::OK, "application/octet-stream", vec![b'x'; bytes])
                }
                _ => refused(StatusCode::BAD_REQUEST, "The request is invalid."),
            },
            _ if call.method == Method::HEAD => reply::empty(StatusCode::OK),
            _ => reply::json(StatusCode::OK, JSON, &echo(call)),
        }
    }
}

impl BackEnd for OnPremises {
    fn answer(&self, call: &Call) -> Reply {
        finish(encoding::encoded(call, Self::route(call)))
    }

    fn refuse(&self, _call: &Call, refusal: Refusal) -> Reply {
        finish(refused(refusal.status, "An error has occurred.").with_retry_after(refusal.retry_after))
    }
}

/// What was sent.
fn echo(call: &Call) -> Value {
    let mut headers: Map<String, Value> = Map::new();
    for (name, value) in call.headers.iter().filter(|(name, _)| *name != "authorization") {
        headers.insert(name.to_string(), String::from_utf8_lossy(value.as_bytes()).into());
    }
    let mut query: Map<String, Value> = Map::new();
    for (name, value) in call.query_pairs() {
        query.insert(name.to_owned(), value.into());
    }
    let (text, bytes) = match str::from_utf8(&call.body) {
        Ok(text) => (Some(text), None),
        Err(_) => (None, Some(STANDARD.encode(&call.body))),
    };
    json!({
        "Method": call.method.as_str(),
        "Path": call.path,
        "Query": query,
        "Headers": headers,
        "Body": text,
        "BodyBase64": bytes,
        "ReceivedAt": format!("/Date({})/", Moment::NOW.unix() * 1_000),
    })
}

fn is_let_in(call: &Call) -> bool {
    let known = STANDARD.encode(format!("{ONPREMISES_USER}:{ONPREMISES_PASSWORD}"));
    let sent = call.header("authorization").and_then(|value| value.split_once(' '));
    sent.is_some_and(|(scheme, sent)| scheme.eq_ignore_ascii_case("basic") && sent.trim() == known)
}

fn redirect(status: u16, location: &str) -> Reply {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::FOUND);
    let page = format!(
        "<html><head><title>Object moved</title></head><body><h2>Object moved to <a href=\"{location}\">here</a>.</h2></body></html>"
    );
    reply::bytes(status, "text/html; charset=utf-8", page).with("location", location)
}

fn refused(status: StatusCode, message: &str) -> Reply {
    let reply = reply::json(status, JSON, &json!({ "Message": message }));
    if status == StatusCode::UNAUTHORIZED {
        reply.with("www-authenticate", "Basic realm=\"legacy\", charset=\"UTF-8\"")
    } else {
        reply
    }
}

fn finish(reply: Reply) -> Reply {
    reply
        .with("server", "Microsoft-IIS/8.5")
        .with("x-aspnet-version", "4.0.30319")
        .with("x-powered-by", "ASP.NET")
        .with("cache-control", "no-cache")
        .with("pragma", "no-cache")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::tests::send;

    fn ask(method: &str, target: &str, headers: &[(&str, &str)], body: &'static [u8]) -> Reply {
        let basic = format!(
            "Basic {}",
            STANDARD.encode(format!("{ONPREMISES_USER}:{ONPREMISES_PASSWORD}"))
        );
        let mut all = vec![("authorization", basic.as_str())];
        all.extend(headers);
        OnPremises.answer(&send(method, target, &all, body))
    }

    #[test]
    fn what_is_sent_comes_back_without_its_credentials() {
        let reply = ask(
            "PUT",
            "/legacy/api/orders/7%20a?x=1&y=%C3%BC",
            &[("x-tenant", "a")],
            "Größe".as_bytes(),
        );
        insta::assert_json_snapshot!(serde_json::from_slice::<Value>(reply.body()).expect("JSON"));
        let binary = ask("POST", "/legacy/api/files", &[], &[0xFF, 0xFE]);
        assert_eq!(
            serde_json::from_slice::<Value>(binary.body()).expect("JSON")["BodyBase64"],
            "//4="
        );
    }

    #[test]
    fn paths_lead_where_they_say() {
        for (path, status, location) in [
            ("redirect/302", 302, "/legacy/api/landed"),
            ("redirect/307", 307, "/legacy/api/landed"),
            ("loop", 302, "/legacy/api/loop"),
            ("elsewhere", 302, "http://elsewhere.example/legacy/api/trap"),
        ] {
            let reply = ask("GET", &format!("{ROOT}/{path}"), &[], b"");
            assert_eq!(
                (
                    reply.status().as_u16(),
                    reply.headers()["location"].to_str().expect("text")
                ),
                (status, location)
            );
        }
        assert_eq!(
            ask("GET", "/legacy/api/status/409", &[], b"").status(),
            StatusCode::CONFLICT
        );
        assert_eq!(ask("GET", "/legacy/api/large/1000", &[], b"").body().len(), 1_000);
        assert_eq!(
            ask("GET", "/legacy/api/redirect/200", &[], b"").status(),
            StatusCode::BAD_REQUEST
        );
    }

    #[test]
    fn strangers_and_other_paths_get_old_fashioned_errors() {
        let stranger = OnPremises.answer(&send("GET", "/legacy/api/x", &[("authorization", "Basic eDp5")], ""));
        assert_eq!(stranger.status(), StatusCode::UNAUTHORIZED);
        assert!(stranger.headers().contains_key("www-authenticate"));
        let other = ask("GET", "/modern/api", &[], b"");
        assert_eq!(other.status(), StatusCode::NOT_FOUND);
        let message = serde_json::from_slice::<Value>(other.body()).expect("JSON")["Message"].to_string();
        assert!(message.contains("http://source/modern/api"), "{message}");
    }
}
