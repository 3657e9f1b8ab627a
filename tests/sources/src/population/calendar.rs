//! What is in somebody's calendar: the events of a day are a pure function of the person and the day.

use super::draw::{Draw, Kind};
use super::moment::Moment;

static SUBJECTS: &[&str] = &[
    "Team meeting",
    "1:1",
    "Déjeuner d’équipe",
    "Planning",
    "Kundengespräch",
    "Design review",
    "Interview",
    "朝会",
];
static PLACES: &[&str] = &["B1/101", "B2/240", "Microsoft Teams Meeting", "Café Zürich", ""];

/// One event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event {
    /// Number of the employee in whose calendar it is.
    pub employee: u32,
    /// Days from [`Moment::NOW`]'s day.
    pub day: i64,
    /// Which of the day's events it is, from 0.
    pub place: u32,
    /// What it is about.
    pub subject: &'static str,
    /// Where; may be empty.
    pub location: &'static str,
    /// Start.
    pub start: Moment,
    /// End, always later than the start.
    pub end: Moment,
    /// Number of the employee who invited.
    pub organizer: u32,
    /// Called off.
    pub cancelled: bool,
}

/// Windows are cut to this many days, Graph's own limit for a calendar view (1825 days).
const LONGEST: i64 = 1_825;

pub(super) fn between(seed: u64, employee: u32, start: Moment, end: Moment) -> Vec<Event> {
    let (first, last) = (start.day_number(), end.day_number());
    (first..=last.min(first + LONGEST))
        .flat_map(|day| of_day(seed, employee, day))
        .filter(|event| event.start < end && event.end > start)
        .collect()
}

/// Up to five events between 08:00 and 18:00 UTC, never overlapping; none at weekends.
fn of_day(seed: u64, employee: u32, day: i64) -> Vec<Event> {
    let midnight = Moment::day(day);
    if !midnight.is_weekday() {
        return Vec::new();
    }
    let mut draw = Draw::new(seed, Kind::Day, u64::from(employee) << 32 ^ day.cast_unsigned());
    let count = draw.below(6);
    (0..count)
        .map(|place| {
            let start = midnight.plus_seconds(8 * 3_600 + i64::from(place) * 7_200 + i64::from(draw.below(3)) * 1_800);
            Event {
                employee,
                day,
                place,
                subject: draw.pick(SUBJECTS),
                location: draw.pick(PLACES),
                start,
                end: start.plus_seconds(draw.pick(&[1_800, 2_700, 3_600])),
                organizer: draw.below(super::Population::EMPLOYEES) + 1,
                cancelled: draw.chance(1, 20),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_is_the_sum_of_its_days() {
        let week = between(1, 42, Moment::day(0), Moment::day(7));
        let days: Vec<Event> = (0..7)
            .flat_map(|day| between(1, 42, Moment::day(day), Moment::day(day + 1)))
            .collect();
        assert!(!week.is_empty());
        assert_eq!(week, days);
        assert!(week.is_sorted_by_key(|event| event.start));
    }

    #[test]
    fn an_event_that_only_touches_the_window_is_not_in_it() {
        let event = between(1, 42, Moment::day(0), Moment::day(7))[0];
        assert!(!between(1, 42, event.end, Moment::day(7)).contains(&event));
        assert!(between(1, 42, event.end.plus_seconds(-1), Moment::day(7)).contains(&event));
    }
}
