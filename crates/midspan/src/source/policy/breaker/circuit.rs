//! What is known of a source's health. Times are milliseconds since 1970, because instances on many machines compare
//! them; a machine whose clock is wrong is wrong by as much.

use std::time::Duration;

use super::Breaker;

/// Closed, with so many failures in a row; or open, and then half-open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Circuit {
    failures: u32,
    /// None where it is closed.
    open_until: Option<i64>,
    /// While it is half-open: until when nobody else need try, because one is.
    probe_until: i64,
}

/// What a call is, to the breaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::source) enum Turn {
    /// One of many, while it is closed.
    Ordinary,
    /// The one that shows whether the source is well again.
    Probe,
}

impl Circuit {
    /// Whether a call may be made; else how long none may.
    pub(super) fn turn(&mut self, now: i64, probe_takes: Duration) -> Result<Turn, Duration> {
        let Some(open_until) = self.open_until else {
            return Ok(Turn::Ordinary);
        };
        let until = open_until.max(self.probe_until);
        if now < until {
            return Err(Duration::from_millis(until.abs_diff(now)));
        }
        self.probe_until = later(now, probe_takes);
        Ok(Turn::Probe)
    }

    /// What a call said of the source, nothing being said where it was not made to its end; whether that matters.
    pub(super) fn note(&mut self, turn: Turn, failed: Option<bool>, breaker: Breaker, now: i64) -> bool {
        let before = *self;
        match (turn, failed) {
            (Turn::Probe, Some(true)) => self.open(breaker, now),
            (Turn::Probe, None) => self.probe_until = 0,
            (Turn::Probe, Some(false)) => *self = Self::default(),
            // It was sent before the breaker opened.
            (Turn::Ordinary, _) if self.is_open() => {}
            (Turn::Ordinary, Some(true)) => self.count(self.failures.saturating_add(1), breaker, now),
            (Turn::Ordinary, Some(false)) => self.failures = 0,
            (Turn::Ordinary, None) => {}
        }
        *self != before
    }

    /// What is known together: another instance may have written `other` since this one looked, which has seen so many
    /// failures more.
    pub(super) fn with(mut self, other: Self, more: u32, breaker: Breaker, now: i64) -> Self {
        match (self.open_until, other.open_until) {
            (Some(own), Some(others)) if own == others => {
                self.probe_until = self.probe_until.max(other.probe_until);
                self
            }
            (own, others) if own > others => self,
            (None, None) => {
                self.count(self.failures.max(other.failures.saturating_add(more)), breaker, now);
                self
            }
            _ => other,
        }
    }

    fn count(&mut self, failures: u32, breaker: Breaker, now: i64) {
        self.failures = failures;
        if failures >= breaker.after {
            self.open(breaker, now);
        }
    }

    fn open(&mut self, breaker: Breaker, now: i64) {
        self.open_until = Some(later(now, breaker.open_for));
        self.probe_until = 0;
    }

    pub(super) const fn is_open(self) -> bool {
        self.open_until.is_some()
    }

    /// As it stands in the store.
    pub(super) fn to_text(self) -> String {
        let open_until = self.open_until.unwrap_or_default();
        format!("1 {} {open_until} {}", self.failures, self.probe_until)
    }

    /// Nothing for what is none. A machine whose clock is ahead can't open it for longer than `breaker` and a probe say.
    pub(super) fn from_text(text: &[u8], breaker: Breaker, now: i64, probe_takes: Duration) -> Option<Self> {
        let mut words = std::str::from_utf8(text).ok()?.strip_prefix("1 ")?.split(' ');
        let failures = words.next()?.parse().ok()?;
        let open_until = words.next()?.parse::<i64>().ok()?.min(later(now, breaker.open_for));
        let probe_until = words.next()?.parse::<i64>().ok()?.min(later(now, probe_takes));
        Some(Self {
            failures,
            open_until: (open_until > 0).then_some(open_until),
            probe_until,
        })
    }
}

fn later(now: i64, by: Duration) -> i64 {
    now.saturating_add(i64::try_from(by.as_millis()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const BREAKER: Breaker = Breaker::after(3).open_for(Duration::from_secs(10));
    const PROBE: Duration = Duration::from_secs(2);

    #[test]
    fn it_opens_after_failures_in_a_row_and_lets_one_call_through_after_a_while() {
        let mut circuit = Circuit::default();
        for failed in [true, true, false, true, true] {
            assert_eq!(circuit.turn(1000, PROBE), Ok(Turn::Ordinary));
            circuit.note(Turn::Ordinary, Some(failed), BREAKER, 1000);
        }
        assert!(circuit.note(Turn::Ordinary, Some(true), BREAKER, 1000) && circuit.is_open());
        assert_eq!(circuit.turn(1001, PROBE), Err(Duration::from_millis(9999)));
        assert!(
            !circuit.note(Turn::Ordinary, Some(false), BREAKER, 1001),
            "it was sent before"
        );
        assert_eq!(circuit.turn(11_000, PROBE), Ok(Turn::Probe));
        assert_eq!(circuit.turn(11_000, PROBE), Err(PROBE), "one is enough");
        assert_eq!(
            circuit.turn(13_000, PROBE),
            Ok(Turn::Probe),
            "nobody knows what became of that one"
        );
        circuit.note(Turn::Probe, None, BREAKER, 13_000);
        assert_eq!(
            circuit.turn(13_000, PROBE),
            Ok(Turn::Probe),
            "that one was not made to its end"
        );
        circuit.note(Turn::Probe, Some(true), BREAKER, 13_500);
        assert_eq!(circuit.turn(13_500, PROBE), Err(Duration::from_secs(10)));
        assert_eq!(circuit.turn(23_500, PROBE), Ok(Turn::Probe));
        circuit.note(Turn::Probe, Some(false), BREAKER, 23_600);
        assert_eq!(circuit, Circuit::default());
    }

    #[test]
    fn instances_count_together_and_the_later_opening_holds() {
        let closed = |failures| Circuit {
            failures,
            ..Circuit::default()
        };
        let open = |until, probe_until| Circuit {
            failures: 3,
            open_until: Some(until),
            probe_until,
        };
        let check = |own: Circuit, other, both| assert_eq!(own.with(other, 1, BREAKER, 0), both, "{own:?} {other:?}");
        check(closed(1), closed(0), closed(1));
        check(closed(1), closed(1), closed(2));
        check(closed(1), closed(2), open(10_000, 0));
        check(closed(1), open(9000, 5), open(9000, 5));
        check(open(9000, 5), closed(2), open(9000, 5));
        check(open(9000, 5), open(8000, 7), open(9000, 5));
        check(open(9000, 5), open(9000, 7), open(9000, 7));
    }

    proptest! {
        #[test]
        fn what_is_stored_comes_back(failures: u32, open_until in prop::option::of(1_i64..10_000), probe_until in 0_i64..2000) {
            let circuit = Circuit { failures, open_until, probe_until };
            prop_assert_eq!(Circuit::from_text(circuit.to_text().as_bytes(), BREAKER, 0, PROBE), Some(circuit));
        }

        #[test]
        fn nothing_stored_keeps_a_source_away_for_longer_than_its_breaker_says(text in "1 [0-9 -]{0,50}|.*", now in 0_i64..1 << 50) {
            if let Some(mut circuit) = Circuit::from_text(text.as_bytes(), BREAKER, now, PROBE) {
                let wait = circuit.turn(now, PROBE).err().unwrap_or_default();
                prop_assert!(wait <= Duration::from_secs(10), "{:?}", wait);
            }
        }
    }
}
