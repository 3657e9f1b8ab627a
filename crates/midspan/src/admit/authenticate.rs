//! Which of an operation's schemes knows the caller, and whether the caller may do this.

use bytes::Bytes;
use midspan_definition::{ErrorCode, Operation, SchemeKind};

use super::{
    caller::{Caller, CallerKind},
    scheme::{Refusal, Scheme, Verdict},
};
use crate::{Context, Error, Result, port};

/// The caller, as the first of `schemes` knows it that accepts what the request has; it may call the operation.
///
/// # Errors
/// `Unauthorized` says what to send; `Forbidden` names the role or the scope that is missing; `OperationFailed` if a scheme
/// is not set up.
pub(crate) async fn authenticate(
    ctx: &Context,
    schemes: &'static [&'static Scheme],
    request: &http::Request<Bytes>,
) -> Result<Caller> {
    let caller = match port::scripted_caller(ctx.port()) {
        Some(caller) => caller,
        None => prove(ctx, schemes, request).await?,
    };
    authorize(ctx.operation(), schemes, &caller)?;
    Ok(caller)
}

async fn prove(ctx: &Context, schemes: &'static [&'static Scheme], request: &http::Request<Bytes>) -> Result<Caller> {
    let mut refused: Option<(&str, Refusal)> = None;
    for scheme in schemes {
        match scheme.check(ctx, request).await? {
            Verdict::Absent => {}
            Verdict::Refused(why) => _ = refused.get_or_insert((scheme.name(), why)),
            Verdict::Admitted(mut caller) => {
                caller.scheme = Some(scheme.name());
                return Ok(caller);
            }
        }
    }
    Err(unauthorized(ctx, schemes, refused))
}

fn unauthorized(ctx: &Context, schemes: &[&Scheme], refused: Option<(&str, Refusal)>) -> Error {
    let by = refused.as_ref().map(|(name, _)| *name);
    let challenges = schemes
        .iter()
        .map(|scheme| scheme.challenge(by == Some(scheme.name())))
        .collect();
    let error = match refused {
        Some((name, Refusal { message, log })) => {
            Error::new(ErrorCode::Unauthorized, message).with_log(format!("scheme `{name}`: {log}"))
        }
        None => {
            let wanted: Vec<_> = schemes.iter().map(|scheme| scheme.wanted()).collect();
            let message = format!(
                "{} wants {}. Sign in to the connection.",
                ctx.operation().id,
                wanted.join(", or ")
            );
            Error::new(ErrorCode::Unauthorized, message)
        }
    };
    error.with_challenges(challenges)
}

/// Whether the caller has one of the operation's roles and, if it is a user, has granted one of the scopes.
///
/// Only users grant scopes. An operation that asks for no role is for users alone, if it asks for a scope.
fn authorize(operation: &Operation, schemes: &[&Scheme], caller: &Caller) -> Result<()> {
    let id = operation.id;
    let has_role = operation.roles.iter().any(|role| caller.has_role(role));
    if !operation.roles.is_empty() && !has_role {
        let wanted = quoted(operation.roles);
        let message =
            format!("{id} wants the role {wanted}, which this caller does not have. Ask an administrator for it.");
        return Err(Error::new(ErrorCode::Forbidden, message));
    }
    let is_user = caller.kind() == CallerKind::User;
    if let Some(scheme) = schemes.iter().find(|scheme| caller.scheme() == Some(scheme.name())) {
        // Any program of a tenant gets such a token for any API there (Learn, "Verify scopes and app roles").
        if scheme.kind == SchemeKind::EntraId && caller.roles().is_empty() && caller.scopes().is_empty() {
            let message = format!("{id} wants a token with a permission or a role. Ask an administrator for it.");
            return Err(Error::new(ErrorCode::Forbidden, message));
        }
        if is_user {
            granted(id, caller, scheme.scopes, scheme.name())?;
        }
    }
    if is_user {
        let realm = caller.scheme().or(schemes.first().map(|scheme| scheme.name()));
        return granted(id, caller, operation.scopes, realm.unwrap_or_default());
    }
    if operation.scopes.is_empty() || has_role {
        return Ok(());
    }
    let message = format!("{id} is for users who have signed in, not for programs.");
    Err(Error::new(ErrorCode::Forbidden, message))
}

/// Whether the user has granted one of these scopes (RFC 6750 s. 3.1).
fn granted(id: &str, caller: &Caller, scopes: &[&str], realm: &str) -> Result<()> {
    if scopes.is_empty() || scopes.iter().any(|scope| caller.has_scope(scope)) {
        return Ok(());
    }
    let message = format!(
        "{id} wants the permission {}, which was not granted. Consent to it, and sign in to the connection again.",
        quoted(scopes)
    );
    let scopes = scopes.join(" ");
    let challenge = format!("Bearer realm=\"{realm}\", error=\"insufficient_scope\", scope=\"{scopes}\"");
    Err(Error::new(ErrorCode::Forbidden, message).with_challenges(vec![challenge]))
}

/// `"A" or "B"`.
fn quoted(names: &[&str]) -> String {
    let names: Vec<_> = names.iter().map(|name| format!("\"{name}\"")).collect();
    names.join(" or ")
}
