//! Keys and passwords that are active, as a variable lists them: hashed, so that who reads it can't use them.
//!
//! One pass of SHA-256 is enough for what is as random as a key. A slow hash would only help guessable secrets, and would
//! let anybody keep an instance busy with wrong ones: PBKDF2 as it is recommended for people's passwords takes most of a
//! second in WebAssembly. So a secret that is short enough to have been thought up is not accepted, even if it is listed.

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::caller::Caller;

/// The shortest secret accepted, in bytes: 128 random bits in base64 are 22 characters.
pub(super) const SHORTEST: usize = 22;

/// The longest looked at.
const LONGEST: usize = 1024;

/// One that is active.
struct Entry<'l> {
    name: &'l str,
    hash: [u8; 32],
    roles: &'l str,
}

/// The caller whose secret this is, by a list of `hash`, `name:hash` or `name:hash:Role+Role`.
///
/// # Errors
/// Why there is none, for the log.
pub(super) fn owner(list: &str, of: Option<&str>, secret: &[u8]) -> Result<Caller, String> {
    if secret.len() > LONGEST {
        return Err(format!("it is longer than {LONGEST} bytes"));
    }
    let owner = owner_of_hash(list, of, &Sha256::digest(secret).into())?;
    if secret.len() < SHORTEST {
        return Err(format!(
            "it is listed, but has fewer than {SHORTEST} characters: make one with `midspan key`"
        ));
    }
    Ok(owner)
}

/// The same by the SHA-256 of what was presented.
pub(super) fn owner_of_hash(list: &str, of: Option<&str>, presented: &[u8; 32]) -> Result<Caller, String> {
    let mut found = None;
    let (mut entries, mut broken) = (0, Vec::new());
    // All are compared, whichever it is.
    for text in list.split([',', ' ', '\t', '\r', '\n']).filter(|text| !text.is_empty()) {
        entries += 1;
        match Entry::read(text) {
            Some(entry) => {
                let same = bool::from(presented.ct_eq(&entry.hash));
                if same && of.is_none_or(|name| name == entry.name) {
                    found = Some(entry);
                }
            }
            None => broken.push(entries),
        }
    }
    match found {
        Some(entry) => Ok(entry.caller()),
        None if entries == 0 => Err("none is active: the variable is empty".to_owned()),
        None if broken.is_empty() => Err(format!("it is none of the {entries} that are active")),
        None => Err(format!(
            "it is none of those that are active, of which these are not `name:hash` with a SHA-256 in hex: {broken:?}"
        )),
    }
}

impl<'l> Entry<'l> {
    fn read(text: &'l str) -> Option<Self> {
        let mut parts = text.splitn(3, ':');
        let (first, second) = (parts.next()?, parts.next());
        let roles = parts.next().unwrap_or_default();
        match second {
            // Eight digits of a hash tell keys apart and say nothing of them.
            None => Some(Self {
                name: first.get(..8)?,
                hash: sha256_from_hex(first)?,
                roles,
            }),
            Some(hash) if !first.is_empty() => Some(Self {
                name: first,
                hash: sha256_from_hex(hash)?,
                roles,
            }),
            Some(_) => None,
        }
    }

    fn caller(&self) -> Caller {
        let mut caller = Caller::application(self.name).with_name(self.name);
        caller.roles = self
            .roles
            .split('+')
            .filter(|role| !role.is_empty())
            .map(ToOwned::to_owned)
            .collect();
        caller
    }
}

pub(super) fn sha256_from_hex(text: &str) -> Option<[u8; 32]> {
    let digits = text.as_bytes();
    let mut hash = [0; 32];
    if digits.len() != 2 * hash.len() {
        return None;
    }
    for (byte, pair) in hash.iter_mut().zip(digits.chunks_exact(2)) {
        let [high, low] = [pair[0], pair[1]].map(|digit| char::from(digit).to_digit(16));
        *byte = u8::try_from(high? * 16 + low?).ok()?;
    }
    Some(hash)
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    const KEY: &str = "a-key-of-22-characters";

    fn hash(secret: &str) -> String {
        let mut text = String::new();
        for byte in Sha256::digest(secret) {
            let _ = write!(text, "{byte:02X}");
        }
        text
    }

    fn check(list: &str, secret: &str, expected: Result<(&str, &[&str]), &str>) {
        let found = owner(list, None, secret.as_bytes());
        let found = found.as_ref().map(|caller| (caller.id(), caller.roles().to_vec()));
        match (found, expected) {
            (Ok((id, roles)), Ok((name, expected))) => {
                assert_eq!((id, roles), (name, expected.iter().map(ToString::to_string).collect()));
            }
            (Err(why), Err(expected)) => assert!(why.contains(expected), "{why}"),
            (found, expected) => panic!("{found:?}, not {expected:?}"),
        }
    }

    #[test]
    fn each_active_secret_has_its_name_and_its_roles() {
        let (key, other) = (hash(KEY), hash("another-key-of-whatever-length"));
        check(&key, KEY, Ok((&key[..8], &[])));
        check(&key.to_lowercase(), KEY, Ok((&key.to_lowercase()[..8], &[])));
        check(&format!("old:{other},new:{key}"), KEY, Ok(("new", &[])));
        check(
            &format!(" old:{other}\n new:{key}:A.Read+B \n"),
            KEY,
            Ok(("new", &["A.Read", "B"])),
        );
        check(&other, KEY, Err("none of the 1"));
        check("", KEY, Err("empty"));
        check(&format!("new:{}, x:{other}, :{key}", &key[..63]), KEY, Err("[1, 3]"));
        check(&format!("new:{key}é"), KEY, Err("[1]"));
    }

    #[test]
    fn what_may_have_been_thought_up_is_not_accepted() {
        check(&hash("Summer2026"), "Summer2026", Err("fewer than 22"));
        let endless = "x".repeat(2000);
        check(&hash(&endless), &endless, Err("longer"));
    }

    #[test]
    fn a_secret_is_its_owners_alone() {
        let list = format!("ada:{},bob:{}", hash(KEY), hash("another-key-of-whatever-length"));
        assert_eq!(
            owner(&list, Some("ada"), KEY.as_bytes()).map(|caller| caller.id),
            Ok("ada".to_owned())
        );
        assert!(owner(&list, Some("bob"), KEY.as_bytes()).is_err());
    }
}
