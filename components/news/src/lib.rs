//! ListNews.

use midspan::prelude::*;
use systems::{
    SHAREPOINT,
    access::{EMPLOYEES, PROGRAMS},
    news,
    news::NewsItem,
};

/// Which news to list.
#[input]
struct NewsInput {
    /// Page size
    ///
    /// How many news items to return at once.
    #[query(default = 20, min = 1, max = 100)]
    top: u32,
    /// Position
    ///
    /// Where the page begins: part of the next link of the page before.
    #[query(visibility = "internal", max_length = 200)]
    after: Option<Position>,
}

/// A page of news.
#[derive(Debug, PartialEq, Data)]
struct NewsList {
    /// News
    value: Vec<NewsItem>,
    /// Next link
    ///
    /// Where the next page is; nothing on the last one.
    next_link: Option<String>,
}

/// List news
///
/// The intranet's news, newest first.
#[operation(get = "/news", auth = [EMPLOYEES, PROGRAMS], sources = [SHAREPOINT], deadline = "3s", visibility = "important")]
async fn list_news(ctx: Context, input: NewsInput) -> Result<NewsList> {
    let after = ctx.position(input.after.as_ref()).await?;
    let page = news::list(&ctx, input.top, after.as_deref()).await?;
    let top = input.top.to_string();
    let next_link = ctx.next_link("/news", &[("top", &top)], page.next.as_deref()).await?;
    Ok(NewsList {
        value: page.items,
        next_link,
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use midspan::testing::{Reply, TestHost};

    use super::*;

    const ROUTE: &str = "GET /sites/intranet/_api/web/lists/getbytitle('News')/items";
    const PAGE: &str = r#"{
        "value": [{"Id": 9, "Title": "Canteen", "Teaser": "Open", "Category": "Company", "PublishedDate": "2026-01-01T08:00:00Z"}],
        "odata.nextLink": "https://sharepoint.test/x?%24top=1&%24skiptoken=Paged%3dTRUE%26p_ID%3d9"
    }"#;

    fn list(path: &str) -> (TestHost, NewsList) {
        let host = systems::testing::host();
        host.on("sharepoint", ROUTE, Reply::json(200, PAGE));
        let full_url = format!("https://tier.example/api{path}");
        let list = host.get_with::<ListNews>(path, &[("spin-full-url", &full_url)]).json();
        (host, list)
    }

    #[test]
    fn the_next_link_leads_back_to_us_and_on_at_the_source() {
        let (_, page) = list("/news?top=1");
        let next = page.next_link.unwrap();
        assert!(next.starts_with("https://tier.example/api/news?top=1&after="), "{next}");
        assert!(!next.contains("Paged"), "{next}");
        let (host, _) = list(next.strip_prefix("https://tier.example/api").unwrap());
        let query = host.requests("sharepoint")[0].request.uri().query().unwrap().to_owned();
        assert!(query.ends_with("&$skiptoken=Paged%3DTRUE%26p_ID%3D9"), "{query}");
    }

    #[test]
    fn news_are_kept_for_all_and_stand_in_for_a_site_that_is_down() {
        let host = systems::testing::host();
        host.on(
            "sharepoint",
            ROUTE,
            Reply::json(200, PAGE).header("cache-control", "private, max-age=0"),
        );
        host.on("sharepoint", ROUTE, Reply::json(503, "{}"));
        let status = |token: &str| {
            let answer = host.get_with::<ListNews>("/news?top=1", &[("authorization", token)]);
            assert_eq!(answer.json::<NewsList>().value[0].id, 9);
            answer.header("cache-status").unwrap_or_default().to_owned()
        };
        assert_eq!(
            status("Bearer ada"),
            "sharepoint; fwd=uri-miss; fwd-status=200; ttl=60; stored"
        );
        assert_eq!(status("Bearer bob"), "sharepoint; hit; ttl=60; detail=instance");
        host.pass(Duration::from_hours(1));
        let stale = status("Bearer bob");
        assert!(
            stale.starts_with("sharepoint; fwd=stale; fwd-status=503; ttl=-3"),
            "{stale}"
        );
        assert!(stale.ends_with("; detail=stale-if-error"), "{stale}");
    }

    #[test]
    fn a_page_size_out_of_bounds_names_the_field() {
        let answer = systems::testing::host().get::<ListNews>("/news?top=101");
        assert_eq!(answer.error().message, "\"top\" must be between 1 and 100, got 101.");
        assert_eq!(answer.error().error.target.as_deref(), Some("top"));
    }
}
