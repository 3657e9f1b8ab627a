//! Exponential back-off with full jitter: `random_between(0, min(cap, base * 2 ** attempt))` (M. Brooker, "Exponential
//! Backoff And Jitter", AWS Architecture Blog, 2015). Callers that failed together do not come back together.

use std::time::Duration;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Backoff {
    pub(super) base: Duration,
    pub(super) max_delay: Duration,
}

impl Backoff {
    pub(super) const DEFAULT: Self = Self {
        base: Duration::from_millis(50),
        max_delay: Duration::from_secs(1),
    };

    /// The wait after `retries` retries; `random` is even over all of its values.
    pub(super) fn delay(self, retries: u32, random: u64) -> Duration {
        let ceiling = self.base.saturating_mul(2_u32.saturating_pow(retries));
        // In 2^-32ths: finer than any clock, and without 128-bit or floating-point arithmetic in the component.
        let ceiling = u64::try_from(ceiling.min(self.max_delay).as_micros()).unwrap_or(u64::MAX);
        Duration::from_micros((ceiling >> 32) * (random >> 32) + (((ceiling & 0xffff_ffff) * (random >> 32)) >> 32))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_longest_wait_doubles_up_to_its_limit() {
        let backoff = Backoff {
            base: Duration::from_millis(100),
            max_delay: Duration::from_millis(350),
        };
        let longest: Vec<_> = [0, 1, 2, 3, u32::MAX]
            .map(|retries| backoff.delay(retries, u64::MAX).as_micros())
            .into();
        assert_eq!(longest, [99_999, 199_999, 349_999, 349_999, 349_999]);
        assert_eq!(backoff.delay(0, 0), Duration::ZERO);
        assert_eq!(backoff.delay(0, u64::MAX / 2 + 1), Duration::from_millis(50));
    }

    proptest! {
        #[test]
        fn no_wait_is_longer_than_its_limit(base: u64, limit: u64, retries: u32, random: u64) {
            let (base, max_delay) = (Duration::from_millis(base), Duration::from_millis(limit));
            let backoff = Backoff { base, max_delay };
            prop_assert!(backoff.delay(retries, random) <= max_delay);
        }
    }
}
