//! The collection of users: filter, order, pages.

use serde_json::{Map, Value};

use super::Graph;
use super::error::GraphError;
use super::select::Select;
use super::user;
use crate::call::Call;
use crate::odata::{self, Filter, Operand};
use crate::population::{Employee, Population};

const PAGE: usize = 100;
const LARGEST_PAGE: usize = 999;
/// Values of an `in`, or parts of an `or` (Learn, "Use the $filter query parameter").
const MOST_ALTERNATIVES: usize = 15;

impl Graph {
    /// `GET /users`.
    pub(super) fn users(&self, call: &Call) -> Result<Value, GraphError> {
        let select = Select::parse(call.query("$select"))?;
        let filter = call.query("$filter").map(parse_filter).transpose()?;
        let advanced = call
            .header("consistencylevel")
            .is_some_and(|level| level.eq_ignore_ascii_case("eventual"));
        let by_name = ordered_by_name(call, filter.is_some(), advanced)?;
        let size = page_size(call)?;
        let start = skip_token(call)?;

        let mut matching = self
            .candidates(filter.as_ref(), by_name, start)
            .filter(|(_, user)| accepts(filter.as_ref(), user));
        let page: Vec<(usize, Employee)> = matching.by_ref().take(size).collect();
        let more = matching.next().is_some();
        let last = page.last().map(|(place, _)| place + 1);

        let mut body = Map::new();
        let context = format!("{}/v1.0/$metadata#users{}", call.base(), select.in_context());
        body.insert("@odata.context".into(), context.into());
        // Without ConsistencyLevel a $count=true is not an error: it is ignored.
        if advanced && call.query("$count") == Some("true") {
            body.insert("@odata.count".into(), self.count(filter.as_ref()).into());
        }
        if let Some(place) = last.filter(|_| more) {
            let token = Some(format!("RFNwdAIAAQ{place:06}"));
            body.insert(
                "@odata.nextLink".into(),
                call.link("$", &[("$skiptoken", token)]).into(),
            );
        }
        body.insert(
            "value".into(),
            page.iter()
                .map(|(_, user)| Value::from(user::object(user, &select)))
                .collect(),
        );
        Ok(body.into())
    }

    /// Users that may pass the filter, in the order asked for, from a place on; each with its place.
    fn candidates<'a>(
        &'a self,
        filter: Option<&Filter>,
        by_name: bool,
        start: usize,
    ) -> Box<dyn Iterator<Item = (usize, Employee)> + 'a> {
        let population = &self.population;
        if let Some(mut found) = filter.and_then(|filter| self.looked_up(filter)) {
            found.sort_unstable_by_key(|user| user.number);
            found.dedup();
            return Box::new(found.into_iter().enumerate().skip(start));
        }
        if by_name {
            let numbers = population.numbers_by_display_name().iter().enumerate().skip(start);
            return Box::new(numbers.filter_map(|(place, number)| Some((place, population.employee(*number)?))));
        }
        let first = u32::try_from(start).unwrap_or(u32::MAX).saturating_add(1);
        let numbers = first..=Population::EMPLOYEES;
        Box::new(
            (start..)
                .zip(numbers)
                .filter_map(|(place, number)| Some((place, population.employee(number)?))),
        )
    }

    /// The users that a filter names by a key, if it does.
    fn looked_up(&self, filter: &Filter) -> Option<Vec<Employee>> {
        let population = &self.population;
        let by = |name: &str, find: &dyn Fn(&str) -> Option<Employee>| {
            let keys = filter.required_texts(name)?;
            Some(keys.into_iter().filter_map(find).collect())
        };
        by("employeeId", &|id| population.by_employee_id(id))
            .or_else(|| by("id", &|id| population.by_guid(id.parse().ok()?)))
            .or_else(|| by("userPrincipalName", &|upn| population.by_upn(upn)))
            .or_else(|| by("mail", &|mail| population.by_upn(mail)))
    }

    fn count(&self, filter: Option<&Filter>) -> usize {
        match filter {
            None => Population::EMPLOYEES as usize,
            Some(_) => self
                .candidates(filter, false, 0)
                .filter(|(_, user)| accepts(filter, user))
                .count(),
        }
    }
}

/// Properties that a default (not advanced) query can filter on.
const FILTERABLE: &[&str] = &[
    "accountEnabled",
    "city",
    "country",
    "department",
    "displayName",
    "employeeId",
    "givenName",
    "id",
    "jobTitle",
    "mail",
    "surname",
    "usageLocation",
    "userPrincipalName",
    "userType",
];

fn parse_filter(text: &str) -> Result<Filter, GraphError> {
    let filter = Filter::parse(text).map_err(|bad| {
        GraphError::bad_request(format!(
            "Invalid filter clause: Syntax error at position {} in '{text}'.",
            bad.at
        ))
    })?;
    if let Some(name) = filter.unknown_property(&|name| user::ALL.contains(&name)) {
        return Err(GraphError::bad_request(format!(
            "Invalid filter clause: Could not find a property named '{name}' on type 'microsoft.graph.user'."
        )));
    }
    if let Some(name) = filter.unknown_property(&|name| FILTERABLE.contains(&name)) {
        return Err(GraphError::unsupported_query(format!(
            "Unsupported or invalid query filter clause specified for property '{name}' of resource 'User'."
        )));
    }
    match filter.most_alternatives() {
        number if number > MOST_ALTERNATIVES => Err(GraphError::unsupported_query(format!(
            "Too many child clauses specified in search filter expression containing 'OR' operators: {number}. Max allowed: \
             {MOST_ALTERNATIVES}."
        ))),
        _ => Ok(filter),
    }
}

fn accepts(filter: Option<&Filter>, user: &Employee) -> bool {
    filter.is_none_or(|filter| match filter {
        // The usual search, without building 100,000 names.
        Filter::StartsWith { property, prefix } if property == "displayName" => user.display_name_starts_with(prefix),
        filter => filter.accepts(&|name| operand(user, name)),
    })
}

fn operand(user: &Employee, name: &str) -> Operand<'static> {
    match name {
        "accountEnabled" => Operand::Bool(true),
        "city" => user.city.into(),
        "country" | "usageLocation" => user.country.into(),
        "department" => user.department.into(),
        "displayName" => user.display_name().into(),
        "employeeId" => user.employee_id().into(),
        "givenName" => user.given_name.into(),
        "id" => user.id.to_string().into(),
        "jobTitle" => user.job_title.into(),
        "mail" | "userPrincipalName" => user.mail().into(),
        "surname" => user.surname.into(),
        "userType" => "Member".into(),
        _ => Operand::Null,
    }
}

/// Sorting together with filtering is an advanced query: it needs `ConsistencyLevel: eventual` and `$count=true`.
fn ordered_by_name(call: &Call, filtered: bool, advanced: bool) -> Result<bool, GraphError> {
    let Some(text) = call.query("$orderby") else {
        return Ok(false);
    };
    let unsupported = || GraphError::unsupported_query("Sorting not supported for current query.");
    let order = odata::order(text).map_err(|_| GraphError::bad_request(format!("Syntax error in '{text}'.")))?;
    match order.as_slice() {
        [one] if one.property == "displayName" && !one.descending && (!filtered || advanced) => Ok(true),
        _ => Err(unsupported()),
    }
}

fn page_size(call: &Call) -> Result<usize, GraphError> {
    let Some(text) = call.query("$top") else {
        return Ok(PAGE);
    };
    match odata::top(text) {
        Ok(size) if (1..=LARGEST_PAGE).contains(&size) => Ok(size),
        Ok(size) => Err(GraphError::bad_request(format!(
            "Invalid page size specified: '{size}'. Must be between 1 and {LARGEST_PAGE} inclusive."
        ))),
        Err(_) => Err(GraphError::bad_request(format!(
            "Invalid value '{text}' for $top query option found. The $top query option requires a non-negative integer value."
        ))),
    }
}

fn skip_token(call: &Call) -> Result<usize, GraphError> {
    let Some(token) = call.query("$skiptoken") else {
        return Ok(0);
    };
    let place = token.strip_prefix("RFNwdAIAAQ").and_then(|place| place.parse().ok());
    place
        .filter(|place| *place <= Population::EMPLOYEES as usize)
        .ok_or_else(|| {
            GraphError::bad_request(format!(
                "The specified page token value '{token}' is invalid or has expired."
            ))
        })
}

#[cfg(test)]
mod tests {
    use http::StatusCode;
    use serde_json::Value;

    use super::super::Graph;
    use super::super::tests::{body, graph};
    use crate::call::tests::{get, get_with};
    use crate::population::Population;
    use crate::systems::BackEnd;

    fn ids(page: &Value) -> Vec<String> {
        let users = page["value"].as_array().expect("a collection");
        users
            .iter()
            .map(|user| user["employeeId"].as_str().expect("an employee id").to_owned())
            .collect()
    }

    fn walk(graph: &Graph, target: &str) -> Vec<String> {
        let mut target = target.to_owned();
        let mut all = Vec::new();
        loop {
            let page = body(&graph.answer(&get_with(
                &target,
                &[("authorization", "Bearer x"), ("consistencylevel", "eventual")],
            )));
            all.extend(ids(&page));
            match page["@odata.nextLink"].as_str() {
                Some(link) => target = link.strip_prefix("http://source").expect("the same host").to_owned(),
                None => return all,
            }
        }
    }

    #[test]
    fn a_user_is_found_by_employee_id() {
        let page = body(&graph().answer(&get(
            "/v1.0/users?$filter=employeeId%20eq%20'E000042'&$select=displayName,employeeId,mail",
        )));
        insta::assert_json_snapshot!(page);
    }

    #[test]
    fn up_to_fifteen_are_looked_up_in_one_call() {
        let graph = graph();
        let page = body(&graph.answer(&get(
            "/v1.0/users?$filter=employeeId%20in%20('E000042','E000007','E999999','E000042')&$select=employeeId",
        )));
        assert_eq!(ids(&page), ["E000007", "E000042"]);
        let many: Vec<String> = (1..=16).map(|number| format!("'E{number:06}'")).collect();
        let page = body(&graph.answer(&get(&format!(
            "/v1.0/users?$filter=employeeId%20in%20({})",
            many.join(",")
        ))));
        assert_eq!(page["error"]["code"], "Request_UnsupportedQuery");
    }

    #[test]
    fn an_employee_id_that_nobody_has_is_an_empty_page() {
        let page = body(&graph().answer(&get("/v1.0/users?$filter=employeeId%20eq%20'E999999'")));
        assert_eq!(page["value"], serde_json::json!([]));
        assert!(page.get("@odata.nextLink").is_none());
    }

    #[test]
    fn walking_a_department_meets_everyone_in_it_once() {
        let population = Population::new(1);
        let expected: Vec<String> = population
            .employees()
            .filter(|e| e.department == "Research & Development")
            .map(|e| e.employee_id())
            .collect();
        let walked = walk(
            &graph(),
            "/v1.0/users?$filter=department%20eq%20'Research%20%26%20Development'&$select=employeeId&$top=999",
        );
        assert!(expected.len() > 5_000);
        assert!(
            walked == expected,
            "{} walked, {} expected",
            walked.len(),
            expected.len()
        );
    }

    #[test]
    fn walking_a_name_prefix_in_order_meets_everyone_once_and_sorted() {
        let population = Population::new(1);
        let mut expected: Vec<(String, String)> = population
            .employees()
            .filter(|e| e.display_name().to_lowercase().starts_with("gr"))
            .map(|e| (e.display_name(), e.employee_id()))
            .collect();
        expected.sort();
        let target = "/v1.0/users?$filter=startswith(displayName,'Gr')&$orderby=displayName&$count=true&$select=employeeId&$top=300";
        let walked = walk(&graph(), target);
        assert!(expected.len() > 300);
        assert_eq!(walked, expected.into_iter().map(|(_, id)| id).collect::<Vec<_>>());
    }

    #[test]
    fn a_count_needs_eventual_consistency() {
        let target = "/v1.0/users?$count=true&$top=1";
        assert!(body(&graph().answer(&get(target))).get("@odata.count").is_none());
        let advanced = get_with(
            target,
            &[("authorization", "Bearer x"), ("consistencylevel", "eventual")],
        );
        assert_eq!(body(&graph().answer(&advanced))["@odata.count"], 100_000);
    }

    #[test]
    fn a_query_that_makes_no_sense_is_a_400_that_says_why() {
        for (query, part) in [
            ("$filter=employeeId", "Invalid filter clause"),
            (
                "$filter=shoeSize%20eq%2042",
                "Could not find a property named 'shoeSize'",
            ),
            (
                "$filter=preferredLanguage%20eq%20'de'",
                "Unsupported or invalid query filter clause",
            ),
            ("$top=1000", "Invalid page size specified"),
            ("$top=many", "Invalid value 'many' for $top"),
            ("$orderby=city", "Sorting not supported"),
            (
                "$orderby=displayName&$filter=city%20eq%20'Lyon'",
                "Sorting not supported",
            ),
            ("$skiptoken=abc", "invalid or has expired"),
            ("$skiptoken=RFNwdAIAAQ18446744073709551615", "invalid or has expired"),
        ] {
            let reply = graph().answer(&get(&format!("/v1.0/users?{query}")));
            assert_eq!(reply.status(), StatusCode::BAD_REQUEST, "{query}");
            let message = body(&reply)["error"]["message"].to_string();
            assert!(message.contains(part), "{query}: {message}");
        }
    }
}
