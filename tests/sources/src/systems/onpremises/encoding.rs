//! Compressing an answer as the caller accepts it (RFC 9110 s. 12.5.3): the coding that it weighs most, of gzip, deflate and br.

use std::io::Write;

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};

use crate::call::Call;
use crate::reply::{Reply, WithHeader};

pub(super) fn encoded(call: &Call, reply: Reply) -> Reply {
    let reply = reply.with("vary", "Accept-Encoding");
    let accepted = call.header("accept-encoding").and_then(preferred);
    let Some(coding) = accepted.filter(|_| !reply.body().is_empty()) else {
        return reply;
    };
    match compress(coding, reply.body()) {
        Some(body) => reply.map(|_| body.into()).with("content-encoding", coding),
        None => reply,
    }
}

fn preferred(accepted: &str) -> Option<&'static str> {
    let mut best: Option<(&'static str, f32)> = None;
    for part in accepted.split(',') {
        let (name, weight) = part.split_once(';').unwrap_or((part, "q=1"));
        let coding = ["gzip", "deflate", "br"]
            .into_iter()
            .find(|known| name.trim().eq_ignore_ascii_case(known));
        let weight = weight
            .trim()
            .strip_prefix("q=")
            .and_then(|weight| weight.parse().ok())
            .unwrap_or(0.0);
        if let Some(coding) = coding
            && weight > best.map_or(0.0, |(_, weight)| weight)
        {
            best = Some((coding, weight));
        }
    }
    best.map(|(coding, _)| coding)
}

/// Writing to a vector does not fail.
fn compress(coding: &str, body: &[u8]) -> Option<Vec<u8>> {
    match coding {
        "gzip" => {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
            encoder.write_all(body).ok()?;
            encoder.finish().ok()
        }
        // Its name in HTTP notwithstanding, it is the zlib format (RFC 9110 s. 8.4.1.2).
        "deflate" => {
            let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
            encoder.write_all(body).ok()?;
            encoder.finish().ok()
        }
        _ => {
            let mut compressed = Vec::new();
            let parameters = brotli::enc::BrotliEncoderParams::default();
            brotli::BrotliCompress(&mut &*body, &mut compressed, &parameters).ok()?;
            Some(compressed)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use http::StatusCode;

    use super::*;
    use crate::call::tests::get_with;
    use crate::reply::bytes;

    #[test]
    fn the_body_is_coded_as_the_caller_weighs_it() {
        let text = "größer ".repeat(1_000);
        for (accepted, coding) in [
            ("gzip", Some("gzip")),
            ("deflate, gzip;q=0.5", Some("deflate")),
            ("gzip;q=0.5, br", Some("br")),
            ("gzip;q=0", None),
            ("identity", None),
            ("", None),
        ] {
            let call = get_with("/", &[("accept-encoding", accepted)]);
            let reply = encoded(&call, bytes(StatusCode::OK, "text/plain", text.clone()));
            let found = reply
                .headers()
                .get("content-encoding")
                .map(|coding| coding.to_str().expect("text"));
            assert_eq!(found, coding, "{accepted}");
            let mut read = String::new();
            let body = reply.body().as_ref();
            match coding {
                Some("gzip") => flate2::read::GzDecoder::new(body).read_to_string(&mut read),
                Some("deflate") => flate2::read::ZlibDecoder::new(body).read_to_string(&mut read),
                Some(_) => brotli::Decompressor::new(body, 4_096).read_to_string(&mut read),
                None => (&mut &*body).read_to_string(&mut read),
            }
            .expect("text");
            assert_eq!(read, text, "{accepted}");
        }
    }
}
