//! The work that is measured, and the requests that ask for it.

use std::path::PathBuf;

use clap::ValueEnum;
use http::{HeaderValue, Request, header::AUTHORIZATION};
use http_body_util::Empty;
use midspan_sources::{Population, token_for};

use crate::{client::Body, components};

/// How many employees ask for their home screen, one after the other.
const EMPLOYEES: u32 = 10_000;
/// How many of them come again and again.
const KEPT: u32 = 1_000;
/// Of 100,000; prime, so that neighbours in time are not neighbours in the data.
const STRIDE: u32 = 7_919;

/// What is asked of both programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Work {
    /// An operation without a source.
    Ping,
    /// GetHome: four sources at once, one view.
    Home,
    /// GetHome again, for employees whose view is kept.
    Cached,
    /// GetHome from a host with few places, ten times as often as it can.
    Overload,
    /// GetHome, without and with every request traced.
    Traced,
}

/// A request that can be sent again and again.
pub(crate) struct Target {
    path: String,
    authorization: Option<HeaderValue>,
}

impl Work {
    pub(crate) const ALL: [Self; 5] = [Self::Ping, Self::Home, Self::Cached, Self::Overload, Self::Traced];

    /// As the tables have it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Ping => "ping",
            Self::Home => "GetHome",
            Self::Cached => "cached GetHome",
            Self::Overload => "GetHome under overload",
            Self::Traced => "traced GetHome",
        }
    }

    /// The Spin application that does it.
    pub(crate) fn manifest(self) -> PathBuf {
        let manifest = match self {
            Self::Ping => "bench/ping/spin.toml",
            Self::Home | Self::Overload | Self::Traced => "bench/home/spin.toml",
            Self::Cached => "bench/cached-home/spin.toml",
        };
        components::root().join(manifest)
    }

    /// Requests to each of the four sources for one request, once the programs are warm.
    pub(crate) fn source_calls(self) -> u64 {
        match self {
            Self::Ping | Self::Cached => 0,
            Self::Home | Self::Overload | Self::Traced => 1,
        }
    }

    /// Every request, no two alike where the work takes an input.
    pub(crate) fn targets(self) -> Vec<Target> {
        match self {
            Self::Ping => vec![Target {
                path: "/ping".to_owned(),
                authorization: None,
            }],
            Self::Home | Self::Overload | Self::Traced => {
                let population = Population::new(1);
                (0..EMPLOYEES)
                    .filter_map(|number| home_of(&population, number))
                    .collect()
            }
            // Without a token: with one, a shared cache must not answer for another (RFC 9111 s. 3.5).
            Self::Cached => {
                let population = Population::new(1);
                let homes = (0..KEPT).filter_map(|number| home_of(&population, number));
                homes
                    .map(|target| Target {
                        authorization: None,
                        ..target
                    })
                    .collect()
            }
        }
    }
}

/// Every employee comes with a token of their own, which the operation hands on to one of the sources.
fn home_of(population: &Population, number: u32) -> Option<Target> {
    let employee = population.employee(1 + number * STRIDE % 100_000)?;
    Some(Target {
        path: format!("/home/{}", employee.employee_id()),
        authorization: HeaderValue::from_str(&format!("Bearer {}", token_for(&employee))).ok(),
    })
}

impl Target {
    pub(crate) fn request(&self, authority: &HeaderValue) -> Request<Body> {
        let mut request = Request::new(Body::Left(Empty::new()));
        *request.uri_mut() = self.path.parse().unwrap_or_default();
        request.headers_mut().insert(http::header::HOST, authority.clone());
        if let Some(authorization) = &self.authorization {
            request.headers_mut().insert(AUTHORIZATION, authorization.clone());
        }
        request
    }
}
