//! A payslip: a small PDF document, and the message that carries it beside itself.
//!
//! W3C, "SOAP Message Transmission Optimization Mechanism", "XML-binary Optimized Packaging"; the form that WCF gives it: Learn, "Message
//! Transmission Optimization Mechanism". ISO 32000 for the document.

use http::StatusCode;

use super::envelope::Version;
use crate::population::Employee;
use crate::reply::{self, Reply, WithHeader};

const ROOT: &str = "http://tempuri.org/0";
/// In the message its URL is percent-encoded, as RFC 2392 asks for.
const ATTACHMENT: &str = "http://tempuri.org/1/639086112000000000";

/// What stands in the message where the document belongs.
pub(super) fn include() -> String {
    let id = crate::call::encoded(ATTACHMENT).replace('/', "%2F");
    format!("<xop:Include href=\"cid:{id}\" xmlns:xop=\"http://www.w3.org/2004/08/xop/include\"/>")
}

/// The message and the document, as two parts.
pub(super) fn with_attachment(version: Version, body: &str, document: &[u8], id: &str) -> Reply {
    let boundary = format!("uuid:{id}+id=1");
    let info = match version {
        Version::Soap11 => "text/xml",
        Version::Soap12 => "application/soap+xml",
    };
    let head = format!(
        "\r\n--{boundary}\r\nContent-ID: <{ROOT}>\r\nContent-Transfer-Encoding: 8bit\r\n\
         Content-Type: application/xop+xml;charset=utf-8;type=\"{info}\"\r\n\r\n{}\r\n\
         --{boundary}\r\nContent-ID: <{ATTACHMENT}>\r\nContent-Transfer-Encoding: binary\r\nContent-Type: application/pdf\r\n\r\n",
        version.envelope(body)
    );
    let end = format!("\r\n--{boundary}--\r\n");
    let body = [head.as_bytes(), document, end.as_bytes()].concat();
    reply::bytes(StatusCode::OK, "multipart/related", body)
        .with("mime-version", "1.0")
        .with(
            "content-type",
            format!(
                "multipart/related; type=\"application/xop+xml\";start=\"<{ROOT}>\";boundary=\"{boundary}\";start-info=\"{info}\""
            ),
        )
}

/// A page of one line in one of the fonts that every reader has. What `WinAnsiEncoding` lacks becomes a question mark.
pub(super) fn pdf(employee: &Employee, month: &str) -> Vec<u8> {
    let line = format!(
        "Payslip {month}, {}, {}",
        employee.employee_id(),
        employee.display_name()
    );
    let line: String = line
        .chars()
        .map(|c| match c {
            '(' | ')' | '\\' => ' ',
            c if c.is_ascii() => c,
            _ => '?',
        })
        .collect();
    let content = format!("BT /F1 14 Tf 50 780 Td ({line}) Tj ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>".to_owned(),
        format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    // Four bytes above 127 tell whoever carries the file that it is not text.
    let mut file = b"%PDF-1.4\n%\xE2\xE3\xCF\xD3\n".to_vec();
    let mut places = Vec::new();
    for (number, object) in (1..).zip(&objects) {
        places.push(format!("{:010} 00000 n \n", file.len()));
        file.extend(format!("{number} 0 obj\n{object}\nendobj\n").into_bytes());
    }
    let start = file.len();
    let count = objects.len() + 1;
    let table = places.concat();
    file.extend(
        format!(
            "xref\n0 {count}\n0000000000 65535 f \n{table}trailer\n<< /Size {count} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
        )
        .into_bytes(),
    );
    file
}
