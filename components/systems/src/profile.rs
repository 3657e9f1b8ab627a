//! Who the screen is for, from Microsoft Graph.

use midspan::{
    prelude::*,
    source::odata::{Query, field},
};

use crate::{GRAPH, kept};

/// Who somebody is.
#[derive(Debug, PartialEq, Data)]
pub struct Profile {
    /// Id
    pub id: String,
    /// Employee number
    pub employee_id: String,
    /// Name
    pub display_name: String,
    /// First name
    pub given_name: Option<String>,
    /// Job title
    pub job_title: Option<String>,
    /// Department
    pub department: Option<String>,
    /// Office
    pub office_location: Option<String>,
    /// E-mail
    pub mail: Option<String>,
}

/// The employee with this number.
///
/// # Errors
/// Those of the source, and `NotFound` that names `employee_id`.
pub async fn get(ctx: &Context, employee_id: &str) -> Result<Profile> {
    let query = Query::new()
        .filter(field("employeeId").eq(employee_id))
        .select(["id", "employeeId", "displayName", "givenName"])
        .select(["jobTitle", "department", "officeLocation", "mail"])
        .top(1);
    let page: Page = ctx
        .source(&GRAPH)
        .get("/v1.0/users")
        .odata(&query)
        .cached(kept::PEOPLE)
        .tag("people")
        .tag(format!("employee:{employee_id}"))
        .json()
        .await?;
    page.value.into_iter().next().ok_or_else(|| {
        let message = format!("There is no employee with the number \"{employee_id}\". Check it with payroll.");
        Error::not_found(message).with_target("employee_id")
    })
}

#[derive(Deserialize)]
struct Page {
    value: Vec<Profile>,
}
