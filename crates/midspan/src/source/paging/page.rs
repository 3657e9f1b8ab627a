//! What one page holds.

use serde_json::Value;

/// Where bodies have their items, the first that is a list counts: OData v4, v2 and v3, and what is usual elsewhere.
const ITEMS: &[&str] = &["", "/value", "/d/results", "/d", "/items", "/results", "/data"];

/// The items of a page, and the link or the cursor of the next one.
#[derive(Debug, PartialEq)]
pub(super) struct Page {
    pub(super) items: Vec<Value>,
    pub(super) token: Option<String>,
}

impl Page {
    /// Takes a body apart: the items at a JSON pointer or at one of the usual places, the token at the first of `places`
    /// that has one.
    ///
    /// # Errors
    /// Where there is no list, and where the token is neither text nor number: why, for the log.
    pub(super) fn read(mut body: Value, items_at: Option<&str>, places: &[&str]) -> Result<Self, String> {
        let token = match places.iter().find_map(|place| body.pointer(place)) {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => Some(text.clone()).filter(|text| !text.is_empty()),
            Some(Value::Number(number)) => Some(number.to_string()),
            Some(_) => return Err("what leads to the next page is neither text nor number".into()),
        };
        let items_at = match &items_at {
            Some(place) => std::slice::from_ref(place),
            None => ITEMS,
        };
        let is_list = |place: &&&str| body.pointer(place).is_some_and(Value::is_array);
        let items = items_at
            .iter()
            .find(is_list)
            .and_then(|place| body.pointer_mut(place))
            .map(Value::take);
        match items {
            Some(Value::Array(items)) => Ok(Self { items, token }),
            _ => Err(format!("a page has no list of items at {}", items_at.join(", "))),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{super::NEXT_LINKS, *};

    #[test]
    fn items_and_next_links_stand_where_sources_have_them() {
        let check = |body: Value, items: usize, token: Option<&str>| {
            let page = Page::read(body.clone(), None, NEXT_LINKS).unwrap();
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
        let body = json!({"payload": {"rows": [1]}, "meta": {"next": 17}});
        let page = Page::read(body.clone(), Some("/payload/rows"), &["/meta/next"]).unwrap();
        assert_eq!((page.items, page.token.as_deref()), (vec![json!(1)], Some("17")));
        assert_eq!(
            Page::read(body.clone(), Some("/rows"), &[]).unwrap_err(),
            "a page has no list of items at /rows"
        );
        assert!(Page::read(body, Some("/payload/rows"), &["/meta"]).is_err());
    }
}
