//! What an OData source answers: pages whose links lead on, changes, batches. `KIND\nNAME: VALUE\n...\n\nBODY`.

use midspan::{
    Operation,
    prelude::*,
    source::{
        Paging,
        odata::{DeltaToken, Query, field},
    },
    testing::{Reply, TestHost},
};

static CRM: Source = Source::odata("crm").titled("CRM");

/// What to look for.
#[input]
struct ListInput {
    /// Name
    #[query]
    name: Option<String>,
}

/// Account.
#[derive(Data)]
struct Account {
    id: u32,
    name: Option<String>,
}

/// List to the end
#[operation(get = "/list", auth = none, sources = [CRM])]
async fn list(ctx: Context, input: ListInput) -> Result<Vec<Account>> {
    let query = Query::new().filter(field("name").eq(input.name.unwrap_or_default()));
    let call = ctx.source(&CRM).get("/accounts").odata(&query);
    Ok(call
        .pages(Paging::next_link().max_pages(3))
        .collect_up_to(100)
        .await?
        .items)
}

/// List a page
#[operation(get = "/page", auth = none, sources = [CRM])]
async fn page(ctx: Context, input: ListInput) -> Result<Vec<Account>> {
    let call = ctx.source(&CRM).get("/accounts").query("$top", 2);
    let page = call
        .pages(Paging::next_link())
        .resume(input.name.as_deref())?
        .page()
        .await?;
    let call = ctx.source(&CRM).get("/accounts").query("$top", 2);
    let second: Vec<Account> = match &page.next {
        Some(next) => call.pages(Paging::next_link()).resume(Some(next))?.page().await?.items,
        None => Vec::new(),
    };
    Ok(page.items.into_iter().chain(second).collect())
}

/// List changes
#[operation(get = "/changes", auth = none, sources = [CRM])]
async fn changes(ctx: Context, input: ListInput) -> Result<u32> {
    let since = input.name.map(DeltaToken::new);
    let changes = ctx
        .source(&CRM)
        .get("/accounts")
        .changes_since::<Account>(since.as_ref());
    let changes = changes.await?;
    let _ = changes;
    Ok(1)
}

/// Read two at once
#[operation(get = "/batch", auth = none, sources = [CRM])]
async fn batch(ctx: Context, input: ListInput) -> Result<Vec<Account>> {
    let mut batch = ctx.source(&CRM).batch("/$batch");
    if input.name.is_some() {
        batch = batch.multipart();
    }
    let first = batch.add::<Account>(ctx.source(&CRM).get("/accounts({id})").path("id", 1));
    let second = batch.add::<Account>(ctx.source(&CRM).get("/accounts({id})").path("id", 2));
    let answers = batch.send().await;
    Ok(vec![answers.json(first)?, answers.entity(second)?.value])
}

/// Gives it as the answer to every call, and as the name that a caller looks for.
pub fn run(data: &[u8]) {
    let (kind, rest) = crate::line(data);
    let Ok(kind) = std::str::from_utf8(kind) else { return };
    let (kind, name) = kind
        .split_once(' ')
        .map_or((kind, None), |(kind, name)| (kind, Some(name)));
    let query = name.filter(|name| name.len() < 1000).map_or_else(String::new, |name| {
        let escaped: String = name.bytes().map(|byte| format!("%{byte:02X}")).collect();
        format!("?name={escaped}")
    });
    match kind {
        "page" => get::<Page>(&format!("/page{query}"), rest),
        "changes" => get::<Changes>(&format!("/changes{query}"), rest),
        "batch" => get::<Batch>(&format!("/batch{query}"), rest),
        _ => get::<List>(&format!("/list{query}"), rest),
    }
}

fn get<O: Operation>(path: &str, answer: &[u8]) {
    let (mut headers, body) = crate::message(answer);
    if !headers.contains_key("content-type") {
        headers.insert("content-type", http::HeaderValue::from_static("application/json"));
    }
    let host = TestHost::new();
    host.otherwise(move |request| {
        let to = request.uri();
        // Whatever the source says, its credentials go nowhere else.
        assert_eq!(
            (to.scheme_str(), to.host(), to.port_u16()),
            (Some("https"), Some("crm.test"), None),
            "{to}"
        );
        let mut answer = http::Response::new(body.clone());
        *answer.headers_mut() = headers.clone();
        Reply::answer(answer)
    });
    crate::check_answer(&host.get::<O>(path));
}
