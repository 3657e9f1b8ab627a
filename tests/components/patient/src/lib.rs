//! An operation with time-outs that no test reaches, and one with a body.

use std::time::Duration;

use midspan::{prelude::*, source::odata};

static GRAPH: Source = Source::rest("graph")
    .timeout(Duration::from_secs(100))
    .bearer("graph_token");
static DATAVERSE: Source = Source::rest("dataverse")
    .timeout(Duration::from_secs(100))
    .bearer("dataverse_token");

/// Whom to look up.
#[input]
struct LookUpInput {
    /// Orders
    #[body]
    order: Order,
}

/// What to look up.
#[derive(Debug, Data)]
struct Order {
    employee_id: String,
    /// Days
    #[data(max_items = 3, min = 1, max = 31)]
    days: Vec<u32>,
    since: Option<Date>,
    #[data(default = "short")]
    form: Form,
}

/// How much to tell.
#[derive(Debug, Clone, Copy, PartialEq, Data)]
enum Form {
    Short,
    Long,
}

/// Who it is.
#[derive(Debug, Data)]
struct Found {
    name: String,
    open_tasks: u32,
    order: Order,
}

#[derive(Data)]
struct People {
    value: Vec<User>,
}

#[derive(Data)]
struct User {
    display_name: String,
}

#[derive(Data)]
struct Tasks {
    value: Vec<Task>,
}

#[derive(Data)]
struct Task {
    activityid: String,
}

/// Look somebody up
#[operation(post = "/patient", auth = none, sources = [GRAPH, DATAVERSE], deadline = "120s")]
async fn look_up(ctx: Context, input: LookUpInput) -> Result<Found> {
    let id = odata::text(&input.order.employee_id);
    let (people, tasks): (People, Tasks) = try_join!(
        ctx.source(&GRAPH)
            .get("/v1.0/users")
            .query("$filter", format!("employeeId eq {id}"))
            .query("$select", "displayName")
            .json(),
        ctx.source(&DATAVERSE)
            .get("/api/data/v9.2/tasks")
            .query("$filter", format!("statecode eq 0 and contoso_employeenumber eq {id}"))
            .query("$select", "activityid")
            .json(),
    )?;
    let user = people.value.into_iter().next();
    Ok(Found {
        name: user
            .ok_or_else(|| Error::not_found("There is nobody with this number."))?
            .display_name,
        open_tasks: u32::try_from(tasks.value.len()).unwrap_or(u32::MAX),
        order: input.order,
    })
}
