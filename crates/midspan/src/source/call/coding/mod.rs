//! Content codings of an answer (RFC 9110 s. 8.4): it is decoded here, up to the size that the source may answer with,
//! however small it was on the way.

mod gzip;
mod inflate;

use bytes::Bytes;
use http::{
    HeaderMap, HeaderValue,
    header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH},
};

/// What a call says that it can read (`Accept-Encoding`).
#[cfg(feature = "brotli")]
pub(super) const ACCEPTED: HeaderValue = HeaderValue::from_static("gzip, deflate, br");
#[cfg(not(feature = "brotli"))]
pub(super) const ACCEPTED: HeaderValue = HeaderValue::from_static("gzip, deflate");

/// Nobody has a reason for more than one; each costs memory.
const MOST_CODINGS: usize = 2;

/// Why an answer was not decoded.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Undecoded {
    /// It is larger than may be.
    TooLarge,
    /// With what is wrong.
    Invalid(String),
}

/// Whether the author asks for codings of his own choice, and so will have the answer as it comes.
pub(super) fn is_wanted(request: &HeaderMap) -> bool {
    request
        .get(ACCEPT_ENCODING)
        .is_some_and(|accepted| *accepted != ACCEPTED)
}

/// The answer without its codings; `max` is the most bytes that it may have.
pub(super) fn decoded(mut response: http::Response<Bytes>, max: usize) -> Result<http::Response<Bytes>, Undecoded> {
    if response.body().is_empty() || !response.headers().contains_key(CONTENT_ENCODING) {
        return Ok(response);
    }
    for coding in codings(&response)?.iter().rev() {
        let plain = decode(coding, response.body(), max)?;
        *response.body_mut() = plain.into();
    }
    // They say of what was on the way.
    response.headers_mut().remove(CONTENT_ENCODING);
    response.headers_mut().remove(CONTENT_LENGTH);
    Ok(response)
}

/// In the order in which they were applied.
fn codings(response: &http::Response<Bytes>) -> Result<Vec<String>, Undecoded> {
    let values = response.headers().get_all(CONTENT_ENCODING);
    let names = values
        .iter()
        .flat_map(|value| value.as_bytes().split(|byte| *byte == b','));
    let names = names.map(|name| String::from_utf8_lossy(name).trim().to_ascii_lowercase());
    let names: Vec<_> = names
        .filter(|name| !name.is_empty() && name != "identity")
        .take(MOST_CODINGS + 1)
        .collect();
    if names.len() > MOST_CODINGS {
        return Err(Undecoded::Invalid("it is encoded again and again".into()));
    }
    Ok(names)
}

fn decode(coding: &str, body: &[u8], max: usize) -> Result<Vec<u8>, Undecoded> {
    let plain = match coding {
        // RFC 9110 s. 8.4.1.3
        "gzip" | "x-gzip" => gzip::decode(body, max),
        "deflate" => inflate::decode(body, max),
        #[cfg(feature = "brotli")]
        "br" => brotli(body, max),
        _ => return Err(Undecoded::Invalid(format!("it is in the content coding `{coding}`"))),
    };
    plain.map_err(|why| match why {
        Undecoded::Invalid(why) => Undecoded::Invalid(format!("its {coding} can't be read: {why}")),
        Undecoded::TooLarge => why,
    })
}

#[cfg(feature = "brotli")]
fn brotli(body: &[u8], max: usize) -> Result<Vec<u8>, Undecoded> {
    use std::io::Read;

    // It grows as it is read, so that what is too large is never held.
    let mut plain = Vec::new();
    let most = u64::try_from(max).unwrap_or(u64::MAX).saturating_add(1);
    let mut decoder = brotli_decompressor::Decompressor::new(body, 4096).take(most);
    let read = decoder.read_to_end(&mut plain);
    read.map_err(|error| Undecoded::Invalid(error.to_string()))?;
    if plain.len() > max {
        return Err(Undecoded::TooLarge);
    }
    Ok(plain)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{
        Compression, GzBuilder,
        write::{DeflateEncoder, GzEncoder, ZlibEncoder},
    };
    use proptest::prelude::*;

    use super::*;

    fn gzip(plain: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(plain).unwrap();
        encoder.finish().unwrap()
    }

    fn gzip_with_all_fields(plain: &[u8]) -> Vec<u8> {
        let fields = GzBuilder::new()
            .filename("a.txt")
            .comment("c")
            .extra([1, 2, 3])
            .mtime(7);
        let mut encoder = fields.write(Vec::new(), Compression::best());
        encoder.write_all(plain).unwrap();
        encoder.finish().unwrap()
    }

    fn zlib(plain: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(plain).unwrap();
        encoder.finish().unwrap()
    }

    fn raw(plain: &[u8]) -> Vec<u8> {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(plain).unwrap();
        encoder.finish().unwrap()
    }

    fn answer(codings: &[&str], body: Vec<u8>) -> http::Response<Bytes> {
        let mut response = http::Response::new(Bytes::from(body));
        for coding in codings {
            response.headers_mut().append(CONTENT_ENCODING, coding.parse().unwrap());
        }
        response
    }

    fn plain(codings: &[&str], body: Vec<u8>) -> Result<Bytes, Undecoded> {
        let response = decoded(answer(codings, body), 1000)?;
        assert!(!response.headers().contains_key(CONTENT_ENCODING));
        Ok(response.into_body())
    }

    #[test]
    fn every_coding_that_is_asked_for_is_read() {
        let check = |codings: &[&str], body: Vec<u8>| assert_eq!(plain(codings, body).unwrap(), "hello", "{codings:?}");
        check(&["gzip"], gzip(b"hello"));
        check(&["gzip"], gzip_with_all_fields(b"hello"));
        check(&["X-GZip"], [gzip(b"hel"), gzip(b"lo")].concat());
        check(&["deflate"], zlib(b"hello"));
        check(&["deflate"], raw(b"hello"));
        check(&["deflate, gzip"], gzip(&zlib(b"hello")));
        check(&["deflate", "identity, gzip"], gzip(&zlib(b"hello")));
    }

    #[cfg(feature = "brotli")]
    #[test]
    fn brotli_is_read_where_the_component_has_it() {
        // `printf hello | brotli --quality=0`
        let hello = b"\x0b\x02\x80hello\x03".to_vec();
        assert_eq!(plain(&["br"], hello).unwrap(), "hello");
    }

    #[test]
    fn what_is_not_encoded_stays_as_it_is() {
        let response = answer(&["gzip"], Vec::new());
        assert!(decoded(response, 10).unwrap().headers().contains_key(CONTENT_ENCODING));
        assert_eq!(decoded(answer(&[], b"hello".to_vec()), 10).unwrap().body(), "hello");
    }

    #[test]
    fn what_can_not_be_read_says_why() {
        let check = |codings: &[&str], body: Vec<u8>, why: &str| match plain(codings, body) {
            Err(Undecoded::Invalid(log)) => assert!(log.contains(why), "{log}"),
            other => panic!("{other:?}"),
        };
        check(
            &["gzip"],
            b"hello".to_vec(),
            "its gzip can't be read: it does not begin as gzip does",
        );
        check(
            &["gzip"],
            [gzip(b"x"), b"y".to_vec()].concat(),
            "it does not begin as gzip does",
        );
        for length in 1..gzip(b"hello").len() {
            check(&["gzip"], gzip(b"hello")[..length].to_vec(), "its gzip can't be read: ");
        }
        for length in 1..gzip_with_all_fields(b"hello").len() {
            check(
                &["gzip"],
                gzip_with_all_fields(b"hello")[..length].to_vec(),
                "its gzip can't be read: ",
            );
        }
        for length in 1..zlib(b"hello").len() {
            check(
                &["deflate"],
                zlib(b"hello")[..length].to_vec(),
                "its deflate can't be read: ",
            );
        }
        for from_the_end in [0, 4] {
            let mut damaged = gzip(b"hello");
            *damaged.iter_mut().rev().nth(from_the_end).unwrap() ^= 1;
            check(&["gzip"], damaged, "its check sum or its length is another one");
        }
        check(&["zstd"], b"hello".to_vec(), "content coding `zstd`");
        check(&["gzip, gzip, gzip"], b"hello".to_vec(), "again and again");
    }

    #[test]
    fn a_bomb_goes_no_further_than_the_cap() {
        let million = gzip(&vec![0; 1_000_000]);
        assert!(million.len() < 2000);
        assert_eq!(plain(&["gzip"], million.clone()), Err(Undecoded::TooLarge));
        assert_eq!(plain(&["gzip, gzip"], gzip(&million)), Err(Undecoded::TooLarge));
        assert_eq!(plain(&["gzip"], gzip(&[0; 1000])).unwrap().len(), 1000);
        assert_eq!(plain(&["gzip"], gzip(&[0; 1001])), Err(Undecoded::TooLarge));
    }

    proptest! {
        #[test]
        fn no_bytes_are_too_strange_or_become_too_many(coding in "gzip|deflate|br", body in prop::collection::vec(any::<u8>(), 1..200)) {
            if let Ok(response) = decoded(answer(&[&coding], body), 50) {
                prop_assert!(response.body().len() <= 50);
            }
        }

        #[test]
        fn whatever_was_encoded_comes_back(body in prop::collection::vec(any::<u8>(), 1..1000)) {
            prop_assert_eq!(&plain(&["gzip"], gzip(&body)).unwrap(), &body);
            prop_assert_eq!(&plain(&["deflate"], zlib(&body)).unwrap(), &body);
        }
    }
}
