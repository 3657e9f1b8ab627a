//! SharePoint Online's REST interface: the list `News` of the site `/sites/intranet`.
//!
//! Shapes: Learn, "Working with lists and list items with REST", "Use OData query operations in SharePoint REST requests", "Get to
//! know the SharePoint REST service" (formats by `Accept`), "Avoid getting throttled or blocked in SharePoint Online"; codes and
//! messages of errors from recorded traffic in public repositories.

mod error;
mod format;
mod item;
mod items;

use std::sync::Arc;

use http::{Method, StatusCode};

use self::error::SharePointError;
use self::format::Format;
use super::BackEnd;
use crate::call::Call;
use crate::population::{NewsItem, Population};
use crate::reply::{self, Refusal, Reply, WithHeader};

const SITE: &str = "/sites/intranet";
const LIST: &str = "News";

pub(super) struct SharePoint {
    population: Arc<Population>,
}

impl SharePoint {
    pub(super) fn new(population: Arc<Population>) -> Self {
        Self { population }
    }

    fn route(&self, call: &Call, format: Format) -> Result<Reply, SharePointError> {
        match call.header("authorization") {
            None => return Err(SharePointError::anonymous()),
            Some(_) if call.bearer().is_none() => return Err(SharePointError::bad_token()),
            Some(_) => {}
        }
        let path = call
            .path
            .strip_prefix(SITE)
            .and_then(|path| path.strip_prefix("/_api/web/"))
            .ok_or_else(SharePointError::no_site)?;
        let (list, rest) = list_named(path).ok_or_else(|| SharePointError::no_resource(path))?;
        if call.method != Method::GET {
            return Err(SharePointError::method_not_allowed());
        }
        if !list.eq_ignore_ascii_case(LIST) {
            return Err(SharePointError::no_list(&list, &format!("{}{SITE}", call.base())));
        }
        let rest = rest.to_ascii_lowercase();
        if rest == "/items" {
            return self.items(call, format);
        }
        match rest.strip_prefix("/items(").and_then(|key| key.strip_suffix(')')) {
            Some(key) => self.one(call, format, self.find(key)?),
            None => Err(SharePointError::no_resource(path)),
        }
    }

    /// `GET .../items({id})`.
    fn one(&self, call: &Call, format: Format, item: NewsItem) -> Result<Reply, SharePointError> {
        let selected = item::Selected::parse(call)?;
        let body = format.one(self.entry(call, &item, &selected, format));
        Ok(reply::bytes(StatusCode::OK, format.content_type(), body).with("etag", item::entity_tag(&item)))
    }

    fn find(&self, key: &str) -> Result<NewsItem, SharePointError> {
        let id: usize = key.parse().map_err(|_| SharePointError::bad_key(key))?;
        let index = id.checked_sub(1).ok_or_else(SharePointError::no_item)?;
        self.population
            .news()
            .get(index)
            .copied()
            .ok_or_else(SharePointError::no_item)
    }

    fn finish(&self, call: &Call, reply: Reply) -> Reply {
        let id = call.request_id(self.population.seed()).to_string();
        reply
            .with("sprequestguid", &id)
            .with("request-id", id)
            .with("x-sharepointhealthscore", "1")
            .with("microsoftsharepointteamservices", "16.0.0.25311")
            .with("cache-control", "private, max-age=0")
            .with("dataserviceversion", "3.0")
    }
}

impl BackEnd for SharePoint {
    fn answer(&self, call: &Call) -> Reply {
        let format = Format::accepted(call);
        let reply = self.route(call, format).unwrap_or_else(|error| error.reply(format));
        self.finish(call, reply)
    }

    fn repeats(&self) -> bool {
        true
    }

    fn refuse(&self, call: &Call, refusal: Refusal) -> Reply {
        let reply = SharePointError::refusal(refusal.status, Format::accepted(call));
        self.finish(call, reply.with_retry_after(refusal.retry_after))
    }
}

/// The title in `lists/getbytitle('...')` and what follows it; function names are case-insensitive.
fn list_named(path: &str) -> Option<(String, &str)> {
    const START: &str = "lists/getbytitle('";
    let start = path.get(..START.len())?;
    if !start.eq_ignore_ascii_case(START) {
        return None;
    }
    let rest = &path[START.len()..];
    let (title, rest) = rest.split_at(rest.find("')")?);
    Some((title.replace("''", "'"), &rest[2..]))
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::call::tests::get_with;

    pub(super) const ITEMS: &str = "/sites/intranet/_api/web/lists/getbytitle('News')/items";

    pub(super) fn ask(target: &str, accept: &str) -> Reply {
        sharepoint().answer(&get_with(target, &[("authorization", "Bearer x"), ("accept", accept)]))
    }

    pub(super) fn nometadata(target: &str) -> Value {
        body(&ask(target, "application/json;odata=nometadata"))
    }

    pub(super) fn sharepoint() -> SharePoint {
        SharePoint::new(Arc::new(Population::new(1)))
    }

    pub(super) fn body(reply: &Reply) -> Value {
        serde_json::from_slice(reply.body()).expect("JSON")
    }

    #[test]
    fn one_item_is_answered_with_its_entity_tag() {
        let reply = ask(&format!("{ITEMS}(17)"), "application/json;odata=nometadata");
        assert_eq!(
            reply.headers()["content-type"],
            "application/json;odata=nometadata;streaming=true;charset=utf-8"
        );
        assert!(reply.headers().contains_key("etag"));
        insta::assert_json_snapshot!(body(&reply));
    }

    #[test]
    fn names_of_functions_and_lists_have_no_case() {
        let target = "/sites/intranet/_api/web/Lists/GetByTitle('news')/Items(17)?$select=Id";
        assert_eq!(nometadata(target)["Id"], 17);
    }

    #[test]
    fn what_does_not_exist_is_refused_with_sharepoints_code() {
        for (target, status, code) in [
            (format!("{ITEMS}(3001)"), 404, "-2130575338, System.ArgumentException"),
            (format!("{ITEMS}(0)"), 404, "-2130575338, System.ArgumentException"),
            (
                format!("{ITEMS}(x)"),
                400,
                "-1, Microsoft.SharePoint.Client.InvalidClientQueryException",
            ),
            (ITEMS.replace("News", "Olds"), 404, "-1, System.ArgumentException"),
            (
                format!("{SITE}/_api/web/nothing"),
                404,
                "-1, Microsoft.SharePoint.Client.ResourceNotFoundException",
            ),
            (
                format!("{ITEMS}/nothing"),
                404,
                "-1, Microsoft.SharePoint.Client.ResourceNotFoundException",
            ),
        ] {
            let reply = ask(&target, "application/json;odata=nometadata");
            assert_eq!(reply.status().as_u16(), status, "{target}");
            assert_eq!(body(&reply)["odata.error"]["code"], code, "{target}");
        }
        assert_eq!(ask("/sites/other/_api/web", "*/*").status(), StatusCode::NOT_FOUND);
    }

    #[test]
    fn without_a_token_it_is_a_403_and_with_an_empty_one_a_401() {
        let anonymous = sharepoint().answer(&get_with(ITEMS, &[("accept", "application/json;odata=verbose")]));
        assert_eq!(anonymous.status(), StatusCode::FORBIDDEN);
        assert_eq!(
            body(&anonymous)["error"]["code"],
            "-2147024891, System.UnauthorizedAccessException"
        );
        let empty = sharepoint().answer(&get_with(ITEMS, &[("authorization", "Bearer ")]));
        assert_eq!(empty.status(), StatusCode::UNAUTHORIZED);
        assert!(empty.headers().contains_key("www-authenticate"));
    }

    #[test]
    fn a_throttled_call_is_answered_in_plain_words_not_in_json() {
        let refusal = Refusal {
            status: StatusCode::TOO_MANY_REQUESTS,
            retry_after: Some(120),
        };
        let reply = sharepoint().refuse(
            &get_with(ITEMS, &[("accept", "application/json;odata=nometadata")]),
            refusal,
        );
        assert_eq!(reply.headers()["retry-after"], "120");
        assert_eq!(reply.body(), "429 TOO MANY REQUESTS");
    }
}
