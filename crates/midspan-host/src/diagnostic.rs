//! What is wrong with a configuration file, said so that its author can mend it.

use std::{fmt, path::PathBuf};

/// Whether the application can still be run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// It cannot be run.
    Error,
    /// It runs, but not quite as the file says.
    Warning,
}

/// One problem, at one place, with a way out where there is one.
///
/// ```
/// use midspan_host::diagnostic::Diagnostic;
///
/// let problem = Diagnostic::error("spin.toml", 7, "route \"/:\" is not valid").with_help("name the parameter");
/// assert_eq!(problem.to_string(), "error: spin.toml:7: route \"/:\" is not valid\n  help: name the parameter");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Error or warning.
    pub severity: Severity,
    /// The file, as the user named it.
    pub file: PathBuf,
    /// The line in the file, counted from 1; none when it is about the whole file.
    pub line: Option<usize>,
    /// What is wrong: a lower-case phrase, names in quotes.
    pub message: String,
    /// What to do next.
    pub help: Option<String>,
}

impl Diagnostic {
    /// A problem that keeps the application from running.
    pub fn error(file: impl Into<PathBuf>, line: impl Into<Option<usize>>, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            file: file.into(),
            line: line.into(),
            message: message.into(),
            help: None,
        }
    }

    /// A problem that the application can live with.
    pub fn warning(file: impl Into<PathBuf>, line: impl Into<Option<usize>>, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(file, line, message)
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

    /// Whether the application cannot be run.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        write!(f, "{severity}: {}", self.file.display())?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        write!(f, ": {}", self.message)?;
        match &self.help {
            Some(help) => write!(f, "\n  help: {help}"),
            None => Ok(()),
        }
    }
}

/// Everything that is wrong with a file, so that its author mends it in one go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnostics(pub Vec<Diagnostic>);

impl Diagnostics {
    /// Gives `value` if nothing in `found` is an error, with the warnings that were found.
    pub(crate) fn unless_errors<T>(value: T, found: Vec<Diagnostic>) -> Result<(T, Vec<Diagnostic>), Self> {
        if found.iter().any(Diagnostic::is_error) {
            Err(Self(found))
        } else {
            Ok((value, found))
        }
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, diagnostic) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{diagnostic}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Diagnostics {}

impl From<Diagnostic> for Diagnostics {
    fn from(diagnostic: Diagnostic) -> Self {
        Self(vec![diagnostic])
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

/// The candidate that `word` was probably meant to be, if one is close enough.
pub(crate) fn closest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let furthest = word.chars().count().div_ceil(3);
    candidates
        .into_iter()
        .map(|candidate| (edit_distance(word, candidate), candidate))
        .filter(|(distance, _)| *distance <= furthest)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Levenshtein distance: how many characters to insert, delete or replace.
fn edit_distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (i, a) in from.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in to.iter().enumerate() {
            let replaced = diagonal + usize::from(a != *b);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diagnostic_says_where_what_and_how_to_go_on() {
        let problem = Diagnostic::error(
            "spin.toml",
            41,
            r#"component "home" lets out to "{{ graph_url }}", but variable "graph_url" has no value"#,
        )
        .with_help("pass --variable graph_url=https://graph.microsoft.com, or set SPIN_VARIABLE_GRAPH_URL");
        assert_eq!(
            problem.to_string(),
            "error: spin.toml:41: component \"home\" lets out to \"{{ graph_url }}\", but variable \"graph_url\" has no value\n  \
             help: pass --variable graph_url=https://graph.microsoft.com, or set SPIN_VARIABLE_GRAPH_URL"
        );
        assert_eq!(
            Diagnostic::warning("a.toml", None, "odd").to_string(),
            "warning: a.toml: odd"
        );
    }

    #[test]
    fn warnings_alone_are_no_failure() {
        let odd = Diagnostic::warning("a.toml", 1, "odd");
        let bad = Diagnostic::error("a.toml", 2, "bad");
        assert_eq!(
            Diagnostics::unless_errors((), vec![odd.clone()]),
            Ok(((), vec![odd.clone()]))
        );
        let both = Diagnostics::unless_errors((), vec![odd.clone(), bad.clone()]).unwrap_err();
        assert_eq!(both.to_string(), "warning: a.toml:1: odd\nerror: a.toml:2: bad");
    }

    #[test]
    fn the_closest_word_is_meant_and_a_far_one_is_not() {
        let check = |word, expected| assert_eq!(closest(word, ["source", "build", "variables"]), expected, "{word}");
        check("sorce", Some("source"));
        check("variable", Some("variables"));
        check("biuld", Some("build"));
        check("buy", None);
        check("x", None);
        check("", None);
    }
}
