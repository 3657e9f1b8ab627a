//! What was measured: one figure of each program, and how they compare.

use std::{collections::BTreeMap, time::Duration};

use serde::Serialize;

use crate::{cached::Cached, overload::Overload, setting::Setting, traced::Traced, work::Work};

/// All that one run found.
#[derive(Serialize)]
pub(crate) struct Report {
    pub(crate) setting: Setting,
    pub(crate) figures: Vec<Figure>,
    pub(crate) cached: Option<Cached>,
    pub(crate) overload: Option<Overload>,
    pub(crate) traced: Option<Traced>,
    pub(crate) component_bytes: BTreeMap<&'static str, u64>,
}

/// One thing that was measured on both programs: medians over the rounds.
#[derive(Serialize)]
pub(crate) struct Figure {
    pub(crate) work: &'static str,
    pub(crate) what: String,
    pub(crate) unit: Unit,
    pub(crate) midspan: f64,
    /// Nothing where it has no counterpart.
    pub(crate) native: Option<f64>,
}

/// How a figure is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Unit {
    PerSecond,
    Milliseconds,
    /// On top of a source's own time.
    AddedMilliseconds,
    Microseconds,
    Megabytes,
}

impl Figure {
    pub(crate) fn new(work: Work, what: impl Into<String>, unit: Unit, midspan: Vec<f64>, native: Vec<f64>) -> Self {
        Self {
            work: work.name(),
            what: what.into(),
            unit,
            midspan: median(midspan).unwrap_or(f64::NAN),
            native: median(native),
        }
    }

    /// Midspan's figure, the native one's being 1; for time added to a source's, how much longer it is.
    pub(crate) fn comparison(&self) -> Option<f64> {
        let native = self.native?;
        Some(match self.unit {
            Unit::AddedMilliseconds => self.midspan - native,
            _ => self.midspan / native,
        })
    }
}

pub(crate) fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

#[expect(clippy::cast_precision_loss, reason = "far less than 2^52 bytes")]
pub(crate) fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}

pub(crate) fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let (low, high) = (
        values.get(values.len().checked_sub(1)? / 2)?,
        values.get(values.len() / 2)?,
    );
    Some(f64::midpoint(*low, *high))
}
