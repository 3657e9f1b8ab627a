//! `midspan key`: a secret that nobody can guess, and what the application's variable has of it.

use std::{
    fmt::Write as _,
    io::{self, Read},
};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use ring::{
    digest::{SHA256, digest},
    rand::{SecureRandom, SystemRandom},
};

use crate::{error::CliError, terminal};

/// Make a key for a caller, and the entry by which the application knows it.
///
/// The key goes to whoever calls. The entry, with the key's SHA-256, goes into the variable of the scheme: `<scheme>_keys`,
/// `<scheme>_users` or `<scheme>_secrets`, which may have several, separated by commas. Both go to standard output, the key
/// first. Nothing is stored.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct KeyArgs {
    /// Whose key it is: the caller's id in operations and logs, or a user name
    #[arg(value_name = "NAME", value_parser = name)]
    name: Option<String>,
    /// A role that the caller has; give it again for more
    #[arg(long = "role", value_name = "ROLE", value_parser = role, requires = "name")]
    roles: Vec<String>,
    /// Read a secret that exists from standard input, and print its entry alone
    #[arg(long)]
    stdin: bool,
}

const EXAMPLES: &str = "\
Examples:
  midspan key fabrikam
  midspan key payroll-robot --role Employees.Read.All
  midspan key fabrikam --stdin < key.txt";

/// Of a new key, in bytes.
const LENGTH: usize = 32;

/// What operations accept, in bytes.
const SHORTEST: usize = 22;
const LONGEST: usize = 1024;

/// Runs the command.
pub(crate) fn run(args: &KeyArgs) -> Result<(), CliError> {
    if args.stdin {
        terminal::print(args.entry(&read_secret()?));
        return Ok(());
    }
    let mut random = [0; LENGTH];
    SystemRandom::new()
        .fill(&mut random)
        .map_err(|_| CliError::Key("the system has no random numbers"))?;
    let key = BASE64_URL_SAFE_NO_PAD.encode(random);
    terminal::tell("The key, for whoever calls. It is not shown again:");
    terminal::print(&key);
    terminal::tell("Its entry, for the variable of the scheme, such as partners_keys:");
    terminal::print(args.entry(key.as_bytes()));
    Ok(())
}

impl KeyArgs {
    /// `hash`, `name:hash` or `name:hash:Role+Role`.
    fn entry(&self, secret: &[u8]) -> String {
        let mut entry = self.name.as_ref().map_or_else(String::new, |name| format!("{name}:"));
        for byte in digest(&SHA256, secret).as_ref() {
            // Strings can be written to.
            let _ = write!(entry, "{byte:02x}");
        }
        if !self.roles.is_empty() {
            entry += ":";
            entry += &self.roles.join("+");
        }
        entry
    }
}

/// Without the end of its line, which editors and `echo` add.
fn read_secret() -> Result<Vec<u8>, CliError> {
    let mut secret = Vec::new();
    let most = u64::try_from(LONGEST).unwrap_or(u64::MAX) + 3;
    io::stdin()
        .take(most)
        .read_to_end(&mut secret)
        .map_err(CliError::StandardInput)?;
    if secret.ends_with(b"\n") {
        secret.pop();
        if secret.ends_with(b"\r") {
            secret.pop();
        }
    }
    match secret.len() {
        0..SHORTEST => Err(CliError::Key(
            "the secret has fewer than 22 characters, and operations do not accept it",
        )),
        SHORTEST..=LONGEST if secret.iter().any(u8::is_ascii_control) => Err(CliError::Key(
            "the secret has more than one line, or a character that no header can have",
        )),
        SHORTEST..=LONGEST => Ok(secret),
        _ => Err(CliError::Key(
            "the secret has more than 1024 bytes, and operations do not accept it",
        )),
    }
}

fn name(text: &str) -> Result<String, String> {
    part(text, &[',', ':'], "a name without colons, commas and blanks")
}

fn role(text: &str) -> Result<String, String> {
    part(text, &[',', '+'], "a role without plus signs, commas and blanks")
}

/// A text that a list of entries can hold.
fn part(text: &str, separators: &[char], expected: &str) -> Result<String, String> {
    let separates = |c: char| separators.contains(&c) || c.is_whitespace() || c.is_control();
    if text.is_empty() || text.contains(separates) {
        return Err(format!("expected {expected}"));
    }
    Ok(text.to_owned())
}
