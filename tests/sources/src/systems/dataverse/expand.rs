//! `$expand`: `primarycontactid($select=fullname,emailaddress1)`, one level deep.
//!
//! Learn, "Join tables using OData".

use super::error::DataverseError;
use super::table::Table;

/// One navigation property to follow, and which columns to answer of what is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Expand {
    pub(super) name: &'static str,
    pub(super) columns: Vec<&'static str>,
    selected: bool,
}

impl Expand {
    /// What a query's `$expand` asks for.
    pub(super) fn parse(table: &Table, text: Option<&str>) -> Result<Vec<Self>, DataverseError> {
        parts(text.unwrap_or_default())
            .into_iter()
            .map(|part| Self::one(table, part))
            .collect()
    }

    fn one(table: &Table, text: &str) -> Result<Self, DataverseError> {
        let (name, options) = text.split_once('(').unwrap_or((text, ")"));
        let bad = || DataverseError::bad_query(format!("Syntax error in '$expand={text}'."));
        let options = options.strip_suffix(')').ok_or_else(bad)?;
        let (name, to) = table
            .navigations
            .iter()
            .find(|(known, _)| *known == name.trim())
            .ok_or_else(|| DataverseError::no_such_column(table, name))?;
        let select = match options.trim() {
            "" => None,
            options => Some(options.strip_prefix("$select=").ok_or_else(bad)?),
        };
        Ok(Self {
            name,
            columns: to.selected(select)?,
            selected: select.is_some(),
        })
    }

    /// As it stands in a context URL.
    pub(super) fn in_context(&self) -> String {
        let columns = if self.selected {
            self.columns.join(",")
        } else {
            String::new()
        };
        format!("{}({columns})", self.name)
    }
}

/// The parts between commas that are not in parentheses.
fn parts(text: &str) -> Vec<&str> {
    let mut depth = 0_usize;
    let parts = text.split(move |c: char| {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        c == ',' && depth == 0
    });
    parts.map(str::trim).filter(|part| !part.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::super::account::ACCOUNT;
    use super::*;

    #[test]
    fn columns_of_the_other_row_may_be_selected() {
        let of = |text| Expand::parse(&ACCOUNT, Some(text)).ok();
        let one = &of("primarycontactid($select=fullname,jobtitle)").expect("an expand")[0];
        assert_eq!(
            (one.name, one.columns.as_slice()),
            ("primarycontactid", &["fullname", "jobtitle"][..])
        );
        assert_eq!(one.in_context(), "primarycontactid(fullname,jobtitle)");
        assert_eq!(
            of("primarycontactid").expect("an expand")[0].in_context(),
            "primarycontactid()"
        );
        assert_eq!(of(""), Some(vec![]));
        for wrong in [
            "parent",
            "primarycontactid(",
            "primarycontactid($top=1)",
            "primarycontactid($select=x)",
        ] {
            assert_eq!(of(wrong), None, "{wrong}");
        }
    }
}
