//! How callers prove who they are.

use bytes::Bytes;
use futures_util::future::LocalBoxFuture;
use midspan_definition::{Location, SchemeKind, SchemeUse};

use super::{Algorithm, api_key, basic, bearer, caller::Caller, gateway};
use crate::{Context, Result, source::auth::is_header_name};

/// A way in which callers prove who they are. Declared once, as a `static`; operations name those they take.
///
/// Its settings are variables of the component that start with its name, so that nothing secret is in the code, in the
/// definition, in logs or in errors.
///
/// ```
/// use midspan::prelude::*;
///
/// static PARTNERS: Scheme = Scheme::api_key_header("partners", "x-api-key").titled("Partners");
///
/// #[derive(Data)]
/// struct Greeting {
///     text: String,
/// }
///
/// /// Say hello
/// #[operation(get = "/hello", auth = [PARTNERS])]
/// async fn hello(ctx: Context) -> Result<Greeting> {
///     Ok(Greeting { text: format!("Hello, {}.", ctx.caller().id()) })
/// }
///
/// use midspan::testing::TestHost;
///
/// let host = TestHost::new();
/// // What `midspan key` prints: the key's SHA-256, so that who reads the variable does not know the key.
/// let hash = "49f85c6bfab0bb73fb9d8a0b2d29dd8f95d5c2fc26af7cb5b0a1efbba8a0d5ba";
/// host.variable("partners_keys", Some(&format!("fabrikam:{hash}")));
/// assert_eq!(host.get::<Hello>("/hello").status(), 401);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Scheme {
    pub(super) name: &'static str,
    title: &'static str,
    pub(super) kind: SchemeKind,
    pub(super) scopes: &'static [&'static str],
    /// Those of tokens.
    pub(super) algorithms: &'static [Algorithm],
    /// The header with the gateway's secret, and the one with what it says of a certificate.
    pub(super) secret: Option<&'static str>,
    pub(super) certificate: Option<&'static str>,
    /// A pointer, so that a component links only what its schemes need.
    check: Check,
}

/// What a scheme makes of a request.
pub(super) type Check =
    for<'a> fn(&'a Context, &'static Scheme, &'a http::Request<Bytes>) -> LocalBoxFuture<'a, Result<Verdict>>;

/// What a scheme makes of a request.
pub(super) enum Verdict {
    /// It has nothing that the scheme could judge.
    Absent,
    /// It has, but it is not accepted. The caller may know no more than that it is so; the log says why.
    Refused(Refusal),
    /// It is whose it says.
    Admitted(Caller),
}

/// Why a request's proof is not accepted.
pub(super) struct Refusal {
    /// For the caller, as a sentence.
    pub(super) message: &'static str,
    /// For the operator.
    pub(super) log: String,
}

impl Scheme {
    /// A key in the header `header`.
    ///
    /// The variable `<name>_keys` has the SHA-256 of each key that is active, in hex, separated by commas or blanks; each
    /// as `hash`, `name:hash` or `name:hash:Role+Role`. `midspan key` makes one. The name becomes the caller's id.
    ///
    /// # Panics
    /// When it is compiled, if `header` is not the name of a header (RFC 9110 s. 5.1), or `name` has other characters than
    /// lower-case letters, digits and underscores.
    #[must_use]
    pub const fn api_key_header(name: &'static str, header: &'static str) -> Self {
        assert!(
            is_header_name(header),
            "a header's name has no blank and no separator in it"
        );
        let kind = SchemeKind::ApiKey {
            location: Location::Header,
            parameter: header,
        };
        Self::new(name, kind, api_key::check)
    }

    /// A key in the query parameter `parameter`; else as [`api_key_header`](Self::api_key_header). A header is better where
    /// callers can send one: URLs are in the logs of every proxy.
    ///
    /// # Panics
    /// When it is compiled, if `name` has other characters than lower-case letters, digits and underscores.
    #[must_use]
    pub const fn api_key_query(name: &'static str, parameter: &'static str) -> Self {
        let kind = SchemeKind::ApiKey {
            location: Location::Query,
            parameter,
        };
        Self::new(name, kind, api_key::check)
    }

    /// User name and password (RFC 7617), in UTF-8.
    ///
    /// The variable `<name>_users` has `user:hash` or `user:hash:Role+Role` for each password that is active, as
    /// [`api_key_header`](Self::api_key_header) has keys; several for one user while it is changed. Passwords are made by
    /// `midspan key`: one that is shorter than 22 characters is not accepted.
    ///
    /// # Panics
    /// When it is compiled, if `name` has other characters than lower-case letters, digits and underscores.
    #[must_use]
    pub const fn basic(name: &'static str) -> Self {
        Self::new(name, SchemeKind::Basic, basic::check)
    }

    /// A token of Microsoft Entra ID, of version 1.0 or 2.0, signed with RS256.
    ///
    /// | Variable | Meaning |
    /// |---|---|
    /// | `<name>_url` | `https://login.microsoftonline.com`, or another cloud's |
    /// | `<name>_tenants` | the ids of the tenants whose users and programs may call |
    /// | `<name>_audience` | the API's client id, and its App ID URI: what `aud` may be |
    /// | `token_key` | signs the keys that hosts share in the store: the same 32 characters or more on all of them |
    ///
    /// A user's id is the object id. A token without a permission and without a role is refused: any program of the tenant
    /// can get one.
    ///
    /// # Panics
    /// When it is compiled, if `name` has other characters than lower-case letters, digits and underscores.
    #[must_use]
    pub const fn entra_id(name: &'static str) -> Self {
        let mut scheme = Self::new(name, SchemeKind::EntraId, bearer::check_entra_id);
        scheme.algorithms = &[Algorithm::RS256];
        scheme
    }

    /// A bearer token of any `OpenID` Connect provider that is a JWT.
    ///
    /// | Variable | Meaning |
    /// |---|---|
    /// | `<name>_issuer` | the issuer's URL, as it stands in `iss` |
    /// | `<name>_audience` | what `aud` may be |
    /// | `token_key` | as for [`entra_id`](Self::entra_id) |
    ///
    /// # Panics
    /// When it is compiled, if `name` has other characters than lower-case letters, digits and underscores.
    #[must_use]
    pub const fn oidc(name: &'static str) -> Self {
        let mut scheme = Self::new(name, SchemeKind::Oidc, bearer::check_oidc);
        scheme.algorithms = &[Algorithm::RS256, Algorithm::PS256, Algorithm::ES256, Algorithm::EDDSA];
        scheme
    }

    /// A gateway in front that sends a secret in the header `secret`: then what it says of the user is believed
    /// (`x-ms-client-object-id`, `x-ms-client-tenant-id`, `x-ms-client-app-id`). The gateway must overwrite these headers,
    /// or take them away, where they come from a caller.
    ///
    /// The variable `<name>_secrets` has the secrets' hashes, as [`api_key_header`](Self::api_key_header) has keys'.
    ///
    /// # Panics
    /// When it is compiled, if `secret` is not the name of a header (RFC 9110 s. 5.1), or `name` has other characters than
    /// lower-case letters, digits and underscores.
    #[must_use]
    pub const fn gateway(name: &'static str, secret: &'static str) -> Self {
        assert!(
            is_header_name(secret),
            "a header's name has no blank and no separator in it"
        );
        let mut scheme = Self::new(name, SchemeKind::Gateway, gateway::check);
        scheme.secret = Some(secret);
        scheme
    }

    /// For a [`gateway`](Self::gateway) that checks its callers' TLS certificates: the header `certificate` says which one a
    /// caller has, as SHA-256 in hex, as Envoy's `x-forwarded-client-cert`, as PEM that is escaped or as DER in base64. The
    /// caller is the certificate's owner by the variable `<name>_certificates`, of `name:hash`.
    ///
    /// # Panics
    /// When it is compiled, if `certificate` is not the name of a header, or the scheme is no gateway.
    #[must_use]
    pub const fn client_certificate(mut self, certificate: &'static str) -> Self {
        assert!(
            is_header_name(certificate),
            "a header's name has no blank and no separator in it"
        );
        assert!(
            self.secret.is_some(),
            "only a gateway that proves itself can say who its callers are"
        );
        self.certificate = Some(certificate);
        self.check = gateway::check_certificate;
        self
    }

    /// The permissions of which a user's token needs one, whatever the operation, and for which connections ask.
    #[must_use]
    pub const fn scopes(mut self, scopes: &'static [&'static str]) -> Self {
        self.scopes = scopes;
        self
    }

    /// The signature algorithms that are taken: the fewer, the smaller the component. [`entra_id`](Self::entra_id) takes
    /// RS256, [`oidc`](Self::oidc) all four unless told.
    #[must_use]
    pub const fn algorithms(mut self, algorithms: &'static [Algorithm]) -> Self {
        self.algorithms = algorithms;
        self
    }

    const fn new(name: &'static str, kind: SchemeKind, check: Check) -> Self {
        assert!(
            is_variable_name(name),
            "a scheme's name starts the names of its variables: lower-case letters, digits and underscores"
        );
        Self {
            name,
            title: name,
            kind,
            scopes: &[],
            algorithms: &[],
            secret: None,
            certificate: None,
            check,
        }
    }

    /// What makers read when they create a connection; the name unless told.
    #[must_use]
    pub const fn titled(mut self, title: &'static str) -> Self {
        self.title = title;
        self
    }

    /// Its name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// What an operation's description says of it.
    #[must_use]
    pub const fn usage(&self) -> SchemeUse {
        SchemeUse {
            name: self.name,
            title: self.title,
            kind: self.kind,
            scopes: self.scopes,
        }
    }

    pub(super) async fn check(&'static self, ctx: &Context, request: &http::Request<Bytes>) -> Result<Verdict> {
        (self.check)(ctx, self, request).await
    }

    /// The value of the scheme's variable `<name>_<what>`.
    ///
    /// # Errors
    /// `OperationFailed` if it has none.
    pub(super) async fn variable(&self, ctx: &Context, what: &str) -> Result<String> {
        ctx.variable(&format!("{}_{what}", self.name)).await
    }

    /// How a caller proves itself (RFC 9110 s. 11.6.1). `ApiKey` and `Gateway` are not registered, but each 401 has to have
    /// a challenge.
    pub(super) fn challenge(&self, refused: bool) -> String {
        let name = self.name;
        match self.kind {
            SchemeKind::ApiKey { parameter, .. } => format!("ApiKey realm=\"{name}\", name=\"{parameter}\""),
            SchemeKind::Basic => format!("Basic realm=\"{name}\", charset=\"UTF-8\""),
            // RFC 6750 s. 3.1: no error where nothing was sent.
            SchemeKind::EntraId | SchemeKind::Oidc if refused => {
                format!("Bearer realm=\"{name}\", error=\"invalid_token\"")
            }
            SchemeKind::EntraId | SchemeKind::Oidc => format!("Bearer realm=\"{name}\""),
            SchemeKind::Gateway => format!("Gateway realm=\"{name}\""),
        }
    }

    /// What to send, for a sentence.
    pub(super) fn wanted(&self) -> String {
        match self.kind {
            SchemeKind::ApiKey {
                location: Location::Query,
                parameter,
            } => format!("a key in the query parameter \"{parameter}\""),
            SchemeKind::ApiKey { parameter, .. } => format!("a key in the header \"{parameter}\""),
            SchemeKind::Basic => "user name and password".to_owned(),
            SchemeKind::EntraId => "a token of Microsoft Entra ID".to_owned(),
            SchemeKind::Oidc => "a bearer token".to_owned(),
            SchemeKind::Gateway => "a call through the gateway".to_owned(),
        }
    }
}

const fn is_variable_name(name: &str) -> bool {
    let name = name.as_bytes();
    let mut at = 0;
    while at < name.len() {
        if !matches!(name[at], b'a'..=b'z' | b'0'..=b'9' | b'_') || (at == 0 && !name[0].is_ascii_lowercase()) {
            return false;
        }
        at += 1;
    }
    !name.is_empty()
}
