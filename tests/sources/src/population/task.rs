//! What somebody has to do.

use super::draw::{Draw, Kind};
use super::guid::Guid;
use super::moment::Moment;

/// Task numbers are employee x this + place, so that a number gives its employee back.
pub(super) const PER_EMPLOYEE: u32 = 16;
const MOST: u32 = 12;

static VERBS: &[&str] = &[
    "Approve", "Review", "Complete", "Sign", "Update", "Prepare", "Submit", "Confirm",
];
static OBJECTS: &[&str] = &[
    "travel expenses",
    "the safety training",
    "the quarterly plan",
    "a purchase order",
    "the leave request",
    "your emergency contact",
    "the equipment return",
    "the policy “Façade & Förderung”",
    "the supplier contract",
    "the onboarding checklist",
];

/// Where a task stands (`statecode` of the Dataverse `task` table).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaskState {
    /// 0: still to do.
    Open,
    /// 1: done.
    Completed,
    /// 2: no longer to do.
    Canceled,
}

/// One task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Task {
    /// Activity id.
    pub id: Guid,
    /// Number of the employee whose task it is.
    pub employee: u32,
    /// Where it stands.
    pub state: TaskState,
    /// `statuscode`: 2 not started, 3 in progress, 4 waiting, 5 completed, 6 canceled, 7 deferred.
    pub status: u8,
    /// `prioritycode`: 0 low, 1 normal, 2 high.
    pub priority: u8,
    /// 0 to 100.
    pub percent_complete: u8,
    /// When it was made.
    pub created: Moment,
    /// When it was last changed.
    pub modified: Moment,
    /// When it is due; one in eight has no due date.
    pub due: Option<Moment>,
    /// Grows with each change (`versionnumber`; it is in the `ETag`).
    pub version: u32,
    place: u32,
    verb: &'static str,
    object: &'static str,
}

impl Task {
    /// What is to be done, in a few words.
    #[must_use]
    pub fn subject(&self) -> String {
        format!("{} {}", self.verb, self.object)
    }

    /// Unique over all employees.
    #[must_use]
    pub fn number(&self) -> u32 {
        self.employee * PER_EMPLOYEE + self.place
    }

    fn draw(seed: u64, employee: u32, place: u32) -> Self {
        let number = employee * PER_EMPLOYEE + place;
        let mut draw = Draw::new(seed, Kind::Task, u64::from(number));
        let (state, status, percent_complete) = match draw.below(10) {
            0 | 1 => (TaskState::Completed, 5, 100),
            2 => (TaskState::Canceled, 6, 0),
            3 | 4 => (TaskState::Open, 3, draw.pick(&[10, 25, 50, 75, 90])),
            5 => (TaskState::Open, 4, 50),
            6 => (TaskState::Open, 7, 0),
            _ => (TaskState::Open, 2, 0),
        };
        let created = Moment::NOW.plus_seconds(-i64::from(draw.below(90 * 86_400)) - 3_600);
        Self {
            id: Guid::of(seed, Kind::Task, number),
            employee,
            state,
            status,
            priority: draw.pick(&[0, 1, 1, 1, 2]),
            percent_complete,
            created,
            modified: created.plus_seconds(i64::from(draw.below(3_600))),
            due: (!draw.chance(1, 8)).then(|| {
                Moment::day(i64::from(draw.below(60)) - 15).plus_seconds(i64::from(draw.below(20)) * 1_800 + 28_800)
            }),
            version: draw.below(9_000_000) + 1_000_000,
            place,
            verb: draw.pick(VERBS),
            object: draw.pick(OBJECTS),
        }
    }
}

pub(super) fn of_employee(seed: u64, employee: u32) -> Vec<Task> {
    if !(1..=super::Population::EMPLOYEES).contains(&employee) {
        return Vec::new();
    }
    let count = Draw::new(seed, Kind::TaskCount, u64::from(employee)).below(MOST + 1);
    (0..count).map(|place| Task::draw(seed, employee, place)).collect()
}
