//! What an OData service says of a failure.

use serde_json::Value;

use crate::source::Answer;

/// The error body of an OData service, in any of its forms: v4 (OData JSON format s. 21.1), v2 and v3, and SharePoint's
/// `odata.error`. It is for branching on the code: what it says is for the source's people, and stands in the log by
/// itself.
///
/// ```
/// # use midspan::prelude::*;
/// # static CRM: Source = Source::odata("crm");
/// # async fn example(ctx: Context) -> Result<()> {
/// let answer = ctx.source(&CRM).post("/accounts").body("...").send().await?;
/// if answer.odata_error().is_some_and(|error| error.code == "0x80040237") {
///     return Err(Error::conflict("There is an account with this number already. Choose another one."));
/// }
/// answer.success(&ctx)?;
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorBody {
    /// The service's own code; empty where it has none.
    pub code: String,
    /// For the service's people, in their language.
    pub message: String,
    /// What is at fault, such as a property.
    pub target: Option<String>,
    /// More errors, where there are several.
    pub details: Vec<Self>,
    /// What the service says for debugging, in a form of its own.
    pub inner: Option<Value>,
}

impl Answer {
    /// What it says of its failure, where it has the body of an OData error.
    #[must_use]
    pub fn odata_error(&self) -> Option<ErrorBody> {
        ErrorBody::read(self.body())
    }
}

impl ErrorBody {
    /// Nothing where the body is another one.
    #[must_use]
    pub fn read(body: &[u8]) -> Option<Self> {
        let body: Value = serde_json::from_slice(body).ok()?;
        Self::of(body.get("error").or_else(|| body.get("odata.error"))?)
    }

    fn of(error: &Value) -> Option<Self> {
        let message = error.get("message")?;
        let text = |name: &str| error.get(name).and_then(Value::as_str).map(ToOwned::to_owned);
        Some(Self {
            code: text("code").unwrap_or_default(),
            message: message.as_str().or_else(|| message.get("value")?.as_str())?.to_owned(),
            target: text("target"),
            details: error
                .get("details")
                .and_then(Value::as_array)
                .map_or_else(Vec::new, |details| details.iter().filter_map(Self::of).collect()),
            // v4, Graph, and v2 and v3.
            inner: ["innererror", "innerError"]
                .iter()
                .find_map(|name| error.get(*name))
                .cloned(),
        })
    }

    /// In one line. Messages and targets may have personal data in them.
    fn codes(&self) -> String {
        let mut text = format!("code {}", if self.code.is_empty() { "(none)" } else { &self.code });
        for detail in &self.details {
            text.extend([" (", &detail.codes(), ")"]);
        }
        text
    }
}

/// The codes of an OData error's body, for the log. Nothing where the body is another one.
pub(in crate::source) fn codes(body: &[u8]) -> Option<String> {
    ErrorBody::read(body).map(|error| error.codes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_an_error_gives_its_codes() {
        let check =
            |body: &str, expected: Option<&str>| assert_eq!(codes(body.as_bytes()).as_deref(), expected, "{body}");
        check(
            r#"{"error": {"code": "Request_BadRequest", "message": "Invalid filter.", "innerError": {"date": "x"}}}"#,
            Some("code Request_BadRequest"),
        );
        check(
            r#"{"error": {"code": "x", "message": "Two.", "target": "a", "details": [
                {"code": "y", "message": "First."}, {"code": "z", "message": "Second.", "target": "b"}, {"code": "no"}]}}"#,
            Some("code x (code y) (code z)"),
        );
        check(
            r#"{"odata.error": {"code": "-1, Microsoft.SharePoint.SPException", "message": {"lang": "en-US", "value": "No list."}}}"#,
            Some("code -1, Microsoft.SharePoint.SPException"),
        );
        check(
            r#"{"error": {"code": "", "message": {"lang": "en-US", "value": "Verbose."}}}"#,
            Some("code (none)"),
        );
        for other in ["", "<html>", "{}", r#"{"error": "no"}"#, r#"{"error": {"code": "x"}}"#] {
            check(other, None);
        }
    }

    #[test]
    fn what_is_said_for_debugging_is_kept_as_it_is() {
        let check = |body: &str| {
            let inner = ErrorBody::read(body.as_bytes()).and_then(|error| error.inner);
            assert_eq!(inner, Some(serde_json::json!({"trace": 1})), "{body}");
        };
        check(r#"{"error": {"code": "x", "message": "m", "innererror": {"trace": 1}}}"#);
        check(r#"{"error": {"code": "x", "message": "m", "innerError": {"trace": 1}}}"#);
        check(r#"{"error": {"code": "x", "message": {"value": "m"}, "innererror": {"trace": 1}}}"#);
    }
}
