//! Numbers that look random and never change: a pure function of the seed, a kind of thing and its number.

/// What is being drawn for. Each kind has its own sequence, so that a new field of one never changes another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Employee = 1,
    Task,
    TaskCount,
    App,
    AppCount,
    News,
    Day,
    Request,
    List,
    Account,
    Contact,
    Subscription,
    Run,
    Leave,
    Salary,
    Card,
}

/// A sequence of draws (`SplitMix64`, Steele et al., "Fast splittable pseudorandom number generators").
#[derive(Debug, Clone)]
pub(crate) struct Draw {
    state: u64,
}

impl Draw {
    pub(crate) fn new(seed: u64, kind: Kind, number: u64) -> Self {
        let mut draw = Self { state: seed };
        draw.state = draw.next() ^ (kind as u64).wrapping_mul(0xD6E8_FEB8_6659_FD93);
        draw.state = draw.next() ^ number.wrapping_mul(0xA076_1D64_78BD_642F);
        draw
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number in `0..bound`; 0 when `bound` is 0.
    pub(crate) fn below(&mut self, bound: u32) -> u32 {
        let scaled = (u128::from(self.next()) * u128::from(bound)) >> 64;
        u32::try_from(scaled).unwrap_or_default()
    }

    /// True `part` times out of `whole`.
    pub(crate) fn chance(&mut self, part: u32, whole: u32) -> bool {
        self.below(whole) < part
    }

    pub(crate) fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        let bound = u32::try_from(choices.len()).unwrap_or(u32::MAX);
        choices[self.below(bound) as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_kind_and_number_draw_the_same_sequence() {
        let sequence = |kind| {
            let mut draw = Draw::new(7, kind, 42);
            [draw.next(), draw.next(), draw.next()]
        };
        assert_eq!(sequence(Kind::Task), sequence(Kind::Task));
        assert_ne!(sequence(Kind::Task), sequence(Kind::App));
    }

    #[test]
    fn draws_stay_below_their_bound_and_reach_every_value() {
        let mut draw = Draw::new(1, Kind::Employee, 1);
        let mut seen = [false; 13];
        for _ in 0..1_000 {
            seen[draw.below(13) as usize] = true;
        }
        assert_eq!(seen, [true; 13]);
    }
}
