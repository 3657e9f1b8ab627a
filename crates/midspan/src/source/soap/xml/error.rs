//! Why XML is not what was expected.

use std::fmt;

use crate::excerpt;

const LONGEST: usize = 1000;

/// What is wrong in a source's XML, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct XmlError {
    place: String,
    problem: String,
}

impl XmlError {
    pub(super) fn new(place: impl Into<String>, problem: impl Into<String>) -> Self {
        // A name may be as long as the document.
        let shown = |text: String| excerpt::both_ends(&text, LONGEST / 2).into_owned();
        Self {
            place: shown(place.into()),
            problem: shown(problem.into()),
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
