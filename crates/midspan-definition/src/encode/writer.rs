//! JSON's parts.

/// Writes JSON into `out`, or only counts where `out` is too short.
pub(super) struct Writer<'a> {
    out: &'a mut [u8],
    pub(super) len: usize,
}

impl<'a> Writer<'a> {
    pub(super) const fn new(out: &'a mut [u8]) -> Self {
        Self { out, len: 0 }
    }

    pub(super) const fn optional_signed(&mut self, key: &str, value: Option<i64>) {
        if let Some(value) = value {
            self.key(key);
            if value < 0 {
                self.byte(b'-');
            }
            self.number(value.unsigned_abs());
        }
    }

    pub(super) const fn optional(&mut self, key: &str, value: Option<u32>) {
        if let Some(value) = value {
            self.key(key);
            self.number(value as u64);
        }
    }

    /// `"key":"text"` behind a comma, unless the text is empty.
    pub(super) const fn text(&mut self, key: &str, text: &str) {
        if !text.is_empty() {
            self.key(key);
            self.string(text);
        }
    }

    /// `"key":true` behind a comma, if it is.
    pub(super) const fn flag(&mut self, key: &str, flag: bool) {
        if flag {
            self.key(key);
            self.raw("true");
        }
    }

    /// `"key":` behind a comma.
    pub(super) const fn key(&mut self, key: &str) {
        self.raw(",\"");
        self.raw(key);
        self.raw("\":");
    }

    pub(super) const fn comma(&mut self, index: usize) {
        if index > 0 {
            self.byte(b',');
        }
    }

    pub(super) const fn number(&mut self, value: u64) {
        let mut divisor = 1;
        while value / divisor >= 10 {
            divisor *= 10;
        }
        while divisor > 0 {
            self.byte(b'0' + (value / divisor % 10) as u8);
            divisor /= 10;
        }
    }

    /// A JSON string with the escapes of RFC 8259 s. 7.
    pub(super) const fn string(&mut self, text: &str) {
        self.byte(b'"');
        let bytes = text.as_bytes();
        let mut index = 0;
        while index < bytes.len() {
            match bytes[index] {
                byte @ (b'"' | b'\\') => {
                    self.byte(b'\\');
                    self.byte(byte);
                }
                b'\n' => self.raw("\\n"),
                byte @ 0..0x20 => {
                    self.raw("\\u00");
                    self.hex(byte >> 4);
                    self.hex(byte & 0xf);
                }
                byte => self.byte(byte),
            }
            index += 1;
        }
        self.byte(b'"');
    }

    const fn hex(&mut self, nibble: u8) {
        self.byte(if nibble < 10 { b'0' + nibble } else { b'a' + nibble - 10 });
    }

    pub(super) const fn raw(&mut self, text: &str) {
        // In one step, since a definition can be long and the compiler counts steps.
        let end = self.len + text.len();
        if end <= self.out.len() {
            let (_, rest) = self.out.split_at_mut(self.len);
            let (place, _) = rest.split_at_mut(text.len());
            place.copy_from_slice(text.as_bytes());
        }
        self.len = end;
    }

    pub(super) const fn byte(&mut self, byte: u8) {
        if self.len < self.out.len() {
            self.out[self.len] = byte;
        }
        self.len += 1;
    }
}
