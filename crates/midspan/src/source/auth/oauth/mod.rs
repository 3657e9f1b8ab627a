//! OAuth 2.0 (RFC 6749): tokens for the connector itself, or for it on behalf of its caller.

mod assertion;
mod client;
mod endpoint;
mod failure;
mod pem;

use futures_util::future::LocalBoxFuture;
use http::HeaderValue;

use self::client::Identify;
use super::token;
use crate::{Context, Result, Source};

/// The authorization server, and the client that the connector is there.
///
/// All of these are variables of the component; several sources can share them. The host of the token end point must be
/// in `allowed_outbound_hosts`.
///
/// ```
/// use midspan::source::{Auth, OAuth, Source};
///
/// const APP: OAuth = OAuth::at("entra_token_url").client_secret("entra_client_id", "entra_client_secret");
///
/// static AZURE: Source =
///     Source::rest("azure").auth(Auth::client_credentials(APP.scope("https://management.azure.com/.default")));
/// static DATAVERSE: Source =
///     Source::odata("dataverse").auth(Auth::client_credentials(APP.scope("{{ dataverse_url }}/.default")));
/// static GRAPH: Source =
///     Source::rest("graph").auth(Auth::on_behalf_of(APP.scope("https://graph.microsoft.com/.default")));
/// ```
#[derive(Debug, Clone, Copy)]
pub struct OAuth {
    pub(super) token_url: &'static str,
    pub(super) client_id: &'static str,
    /// How the client shows that it is the one; a pointer, so that RSA is linked only where it is used.
    identify: Identify,
    /// The variable with the client's secret or private key.
    secret: &'static str,
    key_id: Option<&'static str>,
    pub(super) scope: Option<&'static str>,
    pub(super) resource: Option<&'static str>,
    pub(super) audience: Option<&'static str>,
}

/// A token end point whose client is still to be named.
#[derive(Debug, Clone, Copy)]
#[must_use = "it needs a client, such as `.client_secret(...)`"]
pub struct TokenEndpoint(&'static str);

impl OAuth {
    /// The server's token end point, whose URL is in this variable: for Entra ID
    /// `https://login.microsoftonline.com/<tenant>/oauth2/v2.0/token`.
    pub const fn at(token_url: &'static str) -> TokenEndpoint {
        TokenEndpoint(token_url)
    }

    /// What the tokens are for (RFC 6749 s. 3.3), separated by spaces. `{{ name }}` in it is the value of the variable
    /// `name`, as in a manifest.
    #[must_use]
    pub const fn scope(mut self, scope: &'static str) -> Self {
        self.scope = Some(scope);
        self
    }

    /// The URI of the resource that the tokens are for (RFC 8707), for servers that want it; variables as in
    /// [`scope`](Self::scope).
    #[must_use]
    pub const fn resource(mut self, resource: &'static str) -> Self {
        self.resource = Some(resource);
        self
    }

    /// The parameter `audience`, for servers that want it; variables as in [`scope`](Self::scope).
    #[must_use]
    pub const fn audience(mut self, audience: &'static str) -> Self {
        self.audience = Some(audience);
        self
    }

    /// The `kid` in the header of a private key's assertions (RFC 7515 s. 4.1.4), for servers at which a client has
    /// several keys.
    #[must_use]
    pub const fn key_id(mut self, key_id: &'static str) -> Self {
        self.key_id = Some(key_id);
        self
    }
}

impl TokenEndpoint {
    /// Client and secret from two variables, sent in the request's body (`client_secret_post`), as Entra ID takes it.
    #[must_use]
    pub const fn client_secret(self, client_id: &'static str, secret: &'static str) -> OAuth {
        self.client(client_id, secret, client::secret_post)
    }

    /// Client and secret from two variables, sent in the `Authorization` header (`client_secret_basic`).
    #[must_use]
    pub const fn client_secret_basic(self, client_id: &'static str, secret: &'static str) -> OAuth {
        self.client(client_id, secret, client::secret_basic)
    }

    /// A client that signs with its private key (`private_key_jwt`, RFC 7523): RSA with PS256, as Entra ID recommends.
    ///
    /// The second variable holds the key as PEM (PKCS #8 or PKCS #1, not encrypted) and, for Entra ID, the certificate
    /// beside it: the assertions then name it by its thumbprint (`x5t#S256`). Line ends may be written as `\n`.
    #[must_use]
    pub const fn private_key_jwt(self, client_id: &'static str, private_key: &'static str) -> OAuth {
        self.client(client_id, private_key, client::private_key_jwt_ps256)
    }

    /// As [`private_key_jwt`](Self::private_key_jwt), with RS256 and also the certificate's older thumbprint (`x5t`), for
    /// servers that want them, such as AD FS.
    #[must_use]
    pub const fn private_key_jwt_rs256(self, client_id: &'static str, private_key: &'static str) -> OAuth {
        self.client(client_id, private_key, client::private_key_jwt_rs256)
    }

    const fn client(self, client_id: &'static str, secret: &'static str, identify: Identify) -> OAuth {
        OAuth {
            token_url: self.0,
            client_id,
            identify,
            secret,
            key_id: None,
            scope: None,
            resource: None,
            audience: None,
        }
    }
}

/// Gets the `Authorization` for a call; not `rejected`, where the source has just refused that one.
pub(super) type Get =
    for<'a> fn(&'a Context, &'static Source, OAuth, Option<HeaderValue>) -> LocalBoxFuture<'a, Result<HeaderValue>>;

/// RFC 6749 s. 4.4.
pub(super) fn client_credentials<'a>(
    ctx: &'a Context,
    source: &'static Source,
    oauth: OAuth,
    rejected: Option<HeaderValue>,
) -> LocalBoxFuture<'a, Result<HeaderValue>> {
    Box::pin(async move {
        let wanted = token::Wanted::for_client(ctx, source, oauth).await?;
        token::get(ctx, wanted, rejected).await
    })
}

/// RFC 7523 s. 2.1 as Entra ID extends it: the caller's token is exchanged for one for the source, for the same user.
pub(super) fn on_behalf_of<'a>(
    ctx: &'a Context,
    source: &'static Source,
    oauth: OAuth,
    rejected: Option<HeaderValue>,
) -> LocalBoxFuture<'a, Result<HeaderValue>> {
    Box::pin(async move {
        let wanted = token::Wanted::for_caller(ctx, source, oauth).await?;
        token::get(ctx, wanted, rejected).await
    })
}

pub(super) use endpoint::fetch;
