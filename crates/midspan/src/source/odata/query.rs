//! The query options of one call.

use super::{Apply, Expr, Filter, Order, Search};

/// System query options (OData URL conventions s. 5.1), sent in the order in which they are first given.
///
/// `select`, `expand` and `order_by` add to what was given before, the others replace it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[must_use]
pub struct Query(Vec<(&'static str, String)>);

impl Query {
    /// None yet.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// `$select`: only these fields.
    pub fn select(self, fields: impl IntoIterator<Item = &'static str>) -> Self {
        fields
            .into_iter()
            .fold(self, |query, field| query.add("$select", field))
    }

    /// `$filter`: only what fulfils the condition.
    pub fn filter(self, condition: Filter) -> Self {
        self.set("$filter", condition.text)
    }

    /// `$expand`: what this navigation property leads to, too.
    pub fn expand(self, property: &'static str) -> Self {
        self.add("$expand", property)
    }

    /// `$expand` with options of its own: `manager($select=id,displayName)`.
    pub fn expand_with(self, property: &'static str, options: &Self) -> Self {
        let options: Vec<_> = options
            .options()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        self.add("$expand", &format!("{property}({})", options.join(";")))
    }

    /// `$orderby`: what comes first; what is equal is sorted by the next one given.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "an order made in place reads better than `&`"
    )]
    pub fn order_by(self, order: Order) -> Self {
        self.add("$orderby", &order.0)
    }

    /// `$top`: at most so many.
    pub fn top(self, items: u32) -> Self {
        self.set("$top", items.to_string())
    }

    /// `$skip`: without the first so many.
    pub fn skip(self, items: u32) -> Self {
        self.set("$skip", items.to_string())
    }

    /// `$count=true`: the number of all that there are, too.
    pub fn count(self) -> Self {
        self.set("$count", "true".into())
    }

    /// `$search` for a phrase, whatever it holds, or for a [`Search`]. A blank phrase finds all, so that the option is left
    /// out.
    pub fn search(self, search: impl Into<Search>) -> Self {
        match search.into().text() {
            Some(text) => self.set("$search", text),
            None => self,
        }
    }

    /// `$compute`: the expression as the field `alias`, for the other options and, where selected, in the answer (OData
    /// 4.01).
    pub fn compute<K>(self, expression: &Expr<K>, alias: &'static str) -> Self {
        self.add("$compute", &format!("{} as {alias}", expression.text))
    }

    /// `$levels`: how often the property is expanded in what it leads to; within [`expand_with`](Query::expand_with).
    pub fn levels(self, levels: u32) -> Self {
        self.set("$levels", levels.to_string())
    }

    /// `$format`: the form of the answer, where the source does not go by `Accept`.
    pub fn format(self, format: &'static str) -> Self {
        self.set("$format", format.into())
    }

    /// `$apply`: groups and sums.
    pub fn apply(self, transformations: &Apply) -> Self {
        self.set("$apply", transformations.text())
    }

    /// An option's value as it was put together, without the escapes of a URL.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.options().find(|(own, _)| *own == name).map(|(_, value)| value)
    }

    pub(super) fn options(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0.iter().map(|(name, value)| (*name, value.as_str()))
    }

    fn set(mut self, name: &'static str, value: String) -> Self {
        *self.slot(name) = value;
        self
    }

    fn add(mut self, name: &'static str, value: &str) -> Self {
        let list = self.slot(name);
        if !list.is_empty() {
            list.push(',');
        }
        list.push_str(value);
        self
    }

    fn slot(&mut self, name: &'static str) -> &mut String {
        let at = self.0.iter().position(|(own, _)| *own == name).unwrap_or_else(|| {
            self.0.push((name, String::new()));
            self.0.len() - 1
        });
        &mut self.0[at].1
    }
}

#[cfg(test)]
mod tests {
    use super::{super::field, *};

    fn text(query: &Query) -> String {
        let options: Vec<_> = query.options().map(|(name, value)| format!("{name}={value}")).collect();
        options.join("&")
    }

    #[test]
    fn options_stand_in_the_order_in_which_they_were_given() {
        let query = Query::new()
            .select(["id", "name"])
            .expand("photo")
            .expand_with(
                "manager",
                &Query::new().select(["id"]).filter(field("enabled").eq(true)).top(1),
            )
            .order_by(field("name").ascending())
            .order_by(field("id").descending())
            .count()
            .top(5)
            .skip(10)
            .select(["mail"])
            .top(7);
        assert_eq!(
            text(&query),
            "$select=id,name,mail&$expand=photo,manager($select=id;$filter=enabled eq true;$top=1)\
             &$orderby=name asc,id desc&$count=true&$top=7&$skip=10"
        );
    }

    #[test]
    fn newer_options_read_as_in_odata() {
        let query = Query::new()
            .compute(&(field("Price") * field("Quantity")), "Total")
            .compute(&field("Name").to_upper(), "Loud")
            .expand_with("children", &Query::new().levels(3))
            .format("json");
        assert_eq!(
            text(&query),
            "$compute=Price mul Quantity as Total,toupper(Name) as Loud&$expand=children($levels=3)&$format=json"
        );
    }
}
