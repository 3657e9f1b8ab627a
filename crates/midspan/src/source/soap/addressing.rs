//! WS-Addressing 1.0 (W3C Recommendation of 2006).

use super::xml::{Name, Writer};
use crate::{admit::new_uuid, port::Port};

const NAMESPACE: &str = "http://www.w3.org/2005/08/addressing";

/// What is the same in each request of a call.
pub(super) fn action(action: &str) -> String {
    write("Action", action)
}

/// What is of one request: where it goes, and its id.
pub(super) fn headers(port: &dyn Port, to: &http::Uri) -> String {
    let id = format!("urn:uuid:{}", new_uuid(port));
    write("To", &to.to_string()) + &write("MessageID", &id)
}

fn write(name: &'static str, value: &str) -> String {
    let mut writer = Writer::with_prefixes(&[]);
    writer.element(Name::new(NAMESPACE, name), |element| element.text(value));
    // Neither a URI nor an id has a character that XML can't hold.
    writer.finish().unwrap_or_default()
}
