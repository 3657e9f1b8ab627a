//! The functions that every OData service knows (OData URL conventions s. 5.1.1.5 to 5.1.1.11; OData ABNF,
//! `methodCallExpr`).

use super::{Expr, Filter, Literal, Operand, expression::Binds};

macro_rules! functions {
    ($($(#[$doc:meta])+ $method:ident $name:literal,)+) => {
        impl<K> Expr<K> {
            $($(#[$doc])+
            #[must_use]
            pub fn $method(&self) -> Expr {
                self.called($name, [])
            })+
        }
    };
}

functions! {
    /// Its text in lower case.
    to_lower "tolower",
    /// Its text in upper case.
    to_upper "toupper",
    /// Its text without white space before and after.
    trimmed "trim",
    /// How many characters its text has, or items its list.
    length "length",
    /// The year of its date.
    year "year",
    /// The month of its date, from 1.
    month "month",
    /// The day of the month of its date, from 1.
    day "day",
    /// The hour of its time, 0 to 23.
    hour "hour",
    /// The minute of its time.
    minute "minute",
    /// The second of its time, without fractions.
    second "second",
    /// The fraction of a second of its time.
    fractional_seconds "fractionalseconds",
    /// Its duration in seconds.
    total_seconds "totalseconds",
    /// How many minutes its moment's offset is from UTC.
    total_offset_minutes "totaloffsetminutes",
    /// The date of its moment.
    date "date",
    /// The time of day of its moment.
    time "time",
    /// The nearest whole number.
    round "round",
    /// The next whole number below.
    floor "floor",
    /// The next whole number above.
    ceiling "ceiling",
    /// The length of its line on earth.
    geo_length "geo.length",
}

impl<K> Expr<K> {
    /// Its text has `part` in it.
    pub fn contains(&self, part: impl Into<Operand>) -> Filter {
        self.tested("contains", part)
    }

    /// Its text begins with `part`.
    pub fn starts_with(&self, part: impl Into<Operand>) -> Filter {
        self.tested("startswith", part)
    }

    /// Its text ends with `part`.
    pub fn ends_with(&self, part: impl Into<Operand>) -> Filter {
        self.tested("endswith", part)
    }

    /// Its text matches a regular expression (OData 4.01; ECMAScript's). One that a caller gives is a program that the
    /// source runs: leave that to callers whom the source trusts.
    pub fn matches_pattern(&self, pattern: impl Into<Operand>) -> Filter {
        self.tested("matchesPattern", pattern)
    }

    /// Its list holds all items of `other`, a list too.
    pub fn has_subset(&self, other: impl Into<Operand>) -> Filter {
        self.tested("hassubset", other)
    }

    /// Its place lies within an area: see [`Literal::polygon`].
    pub fn geo_intersects(&self, area: impl Into<Operand>) -> Filter {
        self.tested("geo.intersects", area)
    }

    /// It is of a type, such as `Sales.Manager` or `Edm.String`.
    pub fn is_of(&self, type_name: &'static str) -> Filter {
        Filter::whole(format!("isof({},{type_name})", self.text))
    }

    /// Where `part` begins in its text, from 0; -1 where it does not.
    #[must_use]
    pub fn index_of(&self, part: impl Into<Operand>) -> Expr {
        self.called("indexof", [part.into()])
    }

    /// Its text from the character `start` on, from 0.
    #[must_use]
    pub fn substring(&self, start: impl Into<Operand>) -> Expr {
        self.called("substring", [start.into()])
    }

    /// `length` characters of its text from the character `start` on, from 0.
    #[must_use]
    pub fn substring_of(&self, start: impl Into<Operand>, length: impl Into<Operand>) -> Expr {
        self.called("substring", [start.into(), length.into()])
    }

    /// Its text, then the other.
    #[must_use]
    pub fn concat(&self, other: impl Into<Operand>) -> Expr {
        self.called("concat", [other.into()])
    }

    /// How far its place is from another, in metres: see [`Literal::point`].
    #[must_use]
    pub fn geo_distance(&self, other: impl Into<Operand>) -> Expr {
        self.called("geo.distance", [other.into()])
    }

    /// It as a primitive type, such as `Edm.String`.
    #[must_use]
    pub fn cast(&self, type_name: &'static str) -> Expr {
        Expr::new(format!("cast({},{type_name})", self.text).into(), Binds::Primary)
    }

    fn tested(&self, function: &str, argument: impl Into<Operand>) -> Filter {
        Filter::whole(self.called(function, [argument.into()]).text.into_owned())
    }

    fn called<const N: usize>(&self, function: &str, arguments: [Operand; N]) -> Expr {
        let mut text = format!("{function}({}", self.text);
        for argument in arguments {
            text.push(',');
            text.push_str(&argument.text);
        }
        text.push(')');
        Expr::new(text.into(), Binds::Primary)
    }
}

/// The moment at which the source answers: `field("due").lt(now())`.
#[must_use]
pub fn now() -> Expr {
    Expr::new("now()".into(), Binds::Primary)
}

/// The value of the first condition that holds (OData 4.01): `case([(field("n").eq(1), "one".into())], "many")`.
#[must_use]
pub fn case(values: impl IntoIterator<Item = (Filter, Operand)>, otherwise: impl Into<Literal>) -> Expr {
    let cases = values
        .into_iter()
        .map(|(condition, value)| format!("{}:{},", condition.text, value.text));
    let text = format!("case({}true:{})", cases.collect::<String>(), otherwise.into());
    Expr::new(text.into(), Binds::Primary)
}

#[cfg(test)]
mod tests {
    use super::{super::field, *};

    #[test]
    fn functions_read_as_in_odata() {
        let check = |expression: Expr, expected: &str| assert_eq!(expression.text, expected);
        let name = field("Name");
        check(name.to_lower().trimmed(), "trim(tolower(Name))");
        check(name.length(), "length(Name)");
        check(name.index_of("O'H"), "indexof(Name,'O''H')");
        check(name.substring(1), "substring(Name,1)");
        check(name.substring_of(1, 2), "substring(Name,1,2)");
        check(
            name.concat(", ").concat(field("City")),
            "concat(concat(Name,', '),City)",
        );
        check((field("a") + 1).round(), "round(a add 1)");
        check(field("Due").date(), "date(Due)");
        check(field("n").cast("Edm.String"), "cast(n,Edm.String)");
        check(
            field("Place").geo_distance(Literal::point(8.5, -47.25)),
            "geo.distance(Place,geography'SRID=4326;Point(8.5 -47.25)')",
        );
        check(
            case(
                [(field("n").eq(1), "one".into()), (field("n").eq(2), (&name).into())],
                "many",
            ),
            "case(n eq 1:'one',n eq 2:Name,true:'many')",
        );
    }

    #[test]
    fn functions_that_test_are_conditions() {
        let check = |filter: Filter, expected: &str| assert_eq!(filter.text, expected);
        check(field("Name").contains(field("Part")), "contains(Name,Part)");
        check(field("Name").matches_pattern("^A.*e$"), "matchesPattern(Name,'^A.*e$')");
        check(field("Due").lt(now()), "Due lt now()");
        check(field("who").is_of("Sales.Manager"), "isof(who,Sales.Manager)");
        check(
            field("Place").geo_intersects(Literal::polygon(&[(0.0, 0.0), (1.0, 0.0), (1.0, 1.0)])),
            "geo.intersects(Place,geography'SRID=4326;Polygon((0 0,1 0,1 1,0 0))')",
        );
    }
}
