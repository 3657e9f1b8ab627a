//! Which token is wanted: for which source, from which server, for which client, for what and for whom.

use sha2::{Digest, Sha256};

use crate::{
    Context, Result, Source,
    source::auth::{OAuth, filled, no_token, secret::Secret},
};

/// All that a token depends on.
pub(in crate::source::auth) struct Wanted {
    pub(in crate::source::auth) source: &'static Source,
    pub(in crate::source::auth) oauth: OAuth,
    pub(in crate::source::auth) token_url: String,
    pub(in crate::source::auth) client_id: String,
    parameters: Vec<(&'static str, String)>,
    /// The token of the caller, on whose behalf it is.
    caller: Option<Secret>,
    /// A hash over all of it: no two tokens that differ in any of it have the same.
    pub(super) binding: [u8; 32],
}

impl Wanted {
    pub(in crate::source::auth) async fn for_client(
        ctx: &Context,
        source: &'static Source,
        oauth: OAuth,
    ) -> Result<Self> {
        Self::new(ctx, source, oauth, None).await
    }

    pub(in crate::source::auth) async fn for_caller(
        ctx: &Context,
        source: &'static Source,
        oauth: OAuth,
    ) -> Result<Self> {
        let caller = callers_token(ctx).ok_or_else(|| no_token(ctx, source))?;
        Self::new(ctx, source, oauth, Some(caller)).await
    }

    async fn new(ctx: &Context, source: &'static Source, oauth: OAuth, caller: Option<Secret>) -> Result<Self> {
        let token_url = source.variable(ctx, oauth.token_url).await?;
        let client_id = source.variable(ctx, oauth.client_id).await?;
        let mut parameters = Vec::new();
        for (name, template) in [
            ("scope", oauth.scope),
            ("resource", oauth.resource),
            ("audience", oauth.audience),
        ] {
            if let Some(template) = template {
                parameters.push((name, filled(ctx, source, template).await?));
            }
        }
        let kind = if caller.is_some() {
            "on_behalf_of"
        } else {
            "client_credentials"
        };
        let mut hash = Sha256::new();
        let mut bind = |text: &str| {
            // With its length, so that no two lists of texts run together into the same bytes.
            hash.update((text.len() as u64).to_be_bytes());
            hash.update(text);
        };
        for text in ["midspan token 1", kind, source.name(), &token_url, &client_id] {
            bind(text);
        }
        for (name, value) in &parameters {
            bind(name);
            bind(value);
        }
        if let Some(caller) = &caller {
            bind("caller");
            bind(caller.expose());
        }
        Ok(Self {
            source,
            oauth,
            token_url,
            client_id,
            parameters,
            caller,
            binding: hash.finalize().into(),
        })
    }

    /// The caller's token, where it is on a caller's behalf.
    pub(in crate::source::auth) fn assertion(&self) -> Option<&Secret> {
        self.caller.as_ref()
    }

    /// What is asked for.
    pub(in crate::source::auth) fn parameters(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.parameters.iter().map(|(name, value)| (*name, value.as_str()))
    }
}

/// RFC 6750 s. 2.1; the scheme's case does not matter (RFC 9110 s. 11.1).
fn callers_token(ctx: &Context) -> Option<Secret> {
    let header = ctx.admission().authorization.as_ref()?.to_str().ok()?;
    let (scheme, token) = header.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then(|| Secret::new(token.to_owned()))
}
