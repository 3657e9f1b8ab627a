//! Tables: what they are called, which columns they have, and what a row is made of.

use serde_json::{Map, Value};

use super::error::DataverseError;
use super::expand::Expand;
use super::row::{Annotations, FORMATTED, LOGICAL_NAME, american, thousands};
use super::store::Store;
use crate::odata::{self, Filter, Operand};
use crate::population::Guid;

/// What is told of a table by its metadata.
#[derive(Debug)]
pub(super) struct Table {
    /// The entity set in a URL: `tasks`.
    pub(super) set: &'static str,
    /// The entity type's name: `task`.
    pub(super) entity: &'static str,
    /// As a person reads it: `Task`.
    pub(super) label: &'static str,
    /// The primary key's column.
    pub(super) key: &'static str,
    pub(super) columns: &'static [&'static str],
    /// Columns that hold an amount of money.
    pub(super) money: &'static [&'static str],
    /// Lookup columns, with the table that they point to.
    pub(super) lookups: &'static [(&'static str, &'static str)],
    /// What `$expand` can follow, with the table at the other end.
    pub(super) navigations: &'static [(&'static str, &'static Table)],
}

impl Table {
    pub(super) fn column(&self, name: &str) -> Option<&'static str> {
        self.columns.iter().copied().find(|column| *column == name)
    }

    /// The columns of a `$select`; all of them without one.
    pub(super) fn selected(&self, select: Option<&str>) -> Result<Vec<&'static str>, DataverseError> {
        let names = odata::list(select.unwrap_or_default());
        if names.is_empty() {
            return Ok(self.columns.to_vec());
        }
        let column = |name| {
            self.column(name)
                .ok_or_else(|| DataverseError::no_such_column(self, name))
        };
        names.into_iter().map(column).collect()
    }
}

/// A row of a table.
pub(super) trait Record: Clone {
    const TABLE: &'static Table;

    fn id(&self) -> Guid;

    /// Rows without an order come in that of their numbers.
    fn number(&self) -> u32;

    fn version(&self) -> u32;

    /// What is in a column; the id of the other row in a lookup.
    fn operand(&self, store: &Store, column: &str) -> Operand<'static>;

    /// What a person would read in a column, where that is not its number, its date or itself.
    fn label(&self, store: &Store, column: &str) -> Option<String>;

    /// The row at the other end of a navigation property of the table.
    fn expanded(&self, store: &Store, expand: &Expand, annotations: Annotations) -> Value;

    /// Rows that may pass the filter, by number.
    fn candidates<'a>(store: &'a Store, filter: Option<&Filter>) -> Box<dyn Iterator<Item = Self> + 'a>;

    fn find(store: &Store, id: Guid) -> Option<Self>;

    fn entity_tag(&self) -> String {
        format!("W/\"{}\"", self.version())
    }
}

/// A row as it is answered.
pub(super) fn row<R: Record>(
    store: &Store,
    record: &R,
    columns: &[&'static str],
    expand: &[Expand],
    annotations: Annotations,
) -> Map<String, Value> {
    let table = R::TABLE;
    let mut row = Map::new();
    row.insert("@odata.etag".into(), record.entity_tag().into());
    for &column in columns {
        let value = record.operand(store, column);
        if annotations != Annotations::None
            && let Some(text) = record.label(store, column).or_else(|| formatted(table, column, &value))
        {
            row.insert(format!("{column}{FORMATTED}"), text.into());
        }
        if annotations == Annotations::All
            && value != Operand::Null
            && let Some((_, to)) = table.lookups.iter().find(|(lookup, _)| *lookup == column)
        {
            row.insert(format!("{column}{LOGICAL_NAME}"), (*to).into());
        }
        row.insert(column.to_owned(), json(table, column, value));
    }
    // The primary key is in every row, selected or not.
    row.entry(table.key).or_insert_with(|| record.id().to_string().into());
    for one in expand {
        row.insert(one.name.to_owned(), record.expanded(store, one, annotations));
    }
    row
}

fn json(table: &Table, column: &str, value: Operand<'_>) -> Value {
    match value {
        Operand::Null => Value::Null,
        Operand::Bool(value) => value.into(),
        Operand::Number(value) if table.money.contains(&column) => {
            serde_json::json!(f64::from(i32::try_from(value).unwrap_or(i32::MAX)))
        }
        Operand::Number(value) => value.into(),
        Operand::Text(value) => value.into_owned().into(),
        Operand::Time(value) => value.to_string().into(),
    }
}

fn formatted(table: &Table, column: &str, value: &Operand<'_>) -> Option<String> {
    match value {
        Operand::Time(moment) => Some(american(*moment)),
        Operand::Number(number) if table.money.contains(&column) => Some(format!("${}.00", thousands(*number))),
        Operand::Number(number) => Some(thousands(*number)),
        _ => None,
    }
}
