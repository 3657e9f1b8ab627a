//! Answers with another status than 200.

use bytes::Bytes;
use http::{
    Response, StatusCode,
    header::{LOCATION, RETRY_AFTER},
};
use midspan_definition::Schema;

use super::{Output, header, json};
use crate::{Data, Result};

/// 201: something was made, and stands at `location` (RFC 9110 s. 15.3.2). A webhook trigger's subscription answers so;
/// its end is a DELETE of the location.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Created<T> {
    /// Where it is, absolute as the caller sees it: see [`Context::link`](crate::Context::link).
    pub location: String,
    /// What was made.
    pub value: T,
}

impl<T: Data> Output for Created<T> {
    const SCHEMA: Schema = T::SCHEMA;
    const STATUSES: &'static [u16] = &[201];

    fn respond(self) -> Result<Response<Bytes>> {
        let mut response = json(StatusCode::CREATED, &self.value)?;
        response
            .headers_mut()
            .insert(LOCATION, header("location", &self.location)?);
        Ok(response)
    }
}

/// 202: it will be done (RFC 9110 s. 15.3.3). With a `location`, Power Platform asks there again until the answer is
/// not 202, every `retry_after` seconds or every 20.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted<T> {
    /// Where its end can be seen, absolute; nothing where nobody needs to know.
    pub location: Option<String>,
    /// Seconds until it is worth while to ask there.
    pub retry_after: Option<u32>,
    /// What is known so far.
    pub value: T,
}

impl<T: Data> Output for Accepted<T> {
    const SCHEMA: Schema = T::SCHEMA;
    const STATUSES: &'static [u16] = &[202];

    fn respond(self) -> Result<Response<Bytes>> {
        let mut response = json(StatusCode::ACCEPTED, &self.value)?;
        if let Some(location) = &self.location {
            response.headers_mut().insert(LOCATION, header("location", location)?);
        }
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(RETRY_AFTER, seconds.into());
        }
        Ok(response)
    }
}

/// 204: done, and there is nothing to say (RFC 9110 s. 15.3.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoContent;

impl Output for NoContent {
    const SCHEMA: Schema = Schema::Any;
    const STATUSES: &'static [u16] = &[204];

    fn respond(self) -> Result<Response<Bytes>> {
        let mut response = Response::default();
        *response.status_mut() = StatusCode::NO_CONTENT;
        Ok(response)
    }
}
