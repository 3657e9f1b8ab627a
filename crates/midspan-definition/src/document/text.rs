//! From bytes to text.

use super::Peculiarity;

/// A file's text, and what was peculiar about its bytes.
pub(super) struct Decoded {
    pub(super) text: String,
    pub(super) peculiarities: Vec<Peculiarity>,
}

/// Decodes UTF-8; else the single-byte encoding that editors on Windows write.
pub(super) fn decode(bytes: &[u8]) -> Decoded {
    let (bytes, mut peculiarities) = match bytes.strip_prefix(b"\xef\xbb\xbf") {
        Some(rest) => (rest, vec![Peculiarity::ByteOrderMark]),
        None => (bytes, Vec::new()),
    };
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => {
            peculiarities.push(Peculiarity::NotUtf8);
            bytes.iter().copied().map(windows_1252).collect()
        }
    };
    Decoded { text, peculiarities }
}

/// Windows-1252 is Latin-1 but for 0x80 to 0x9f (WHATWG Encoding, index windows-1252).
fn windows_1252(byte: u8) -> char {
    const HIGH: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘',
        '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    match byte {
        0x80..=0x9f => HIGH[usize::from(byte - 0x80)],
        other => char::from(other),
    }
}
