//! The query options of one call.

use super::{Apply, Filter, Order};

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

    /// `$search` for `phrase` as one phrase, whatever it holds. A blank one finds all, so that the option is left out.
    pub fn search(self, phrase: &str) -> Self {
        if phrase.trim().is_empty() {
            return self;
        }
        // OData ABNF, `searchPhrase`: quoted, with `\` before `\` and `"`.
        let phrase = phrase.replace('\\', "\\\\").replace('"', "\\\"");
        self.set("$search", format!("\"{phrase}\""))
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
    use proptest::prelude::*;

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
    fn a_blank_search_is_no_search() {
        assert_eq!(Query::new().search("  "), Query::new());
        assert_eq!(Query::new().search("red car").get("$search"), Some("\"red car\""));
    }

    /// What a service reads: the phrase that `input` is.
    fn read_phrase(input: &str) -> Option<String> {
        let mut rest = input.strip_prefix('"')?.chars();
        let mut phrase = String::new();
        loop {
            match rest.next()? {
                '\\' => phrase.push(rest.next()?),
                '"' => return rest.as_str().is_empty().then_some(phrase),
                other => phrase.push(other),
            }
        }
    }

    proptest! {
        #[test]
        fn any_phrase_is_one_phrase(phrase in ".*|[\"\\\\ a]*") {
            let query = Query::new().search(&phrase);
            match query.get("$search") {
                Some(text) => prop_assert_eq!(read_phrase(text), Some(phrase)),
                None => prop_assert!(phrase.trim().is_empty()),
            }
        }
    }
}
