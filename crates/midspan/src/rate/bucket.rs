//! A token bucket: it has room for a burst, a call takes a token, and tokens come back evenly.

use std::time::Duration;

use crate::cache::wire::{Reader, Writer};

/// Another form is another version, and an empty place is a full bucket.
const MAGIC: &[u8; 4] = b"MSR1";

/// Tokens are counted in millionths, so that nothing is lost in between.
const TOKEN: u128 = 1_000_000;

/// How fast tokens come back, and how many there are at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rate {
    pub(super) calls: u32,
    pub(super) window: Duration,
    pub(super) burst: u32,
}

/// What is in a bucket at some moment, in milliseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bucket {
    level: u64,
    at: u64,
}

/// What came of the wish for tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Taken {
    /// So many, of which there are so many more.
    Some { tokens: u32, left: u32 },
    /// None; there is one after this long.
    None { wait: Duration },
}

impl Rate {
    /// In millionths of tokens.
    fn refill(self, elapsed: u64) -> u128 {
        u128::from(elapsed) * u128::from(self.calls) * TOKEN / self.window.as_millis().max(1)
    }

    fn capacity(self) -> u64 {
        u64::from(self.burst) * 1_000_000
    }

    /// How many tokens an instance holds at most.
    pub(super) fn largest_share(self) -> u32 {
        (self.burst / 64).max(1)
    }
}

impl Bucket {
    /// As it is now; a full one where there is none.
    pub(super) fn now(value: Option<&[u8]>, rate: Rate, now: u64) -> Self {
        let window = u64::try_from(rate.window.as_millis()).unwrap_or(u64::MAX);
        let known = value
            .and_then(Self::decode)
            // One of a clock that was far ahead would stay empty for as long.
            .filter(|bucket| bucket.at <= now.saturating_add(window));
        let Some(bucket) = known else {
            return Self {
                level: rate.capacity(),
                at: now,
            };
        };
        let level = u128::from(bucket.level) + rate.refill(now.saturating_sub(bucket.at));
        Self {
            level: u64::try_from(level).unwrap_or(u64::MAX).min(rate.capacity()),
            at: bucket.at.max(now),
        }
    }

    /// At most so many tokens.
    pub(super) fn take(&mut self, wanted: u32, rate: Rate) -> Taken {
        let there = u32::try_from(u128::from(self.level) / TOKEN).unwrap_or(u32::MAX);
        let tokens = there.min(wanted);
        if tokens == 0 {
            let missing = TOKEN - u128::from(self.level);
            let per_token = rate.window.as_nanos() / u128::from(rate.calls.max(1));
            let wait = (missing * per_token).div_ceil(TOKEN);
            return Taken::None {
                wait: Duration::from_nanos(u64::try_from(wait).unwrap_or(u64::MAX)),
            };
        }
        self.level -= u64::from(tokens) * 1_000_000;
        Taken::Some {
            tokens,
            left: there - tokens,
        }
    }

    pub(super) fn encode(self) -> Vec<u8> {
        let mut fields = Writer::default();
        fields.0.extend_from_slice(MAGIC);
        fields.number(self.level);
        fields.number(self.at);
        fields.0
    }

    pub(super) fn decode(value: &[u8]) -> Option<Self> {
        let mut fields = Reader(value.strip_prefix(MAGIC)?);
        Some(Self {
            level: fields.number()?,
            at: fields.number()?,
        })
    }

    /// Since when nobody has taken anything.
    pub(super) fn at(self) -> u64 {
        self.at
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// However tokens are taken, in any stretch of time there are no more than a burst and what comes back meanwhile.
        #[test]
        fn no_stretch_of_time_has_more_than_a_burst_and_what_comes_back(
            calls in 1_u32..1000, burst in 1_u32..1000, seconds in 1_u64..3600,
            wishes in prop::collection::vec((0_u64..5000, 1_u32..50), 1..200),
        ) {
            let rate = Rate { calls, window: Duration::from_secs(seconds), burst: burst.min(calls) };
            let (mut now, mut stored, mut taken) = (1_000_000_u64, None, Vec::new());
            for (pause, wanted) in wishes {
                now += pause;
                let mut bucket = Bucket::now(stored.as_deref(), rate, now);
                match bucket.take(wanted, rate) {
                    Taken::Some { tokens, .. } => taken.push((now, u64::from(tokens))),
                    Taken::None { wait } => {
                        // Not a moment earlier, and not later than said.
                        let wait = u64::try_from(wait.as_nanos().div_ceil(1_000_000)).unwrap();
                        let mut later = Bucket::now(Some(&bucket.encode()), rate, now + wait + 1);
                        let back = later.take(1, rate);
                        prop_assert!(matches!(back, Taken::Some { .. }), "{back:?}");
                    }
                }
                stored = Some(bucket.encode());
            }
            for (first, (from, _)) in taken.iter().enumerate() {
                let mut sum = 0;
                for (to, tokens) in &taken[first..] {
                    sum += tokens;
                    let refill = u64::try_from(rate.refill(to - from) / TOKEN).unwrap();
                    prop_assert!(sum <= u64::from(rate.burst) + refill + 1, "{sum} in {} ms", to - from);
                }
            }
        }

        #[test]
        fn no_bytes_and_no_clock_are_too_strange(bytes: Vec<u8>, level: u64, at: u64, now: u64) {
            let rate = Rate { calls: 60, window: Duration::from_mins(1), burst: 60 };
            let strange = Bucket { level, at }.encode();
            for value in [&bytes[..], &strange] {
                let mut bucket = Bucket::now(Some(value), rate, now);
                let _ = bucket.take(u32::MAX, rate);
                prop_assert!(bucket.level <= rate.capacity());
            }
        }
    }
}
