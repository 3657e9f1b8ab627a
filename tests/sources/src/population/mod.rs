//! The data behind every emulated system: 100,000 employees and what belongs to them, computed when asked for.
//!
//! Nearly nothing is stored. An employee, a task, an app, a news item or an event is a pure function of the seed and its number, so that
//! a population costs nothing to make, and a test can compute the answer that it expects of a system.

mod account;
mod app;
mod calendar;
mod draw;
mod employee;
mod guid;
mod leave;
mod moment;
mod names;
mod news;
mod task;

use std::sync::OnceLock;

pub use account::{Account, Contact};
pub use app::App;
pub use calendar::Event;
pub use employee::Employee;
pub use guid::{Guid, NotAGuid};
pub use leave::{Leave, LeaveEntry};
pub use moment::{Moment, NotAMoment};
pub use news::NewsItem;
pub use task::{Task, TaskState};

pub(crate) use draw::{Draw, Kind};

/// The tenant that everything belongs to (Entra ID's own example of a tenant id is as good as any; this one is nobody's).
pub const TENANT_ID: &str = "7d1c3a52-0c5e-4f0e-9a3f-6a1f2b8e4c10";
/// The domain of every mail address and user principal name.
pub const DOMAIN: &str = "contoso.example";

/// All people and what belongs to them, for one seed.
#[derive(Debug)]
pub struct Population {
    seed: u64,
    accounts: OnceLock<Vec<Account>>,
    news: OnceLock<Vec<NewsItem>>,
    by_name: OnceLock<Vec<u32>>,
}

impl Population {
    /// How many employees there are: numbers 1 to this.
    pub const EMPLOYEES: u32 = 100_000;
    /// How many customers there are: numbers 1 to this.
    pub const ACCOUNTS: u32 = 20_000;
    /// How many news items there are: ids 1 to this, the newest last.
    pub const NEWS: u32 = 3_000;

    /// The population of a seed. Two of the same seed are equal in everything.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self {
            seed,
            accounts: OnceLock::new(),
            news: OnceLock::new(),
            by_name: OnceLock::new(),
        }
    }

    /// What everything is drawn from.
    #[must_use]
    pub const fn seed(&self) -> u64 {
        self.seed
    }

    /// The employee of a number from 1 to [`Population::EMPLOYEES`].
    #[must_use]
    pub fn employee(&self, number: u32) -> Option<Employee> {
        (1..=Self::EMPLOYEES)
            .contains(&number)
            .then(|| Employee::draw(self.seed, number))
    }

    /// All employees, by number.
    pub fn employees(&self) -> impl Iterator<Item = Employee> {
        (1..=Self::EMPLOYEES).map(|number| Employee::draw(self.seed, number))
    }

    /// The numbers of all employees, by display name (compared as Unicode code points), then by number.
    #[must_use]
    pub fn numbers_by_display_name(&self) -> &[u32] {
        self.by_name.get_or_init(|| {
            let mut names: Vec<_> = self.employees().map(|e| (e.display_name(), e.number)).collect();
            names.sort_unstable();
            names.into_iter().map(|(_, number)| number).collect()
        })
    }

    /// The employee with a payroll number such as `E000042`.
    #[must_use]
    pub fn by_employee_id(&self, id: &str) -> Option<Employee> {
        let digits = id.strip_prefix(['E', 'e'])?;
        self.employee(six_digits(digits)?)
    }

    /// The employee with a directory object id.
    #[must_use]
    pub fn by_guid(&self, id: Guid) -> Option<Employee> {
        self.employee(id.number_in(self.seed, Kind::Employee)?)
    }

    /// The employee with a user principal name such as `e000042@contoso.example`, in any case.
    #[must_use]
    pub fn by_upn(&self, upn: &str) -> Option<Employee> {
        let (name, domain) = upn.split_once('@')?;
        if !domain.eq_ignore_ascii_case(DOMAIN) {
            return None;
        }
        self.by_employee_id(name)
    }

    /// An employee's tasks, 0 to 12 of them.
    #[must_use]
    pub fn tasks(&self, employee: u32) -> Vec<Task> {
        task::of_employee(self.seed, employee)
    }

    /// The task with an activity id.
    #[must_use]
    pub fn task(&self, id: Guid) -> Option<Task> {
        let number = id.number_in(self.seed, Kind::Task)?;
        self.tasks(number / task::PER_EMPLOYEE)
            .into_iter()
            .find(|task| task.number() == number)
    }

    /// The apps that an employee owns, 0 to 6 of them.
    #[must_use]
    pub fn own_apps(&self, employee: u32) -> Vec<App> {
        app::of_employee(self.seed, employee)
    }

    /// The apps that are shared with everyone.
    #[must_use]
    pub fn shared_apps(&self) -> Vec<App> {
        app::shared(self.seed)
    }

    /// The app of a name (a GUID), whoever owns it.
    #[must_use]
    pub fn app(&self, name: Guid) -> Option<App> {
        app::by_number(self.seed, name.number_in(self.seed, Kind::App)?)
    }

    /// An employee's leave in a year.
    #[must_use]
    pub fn leave(&self, employee: u32, year: i64) -> Leave {
        Leave::draw(self.seed, employee, year)
    }

    /// The customer of a number from 1 to [`Population::ACCOUNTS`].
    #[must_use]
    pub fn account(&self, number: u32) -> Option<Account> {
        (1..=Self::ACCOUNTS)
            .contains(&number)
            .then(|| Account::draw(self.seed, number))
    }

    /// All customers, by number.
    pub fn accounts(&self) -> impl Iterator<Item = Account> {
        let draw = || {
            (1..=Self::ACCOUNTS)
                .map(|number| Account::draw(self.seed, number))
                .collect()
        };
        self.accounts.get_or_init(draw).iter().copied()
    }

    /// The customer with an `accountid`.
    #[must_use]
    pub fn account_by_id(&self, id: Guid) -> Option<Account> {
        self.account(id.number_in(self.seed, Kind::Account)?)
    }

    /// The customer with an account number such as `A-000042`.
    #[must_use]
    pub fn account_by_number(&self, number: &str) -> Option<Account> {
        self.account(six_digits(number.strip_prefix("A-")?)?)
    }

    /// The contacts of a customer, 0 to 3 of them, the primary one first.
    #[must_use]
    pub fn contacts(&self, account: u32) -> Vec<Contact> {
        let count = self.account(account).map_or(0, |account| account.contacts);
        let first = account * account::CONTACTS;
        (first..first + count)
            .map(|number| Contact::draw(self.seed, number))
            .collect()
    }

    /// The contact with a `contactid`.
    #[must_use]
    pub fn contact(&self, id: Guid) -> Option<Contact> {
        let number = id.number_in(self.seed, Kind::Contact)?;
        let of_account = self.contacts(number / account::CONTACTS);
        of_account.into_iter().find(|contact| contact.number == number)
    }

    /// All news items, the oldest (id 1) first.
    #[must_use]
    pub fn news(&self) -> &[NewsItem] {
        self.news
            .get_or_init(|| (1..=Self::NEWS).map(|id| NewsItem::draw(self.seed, id)).collect())
    }

    /// An employee's events that overlap the time from `start` to `end`, the earliest first.
    #[must_use]
    pub fn events(&self, employee: u32, start: Moment, end: Moment) -> Vec<Event> {
        calendar::between(self.seed, employee, start, end)
    }
}

fn six_digits(digits: &str) -> Option<u32> {
    (digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_digit())).then(|| digits.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_employee_is_found_by_each_of_its_names() {
        let population = Population::new(1);
        let employee = population.employee(42).expect("employee 42");
        assert_eq!(employee.employee_id(), "E000042");
        assert_eq!(population.by_employee_id("E000042"), Some(employee));
        assert_eq!(population.by_guid(employee.id), Some(employee));
        assert_eq!(population.by_upn("E000042@Contoso.Example"), Some(employee));
    }

    #[test]
    fn a_number_out_of_range_or_a_malformed_name_finds_nobody() {
        let population = Population::new(1);
        assert_eq!(population.employee(0), None);
        assert_eq!(population.employee(100_001), None);
        for id in ["", "42", "E42", "E0000421", "E+00042", "E100001"] {
            assert_eq!(population.by_employee_id(id), None, "{id}");
        }
        assert_eq!(population.by_upn("e000042@fabrikam.example"), None);
    }

    #[test]
    fn one_seed_gives_the_same_people_and_another_gives_others() {
        let names = |seed| {
            Population::new(seed)
                .employees()
                .take(50)
                .map(|e| e.display_name())
                .collect::<Vec<_>>()
        };
        assert_eq!(names(1), names(1));
        assert_ne!(names(1), names(2));
    }

    #[test]
    fn nobody_is_their_own_managers_manager() {
        let population = Population::new(1);
        for employee in population.employees() {
            match employee.manager {
                Some(manager) => assert!(manager < employee.number && manager > 0),
                None => assert_eq!(employee.number, 1),
            }
        }
    }

    #[test]
    fn everything_that_belongs_to_people_is_found_by_its_id() {
        let population = Population::new(1);
        for number in 1..300 {
            for task in population.tasks(number) {
                assert_eq!(population.task(task.id), Some(task));
            }
            for app in population.own_apps(number) {
                assert_eq!(population.app(app.id), Some(app));
            }
        }
        for app in population.shared_apps() {
            assert_eq!(population.app(app.id), Some(app));
        }
    }

    #[test]
    fn counts_reach_both_ends_of_their_range() {
        let population = Population::new(1);
        let range =
            |count: &dyn Fn(u32) -> usize| (1..2_000).map(count).fold((99, 0), |(a, b), n| (a.min(n), b.max(n)));
        assert_eq!(range(&|n| population.tasks(n).len()), (0, 12));
        assert_eq!(range(&|n| population.own_apps(n).len()), (0, 6));
    }
}
