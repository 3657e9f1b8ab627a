//! GetColleague.

use midspan::prelude::*;
use systems::{
    DIRECTORY,
    access::{EMPLOYEES, PROGRAMS},
    directory::{self, Colleague},
};

/// Whom to show.
#[input]
struct ColleagueInput {
    /// Employee number
    ///
    /// Such as E000042.
    #[path(max_length = 36)]
    employee_id: String,
}

/// Get a colleague
///
/// Somebody with manager and team. What you may not see is named as missing.
#[operation(
    get = "/directory/{employee_id}",
    auth = [EMPLOYEES, PROGRAMS],
    sources = [DIRECTORY],
    deadline = "3s",
    visibility = "important"
)]
async fn get_colleague(ctx: Context, input: ColleagueInput) -> Result<Colleague> {
    let found = directory::colleague(&ctx, &input.employee_id).await?;
    found.ok_or_else(|| Error::not_found(format!("There is nobody with the number \"{}\".", input.employee_id)))
}

#[cfg(test)]
mod tests {
    use midspan::testing::Reply;

    use super::*;

    const IN_PART: &str = r#"{"data": {"person": {"id": "7", "employeeId": "E000007", "displayName": "Ada",
        "jobTitle": "Director", "department": null, "salary": null, "manager": null, "reports": {"nodes": [
        {"id": "8", "employeeId": "E000008", "displayName": "Bo", "jobTitle": null, "department": null}]}}},
        "errors": [{"message": "You may not.", "path": ["person", "salary"], "extensions": {"code": "FORBIDDEN"}}]}"#;

    #[test]
    fn what_may_not_be_seen_is_missing_and_the_rest_is_there() {
        let host = systems::testing::host();
        host.on("directory", "GET /graphql", Reply::json(200, IN_PART));
        let colleague: Colleague = host.get::<GetColleague>("/directory/E000007").json();
        assert_eq!(
            (colleague.salary, colleague.missing),
            (None, vec!["person.salary".to_owned()])
        );
        assert_eq!(colleague.team[0].display_name, "Bo");
    }

    #[test]
    fn nobody_is_a_404_that_names_the_number() {
        let host = systems::testing::host();
        host.on(
            "directory",
            "GET /graphql",
            Reply::json(200, r#"{"data": {"person": null}}"#),
        );
        let answer = host.get::<GetColleague>("/directory/E999999");
        assert_eq!(answer.status(), 404);
        assert_eq!(answer.error().message, "There is nobody with the number \"E999999\".");
    }
}
