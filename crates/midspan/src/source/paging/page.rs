//! What one page holds.

use serde_json::Value;

use super::{Paging, Step};

/// Where bodies have their items, the first that is a list counts: OData v4, v2 and v3, and what is usual elsewhere.
const ITEMS: &[&str] = &["", "/value", "/d/results", "/d", "/items", "/results", "/data"];

/// Where bodies say how many items the list has: OData v4, SharePoint without metadata, OData v2 and v3.
const TOTALS: &[&str] = &["/@odata.count", "/@count", "/odata.count", "/d/__count"];

/// The items of a page, and the link or the cursor of the next one.
#[derive(Debug, PartialEq)]
pub(in crate::source) struct Page {
    pub(in crate::source) items: Vec<Value>,
    pub(in crate::source) token: Option<String>,
    pub(in crate::source) total: Option<u64>,
}

impl Page {
    /// Takes a body apart.
    ///
    /// # Errors
    /// Where there is no list, and where the token is neither text nor number: why, for the log.
    pub(super) fn read(mut body: Value, paging: &Paging) -> Result<Self, String> {
        let total = total(&body, paging.total_at);
        if let Step::Connection { at, .. } = paging.step {
            let connection = body.pointer_mut(at).map(Value::take).unwrap_or_default();
            let (items, token) = connected(connection, at)?;
            return Ok(Self { items, token, total });
        }
        let places = match &paging.step {
            Step::Link(places) => *places,
            Step::Cursor { at, .. } => std::slice::from_ref(at),
            _ => &[],
        };
        let token = token(places.iter().find_map(|place| body.pointer(place)))?;
        let items = items(body, paging.items_at)?;
        Ok(Self { items, token, total })
    }
}

/// Empty is none.
fn token(value: Option<&Value>) -> Result<Option<String>, String> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone()).filter(|text| !text.is_empty())),
        Some(Value::Number(number)) => Ok(Some(number.to_string())),
        Some(_) => Err("what leads to the next page is neither text nor number".into()),
    }
}

/// Those at a JSON pointer, or at one of the usual places.
pub(in crate::source) fn items(mut body: Value, items_at: Option<&'static str>) -> Result<Vec<Value>, String> {
    let places = match &items_at {
        Some(place) => std::slice::from_ref(place),
        None => ITEMS,
    };
    let found = places
        .iter()
        .find(|place| body.pointer(place).is_some_and(Value::is_array));
    match found.and_then(|place| body.pointer_mut(place)).map(Value::take) {
        Some(Value::Array(items)) => Ok(items),
        _ => Err(format!("a page has no list of items at {}", places.join(", "))),
    }
}

/// A number, or a text of one (OData v2, and where 64-bit numbers are texts).
fn total(body: &Value, at: Option<&'static str>) -> Option<u64> {
    let places = match &at {
        Some(place) => std::slice::from_ref(place),
        None => TOTALS,
    };
    let total = places.iter().find_map(|place| body.pointer(place))?;
    total.as_u64().or_else(|| total.as_str()?.parse().ok())
}

/// The items of a Relay connection, and its cursor unless it is the last page. Nodes that are null stay, since they stand
/// for something that the caller may not see.
fn connected(mut connection: Value, at: &str) -> Result<(Vec<Value>, Option<String>), String> {
    let page = &connection["pageInfo"];
    let token = match page["hasNextPage"].as_bool() {
        Some(true) => token(page.get("endCursor"))?,
        Some(false) => None,
        None => return Err(format!("the connection at {at} has no pageInfo.hasNextPage")),
    };
    let items = match (connection["edges"].take(), connection["nodes"].take()) {
        (Value::Array(edges), _) => edges.into_iter().map(|mut edge| edge["node"].take()).collect(),
        (_, Value::Array(nodes)) => nodes,
        _ => return Err(format!("the connection at {at} has neither edges nor nodes")),
    };
    Ok((items, token))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn items_and_next_links_stand_where_sources_have_them() {
        let check = |body: Value, items: usize, token: Option<&str>| {
            let page = Page::read(body.clone(), &Paging::next_link()).unwrap();
            assert_eq!((page.items.len(), page.token.as_deref()), (items, token), "{body}");
        };
        check(json!({"value": [1, 2], "@odata.nextLink": "a"}), 2, Some("a"));
        check(json!({"value": [1], "odata.nextLink": "b"}), 1, Some("b"));
        check(json!({"d": {"results": [1], "__next": "c"}}), 1, Some("c"));
        check(json!({"d": [1]}), 1, None);
        check(json!({"value": [], "nextLink": "d"}), 0, Some("d"));
        check(json!({"items": [1], "nextLink": null}), 1, None);
        check(json!({"items": [1], "nextLink": ""}), 1, None);
        check(json!([1, 2, 3]), 3, None);
    }

    #[test]
    fn a_cursor_may_be_a_number_and_the_items_anywhere() {
        let body = json!({"payload": {"rows": [1]}, "meta": {"next": 17, "all": "30"}});
        let paging = Paging::cursor("after", "/meta/next").items_at("/payload/rows");
        let page = Page::read(body.clone(), &paging.total_at("/meta/all")).unwrap();
        assert_eq!(
            (page.items, page.token.as_deref(), page.total),
            (vec![json!(1)], Some("17"), Some(30))
        );
        assert_eq!(
            Page::read(body.clone(), &paging.items_at("/rows")).unwrap_err(),
            "a page has no list of items at /rows"
        );
        assert!(Page::read(body, &Paging::cursor("after", "/meta").items_at("/payload/rows")).is_err());
    }

    #[test]
    fn odata_says_how_many_there_are_in_each_of_its_forms() {
        let check = |body: Value, total: Option<u64>| {
            assert_eq!(
                Page::read(body.clone(), &Paging::next_link()).unwrap().total,
                total,
                "{body}"
            );
        };
        check(json!({"value": [], "@odata.count": 7}), Some(7));
        check(json!({"value": [], "odata.count": "7"}), Some(7));
        check(json!({"d": {"results": [], "__count": "7"}}), Some(7));
        check(json!({"value": [], "@odata.count": -1}), None);
        check(json!({"value": []}), None);
    }

    #[test]
    fn a_connection_has_edges_or_nodes_and_says_whether_it_goes_on() {
        let check = |connection: Value, expected: Result<(usize, Option<&str>), ()>| {
            let page = Page::read(
                json!({"viewer": {"people": connection}}),
                &Paging::connection("/viewer/people"),
            );
            let found = page
                .as_ref()
                .map(|page| (page.items.len(), page.token.as_deref()))
                .map_err(|_| ());
            assert_eq!(found, expected, "{page:?}");
        };
        let (on, last) = (
            json!({"hasNextPage": true, "endCursor": "c"}),
            json!({"hasNextPage": false, "endCursor": "c"}),
        );
        check(
            json!({"edges": [{"node": 1}, {"node": null}], "pageInfo": on}),
            Ok((2, Some("c"))),
        );
        check(json!({"nodes": [1], "pageInfo": last}), Ok((1, None)));
        check(json!({"nodes": [1]}), Err(()));
        check(json!({"pageInfo": last}), Err(()));
        check(Value::Null, Err(()));
    }
}
