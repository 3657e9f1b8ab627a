//! What the tests of this folder share.

use std::fmt::Write as _;

use midspan::prelude::*;
use sha2::{Digest, Sha256};

/// What an operation says of its caller.
#[derive(Debug, PartialEq, Eq, Data)]
pub(crate) struct Who {
    pub(crate) kind: String,
    pub(crate) scheme: Option<String>,
    pub(crate) id: String,
    pub(crate) tenant: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) client: Option<String>,
    pub(crate) roles: Vec<String>,
    pub(crate) scopes: Vec<String>,
}

pub(crate) fn who(ctx: &Context) -> Who {
    let caller = ctx.caller();
    let text = |text: Option<&str>| text.map(ToOwned::to_owned);
    Who {
        kind: format!("{:?}", caller.kind()),
        scheme: text(caller.scheme()),
        id: caller.id().to_owned(),
        tenant: text(caller.tenant()),
        name: text(caller.name()),
        client: text(caller.client()),
        roles: caller.roles().to_vec(),
        scopes: caller.scopes().to_vec(),
    }
}

/// A secret's SHA-256 in hex, as a variable has it.
pub(crate) fn hash(secret: &str) -> String {
    let mut text = String::new();
    for byte in Sha256::digest(secret) {
        let _ = write!(text, "{byte:02x}");
    }
    text
}
