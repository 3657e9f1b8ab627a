//! Automatic persisted queries: a query by its hash (Apollo, "Automatic Persisted Queries").

use http::Method;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{Kind, Request, accepting, answer};
use crate::{
    Result,
    source::{Answer, Call},
};

/// The longest query of a URL that is sent by GET, in bytes: what common servers take of a URL.
const LONGEST: usize = 4096;

impl<'c> Request<'c> {
    /// Sends it, in the form that it asks for.
    pub(super) async fn send(self) -> Result<Answer> {
        if !self.persisted || self.kind != Kind::Query {
            return self.posted(None).send().await;
        }
        let extensions = json!({"persistedQuery": {"version": 1, "sha256Hash": hash(&self.document)}});
        let by_get = self.got(&extensions);
        if by_get.query.len() > LONGEST {
            return self.posted(Some(&extensions)).send().await;
        }
        let answer = by_get.send().await?;
        match refusal(&answer) {
            None => Ok(answer),
            // With both, the source learns it.
            Some(Refusal::NotFound) => self.posted(Some(&extensions)).send().await,
            Some(Refusal::NotSupported) => self.posted(None).send().await,
        }
    }

    /// By GET (GraphQL over HTTP s. 5.2), without the document.
    fn got(&self, extensions: &Value) -> Call<'c> {
        let mut call = self.call.clone();
        call.method = Method::GET;
        if let Some(name) = self.operation_name {
            call = call.query("operationName", name);
        }
        if !self.variables.is_empty() {
            call = call.query("variables", json!(self.variables));
        }
        // A browser can't send this header unasked, so that servers which guard against forged requests take the call.
        accepting(call.query("extensions", extensions)).header("apollo-require-preflight", "true")
    }
}

/// Why a source does not run a query by its hash.
enum Refusal {
    NotFound,
    NotSupported,
}

/// It stands in messages by older servers and in codes by newer ones, with status 200 or 400.
fn refusal(answer: &Answer) -> Option<Refusal> {
    answer::errors(answer)
        .iter()
        .find_map(|error| match error.code.as_deref().unwrap_or(&error.message) {
            "PERSISTED_QUERY_NOT_FOUND" => Some(Refusal::NotFound),
            "PERSISTED_QUERY_NOT_SUPPORTED" => Some(Refusal::NotSupported),
            _ if error.message == "PersistedQueryNotFound" => Some(Refusal::NotFound),
            _ if error.message == "PersistedQueryNotSupported" => Some(Refusal::NotSupported),
            _ => None,
        })
}

fn hash(document: &str) -> String {
    let digits = |byte: u8| [byte >> 4, byte & 15].map(|digit| char::from_digit(digit.into(), 16).unwrap_or('0'));
    Sha256::digest(document).into_iter().flat_map(digits).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_that_of_the_documents_text() {
        // FIPS 180-4, the example "abc".
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(hash("abc"), expected);
    }
}
