//! `$apply`: groups and sums at the source (OData Extension for Data Aggregation 4.0).

use super::{Expr, Field, Filter, Order, Search};

/// Transformations, each on what the one before gives.
///
/// ```
/// use midspan::source::odata::{Apply, Query, field};
///
/// let by_country = Apply::new()
///     .filter(field("Status").eq("paid"))
///     .group_by([field("Country")], [field("Amount").with("sum", "Total")]);
/// assert_eq!(
///     Query::new().apply(&by_country).get("$apply"),
///     Some("filter(Status eq 'paid')/groupby((Country),aggregate(Amount with sum as Total))")
/// );
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[must_use]
pub struct Apply(Vec<String>);

/// One aggregated value; see [`Field::with`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aggregate(pub(super) String);

impl Aggregate {
    /// How many there are, as the field `alias`.
    #[must_use]
    pub fn count(alias: &'static str) -> Self {
        Self(format!("$count as {alias}"))
    }
}

impl Apply {
    /// None yet.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Keeps what fulfils the condition.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "a condition made in place reads better than `&`"
    )]
    pub fn filter(self, condition: Filter) -> Self {
        self.then(format!("filter({})", condition.text))
    }

    /// One result for all.
    pub fn aggregate(self, values: impl IntoIterator<Item = Aggregate>) -> Self {
        self.then(aggregate(values))
    }

    /// One result for each combination of `fields`, with the values given; with none, the combinations alone.
    pub fn group_by(
        self,
        fields: impl IntoIterator<Item = Field>,
        values: impl IntoIterator<Item = Aggregate>,
    ) -> Self {
        let fields: Vec<_> = fields.into_iter().map(|field| field.text).collect();
        let mut values = values.into_iter().peekable();
        let aggregate = match values.peek() {
            Some(_) => format!(",{}", aggregate(values)),
            None => String::new(),
        };
        self.then(format!("groupby(({}){aggregate})", fields.join(",")))
    }

    /// Adds the expression as the field `alias` to each.
    pub fn compute<K>(self, expression: &Expr<K>, alias: &'static str) -> Self {
        self.then(format!("compute({} as {alias})", expression.text))
    }

    /// Keeps what the search finds; all, where it is blank.
    pub fn search(self, search: impl Into<Search>) -> Self {
        match search.into().text() {
            Some(text) => self.then(format!("search({text})")),
            None => self,
        }
    }

    /// Sorts.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "an order made in place reads better than `&`"
    )]
    pub fn order_by(self, order: Order) -> Self {
        self.then(format!("orderby({})", order.0))
    }

    /// Keeps the first so many.
    pub fn top(self, items: u32) -> Self {
        self.then(format!("top({items})"))
    }

    /// Leaves out the first so many.
    pub fn skip(self, items: u32) -> Self {
        self.then(format!("skip({items})"))
    }

    /// Keeps the so many with the greatest values.
    pub fn top_count<K>(self, items: u32, by: &Expr<K>) -> Self {
        self.then(format!("topcount({items},{})", by.text))
    }

    /// Keeps the so many with the smallest values.
    pub fn bottom_count<K>(self, items: u32, by: &Expr<K>) -> Self {
        self.then(format!("bottomcount({items},{})", by.text))
    }

    /// The results of each, one after the other.
    pub fn concat(self, sequences: impl IntoIterator<Item = Self>) -> Self {
        let sequences: Vec<_> = sequences.into_iter().map(|sequence| sequence.text()).collect();
        self.then(format!("concat({})", sequences.join(",")))
    }

    pub(super) fn text(&self) -> String {
        self.0.join("/")
    }

    fn then(mut self, transformation: String) -> Self {
        self.0.push(transformation);
        self
    }
}

fn aggregate(values: impl IntoIterator<Item = Aggregate>) -> String {
    let values: Vec<_> = values.into_iter().map(|value| value.0).collect();
    format!("aggregate({})", values.join(","))
}

#[cfg(test)]
mod tests {
    use super::{super::field, *};

    #[test]
    fn transformations_read_as_in_odata() {
        let check = |apply: Apply, expected: &str| assert_eq!(apply.text(), expected);
        check(
            Apply::new().aggregate([Aggregate::count("Sales"), field("Amount").with("max", "Largest")]),
            "aggregate($count as Sales,Amount with max as Largest)",
        );
        check(
            Apply::new().group_by([field("Customer/Country"), field("Year")], []),
            "groupby((Customer/Country,Year))",
        );
        check(
            Apply::new()
                .search("red")
                .compute(&(field("Price") * 2), "Twice")
                .order_by(field("Twice").descending())
                .skip(5)
                .top(10),
            "search(\"red\")/compute(Price mul 2 as Twice)/orderby(Twice desc)/skip(5)/top(10)",
        );
        check(
            Apply::new().concat([
                Apply::new().top_count(2, &field("Amount")),
                Apply::new().bottom_count(1, &field("Amount")),
            ]),
            "concat(topcount(2,Amount),bottomcount(1,Amount))",
        );
    }
}
