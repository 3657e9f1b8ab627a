//! Rules for literal data values and punctuation (OData ABNF, sections 6 and 7).

use crate::grammar::{Ends, alt, any_case, char_that, many, one_of, opt, seq, times, word};

// Punctuation: most of it may be percent-encoded.

pub(crate) fn rws(input: &str, at: usize) -> Ends {
    times(1, 99, one_of(&[" ", "\t", "%20", "%09"]))(input, at)
}

pub(crate) fn bws(input: &str, at: usize) -> Ends {
    opt(rws)(input, at)
}

pub(crate) fn comma(input: &str, at: usize) -> Ends {
    let comma = one_of(&[",", "%2C"]);
    seq!(input, at; bws, comma, bws)
}

pub(crate) fn semi(input: &str, at: usize) -> Ends {
    one_of(&[";", "%3B"])(input, at)
}

pub(crate) fn colon(input: &str, at: usize) -> Ends {
    one_of(&[":", "%3A"])(input, at)
}

pub(crate) fn slash(input: &str, at: usize) -> Ends {
    one_of(&["/", "%2F"])(input, at)
}

pub(crate) fn open(input: &str, at: usize) -> Ends {
    let open = one_of(&["(", "%28"]);
    seq!(input, at; open, bws)
}

pub(crate) fn close(input: &str, at: usize) -> Ends {
    let close = one_of(&[")", "%29"]);
    seq!(input, at; bws, close)
}

fn squote(input: &str, at: usize) -> Ends {
    one_of(&["'", "%27"])(input, at)
}

fn sign(input: &str, at: usize) -> Ends {
    one_of(&["+", "%2B", "-"])(input, at)
}

fn digit(input: &str, at: usize) -> Ends {
    char_that(|c| c.is_ascii_digit())(input, at)
}

fn digits(input: &str, at: usize) -> Ends {
    seq!(input, at; digit, many(digit))
}

/// Two digits from `least` to `most`.
fn two(least: u8, most: u8) -> impl Fn(&str, usize) -> Ends {
    move |input, at| {
        let number = input.get(at..at + 2).and_then(|text| text.parse::<u8>().ok());
        let fits = number.is_some_and(|number| (least..=most).contains(&number)) && !input[at..].starts_with('+');
        if fits { vec![at + 2] } else { Vec::new() }
    }
}

// Values.

pub(crate) fn primitive_literal(input: &str, at: usize) -> Ends {
    alt!(input, at;
        null_value, boolean_value, guid_value, date_time_offset_value, date_value, time_of_day_value, decimal_value,
        string, duration, enum_literal, binary, geography)
}

pub(crate) fn null_value(input: &str, at: usize) -> Ends {
    word("null")(input, at)
}

pub(crate) fn boolean_value(input: &str, at: usize) -> Ends {
    let (yes, no) = (any_case("true"), any_case("false"));
    alt!(input, at; yes, no)
}

pub(crate) fn guid_value(input: &str, at: usize) -> Ends {
    let group = |length: usize| times(length, length, char_that(|c| c.is_ascii_hexdigit()));
    let dash = word("-");
    seq!(input, at; group(8), dash, group(4), dash, group(4), dash, group(4), dash, group(12))
}

pub(crate) fn date_value(input: &str, at: usize) -> Ends {
    let four = |input: &str, at: usize| {
        let zero = word("0");
        let short = |input: &str, at: usize| seq!(input, at; zero, times(3, 3, digit));
        let long =
            |input: &str, at: usize| seq!(input, at; char_that(|c| ('1'..='9').contains(&c)), times(3, 99, digit));
        alt!(input, at; short, long)
    };
    let year = |input: &str, at: usize| seq!(input, at; opt(word("-")), four);
    seq!(input, at; year, word("-"), two(1, 12), word("-"), two(1, 31))
}

pub(crate) fn time_of_day_value(input: &str, at: usize) -> Ends {
    let fraction = |input: &str, at: usize| seq!(input, at; word("."), times(1, 12, digit));
    let seconds = |input: &str, at: usize| seq!(input, at; colon, two(0, 60), opt(fraction));
    seq!(input, at; two(0, 23), colon, two(0, 59), opt(seconds))
}

pub(crate) fn date_time_offset_value(input: &str, at: usize) -> Ends {
    let offset = |input: &str, at: usize| seq!(input, at; sign, two(0, 23), colon, two(0, 59));
    let zone = |input: &str, at: usize| alt!(input, at; any_case("Z"), offset);
    seq!(input, at; date_value, any_case("T"), time_of_day_value, zone)
}

/// Whole numbers and doubles have its form too.
pub(crate) fn decimal_value(input: &str, at: usize) -> Ends {
    let fraction = |input: &str, at: usize| seq!(input, at; word("."), digits);
    let exponent = |input: &str, at: usize| seq!(input, at; any_case("e"), opt(sign), digits);
    let number = |input: &str, at: usize| seq!(input, at; opt(sign), digits, opt(fraction), opt(exponent));
    let others = one_of(&["NaN", "-INF", "INF"]);
    alt!(input, at; number, others)
}

/// Quotes within it are doubled; what a URL's query can't hold as it is stands percent-encoded.
pub(crate) fn string(input: &str, at: usize) -> Ends {
    let doubled = |input: &str, at: usize| seq!(input, at; squote, squote);
    let plain = char_that(|c| c.is_ascii_alphanumeric() || "-._~!()*+,;$&=:@/? ".contains(c));
    let encoded = |input: &str, at: usize| {
        if input[at..].starts_with("%27") {
            return Vec::new();
        }
        let hex = char_that(|c| c.is_ascii_hexdigit());
        seq!(input, at; word("%"), times(2, 2, hex))
    };
    let character = |input: &str, at: usize| alt!(input, at; doubled, plain, encoded);
    seq!(input, at; squote, many(character), squote)
}

pub(crate) fn duration(input: &str, at: usize) -> Ends {
    seq!(input, at; opt(any_case("duration")), squote, duration_value, squote)
}

pub(crate) fn duration_value(input: &str, at: usize) -> Ends {
    let part = |unit: &'static str| move |input: &str, at: usize| seq!(input, at; digits, any_case(unit));
    let fraction = |input: &str, at: usize| seq!(input, at; word("."), digits);
    let seconds = |input: &str, at: usize| seq!(input, at; digits, opt(fraction), any_case("S"));
    let time = |input: &str, at: usize| seq!(input, at; any_case("T"), opt(part("H")), opt(part("M")), opt(seconds));
    seq!(input, at; opt(sign), any_case("P"), opt(part("D")), opt(time))
}

pub(crate) fn enum_literal(input: &str, at: usize) -> Ends {
    let member = |input: &str, at: usize| alt!(input, at; identifier, decimal_value);
    let members = |input: &str, at: usize| crate::grammar::list(comma, member)(input, at);
    seq!(input, at; opt(qualified_name), squote, members, squote)
}

/// Base64 with the alphabet for URLs: of the last group's bits none is lost.
pub(crate) fn binary(input: &str, at: usize) -> Ends {
    let character = || char_that(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    let two_bytes = |input: &str, at: usize| {
        let last = char_that(|c| "AEIMQUYcgkosw048".contains(c));
        seq!(input, at; times(2, 2, character()), last, opt(word("=")))
    };
    let one_byte =
        |input: &str, at: usize| seq!(input, at; character(), char_that(|c| "AQgw".contains(c)), opt(word("==")));
    let rest = |input: &str, at: usize| alt!(input, at; two_bytes, one_byte);
    let groups = many(times(4, 4, character()));
    seq!(input, at; any_case("binary"), squote, groups, opt(rest), squote)
}

/// Points, lines and polygons, with the reference system that they are in.
pub(crate) fn geography(input: &str, at: usize) -> Ends {
    // Longitude and latitude, and perhaps elevation and measure.
    let position = |input: &str, at: usize| {
        let more = |input: &str, at: usize| seq!(input, at; rws, decimal_value);
        seq!(input, at; decimal_value, times(1, 3, more))
    };
    let point = |input: &str, at: usize| seq!(input, at; any_case("Point"), open, position, close);
    let ring = |input: &str, at: usize| {
        let corners = crate::grammar::list(comma, position);
        seq!(input, at; open, corners, close)
    };
    let rings = |input: &str, at: usize| crate::grammar::list(comma, ring)(input, at);
    let polygon = |input: &str, at: usize| seq!(input, at; any_case("Polygon"), open, rings, close);
    let line = |input: &str, at: usize| seq!(input, at; any_case("LineString"), ring);
    let shape = |input: &str, at: usize| alt!(input, at; point, polygon, line);
    let equals = one_of(&["=", "%3D"]);
    let system = times(1, 5, digit);
    let (round, flat) = (any_case("geography"), any_case("geometry"));
    let earth = |input: &str, at: usize| alt!(input, at; round, flat);
    seq!(input, at; earth, squote, any_case("SRID"), equals, system, semi, shape, squote)
}

// Names.

pub(crate) fn identifier(input: &str, at: usize) -> Ends {
    let leading = char_that(|c| c.is_alphabetic() || c == '_');
    let character = char_that(|c| c.is_alphanumeric() || c == '_');
    seq!(input, at; leading, times(0, 127, character))
}

pub(crate) fn qualified_name(input: &str, at: usize) -> Ends {
    crate::grammar::list(word("."), identifier)(input, at)
}
