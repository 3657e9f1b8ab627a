//! Findings and changes in the forms that people and programs read.
//!
//! ```
//! use midspan_definition::{document::Document, lint::lint, report::{Format, Report}};
//!
//! let definition = Document::parse("api.json", b"{\"swagger\": \"2.0\", \"paths\": {}}").expect("JSON");
//! let report = Report::of_findings(&lint(&definition, None));
//! let github = report.write(Format::Github);
//! assert!(github.contains("::error file=api.json,line=1,col=1,title=RequiredPropertyMissing::`info` is missing"));
//! ```

mod github;
mod json;
mod sarif;

use std::fmt::Write as _;

use crate::{
    diff::{Change, ChangeRule, Level},
    document::Position,
    lint::{Finding, Rule, Severity},
};

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For a person: as a compiler does.
    Text,
    /// One JSON object.
    Json,
    /// SARIF 2.1.0 (OASIS), as code hosts show it.
    Sarif,
    /// Commands of a GitHub Actions log, which GitHub shows beside the lines.
    Github,
}

/// What has been found.
#[derive(Debug, Clone)]
pub struct Report {
    /// What the entries are called in JSON.
    what: &'static str,
    entries: Vec<Entry>,
}

/// How much attention an entry wants; SARIF's and GitHub's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Attention {
    Error,
    Warning,
    Note,
}

impl Attention {
    const fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

#[derive(Debug, Clone)]
struct Entry {
    attention: Attention,
    /// `error` or `warning` of a finding, `breaking`, `risky` or `safe` of a change.
    level: &'static str,
    rule: &'static str,
    /// What the rule asks for, or why the change matters.
    meaning: &'static str,
    /// What to do; a change has none.
    help: Option<&'static str>,
    operation: Option<String>,
    file: String,
    position: Position,
    pointer: String,
    message: String,
    text: String,
}

impl Report {
    /// A report of a check.
    #[must_use]
    pub fn of_findings(findings: &[Finding]) -> Self {
        Self {
            what: "findings",
            entries: findings.iter().map(Entry::from).collect(),
        }
    }

    /// A report of a comparison.
    #[must_use]
    pub fn of_changes(changes: &[Change]) -> Self {
        Self {
            what: "changes",
            entries: changes.iter().map(Entry::from).collect(),
        }
    }

    /// The report, each line ended; empty where nothing was found and the format has no frame.
    #[must_use]
    pub fn write(&self, format: Format) -> String {
        match format {
            Format::Text => self.entries.iter().fold(String::new(), |mut all, entry| {
                let _ = writeln!(all, "{}", entry.text);
                all
            }),
            Format::Json => json::write(self),
            Format::Sarif => sarif::write(self),
            Format::Github => github::write(self),
        }
    }
}

impl From<&Finding> for Entry {
    fn from(finding: &Finding) -> Self {
        let attention = match finding.severity {
            Severity::Error => Attention::Error,
            Severity::Warning => Attention::Warning,
        };
        Self {
            attention,
            level: finding.severity.name(),
            rule: finding.rule.name(),
            meaning: Rule::meaning(finding.rule).trim(),
            help: Some(finding.help()),
            operation: None,
            file: finding.file.clone(),
            position: finding.position,
            pointer: finding.pointer.clone(),
            message: finding.message.clone(),
            text: finding.to_string(),
        }
    }
}

impl From<&Change> for Entry {
    fn from(change: &Change) -> Self {
        let attention = match change.level {
            Level::Breaking => Attention::Error,
            Level::Risky => Attention::Warning,
            Level::Safe => Attention::Note,
        };
        Self {
            attention,
            level: change.level.name(),
            rule: change.rule.name(),
            meaning: ChangeRule::why(change.rule).trim(),
            help: None,
            operation: change.operation.clone().filter(|operation| !operation.is_empty()),
            file: change.file.clone(),
            position: change.position,
            pointer: change.pointer.clone(),
            message: change.message.clone(),
            text: change.to_string(),
        }
    }
}
