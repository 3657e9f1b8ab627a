//! A collection of rows: filter, order, pages.

use std::cmp::Ordering;

use serde_json::{Map, Value};

use super::Dataverse;
use super::error::DataverseError;
use super::expand::Expand;
use super::row::{self, Annotations};
use super::store::Store;
use super::table::{self, Record, Table};
use crate::call::{Call, encoded};
use crate::odata::{self, Filter, Operand, Order};

/// Rows of a page, and of a whole answer with `$top`.
const PAGE: usize = 5_000;
/// A count never says more than this.
const LARGEST_COUNT: usize = 5_000;

impl Dataverse {
    /// `GET /{entity set}`.
    pub(super) fn collection<R: Record>(&self, call: &Call) -> Result<Value, DataverseError> {
        let select = call.query("$select");
        let columns = R::TABLE.selected(select)?;
        let expand = Expand::parse(R::TABLE, call.query("$expand"))?;
        let filter = call
            .query("$filter")
            .map(|text| parse_filter(R::TABLE, text))
            .transpose()?;
        let order = parse_order(R::TABLE, call.query("$orderby"))?;
        let size = page_size(call)?;
        let page_number = page_number(call)?;
        let annotations = Annotations::wanted(call);

        let skipped = (page_number - 1).saturating_mul(size);
        let mut matching = matching::<R>(&self.store, filter.as_ref(), &order);
        let page: Vec<R> = matching.by_ref().skip(skipped).take(size).collect();
        let mut rest = matching;
        let more = call.query("$top").is_none() && rest.next().is_some();

        let mut body = Map::new();
        let context = format!(
            "{}#{}{}",
            row::metadata(call),
            R::TABLE.set,
            row::in_context(select, &columns, &expand)
        );
        body.insert("@odata.context".into(), context.into());
        if call.query("$count") == Some("true") {
            let counted = skipped.saturating_add(page.len()) + usize::from(more) + rest.take(LARGEST_COUNT).count();
            body.insert("@odata.count".into(), counted.min(LARGEST_COUNT).into());
        }
        if more && let (Some(first), Some(last)) = (page.first(), page.last()) {
            let token = Some(cookie(page_number + 1, first, last));
            body.insert(
                "@odata.nextLink".into(),
                call.link("$", &[("$skiptoken", token)]).into(),
            );
        }
        let rows = page
            .iter()
            .map(|record| Value::from(table::row(&self.store, record, &columns, &expand, annotations)));
        body.insert("value".into(), rows.collect());
        Ok(body.into())
    }
}

/// All rows that pass the filter, in order. Without an order it is that of their numbers.
fn matching<'a, R: Record + 'a>(
    store: &'a Store,
    filter: Option<&'a Filter>,
    order: &[Order<'_>],
) -> Box<dyn Iterator<Item = R> + 'a> {
    let passes = move |record: &R| filter.is_none_or(|filter| filter.accepts(&|name| record.operand(store, name)));
    let records = R::candidates(store, filter).filter(passes);
    if order.is_empty() {
        return Box::new(records);
    }
    let key =
        |record: &R| -> Vec<Operand<'static>> { order.iter().map(|by| record.operand(store, by.property)).collect() };
    let mut records: Vec<_> = records.map(|record| (key(&record), record)).collect();
    records.sort_by(|(a, one), (b, other)| {
        let columns = order.iter().zip(a.iter().zip(b));
        columns
            .map(|(by, (a, b))| compare(a, b, by))
            .find(|o| o.is_ne())
            .unwrap_or(one.number().cmp(&other.number()))
    });
    Box::new(records.into_iter().map(|(_, record)| record))
}

/// Null comes first ascending, as in SQL Server.
fn compare(left: &Operand<'_>, right: &Operand<'_>, by: &Order<'_>) -> Ordering {
    use crate::odata::Operand::Null;
    let order = match (left, right) {
        (Null, Null) => Ordering::Equal,
        (Null, _) => Ordering::Less,
        (_, Null) => Ordering::Greater,
        _ => left.order(right).unwrap_or(Ordering::Equal),
    };
    if by.descending { order.reverse() } else { order }
}

fn parse_filter(table: &Table, text: &str) -> Result<Filter, DataverseError> {
    let filter = Filter::parse(text)
        .map_err(|bad| DataverseError::bad_query(format!("Syntax error at position {} in '{text}'.", bad.at)))?;
    if filter.has_in_operator() {
        return Err(DataverseError::bad_query("The query node In is not supported."));
    }
    match filter.unknown_property(&|name| table.column(name).is_some()) {
        Some(name) => Err(DataverseError::no_such_column(table, name)),
        None => Ok(filter),
    }
}

fn parse_order<'a>(table: &Table, text: Option<&'a str>) -> Result<Vec<Order<'a>>, DataverseError> {
    let text = text.unwrap_or_default();
    let order = odata::order(text).map_err(|_| DataverseError::bad_query(format!("Syntax error in '{text}'.")))?;
    match order.iter().find(|by| table.column(by.property).is_none()) {
        Some(by) => Err(DataverseError::no_such_column(table, by.property)),
        None => Ok(order),
    }
}

/// `$top` limits the answer, `odata.maxpagesize` the page; both together make `$top` win and paging end (Learn, "Page results").
fn page_size(call: &Call) -> Result<usize, DataverseError> {
    let top = call.query("$top").map(|text| {
        let bad = || DataverseError::bad_query(format!("Invalid value '{text}' for $top query option found."));
        odata::top(text).map_err(|_| bad())
    });
    let preferred = row::preference(call, "odata.maxpagesize")
        .and_then(|size| size.parse().ok())
        .filter(|size| *size > 0);
    Ok(top.transpose()?.or(preferred).unwrap_or(PAGE).min(PAGE))
}

/// The cookie that a `$skiptoken` carries: which page comes next, and the rows that this one starts and ends with.
fn cookie<R: Record>(page: usize, first: &R, last: &R) -> String {
    let inner = format!(
        "<cookie page=\"{}\"><{} last=\"{{{}}}\" first=\"{{{}}}\" /></cookie>",
        page - 1,
        R::TABLE.key,
        last.id(),
        first.id()
    );
    format!(
        "<cookie pagenumber=\"{page}\" pagingcookie=\"{}\" istracking=\"False\" />",
        encoded(&inner)
    )
}

fn page_number(call: &Call) -> Result<usize, DataverseError> {
    let Some(token) = call.query("$skiptoken") else {
        return Ok(1);
    };
    let number = token
        .strip_prefix("<cookie pagenumber=\"")
        .and_then(|rest| rest.split_once('"')?.0.parse().ok());
    number
        .filter(|number| *number > 0)
        .ok_or_else(|| DataverseError::bad_query("Invalid value of the query option '$skiptoken'."))
}

#[cfg(test)]
mod tests {
    use http::StatusCode;
    use serde_json::Value;

    use super::super::tests::{body, dataverse, some_task};
    use crate::call::tests::{get, get_with};
    use crate::population::{Population, Task, TaskState};
    use crate::systems::BackEnd;

    fn open_tasks(employee: u32) -> String {
        format!(
            "/api/data/v9.2/tasks?$filter=statecode%20eq%200%20and%20contoso_employeenumber%20eq%20'E{employee:06}'"
        )
    }

    fn ask(target: &str, prefer: &str) -> Value {
        body(&dataverse().answer(&get_with(target, &[("authorization", "Bearer x"), ("prefer", prefer)])))
    }

    fn ids(page: &Value) -> Vec<String> {
        let rows = page["value"].as_array().expect("rows");
        rows.iter()
            .map(|row| row["activityid"].as_str().expect("an id").to_owned())
            .collect()
    }

    #[test]
    fn the_open_tasks_of_somebody_come_in_order_of_due_date() {
        let employee = some_task().employee;
        let page = ask(
            &format!(
                "{}&$orderby=scheduledend%20asc&$select=subject,scheduledend&$count=true",
                open_tasks(employee)
            ),
            "",
        );
        let mut expected: Vec<Task> = Population::new(1)
            .tasks(employee)
            .into_iter()
            .filter(|task| task.state == TaskState::Open)
            .collect();
        expected.sort_by_key(|task| (task.due, task.number()));
        assert_eq!(
            ids(&page),
            expected.iter().map(|task| task.id.to_string()).collect::<Vec<_>>()
        );
        assert_eq!(page["@odata.count"], expected.len());
        insta::assert_json_snapshot!(page);
    }

    #[test]
    fn annotations_tell_what_a_person_would_read() {
        let target = format!(
            "{}&$top=1&$select=statecode,statuscode,prioritycode,scheduledend,_ownerid_value",
            open_tasks(some_task().employee)
        );
        let row = ask(&target, "odata.include-annotations=\"*\"")["value"][0].clone();
        insta::assert_json_snapshot!(row);
        let row = ask(
            &target,
            "odata.include-annotations=\"OData.Community.Display.V1.FormattedValue\"",
        )["value"][0]
            .clone();
        assert!(
            row.get("_ownerid_value@Microsoft.Dynamics.CRM.lookuplogicalname")
                .is_none()
        );
        assert_eq!(row["statecode@OData.Community.Display.V1.FormattedValue"], "Open");
    }

    #[test]
    fn walking_pages_of_two_meets_every_task_once() {
        let employee = some_task().employee;
        let whole = ids(&ask(&open_tasks(employee), ""));
        let mut target = open_tasks(employee);
        let mut walked = Vec::new();
        loop {
            let page = ask(&target, "odata.maxpagesize=2");
            walked.extend(ids(&page));
            let Some(link) = page["@odata.nextLink"].as_str() else {
                break;
            };
            target = link.strip_prefix("http://source").expect("the same host").to_owned();
        }
        assert!(whole.len() > 4);
        assert_eq!(walked, whole);
    }

    #[test]
    fn a_top_ends_the_answer_without_a_next_link() {
        let page = ask(
            &format!("{}&$top=2", open_tasks(some_task().employee)),
            "odata.maxpagesize=1",
        );
        assert_eq!(ids(&page).len(), 2);
        assert!(page.get("@odata.nextLink").is_none());
    }

    #[test]
    fn a_page_beyond_the_last_is_empty() {
        let token = "%3Ccookie%20pagenumber%3D%2218446744073709551615%22%20/%3E";
        let page = ask(
            &format!("{}&$count=true&$skiptoken={token}", open_tasks(some_task().employee)),
            "",
        );
        assert_eq!(ids(&page), Vec::<String>::new());
        assert!(page.get("@odata.nextLink").is_none());
    }

    #[test]
    fn all_tasks_fill_a_page_and_are_counted_to_5000() {
        let page = ask("/api/data/v9.2/tasks?$count=true&$select=activityid", "");
        assert_eq!(ids(&page).len(), 5_000);
        assert_eq!(page["@odata.count"], 5_000);
        assert!(
            page["@odata.nextLink"]
                .as_str()
                .is_some_and(|link| link.contains("pagenumber%3D%222%22"))
        );
    }

    #[test]
    fn a_query_that_makes_no_sense_is_a_400_that_says_why() {
        for (query, part) in [
            ("$filter=statecode", "Syntax error at position 9"),
            (
                "$filter=shoesize%20eq%201",
                "Could not find a property named 'shoesize'",
            ),
            ("$orderby=shoesize", "Could not find a property named 'shoesize'"),
            ("$orderby=subject%20up", "Syntax error"),
            ("$top=many", "Invalid value 'many'"),
            ("$skiptoken=2", "$skiptoken"),
        ] {
            let reply = dataverse().answer(&get(&format!("/api/data/v9.2/tasks?{query}")));
            assert_eq!(reply.status(), StatusCode::BAD_REQUEST, "{query}");
            let message = body(&reply)["error"]["message"].to_string();
            assert!(message.contains(part), "{query}: {message}");
        }
    }
}
