//! What an OData service says of a failure, for the log.

use serde_json::Value;

/// The code and the message of an OData error body, in any of its forms: v4 (OData JSON format s. 21.1), SharePoint's
/// `odata.error`, and the verbose one of v2. Nothing where the body is another one.
pub(in crate::source) fn reason(body: &[u8]) -> Option<String> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let error = body.get("error").or_else(|| body.get("odata.error"))?;
    let message = error.get("message")?;
    let message = message.as_str().or_else(|| message.get("value")?.as_str())?;
    let code = error.get("code").and_then(Value::as_str).unwrap_or_default();
    let code = if code.is_empty() { "(none)" } else { code };
    Some(format!("code {code}, message \"{message}\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_an_error_gives_its_code_and_message() {
        let check =
            |body: &str, expected: Option<&str>| assert_eq!(reason(body.as_bytes()).as_deref(), expected, "{body}");
        check(
            r#"{"error": {"code": "Request_BadRequest", "message": "Invalid filter.", "innerError": {"date": "x"}}}"#,
            Some("code Request_BadRequest, message \"Invalid filter.\""),
        );
        check(
            r#"{"odata.error": {"code": "-1, Microsoft.SharePoint.SPException", "message": {"lang": "en-US", "value": "No list."}}}"#,
            Some("code -1, Microsoft.SharePoint.SPException, message \"No list.\""),
        );
        check(
            r#"{"error": {"code": "", "message": {"lang": "en-US", "value": "Verbose."}}}"#,
            Some("code (none), message \"Verbose.\""),
        );
        for other in ["", "<html>", "{}", r#"{"error": "no"}"#, r#"{"error": {"code": "x"}}"#] {
            check(other, None);
        }
    }
}
