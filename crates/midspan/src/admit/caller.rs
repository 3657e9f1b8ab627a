//! Who calls, as far as it was proven.

use std::fmt;

use midspan_definition::ErrorCode;

use crate::{Error, Result};

/// Who calls an operation: see [`Context::caller`](crate::Context::caller).
///
/// All that it says was proven by one of the operation's [`Scheme`](crate::Scheme)s. Of a call to an operation with
/// `auth = none`, it says nothing.
///
/// ```
/// use midspan::{Caller, CallerKind};
///
/// let caller = Caller::user("00000000-0000-0000-0000-000000000007").with_role("Employee.Read");
/// assert_eq!(caller.kind(), CallerKind::User);
/// assert!(caller.has_role("Employee.Read"));
/// // Neither logs nor errors say who it is.
/// assert!(!format!("{caller:?}").contains("0007"));
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Caller {
    kind: CallerKind,
    pub(crate) scheme: Option<&'static str>,
    /// Whether its `Authorization` header is what proved it.
    pub(crate) by_authorization: bool,
    pub(crate) id: String,
    pub(crate) tenant: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) client: Option<String>,
    pub(crate) roles: Vec<String>,
    pub(crate) scopes: Vec<String>,
    pub(crate) claims: Vec<(String, String)>,
}

/// What kind of caller it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum CallerKind {
    /// Nobody knows: the operation has `auth = none`.
    #[default]
    Anonymous,
    /// A program that acts for itself: it has a key, a password, or a token of its own.
    Application,
    /// A person who has signed in.
    User,
}

impl Caller {
    pub(crate) const NOBODY: Self = Self {
        kind: CallerKind::Anonymous,
        scheme: None,
        by_authorization: false,
        id: String::new(),
        tenant: None,
        name: None,
        client: None,
        roles: Vec::new(),
        scopes: Vec::new(),
        claims: Vec::new(),
    };

    /// A person, as a test says who calls: [`TestHost::calls_as`](crate::testing::TestHost::calls_as).
    #[must_use]
    pub fn user(id: impl Into<String>) -> Self {
        Self {
            kind: CallerKind::User,
            id: id.into(),
            ..Self::default()
        }
    }

    /// A program, as a test says who calls.
    #[must_use]
    pub fn application(id: impl Into<String>) -> Self {
        Self {
            kind: CallerKind::Application,
            id: id.into(),
            ..Self::default()
        }
    }

    /// The same of this organization.
    #[must_use]
    pub fn of_tenant(mut self, tenant: impl Into<String>) -> Self {
        self.tenant = Some(tenant.into());
        self
    }

    /// The same with a name.
    #[must_use]
    pub fn with_name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// The same with one role more.
    #[must_use]
    pub fn with_role(mut self, role: impl Into<String>) -> Self {
        self.roles.push(role.into());
        self
    }

    /// The same with one granted permission more.
    #[must_use]
    pub fn with_scope(mut self, scope: impl Into<String>) -> Self {
        self.scopes.push(scope.into());
        self
    }

    /// The same with one claim more.
    #[must_use]
    pub fn with_claim(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.claims.push((name.into(), value.into()));
        self
    }

    /// What kind of caller it is.
    #[must_use]
    pub fn kind(&self) -> CallerKind {
        self.kind
    }

    /// Whether a person has signed in.
    #[must_use]
    pub fn is_user(&self) -> bool {
        self.kind == CallerKind::User
    }

    /// The scheme that proved it, by its name.
    #[must_use]
    pub fn scheme(&self) -> Option<&'static str> {
        self.scheme
    }

    /// The caller's identifier, which means something within its scheme and tenant only, and stays the same: of Entra ID the
    /// object id, of another provider the subject, of a key or password its name. Empty where nobody knows who calls.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The caller's organization: of Entra ID the tenant's id.
    #[must_use]
    pub fn tenant(&self) -> Option<&str> {
        self.tenant.as_deref()
    }

    /// What a person calls the caller. It may change, and nothing may depend on it.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The program that a user signed in with, or that calls for itself, by its client id.
    #[must_use]
    pub fn client(&self) -> Option<&str> {
        self.client.as_deref()
    }

    /// The caller's roles.
    #[must_use]
    pub fn roles(&self) -> &[String] {
        &self.roles
    }

    /// The permissions that a user granted to the program that calls.
    #[must_use]
    pub fn scopes(&self) -> &[String] {
        &self.scopes
    }

    /// Whether it has this role.
    #[must_use]
    pub fn has_role(&self, role: &str) -> bool {
        self.roles.iter().any(|own| own == role)
    }

    /// Whether this permission was granted.
    #[must_use]
    pub fn has_scope(&self, scope: &str) -> bool {
        self.scopes.iter().any(|own| own == scope)
    }

    /// A claim of the caller's token that is a text, such as `employeeid`.
    #[must_use]
    pub fn claim(&self, name: &str) -> Option<&str> {
        let found = self.claims.iter().find(|(own, _)| own == name);
        found.map(|(_, value)| value.as_str())
    }

    /// Goes on only with a caller that has this role.
    ///
    /// # Errors
    /// `Forbidden` that names the role.
    pub fn require_role(&self, role: &str) -> Result<()> {
        if self.has_role(role) {
            return Ok(());
        }
        let message = format!("This wants the role \"{role}\", which you don't have. Ask an administrator for it.");
        Err(Error::new(ErrorCode::Forbidden, message))
    }
}

/// Without what would tell who it is.
impl fmt::Debug for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Caller")
            .field("kind", &self.kind)
            .field("scheme", &self.scheme)
            .field("roles", &self.roles)
            .field("scopes", &self.scopes)
            .finish_non_exhaustive()
    }
}
