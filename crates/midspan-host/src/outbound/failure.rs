//! What a failed request is called in `wasi:http`.

use std::error::Error as StdError;
use std::io::ErrorKind;

use hyper_util::client::legacy;
use wasmtime_wasi_http::Error;

use super::connect::ConnectError;

/// The name that fits best, from the first cause that tells it.
pub(super) fn of(error: &legacy::Error) -> Error {
    causes(error).find_map(name).unwrap_or(Error::HttpProtocolError)
}

/// All causes in one line, for the log.
pub(super) fn chain_of(error: &legacy::Error) -> String {
    let mut texts: Vec<String> = causes(error).map(ToString::to_string).collect();
    texts.dedup();
    texts.join(": ")
}

fn causes<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |error| match (*error).downcast_ref::<std::io::Error>() {
        // An I/O error's own `source` leaves out the error that it wraps.
        Some(io) => io.get_ref().map(|inner| inner as &(dyn StdError + 'static)),
        None => (*error).source(),
    })
}

fn name(cause: &(dyn StdError + 'static)) -> Option<Error> {
    if let Some(connect) = cause.downcast_ref() {
        return Some(connecting(connect));
    }
    if let Some(tls) = cause.downcast_ref() {
        return Some(securing(tls));
    }
    if let Some(body) = cause.downcast_ref::<Error>() {
        return sending(body);
    }
    match cause.downcast_ref::<std::io::Error>()?.kind() {
        ErrorKind::ConnectionRefused => Some(Error::ConnectionRefused),
        ErrorKind::ConnectionReset
        | ErrorKind::ConnectionAborted
        | ErrorKind::BrokenPipe
        | ErrorKind::UnexpectedEof => Some(Error::ConnectionTerminated),
        ErrorKind::TimedOut => Some(Error::ConnectionTimeout),
        _ => None,
    }
}

fn connecting(error: &ConnectError) -> Error {
    match error {
        ConnectError::NoHost => Error::HttpRequestUriInvalid,
        ConnectError::Unresolved { .. } => Error::DnsError {
            rcode: Some("address not available".into()),
            info_code: Some(0),
        },
        ConnectError::Blocked { .. } => Error::DestinationIpProhibited,
        ConnectError::TimedOut { .. } => Error::ConnectionTimeout,
        ConnectError::Refused { .. } => Error::ConnectionRefused,
    }
}

fn securing(error: &rustls::Error) -> Error {
    match error {
        rustls::Error::InvalidCertificate(_) => Error::TlsCertificateError,
        rustls::Error::AlertReceived(alert) => Error::TlsAlertReceived {
            alert_id: Some(u8::from(*alert)),
            alert_message: Some(format!("{alert:?}")),
        },
        _ => Error::TlsProtocolError,
    }
}

/// The request's own body failed, in a way that the component should hear as it was.
fn sending(error: &Error) -> Option<Error> {
    match error {
        Error::HttpRequestBodySize(size) => Some(Error::HttpRequestBodySize(*size)),
        Error::InternalError(text) => Some(Error::InternalError(text.clone())),
        _ => None,
    }
}
