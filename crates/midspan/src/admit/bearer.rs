//! Bearer tokens (RFC 6750) that are JWTs: of Entra ID, or of any `OpenID` Connect provider.

use bytes::Bytes;
use futures_util::future::LocalBoxFuture;
use http::header::AUTHORIZATION;

use super::{
    caller::Caller,
    jwt::{Object, Token},
    keys::{self, Issuer},
    scheme::{Refusal, Scheme, Verdict},
};
use crate::{Context, Result};

/// Seconds by which the clocks of two machines may differ.
const LEEWAY: i64 = 60;

/// A token of any provider: the issuer `<name>_issuer`, for one of `<name>_audience`.
pub(super) fn check_oidc<'a>(
    ctx: &'a Context,
    scheme: &'static Scheme,
    request: &'a http::Request<Bytes>,
) -> LocalBoxFuture<'a, Result<Verdict>> {
    Box::pin(async move {
        let token = match presented(request, scheme) {
            Presented::Token(token) => token,
            Presented::Nothing => return Ok(Verdict::Absent),
            Presented::Broken(why) => return Ok(refused(why)),
        };
        let name = scheme.variable(ctx, "issuer").await?;
        if token.claims.text("iss") != Some(name.as_str()) {
            return Ok(refused("it is of another issuer"));
        }
        let metadata = format!("{}/.well-known/openid-configuration", name.trim_end_matches('/'));
        let issuer = Issuer {
            scheme: scheme.name,
            metadata,
            name,
        };
        let caller = of_provider(&token.claims);
        verdict(ctx, scheme, issuer, &token, caller).await
    })
}

/// A token of Entra ID: of one of `<name>_tenants`, for one of `<name>_audience`.
pub(super) fn check_entra_id<'a>(
    ctx: &'a Context,
    scheme: &'static Scheme,
    request: &'a http::Request<Bytes>,
) -> LocalBoxFuture<'a, Result<Verdict>> {
    Box::pin(async move {
        let token = match presented(request, scheme) {
            Presented::Token(token) => token,
            Presented::Nothing => return Ok(Verdict::Absent),
            Presented::Broken(why) => return Ok(refused(why)),
        };
        let Some(tenant) = token.claims.text("tid") else {
            return Ok(refused("it has no `tid`"));
        };
        let tenants = scheme.variable(ctx, "tenants").await?;
        // Before anybody is asked: a stranger's tenant brings no request.
        if !listed(&tenants).any(|own| own.eq_ignore_ascii_case(tenant)) {
            return Ok(refused("it is of a tenant that is not taken"));
        }
        let url = scheme.variable(ctx, "url").await?;
        let url = url.trim_end_matches('/');
        let name = format!("{url}/{tenant}/v2.0");
        let issued_by = token.claims.text("iss");
        if issued_by != Some(&name) && !first_version(url, tenant).any(|first| issued_by == Some(&first)) {
            return Ok(refused("it is of another issuer"));
        }
        let issuer = Issuer {
            scheme: scheme.name,
            metadata: format!("{name}/.well-known/openid-configuration"),
            name,
        };
        let caller = of_entra_id(&token.claims);
        verdict(ctx, scheme, issuer, &token, caller).await
    })
}

/// How Entra ID names itself in tokens of version 1.0; the keys are the same.
fn first_version(url: &str, tenant: &str) -> impl Iterator<Item = String> {
    let clouds = if url.ends_with("chinacloudapi.cn") || url.ends_with("microsoftonline.cn") {
        "https://sts.chinacloudapi.cn"
    } else {
        "https://sts.windows.net"
    };
    [clouds, url].map(|cloud| format!("{cloud}/{tenant}/")).into_iter()
}

enum Presented<'r> {
    Nothing,
    Broken(&'static str),
    Token(Token<'r>),
}

/// RFC 6750 s. 2.1; the scheme's case does not matter (RFC 9110 s. 11.1).
fn presented<'r>(request: &'r http::Request<Bytes>, scheme: &Scheme) -> Presented<'r> {
    let mut all = request.headers().get_all(AUTHORIZATION).iter();
    let (Some(header), None) = (all.next(), all.next()) else {
        return Presented::Nothing;
    };
    let Some((kind, token)) = header.to_str().ok().and_then(|text| text.split_once(' ')) else {
        return Presented::Nothing;
    };
    if !kind.eq_ignore_ascii_case("bearer") {
        return Presented::Nothing;
    }
    match Token::read(token.trim(), scheme.algorithms) {
        Ok(token) => Presented::Token(token),
        Err(why) => Presented::Broken(why),
    }
}

/// What costs least comes first: claims, then the signature, for which the issuer may have to be asked.
async fn verdict(
    ctx: &Context,
    scheme: &'static Scheme,
    issuer: Issuer,
    token: &Token<'_>,
    caller: Result<Caller, &'static str>,
) -> Result<Verdict> {
    let claims = &token.claims;
    let audience = scheme.variable(ctx, "audience").await?;
    let meant = claims.texts("aud");
    if !listed(&audience).any(|own| meant.contains(&own)) {
        return Ok(refused("it is for another audience"));
    }
    let now = ctx.now().as_second();
    let Some(expires) = claims.seconds("exp") else {
        return Ok(refused("it has no `exp`"));
    };
    if claims.has("nbf") && claims.seconds("nbf").is_none_or(|begins| begins > now + LEEWAY) {
        return Ok(refused("it does not hold yet"));
    }
    if expires <= now - LEEWAY {
        return Ok(Verdict::Refused(Refusal {
            message: "The token has expired. Sign in to the connection again.",
            log: "it has expired".to_owned(),
        }));
    }
    let mut caller = match caller {
        Ok(caller) => caller,
        Err(why) => return Ok(refused(why)),
    };
    if !keys::signed(ctx, issuer, token).await? {
        return Ok(refused(
            "its signature is not the issuer's, or the issuer does not have its key",
        ));
    }
    caller.by_authorization = true;
    let texts = claims
        .all_texts()
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
    caller.claims = texts.collect();
    Ok(Verdict::Admitted(caller))
}

/// RFC 9068: a program that calls for itself is its own subject (s. 2.2).
fn of_provider(claims: &Object) -> Result<Caller, &'static str> {
    let subject = claims.text("sub").ok_or("it has no `sub`")?;
    let client = claims.text("client_id").or(claims.text("azp"));
    let mut caller = if client == Some(subject) {
        Caller::application(subject)
    } else {
        Caller::user(subject)
    };
    caller.client = client.map(ToOwned::to_owned);
    caller.tenant = claims.text("tid").or(claims.text("tenant")).map(ToOwned::to_owned);
    caller.name = claims
        .text("name")
        .or(claims.text("preferred_username"))
        .map(ToOwned::to_owned);
    with_permissions(&mut caller, claims);
    Ok(caller)
}

/// Learn, "Access token claims reference". Users are told by their object id, which is the same for all programs.
fn of_entra_id(claims: &Object) -> Result<Caller, &'static str> {
    let client = claims.text("azp").or(claims.text("appid"));
    let is_program = claims.text("idtyp") == Some("app") || !claims.has("scp");
    let id = claims.text("oid").or(claims.text("sub")).ok_or("it has no `oid`")?;
    let mut caller = if is_program {
        Caller::application(id)
    } else {
        Caller::user(id)
    };
    caller.client = client.map(ToOwned::to_owned);
    caller.tenant = claims.text("tid").map(str::to_ascii_lowercase);
    caller.name = claims
        .text("name")
        .or(claims.text("app_displayname"))
        .map(ToOwned::to_owned);
    with_permissions(&mut caller, claims);
    Ok(caller)
}

fn with_permissions(caller: &mut Caller, claims: &Object) {
    let owned = |texts: Vec<&str>| texts.into_iter().map(ToOwned::to_owned).collect();
    caller.roles = owned(claims.texts("roles"));
    // Entra ID's name, and RFC 8693's (s. 4.2).
    let scopes = ["scp", "scope"].into_iter().flat_map(|name| claims.texts(name));
    caller.scopes = owned(scopes.flat_map(str::split_whitespace).collect());
}

fn listed(list: &str) -> impl Iterator<Item = &str> {
    list.split([',', ' ', '\t', '\r', '\n']).filter(|text| !text.is_empty())
}

fn refused(log: &str) -> Verdict {
    Verdict::Refused(Refusal {
        message: "The token is not accepted. Sign in to the connection again.",
        log: log.to_owned(),
    })
}
