//! A person.

use super::draw::{Draw, Kind};
use super::guid::Guid;
use super::moment::Moment;
use super::names::{CULTURES, DEPARTMENTS};
use super::{DOMAIN, Population};

/// How many people one manager has at most.
const REPORTS: u32 = 8;

/// One employee. Text that is put together from parts comes from methods, so that looking at 100,000 of them allocates nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Employee {
    /// 1 to [`Population::EMPLOYEES`]; it gives the employee id, the mail address and the id in a SharePoint site.
    pub number: u32,
    /// Object id in the directory.
    pub id: Guid,
    /// Given name, in its own script.
    pub given_name: &'static str,
    /// Family name, in its own script.
    pub surname: &'static str,
    /// One of ten departments.
    pub department: &'static str,
    /// What the person does.
    pub job_title: &'static str,
    /// City of the office, in its own script.
    pub city: &'static str,
    /// ISO 3166-1 code of the office's country.
    pub country: &'static str,
    /// BCP 47 tag of the preferred language.
    pub language: &'static str,
    /// Number of the manager, always a smaller one; only employee 1 has none.
    pub manager: Option<u32>,
    /// First day at work.
    pub hired: Moment,
    /// Nine in ten have a photo.
    pub has_photo: bool,
    family_first: bool,
    building: u32,
    room: u32,
    line: u32,
    dialling_code: &'static str,
}

impl Employee {
    pub(super) fn draw(seed: u64, number: u32) -> Self {
        let mut draw = Draw::new(seed, Kind::Employee, u64::from(number));
        let culture = &CULTURES[draw.below(u32::try_from(CULTURES.len()).unwrap_or(1)) as usize];
        let (department, titles) = draw.pick(DEPARTMENTS);
        Self {
            number,
            id: Guid::of(seed, Kind::Employee, number),
            given_name: draw.pick(culture.given),
            surname: draw.pick(culture.family),
            department,
            job_title: management_title(number).unwrap_or(draw.pick(titles)),
            city: culture.city,
            country: culture.country,
            language: culture.language,
            manager: (number > 1).then(|| (number + REPORTS - 2) / REPORTS),
            hired: Moment::day(-i64::from(draw.below(9_000)) - 1),
            has_photo: draw.chance(9, 10),
            family_first: culture.family_first,
            building: draw.below(6) + 1,
            room: draw.below(900) + 100,
            line: draw.below(9_000_000) + 1_000_000,
            dialling_code: culture.dialling_code,
        }
    }

    /// The number that payroll knows: `E000042`.
    #[must_use]
    pub fn employee_id(&self) -> String {
        format!("E{:06}", self.number)
    }

    /// Both names in the order of the person's culture.
    #[must_use]
    pub fn display_name(&self) -> String {
        self.name_parts().join(" ")
    }

    /// Mail address and user principal name: `e000042@contoso.example`.
    #[must_use]
    pub fn mail(&self) -> String {
        format!("e{:06}@{DOMAIN}", self.number)
    }

    /// Building and room: `B3/214`.
    #[must_use]
    pub fn office(&self) -> String {
        format!("B{}/{}", self.building, self.room)
    }

    /// A telephone number at work.
    #[must_use]
    pub fn phone(&self) -> String {
        format!("{} {}", self.dialling_code, self.line)
    }

    /// The first and the last number of those who report to a manager; the last is smaller than the first where nobody does.
    pub(crate) fn reports(manager: u32) -> [u32; 2] {
        let first = manager.saturating_mul(REPORTS).saturating_sub(REPORTS) + 2;
        [first, (first + REPORTS - 1).min(Population::EMPLOYEES)]
    }

    /// Whether the display name starts with `prefix`, in any case; without putting the name together.
    pub(crate) fn display_name_starts_with(&self, prefix: &str) -> bool {
        let [first, second] = self.name_parts();
        let mut name = first
            .chars()
            .chain([' '])
            .chain(second.chars())
            .flat_map(char::to_lowercase);
        prefix
            .chars()
            .flat_map(char::to_lowercase)
            .all(|c| name.next() == Some(c))
    }

    fn name_parts(&self) -> [&'static str; 2] {
        if self.family_first {
            [self.surname, self.given_name]
        } else {
            [self.given_name, self.surname]
        }
    }
}

fn management_title(number: u32) -> Option<&'static str> {
    match number {
        1 => Some("Chief Executive Officer"),
        2..=9 => Some("Executive Vice President"),
        10..=73 => Some("Director"),
        74..=585 => Some("Senior Manager"),
        _ if number <= Population::EMPLOYEES / REPORTS => Some("Manager"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_hold_what_breaks_naive_code() {
        let names: Vec<String> = Population::new(1)
            .employees()
            .take(3_000)
            .map(|e| e.display_name())
            .collect();
        for part in ["O'", "-", "ß", "İ", "𠮷", "山田", "محمد", "ọ̀"] {
            assert!(names.iter().any(|name| name.contains(part)), "no name with {part}");
        }
    }

    #[test]
    fn those_who_report_to_a_manager_are_those_who_have_it() {
        let population = Population::new(1);
        for manager in [1, 2, 42, 12_500, 12_501, 99_999] {
            let [first, last] = Employee::reports(manager);
            let all = population
                .employees()
                .filter(|employee| employee.manager == Some(manager));
            assert!(all.map(|employee| employee.number).eq(first..=last), "{manager}");
        }
    }

    #[test]
    fn a_prefix_of_the_display_name_matches_in_any_case() {
        for employee in Population::new(1).employees().take(500) {
            let name = employee.display_name();
            assert!(
                employee.display_name_starts_with(&name.to_uppercase().to_lowercase())
                    || name.contains(['ß', 'İ', 'ı'])
            );
            assert!(employee.display_name_starts_with(&name));
            assert!(!employee.display_name_starts_with(&format!("{name}x")));
        }
    }
}
