//! PEM (RFC 7468) as it comes from a variable: line ends may be missing, or be written as `\n`.

use base64::{
    Engine as _,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The first thing with this label, such as `CERTIFICATE`; nothing if there is none, or it is broken.
pub(super) fn find(pem: &str, label: &str) -> Option<Vec<u8>> {
    let (_, rest) = pem.split_once(&format!("-----BEGIN {label}-----"))?;
    let (text, _) = rest.split_once(&format!("-----END {label}-----"))?;
    let text: String = text.replace("\\n", "").replace("\\r", "").split_whitespace().collect();
    BASE64.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_may_be_lost_or_written_out() {
        for pem in [
            "-----BEGIN CERTIFICATE-----\nAQID\nBA==\n-----END CERTIFICATE-----\n",
            "-----BEGIN CERTIFICATE-----\r\nAQID\r\nBA==\r\n-----END CERTIFICATE-----",
            "-----BEGIN CERTIFICATE-----\\nAQID\\nBA==\\n-----END CERTIFICATE-----\\n",
            "-----BEGIN CERTIFICATE----- AQID BA== -----END CERTIFICATE-----",
            "-----BEGIN X-----\nZZZZ\n-----END X-----\n-----BEGIN CERTIFICATE-----\nAQIDBA==\n-----END CERTIFICATE-----\n",
        ] {
            assert_eq!(find(pem, "CERTIFICATE").as_deref(), Some(&[1, 2, 3, 4][..]), "{pem}");
            assert_eq!(find(pem, "PRIVATE KEY"), None, "{pem}");
        }
        assert_eq!(find("-----BEGIN X-----\n%\n-----END X-----", "X"), None);
        assert_eq!(find("-----BEGIN X-----\nAQID", "X"), None);
    }
}
