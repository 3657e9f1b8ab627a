//! Bytes of a file as text.

/// The text of a file: UTF-8 or UTF-16 by its byte order mark, else UTF-8, else ISO-8859-1, as some published
/// descriptions are.
#[must_use]
pub fn decode(bytes: &[u8]) -> String {
    let units = |bytes: &[u8], of: fn([u8; 2]) -> u16| -> Vec<u16> {
        let (pairs, _) = bytes.as_chunks::<2>();
        pairs.iter().map(|pair| of(*pair)).collect()
    };
    match bytes {
        [0xef, 0xbb, 0xbf, text @ ..] => String::from_utf8_lossy(text).into_owned(),
        [0xff, 0xfe, text @ ..] => String::from_utf16_lossy(&units(text, u16::from_le_bytes)),
        [0xfe, 0xff, text @ ..] => String::from_utf16_lossy(&units(text, u16::from_be_bytes)),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => bytes.iter().copied().map(char::from).collect(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_read_in_the_encodings_that_files_have() {
        let check = |bytes: &[u8]| assert_eq!(decode(bytes), "Bø", "{bytes:?}");
        check(b"B\xc3\xb8");
        check(b"\xef\xbb\xbfB\xc3\xb8");
        check(b"\xff\xfeB\0\xf8\0");
        check(b"\xfe\xff\0B\0\xf8");
        check(b"B\xf8");
    }
}
