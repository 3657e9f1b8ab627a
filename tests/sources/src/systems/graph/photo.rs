//! A photo: a small PNG with a pattern drawn from the person's number.

use http::StatusCode;

use super::error::GraphError;
use crate::population::Employee;
use crate::reply::{self, Reply, WithHeader};

/// Pixels a side; Graph's smallest size.
const SIDE: u8 = 48;
/// Pixels a side of one square of the pattern.
const SQUARE: u8 = 8;

/// `GET /users/{id}/photo/$value`.
pub(super) fn photo(user: &Employee) -> Result<Reply, GraphError> {
    if !user.has_photo {
        return Err(GraphError::no_photo());
    }
    let reply = reply::bytes(StatusCode::OK, "image/png", png(user.number));
    Ok(reply.with("etag", format!("\"{:08X}\"", user.number)))
}

/// An indexed PNG with a palette of two colours, its pixels stored without compression (W3C PNG s. 11, RFC 1951 s. 3.2.4).
fn png(number: u32) -> Vec<u8> {
    let [_, red, green, blue] = number.wrapping_mul(0x9E37_79B1).to_be_bytes();
    let mut image = b"\x89PNG\r\n\x1a\n".to_vec();
    chunk(&mut image, *b"IHDR", &[0, 0, 0, SIDE, 0, 0, 0, SIDE, 1, 3, 0, 0, 0]);
    chunk(&mut image, *b"PLTE", &[red, green, blue, 255, 255, 255]);
    chunk(&mut image, *b"IDAT", &stored(&pixels(number)));
    chunk(&mut image, *b"IEND", &[]);
    image
}

/// One bit a pixel, each line after a filter byte of 0; a pattern that is its own mirror image.
fn pixels(number: u32) -> Vec<u8> {
    let across = SIDE / SQUARE;
    let mut lines = Vec::new();
    for y in 0..SIDE {
        lines.push(0);
        lines.extend((0..across).map(|x| {
            let bit = u32::from(y / SQUARE) * 3 + u32::from(x.min(across - 1 - x));
            if number.wrapping_mul(0x85EB_CA6B) >> bit & 1 == 1 {
                0xFF
            } else {
                0
            }
        }));
    }
    lines
}

fn chunk(image: &mut Vec<u8>, kind: [u8; 4], data: &[u8]) {
    image.extend(u32::try_from(data.len()).unwrap_or_default().to_be_bytes());
    let start = image.len();
    image.extend(kind);
    image.extend(data);
    let sum = crc32(&image[start..]);
    image.extend(sum.to_be_bytes());
}

/// A zlib stream (RFC 1950) of one stored block.
fn stored(data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).unwrap_or_default();
    let mut stream = vec![0x78, 0x01, 0x01];
    stream.extend(length.to_le_bytes());
    stream.extend((!length).to_le_bytes());
    stream.extend(data);
    stream.extend(adler32(data).to_be_bytes());
    stream
}

fn crc32(data: &[u8]) -> u32 {
    !data.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            crc >> 1 ^ (0xEDB8_8320 & (crc & 1).wrapping_neg())
        })
    })
}

fn adler32(data: &[u8]) -> u32 {
    let (a, b) = data.iter().fold((1, 0), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65_521;
        (a, (a + b) % 65_521)
    });
    b << 16 | a
}

#[cfg(test)]
mod tests {
    use http::StatusCode;

    use super::super::tests::{body, graph};
    use super::*;
    use crate::call::tests::get;
    use crate::population::Population;
    use crate::systems::BackEnd;

    #[test]
    fn checksums_are_the_standards_own() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        assert_eq!(adler32(b"Wikipedia"), 0x11E6_0398);
    }

    #[test]
    fn a_photo_is_a_png_and_always_the_same() {
        let employee = Population::new(1)
            .employees()
            .find(|e| e.has_photo)
            .expect("someone with a photo");
        let target = format!("/v1.0/users/{}/photo/$value", employee.id);
        let reply = graph().answer(&get(&target));
        assert_eq!(reply.headers()["content-type"], "image/png");
        assert!(reply.body().starts_with(b"\x89PNG\r\n\x1a\n"));
        assert!(reply.body().ends_with(b"IEND\xAE\x42\x60\x82"));
        assert_eq!(reply.body(), graph().answer(&get(&target)).body());
    }

    #[test]
    fn one_who_has_no_photo_is_a_404() {
        let employee = Population::new(1)
            .employees()
            .find(|e| !e.has_photo)
            .expect("someone without a photo");
        let reply = graph().answer(&get(&format!("/v1.0/users/{}/photo/$value", employee.mail())));
        assert_eq!(reply.status(), StatusCode::NOT_FOUND);
        assert_eq!(body(&reply)["error"]["code"], "ImageNotFound");
    }
}
