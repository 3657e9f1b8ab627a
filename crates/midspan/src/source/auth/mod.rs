//! Who a source thinks is calling: [`Auth`] stands beside the source, and all its secrets are variables.
//!
//! Every attempt of a call is authenticated by itself, as the last thing that is done to it, because a signature is over
//! all the rest and holds for some minutes. A token comes from memory, else from the shared store, else from the
//! authorization server.

mod oauth;
pub(crate) mod secret;
mod sign;
mod simple;
pub(crate) mod token;

use bytes::Bytes;
use http::{HeaderValue, header::AUTHORIZATION};
use midspan_definition::ErrorCode;

pub use self::{
    oauth::{OAuth, TokenEndpoint},
    sign::{AwsSigV4, HmacSignature},
};
use super::{Source, url};
use crate::{Context, Error, Result};

/// How a source's calls are authenticated.
///
/// Every argument that is called a variable is the name of one of the component's variables in the manifest. Their values
/// are never in the definition, in logs or in errors.
///
/// ```
/// use midspan::source::{Auth, Source};
///
/// static CRM: Source = Source::rest("crm").auth(Auth::api_key("Ocp-Apim-Subscription-Key", "crm_key"));
/// static PAYROLL: Source = Source::rest("payroll").auth(Auth::basic("payroll_user", "payroll_password"));
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Auth(Scheme);

/// A scheme that needs much code holds a pointer to it, so that a component links only what its sources use: a constructor
/// that is not called leaves nothing behind.
#[derive(Debug, Clone, Copy)]
enum Scheme {
    None,
    Bearer(&'static str),
    Caller,
    CallerOr(&'static str),
    Simple(&'static str, &'static str, simple::Put),
    Token {
        oauth: OAuth,
        get: oauth::Get,
        /// Whether the source sees the caller in it.
        of_caller: bool,
    },
    Relay(&'static [&'static str], &'static [&'static str], simple::Relay),
    Hmac(HmacSignature, sign::Sign<HmacSignature>),
    AwsSigV4(AwsSigV4, sign::Sign<AwsSigV4>),
}

impl Auth {
    /// No credentials, as of a source that is told nothing.
    pub const NONE: Self = Self(Scheme::None);

    /// A bearer token (RFC 6750) that stands in a variable, for a source whose tokens live long.
    #[must_use]
    pub const fn bearer(token: &'static str) -> Self {
        Self(Scheme::Bearer(token))
    }

    /// The caller's own `Authorization` header, as it came. Only for a source that shall see it.
    ///
    /// A caller without one gets `Unauthorized`.
    #[must_use]
    pub const fn caller() -> Self {
        Self(Scheme::Caller)
    }

    /// The caller's own `Authorization` header where the request carries one, else the bearer token in a variable.
    #[must_use]
    pub const fn caller_or_bearer(token: &'static str) -> Self {
        Self(Scheme::CallerOr(token))
    }

    /// Whatever credentials the caller sent in these headers and query parameters, as they came, for a back end that
    /// checks them itself: an operation that relays calls to it. What the caller left out is left out.
    ///
    /// Answers to such calls are not cached, since nobody here knows whose a key is.
    ///
    /// # Panics
    /// When it is compiled, if one of `headers` is not the name of a header (RFC 9110 s. 5.1).
    #[must_use]
    pub const fn relay(headers: &'static [&'static str], query: &'static [&'static str]) -> Self {
        let mut at = 0;
        while at < headers.len() {
            assert!(is_header_name(headers[at]), "that is not the name of a header");
            at += 1;
        }
        Self(Scheme::Relay(headers, query, simple::relay))
    }

    /// User and password (RFC 7617), in UTF-8, from two variables.
    #[must_use]
    pub const fn basic(user: &'static str, password: &'static str) -> Self {
        Self(Scheme::Simple(user, password, simple::basic))
    }

    /// A key from a variable, as the value of the header `name`.
    ///
    /// # Panics
    /// When it is compiled, if `name` is not the name of a header (RFC 9110 s. 5.1).
    #[must_use]
    pub const fn api_key(name: &'static str, key: &'static str) -> Self {
        assert!(is_header_name(name), "that is not the name of a header");
        Self(Scheme::Simple(name, key, simple::key))
    }

    /// A key from a variable, as the query's parameter `name`. A header is better where the source takes one: URLs are
    /// in the logs of every proxy.
    #[must_use]
    pub const fn api_key_query(name: &'static str, key: &'static str) -> Self {
        Self(Scheme::Simple(name, key, simple::key_in_query))
    }

    /// A token for the connector itself (RFC 6749 s. 4.4), kept and renewed before it ends.
    #[must_use]
    pub const fn client_credentials(oauth: OAuth) -> Self {
        Self(Scheme::Token {
            oauth,
            get: oauth::client_credentials,
            of_caller: false,
        })
    }

    /// A token for the connector on behalf of its caller, got for the caller's own in Entra ID's form of RFC 7523: the
    /// source answers what that user may see. A caller without a token gets `Unauthorized`.
    ///
    /// Such a token is used for calls with the very same token of the caller only.
    #[must_use]
    pub const fn on_behalf_of(oauth: OAuth) -> Self {
        Self(Scheme::Token {
            oauth,
            get: oauth::on_behalf_of,
            of_caller: true,
        })
    }

    /// A signature with a shared key over what the source says.
    #[must_use]
    pub const fn hmac(signature: HmacSignature) -> Self {
        Self(Scheme::Hmac(signature, sign::sign_hmac))
    }

    /// AWS Signature Version 4.
    #[must_use]
    pub const fn aws_sigv4(signature: AwsSigV4) -> Self {
        Self(Scheme::AwsSigV4(signature, sign::sign_sigv4))
    }

    /// Whether the source sees credentials of the caller's that nothing is known of.
    pub(crate) const fn relays(&self) -> bool {
        matches!(self.0, Scheme::Relay(..))
    }

    /// The caller's `Authorization` where the source's calls are made with it or on its behalf: what the source answers
    /// is that user's alone.
    pub(crate) fn caller_of<'c>(&self, ctx: &'c Context) -> Option<&'c HeaderValue> {
        match self.0 {
            Scheme::Caller | Scheme::CallerOr(_) | Scheme::Token { of_caller: true, .. } => {
                ctx.admission().authorization.as_ref()
            }
            _ => None,
        }
    }
}

/// Puts the source's credentials on a request to it.
///
/// # Errors
/// `OperationFailed` that names the source where it is not set up; `Unauthorized` where the caller has to sign in.
pub(super) async fn authenticate(
    ctx: &Context,
    source: &'static Source,
    request: &mut http::Request<Bytes>,
) -> Result<()> {
    let own = ctx.admission().authorization.as_ref();
    match (source.auth.0, own) {
        (Scheme::None, _) => Ok(()),
        (Scheme::Caller | Scheme::CallerOr(_), Some(own)) => {
            request.headers_mut().insert(AUTHORIZATION, own.clone());
            Ok(())
        }
        (Scheme::Caller, None) => Err(no_token(ctx, source)),
        (Scheme::Bearer(token) | Scheme::CallerOr(token), _) => simple::bearer(ctx, source, token, request).await,
        (Scheme::Simple(first, second, put), _) => put(ctx, source, first, second, request).await,
        (Scheme::Relay(headers, query, relay), _) => relay(ctx, source, headers, query, request),
        (Scheme::Token { oauth, get, .. }, _) => {
            let token = get(ctx, source, oauth, None).await?;
            request.headers_mut().insert(AUTHORIZATION, token);
            Ok(())
        }
        (Scheme::Hmac(signature, sign), _) => sign(ctx, source, signature, request).await,
        (Scheme::AwsSigV4(signature, sign), _) => sign(ctx, source, signature, request).await,
    }
}

/// The token on a request for which there may be a newer one, should the source refuse it.
pub(super) fn renewable(source: &'static Source, request: &http::Request<Bytes>) -> Option<HeaderValue> {
    let is_token = matches!(source.auth.0, Scheme::Token { .. });
    request.headers().get(AUTHORIZATION).filter(|_| is_token).cloned()
}

/// Authenticates a request with another token than the one that the source has just `refused`.
///
/// # Errors
/// As [`authenticate`].
pub(super) async fn renew(
    ctx: &Context,
    source: &'static Source,
    request: &mut http::Request<Bytes>,
    refused: HeaderValue,
) -> Result<()> {
    if let Scheme::Token { oauth, get, .. } = source.auth.0 {
        let token = get(ctx, source, oauth, Some(refused)).await?;
        request.headers_mut().insert(AUTHORIZATION, token);
    }
    Ok(())
}

/// `template` with each `{{ name }}` replaced by the value of the variable.
async fn filled(ctx: &Context, source: &'static Source, template: &str) -> Result<String> {
    let mut text = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        let (name, after) = after.split_once("}}").ok_or_else(|| unclosed(source, template))?;
        text.push_str(before);
        text.push_str(source.variable(ctx, name.trim()).await?.trim_end_matches('/'));
        rest = after;
    }
    text.push_str(rest);
    Ok(text)
}

fn unclosed(source: &Source, template: &str) -> Error {
    source.misconfigured(format!("`{template}` opens `{{{{` and does not close it"))
}

/// The error for a caller that should have signed in.
fn no_token(ctx: &Context, source: &'static Source) -> Error {
    let (id, title) = (ctx.operation().id, source.title());
    let message =
        format!("{id} asks {title} as whoever calls it, but this call has no token. Sign in to the connection.");
    Error::new(ErrorCode::Unauthorized, message).with_source(source.name(), None)
}

/// RFC 9110 s. 5.6.2: a token.
pub(crate) const fn is_header_name(name: &str) -> bool {
    let name = name.as_bytes();
    let mut at = 0;
    while at < name.len() {
        if !matches!(name[at], b'!' | b'#'..=b'\'' | b'*' | b'+' | b'-' | b'.' | b'^'..=b'`' | b'|' | b'~'
            | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z')
        {
            return false;
        }
        at += 1;
    }
    !name.is_empty()
}
