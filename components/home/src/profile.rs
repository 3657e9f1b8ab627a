//! Who the screen is for, from Microsoft Graph.

use midspan::{prelude::*, source::odata};
use systems::GRAPH;

/// Who somebody is.
#[derive(Debug, PartialEq, Data)]
pub(crate) struct Profile {
    /// Id
    pub(crate) id: String,
    /// Employee number
    pub(crate) employee_id: String,
    /// Name
    pub(crate) display_name: String,
    /// First name
    pub(crate) given_name: Option<String>,
    /// Job title
    pub(crate) job_title: Option<String>,
    /// Department
    pub(crate) department: Option<String>,
    /// Office
    pub(crate) office_location: Option<String>,
    /// E-mail
    pub(crate) mail: Option<String>,
}

/// The employee with this number.
pub(crate) async fn get(ctx: &Context, employee_id: &str) -> Result<Profile> {
    let page: Page = ctx
        .source(&GRAPH)
        .get("/v1.0/users")
        .query("$filter", format!("employeeId eq {}", odata::text(employee_id)))
        .query(
            "$select",
            "id,employeeId,displayName,givenName,jobTitle,department,officeLocation,mail",
        )
        .query("$top", 1)
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
