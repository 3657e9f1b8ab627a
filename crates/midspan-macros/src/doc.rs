//! Doc comments become the texts that makers read.

use proc_macro2::TokenStream;
use syn::{Attribute, Expr, ExprLit, Lit, LitStr, Meta};

use crate::problems::Problems;

/// The longest label that Power Platform shows (`x-ms-summary`), in characters.
const LONGEST_SUMMARY: usize = 80;

/// A doc comment, taken apart.
#[derive(Default)]
pub(crate) struct Doc {
    /// The first paragraph on one line, without its full stop; empty where there is no doc comment.
    pub(crate) summary: String,
    /// The other paragraphs; each on one line, lists kept.
    pub(crate) description: String,
    first_line: Option<LitStr>,
}

impl Doc {
    /// The doc comment among `attributes`.
    pub(crate) fn read(attributes: &[Attribute], problems: &mut Problems) -> Self {
        let lines: Vec<LitStr> = attributes.iter().filter_map(line).collect();
        let mut doc = Self::parse(&lines.iter().map(LitStr::value).collect::<Vec<_>>().join("\n"));
        doc.first_line = lines.into_iter().find(|line| !line.value().trim().is_empty());
        doc.check_length(problems);
        doc
    }

    fn parse(text: &str) -> Self {
        let mut paragraphs = Vec::new();
        let mut lines = Vec::new();
        for line in text.lines().chain([""]).map(str::trim) {
            if !line.is_empty() {
                lines.push(line);
            } else if !lines.is_empty() {
                paragraphs.push(join(&std::mem::take(&mut lines)));
            }
        }
        let mut paragraphs = paragraphs.into_iter();
        let summary = paragraphs.next().unwrap_or_default();
        Self {
            summary: summary.strip_suffix('.').unwrap_or(&summary).to_owned(),
            description: paragraphs.collect::<Vec<_>>().join("\n\n"),
            first_line: None,
        }
    }

    fn check_length(&self, problems: &mut Problems) {
        let length = self.summary.chars().count();
        if length > LONGEST_SUMMARY {
            problems.add(
                &self.first_line,
                format!(
                    "the first paragraph has {length} characters; Power Platform shows at most {LONGEST_SUMMARY}. \
                     Put a blank line after a short first sentence"
                ),
            );
        }
    }

    /// The fields `summary` and `description` of a description, `label` standing in for a missing doc comment.
    pub(crate) fn texts(&self, label: &str) -> TokenStream {
        let summary = if self.summary.is_empty() { label } else { &self.summary };
        let description = &self.description;
        quote::quote!(summary: #summary, description: #description)
    }
}

/// The text of `#[doc = "..."]`, which is what `///` becomes.
fn line(attribute: &Attribute) -> Option<LitStr> {
    match &attribute.meta {
        Meta::NameValue(meta) if meta.path.is_ident("doc") => match &meta.value {
            Expr::Lit(ExprLit {
                lit: Lit::Str(text), ..
            }) => Some(text.clone()),
            _ => None,
        },
        _ => None,
    }
}

/// One line, but for the items of a list.
fn join(lines: &[&str]) -> String {
    let mut joined = String::new();
    for line in lines {
        if !joined.is_empty() {
            joined.push(if line.starts_with(['-', '*']) { '\n' } else { ' ' });
        }
        joined.push_str(line);
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, summary: &str, description: &str) {
        let doc = Doc::parse(text);
        assert_eq!((doc.summary.as_str(), doc.description.as_str()), (summary, description));
    }

    #[test]
    fn the_first_paragraph_is_the_label_and_the_rest_the_explanation() {
        check("", "", "");
        check(" Get the home view", "Get the home view", "");
        check(
            " Who asks,\n as payroll knows them.",
            "Who asks, as payroll knows them",
            "",
        );
        check(
            "\n Get it\n\n All of\n it.\n\n\n Fast.\n",
            "Get it",
            "All of it.\n\nFast.",
        );
        check(
            "Sort\n\nOne of\n- newest\n- oldest",
            "Sort",
            "One of\n- newest\n- oldest",
        );
    }
}
