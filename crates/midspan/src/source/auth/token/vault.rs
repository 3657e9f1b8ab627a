//! The shared store: what one instance has fetched, all have; encrypted, since others can read the store.
//!
//! The key is derived from the variable `token_key`. An entry holds the hash of all that its token is for as associated
//! data, so that one that was put in another's place does not open. The store failing never fails a call.

use std::{cell::Cell, fmt::Write as _, pin::pin, rc::Rc, time::Duration};

use bytes::Bytes;
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use futures_util::future::{Either, select};
use hkdf::Hkdf;
use sha2::Sha256;

use super::{Token, Wanted};
use crate::{
    Context,
    port::{Port, StoreError},
    source::auth::secret::sensitive,
};

/// The variable with the secret that the key is derived from.
const KEY: &str = "token_key";

/// The shortest secret taken, in bytes: who has read the store must not be able to guess it.
const SHORTEST_KEY: usize = 32;

/// How long another instance is given to fetch a token.
pub(super) const LEASE: Duration = Duration::from_secs(2);

/// How long the store is waited for: a token from the server takes not much longer.
const PATIENCE: Duration = Duration::from_millis(250);

/// The first byte of an entry, for when their form changes.
const VERSION: u8 = 1;
const NONCE: usize = 24;
const TIMES: usize = 16;

/// The store, and the key to what is in it.
#[derive(Clone)]
pub(super) struct Vault {
    cipher: XChaCha20Poly1305,
    /// Whether the store failed: then it is left alone until the next token.
    down: Rc<Cell<bool>>,
}

/// Who fetches the token.
pub(super) enum Lease {
    Ours,
    Others,
}

impl Vault {
    /// Nothing without a key; the log says so, once for each instance.
    pub(super) async fn open(ctx: &Context) -> Option<Self> {
        let secret = ctx.port().variable(KEY).await;
        let problem = match &secret {
            Err(why) => format!("variable `{KEY}`: {why}"),
            Ok(secret) if secret.len() < SHORTEST_KEY => {
                format!("variable `{KEY}` has fewer than {SHORTEST_KEY} characters")
            }
            Ok(secret) => {
                let mut key = [0; 32];
                // 32 bytes are less than 255 hashes (RFC 5869 s. 2.3).
                let _ = Hkdf::<Sha256>::new(None, secret.as_bytes()).expand(b"midspan token 1", &mut key);
                return Some(Self {
                    cipher: XChaCha20Poly1305::new(&key.into()),
                    down: Rc::default(),
                });
            }
        };
        if !ctx.port().instance().tokens().said_that_none_is_stored.replace(true) {
            let message = format!(
                "tokens are kept in the memory of this instance alone, not in the shared store: {problem}; give it at least \
                 {SHORTEST_KEY} random characters"
            );
            ctx.log("warning", &message);
        }
        None
    }

    /// The token that is wanted, if it is there and whole.
    pub(super) async fn load(&self, ctx: &Context, wanted: &Wanted) -> Option<Token> {
        let name = name(wanted);
        let entry = self.within(ctx, ctx.port().load(&name)).await.flatten()?;
        let token = self.unseal(ctx.port(), wanted, &entry);
        if token.is_none() {
            let source = wanted.source.name();
            ctx.log(
                "warning",
                &format!(
                    "an entry of the shared store is not a token for source `{source}`, and is not used: `{name}`"
                ),
            );
        }
        token
    }

    /// A note that the token is being fetched. Two that come at the same moment may both get it, which costs a request.
    pub(super) async fn lease(&self, ctx: &Context, wanted: &Wanted) -> Lease {
        let (name, port) = (lease_name(wanted), ctx.port());
        let now = ctx.now().as_millisecond();
        let length = i64::try_from(LEASE.as_millis()).unwrap_or(i64::MAX);
        let held = self.within(ctx, port.load(&name)).await.flatten();
        let until = held
            .and_then(|bytes| bytes.as_ref().try_into().ok())
            .map_or(0, i64::from_be_bytes);
        // One that ends later than any could was not left by us.
        if until > now && until <= now + length {
            return Lease::Others;
        }
        let until = Bytes::copy_from_slice(&(now + length).to_be_bytes());
        self.within(ctx, port.store(&name, until)).await;
        Lease::Ours
    }

    /// Stores what was fetched, if anything, then takes the note away; beside the call.
    pub(super) fn put(self, ctx: &Context, wanted: &Rc<Wanted>, token: Option<&Token>) {
        let entry = token.and_then(|token| self.seal(ctx.port(), wanted, token));
        let (ctx, wanted) = (ctx.clone(), wanted.clone());
        let spawner = ctx.clone();
        spawner.port().spawn(Box::pin(async move {
            if let Some(entry) = entry {
                self.within(&ctx, ctx.port().store(&name(&wanted), entry)).await;
            }
            self.within(&ctx, ctx.port().remove(&lease_name(&wanted))).await;
        }));
    }

    /// What the store answers, unless it fails or takes too long.
    async fn within<T>(&self, ctx: &Context, work: impl Future<Output = Result<T, StoreError>>) -> Option<T> {
        if self.down.get() {
            return None;
        }
        let why = match select(pin!(work), pin!(ctx.port().sleep(PATIENCE))).await {
            Either::Left((Ok(value), _)) => return Some(value),
            Either::Left((Err(StoreError::Denied), _)) => {
                "the manifest does not give this component the key-value store `default`".to_owned()
            }
            Either::Left((Err(StoreError::Failed(why)), _)) => why,
            Either::Right(_) => format!("no answer within {} ms", PATIENCE.as_millis()),
        };
        self.down.set(true);
        ctx.log("warning", &format!("a token is not shared through the store: {why}"));
        None
    }

    fn seal(&self, port: &dyn Port, wanted: &Wanted, token: &Token) -> Option<Bytes> {
        let mut nonce = [0; NONCE];
        for chunk in nonce.chunks_exact_mut(8) {
            chunk.copy_from_slice(&port.random().to_le_bytes());
        }
        let plain = [
            &token.obtained.to_be_bytes(),
            &token.expires.to_be_bytes(),
            token.value.as_bytes(),
        ]
        .concat();
        let sealed = self
            .cipher
            .encrypt(
                &XNonce::from(nonce),
                Payload {
                    msg: &plain,
                    aad: &wanted.binding,
                },
            )
            .ok()?;
        Some([&[VERSION], &nonce[..], &sealed].concat().into())
    }

    fn unseal(&self, port: &dyn Port, wanted: &Wanted, entry: &[u8]) -> Option<Token> {
        let (nonce, sealed) = entry.strip_prefix(&[VERSION])?.split_first_chunk::<NONCE>()?;
        let payload = Payload {
            msg: sealed,
            aad: &wanted.binding,
        };
        let plain = self.cipher.decrypt(&XNonce::from(*nonce), payload).ok()?;
        let (times, value) = plain.split_first_chunk::<TIMES>()?;
        let (obtained, expires) = times.split_first_chunk::<8>()?;
        let obtained = i64::from_be_bytes(*obtained);
        let expires = i64::from_be_bytes(expires.try_into().ok()?);
        Some(Token::new(
            port,
            sensitive(std::str::from_utf8(value).ok()?)?,
            obtained,
            expires,
        ))
    }
}

/// The store has no expiry, and every user has a new token each hour: theirs share 65,536 places for each source, in which a
/// newer one replaces an older. Two users who meet in one see it as empty.
fn name(wanted: &Wanted) -> String {
    let bytes: &[u8] = &wanted.binding;
    match wanted.assertion() {
        None => hex("midspan/token/", &bytes[..16]),
        Some(_) => hex(&format!("midspan/token/{}/", wanted.source.name()), &bytes[..2]),
    }
}

fn lease_name(wanted: &Wanted) -> String {
    hex("midspan/token-lease/", &wanted.binding[..16])
}

fn hex(prefix: &str, bytes: &[u8]) -> String {
    let mut text = prefix.to_owned();
    for byte in bytes {
        // A text takes all that is written to it.
        let _ = write!(text, "{byte:02x}");
    }
    text
}
