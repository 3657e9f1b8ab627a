//! Lists of our own whose pages are a source's: one page at a time, by links that the caller gives back.

use midspan::{
    Operation,
    prelude::*,
    source::{Chunk, OnePage, Paging},
    testing::{Reply, TestHost},
};
use proptest::prelude::{ProptestConfig, prop_assert_eq, proptest};

static CRM: Source = Source::odata("crm").titled("CRM");

/// Where to begin.
#[input]
struct PageInput {
    /// Position
    #[query(visibility = "internal")]
    after: Option<Position>,
}

/// A page.
#[derive(Debug, PartialEq, Data)]
struct Page {
    items: Vec<u32>,
    total: Option<u64>,
    next_link: Option<String>,
}

async fn page(ctx: &Context, path: &str, page: OnePage<u32>) -> Result<Page> {
    Ok(Page {
        next_link: ctx.next_link(path, &[], page.next.as_deref()).await?,
        items: page.items,
        total: page.total,
    })
}

async fn listed(ctx: &Context, input: PageInput, path: &str, paging: Paging) -> Result<Page> {
    let after = ctx.position(input.after.as_ref()).await?;
    let call = ctx
        .source(&CRM)
        .get("/list")
        .query("$filter", "a eq 'b c'")
        .query("$top", 2);
    let one = call.pages(paging).resume(after.as_deref())?.page().await?;
    page(ctx, path, one).await
}

/// By link
#[operation(get = "/links", auth = none, sources = [CRM])]
async fn by_link(ctx: Context, input: PageInput) -> Result<Page> {
    listed(&ctx, input, "/links", Paging::next_link()).await
}

/// By offset
#[operation(get = "/offsets", auth = none, sources = [CRM])]
async fn by_offset(ctx: Context, input: PageInput) -> Result<Page> {
    listed(&ctx, input, "/offsets", Paging::offset("$skip").page_size(2)).await
}

/// By number
#[operation(get = "/numbers", auth = none, sources = [CRM])]
async fn by_number(ctx: Context, input: PageInput) -> Result<Page> {
    listed(&ctx, input, "/numbers", Paging::page_number("page", 1)).await
}

/// By cursor
#[operation(get = "/cursors", auth = none, sources = [CRM])]
async fn by_cursor(ctx: Context, input: PageInput) -> Result<Page> {
    listed(&ctx, input, "/cursors", Paging::cursor("cursor", "/next")).await
}

#[derive(Deserialize)]
struct Rows {
    rows: Vec<u32>,
    continuation: Option<String>,
}

async fn rows(ctx: &Context, from: Option<String>) -> Result<Chunk<u32>> {
    let rows: Rows = ctx.source(&CRM).post("/rows").body(&from).json().await?;
    Ok(Chunk {
        items: rows.rows,
        next: rows.continuation,
    })
}

/// By continuation
#[operation(get = "/continuations", auth = none, sources = [CRM])]
async fn by_continuation(ctx: Context, input: PageInput) -> Result<Page> {
    let after = ctx.position(input.after.as_ref()).await?;
    let pages = ctx
        .source(&CRM)
        .unfold(Paging::caps(), async |from| rows(&ctx, from).await);
    page(&ctx, "/continuations", pages.resume(after.as_deref())?.page().await?).await
}

/// All rows
#[operation(get = "/rows", auth = none, sources = [CRM])]
async fn all_rows(ctx: Context) -> Result<Page> {
    let pages = ctx
        .source(&CRM)
        .unfold(Paging::caps().max_pages(2), async |from| rows(&ctx, from).await);
    let collected = pages.collect_up_to(100).await?;
    Ok(Page {
        items: collected.items,
        total: collected.more.then_some(0),
        next_link: None,
    })
}

const GATEWAY: &str = "https://europe.azure-apim.net/apim/hr/shared-hr-1";

/// The pages that a caller gets who follows the links through the gateway.
fn followed<O: Operation>(host: &TestHost, path: &str) -> Vec<Page> {
    let mut link = path.to_owned();
    let mut pages = Vec::new();
    loop {
        let answer = host.get_with::<O>(&link, &[("x-ms-apim-referrer-prefix", GATEWAY)]);
        assert_eq!(answer.status(), 200, "{}", answer.text());
        let page: Page = answer.json();
        let next = page.next_link.clone();
        pages.push(page);
        let Some(next) = next else { return pages };
        let own = next.strip_prefix(GATEWAY);
        own.expect("a link as the caller sees it").clone_into(&mut link);
    }
}

fn crm(route: &str, bodies: &[&str]) -> TestHost {
    let host = TestHost::new();
    for body in bodies {
        host.on("crm", route, Reply::json(200, *body));
    }
    host
}

fn queries(host: &TestHost) -> Vec<String> {
    let sent = host.requests("crm");
    sent.iter()
        .map(|sent| sent.request.uri().query().unwrap_or_default().to_owned())
        .collect()
}

const OWN: &str = "$filter=a%20eq%20'b%20c'&$top=2";

fn check<O: Operation>(path: &str, bodies: &[&str], expected: &[&str]) {
    let host = crm("GET /list", bodies);
    let pages = followed::<O>(&host, path);
    let items: Vec<_> = pages.iter().flat_map(|page| page.items.clone()).collect();
    assert_eq!(items, [1, 2, 3]);
    assert_eq!(queries(&host), expected);
}

#[test]
fn a_callers_next_link_leads_to_the_sources_next_page_whatever_its_paging() {
    check::<ByLink>(
        "/links",
        &[
            r#"{"value": [1, 2], "@odata.nextLink": "https://crm.test/other?$filter=a+eq%20%27b%20c%27&$top=2&$skiptoken=x%26y"}"#,
            r#"{"value": [3]}"#,
        ],
        &[OWN, "$filter=a+eq%20%27b%20c%27&$top=2&$skiptoken=x%26y"],
    );
    check::<ByOffset>(
        "/offsets",
        &[r#"{"value": [1, 2]}"#, r#"{"value": [3]}"#],
        &[&format!("{OWN}&$skip=0"), &format!("{OWN}&$skip=2")],
    );
    check::<ByNumber>(
        "/numbers",
        &["[1, 2]", "[3]", "[]"],
        &[1, 2, 3]
            .map(|page| format!("{OWN}&page={page}"))
            .each_ref()
            .map(String::as_str),
    );
    check::<ByCursor>(
        "/cursors",
        &[r#"{"items": [1, 2], "next": "a&b"}"#, r#"{"items": [3], "next": null}"#],
        &[OWN, &format!("{OWN}&cursor=a%26b")],
    );
}

#[test]
fn a_link_that_leaves_out_what_its_token_says_is_followed_as_it_is() {
    let host = crm(
        "GET /list",
        &[
            r#"{"value": [1], "@odata.nextLink": "/list?$skiptoken=t"}"#,
            r#"{"value": []}"#,
        ],
    );
    followed::<ByLink>(&host, "/links");
    assert_eq!(queries(&host), [OWN, "$skiptoken=t"]);
}

#[test]
fn a_list_says_how_many_items_it_has() {
    let host = crm("GET /list", &[r#"{"@odata.count": 41, "value": [1]}"#]);
    assert_eq!(followed::<ByLink>(&host, "/links")[0].total, Some(41));
}

#[test]
fn a_source_with_a_continuation_of_its_own_is_paged_by_the_same_contract() {
    let bodies = [
        r#"{"rows": [1, 2], "continuation": "R2"}"#,
        r#"{"rows": [3], "continuation": "R3"}"#,
        r#"{"rows": [4]}"#,
    ];
    let host = crm("POST /rows", &bodies);
    let pages = followed::<ByContinuation>(&host, "/continuations");
    assert_eq!(
        pages.iter().map(|page| page.items.clone()).collect::<Vec<_>>(),
        [vec![1, 2], vec![3], vec![4]]
    );
    let sent: Vec<_> = host
        .requests("crm")
        .into_iter()
        .map(|sent| sent.request.into_body())
        .collect();
    assert_eq!(sent, ["null", "\"R2\"", "\"R3\""]);

    let host = crm("POST /rows", &bodies);
    let all: Page = host.get::<AllRows>("/rows").json();
    assert_eq!(
        (all.items, all.total),
        (vec![1, 2, 3], Some(0)),
        "cut short after two pages"
    );
}

fn decoded(query: &str) -> Vec<(String, String)> {
    form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_caller_brings_back_the_query_of_any_link(link in "([$]?(top|filter|skip|x)(=(2|a%20eq%20'b%20c'|[a-z%'2&=]{0,6}))?&?){1,4}") {
        let first = format!(r#"{{"value": [], "@odata.nextLink": "/list?{link}"}}"#);
        let host = crm("GET /list", &[&first, r#"{"value": []}"#]);
        if followed::<ByLink>(&host, "/links").len() == 2 {
            prop_assert_eq!(decoded(&queries(&host)[1]), decoded(&link));
        }
    }
}
