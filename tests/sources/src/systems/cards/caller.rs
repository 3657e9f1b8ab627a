//! Who is calling: a key in `x-api-key`, or a client that has signed the request with it.

use http::header;
use ring::hmac;

use super::problem::Problem;
use crate::authority::now;
use crate::call::Call;
use crate::hex::hex;

/// The client whose key is [`CARDS_KEY`]; it names itself in `x-client-id`.
pub const CARDS_CLIENT_ID: &str = "employee-suite";
/// The key of the card system: as it is in `x-api-key`, or to sign with.
pub const CARDS_KEY: &str = "emulated-key-of-the-card-system";

/// Seconds that a signature's date may lie off.
const TOLERANCE: i64 = 300;

pub(super) fn authenticate(call: &Call) -> Result<(), Problem> {
    if let Some(key) = call.header("x-api-key") {
        return match key {
            CARDS_KEY => Ok(()),
            _ => Err(Problem::unauthorized("The key is not known.")),
        };
    }
    let Some(signature) = call.header("x-signature") else {
        return Err(Problem::unauthorized(
            "A key in x-api-key, or a signature in x-signature, is needed.",
        ));
    };
    if call.header("x-client-id") != Some(CARDS_CLIENT_ID) {
        return Err(Problem::unauthorized("The client in x-client-id is not known."));
    }
    let date = call.header(header::DATE.as_str()).unwrap_or_default();
    if imf_fixdate(date).is_none_or(|date| (date - now()).abs() > TOLERANCE) {
        return Err(Problem::unauthorized(
            "The header Date must be the time at which the request was signed.",
        ));
    }
    let key = hmac::Key::new(hmac::HMAC_SHA256, CARDS_KEY.as_bytes());
    let head = format!("{}\n{}\n{date}\n", call.method, call.target);
    let made = hmac::sign(&key, &[head.as_bytes(), &call.body].concat());
    if signature == format!("sha256={}", hex(made.as_ref())) {
        Ok(())
    } else {
        Err(Problem::unauthorized(
            "The signature is not that of method, target, Date and body, on a line each.",
        ))
    }
}

/// Seconds of Unix of `Tue, 02 Mar 2026 08:00:00 GMT` (RFC 9110 s. 5.6.7).
fn imf_fixdate(text: &str) -> Option<i64> {
    const MONTHS: &str = "JanFebMarAprMayJunJulAugSepOctNovDec";
    let (_, rest) = text.split_once(", ")?;
    let mut words = rest.split(' ');
    let (day, month, year, time) = (words.next()?, words.next()?, words.next()?, words.next()?);
    if words.next() != Some("GMT") || month.len() != 3 {
        return None;
    }
    let month = MONTHS.find(month)? / 3 + 1;
    let moment: crate::population::Moment = format!("{year}-{month:02}-{day}T{time}Z").parse().ok()?;
    Some(moment.unix())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::population::Moment;

    #[test]
    fn a_date_is_read_as_http_writes_it() {
        assert_eq!(imf_fixdate("Mon, 02 Mar 2026 08:00:00 GMT"), Some(Moment::NOW.unix()));
        for text in [
            "",
            "2026-03-02T08:00:00Z",
            "Mon, 02 Mrz 2026 08:00:00 GMT",
            "Mon, 02 Mar 2026 08:00:00 CET",
        ] {
            assert_eq!(imf_fixdate(text), None, "{text}");
        }
    }
}
