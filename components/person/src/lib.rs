//! GetPerson.

use std::time::Duration;

use midspan::prelude::*;
use systems::{
    GRAPH,
    access::{EMPLOYEES, PROGRAMS},
    kept,
};

/// Whom to look up.
#[input]
struct PersonInput {
    /// Person
    ///
    /// User principal name, such as ada@contoso.com, or object id.
    #[path(max_length = 128)]
    id: String,
}

/// Somebody, as colleagues see them.
#[derive(Debug, PartialEq, Data)]
struct Person {
    /// Id
    id: String,
    /// Name
    display_name: String,
    /// Job title
    job_title: Option<String>,
    /// Department
    department: Option<String>,
    /// Office
    office_location: Option<String>,
    /// E-mail
    mail: Option<String>,
    /// Employee number
    employee_id: Option<String>,
    /// Manager
    manager: Option<Manager>,
}

/// Who leads somebody.
#[derive(Debug, PartialEq, Data)]
struct Manager {
    /// Id
    id: String,
    /// Name
    display_name: String,
    /// E-mail
    mail: Option<String>,
}

/// Get a person
///
/// Name, job, place and manager of one colleague.
#[operation(get = "/people/{id}", auth = [EMPLOYEES, PROGRAMS], sources = [GRAPH], deadline = "3s")]
async fn get_person(ctx: Context, input: PersonInput) -> Result<Person> {
    ctx.source(&GRAPH)
        .get("/v1.0/users/{id}")
        .path("id", &input.id)
        .query(
            "$select",
            "id,displayName,jobTitle,department,officeLocation,mail,employeeId",
        )
        .query("$expand", "manager($select=id,displayName,mail)")
        .cached(kept::PEOPLE.not_found(Duration::from_mins(1)))
        .tag("people")
        .found()
        .await?
        .ok_or_else(|| Error::not_found(format!("There is nobody called \"{}\". Check the name.", input.id)))
}

#[cfg(test)]
mod tests {
    use midspan::testing::Reply;

    use super::*;

    const ADA: &str = r#"{"id": "7", "displayName": "Ada Lovelace", "jobTitle": "Analyst", "department": null,
        "officeLocation": "London", "mail": "ada@contoso.example", "employeeId": "E000007",
        "manager": {"id": "1", "displayName": "Charles Babbage", "mail": null}}"#;

    #[test]
    fn a_person_comes_with_the_manager() {
        let host = systems::testing::host();
        host.on("graph", "GET /v1.0/users/ada@contoso.example", Reply::json(200, ADA));
        let answer = host.get::<GetPerson>("/people/ada@contoso.example");
        assert_eq!(answer.status(), 200, "{}", answer.text());
        let person: Person = answer.json();
        assert_eq!(person.display_name, "Ada Lovelace");
        assert_eq!(
            person.manager.map(|manager| manager.display_name),
            Some("Charles Babbage".into())
        );
        let asked = &host.requests("graph")[0].request;
        assert_eq!(asked.headers()["authorization"], "Bearer graph_token");
    }

    #[test]
    fn nobody_of_that_name_is_a_404_that_says_so() {
        let host = systems::testing::host();
        host.on("graph", "GET /v1.0/users/nobody", Reply::json(404, "{}"));
        let answer = host.get::<GetPerson>("/people/nobody");
        assert_eq!(answer.status(), 404);
        assert_eq!(
            answer.error().message,
            "There is nobody called \"nobody\". Check the name."
        );
    }
}
