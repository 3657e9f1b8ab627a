//! How callers prove who they are.

use bytes::Bytes;
use futures_util::future::LocalBoxFuture;
use midspan_definition::{Location, SchemeKind, SchemeUse};

use super::{api_key, caller::Caller};
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
