//! What the store keeps of an answer: in an envelope with a version and a checksum, compressed where that is worth it.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use miniz_oxide::{MZ_ADLER32_INIT, deflate::compress_to_vec, inflate::decompress_to_vec_with_limit, mz_adler32_oxide};

use super::{
    key::Key,
    tag::{Generation, Tag},
    terms::Terms,
    wire::{Reader, Writer},
};

/// Another form is another version: entries in a form that is not known are misses.
const MAGIC: &[u8; 4] = b"MSC2";

/// Some stores take no more (Spin's hosted ones 1 MB).
const LARGEST_VALUE: usize = 1_000_000;

/// The fastest of ten.
const COMPRESSION_LEVEL: u8 = 1;

/// Less is not worth the time that it takes to read.
const COMPRESSED_FROM: usize = 4096;

/// What a compressed entry may become; it was an answer, which is bounded too.
const LARGEST_ENTRY: usize = 64 * 1024 * 1024;

/// Milliseconds, in which times and lifetimes can be added without end: 30,000 years.
const LONGEST_TIME: u64 = 1 << 50;

const PLAIN: u8 = 0;
const DEFLATED: u8 = 1;

/// A stored answer.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Entry {
    pub(super) terms: Terms,
    /// The generations of its tags when it was asked for.
    pub(super) tags: Vec<(Tag, Generation)>,
    /// Whether it came from another URL than the one that it is kept under.
    pub(super) redirected: bool,
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

/// What is under a key.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Entry(Entry),
    /// The answers are under keys of their own, by the values of these headers of the request.
    VariesBy(Vec<String>),
}

/// Why bytes from the store are no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Poisoned;

impl Value {
    /// Nothing if it is larger than a store takes.
    pub(super) fn encode(&self, key: &Key) -> Option<Bytes> {
        let mut payload = Writer::default();
        payload.bytes(key.bytes());
        match self {
            Self::VariesBy(names) => {
                payload.number(0);
                payload.number(names.len() as u64);
                for name in names {
                    payload.bytes(name.as_bytes());
                }
            }
            Self::Entry(entry) => {
                payload.number(1);
                entry.write(&mut payload);
            }
        }
        let (form, payload) = compressed(payload.0);
        let mut value = Vec::with_capacity(payload.len() + 9);
        value.extend_from_slice(MAGIC);
        value.extend_from_slice(&checksum(form, &payload).to_le_bytes());
        value.push(form);
        value.extend_from_slice(&payload);
        (value.len() <= LARGEST_VALUE).then(|| value.into())
    }

    /// # Errors
    /// If it is not what [`encode`](Self::encode) wrote for this very key.
    pub(super) fn decode(value: &[u8], key: &Key) -> Result<Self, Poisoned> {
        open(value)
            .and_then(|payload| Self::read(&payload, key))
            .ok_or(Poisoned)
    }

    fn read(payload: &[u8], key: &Key) -> Option<Self> {
        let mut fields = Reader(payload);
        if fields.bytes()? != key.bytes() {
            return None;
        }
        match fields.number()? {
            0 => {
                let count = fields.number()?;
                let names = (0..count).map(|_| fields.text().map(ToOwned::to_owned));
                names.collect::<Option<_>>().map(Self::VariesBy)
            }
            1 => Entry::read(&mut fields).map(Self::Entry),
            _ => None,
        }
    }
}

impl Entry {
    fn write(&self, fields: &mut Writer) {
        let terms = &self.terms;
        for number in [
            terms.response_time,
            terms.initial_age,
            terms.lifetime,
            u64::from(terms.no_cache),
            u64::from(terms.strict),
            terms.stale_while_revalidate,
            terms.stale_if_error,
            terms.dead_at,
            u64::from(self.redirected),
            u64::from(self.status.as_u16()),
        ] {
            fields.number(number);
        }
        fields.number(self.tags.len() as u64);
        for (tag, generation) in &self.tags {
            fields.bytes(tag.bytes());
            fields.number(generation.soft);
            fields.number(generation.gone);
        }
        fields.number(self.headers.len() as u64);
        for (name, value) in &self.headers {
            fields.bytes(name.as_str().as_bytes());
            fields.bytes(value.as_bytes());
        }
        fields.bytes(&self.body);
    }

    fn read(fields: &mut Reader<'_>) -> Option<Self> {
        let mut time = || fields.number().filter(|time| *time <= LONGEST_TIME);
        let terms = Terms {
            response_time: time()?,
            initial_age: time()?,
            lifetime: time()?,
            no_cache: time()? != 0,
            strict: time()? != 0,
            stale_while_revalidate: time()?,
            stale_if_error: time()?,
            dead_at: time()?,
        };
        let redirected = fields.number()? != 0;
        let status = StatusCode::from_u16(u16::try_from(fields.number()?).ok()?).ok()?;
        let count = fields.number()?;
        let tags = (0..count).map(|_| {
            let tag = Tag::parse(fields.bytes()?)?;
            let (soft, gone) = (fields.number()?, fields.number()?);
            Some((tag, Generation { soft, gone }))
        });
        let tags = tags.collect::<Option<_>>()?;
        let count = fields.number()?;
        let mut headers = HeaderMap::new();
        for _ in 0..count {
            let name = HeaderName::from_bytes(fields.bytes()?).ok()?;
            // More than a map can hold is no answer that was stored.
            headers
                .try_append(name, HeaderValue::from_bytes(fields.bytes()?).ok()?)
                .ok()?;
        }
        let body = Bytes::copy_from_slice(fields.bytes()?);
        Some(Self {
            terms,
            tags,
            redirected,
            status,
            headers,
            body,
        })
    }
}

/// Not inlined: it needs much of a stack that is small in a component.
#[inline(never)]
fn compressed(payload: Vec<u8>) -> (u8, Vec<u8>) {
    if payload.len() < COMPRESSED_FROM {
        return (PLAIN, payload);
    }
    let smaller = compress_to_vec(&payload, COMPRESSION_LEVEL);
    if smaller.len() < payload.len() {
        (DEFLATED, smaller)
    } else {
        (PLAIN, payload)
    }
}

fn open(value: &[u8]) -> Option<Vec<u8>> {
    let (sum, rest) = value.strip_prefix(MAGIC)?.split_first_chunk()?;
    let (form, payload) = rest.split_first()?;
    if checksum(*form, payload) != u32::from_le_bytes(*sum) {
        return None;
    }
    match *form {
        PLAIN => Some(payload.to_vec()),
        DEFLATED => decompress_to_vec_with_limit(payload, LARGEST_ENTRY).ok(),
        _ => None,
    }
}

fn checksum(form: u8, payload: &[u8]) -> u32 {
    mz_adler32_oxide(mz_adler32_oxide(MZ_ADLER32_INIT, &[form]), payload)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(path: &str) -> Key {
        let mut request = http::Request::new(Bytes::new());
        *request.uri_mut() = path.parse().unwrap();
        Key::new(super::super::scope::Audience::Public, "api", &request, |_| false)
    }

    fn entry(body: Bytes) -> Value {
        Value::Entry(Entry {
            terms: Terms {
                response_time: 1,
                initial_age: 2,
                lifetime: 3,
                no_cache: true,
                strict: false,
                stale_while_revalidate: 4,
                stale_if_error: 5,
                dead_at: 6,
            },
            tags: vec![(Tag::named("news"), Generation { soft: 7, gone: 8 })],
            redirected: true,
            status: StatusCode::NOT_FOUND,
            headers: HeaderMap::from_iter([(http::header::ETAG, HeaderValue::from_static("\"a\""))]),
            body,
        })
    }

    /// A component's whole stack has 1 MB.
    #[test]
    fn a_large_entry_is_written_and_read_on_a_small_stack() {
        let work = || {
            let value = entry(vec![b'x'; 900_000].into());
            let written = value.encode(&key("/a")).expect("it is small when compressed");
            assert_eq!(Value::decode(&written, &key("/a")), Ok(value));
        };
        let thread = std::thread::Builder::new().stack_size(512 * 1024).spawn(work);
        thread.expect("a thread").join().expect("it fits");
    }

    #[test]
    fn more_headers_than_a_map_can_hold_are_no_answer() {
        let mut payload = Writer::default();
        payload.bytes(key("/a").bytes());
        for number in [1, 0, 0, 60_000, 0, 0, 0, 60_000, 200, 0, 40_000] {
            payload.number(number);
        }
        for number in 0..40_000 {
            payload.bytes(format!("h{number}").as_bytes());
            payload.bytes(b"");
        }
        payload.bytes(b"body");
        assert_eq!(Value::read(&payload.0, &key("/a")), None);
    }

    proptest! {
        #[test]
        fn what_was_written_is_read_again_and_for_no_other_key(body: Vec<u8>, names: Vec<String>) {
            for value in [entry(body.into()), Value::VariesBy(names)] {
                let written = value.encode(&key("/a")).unwrap();
                prop_assert_eq!(Value::decode(&written, &key("/b")), Err(Poisoned));
                prop_assert_eq!(Value::decode(&written, &key("/a")), Ok(value));
            }
        }

        #[test]
        fn a_byte_that_changed_or_is_missing_is_found(body: Vec<u8>, at: prop::sample::Index, bit in 0_u8..8) {
            let written = entry(body.into()).encode(&key("/a")).unwrap();
            let at = at.index(written.len());
            let mut changed = written.to_vec();
            changed[at] ^= 1_u8 << bit;
            prop_assert_eq!(Value::decode(&changed, &key("/a")), Err(Poisoned));
            prop_assert_eq!(Value::decode(&written[..at], &key("/a")), Err(Poisoned));
        }

        #[test]
        fn no_bytes_are_too_strange(bytes: Vec<u8>) {
            prop_assert!(Value::decode(&bytes, &key("/a")).is_err());
        }
    }
}
