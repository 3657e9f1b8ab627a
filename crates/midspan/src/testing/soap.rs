//! Scripted SOAP services.

use bytes::Bytes;

use super::{Recorded, Reply};
use crate::source::soap::{Element, Named, XmlError, read_message, write_fault, write_message};

impl Reply {
    /// Answers with a SOAP 1.1 envelope around `body`.
    ///
    /// # Panics
    /// If a text in it has a character that XML can't hold.
    #[must_use]
    pub fn soap<T: Named>(body: &T) -> Self {
        Self::xml(200, write_message(body))
    }

    /// Answers with a SOAP 1.1 fault, e.g. `("Server", "The database is full.", &())`; status 500.
    ///
    /// # Panics
    /// If a text in it has a character that XML can't hold.
    #[must_use]
    pub fn soap_fault<T: Named>(code: &str, reason: &str, detail: &T) -> Self {
        Self::xml(500, write_fault(code, reason, detail))
    }

    /// Answers with any text as XML, e.g. with [`soap_envelope`] changed by hand.
    ///
    /// # Panics
    /// If `status` is not an HTTP status.
    #[must_use]
    pub fn xml(status: u16, body: impl Into<Bytes>) -> Self {
        Self::bytes(status, "text/xml; charset=utf-8", body.into())
    }
}

impl Recorded {
    /// What the body of the SOAP request holds.
    ///
    /// # Panics
    /// If it is something else: the test fails with the reason.
    #[must_use]
    pub fn soap<T: Named>(&self) -> T {
        self.message(|_, body| T::read_body(body))
    }

    /// The block of this name in the header of the SOAP request.
    ///
    /// # Panics
    /// If it has another content: the test fails with the reason.
    #[must_use]
    pub fn soap_header<T: Named>(&self) -> Option<T> {
        self.message(|header, _| {
            let blocks = header.into_iter().flat_map(Element::children);
            blocks.map(T::read_named).find_map(Result::transpose).transpose()
        })
    }

    fn message<T>(&self, look: impl FnOnce(Option<Element<'_>>, Element<'_>) -> Result<T, XmlError>) -> T {
        read_message(self.request.headers(), self.request.body(), look).unwrap_or_else(|why| {
            let text = String::from_utf8_lossy(self.request.body());
            panic!("{why} in {text}")
        })
    }
}

/// A SOAP 1.1 envelope around `body`, as text.
///
/// # Panics
/// If a text in it has a character that XML can't hold.
#[must_use]
pub fn soap_envelope<T: Named>(body: &T) -> String {
    write_message(body)
}
