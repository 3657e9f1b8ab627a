//! GUIDs that carry their number, so that an id is found again without a table of 100,000 of them.

use std::fmt;
use std::str::FromStr;

use super::draw::{Draw, Kind};

/// A GUID as Microsoft's services print it: lower case, hyphenated, no braces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Guid(u128);

impl Guid {
    /// The id of thing `number` of a kind. It looks like a random one (version 4, RFC 9562 s. 5.4).
    pub(crate) fn of(seed: u64, kind: Kind, number: u32) -> Self {
        let mut draw = Draw::new(seed, kind, u64::from(number) | 1 << 63);
        let high = draw.next() & !0xF000 | 0x4000;
        // The low half hides the number under bits of the high half, so that `number_in` can take it off again.
        let middle = draw.next() & 0x3FFF_FFFF | 0x8000_0000;
        let low = middle << 32 | u64::from(number ^ mask(high));
        Self(u128::from(high) << 64 | u128::from(low))
    }

    /// The number in an id made by [`Guid::of`] with the same seed and kind; `None` for any other GUID.
    pub(crate) fn number_in(self, seed: u64, kind: Kind) -> Option<u32> {
        let high = u64::try_from(self.0 >> 64).ok()?;
        let low = u32::try_from(self.0 & u128::from(u32::MAX)).ok()?;
        let number = low ^ mask(high);
        (Self::of(seed, kind, number) == self).then_some(number)
    }
}

fn mask(high: u64) -> u32 {
    u32::try_from(high.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32).unwrap_or_default()
}

impl fmt::Display for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let v = self.0;
        write!(
            f,
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            v >> 96,
            v >> 80 & 0xFFFF,
            v >> 64 & 0xFFFF,
            v >> 48 & 0xFFFF,
            v & 0xFFFF_FFFF_FFFF
        )
    }
}

/// The text is not a GUID (32 hexadecimal digits in groups of 8-4-4-4-12).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a GUID: expected 32 hexadecimal digits in groups of 8-4-4-4-12")]
pub struct NotAGuid;

impl FromStr for Guid {
    type Err = NotAGuid;

    fn from_str(text: &str) -> Result<Self, NotAGuid> {
        let lengths = text.split('-').map(str::len);
        if !lengths.eq([8, 4, 4, 4, 12]) || !text.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit()) {
            return Err(NotAGuid);
        }
        u128::from_str_radix(&text.replace('-', ""), 16)
            .map(Self)
            .map_err(|_| NotAGuid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_gives_its_number_back_and_survives_text() {
        for number in [0, 1, 42, 99_999, 100_000, u32::MAX] {
            let id = Guid::of(5, Kind::Employee, number);
            let read: Guid = id.to_string().parse().expect("its own text");
            assert_eq!(read, id);
            assert_eq!(read.number_in(5, Kind::Employee), Some(number));
        }
    }

    #[test]
    fn an_id_of_another_kind_or_seed_has_no_number() {
        let id = Guid::of(5, Kind::Employee, 42);
        assert_eq!(id.number_in(5, Kind::Task), None);
        assert_eq!(id.number_in(6, Kind::Employee), None);
    }

    #[test]
    fn it_looks_like_a_version_4_guid() {
        let text = Guid::of(1, Kind::News, 3).to_string();
        assert_eq!(&text[14..15], "4", "{text}");
        assert!("89ab".contains(&text[19..20]), "{text}");
    }

    #[test]
    fn text_that_is_not_a_guid_is_refused() {
        for text in [
            "",
            "42",
            "00000000-0000-0000-0000-00000000000g",
            "0000000000000000000000000000000000000",
        ] {
            assert_eq!(text.parse::<Guid>(), Err(NotAGuid), "{text}");
        }
    }
}
