//! What an operation of a service takes and answers.

use std::{convert::Infallible, fmt, marker::PhantomData};

/// An operation of a SOAP service: a constant, beside the types of its request, its answer and, where it declares some,
/// its faults.
///
/// ```
/// use midspan::source::soap::{self, Xml};
///
/// #[derive(midspan::Xml)]
/// #[xml(namespace = "urn:clock")]
/// struct SetAlarm {
///     at: String,
/// }
///
/// #[derive(midspan::Xml)]
/// #[xml(namespace = "urn:clock")]
/// struct TooLate {
///     now: String,
/// }
///
/// const SET_ALARM: soap::Operation<SetAlarm, (), TooLate> = soap::Operation::new("urn:clock#SetAlarm");
/// ```
pub struct Operation<Req, Res, F = Infallible> {
    pub(super) action: &'static str,
    pub(super) path: &'static str,
    pub(super) read_only: bool,
    types: PhantomData<fn(Req) -> (Res, F)>,
}

impl<Req, Res, F> Operation<Req, Res, F> {
    /// An operation with this `SOAPAction` (SOAP 1.1 s. 6.1.1), which may be empty.
    #[must_use]
    pub const fn new(action: &'static str) -> Self {
        Self {
            action,
            path: "",
            read_only: false,
            types: PhantomData,
        }
    }

    /// It only reads: then it is retried, hedged and, in one request, made once, as a GET is. Every SOAP call is a POST,
    /// so that nothing else tells.
    #[must_use]
    pub const fn read_only(mut self) -> Self {
        self.read_only = true;
        self
    }

    /// Its service is below the source's URL: `/LeaveService.svc`.
    #[must_use]
    pub const fn at(mut self, path: &'static str) -> Self {
        self.path = path;
        self
    }
}

impl<Req, Res, F> Clone for Operation<Req, Res, F> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<Req, Res, F> Copy for Operation<Req, Res, F> {}

impl<Req, Res, F> fmt::Debug for Operation<Req, Res, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            action,
            path,
            read_only,
            ..
        } = self;
        let mut debug = f.debug_struct("Operation");
        debug
            .field("action", action)
            .field("path", path)
            .field("read_only", read_only)
            .finish()
    }
}
