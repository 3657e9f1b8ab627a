//! What the store has of a call: whether it is under way, how it ended, and until when that is kept.

use bytes::Bytes;
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};

use super::key::Key;
use crate::{
    cache::wire::{Reader, Writer},
    port::Port,
};

/// Another form is another version; what is in a form that is not known is not known to be done.
const MAGIC: &[u8; 4] = b"MSI1";
const NONCE: usize = 24;

/// Some stores take values of up to 1 MB.
const LARGEST: usize = 900_000;

const UNDER_WAY: u64 = 1;
const DONE: u64 = 2;
const DONE_AND_TOO_LARGE: u64 = 3;
const UNKNOWN: u64 = 4;

/// A record as it is read.
#[derive(Debug, PartialEq)]
pub(super) struct Record {
    /// In milliseconds since 1970; the record is of no use after.
    pub(super) expires: u64,
    pub(super) fingerprint: [u8; 32],
    pub(super) state: State,
}

/// How far it has come.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum State {
    /// Somebody does it, until then at most, in milliseconds since 1970.
    UnderWay { by: u64, until: u64 },
    /// It is done, with this outcome.
    Done(Vec<u8>),
    /// It is done, and its answer was too large to be kept.
    DoneAndTooLarge,
    /// It may have been done.
    Unknown,
}

impl Record {
    pub(super) fn encode(self, port: &dyn Port, key: &Key) -> Vec<u8> {
        let mut fields = Writer::default();
        fields.0.extend_from_slice(MAGIC);
        fields.number(self.expires);
        fields.bytes(&self.fingerprint);
        match self.state {
            State::UnderWay { by, until } => {
                fields.number(UNDER_WAY);
                fields.number(by);
                fields.number(until);
            }
            State::Done(outcome) => match seal(port, key, self.expires, &outcome) {
                Some(sealed) if sealed.len() <= LARGEST => {
                    fields.number(DONE);
                    fields.bytes(&sealed);
                }
                _ => fields.number(DONE_AND_TOO_LARGE),
            },
            State::DoneAndTooLarge => fields.number(DONE_AND_TOO_LARGE),
            State::Unknown => fields.number(UNKNOWN),
        }
        fields.0
    }

    /// Nothing if it is not what [`encode`](Self::encode) wrote for this very key.
    pub(super) fn decode(value: &[u8], key: &Key) -> Option<Self> {
        let mut fields = Reader(value.strip_prefix(MAGIC)?);
        let expires = fields.number()?;
        let fingerprint = fields.bytes()?.try_into().ok()?;
        let state = match fields.number()? {
            UNDER_WAY => State::UnderWay {
                by: fields.number()?,
                until: fields.number()?,
            },
            DONE => State::Done(unseal(key, expires, fields.bytes()?)?),
            DONE_AND_TOO_LARGE => State::DoneAndTooLarge,
            UNKNOWN => State::Unknown,
            _ => return None,
        };
        fields.0.is_empty().then_some(Self {
            expires,
            fingerprint,
            state,
        })
    }
}

/// When a record ends, without the key that it is read with.
pub(super) fn expiry(value: &[u8]) -> Option<u64> {
    Reader(value.strip_prefix(MAGIC)?).number()
}

fn seal(port: &dyn Port, key: &Key, expires: u64, outcome: &[u8]) -> Option<Bytes> {
    let mut nonce = [0; NONCE];
    for chunk in nonce.chunks_exact_mut(8) {
        chunk.copy_from_slice(&port.random().to_le_bytes());
    }
    let binding = binding(key, expires);
    let payload = Payload {
        msg: outcome,
        aad: &binding,
    };
    let sealed = XChaCha20Poly1305::new(&key.secret.into()).encrypt(&XNonce::from(nonce), payload);
    Some([&nonce[..], &sealed.ok()?].concat().into())
}

fn unseal(key: &Key, expires: u64, sealed: &[u8]) -> Option<Vec<u8>> {
    let (nonce, sealed) = sealed.split_first_chunk::<NONCE>()?;
    let binding = binding(key, expires);
    let payload = Payload {
        msg: sealed,
        aad: &binding,
    };
    let cipher = XChaCha20Poly1305::new(&key.secret.into());
    cipher.decrypt(&XNonce::from(*nonce), payload).ok()
}

/// An outcome that was put in another's place, or under another time, does not open.
fn binding(key: &Key, expires: u64) -> Vec<u8> {
    [key.record().as_bytes(), &expires.to_le_bytes()].concat()
}
