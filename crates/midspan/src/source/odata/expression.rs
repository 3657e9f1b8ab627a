//! Expressions: fields and what is computed of them, which conditions compare.

use std::{
    borrow::Cow,
    marker::PhantomData,
    ops::{Add, Div, Mul, Neg, Rem, Sub},
};

use super::{Aggregate, Filter, Literal};

/// An expression (OData ABNF, `commonExpr`): a [`Field`], or a value that the source computes.
///
/// `+`, `-`, `*`, `/` and `%` are its `add`, `sub`, `mul`, `div` and `mod`; operands are expressions and all that becomes a
/// [`Literal`]. Parentheses stand where the operators' precedence asks for them.
///
/// ```
/// use midspan::source::odata::{Query, field};
///
/// let total = (field("Price") + 1) * field("Quantity");
/// let query = Query::new().filter(total.gt(100).and(field("Due").year().eq(2026)));
/// assert_eq!(query.get("$filter"), Some("(Price add 1) mul Quantity gt 100 and year(Due) eq 2026"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expr<K = Computed> {
    pub(super) text: Cow<'static, str>,
    pub(super) binds: Binds,
    kind: PhantomData<K>,
}

/// What the source computes; see [`Expr`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Computed {}

/// What stands in a path of names; see [`Field`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Path {}

/// A field of the source: its name, or a path such as `manager/displayName`; see [`field`].
pub type Field = Expr<Path>;

/// What stands beside an operator or in a function: an [`Expr`], or what becomes a [`Literal`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operand {
    pub(super) text: Cow<'static, str>,
    binds: Binds,
}

/// What to sort by; see [`Expr::ascending`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order(pub(super) String);

/// How close an expression's parts hold together (OData URL conventions s. 5.1.1.16), the loosest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Binds {
    Additive,
    Multiplicative,
    Unary,
    Primary,
}

/// A field of the source: its name, or a path such as `manager/displayName`.
#[must_use]
pub fn field(path: &'static str) -> Field {
    Expr::new(path.into(), Binds::Primary)
}

/// A value as an expression of its own: `value(100) - field("discount")`.
#[must_use]
pub fn value(value: impl Into<Literal>) -> Expr {
    Expr::new(value.into().to_string().into(), Binds::Primary)
}

impl<K> Expr<K> {
    pub(super) const fn new(text: Cow<'static, str>, binds: Binds) -> Self {
        Self {
            text,
            binds,
            kind: PhantomData,
        }
    }

    /// It equals.
    pub fn eq(&self, other: impl Into<Operand>) -> Filter {
        self.compare("eq", other)
    }

    /// It differs.
    pub fn ne(&self, other: impl Into<Operand>) -> Filter {
        self.compare("ne", other)
    }

    /// It is greater.
    pub fn gt(&self, other: impl Into<Operand>) -> Filter {
        self.compare("gt", other)
    }

    /// It is greater, or equals.
    pub fn ge(&self, other: impl Into<Operand>) -> Filter {
        self.compare("ge", other)
    }

    /// It is less.
    pub fn lt(&self, other: impl Into<Operand>) -> Filter {
        self.compare("lt", other)
    }

    /// It is less, or equals.
    pub fn le(&self, other: impl Into<Operand>) -> Filter {
        self.compare("le", other)
    }

    /// It has all flags of this member of an enumeration: see [`Literal::member`].
    pub fn has(&self, flags: impl Into<Literal>) -> Filter {
        Filter::whole(format!("{} has {}", self.primary(), flags.into()))
    }

    /// It equals one of `values` (`in`, OData 4.01; Dataverse does not have it: see [`is_one_of`](Expr::is_one_of)). Of
    /// none, it is `false`.
    pub fn is_in<V: Into<Literal>>(&self, values: impl IntoIterator<Item = V>) -> Filter {
        let values: Vec<String> = values.into_iter().map(|value| value.into().to_string()).collect();
        if values.is_empty() {
            return Filter::raw("false");
        }
        Filter::whole(format!("{} in ({})", self.primary(), values.join(",")))
    }

    /// It equals one of `values`, as `eq` and `or`, which every source understands. Of none, it is `false`.
    pub fn is_one_of<V: Into<Literal>>(&self, values: impl IntoIterator<Item = V>) -> Filter {
        let equal = values.into_iter().map(|value| self.eq(value.into()));
        equal.reduce(Filter::or).unwrap_or_else(|| Filter::raw("false"))
    }

    /// `divby`: division that keeps the fraction where both are whole numbers.
    #[must_use]
    pub fn div_by(&self, other: impl Into<Operand>) -> Expr {
        self.joined("divby", other, Binds::Multiplicative)
    }

    /// For [`Query::order_by`](super::Query::order_by): the smallest first.
    #[must_use]
    pub fn ascending(&self) -> Order {
        Order(format!("{} asc", self.text))
    }

    /// For [`Query::order_by`](super::Query::order_by): the greatest first.
    #[must_use]
    pub fn descending(&self) -> Order {
        Order(format!("{} desc", self.text))
    }

    /// For [`Apply::aggregate`](super::Apply::aggregate): its values by `method`, one of `sum`, `min`, `max`, `average`
    /// and `countdistinct`, as the field `alias`.
    #[must_use]
    pub fn with(&self, method: &'static str, alias: &'static str) -> Aggregate {
        Aggregate(format!("{} with {method} as {alias}", self.text))
    }

    fn compare(&self, operator: &str, other: impl Into<Operand>) -> Filter {
        Filter::whole(format!("{} {operator} {}", self.text, other.into().text))
    }

    /// Operators of one precedence are read from the left, so that what stands right must hold closer.
    pub(super) fn joined(&self, operator: &str, other: impl Into<Operand>, binds: Binds) -> Expr {
        let (other, left) = (other.into(), enclosed(&self.text, self.binds >= binds));
        let right = enclosed(&other.text, other.binds > binds);
        Expr::new(format!("{left} {operator} {right}").into(), binds)
    }

    pub(super) fn primary(&self) -> Cow<'_, str> {
        enclosed(&self.text, self.binds == Binds::Primary)
    }
}

fn enclosed(text: &str, holds: bool) -> Cow<'_, str> {
    if holds { text.into() } else { format!("({text})").into() }
}

macro_rules! operators {
    ($($operator:ident $method:ident $name:literal $binds:ident,)+) => {$(
        impl<K, O: Into<Operand>> $operator<O> for Expr<K> {
            type Output = Expr;

            fn $method(self, other: O) -> Expr {
                self.joined($name, other, Binds::$binds)
            }
        }
    )+};
}

operators! {
    Add add "add" Additive,
    Sub sub "sub" Additive,
    Mul mul "mul" Multiplicative,
    Div div "div" Multiplicative,
    Rem rem "mod" Multiplicative,
}

/// With a blank, so that `-` does not become the sign of a number that follows.
impl<K> Neg for Expr<K> {
    type Output = Expr;

    fn neg(self) -> Expr {
        Expr::new(
            format!("- {}", enclosed(&self.text, self.binds >= Binds::Unary)).into(),
            Binds::Unary,
        )
    }
}

impl<T: Into<Literal>> From<T> for Operand {
    fn from(value: T) -> Self {
        Self {
            text: value.into().into_text(),
            binds: Binds::Primary,
        }
    }
}

impl<K> From<Expr<K>> for Operand {
    fn from(expression: Expr<K>) -> Self {
        Self {
            text: expression.text,
            binds: expression.binds,
        }
    }
}

impl<K> From<&Expr<K>> for Operand {
    fn from(expression: &Expr<K>) -> Self {
        Self {
            text: expression.text.clone(),
            binds: expression.binds,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arithmetic_has_parentheses_where_precedence_asks_for_them() {
        let check = |expression: Expr, expected: &str| assert_eq!(expression.text, expected);
        let (a, b, c) = (field("a"), field("b"), field("c"));
        check(a.clone() + b.clone() * 2, "a add b mul 2");
        check((a.clone() + b.clone()) * 2, "(a add b) mul 2");
        check(a.clone() - (b.clone() - c.clone()), "a sub (b sub c)");
        check(a.clone() - b.clone() - c.clone(), "a sub b sub c");
        check(a.clone() / b.clone() % c.clone(), "a div b mod c");
        check(a.clone() / (b.clone() / c.clone()), "a div (b div c)");
        check(-(a.clone() + 1), "- (a add 1)");
        check(-a.clone() * -5, "- a mul -5");
        check(value(100) - (a + 1).div_by(3), "100 sub (a add 1) divby 3");
    }

    #[test]
    fn both_sides_of_a_comparison_may_be_computed() {
        let check = |filter: Filter, expected: &str| assert_eq!(filter.text, expected);
        check((field("a") + 1).gt(field("b") * 2), "a add 1 gt b mul 2");
        check(field("a").eq(field("b")), "a eq b");
        check((field("a") + 1).is_in([1, 2]), "(a add 1) in (1,2)");
        check(field("a").is_one_of(["x", "y"]), "a eq 'x' or a eq 'y'");
        check(
            field("a").is_one_of([1]).and(field("b").is_one_of([2, 3])),
            "a eq 1 and (b eq 2 or b eq 3)",
        );
        check(field("a").is_one_of(Vec::<i32>::new()), "false");
        check(
            field("Style").has(Literal::member("Sales.Pattern", "Yellow")),
            "Style has Sales.Pattern'Yellow'",
        );
    }
}
