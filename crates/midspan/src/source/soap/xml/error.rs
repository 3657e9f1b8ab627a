//! Why XML is not what was expected.

use std::fmt;

/// What is wrong in a source's XML, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct XmlError {
    place: String,
    problem: String,
}

impl XmlError {
    pub(super) fn new(place: impl Into<String>, problem: impl Into<String>) -> Self {
        Self {
            place: place.into(),
            problem: problem.into(),
        }
    }

    /// Something that is wrong with all of the document.
    pub(in crate::source) fn document(problem: impl Into<String>) -> Self {
        Self::new("the XML", problem)
    }
}

impl fmt::Display for XmlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.place, self.problem)
    }
}

impl std::error::Error for XmlError {}
