//! Values that are written as one text: in a path, a query or a header.

use super::Data;

/// A type that a path, query or header parameter can have.
///
/// `#[derive(Data)]` on an enum implements it; so do numbers, `bool`, `String`, dates, `Option` and `Vec`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't stand in a path, a query or a header",
    label = "not written as one text",
    note = "use text, a number, bool, Date, Timestamp or an enum with `#[derive(Data)]`, in `Option` or `Vec` if you like",
    note = "a record goes into the body: `#[body]`"
)]
pub trait Value: Data {
    /// The value of the texts given: none where it was left out, several where the query repeats it.
    ///
    /// # Errors
    /// What was expected, to stand after "must be".
    fn parse(texts: &[&str]) -> Result<Self, &'static str>;
}

fn single<T>(texts: &[&str], expected: &'static str, parse: impl Fn(&str) -> Option<T>) -> Result<T, &'static str> {
    match texts {
        [text] => parse(text).ok_or(expected),
        _ => Err(expected),
    }
}

macro_rules! parsed {
    ($($type:ty: $expected:literal,)+) => {$(
        impl Value for $type {
            fn parse(texts: &[&str]) -> Result<Self, &'static str> {
                single(texts, $expected, |text| text.parse().ok())
            }
        }
    )+};
}

parsed! {
    i32: "a whole number",
    i64: "a whole number",
    u32: "a whole number, not negative",
    u64: "a whole number, not negative",
    String: "a text",
    jiff::civil::Date: "a date such as 2026-11-23",
    jiff::Timestamp: "a date and time such as 2026-11-23T08:00:00Z",
}

/// In any case: .NET, and so the gateway, writes `True`.
impl Value for bool {
    fn parse(texts: &[&str]) -> Result<Self, &'static str> {
        single(texts, "\"true\" or \"false\"", |text| match text {
            text if text.eq_ignore_ascii_case("true") => Some(true),
            text if text.eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        })
    }
}

impl Value for f64 {
    fn parse(texts: &[&str]) -> Result<Self, &'static str> {
        // JSON has no NaN and no infinity (RFC 8259 s. 6), so a parameter hasn't either.
        single(texts, "a number", |text| {
            text.parse().ok().filter(|number: &f64| number.is_finite())
        })
    }
}

impl<T: Value> Value for Option<T> {
    fn parse(texts: &[&str]) -> Result<Self, &'static str> {
        if texts.is_empty() {
            return Ok(None);
        }
        T::parse(texts).map(Some)
    }
}

/// Comma-separated (`csv`, OpenAPI's default) or repeated (`multi`), whichever the caller uses.
impl<T: Value> Value for Vec<T> {
    fn parse(texts: &[&str]) -> Result<Self, &'static str> {
        texts
            .iter()
            .flat_map(|text| text.split(','))
            .map(str::trim)
            .filter(|text| !text.is_empty())
            .map(|text| T::parse(&[text]))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(clippy::needless_pass_by_value, reason = "a table of cases reads better without `&`")]
    fn check<T: Value + PartialEq + std::fmt::Debug>(texts: &[&str], expected: Result<T, &'static str>) {
        assert_eq!(T::parse(texts), expected, "{texts:?}");
    }

    #[test]
    fn texts_become_values_or_say_what_was_expected() {
        check::<u32>(&["5"], Ok(5));
        check::<u32>(&["-5"], Err("a whole number, not negative"));
        check::<u32>(&[], Err("a whole number, not negative"));
        check::<u32>(&["1", "2"], Err("a whole number, not negative"));
        check::<i32>(&["4294967296"], Err("a whole number"));
        check::<bool>(&["true"], Ok(true));
        check::<bool>(&["False"], Ok(false));
        check::<bool>(&["1"], Err("\"true\" or \"false\""));
        check::<f64>(&["1.5e3"], Ok(1500.0));
        check::<f64>(&["NaN"], Err("a number"));
        check::<Option<i64>>(&[], Ok(None));
        check::<Vec<i64>>(&["1, 2", "3"], Ok(vec![1, 2, 3]));
        check::<Vec<String>>(&[], Ok(vec![]));
        check(&["2026-11-23"], Ok(jiff::civil::date(2026, 11, 23)));
        check::<jiff::civil::Date>(&["23.11.2026"], Err("a date such as 2026-11-23"));
    }
}
