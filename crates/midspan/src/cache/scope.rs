//! For whom an answer may be used. It is a part of every key: an [`Audience`] is the only thing that a key can be built
//! from, and only [`Audience::of`] makes one.

use http::{
    HeaderMap, HeaderName,
    header::{AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION},
};
use sha2::{Digest, Sha256};

use crate::Context;

/// For whom a cached answer may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// For everybody who may call the operation.
    Public,
    /// For all users of the caller's organization.
    Tenant,
    /// For the one user who called.
    User,
}

/// Those for whom an answer is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Audience {
    Public,
    Tenant(Identity),
    User(Identity),
}

/// Who it is, without saying who it is.
type Identity = [u8; 32];

/// Headers that say on whose behalf a request is made.
const CREDENTIALS: [HeaderName; 3] = [AUTHORIZATION, PROXY_AUTHORIZATION, COOKIE];

impl Audience {
    /// Nothing where the scope is a tenant or a user and nobody knows which: such an answer is not kept.
    pub(super) fn of(ctx: &Context, scope: Scope, headers: &HeaderMap) -> Option<Self> {
        match scope {
            Scope::Public => Some(Self::Public),
            Scope::Tenant => identity(ctx, headers).map(Self::Tenant),
            Scope::User => identity(ctx, headers).map(Self::User),
        }
    }

    /// Whether several users share it, so that the rules for shared caches hold (RFC 9111 s. 1).
    pub(super) fn is_shared(self) -> bool {
        !matches!(self, Self::User(_))
    }

    /// As an operator reads it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Tenant(_) => "tenant",
            Self::User(_) => "user",
        }
    }

    pub(super) fn hash(self, hash: &mut Sha256) {
        match self {
            Self::Public => hash.update([0]),
            Self::Tenant(identity) => hash.update([&[1], identity.as_slice()].concat()),
            Self::User(identity) => hash.update([&[2], identity.as_slice()].concat()),
        }
    }
}

/// Whether these headers carry somebody's own credentials.
pub(super) fn carries_credentials(headers: &HeaderMap) -> bool {
    CREDENTIALS.iter().any(|name| headers.contains_key(name))
}

/// Whose request it is: never what a bare header claims, but the credentials themselves, which a source checks before it
/// answers. So a renewed token is a new identity, and a tenant is as narrow as its user.
///
/// The one place that has to change when an operation validates its caller's token: then tenant and user are claims.
fn identity(ctx: &Context, headers: &HeaderMap) -> Option<Identity> {
    let caller = ctx.admission().authorization.as_ref();
    let own = CREDENTIALS.iter().flat_map(|name| headers.get_all(name));
    let mut hash = Sha256::new_with_prefix("midspan identity 1");
    let mut any = false;
    for value in caller.into_iter().chain(own) {
        any = true;
        hash.update(value.len().to_le_bytes());
        hash.update(value.as_bytes());
    }
    any.then(|| hash.finalize().into())
}
