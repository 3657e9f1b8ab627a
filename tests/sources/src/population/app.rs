//! A Power App: somebody's own, or one that is shared with everyone.

use super::draw::{Draw, Kind};
use super::guid::Guid;
use super::moment::Moment;

/// App numbers are employee x this + place; employee 0 stands for "shared with everyone".
const PER_EMPLOYEE: u32 = 8;
const MOST: u32 = 6;

static SUBJECTS: &[&str] = &[
    "Shift Swap",
    "Vehicle Log",
    "Site Inspection",
    "Stock Count",
    "Visitor List",
    "Time Sheet",
    "Idea Box",
    "Meßprotokoll",
    "Tâches d’équipe",
    "点検表",
];
static FORMS: &[&str] = &["", " (copy)", " v2", " – test", " mobile"];
static SHARED: &[(&str, &str)] = &[
    ("Cafeteria", "Today's menu in every canteen, and how full it is."),
    ("Leave Request", "Ask for leave and see what is left of it."),
    ("Room Finder", "Find and book a meeting room near you."),
    ("IT Help Desk", "Report a problem and follow its progress."),
    ("Safety Walk", "Report a hazard with a photo."),
    ("Recognition Wall", "Thank a colleague in public."),
    ("Travel & Expenses", "Plan a trip; hand in receipts."),
    ("Welcome aboard", "The first hundred days, step by step."),
];

/// One app.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct App {
    /// Its name for the resource provider.
    pub id: Guid,
    /// Number of the employee who owns it.
    pub owner: u32,
    /// Everyone in the tenant may run it.
    pub shared_with_everyone: bool,
    /// One sentence; empty for most people's own apps.
    pub description: &'static str,
    /// When it was made.
    pub created: Moment,
    /// When it was last saved.
    pub modified: Moment,
    /// Red, green, blue of the tile.
    pub background: [u8; 3],
    /// With how many people it is shared one by one.
    pub shared_users: u32,
    subject: &'static str,
    form: &'static str,
}

impl App {
    /// What the tile says.
    #[must_use]
    pub fn display_name(&self) -> String {
        [self.subject, self.form].concat()
    }

    fn draw(seed: u64, employee: u32, place: u32) -> Self {
        let number = employee * PER_EMPLOYEE + place;
        let mut draw = Draw::new(seed, Kind::App, u64::from(number));
        let created = Moment::NOW.plus_seconds(-i64::from(draw.below(900 * 86_400)) - 86_400);
        let shared = (employee == 0).then(|| SHARED[place as usize % SHARED.len()]);
        Self {
            id: Guid::of(seed, Kind::App, number),
            owner: if employee == 0 { 101 + place } else { employee },
            shared_with_everyone: shared.is_some(),
            description: shared.map_or("", |(_, description)| description),
            created,
            modified: created.plus_seconds(i64::from(draw.below(86_400))),
            background: draw.pick(&[
                [0, 120, 212],
                [37, 62, 143],
                [16, 124, 16],
                [202, 80, 16],
                [135, 100, 184],
            ]),
            shared_users: draw.below(25),
            subject: shared.map_or_else(|| draw.pick(SUBJECTS), |(name, _)| name),
            form: if employee == 0 { "" } else { draw.pick(FORMS) },
        }
    }
}

pub(super) fn of_employee(seed: u64, employee: u32) -> Vec<App> {
    if !(1..=super::Population::EMPLOYEES).contains(&employee) {
        return Vec::new();
    }
    (0..count(seed, employee))
        .map(|place| App::draw(seed, employee, place))
        .collect()
}

pub(super) fn shared(seed: u64) -> Vec<App> {
    (0..count(seed, 0)).map(|place| App::draw(seed, 0, place)).collect()
}

pub(super) fn by_number(seed: u64, number: u32) -> Option<App> {
    let (employee, place) = (number / PER_EMPLOYEE, number % PER_EMPLOYEE);
    let exists = employee <= super::Population::EMPLOYEES && place < count(seed, employee);
    exists.then(|| App::draw(seed, employee, place))
}

fn count(seed: u64, employee: u32) -> u32 {
    if employee == 0 {
        return u32::try_from(SHARED.len()).unwrap_or(PER_EMPLOYEE);
    }
    Draw::new(seed, Kind::AppCount, u64::from(employee)).below(MOST + 1)
}
