//! Literals, so that what a caller gives can't become part of an expression.

use std::{borrow::Cow, fmt, time::Duration};

use base64::{Engine as _, engine::general_purpose::URL_SAFE};
use jiff::civil::Time;
use serde::{Deserialize, Deserializer, de::Error as _};

use crate::{Date, Timestamp};

/// A value as an expression has it (OData ABNF, `primitiveLiteral`). Texts, numbers, `bool`, [`Date`], [`Time`],
/// [`Timestamp`], [`Duration`], [`Guid`], [`Decimal`] and `Option` of them become one by themselves.
///
/// It is a key in a path too: `get("/People({id})").path("id", Literal::from("O'Hara"))`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Literal(Cow<'static, str>);

/// The literal `null`: `field("manager").eq(Null)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Null;

/// 32 hexadecimal digits with hyphens (OData ABNF, `guidValue`), which stand in an expression without quotes.
///
/// Two are equal whatever the case of their digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Guid(String);

/// A number of any length, such as an amount of money (OData ABNF, `decimalValue`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decimal(String);

/// A text literal: quoted, with quotes in it doubled (OData ABNF, `string`).
///
/// ```
/// assert_eq!(midspan::source::odata::text("O'Hara"), "'O''Hara'");
/// ```
#[must_use]
pub fn text(value: &str) -> String {
    format!("'{}'", value.replace('\'', "''"))
}

impl Guid {
    /// The GUID of a text such as `01234567-89ab-cdef-0123-456789abcdef`; nothing where it is another one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        const LENGTHS: [usize; 5] = [8, 4, 4, 4, 12];
        let is_hex = |group: &str| group.bytes().all(|byte| byte.is_ascii_hexdigit());
        let fits = text.split('-').map(str::len).eq(LENGTHS) && text.split('-').all(is_hex);
        fits.then(|| Self(text.to_ascii_lowercase()))
    }
}

impl fmt::Display for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// As it stands in an answer, in either case.
impl<'de> Deserialize<'de> for Guid {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| D::Error::custom(format!("{text:?} is not a GUID")))
    }
}

impl Decimal {
    /// The number of a text such as `-12.30`; nothing where it is another one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let fits = digits(whole.strip_prefix('-').unwrap_or(whole)) && digits(fraction);
        fits.then(|| Self(text.to_owned()))
    }
}

impl Literal {
    /// A member of an enumeration: `Literal::member("Sales.Pattern", "Yellow")` is `Sales.Pattern'Yellow'`.
    #[must_use]
    pub fn member(type_name: &'static str, member: &'static str) -> Self {
        Self(format!("{type_name}{}", text(member)).into())
    }

    /// Bytes (OData ABNF, `binary`).
    #[must_use]
    pub fn binary(bytes: &[u8]) -> Self {
        Self(format!("binary'{}'", URL_SAFE.encode(bytes)).into())
    }

    /// A place on earth, in degrees (OData ABNF, `geographyPoint`; WGS 84).
    #[must_use]
    pub fn point(longitude: f64, latitude: f64) -> Self {
        Self(format!("{GEOGRAPHY}Point({})'", place((longitude, latitude))).into())
    }

    /// An area on earth: its corners as longitude and latitude in degrees, counter-clockwise; it is closed by itself (OData
    /// ABNF, `geographyPolygon`).
    #[must_use]
    pub fn polygon(corners: &[(f64, f64)]) -> Self {
        let ring: Vec<_> = corners.iter().chain(corners.first()).copied().map(place).collect();
        Self(format!("{GEOGRAPHY}Polygon(({}))'", ring.join(",")).into())
    }

    /// A moment for OData v2 and v3, such as SharePoint's older interface: `datetime'2026-01-05T08:00:00Z'`.
    #[must_use]
    pub fn datetime(moment: Timestamp) -> Self {
        Self(format!("datetime'{}'", Self::from(moment)).into())
    }

    /// A GUID for OData v2 and v3, such as SharePoint's older interface: `guid'01234567-...'`.
    #[must_use]
    pub fn guid(value: &Guid) -> Self {
        Self(format!("guid'{value}'").into())
    }

    pub(super) fn into_text(self) -> Cow<'static, str> {
        self.0
    }
}

const GEOGRAPHY: &str = "geography'SRID=4326;";

fn place((longitude, latitude): (f64, f64)) -> String {
    format!("{} {}", Literal::from(longitude), Literal::from(latitude))
}

impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for Literal {
    fn from(value: &str) -> Self {
        Self(text(value).into())
    }
}

impl From<&String> for Literal {
    fn from(value: &String) -> Self {
        value.as_str().into()
    }
}

impl From<String> for Literal {
    fn from(value: String) -> Self {
        value.as_str().into()
    }
}

impl From<Null> for Literal {
    fn from(_: Null) -> Self {
        Self("null".into())
    }
}

impl<T: Into<Literal>> From<Option<T>> for Literal {
    fn from(value: Option<T>) -> Self {
        value.map_or_else(|| Null.into(), Into::into)
    }
}

impl From<bool> for Literal {
    fn from(value: bool) -> Self {
        Self(if value { "true" } else { "false" }.into())
    }
}

macro_rules! whole_numbers {
    ($($type:ty),+) => {$(
        impl From<$type> for Literal {
            fn from(value: $type) -> Self {
                Self(value.to_string().into())
            }
        }
    )+};
}

whole_numbers!(i32, i64, u32, u64);

/// The three that are no numbers have names of their own (OData ABNF, `nanInfinity`).
impl From<f64> for Literal {
    fn from(value: f64) -> Self {
        Self(match value {
            _ if value.is_nan() => "NaN".into(),
            f64::INFINITY => "INF".into(),
            f64::NEG_INFINITY => "-INF".into(),
            _ => value.to_string().into(),
        })
    }
}

impl From<Guid> for Literal {
    fn from(value: Guid) -> Self {
        Self(value.0.into())
    }
}

impl From<&Guid> for Literal {
    fn from(value: &Guid) -> Self {
        value.clone().into()
    }
}

impl From<Decimal> for Literal {
    fn from(value: Decimal) -> Self {
        Self(value.0.into())
    }
}

/// (OData ABNF, `timeOfDayValue`.)
impl From<Time> for Literal {
    fn from(value: Time) -> Self {
        Self(value.to_string().into())
    }
}

impl From<Date> for Literal {
    fn from(value: Date) -> Self {
        Self(date(value).into())
    }
}

/// In UTC, since a `+` of an offset would be a space to services that read a query as a form.
impl From<Timestamp> for Literal {
    fn from(value: Timestamp) -> Self {
        let moment = jiff::tz::Offset::UTC.to_datetime(value);
        Self(format!("{}T{}Z", date(moment.date()), moment.time()).into())
    }
}

/// Days and smaller units only (OData ABNF, `durationValue`).
impl From<Duration> for Literal {
    fn from(value: Duration) -> Self {
        let fraction = match value.subsec_nanos() {
            0 => String::new(),
            nanos => format!(".{nanos:09}"),
        };
        Self(format!("duration'PT{}{fraction}S'", value.as_secs()).into())
    }
}

/// A year has four digits or more, and no zeroes before more (OData ABNF, `year`).
fn date(value: Date) -> String {
    let sign = if value.year() < 0 { "-" } else { "" };
    format!(
        "{sign}{:04}-{:02}-{:02}",
        value.year().unsigned_abs(),
        value.month(),
        value.day()
    )
}

#[cfg(test)]
pub(super) mod tests {
    use jiff::civil;
    use proptest::prelude::*;

    use super::*;

    /// What a service reads: the text of the string literal that `input` begins with, and what follows it.
    pub(crate) fn read_text(input: &str) -> Option<(String, &str)> {
        let mut rest = input.strip_prefix('\'')?;
        let mut value = String::new();
        loop {
            let (part, after) = rest.split_once('\'')?;
            value.push_str(part);
            let Some(more) = after.strip_prefix('\'') else {
                return Some((value, after));
            };
            value.push('\'');
            rest = more;
        }
    }

    #[test]
    fn every_kind_of_value_is_a_literal_of_its_own() {
        let check = |literal: Literal, expected: &str| assert_eq!(literal.to_string(), expected);
        check("O'Hara".into(), "'O''Hara'");
        check("".into(), "''");
        check("'".into(), "''''");
        check(true.into(), "true");
        check((-5).into(), "-5");
        check(u64::MAX.into(), "18446744073709551615");
        check(2.5.into(), "2.5");
        check((-0.25).into(), "-0.25");
        check(f64::NAN.into(), "NaN");
        check(f64::INFINITY.into(), "INF");
        check(f64::NEG_INFINITY.into(), "-INF");
        check(Null.into(), "null");
        check(None::<i32>.into(), "null");
        check(Some("a").into(), "'a'");
        check(civil::date(2026, 1, 5).into(), "2026-01-05");
        check(civil::date(-44, 3, 15).into(), "-0044-03-15");
        check(Timestamp::UNIX_EPOCH.into(), "1970-01-01T00:00:00Z");
        check(
            Timestamp::from_millisecond(1_767_225_600_250).unwrap().into(),
            "2026-01-01T00:00:00.25Z",
        );
        check(Duration::from_mins(90).into(), "duration'PT5400S'");
        check(Duration::from_millis(1500).into(), "duration'PT1.500000000S'");
        check(Literal::member("Sales.Pattern", "Yellow"), "Sales.Pattern'Yellow'");
        check(civil::time(8, 5, 0, 0).into(), "08:05:00");
        check(civil::time(8, 5, 0, 250_000_000).into(), "08:05:00.25");
        check(Decimal::parse("-012.30").into(), "-012.30");
        check(Literal::binary(&[0xfb, 0xff, 0]), "binary'-_8A'");
        check(Literal::binary(&[1]), "binary'AQ=='");
        check(Literal::point(8.5, -47.25), "geography'SRID=4326;Point(8.5 -47.25)'");
        check(
            Literal::datetime(Timestamp::UNIX_EPOCH),
            "datetime'1970-01-01T00:00:00Z'",
        );
        let guid = Guid::parse("01234567-89AB-CDEF-0123-456789ABCDEF").unwrap();
        check(Literal::guid(&guid), "guid'01234567-89ab-cdef-0123-456789abcdef'");
        check(guid.into(), "01234567-89ab-cdef-0123-456789abcdef");
    }

    #[test]
    fn only_a_guid_is_a_guid() {
        let check = |text: &str, expected: bool| assert_eq!(Guid::parse(text).is_some(), expected, "{text}");
        check("01234567-89ab-cdef-0123-456789abcdef", true);
        check("01234567-89AB-CDEF-0123-456789ABCDEF", true);
        check("01234g67-89ab-cdef-0123-456789abcdef", false);
        check("01234567-89ab-cdef-456789abcdef", false);
        check("01234567-89ab-cdef-0123-456789abcdef or true", false);
        check("01234567-89ab-cdef-0123-456789abcdef-", false);
        check("{01234567-89ab-cdef-0123-456789abcdef}", false);
        check("", false);
    }

    #[test]
    fn only_a_number_is_a_decimal() {
        let check = |text: &str, expected: bool| assert_eq!(Decimal::parse(text).is_some(), expected, "{text}");
        for number in ["0", "-1", "12.30", "123456789012345678901234567890.5"] {
            check(number, true);
        }
        for other in ["", "-", "+1", ".5", "5.", "1.2.3", "1e5", "1 or true", "--1", "\u{664}"] {
            check(other, false);
        }
    }

    proptest! {
        #[test]
        fn any_text_comes_back_from_its_literal_and_nothing_follows_it(value in ".*|['a ]*") {
            let literal = Literal::from(value.as_str()).to_string();
            prop_assert_eq!(read_text(&literal), Some((value, "")));
        }

        #[test]
        fn any_number_comes_back_from_its_literal(value in proptest::num::f64::NORMAL | proptest::num::f64::ZERO) {
            let literal = Literal::from(value).to_string();
            let digits = literal.strip_prefix('-').unwrap_or(&literal);
            prop_assert!(digits.starts_with(|c: char| c.is_ascii_digit()), "{}", literal);
            prop_assert!(digits.ends_with(|c: char| c.is_ascii_digit()), "{}", literal);
            prop_assert!(digits.chars().all(|c| c.is_ascii_digit() || c == '.'), "{}", literal);
            prop_assert_eq!(literal.parse::<f64>().unwrap().to_bits(), value.to_bits());
        }

        #[test]
        fn any_moment_comes_back_from_its_literal(second in -62_000_000_000_i64..253_000_000_000, nano in 0..999_999_999) {
            let moment = Timestamp::new(second, nano).unwrap();
            prop_assert_eq!(Literal::from(moment).to_string().parse::<Timestamp>().unwrap(), moment);
        }
    }
}
