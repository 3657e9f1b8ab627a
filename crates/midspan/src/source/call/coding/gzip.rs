//! The gzip format (RFC 1952): members, each with a header, a deflate stream and a check sum.
//!
//! By hand around a library's decoder, because a library for the whole makes every component 30 KB larger.

use super::{Undecoded, inflate};

const MAGIC_AND_METHOD: &[u8] = &[0x1f, 0x8b, 8];

// RFC 1952 s. 2.3.1
const HEADER_CRC: u8 = 1 << 1;
const EXTRA: u8 = 1 << 2;
const NAME: u8 = 1 << 3;
const COMMENT: u8 = 1 << 4;

/// All members, one after the other (s. 2.2).
pub(super) fn decode(mut body: &[u8], max: usize) -> Result<Vec<u8>, Undecoded> {
    let mut plain = Vec::new();
    while !body.is_empty() {
        let begun = plain.len();
        body = after_header(body).ok_or_else(|| invalid("it does not begin as gzip does"))?;
        let read = inflate::append(&mut plain, body, max, inflate::RAW)?;
        let (trailer, rest) = body[read..]
            .split_first_chunk::<8>()
            .ok_or_else(|| invalid("it ends early"))?;
        let member = &plain[begun..];
        // The length is modulo 2^32.
        #[expect(clippy::cast_possible_truncation, reason = "s. 2.3.1, ISIZE")]
        let expected = u64::from(crc32(member)) | u64::from(member.len() as u32) << 32;
        if u64::from_le_bytes(*trailer) != expected {
            return Err(invalid("its check sum or its length is another one"));
        }
        body = rest;
    }
    Ok(plain)
}

fn invalid(why: &str) -> Undecoded {
    Undecoded::Invalid(why.into())
}

fn after_header(member: &[u8]) -> Option<&[u8]> {
    let (flags, rest) = member.strip_prefix(MAGIC_AND_METHOD)?.split_first()?;
    // A time, a hint and an operating system.
    let mut rest = rest.get(6..)?;
    if flags & EXTRA != 0 {
        let (length, extra) = rest.split_first_chunk()?;
        rest = extra.get(usize::from(u16::from_le_bytes(*length))..)?;
    }
    for text in [NAME, COMMENT] {
        if flags & text != 0 {
            let end = rest.iter().position(|byte| *byte == 0)?;
            rest = &rest[end + 1..];
        }
    }
    if flags & HEADER_CRC != 0 {
        rest = rest.get(2..)?;
    }
    Some(rest)
}

/// RFC 1952 s. 8, half a byte at a time: a table of 64 bytes.
fn crc32(bytes: &[u8]) -> u32 {
    let half = |crc: u32| TABLE[(crc & 0xf) as usize] ^ (crc >> 4);
    !bytes.iter().fold(!0, |crc, byte| half(half(crc ^ u32::from(*byte))))
}

const TABLE: [u32; 16] = {
    let mut table = [0; 16];
    let mut at = 0;
    while at < 16 {
        let mut crc = at;
        let mut bit = 0;
        while bit < 4 {
            crc = if crc & 1 == 1 {
                0xedb8_8320 ^ (crc >> 1)
            } else {
                crc >> 1
            };
            bit += 1;
        }
        table[at as usize] = crc;
        at += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_sum_is_the_one_that_everybody_has() {
        // The check value of CRC-32/ISO-HDLC.
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(crc32(b""), 0);
    }
}
