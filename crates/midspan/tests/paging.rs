//! Lists in pages: those of sources, read to their end, and our own, whose links lead on.

use std::time::Duration;

use midspan::{
    prelude::*,
    source::{
        Paging,
        odata::{Query, field},
    },
    testing::{Reply, Response, TestHost},
};

static CRM: Source = Source::rest("crm").titled("CRM").timeout(Duration::from_secs(1));

const LINKS: Paging = Paging::next_link().max_pages(4);
const OFFSETS: Paging = Paging::offset("$skip").page_size(2);
const NUMBERS: Paging = Paging::page_number("page", 1);
const CURSORS: Paging = Paging::cursor("cursor", "/meta/next").max_items(3);

/// What to list.
#[input]
struct ListInput {
    /// How many
    #[query(default = 100)]
    limit: u32,
}

/// All that there is.
#[derive(Debug, PartialEq, Data)]
struct Numbers {
    items: Vec<u32>,
    more: bool,
}

/// List by link
#[operation(get = "/links", auth = none, sources = [CRM], deadline = "2s")]
async fn by_link(ctx: Context, input: ListInput) -> Result<Numbers> {
    numbers(&ctx, input, LINKS).await
}

/// List by offset
#[operation(get = "/offsets", auth = none, sources = [CRM])]
async fn by_offset(ctx: Context, input: ListInput) -> Result<Numbers> {
    numbers(&ctx, input, OFFSETS).await
}

/// List by number
#[operation(get = "/numbers", auth = none, sources = [CRM])]
async fn by_number(ctx: Context, input: ListInput) -> Result<Numbers> {
    numbers(&ctx, input, NUMBERS).await
}

/// List by cursor
#[operation(get = "/cursors", auth = none, sources = [CRM])]
async fn by_cursor(ctx: Context, input: ListInput) -> Result<Numbers> {
    numbers(&ctx, input, CURSORS).await
}

async fn numbers(ctx: &Context, input: ListInput, paging: Paging) -> Result<Numbers> {
    let query = Query::new().filter(field("owner").eq("O'Hara"));
    let list = ctx.source(&CRM).get("/list").odata(&query).pages(paging);
    let collected = list.collect_up_to(input.limit as usize).await?;
    Ok(Numbers {
        items: collected.items,
        more: collected.more,
    })
}

/// Add up
#[operation(get = "/sum", auth = none, sources = [CRM])]
async fn sum(ctx: Context) -> Result<Numbers> {
    let mut pages = ctx.source(&CRM).get("/list").pages::<u32>(LINKS);
    let mut sum = 0;
    while let Some(number) = pages.next().await? {
        sum += number;
    }
    Ok(Numbers {
        items: vec![sum],
        more: pages.is_cut_short(),
    })
}

fn crm(pages: &[&str]) -> TestHost {
    let host = TestHost::new();
    for page in pages {
        host.on("crm", "GET /list", Reply::json(200, *page));
    }
    host
}

fn queries(host: &TestHost) -> Vec<String> {
    let asked = host.requests("crm");
    asked
        .iter()
        .map(|sent| sent.request.uri().query().unwrap_or_default().to_owned())
        .collect()
}

fn assert_numbers(answer: &Response, items: &[u32], more: bool) {
    let expected = Numbers {
        items: items.to_vec(),
        more,
    };
    assert_eq!(answer.status(), 200, "{}", answer.text());
    assert_eq!(answer.json::<Numbers>(), expected);
}

const FILTER: &str = "$filter=owner%20eq%20'O''Hara'";

#[test]
fn next_links_are_followed_as_the_source_wrote_them() {
    let host = crm(&[
        r#"{"value": [1, 2], "@odata.nextLink": "https://crm.test/list?$skiptoken=a%2Fb&x=1"}"#,
        r#"{"value": [], "@odata.nextLink": "/list?$skiptoken=c"}"#,
        r#"{"value": [3]}"#,
    ]);
    assert_numbers(&host.get::<ByLink>("/links"), &[1, 2, 3], false);
    assert_eq!(queries(&host), [FILTER, "$skiptoken=a%2Fb&x=1", "$skiptoken=c"]);
}

#[test]
fn a_next_link_to_another_place_is_not_followed_and_the_log_says_why() {
    let check = |link: &str, why: &str| {
        let host = crm(&[&format!(r#"{{"value": [1], "@odata.nextLink": "{link}"}}"#)]);
        let answer = host.get::<ByLink>("/links");
        assert_eq!(answer.status(), 502);
        assert_eq!(answer.error().error.code, ErrorCode::SourceInvalid);
        assert_eq!(answer.error().error.source.as_deref(), Some("crm"));
        assert!(!answer.text().contains("evil"), "{}", answer.text());
        assert!(host.log()[0].contains(why), "{:?}", host.log());
        assert_eq!(host.requests("crm").len(), 1);
        assert!(host.requests("evil").is_empty());
    };
    check("https://evil.test/list", "its host or port is not the source's");
    check("http://crm.test/list", "its scheme is not the source's");
    check("https://crm.test:8443/list", "its host or port is not the source's");
    check("https://crm.test/a/%2e%2e/list", "its path is not below the source's");
}

#[test]
fn a_page_that_leads_to_itself_is_an_error() {
    let host = crm(&[r#"{"value": [1], "nextLink": "https://crm.test/list?page=2"}"#]);
    let answer = host.get::<ByLink>("/links");
    assert_eq!(answer.error().error.code, ErrorCode::SourceInvalid);
    assert!(host.log()[0].contains("a page leads to itself"), "{:?}", host.log());
    assert_eq!(host.requests("crm").len(), 2);
}

#[test]
fn a_list_without_end_is_ended_by_the_cap_on_pages() {
    let pages: Vec<String> = (1..=9)
        .map(|page| format!(r#"{{"value": [{page}], "nextLink": "/list?page={page}"}}"#))
        .collect();
    let pages: Vec<&str> = pages.iter().map(String::as_str).collect();
    let host = crm(&pages);
    assert_numbers(&host.get::<Sum>("/sum"), &[1 + 2 + 3 + 4], true);
    assert_eq!(host.requests("crm").len(), 4);
    assert!(
        host.log()[0].contains("a list of source `crm` was ended after 4 pages"),
        "{:?}",
        host.log()
    );
}

#[test]
fn offsets_go_on_by_what_came_until_a_page_is_not_full() {
    let host = crm(&[r#"{"value": [1, 2]}"#, r#"{"value": [3, 4]}"#, r#"{"value": [5]}"#]);
    assert_numbers(&host.get::<ByOffset>("/offsets"), &[1, 2, 3, 4, 5], false);
    let expected = [0, 2, 4].map(|skip| format!("{FILTER}&$skip={skip}"));
    assert_eq!(queries(&host), expected);
}

#[test]
fn page_numbers_go_on_until_a_page_is_empty() {
    let host = crm(&["[1, 2]", "[3]", "[]"]);
    assert_numbers(&host.get::<ByNumber>("/numbers"), &[1, 2, 3], false);
    let expected = [1, 2, 3].map(|page| format!("{FILTER}&page={page}"));
    assert_eq!(queries(&host), expected);
}

#[test]
fn cursors_go_back_escaped_and_the_cap_on_items_ends_the_list() {
    let host = crm(&[
        r#"{"items": [1, 2], "meta": {"next": "a&b"}}"#,
        r#"{"items": [3, 4], "meta": {"next": null}}"#,
    ]);
    assert_numbers(&host.get::<ByCursor>("/cursors"), &[1, 2, 3], true);
    assert_eq!(queries(&host), [FILTER.to_owned(), format!("{FILTER}&cursor=a%26b")]);
    assert!(host.log()[0].contains("was ended after 3 items"), "{:?}", host.log());
}

#[test]
fn no_page_is_loaded_that_is_not_needed() {
    let host = crm(&["[1, 2]", "[3]"]);
    assert_numbers(&host.get::<ByNumber>("/numbers?limit=2"), &[1, 2], true);
    assert_eq!(host.requests("crm").len(), 1);
    let host = crm(&[r#"{"value": [1, 2], "nextLink": "https://evil.test/"}"#]);
    assert_numbers(&host.get::<ByLink>("/links?limit=2"), &[1, 2], true);
}

#[test]
fn no_page_is_loaded_after_the_cap_on_items() {
    let host = crm(&[r#"{"items": [1, 2, 3], "meta": {"next": "b"}}"#]);
    assert_numbers(&host.get::<ByCursor>("/cursors"), &[1, 2, 3], true);
    assert_eq!(host.requests("crm").len(), 1);
}

#[test]
fn a_list_may_end_with_its_cap_on_items_without_being_cut_short() {
    let host = crm(&[r#"{"items": [1, 2, 3], "meta": {}}"#]);
    assert_numbers(&host.get::<ByCursor>("/cursors"), &[1, 2, 3], false);
    assert!(host.log().is_empty(), "{:?}", host.log());
}

#[test]
fn every_page_is_a_call_with_a_timeout_under_the_deadline() {
    let page = |number: u32| {
        let body = format!(r#"{{"value": [{number}], "nextLink": "/list?page={number}"}}"#);
        Reply::json(200, body).after(Duration::from_millis(800))
    };
    let host = TestHost::new();
    host.on("crm", "GET /list", page(1));
    host.on("crm", "GET /list", page(2));
    host.on("crm", "GET /list", Reply::hang());
    let answer = host.get::<ByLink>("/links");
    assert_eq!(answer.error().error.code, ErrorCode::SourceTimeout);
    assert_eq!(
        host.elapsed(),
        Duration::from_millis(1980),
        "the deadline less the answer's reserve"
    );
}

#[test]
fn an_item_of_another_type_names_its_place_in_the_log() {
    let host = crm(&[r#"{"value": [1, "two"]}"#]);
    let answer = host.get::<ByLink>("/links");
    assert_eq!(answer.error().error.code, ErrorCode::SourceInvalid);
    assert!(
        host.log()[0].contains("item 1 of the list: invalid type"),
        "{:?}",
        host.log()
    );
    let host = crm(&[r#"{"rows": []}"#]);
    assert_eq!(
        host.get::<ByLink>("/links").error().error.code,
        ErrorCode::SourceInvalid
    );
    assert!(
        host.log()[0].contains("a page has no list of items"),
        "{:?}",
        host.log()
    );
}

#[test]
fn what_an_odata_source_says_of_a_failure_is_in_the_log_alone() {
    let host = TestHost::new();
    let body =
        r#"{"odata.error": {"code": "-1, SPException", "message": {"lang": "en-US", "value": "No such list."}}}"#;
    host.on("crm", "GET /list", Reply::json(400, body));
    let answer = host.get::<ByLink>("/links");
    assert_eq!(answer.error().error.code, ErrorCode::SourceFailed);
    assert!(!answer.text().contains("No such list"), "{}", answer.text());
    let log: serde_json::Value = serde_json::from_str(&host.log()[0]).unwrap();
    let detail = log["detail"].as_str().unwrap();
    assert!(
        detail.starts_with("code -1, SPException; it answered 100 bytes"),
        "{detail}"
    );
    assert_eq!(log["said"], body, "only where it is asked for, as here");
}

/// Where to begin.
#[input]
struct LettersInput {
    /// Position
    #[query(visibility = "internal")]
    after: Option<Position>,
}

/// A page of letters.
#[derive(Debug, PartialEq, Data)]
struct Letters {
    after: Option<String>,
    next_link: Option<String>,
}

/// List letters
#[operation(get = "/letters", auth = none)]
async fn list_letters(ctx: Context, input: LettersInput) -> Result<Letters> {
    letters(&ctx, input).await
}

/// List other letters
#[operation(get = "/other", auth = none)]
async fn list_other_letters(ctx: Context, input: LettersInput) -> Result<Letters> {
    letters(&ctx, input).await
}

async fn letters(ctx: &Context, input: LettersInput) -> Result<Letters> {
    let after = ctx.position(input.after.as_ref()).await?;
    let next = after.is_none().then_some("a & b");
    let next_link = ctx.next_link("/letters", &[("top", "2")], next).await?;
    Ok(Letters { after, next_link })
}

/// List letters from far away
#[operation(get = "/far", auth = none)]
async fn list_far_letters(ctx: Context) -> Result<Letters> {
    let next_link = ctx.next_link("/far", &[], Some(&"x".repeat(1025))).await?;
    Ok(Letters { after: None, next_link })
}

fn first_link(host: &TestHost) -> String {
    let page: Letters = host.get::<ListLetters>("/letters").json();
    page.next_link.expect("a next page")
}

#[test]
fn a_next_link_brings_the_position_back_as_it_was() {
    let host = TestHost::new();
    let link = first_link(&host);
    assert!(link.starts_with("/letters?top=2&after="), "{link}");
    assert!(!link.contains("a%20%26%20b"), "{link}");
    let page: Letters = host.get::<ListLetters>(&link).json();
    assert_eq!(page.after.as_deref(), Some("a & b"));
    assert_eq!(page.next_link, None);
}

#[test]
fn a_position_that_this_operation_did_not_give_is_the_callers_mistake() {
    let host = TestHost::new();
    let link = first_link(&host);
    let (_, position) = link.split_once("after=").unwrap();
    let check = |answer: Response| {
        assert_eq!(answer.status(), 400, "{}", answer.text());
        assert_eq!(answer.error().error.target.as_deref(), Some("after"));
    };
    let flipped = if position.starts_with('A') { "B" } else { "A" };
    check(host.get::<ListLetters>(&format!("/letters?after={flipped}{}", &position[1..])));
    check(host.get::<ListLetters>(&format!("/letters?after={position}A")));
    check(host.get::<ListLetters>("/letters?after=a"));
    check(host.get::<ListOtherLetters>(&format!("/other?after={position}")));
    let answer = host.get::<ListLetters>("/letters?after=made-up");
    assert_eq!(
        answer.error().message,
        "\"after\" must be as it stands in a next link of ListLetters. Leave it out to begin with the first page."
    );
    host.variable("paging_key", Some("another key"));
    check(host.get::<ListLetters>(&link));
}

#[test]
fn a_key_that_has_no_value_is_named_in_the_log_alone() {
    let check = |value: Option<&str>, log: &str| {
        let host = TestHost::new();
        host.variable("paging_key", value);
        let answer = host.get::<ListLetters>("/letters");
        assert_eq!(answer.status(), 500);
        assert!(!answer.text().contains("paging_key"), "{}", answer.text());
        assert!(host.log()[0].contains(log), "{:?}", host.log());
    };
    check(None, "variable `paging_key`: it has no value");
    check(Some(""), "variable `paging_key` is empty");
}

#[test]
fn a_position_too_long_for_a_link_is_an_error_that_says_so() {
    let host = TestHost::new();
    assert_eq!(host.get::<ListFarLetters>("/far").status(), 500);
    let log = host.log();
    assert!(
        log[0].contains("a position of 1025 bytes does not fit a link: at most 1024 do"),
        "{log:?}"
    );
}
