//! What can be asked of the directory.

use std::sync::Arc;

use async_graphql::connection::{Connection, Edge, EmptyFields};
use async_graphql::{Context, EmptyMutation, EmptySubscription, Error, ErrorExtensions, ID, Object, Result};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::population::{Draw, Employee, Kind, Population};

pub(super) type Schema = async_graphql::Schema<Query, EmptyMutation, EmptySubscription>;

/// How deep a query may be nested, and how many fields it may ask for.
const DEEPEST: usize = 10;
const MOST_FIELDS: usize = 3_000;
/// People that are looked up, or on a page, at most.
const MOST: usize = 100;
/// Whoever has a number up to this leads others: what they earn is for few.
const LEADERS: u32 = 585;

pub(super) fn schema(population: Arc<Population>) -> Schema {
    Schema::build(Query, EmptyMutation, EmptySubscription)
        .data(population)
        .limit_depth(DEEPEST)
        .limit_complexity(MOST_FIELDS)
        .finish()
}

type People = Connection<String, Person, Total, EmptyFields>;

pub(super) struct Query;

#[Object]
impl Query {
    /// One person, by employee number or object id.
    async fn person(&self, ctx: &Context<'_>, id: ID) -> Result<Option<Person>> {
        Ok(find(population(ctx)?, &id))
    }

    /// Several people in the order of their ids; null for an id that nobody has.
    async fn people(&self, ctx: &Context<'_>, ids: Vec<ID>) -> Result<Vec<Option<Person>>> {
        if ids.len() > MOST {
            let message = format!("At most {MOST} people can be looked up at once, not {}.", ids.len());
            return Err(with_code(&message, "BAD_USER_INPUT"));
        }
        let population = population(ctx)?;
        Ok(ids.iter().map(|id| find(population, id)).collect())
    }

    /// People whose display name starts with a text, in the order of their numbers.
    #[graphql(complexity = "page_complexity(first, child_complexity)")]
    async fn search(
        &self,
        ctx: &Context<'_>,
        text: String,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<People> {
        page(population(ctx)?, Total::Named(text), first, after.as_deref())
    }
}

/// Somebody who works here.
pub(super) struct Person(Employee);

/// Where somebody works.
pub(super) struct Office(Employee);

#[Object]
impl Person {
    /// Object id.
    async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// Number, as payroll knows it.
    async fn employee_id(&self) -> String {
        self.0.employee_id()
    }

    async fn display_name(&self) -> String {
        self.0.display_name()
    }

    async fn given_name(&self) -> &str {
        self.0.given_name
    }

    async fn surname(&self) -> &str {
        self.0.surname
    }

    async fn job_title(&self) -> &str {
        self.0.job_title
    }

    async fn department(&self) -> &str {
        self.0.department
    }

    async fn mail(&self) -> String {
        self.0.mail()
    }

    async fn phone(&self) -> Option<String> {
        Some(self.0.phone())
    }

    async fn office(&self) -> Office {
        Office(self.0)
    }

    async fn manager(&self, ctx: &Context<'_>) -> Result<Option<Self>> {
        let population = population(ctx)?;
        Ok(self.0.manager.and_then(|number| population.employee(number)).map(Self))
    }

    /// Who reports to this person.
    #[graphql(complexity = "page_complexity(first, child_complexity)")]
    async fn reports(&self, ctx: &Context<'_>, first: Option<i32>, after: Option<String>) -> Result<People> {
        page(population(ctx)?, Total::Reports(self.0.number), first, after.as_deref())
    }

    /// What the person earns in a year; for few to see.
    async fn salary(&self, ctx: &Context<'_>) -> Result<Option<f64>> {
        if self.0.number <= LEADERS {
            // An error that is returned would leave the field out, which must be null (GraphQL s. 6.4.4).
            let error = with_code("You may not see what this person earns.", "FORBIDDEN");
            ctx.add_error(ctx.set_error_path(error.into_server_error(ctx.item.pos)));
            return Ok(None);
        }
        let mut draw = Draw::new(population(ctx)?.seed(), Kind::Salary, self.0.number.into());
        Ok(Some(f64::from(draw.below(9_000) + 3_000) * 10.0))
    }
}

#[Object]
impl Office {
    /// Building and room.
    async fn name(&self) -> String {
        self.0.office()
    }

    async fn city(&self) -> &str {
        self.0.city
    }

    /// ISO 3166-1 code.
    async fn country(&self) -> &str {
        self.0.country
    }
}

/// Who is in a connection; how many they are is only worked out when it is asked for.
pub(super) enum Total {
    Named(String),
    Reports(u32),
}

#[Object]
impl Total {
    /// How many there are on all pages.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<usize> {
        Ok(self.people(population(ctx)?, 0).count())
    }
}

impl Total {
    /// Its people with a larger number than this.
    fn people<'a>(&'a self, population: &'a Population, after: u32) -> Box<dyn Iterator<Item = Employee> + 'a> {
        let employees =
            move |numbers: std::ops::RangeInclusive<u32>| numbers.filter_map(|number| population.employee(number));
        match self {
            Self::Named(text) => Box::new(
                employees(after.saturating_add(1)..=Population::EMPLOYEES)
                    .filter(move |employee| employee.display_name_starts_with(text)),
            ),
            Self::Reports(manager) => {
                let [first, last] = Employee::reports(*manager);
                Box::new(employees(first.max(after.saturating_add(1))..=last))
            }
        }
    }
}

/// A page of a connection (the GraphQL Cursor Connections specification); a cursor is a number in disguise.
fn page(population: &Population, total: Total, first: Option<i32>, after: Option<&str>) -> Result<People> {
    let bad = |message: &str| with_code(message, "BAD_USER_INPUT");
    let size = usize::try_from(first.unwrap_or(20)).map_err(|_| bad("\"first\" must not be negative."))?;
    if size > MOST {
        return Err(bad(&format!("\"first\" must not be larger than {MOST}.")));
    }
    let after = match after {
        None => 0,
        Some(cursor) => number(cursor).ok_or_else(|| bad("\"after\" is not a cursor of this connection."))?,
    };
    let mut people = total.people(population, after);
    let page: Vec<Employee> = people.by_ref().take(size).collect();
    let more = people.next().is_some();
    drop(people);
    let mut connection = Connection::with_additional_fields(after > 0, more, total);
    connection.edges = page
        .into_iter()
        .map(|employee| Edge::new(cursor(employee.number), Person(employee)))
        .collect();
    Ok(connection)
}

fn page_complexity(first: Option<i32>, of_one: usize) -> usize {
    usize::try_from(first.unwrap_or(20)).unwrap_or(1).max(1) * of_one
}

fn cursor(number: u32) -> String {
    STANDARD.encode(format!("person:{number}"))
}

fn number(cursor: &str) -> Option<u32> {
    let text = String::from_utf8(STANDARD.decode(cursor).ok()?).ok()?;
    text.strip_prefix("person:")?.parse().ok()
}

fn find(population: &Population, id: &str) -> Option<Person> {
    let employee = match id.parse() {
        Ok(guid) => population.by_guid(guid),
        Err(_) => population.by_employee_id(id),
    };
    employee.map(Person)
}

fn population<'a>(ctx: &Context<'a>) -> Result<&'a Arc<Population>> {
    ctx.data::<Arc<Population>>()
}

fn with_code(message: &str, code: &'static str) -> Error {
    Error::new(message).extend_with(|_, extensions| extensions.set("code", code))
}
