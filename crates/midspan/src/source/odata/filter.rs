//! `$filter`: conditions.

use super::{
    Field,
    expression::{Binds, field},
};

/// A condition (OData ABNF, `boolCommonExpr`). Conditions are joined with parentheses where the operators' precedence
/// asks for them.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Filter {
    pub(super) text: String,
    joined_by: Option<Join>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Join {
    And,
    Or,
}

impl Field {
    /// A field of this one, within [`any`](Field::any) and [`all`](Field::all), or of a type that it is cast to:
    /// `field("who").field("Sales.Manager")`.
    #[must_use]
    pub fn field(&self, path: &'static str) -> Self {
        Self::new(format!("{}/{path}", self.text).into(), Binds::Primary)
    }

    /// How many items it has: `tags/$count`.
    #[must_use]
    pub fn count(&self) -> Self {
        self.field("$count")
    }

    /// At least one of its items fulfils the condition: `field("tags").any("t", |t| t.eq("new"))`.
    pub fn any(&self, item: &'static str, condition: impl FnOnce(Field) -> Filter) -> Filter {
        self.lambda("any", item, condition)
    }

    /// It has at least one item.
    pub fn has_any(&self) -> Filter {
        Filter::whole(format!("{}/any()", self.text))
    }

    /// All of its items fulfil the condition: `field("lines").all("l", |l| l.field("amount").gt(0))`.
    pub fn all(&self, item: &'static str, condition: impl FnOnce(Field) -> Filter) -> Filter {
        self.lambda("all", item, condition)
    }

    fn lambda(&self, operator: &str, item: &'static str, condition: impl FnOnce(Field) -> Filter) -> Filter {
        let condition = condition(field(item)).text;
        Filter::whole(format!("{}/{operator}({item}:{condition})", self.text))
    }
}

impl Filter {
    /// A condition in OData's own words, for what has no method here. It can't hold a caller's value.
    pub fn raw(text: &'static str) -> Self {
        Self {
            text: text.into(),
            // It may hold an `or`.
            joined_by: (text.contains(' ')).then_some(Join::Or),
        }
    }

    /// Both.
    pub fn and(self, other: Self) -> Self {
        self.join(Join::And, other)
    }

    /// One of the two, or both.
    pub fn or(self, other: Self) -> Self {
        self.join(Join::Or, other)
    }

    fn join(self, join: Join, other: Self) -> Self {
        let operator = match join {
            Join::And => "and",
            Join::Or => "or",
        };
        Self {
            text: format!("{} {operator} {}", self.operand(join), other.operand(join)),
            joined_by: Some(join),
        }
    }

    /// `and` binds closer than `or` (OData URL conventions s. 5.1.1.16).
    fn operand(self, join: Join) -> String {
        match self.joined_by {
            Some(own) if own != join => format!("({})", self.text),
            _ => self.text,
        }
    }

    pub(super) const fn whole(text: String) -> Self {
        Self { text, joined_by: None }
    }
}

/// `!condition` is `not (condition)`.
impl std::ops::Not for Filter {
    type Output = Self;

    fn not(self) -> Self {
        Self::whole(format!("not ({})", self.text))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{
        super::{Literal, literal::tests::read_text},
        *,
    };

    fn check(filter: &Filter, expected: &str) {
        assert_eq!(filter.text, expected);
    }

    #[test]
    fn comparisons_and_functions_read_as_in_odata() {
        let name = field("Name");
        check(&name.eq("Milk"), "Name eq 'Milk'");
        check(&name.ne("Milk"), "Name ne 'Milk'");
        check(&field("Price").lt(2.55), "Price lt 2.55");
        check(&field("Price").le(3), "Price le 3");
        check(&field("Price").gt(2), "Price gt 2");
        check(&field("Price").ge(0), "Price ge 0");
        check(&name.is_in(["Milk", "Cheese"]), "Name in ('Milk','Cheese')");
        check(&name.is_in(Vec::<i32>::new()), "false");
        check(&name.contains("il"), "contains(Name,'il')");
        check(&name.starts_with("M"), "startswith(Name,'M')");
        check(&!name.ends_with("ilk"), "not (endswith(Name,'ilk'))");
        check(
            &field("Style").eq(Literal::member("Sales.Pattern", "Yellow")),
            "Style eq Sales.Pattern'Yellow'",
        );
    }

    #[test]
    fn parentheses_stand_where_precedence_asks_for_them() {
        let (a, b, c) = (field("a").eq(1), field("b").eq(2), field("c").eq(3));
        check(&a.clone().and(b.clone()).and(c.clone()), "a eq 1 and b eq 2 and c eq 3");
        check(&a.clone().or(b.clone()).and(c.clone()), "(a eq 1 or b eq 2) and c eq 3");
        check(&a.clone().and(b.clone()).or(c.clone()), "(a eq 1 and b eq 2) or c eq 3");
        check(
            &(!a.clone().or(b.clone())).and(c.clone()),
            "not (a eq 1 or b eq 2) and c eq 3",
        );
        check(
            &Filter::raw("x eq 1 or y eq 2").and(c.clone()),
            "(x eq 1 or y eq 2) and c eq 3",
        );
        check(&Filter::raw("x eq 1 and y eq 2").or(c), "x eq 1 and y eq 2 or c eq 3");
    }

    #[test]
    fn conditions_on_items_name_them() {
        check(&field("tags").any("t", |t| t.eq("new")), "tags/any(t:t eq 'new')");
        check(&!field("tags").has_any(), "not (tags/any())");
        check(&field("tags").count().gt(2), "tags/$count gt 2");
        let large = field("orders").all("o", |o| o.field("lines").any("l", |l| l.field("amount").gt(100)));
        check(&large, "orders/all(o:o/lines/any(l:l/amount gt 100))");
    }

    proptest! {
        #[test]
        fn no_value_leaves_its_literal(value in ".*|['() a]*") {
            let filter = field("a").eq(&value).or(field("b").contains(&value)).and(field("c").is_in([&value])).text;
            let rest = filter.strip_prefix("(a eq ").unwrap();
            let (first, rest) = read_text(rest).unwrap();
            let (second, rest) = read_text(rest.strip_prefix(" or contains(b,").unwrap()).unwrap();
            let (third, rest) = read_text(rest.strip_prefix(")) and c in (").unwrap()).unwrap();
            prop_assert_eq!([first, second, third], [value.clone(), value.clone(), value.clone()]);
            prop_assert_eq!(rest, ")");
        }
    }
}
