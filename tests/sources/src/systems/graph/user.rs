//! One user: its properties, itself, its manager.

use serde_json::{Map, Value, json};

use super::Graph;
use super::error::GraphError;
use super::select::{Select, expand_manager};
use crate::call::Call;
use crate::population::Employee;

/// What Graph answers without a `$select` (Learn, "user resource type").
pub(super) const DEFAULT: &[&str] = &[
    "businessPhones",
    "displayName",
    "givenName",
    "jobTitle",
    "mail",
    "mobilePhone",
    "officeLocation",
    "preferredLanguage",
    "surname",
    "userPrincipalName",
    "id",
];

pub(super) const ALL: &[&str] = &[
    "accountEnabled",
    "ageGroup",
    "businessPhones",
    "city",
    "companyName",
    "country",
    "createdDateTime",
    "department",
    "displayName",
    "employeeHireDate",
    "employeeId",
    "employeeType",
    "givenName",
    "id",
    "jobTitle",
    "mail",
    "mailNickname",
    "mobilePhone",
    "officeLocation",
    "preferredLanguage",
    "surname",
    "usageLocation",
    "userPrincipalName",
    "userType",
];

/// A property of [`ALL`] by name; `null` for any other.
pub(super) fn property(user: &Employee, name: &str) -> Value {
    match name {
        "accountEnabled" => true.into(),
        "businessPhones" => json!([user.phone()]),
        "city" => user.city.into(),
        "companyName" => "Contoso".into(),
        "country" | "usageLocation" => user.country.into(),
        "createdDateTime" | "employeeHireDate" => user.hired.to_string().into(),
        "department" => user.department.into(),
        "displayName" => user.display_name().into(),
        "employeeId" => user.employee_id().into(),
        "employeeType" => "Employee".into(),
        "givenName" => user.given_name.into(),
        "id" => user.id.to_string().into(),
        "jobTitle" => user.job_title.into(),
        "mail" | "userPrincipalName" => user.mail().into(),
        "mailNickname" => user.employee_id().to_lowercase().into(),
        "officeLocation" => user.office().into(),
        "preferredLanguage" => user.language.into(),
        "surname" => user.surname.into(),
        "userType" => "Member".into(),
        _ => Value::Null,
    }
}

pub(super) fn object(user: &Employee, select: &Select) -> Map<String, Value> {
    select
        .names()
        .iter()
        .map(|name| ((*name).to_owned(), property(user, name)))
        .collect()
}

impl Graph {
    /// `GET /users/{id | userPrincipalName}`.
    pub(super) fn user(&self, call: &Call, user: Employee) -> Result<Value, GraphError> {
        let select = Select::parse(call.query("$select"))?;
        let expand = expand_manager(call.query("$expand"))?;
        let mut context = select.in_context();
        let mut body = object(&user, &select);
        if let Some(of_manager) = expand {
            context = expanded_context(&select, &of_manager);
            if let Some(manager) = user.manager.and_then(|number| self.population.employee(number)) {
                body.insert("manager".into(), directory_object(&manager, &of_manager).into());
            }
        }
        body.insert(
            "@odata.context".into(),
            format!("{}/v1.0/$metadata#users{context}/$entity", call.base()).into(),
        );
        Ok(body.into())
    }

    /// `GET /users/{id}/manager`.
    pub(super) fn manager(&self, call: &Call, user: Employee) -> Result<Value, GraphError> {
        let select = Select::parse(call.query("$select"))?;
        let manager = user.manager.and_then(|number| self.population.employee(number));
        let manager = manager.ok_or_else(|| GraphError::resource_not_found("manager"))?;
        let mut body = directory_object(&manager, &select);
        let context = format!(
            "{}/v1.0/$metadata#directoryObjects{}/$entity",
            call.base(),
            select.in_context()
        );
        body.insert("@odata.context".into(), context.into());
        Ok(body.into())
    }
}

/// A manager is a `directoryObject`, so that its type is named.
fn directory_object(user: &Employee, select: &Select) -> Map<String, Value> {
    let mut object = object(user, select);
    object.insert("@odata.type".into(), "#microsoft.graph.user".into());
    object
}

fn expanded_context(select: &Select, of_manager: &Select) -> String {
    let own = select.in_context();
    let own = own.trim_start_matches('(').trim_end_matches(')');
    let comma = if own.is_empty() { "" } else { "," };
    let inner = of_manager.in_context();
    let inner = if inner.is_empty() { "()" } else { inner.as_str() };
    format!("({own}{comma}manager{inner})")
}

#[cfg(test)]
mod tests {
    use http::StatusCode;

    use super::super::tests::{body, graph};
    use crate::call::tests::get;
    use crate::systems::BackEnd;

    #[test]
    fn a_user_is_answered_by_principal_name_and_by_id_alike() {
        let graph = graph();
        let by_name = body(&graph.answer(&get("/v1.0/users/e000042@contoso.example")));
        let id = by_name["id"].as_str().expect("an id");
        assert_eq!(body(&graph.answer(&get(&format!("/v1.0/users/{id}")))), by_name);
        insta::assert_json_snapshot!(by_name);
    }

    #[test]
    fn the_manager_comes_with_the_user_when_expanded() {
        let target = "/v1.0/users/e000042@contoso.example?$select=displayName,employeeId&$expand=manager($select=id,displayName)";
        insta::assert_json_snapshot!(body(&graph().answer(&get(target))));
    }

    #[test]
    fn every_property_that_can_be_selected_is_answered() {
        let target = format!("/v1.0/users/e000042@contoso.example?$select={}", super::ALL.join(","));
        let body = body(&graph().answer(&get(&target)));
        for name in super::ALL {
            assert!(body.get(*name).is_some(), "{name}");
        }
    }

    #[test]
    fn the_manager_alone_is_a_directory_object() {
        let graph = graph();
        let manager = body(&graph.answer(&get(
            "/v1.0/users/e000042@contoso.example/manager?$select=userPrincipalName",
        )));
        assert_eq!(manager["@odata.type"], "#microsoft.graph.user");
        assert_eq!(manager["userPrincipalName"], "e000006@contoso.example");
        assert_eq!(
            graph
                .answer(&get("/v1.0/users/e000001@contoso.example/manager"))
                .status(),
            StatusCode::NOT_FOUND
        );
    }

    #[test]
    fn a_user_that_does_not_exist_is_a_404_that_names_it() {
        let reply = graph().answer(&get("/v1.0/users/nobody@contoso.example"));
        assert_eq!(reply.status(), StatusCode::NOT_FOUND);
        insta::assert_json_snapshot!(body(&reply));
    }

    #[test]
    fn an_unknown_property_in_select_or_expand_is_a_400_that_names_it() {
        for option in [
            "$select=shoeSize",
            "$expand=shoeSize",
            "$expand=manager($select=shoeSize)",
        ] {
            let reply = graph().answer(&get(&format!("/v1.0/users/e000042@contoso.example?{option}")));
            assert_eq!(reply.status(), StatusCode::BAD_REQUEST, "{option}");
            let message = body(&reply)["error"]["message"].to_string();
            assert!(
                message.contains("Could not find a property named 'shoeSize'"),
                "{message}"
            );
        }
    }
}
