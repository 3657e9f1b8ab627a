//! The items of the list: filter, order, pages.

use http::StatusCode;

use super::error::SharePointError;
use super::format::Format;
use super::item::{self, Selected};
use super::{SITE, SharePoint};
use crate::call::Call;
use crate::odata::{self, Filter, Order};
use crate::population::NewsItem;
use crate::reply::{self, Reply};

const PAGE: usize = 100;
const LARGEST_PAGE: usize = 5_000;

impl SharePoint {
    /// `GET .../items`.
    pub(super) fn items(&self, call: &Call, format: Format) -> Result<Reply, SharePointError> {
        let selected = Selected::parse(call)?;
        let order_text = call.query("$orderby").unwrap_or_default();
        let items = self.search(call.query("$filter"), order_text)?;
        let size = page_size(call)?;
        let start = start(call, &items)?;

        let page = items.iter().skip(start).take(size);
        let entries = page.map(|item| self.entry(call, item, &selected, format)).collect();
        let last = items.get(start + size - 1).filter(|_| items.len() > start + size);
        let next = last.map(|last| next_link(call, last, order_text, size));
        let api = format!("{}{SITE}/_api/", call.base());
        Ok(reply::bytes(
            StatusCode::OK,
            format.content_type(),
            format.many(&api, entries, next),
        ))
    }

    fn search(&self, filter: Option<&str>, order: &str) -> Result<Vec<&NewsItem>, SharePointError> {
        let filter = filter.map(parse_filter).transpose()?;
        let order = parse_order(order)?;
        let passes = |item: &&NewsItem| {
            filter
                .as_ref()
                .is_none_or(|filter| filter.accepts(&|name| item::operand(item, name)))
        };
        let mut items: Vec<&NewsItem> = self.population.news().iter().filter(passes).collect();
        items.sort_by(|a, b| {
            order
                .iter()
                .map(|by| compare(a, b, by))
                .find(|o| o.is_ne())
                .unwrap_or(a.id.cmp(&b.id))
        });
        Ok(items)
    }
}

fn compare(a: &NewsItem, b: &NewsItem, by: &Order<'_>) -> std::cmp::Ordering {
    let order = item::operand(a, by.property)
        .order(&item::operand(b, by.property))
        .unwrap_or(std::cmp::Ordering::Equal);
    if by.descending { order.reverse() } else { order }
}

fn parse_filter(text: &str) -> Result<Filter, SharePointError> {
    let filter = Filter::parse(text).map_err(|_| SharePointError::bad_expression(text))?;
    match filter.unknown_property(&item::can_filter) {
        Some(name) => Err(SharePointError::no_column(name)),
        None => Ok(filter),
    }
}

fn parse_order(text: &str) -> Result<Vec<Order<'_>>, SharePointError> {
    let order = odata::order(text).map_err(|_| SharePointError::bad_expression(text))?;
    match order.iter().find(|by| !item::can_filter(by.property)) {
        Some(by) => Err(SharePointError::no_column(by.property)),
        None => Ok(order),
    }
}

fn page_size(call: &Call) -> Result<usize, SharePointError> {
    let Some(text) = call.query("$top") else {
        return Ok(PAGE);
    };
    match odata::top(text) {
        Ok(size) if size > 0 => Ok(size.min(LARGEST_PAGE)),
        _ => Err(SharePointError::bad_query(format!(
            "The query string \"$top={text}\" is not valid."
        ))),
    }
}

/// Where a page starts: after the item that `$skiptoken=Paged=TRUE&p_ID=...` names. `$skip` is ignored, as SharePoint does.
fn start(call: &Call, items: &[&NewsItem]) -> Result<usize, SharePointError> {
    let Some(token) = call.query("$skiptoken") else {
        return Ok(0);
    };
    let bad = || SharePointError::bad_query(format!("The query string \"$skiptoken={token}\" is not valid."));
    let id: u32 = token
        .split('&')
        .find_map(|part| part.strip_prefix("p_ID="))
        .and_then(|id| id.parse().ok())
        .ok_or_else(bad)?;
    // In the order of ids, an id that does not pass the filter is a place too.
    match items.iter().position(|item| item.id == id) {
        Some(place) => Ok(place + 1),
        None if items.is_sorted_by_key(|item| item.id) => Ok(items.partition_point(|item| item.id <= id)),
        None => Err(bad()),
    }
}

fn next_link(call: &Call, last: &NewsItem, order: &str, size: usize) -> String {
    let column = odata::order(order)
        .ok()
        .and_then(|order| order.first().map(|by| by.property.to_owned()));
    let sorted = match column.as_deref() {
        Some(column @ ("PublishedDate" | "Created" | "Modified")) => {
            let [year, month, day, hour, minute, second] = last.published.fields();
            // A value within the token is percent-encoded once more.
            format!("p_{column}={year:04}{month:02}{day:02}%20{hour:02}%3a{minute:02}%3a{second:02}&")
        }
        _ => String::new(),
    };
    let token = format!("Paged=TRUE&{sorted}p_ID={}", last.id);
    call.link("%24", &[("$skiptoken", Some(token)), ("$top", Some(size.to_string()))])
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::super::tests::{ITEMS, ask, body, nometadata};
    use super::*;
    use crate::population::Population;

    fn ids(page: &Value) -> Vec<u32> {
        let rows = page["value"].as_array().expect("items");
        rows.iter()
            .map(|row| row["Id"].as_u64().and_then(|id| u32::try_from(id).ok()).expect("an id"))
            .collect()
    }

    fn walk(query: &str) -> Vec<u32> {
        let mut target = format!("{ITEMS}?$select=Id&{query}");
        let mut walked = Vec::new();
        loop {
            let page = nometadata(&target);
            walked.extend(ids(&page));
            let Some(link) = page["odata.nextLink"].as_str() else {
                return walked;
            };
            target = link.strip_prefix("http://source").expect("the same host").to_owned();
        }
    }

    #[test]
    fn the_newest_items_come_first_when_asked_for() {
        let target = format!(
            "{ITEMS}?$select=Id,Title,Teaser,Category,PublishedDate,BannerImageUrl,Pinned,Author/Title,Author/EMail&$expand=Author\
             &$orderby=PublishedDate%20desc&$top=2"
        );
        insta::assert_json_snapshot!(nometadata(&target));
    }

    #[test]
    fn walking_the_list_meets_every_item_once() {
        assert_eq!(walk(""), (1..=3_000).collect::<Vec<u32>>());
        assert_eq!(
            walk("$orderby=PublishedDate%20desc&$top=700"),
            (1..=3_000).rev().collect::<Vec<u32>>()
        );
    }

    #[test]
    fn walking_a_filtered_order_meets_what_passes_once() {
        let population = Population::new(1);
        let mut expected: Vec<&NewsItem> = population
            .news()
            .iter()
            .filter(|item| item.category == "Safety" && !item.pinned)
            .collect();
        expected.sort_by_key(|item| (item.title().to_lowercase(), item.id));
        let walked = walk("$filter=Category%20eq%20'Safety'%20and%20Pinned%20eq%200&$orderby=Title&$top=99");
        assert!(expected.len() > 300);
        assert_eq!(walked, expected.iter().map(|item| item.id).collect::<Vec<_>>());
    }

    #[test]
    fn a_filter_on_dates_takes_both_ways_of_writing_them() {
        let population = Population::new(1);
        let newest = &population.news()[2_990..];
        let since = newest[0].published;
        for literal in [format!("datetime'{since}'"), format!("'{since}'")] {
            let page = nometadata(&format!("{ITEMS}?$select=Id&$filter=PublishedDate%20ge%20{literal}"));
            assert_eq!(
                ids(&page),
                newest.iter().map(|item| item.id).collect::<Vec<_>>(),
                "{literal}"
            );
        }
    }

    #[test]
    fn a_page_has_100_items_unless_asked_and_never_more_than_5000() {
        assert_eq!(ids(&nometadata(ITEMS)).len(), 100);
        assert_eq!(ids(&nometadata(&format!("{ITEMS}?$top=100000"))).len(), 3_000);
    }

    #[test]
    fn the_next_link_is_written_as_sharepoint_writes_it() {
        let link = nometadata(&format!("{ITEMS}?$top=2"))["odata.nextLink"].clone();
        assert_eq!(
            link,
            format!("http://source{ITEMS}?%24skiptoken=Paged%3DTRUE%26p_ID%3D2&%24top=2")
        );
    }

    #[test]
    fn a_query_that_makes_no_sense_is_a_400_that_says_why() {
        for (query, part) in [
            ("$filter=Category", "The expression"),
            ("$filter=ShoeSize%20eq%201", "Column 'ShoeSize' does not exist"),
            ("$orderby=ShoeSize", "Column 'ShoeSize' does not exist"),
            ("$select=ShoeSize", "The field or property 'ShoeSize' does not exist"),
            ("$select=Author/Title", "$expand query string must contains Author"),
            ("$expand=Author", "$expand query string must contains Author"),
            (
                "$select=Author/ShoeSize&$expand=Author",
                "The field or property 'ShoeSize'",
            ),
            ("$top=many", "$top=many"),
            ("$skiptoken=7", "$skiptoken=7"),
        ] {
            let reply = ask(&format!("{ITEMS}?{query}"), "application/json;odata=nometadata");
            assert_eq!(reply.status(), StatusCode::BAD_REQUEST, "{query}");
            let message = body(&reply)["odata.error"]["message"]["value"].to_string();
            assert!(message.contains(part), "{query}: {message}");
        }
    }
}
