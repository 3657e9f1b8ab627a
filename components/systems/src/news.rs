//! News, from a SharePoint list.

use midspan::{
    prelude::*,
    source::odata::{Query, field},
};

use crate::{SHAREPOINT, kept};

/// One piece of news.
#[derive(Debug, PartialEq, Data)]
pub struct NewsItem {
    /// Id
    pub id: u32,
    /// Headline
    pub title: String,
    /// Teaser
    pub teaser: Option<String>,
    /// Category
    pub category: Option<String>,
    /// Published
    pub published: Timestamp,
}

/// Some news, newest first, and where the next begin.
#[derive(Debug)]
pub struct NewsPage {
    /// The items.
    pub items: Vec<NewsItem>,
    /// What to pass as `after` to get the next page; nothing on the last one.
    pub next: Option<String>,
}

/// `top` items, after what an earlier page called `next`.
///
/// # Errors
/// Those of the source.
pub async fn list(ctx: &Context, top: u32, after: Option<&str>) -> Result<NewsPage> {
    let query = Query::new()
        .select(["Id", "Title", "Teaser", "Category", "PublishedDate"])
        .order_by(field("Id").descending())
        .top(top);
    let mut call = ctx
        .source(&SHAREPOINT)
        .get("/sites/intranet/_api/web/lists/getbytitle('News')/items")
        .header("accept", "application/json;odata=nometadata")
        .odata(&query)
        .cached(kept::HEADLINES)
        .tag("news");
    if let Some(after) = after {
        call = call.query("$skiptoken", after);
    }
    let page: Page = call.json().await?;
    Ok(NewsPage {
        next: page.next_link.as_deref().and_then(skip_token),
        items: page.value.into_iter().map(NewsItem::from).collect(),
    })
}

#[derive(Deserialize)]
struct Page {
    value: Vec<Item>,
    #[serde(rename = "odata.nextLink")]
    next_link: Option<String>,
}

/// As the list has it.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Item {
    id: u32,
    title: String,
    teaser: Option<String>,
    category: Option<String>,
    published_date: Timestamp,
}

impl From<Item> for NewsItem {
    fn from(item: Item) -> Self {
        Self {
            id: item.id,
            title: item.title,
            teaser: item.teaser,
            category: item.category,
            published: item.published_date,
        }
    }
}

/// Only the token of the source's next link goes to our caller and back: never a URL that we would call.
fn skip_token(next_link: &str) -> Option<String> {
    let (_, query) = next_link.split_once('?')?;
    form_urlencoded::parse(query.as_bytes())
        .find(|(name, _)| name == "$skiptoken")
        .map(|(_, token)| token.into_owned())
}
