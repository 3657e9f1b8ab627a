//! Whom the company sells to, and the people there.

use super::Population;
use super::draw::{Draw, Kind};
use super::guid::Guid;
use super::moment::Moment;
use super::names::{CULTURES, Culture};

/// Contact numbers are account x this + place, so that a number gives its account back.
pub(super) const CONTACTS: u32 = 4;

static TRADES: &[&str] = &[
    "Logistics",
    "Foods",
    "Systems",
    "Werkzeugbau",
    "Énergie",
    "Textil",
    "Pharma",
    "Construction",
    "Papier & Druck",
    "Hotels",
];
static FORMS: &[&str] = &[
    "Ltd",
    "GmbH & Co. KG",
    "S.A.",
    "Inc.",
    "AB",
    "Sp. z o.o.",
    "Oy",
    "株式会社",
];
static TITLES: &[&str] = &[
    "Purchasing Manager",
    "Chief Financial Officer",
    "Head of Operations",
    "Einkäuferin",
    "Directeur général",
    "Plant Manager",
];

/// One customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Account {
    /// 1 to [`Population::ACCOUNTS`].
    pub number: u32,
    /// `accountid`.
    pub id: Guid,
    /// City, in its own script.
    pub city: &'static str,
    /// ISO 3166-1 code.
    pub country: &'static str,
    /// `industrycode`, 1 to 33.
    pub industry: u8,
    /// A year's revenue in whole units of the currency.
    pub revenue: u32,
    /// How many people work there.
    pub employees: u32,
    /// Number of the employee who looks after it.
    pub owner: u32,
    /// Still a customer; one in ten is not.
    pub active: bool,
    /// When it was made.
    pub created: Moment,
    /// When it was last changed.
    pub modified: Moment,
    /// Version of the row (in the `ETag`).
    pub version: u32,
    /// How many contacts it has, 0 to 3; the first is the primary one.
    pub contacts: u32,
    family: &'static str,
    trade: &'static str,
    form: &'static str,
    line: u32,
    dialling_code: &'static str,
}

impl Account {
    pub(super) fn draw(seed: u64, number: u32) -> Self {
        let mut draw = Draw::new(seed, Kind::Account, u64::from(number));
        let culture = culture(&mut draw);
        let created = Moment::day(-i64::from(draw.below(3_000)) - 30);
        Self {
            number,
            id: Guid::of(seed, Kind::Account, number),
            city: culture.city,
            country: culture.country,
            industry: u8::try_from(draw.below(33) + 1).unwrap_or(1),
            revenue: (draw.below(90_000) + 100) * 1_000,
            employees: draw.below(20_000) + 1,
            owner: draw.below(Population::EMPLOYEES) + 1,
            active: draw.chance(9, 10),
            created,
            modified: created.plus_seconds(i64::from(draw.below(30 * 86_400))),
            version: draw.below(9_000_000) + 1_000_000,
            contacts: draw.below(CONTACTS),
            family: draw.pick(culture.family),
            trade: draw.pick(TRADES),
            form: draw.pick(FORMS),
            line: draw.below(9_000_000) + 1_000_000,
            dialling_code: culture.dialling_code,
        }
    }

    /// Its name, which need not be unique.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{} {} {}", self.family, self.trade, self.form)
    }

    /// The number that sales knows: `A-000042`.
    #[must_use]
    pub fn account_number(&self) -> String {
        format!("A-{:06}", self.number)
    }

    /// Main telephone.
    #[must_use]
    pub fn phone(&self) -> String {
        format!("{} {}", self.dialling_code, self.line)
    }

    /// Where it is on the web.
    #[must_use]
    pub fn website(&self) -> String {
        format!("https://{}", self.domain())
    }

    fn domain(&self) -> String {
        format!("a{:06}.example", self.number)
    }
}

/// Somebody who works for an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contact {
    /// Unique over all accounts.
    pub number: u32,
    /// `contactid`.
    pub id: Guid,
    /// Number of the account that it belongs to.
    pub account: u32,
    /// Given name, in its own script.
    pub given_name: &'static str,
    /// Family name, in its own script.
    pub surname: &'static str,
    /// What the person does.
    pub job_title: &'static str,
    /// Version of the row (in the `ETag`).
    pub version: u32,
    line: u32,
    dialling_code: &'static str,
}

impl Contact {
    pub(super) fn draw(seed: u64, number: u32) -> Self {
        let mut draw = Draw::new(seed, Kind::Contact, u64::from(number));
        let culture = culture(&mut draw);
        Self {
            number,
            id: Guid::of(seed, Kind::Contact, number),
            account: number / CONTACTS,
            given_name: draw.pick(culture.given),
            surname: draw.pick(culture.family),
            job_title: draw.pick(TITLES),
            version: draw.below(9_000_000) + 1_000_000,
            line: draw.below(9_000_000) + 1_000_000,
            dialling_code: culture.dialling_code,
        }
    }

    /// Given name and family name: Dataverse's default order, whatever the culture.
    #[must_use]
    pub fn full_name(&self) -> String {
        format!("{} {}", self.given_name, self.surname)
    }

    /// Mail address.
    #[must_use]
    pub fn mail(&self) -> String {
        format!("c{}@a{:06}.example", self.number, self.account)
    }

    /// Telephone at work.
    #[must_use]
    pub fn phone(&self) -> String {
        format!("{} {}", self.dialling_code, self.line)
    }
}

fn culture(draw: &mut Draw) -> &'static Culture {
    &CULTURES[draw.below(u32::try_from(CULTURES.len()).unwrap_or(1)) as usize]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_and_contacts_are_found_by_each_of_their_names() {
        let population = Population::new(1);
        let mut without = 0;
        for number in 1..200 {
            let account = population.account(number).expect("an account");
            assert_eq!(population.account_by_id(account.id), Some(account));
            assert_eq!(population.account_by_number(&account.account_number()), Some(account));
            let contacts = population.contacts(number);
            without += usize::from(contacts.is_empty());
            for contact in contacts {
                assert_eq!(contact.account, number);
                assert_eq!(population.contact(contact.id), Some(contact));
            }
        }
        assert!(without > 10, "some have nobody");
    }

    #[test]
    fn what_does_not_exist_is_not_found() {
        let population = Population::new(1);
        assert_eq!(population.account(0), None);
        assert_eq!(population.account(Population::ACCOUNTS + 1), None);
        for number in ["", "A-42", "B-000042", "A-020001"] {
            assert_eq!(population.account_by_number(number), None, "{number}");
        }
    }
}
