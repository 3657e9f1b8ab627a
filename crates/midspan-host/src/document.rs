//! A TOML document whose every value knows its line, and a reader that says all that is wrong with it, not just the
//! first problem.

use std::{cell::RefCell, collections::BTreeMap, ops::Deref, path::Path};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use crate::diagnostic::{Diagnostic, Severity, closest};

/// A value and the line it stands on, counted from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// The line in its file.
    pub line: usize,
}

impl<T> Deref for Located<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

/// A file that is being read, and what was found wrong with it so far.
pub(crate) struct Document<'d> {
    pub(crate) file: &'d Path,
    text: &'d str,
    found: RefCell<Vec<Diagnostic>>,
}

impl<'d> Document<'d> {
    pub(crate) fn new(file: &'d Path, text: &'d str) -> Self {
        Self {
            file,
            text,
            found: RefCell::default(),
        }
    }

    /// The whole document; none if it is not TOML, which is reported.
    pub(crate) fn root(&'d self) -> Option<Table<'d>> {
        match DeTable::parse(self.text) {
            Ok(root) => Some(Table::new(self, String::new(), 1, root.into_inner())),
            Err(error) => {
                let line = error.span().map(|span| self.line(span.start));
                self.report(Diagnostic::error(self.file, line, error.message()));
                None
            }
        }
    }

    pub(crate) fn report(&self, diagnostic: Diagnostic) {
        self.found.borrow_mut().push(diagnostic);
    }

    pub(crate) fn error(&self, line: usize, message: impl Into<String>) {
        self.report(Diagnostic::error(self.file, line, message));
    }

    /// What was found, in the order of the file.
    pub(crate) fn into_found(self) -> Vec<Diagnostic> {
        let mut found = self.found.into_inner();
        found.sort_by_key(|diagnostic| diagnostic.line);
        found
    }

    fn line(&self, offset: usize) -> usize {
        let before = self.text.as_bytes().iter().take(offset);
        before.filter(|byte| **byte == b'\n').count() + 1
    }
}

/// A table that is emptied key by key; [`Table::finish`] reports the keys that nobody asked for.
pub(crate) struct Table<'d> {
    pub(crate) document: &'d Document<'d>,
    /// The path of keys that leads here, empty for the root.
    name: String,
    pub(crate) line: usize,
    entries: BTreeMap<String, (usize, Spanned<DeValue<'d>>)>,
    known: Vec<&'static str>,
}

impl<'d> Table<'d> {
    fn new(document: &'d Document<'d>, name: String, line: usize, table: DeTable<'d>) -> Self {
        let entry = |(key, value): (Spanned<_>, _)| {
            let offset = key.span().start;
            (std::borrow::Cow::into_owned(key.into_inner()), (offset, value))
        };
        Self {
            document,
            name,
            line,
            entries: table.into_iter().map(entry).collect(),
            known: Vec::new(),
        }
    }

    /// Takes the value of `key`.
    pub(crate) fn take(&mut self, key: &'static str) -> Option<Value<'d>> {
        self.known.push(key);
        let (offset, value) = self.entries.remove(key)?;
        Some(self.value(key, offset, value))
    }

    /// Takes the value of `key`, and reports that it is missing.
    pub(crate) fn require(&mut self, key: &'static str) -> Option<Value<'d>> {
        let value = self.take(key);
        if value.is_none() {
            self.document
                .error(self.line, format!("{} has no {key:?}", self.described()));
        }
        value
    }

    /// Takes the string at `key`.
    pub(crate) fn string(&mut self, key: &'static str) -> Option<Located<String>> {
        self.take(key)?.string()
    }

    /// Takes the boolean at `key`.
    pub(crate) fn boolean(&mut self, key: &'static str) -> Option<bool> {
        self.take(key)?.boolean()
    }

    /// Takes the table at `key`.
    pub(crate) fn table(&mut self, key: &'static str) -> Option<Table<'d>> {
        self.take(key)?.table()
    }

    /// Takes the list of strings at `key`; empty if there is none.
    pub(crate) fn strings(&mut self, key: &'static str) -> Vec<Located<String>> {
        self.take(key).map(Value::strings).unwrap_or_default()
    }

    /// Takes the list of tables at `key`; empty if there is none.
    pub(crate) fn tables(&mut self, key: &'static str) -> Vec<Table<'d>> {
        self.take(key).map(Value::tables).unwrap_or_default()
    }

    /// Takes all that is left, in the order of the file, where the keys are free.
    pub(crate) fn into_entries(mut self) -> Vec<(Located<String>, Value<'d>)> {
        let mut entries: Vec<_> = std::mem::take(&mut self.entries).into_iter().collect();
        entries.sort_by_key(|(_, (offset, _))| *offset);
        let located = |(key, (offset, value)): (String, (usize, _))| {
            let value = self.value(&key, offset, value);
            (
                Located {
                    line: self.document.line(offset),
                    value: key,
                },
                value,
            )
        };
        entries.into_iter().map(located).collect()
    }

    /// Takes all that is left as strings.
    pub(crate) fn into_strings(self) -> Vec<(Located<String>, Located<String>)> {
        self.into_entries()
            .into_iter()
            .filter_map(|(key, value)| Some((key, value.string()?)))
            .collect()
    }

    /// Reports the keys that are left: Spin refuses unknown keys too.
    pub(crate) fn finish(self) {
        self.report_rest(Severity::Error);
    }

    /// Warns of the keys that are left, where Spin ignores them.
    pub(crate) fn finish_with_warnings(self) {
        self.report_rest(Severity::Warning);
    }

    fn report_rest(self, severity: Severity) {
        for (key, (offset, _)) in &self.entries {
            let message = format!("unknown key {key:?} in {}", self.described());
            let help = match closest(key, self.known.iter().copied()) {
                Some(meant) => format!("did you mean {meant:?}?"),
                None => format!("the keys known here are {}", self.known.join(", ")),
            };
            let problem = Diagnostic::error(self.document.file, self.document.line(*offset), message);
            self.document.report(Diagnostic {
                severity,
                ..problem.with_help(help)
            });
        }
    }

    fn value(&self, key: &str, offset: usize, value: Spanned<DeValue<'d>>) -> Value<'d> {
        let name = if self.name.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.name)
        };
        Value {
            document: self.document,
            name,
            line: self.document.line(offset),
            spanned: value,
        }
    }

    fn described(&self) -> String {
        if self.name.is_empty() {
            "the top level".to_owned()
        } else {
            format!("[{}]", self.name)
        }
    }
}

/// A value that is taken as what it should be; if it is something else, that is reported and nothing is given.
pub(crate) struct Value<'d> {
    document: &'d Document<'d>,
    name: String,
    /// The line of its key.
    pub(crate) line: usize,
    spanned: Spanned<DeValue<'d>>,
}

impl<'d> Value<'d> {
    pub(crate) fn is_string(&self) -> bool {
        self.spanned.get_ref().is_str()
    }

    pub(crate) fn is_list(&self) -> bool {
        self.spanned.get_ref().is_array()
    }

    pub(crate) fn is_table(&self) -> bool {
        self.spanned.get_ref().is_table()
    }

    /// Whether there is nothing in the table or list.
    pub(crate) fn is_empty(&self) -> bool {
        match self.spanned.get_ref() {
            DeValue::Table(table) => table.is_empty(),
            DeValue::Array(items) => items.is_empty(),
            _ => false,
        }
    }

    pub(crate) fn string(self) -> Option<Located<String>> {
        let line = self.start();
        match self.spanned.get_ref() {
            DeValue::String(text) => Some(Located {
                value: text.clone().into_owned(),
                line,
            }),
            _ => self.is_not("a string"),
        }
    }

    pub(crate) fn boolean(self) -> Option<bool> {
        match self.spanned.get_ref() {
            DeValue::Boolean(value) => Some(*value),
            _ => self.is_not("true or false"),
        }
    }

    /// A number from 0 up.
    pub(crate) fn count(self) -> Option<usize> {
        match self.spanned.get_ref() {
            DeValue::Integer(number) => match usize::from_str_radix(number.as_str(), number.radix()) {
                Ok(number) => Some(number),
                Err(_) => self.is_not("a number from 0 up"),
            },
            _ => self.is_not("a number"),
        }
    }

    pub(crate) fn table(self) -> Option<Table<'d>> {
        if !self.spanned.get_ref().is_table() {
            return self.is_not("a table");
        }
        let line = self.start();
        match self.spanned.into_inner() {
            DeValue::Table(table) => Some(Table::new(self.document, self.name, line, table)),
            _ => None,
        }
    }

    pub(crate) fn tables(self) -> Vec<Table<'d>> {
        self.items("a list of tables")
            .into_iter()
            .filter_map(Value::table)
            .collect()
    }

    pub(crate) fn strings(self) -> Vec<Located<String>> {
        self.items("a list of strings")
            .into_iter()
            .filter_map(Value::string)
            .collect()
    }

    fn items(self, expected: &str) -> Vec<Value<'d>> {
        if !self.is_list() {
            self.is_not::<()>(expected);
            return Vec::new();
        }
        let DeValue::Array(items) = self.spanned.into_inner() else {
            return Vec::new();
        };
        let item = |spanned: Spanned<DeValue<'d>>| {
            let line = self.document.line(spanned.span().start);
            Value {
                document: self.document,
                name: self.name.clone(),
                line,
                spanned,
            }
        };
        items.into_iter().map(item).collect()
    }

    fn start(&self) -> usize {
        self.document.line(self.spanned.span().start)
    }

    fn is_not<T>(&self, expected: &str) -> Option<T> {
        let found = self.spanned.get_ref().type_str();
        let message = format!("{:?} must be {expected}, found {found}", self.name);
        self.document.error(self.start(), message);
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Diagnostics;

    fn found(text: &str, read: impl FnOnce(Table<'_>)) -> String {
        let document = Document::new(Path::new("a.toml"), text);
        if let Some(root) = document.root() {
            read(root);
        }
        Diagnostics(document.into_found()).to_string()
    }

    #[test]
    fn every_problem_is_reported_with_its_line() {
        let text = "name = 3\nlist = [\n  \"a\",\n  4,\n]\nsorce = \"x\"\n[sub]\ndeep = true\n";
        let all = found(text, |mut root| {
            assert_eq!(root.string("name"), None);
            assert_eq!(root.strings("list").len(), 1);
            root.string("source");
            assert_eq!(root.boolean("sub"), None);
            assert!(root.require("missing").is_none());
            root.finish();
        });
        assert_eq!(
            all,
            "error: a.toml:1: \"name\" must be a string, found integer\n\
             error: a.toml:1: the top level has no \"missing\"\n\
             error: a.toml:4: \"list\" must be a string, found integer\n\
             error: a.toml:6: unknown key \"sorce\" in the top level\n  help: did you mean \"source\"?\n\
             error: a.toml:7: \"sub\" must be true or false, found table"
        );
    }

    #[test]
    fn what_is_not_toml_is_reported_where_it_breaks() {
        assert_eq!(
            found("a = 1\nb = [1,\n", |_| unreachable!("there is no table to read")),
            "error: a.toml:2: unclosed array, expected `]`"
        );
    }

    #[test]
    fn free_keys_come_in_the_order_of_the_file() {
        let all = found("[z]\nx = 1\n[a]\nx = 2\n[m]\n", |root| {
            let keys: Vec<_> = root
                .into_entries()
                .into_iter()
                .map(|(key, _)| (key.value, key.line))
                .collect();
            assert_eq!(keys, [("z".to_owned(), 1), ("a".to_owned(), 3), ("m".to_owned(), 5)]);
        });
        assert_eq!(all, "");
    }

    #[test]
    fn a_count_is_never_negative_or_fractional() {
        let all = found("a = -1\nb = 1.5\nc = 0x10\n", |mut root| {
            assert_eq!(root.take("a").and_then(Value::count), None);
            assert_eq!(root.take("b").and_then(Value::count), None);
            assert_eq!(root.take("c").and_then(Value::count), Some(16));
        });
        assert_eq!(
            all,
            "error: a.toml:1: \"a\" must be a number from 0 up, found integer\nerror: a.toml:2: \"b\" must be a number, found float"
        );
    }
}
