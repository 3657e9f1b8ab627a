//! Names with their namespaces, and places in files.

use std::{fmt, rc::Rc};

use crate::{At, Error};

/// An expanded name (Namespaces in XML 1.0 s. 2.1).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub(super) struct QName {
    /// The namespace's URI, empty for none.
    pub(super) namespace: String,
    pub(super) local: String,
}

impl QName {
    pub(super) fn new(namespace: impl Into<String>, local: impl Into<String>) -> Self {
        Self {
            namespace: namespace.into(),
            local: local.into(),
        }
    }
}

impl fmt::Display for QName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.namespace.is_empty() {
            return write!(f, "\"{}\"", self.local);
        }
        write!(f, "\"{}\" of namespace \"{}\"", self.local, self.namespace)
    }
}

/// Where something was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) file: Rc<str>,
    pub(super) at: At,
}

impl Place {
    pub(super) fn error(&self, message: impl Into<String>) -> Error {
        Error::new(&*self.file, self.at, message)
    }
}
