//! People, from the directory.

use midspan::{
    prelude::*,
    source::{OnePage, Paging},
};

use crate::{DIRECTORY, kept};

const SEARCH: &str = "query Search($text: String!, $first: Int, $after: String) {
    search(text: $text, first: $first, after: $after) {
        edges { node { id employeeId displayName jobTitle department } }
        pageInfo { hasNextPage endCursor } } }";

const COLLEAGUE: &str = "query Colleague($id: ID!) {
    person(id: $id) { id employeeId displayName jobTitle department salary
        manager { id employeeId displayName jobTitle department }
        reports(first: 50) { nodes { id employeeId displayName jobTitle department } } } }";

const TEAM: &str = "query Team($id: ID!) {
    person(id: $id) { reports(first: 50) { nodes { id employeeId displayName jobTitle department } } } }";

/// Somebody who works here.
#[derive(Debug, PartialEq, Data)]
pub struct Person {
    /// Id
    pub id: String,
    /// Employee number
    pub employee_id: String,
    /// Name
    pub display_name: String,
    /// Job title
    pub job_title: Option<String>,
    /// Department
    pub department: Option<String>,
}

/// Somebody with those around them.
#[derive(Debug, PartialEq, Data)]
pub struct Colleague {
    /// Person
    pub person: Person,
    /// Manager
    pub manager: Option<Person>,
    /// Team
    ///
    /// Who reports to them, at most 50 people.
    pub team: Vec<Person>,
    /// Salary
    ///
    /// What they earn in a year, where you may see it.
    pub salary: Option<f64>,
    /// Missing
    ///
    /// What the directory did not give, such as person.salary.
    pub missing: Vec<String>,
}

/// A page of `size` people whose name starts with a text, after what an earlier page called `next`.
///
/// # Errors
/// Those of the source.
pub async fn search(ctx: &Context, text: &str, size: u32, after: Option<&str>) -> Result<OnePage<Person>> {
    ctx.source(&DIRECTORY)
        .graphql(SEARCH)
        .variable("text", text)
        .variable("first", size)
        .with(|call| call.cached(kept::PEOPLE).tag("people"))
        .pages(Paging::connection("/search"))
        .resume(after)?
        .page()
        .await
}

/// The employee with this number, and as much of what is around them as may be seen; nothing if there is none.
///
/// # Errors
/// Those of the source.
pub async fn colleague(ctx: &Context, employee_id: &str) -> Result<Option<Colleague>> {
    let found = ctx
        .source(&DIRECTORY)
        .graphql(COLLEAGUE)
        .variable("id", employee_id)
        .persisted()
        .partial::<Found>()
        .await?;
    let missing = found.missing().into_iter().map(str::to_owned).collect();
    Ok(found.data.person.map(|node| node.with(missing)))
}

/// Who reports to the employee with this number, at most 50 people; nobody where there is no such employee.
///
/// # Errors
/// Those of the source.
pub async fn team(ctx: &Context, employee_id: &str) -> Result<Vec<Person>> {
    let found: Team = ctx
        .source(&DIRECTORY)
        .graphql(TEAM)
        .variable("id", employee_id)
        .with(|call| call.cached(kept::PEOPLE).tag("people"))
        .data()
        .await?;
    let nodes = found.person.map(|lead| lead.reports.nodes).unwrap_or_default();
    Ok(nodes.into_iter().map(Person::from).collect())
}

#[derive(Deserialize)]
struct Team {
    person: Option<Lead>,
}

#[derive(Deserialize)]
struct Lead {
    reports: Reports,
}

#[derive(Deserialize)]
struct Found {
    person: Option<Node>,
}

#[derive(Deserialize)]
struct Node {
    #[serde(flatten)]
    person: Plain,
    salary: Option<f64>,
    manager: Option<Plain>,
    reports: Option<Reports>,
}

#[derive(Deserialize)]
struct Reports {
    nodes: Vec<Plain>,
}

/// As the directory has it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Plain {
    id: String,
    employee_id: String,
    display_name: String,
    job_title: Option<String>,
    department: Option<String>,
}

impl Node {
    fn with(self, missing: Vec<String>) -> Colleague {
        let team = self.reports.map(|reports| reports.nodes).unwrap_or_default();
        Colleague {
            person: self.person.into(),
            manager: self.manager.map(Person::from),
            team: team.into_iter().map(Person::from).collect(),
            salary: self.salary,
            missing,
        }
    }
}

impl From<Plain> for Person {
    fn from(plain: Plain) -> Self {
        Self {
            id: plain.id,
            employee_id: plain.employee_id,
            display_name: plain.display_name,
            job_title: plain.job_title,
            department: plain.department,
        }
    }
}
