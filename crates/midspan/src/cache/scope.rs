//! For whom an answer may be used. It is a part of every key: an [`Audience`] is the only thing that a key can be built
//! from, and only [`Audience::of`] makes one.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use http::{
    HeaderMap, HeaderName,
    header::{AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION},
};
use sha2::{Digest, Sha256};

use crate::{CallerKind, Context};

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
pub(crate) type Identity = [u8; 32];

/// Enough to tell apart those of whom an operator sees entries at once.
fn start(identity: &Identity) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(&identity[..6])
}

/// Headers that say on whose behalf a request is made.
const CREDENTIALS: [HeaderName; 3] = [AUTHORIZATION, PROXY_AUTHORIZATION, COOKIE];

impl Audience {
    /// Nothing where the scope is a tenant or a user and nobody knows which: such an answer is not kept.
    pub(super) fn of(ctx: &Context, scope: Scope, headers: &HeaderMap) -> Option<Self> {
        match scope {
            Scope::Public => Some(Self::Public),
            Scope::Tenant => tenant(ctx, headers).map(Self::Tenant),
            Scope::User => identity(ctx, headers).map(Self::User),
        }
    }

    /// Whether several users share it, so that the rules for shared caches hold (RFC 9111 s. 1).
    pub(super) fn is_shared(self) -> bool {
        !matches!(self, Self::User(_))
    }

    /// As an operator reads it: of who it is, the start of the hash.
    pub(super) fn label(self) -> String {
        match self {
            Self::Public => "public".to_owned(),
            Self::Tenant(identity) => format!("tenant:{}", start(&identity)),
            Self::User(identity) => format!("user:{}", start(&identity)),
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

/// Whether the request is somebody's, and not anybody's.
pub(super) fn is_of_caller(ctx: &Context, headers: &HeaderMap) -> bool {
    ctx.caller().kind() != CallerKind::Anonymous || carries_credentials(headers)
}

/// Whether these headers carry somebody's own credentials.
pub(super) fn carries_credentials(headers: &HeaderMap) -> bool {
    CREDENTIALS.iter().any(|name| headers.contains_key(name))
}

/// Whose request it is: never what a bare header claims, but the caller that a scheme of the operation has proven, by what
/// stays the same when a token is renewed; and all credentials that nobody here has proven, which a source checks before it
/// answers. Of those a renewed one is a new identity.
///
/// What the caller may do is a part of it: a source that sees the caller's token answers accordingly.
pub(crate) fn identity(ctx: &Context, headers: &HeaderMap) -> Option<Identity> {
    let caller = ctx.caller();
    let mut hash = Hash::new(b"midspan identity 2");
    if caller.kind() != CallerKind::Anonymous {
        hash.add(caller.scheme().unwrap_or_default().as_bytes());
        for part in [caller.tenant(), Some(caller.id()), caller.client()] {
            hash.add(part.unwrap_or_default().as_bytes());
        }
        for permissions in [caller.roles(), caller.scopes()] {
            let mut sorted: Vec<_> = permissions.iter().map(String::as_str).collect();
            sorted.sort_unstable();
            hash.add(sorted.join(" ").as_bytes());
        }
    }
    let authorization = ctx.admission().authorization.as_ref();
    let proven = authorization.filter(|_| caller.by_authorization);
    let own = CREDENTIALS.iter().flat_map(|name| headers.get_all(name));
    for value in authorization
        .into_iter()
        .chain(own)
        .filter(|value| Some(*value) != proven)
    {
        hash.add(value.as_bytes());
    }
    hash.finish()
}

/// Whose organization's request it is, as it was proven. One that nobody knows is as narrow as its user.
fn tenant(ctx: &Context, headers: &HeaderMap) -> Option<Identity> {
    let caller = ctx.caller();
    let Some(tenant) = caller.tenant() else {
        return identity(ctx, headers);
    };
    let mut hash = Hash::new(b"midspan tenant 1");
    hash.add(caller.scheme().unwrap_or_default().as_bytes());
    hash.add(tenant.as_bytes());
    hash.finish()
}

/// Parts that can't be mistaken for others.
struct Hash {
    hash: Sha256,
    any: bool,
}

impl Hash {
    fn new(prefix: &[u8]) -> Self {
        Self {
            hash: Sha256::new_with_prefix(prefix),
            any: false,
        }
    }

    fn add(&mut self, part: &[u8]) {
        self.any = true;
        self.hash.update(part.len().to_le_bytes());
        self.hash.update(part);
    }

    /// Nothing of nothing.
    fn finish(self) -> Option<Identity> {
        self.any.then(|| self.hash.finalize().into())
    }
}
