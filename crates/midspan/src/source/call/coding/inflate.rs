//! The deflate format (RFC 1951), with zlib's around it (RFC 1950) or without.

use miniz_oxide::inflate::{
    TINFLStatus,
    core::{
        DecompressorOxide, decompress,
        inflate_flags::{TINFL_FLAG_PARSE_ZLIB_HEADER, TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF},
    },
};

use super::Undecoded;

/// Without a format around it.
pub(super) const RAW: u32 = 0;

const ZLIB: u32 = TINFL_FLAG_PARSE_ZLIB_HEADER;

/// The content coding `deflate`, which is zlib's format, but which some send without (RFC 9110 s. 8.4.1.2).
pub(super) fn decode(body: &[u8], max: usize) -> Result<Vec<u8>, Undecoded> {
    let mut plain = Vec::new();
    append(&mut plain, body, max, if has_zlib_header(body) { ZLIB } else { RAW })?;
    Ok(plain)
}

/// RFC 1950 s. 2.2: method 8, and a multiple of 31.
fn has_zlib_header(body: &[u8]) -> bool {
    body.len() >= 2 && body[0] & 0x0f == 8 && u16::from_be_bytes([body[0], body[1]]).is_multiple_of(31)
}

/// Appends what the stream at the beginning of `body` holds, and gives the length of that stream. `plain` grows as it is
/// read, to no more than `max` bytes and one.
pub(super) fn append(plain: &mut Vec<u8>, body: &[u8], max: usize, format: u32) -> Result<usize, Undecoded> {
    let begun = plain.len();
    let mut decoder = Box::<DecompressorOxide>::default();
    let (mut read, mut written) = (0, 0);
    loop {
        let room = plain.len().saturating_mul(2).max(4096).min(max.saturating_add(1));
        plain.resize(room.max(plain.len()), 0);
        let flags = format | TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
        let (status, taken, given) = decompress(&mut decoder, &body[read..], &mut plain[begun..], written, flags);
        read += taken;
        written += given;
        match status {
            TINFLStatus::Done | TINFLStatus::HasMoreOutput if begun + written > max => return Err(Undecoded::TooLarge),
            TINFLStatus::Done => {
                plain.truncate(begun + written);
                return Ok(read);
            }
            TINFLStatus::HasMoreOutput => {}
            TINFLStatus::FailedCannotMakeProgress => return Err(Undecoded::Invalid("it ends early".into())),
            _ => return Err(Undecoded::Invalid("it is damaged".into())),
        }
    }
}
