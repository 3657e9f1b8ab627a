//! Leave: what somebody may take in a year, and what was taken. Days are counted in halves.

use super::draw::{Draw, Kind};
use super::moment::Moment;

static COMMENTS: &[&str] = &[
    "Skiurlaub",
    "Déménagement",
    "Mum & Dad's anniversary",
    "<tbd>",
    "家族旅行",
];

/// Somebody's leave in a year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leave {
    /// Half days that come with the year.
    pub entitlement: u32,
    /// Half days left over from the year before; one in three has none on record.
    pub carried_over: Option<u32>,
    /// What was taken, 0 to 3 times.
    pub entries: Vec<LeaveEntry>,
}

/// Leave that was taken or asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeaveEntry {
    /// Unique.
    pub id: u32,
    /// `Vacation`, `Sick`, `Parental` or `Unpaid`.
    pub kind: &'static str,
    /// First day.
    pub from: Moment,
    /// Last day.
    pub to: Moment,
    /// Half days, without weekends.
    pub halves: u32,
    /// Whether a manager has agreed.
    pub approved: bool,
    /// Why, or what for.
    pub comment: Option<String>,
}

impl Leave {
    pub(super) fn draw(seed: u64, employee: u32, year: i64) -> Self {
        let number = u64::from(employee) << 16 | year.cast_unsigned() & 0xFFFF;
        let mut draw = Draw::new(seed, Kind::Leave, number);
        let entitlement = 48 + draw.below(13);
        let carried_over = (!draw.chance(1, 3)).then(|| draw.below(11));
        let count = draw.below(4);
        // Whole weeks from Monday to Friday, apart from each other; the first day of 2026's first working week was day -56.
        let first_monday = Moment::day(-56 + (year - 2026) * 364);
        let entries = (0..count).map(|place| {
            let from = first_monday.plus_seconds(i64::from(place * 3 + draw.below(2)) * 7 * 86_400);
            let days = draw.below(5) + 1;
            LeaveEntry {
                id: employee * 8 + place,
                kind: draw.pick(&["Vacation", "Vacation", "Sick"]),
                from,
                to: from.plus_seconds(i64::from(days - 1) * 86_400),
                halves: days * 2,
                approved: true,
                comment: draw.chance(1, 2).then(|| draw.pick(COMMENTS).to_owned()),
            }
        });
        Self {
            entitlement,
            carried_over,
            entries: entries.collect(),
        }
    }

    /// Half days of vacation that were taken or asked for.
    #[must_use]
    pub fn taken(&self) -> u32 {
        let vacation = self.entries.iter().filter(|entry| entry.kind == "Vacation");
        vacation.map(|entry| entry.halves).sum()
    }

    /// Half days that are left.
    #[must_use]
    pub fn remaining(&self) -> u32 {
        (self.entitlement + self.carried_over.unwrap_or_default()).saturating_sub(self.taken())
    }
}

#[cfg(test)]
mod tests {
    use super::super::Population;

    #[test]
    fn leave_is_taken_on_working_days_and_never_all_of_it() {
        let population = Population::new(1);
        let mut counts = [0; 4];
        for number in 1..500 {
            let leave = population.leave(number, 2026);
            counts[leave.entries.len()] += 1;
            assert!(leave.remaining() > 0);
            for entry in &leave.entries {
                assert!(entry.from.is_weekday() && entry.to.is_weekday() && entry.from <= entry.to);
                assert!(entry.to.to_string().starts_with("2026-"), "{}", entry.to);
            }
            assert!(leave.entries.windows(2).all(|pair| pair[0].to < pair[1].from));
        }
        assert!(counts.iter().all(|count| *count > 50), "{counts:?}");
    }
}
