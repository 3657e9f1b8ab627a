//! A retry budget: what limits the load that retries and hedges add to a source in trouble.
//!
//! As tower's and gRPC's (gRFC A6): every call brings a little in, every extra request takes more out.

use std::cell::Cell;

/// What a call brings in is 1.
const COST_OF_A_RETRY: u32 = 5;

/// Ten retries; an instance begins with them.
const MOST: u32 = 10 * COST_OF_A_RETRY;

pub(super) struct Budget(Cell<u32>);

impl Default for Budget {
    fn default() -> Self {
        Self(Cell::new(MOST))
    }
}

impl Budget {
    pub(super) fn deposit(&self) {
        self.0.set(MOST.min(self.0.get() + 1));
    }

    /// Whether there is enough for one more request; then it is taken.
    pub(super) fn withdraw(&self) -> bool {
        let rest = self.0.get().checked_sub(COST_OF_A_RETRY);
        self.0.set(rest.unwrap_or(self.0.get()));
        rest.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_retries_are_saved_up_and_then_every_fifth_call_brings_one() {
        let budget = Budget::default();
        let calls = |number: usize| {
            let granted = (0..number).filter(|_| {
                budget.deposit();
                budget.withdraw()
            });
            granted.count()
        };
        assert_eq!(calls(12), 12, "the first calls bring two more");
        assert_eq!(calls(100), 20);
    }
}
