//! A link that a source gives is followed only to the source itself: anything else would let a source, or whoever
//! writes into it, choose where our credentials go.

use http::Uri;
use percent_encoding::percent_decode_str;

use super::super::{Call, Source, outcome, url::port};
use crate::Result;

impl Call<'_> {
    /// The same call to a link that the source gave, in place of its path and query.
    ///
    /// # Errors
    /// `SourceInvalid` where it does not lead to the source itself; `OperationFailed` where the source is not set up.
    pub(in crate::source) async fn following(mut self, link: &str) -> Result<Self> {
        let base = self.ctx.variable(&format!("{}_url", self.source.name())).await?;
        self.link = Some(follow(self.source, &base, link)?);
        Ok(self)
    }
}

/// What of a link leads on, for a caller to give back: its query, in which a parameter that the first call has with the same
/// value stands by its name alone. Its path is the call's own.
pub(in crate::source) fn position(first: &Call<'_>, link: &str) -> String {
    let query = link.split_once('#').map_or(link, |(link, _)| link);
    let query = query.split_once('?').map_or("", |(_, query)| query);
    let mut position = String::new();
    for parameter in query.split('&').filter(|parameter| !parameter.is_empty()) {
        let name = parameter.split('=').next().unwrap_or_default();
        let own = own(first, name);
        position.push_str(if position.is_empty() { "" } else { "&" });
        match own {
            Some(own) if decoded(own) == decoded(parameter) => position.push_str(name),
            // So that it does not stand by its name alone.
            Some(_) if name == parameter => position.extend([name, "="]),
            _ => position.push_str(parameter),
        }
    }
    position
}

impl Call<'_> {
    /// The call for the page at a [`position`].
    pub(in crate::source) fn resumed(mut self, position: &str) -> Self {
        let parameters = position.split('&').map(|parameter| match own(&self, parameter) {
            Some(own) if !parameter.contains('=') => own,
            _ => parameter,
        });
        self.query = parameters.collect::<Vec<_>>().join("&");
        self
    }
}

fn own<'q>(first: &'q Call<'_>, name: &str) -> Option<&'q str> {
    let mut parameters = first.query.split('&');
    parameters.find(|own| decoded(own.split('=').next().unwrap_or_default()) == decoded(name))
}

fn decoded(text: &str) -> Vec<u8> {
    percent_decode_str(text).collect()
}

const NOT_ABSOLUTE: &str = "it is no absolute URL";

/// The URL of a link that `source` gave, where it leads below `base`.
///
/// # Errors
/// `SourceInvalid`; the log says why. It names no query, which may hold what is secret.
fn follow(source: &'static Source, base: &str, link: &str) -> Result<Uri> {
    checked(base, link).map_err(|why| {
        let shown = link.split(['?', '#']).next().unwrap_or_default();
        outcome::invalid(source, format!("its link to `{shown}` is not followed: {why}"))
    })
}

fn checked(base: &str, link: &str) -> Result<Uri, &'static str> {
    let base = Uri::try_from(base).map_err(|_| "the source has no URL")?;
    let absolute = match (base.scheme_str(), base.authority()) {
        (Some(scheme), Some(authority)) if link.starts_with('/') => format!("{scheme}://{authority}{link}"),
        _ => link.to_owned(),
    };
    let link = Uri::try_from(absolute).map_err(|_| NOT_ABSOLUTE)?;
    check(&base, &link).map(|()| link)
}

fn check(base: &Uri, link: &Uri) -> Result<(), &'static str> {
    let (Some(scheme), Some(authority)) = (link.scheme(), link.authority()) else {
        return Err(NOT_ABSOLUTE);
    };
    if authority.as_str().contains('@') {
        return Err("it has a user in it");
    }
    if Some(scheme) != base.scheme() {
        return Err("its scheme is not the source's");
    }
    let same_host = authority.host().eq_ignore_ascii_case(base.host().unwrap_or_default());
    if !same_host || port(link) != port(base) {
        return Err("its host or port is not the source's");
    }
    if link.path().starts_with("//") || link.path().split('/').any(is_dots) || !is_below(base.path(), link.path()) {
        return Err("its path is not below the source's");
    }
    Ok(())
}

/// A server may take them for a way out of the base path, escaped or not (RFC 3986 s. 5.2.4).
fn is_dots(segment: &str) -> bool {
    let decoded: Vec<u8> = percent_decode_str(segment).collect();
    decoded
        .split(|byte| matches!(byte, b'/' | b'\\'))
        .any(|part| matches!(part, b"." | b".."))
}

fn is_below(base: &str, path: &str) -> bool {
    let rest = path.strip_prefix(base.trim_end_matches('/'));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    static SOURCE: Source = Source::rest("crm").titled("CRM");

    fn followed(base: &str, link: &str) -> Result<Uri> {
        follow(&SOURCE, base, link)
    }

    #[test]
    fn links_to_the_source_itself_are_followed() {
        let check = |base, link, expected: &str| assert_eq!(followed(base, link).unwrap().to_string(), expected);
        check(
            "https://crm.test",
            "https://crm.test/x?$skip=5",
            "https://crm.test/x?$skip=5",
        );
        check("https://crm.test", "https://CRM.test:443/x", "https://CRM.test:443/x");
        check(
            "http://crm.test:80/api/",
            "http://crm.test/api/x",
            "http://crm.test/api/x",
        );
        check(
            "https://crm.test:8443/api",
            "/api/x?y=1",
            "https://crm.test:8443/api/x?y=1",
        );
        check(
            "https://crm.test/api",
            "https://crm.test/api?y",
            "https://crm.test/api?y",
        );
    }

    #[test]
    fn links_to_anywhere_else_are_not_followed_and_the_log_says_why() {
        let check = |link: &str, why: &str| {
            let error = followed("https://crm.test/api", link).expect_err(link);
            assert_eq!(error.code(), midspan_definition::ErrorCode::SourceInvalid);
            let log = error.log().unwrap();
            assert!(log.ends_with(why), "{link}: {log}");
            assert!(!log.contains("secret"), "{log}");
        };
        let other_host = "its host or port is not the source's";
        let other_path = "its path is not below the source's";
        check("https://evil.test/api/x?t=secret", other_host);
        check("https://crm.test:444/api/x", other_host);
        check("https://crm.test.evil.test/api/x", other_host);
        check("http://crm.test/api/x", "its scheme is not the source's");
        check("https://crm.test@evil.test/api", "it has a user in it");
        check("https://user@crm.test/api", "it has a user in it");
        check("https://crm.test/apis", other_path);
        check("https://crm.test/", other_path);
        check("https://crm.test/api/../admin", other_path);
        check("https://crm.test/api/%2E%2e/admin", other_path);
        check("https://crm.test/api/..%5Cadmin", other_path);
        check("https://crm.test/api/x%2f..%2f..%2fadmin", other_path);
        check("//evil.test/api", other_path);
        for no_url in ["x/y?$skip=5", "crm.test", "*", "a b", ""] {
            check(no_url, NOT_ABSOLUTE);
        }
    }

    proptest! {
        #[test]
        fn no_link_leads_away_from_the_source(link in "(https?://)?(crm.test|a@)?(/api)?[a-z25@:./%\\\\?#]{0,20}") {
            if let Ok(uri) = followed("https://crm.test/api", &link) {
                prop_assert_eq!(uri.scheme_str(), Some("https"));
                prop_assert_eq!(uri.host(), Some("crm.test"));
                prop_assert!(uri.path() == "/api" || uri.path().starts_with("/api/"), "{}", uri);
            }
        }
    }
}
