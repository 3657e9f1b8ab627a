//! Why no module can be written.

use std::fmt;

/// A place in a text, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct At {
    /// The line.
    pub line: usize,
    /// The column, in characters.
    pub column: usize,
}

impl At {
    /// The place of a byte offset; the end of the text where it lies beyond, the character's start where it lies within.
    #[must_use]
    pub fn offset(text: &str, offset: usize) -> Self {
        let before = &text[..text.floor_char_boundary(offset)];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Self {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }
}

/// Why no module can be written: a description that can't be read, or says what can't be.
///
/// ```
/// use midspan_generate::{At, Error};
///
/// let error = Error::new("pets.yaml", At { line: 7, column: 3 }, "\"#/definitions/Pet\" does not exist")
///     .with_help("add the schema, or correct the reference");
/// assert_eq!(
///     error.to_string(),
///     "pets.yaml:7:3: \"#/definitions/Pet\" does not exist\n  help: add the schema, or correct the reference"
/// );
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Error {
    /// The file, as the user named it.
    pub file: String,
    /// Where in it; nothing when it is about the whole file.
    pub at: Option<At>,
    /// What is wrong: a lower-case phrase, names in quotes.
    pub message: String,
    /// What to do next.
    pub help: Option<String>,
}

impl Error {
    /// A problem at a place of a file.
    pub fn new(file: impl Into<String>, at: impl Into<Option<At>>, message: impl Into<String>) -> Self {
        Self {
            file: file.into(),
            at: at.into(),
            message: message.into(),
            help: None,
        }
    }

    /// Adds what to do next.
    #[must_use]
    pub fn with_help(self, help: impl Into<String>) -> Self {
        Self {
            help: Some(help.into()),
            ..self
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(At { line, column }) = self.at {
            write!(f, ":{line}:{column}")?;
        }
        write!(f, ": {}", self.message)?;
        match &self.help {
            Some(help) => write!(f, "\n  help: {help}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offset_is_a_line_and_a_column_in_characters() {
        let check = |offset, line, column| assert_eq!(At::offset("aé\nb\n", offset), At { line, column }, "{offset}");
        check(0, 1, 1);
        check(1, 1, 2);
        check(2, 1, 2);
        check(3, 1, 3);
        check(4, 2, 1);
        check(6, 3, 1);
        check(99, 3, 1);
    }
}
