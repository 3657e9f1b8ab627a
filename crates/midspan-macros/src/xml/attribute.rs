//! `#[xml(flag, key = value)]`.

use syn::{Attribute, Expr, ExprLit, Ident, Lit, LitStr, Token, ext::IdentExt};

use crate::problems::Problems;

/// What all `#[xml(...)]` of one item say.
#[derive(Default)]
pub(super) struct Arguments(Vec<(Ident, Option<Expr>)>);

impl Arguments {
    /// Reads them. What is not known, comes twice or has the wrong form is a problem and left out.
    pub(super) fn read(attributes: &[Attribute], keys: &[&str], flags: &[&str], problems: &mut Problems) -> Self {
        let mut arguments = Self::default();
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("xml")) {
            let parsed = attribute.parse_nested_meta(|meta| {
                let key = meta.path.require_ident()?.clone();
                let name = key.unraw().to_string();
                let has_value = meta.input.peek(Token![=]);
                let value = has_value.then(|| meta.value()?.parse()).transpose()?;
                if !keys.contains(&name.as_str()) && !flags.contains(&name.as_str()) {
                    let known = [keys, flags].concat().join("`, `");
                    problems.add(&key, format!("there is no argument `{name}` here; there are `{known}`"));
                } else if keys.contains(&name.as_str()) != value.is_some() {
                    problems.add(
                        &key,
                        match value {
                            Some(_) => format!("`{name}` has no value: write it alone"),
                            None => format!("`{name}` needs a value: `{name} = ...`"),
                        },
                    );
                } else if arguments.0.iter().any(|(earlier, _)| *earlier == key) {
                    problems.add(&key, format!("`{name}` is given twice"));
                } else {
                    arguments.0.push((key, value));
                }
                Ok(())
            });
            problems.keep(parsed);
        }
        arguments
    }

    pub(super) fn flag(&self, flag: &str) -> bool {
        self.0.iter().any(|(key, _)| key == flag)
    }

    /// Takes the expression that is given for `key`.
    pub(super) fn value(&mut self, key: &str) -> Option<Expr> {
        let at = self.0.iter().position(|(given, _)| given == key)?;
        self.0.swap_remove(at).1
    }

    /// Takes a text with at least one letter.
    pub(super) fn text(&mut self, key: &str, problems: &mut Problems) -> Option<LitStr> {
        let text = self.any_text(key, problems)?;
        if text.value().is_empty() {
            problems.add(&text, format!("`{key}` has at least one letter"));
        }
        Some(text)
    }

    /// Takes a text.
    pub(super) fn any_text(&mut self, key: &str, problems: &mut Problems) -> Option<LitStr> {
        match self.value(key)? {
            Expr::Lit(ExprLit {
                lit: Lit::Str(text), ..
            }) => Some(text),
            other => {
                problems.add(other, format!("`{key}` is a text in quotes"));
                None
            }
        }
    }

    /// The first of several flags that exclude each other; a second one is a problem.
    pub(super) fn one_of(&self, flags: &[&str], problems: &mut Problems) -> Option<String> {
        let mut given = self
            .0
            .iter()
            .map(|(key, _)| key)
            .filter(|key| flags.iter().any(|flag| key == flag));
        let first = given.next()?.to_string();
        for second in given {
            problems.add(second, format!("it can't be `{second}` and `{first}`"));
        }
        Some(first)
    }
}
