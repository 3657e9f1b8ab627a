//! Names of elements and attributes.

use std::fmt;

/// An expanded name (Namespaces in XML 1.0 s. 2.1): a namespace, empty for none, and a local part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Name {
    pub(super) namespace: &'static str,
    pub(super) local: &'static str,
}

impl Name {
    /// A name in a namespace; `""` is no namespace.
    #[must_use]
    pub const fn new(namespace: &'static str, local: &'static str) -> Self {
        Self { namespace, local }
    }

    /// The namespace's URI, empty for none.
    #[must_use]
    pub const fn namespace(&self) -> &'static str {
        self.namespace
    }

    /// The part without a prefix.
    #[must_use]
    pub const fn local(&self) -> &'static str {
        self.local
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.local)
    }
}
