//! Modules from OData metadata at work.

use midspan::{
    Operation,
    http::{self, Method},
    prelude::*,
    source::odata::{ETag, Guid, Query, field},
    testing::{Reply, Response, TestHost},
};

#[rustfmt::skip]
#[path = "../generated/businesscentral.rs"]
mod businesscentral;
#[rustfmt::skip]
#[path = "../generated/dataverse.rs"]
mod dataverse;
#[rustfmt::skip]
#[path = "../generated/gateway.rs"]
mod gateway;
#[rustfmt::skip]
#[path = "../generated/graph.rs"]
mod graph;
#[rustfmt::skip]
#[path = "../generated/sharepoint.rs"]
mod sharepoint;

use businesscentral::BUSINESSCENTRAL;
use dataverse::{Account, Contact, DATAVERSE};
use gateway::GATEWAY;
use graph::GRAPH;
use sharepoint::SHAREPOINT;

const ID: &str = "01234567-89ab-cdef-0123-456789abcdef";

fn id() -> Guid {
    Guid::parse(ID).expect("a GUID")
}

fn send<O: Operation>(host: &TestHost, method: Method, path: &str) -> Response {
    let request = http::Request::builder().method(method).uri(path);
    host.send::<O>(request.body(midspan::bytes::Bytes::new()).expect("a request"))
}

/// Find accounts
#[operation(get = "/accounts", auth = none, sources = [DATAVERSE])]
async fn find_accounts(ctx: Context) -> Result<Vec<String>> {
    let query = Query::new()
        .select([Account::NAME, Account::REVENUE])
        .filter(field(Account::NAME).eq("O'Hara").and(field(Account::STATECODE).eq(0)))
        .expand_with(Account::PRIMARYCONTACTID, &Query::new().select([Contact::FULLNAME]))
        .order_by(field(Account::REVENUE).descending());
    let found = dataverse::accounts::list(&ctx, &query).collect_up_to(10).await?;
    let name = |account: Account| {
        let contact = account.primarycontactid.and_then(|contact| contact.fullname);
        format!("{} ({})", account.name.unwrap_or_default(), contact.unwrap_or_default())
    };
    Ok(found.items.into_iter().map(name).collect())
}

#[test]
fn entities_are_listed_with_a_query_of_their_own_names_and_in_pages() {
    let host = TestHost::new();
    host.on(
        "dataverse",
        "GET /api/data/v9.2/accounts",
        Reply::json(
            200,
            r#"{"value": [{"@odata.etag": "W/\"1\"", "name": "O'Hara", "primarycontactid": {"fullname": "Ann"}}],
                "@odata.nextLink": "https://dataverse.test/api/data/v9.2/more"}"#,
        ),
    );
    host.on(
        "dataverse",
        "GET /api/data/v9.2/more",
        Reply::json(200, r#"{"value": [{"name": "O'Hara 2"}]}"#),
    );
    let answer = host.get::<FindAccounts>("/accounts");
    assert_eq!(
        answer.json::<Vec<String>>(),
        ["O'Hara (Ann)", "O'Hara 2 ()"],
        "{}",
        answer.text()
    );
    let query = host.requests("dataverse")[0].request.uri().query().map(str::to_owned);
    assert_eq!(
        query.as_deref(),
        Some(
            "$select=name,revenue&$filter=name%20eq%20'O''Hara'%20and%20statecode%20eq%200\
             &$expand=primarycontactid($select=fullname)&$orderby=revenue%20desc"
        )
    );
}

/// Change an account
#[operation(post = "/change", auth = none, sources = [DATAVERSE])]
async fn change_account(ctx: Context) -> Result<String> {
    let account = dataverse::accounts::get(&ctx, &id(), &Query::new()).await?;
    let account = account.ok_or_else(|| Error::not_found("There is no such account."))?;
    let etag = ETag::parse("etag", &account.odata_etag.unwrap_or_default())?;
    let change = Account {
        name: Some("Contoso".into()),
        primarycontactid_odata_bind: Some(format!("/contacts({ID})")),
        ..Account::default()
    };
    dataverse::accounts::update(&ctx, &id(), Some(&etag), &change).await?;
    let created = dataverse::accounts::create(&ctx, &change).await?;
    dataverse::accounts::delete(&ctx, &id(), None).await?;
    let count = dataverse::retrieve_total_record_count(&ctx, &["account".into()]).await?;
    let me = dataverse::who_am_i(&ctx).await?;
    Ok(format!("{} {count} {}", created.name.unwrap_or_default(), me.user_id))
}

#[test]
fn entities_are_read_changed_created_and_deleted_and_functions_called() {
    let host = TestHost::new();
    let one = format!("/api/data/v9.2/accounts({ID})");
    host.on(
        "dataverse",
        &format!("GET {one}"),
        Reply::json(200, r#"{"@odata.etag": "W/\"7\""}"#),
    );
    host.on("dataverse", &format!("PATCH {one}"), Reply::json(204, ""));
    host.on("dataverse", &format!("DELETE {one}"), Reply::json(204, ""));
    host.on(
        "dataverse",
        "POST /api/data/v9.2/accounts",
        Reply::json(201, r#"{"name": "Contoso"}"#),
    );
    let count = "GET /api/data/v9.2/RetrieveTotalRecordCount(EntityNames=@EntityNames)";
    host.on("dataverse", count, Reply::json(200, r#"{"value": 5}"#));
    let me = r#"{"BusinessUnitId": "b", "UserId": "u"}"#;
    host.on("dataverse", "GET /api/data/v9.2/WhoAmI()", Reply::json(200, me));
    let answer = send::<ChangeAccount>(&host, Method::POST, "/change");
    assert_eq!(answer.json::<String>(), "Contoso 5 u", "{}", answer.text());
    let requests = host.requests("dataverse");
    let change = &requests[1].request;
    assert_eq!(change.headers()["if-match"], "W/\"7\"");
    let body: serde_json::Value = serde_json::from_slice(change.body()).expect("JSON");
    let expected = serde_json::json!({"name": "Contoso", "primarycontactid@odata.bind": format!("/contacts({ID})")});
    assert_eq!(body, expected);
    assert_eq!(requests[2].request.headers()["prefer"], "return=representation");
    assert_eq!(requests[3].request.headers()["if-match"], "*");
    assert_eq!(
        requests[4].request.uri().query(),
        Some("@EntityNames=%5B%22account%22%5D")
    );
}

/// Events to come
#[operation(get = "/events", auth = none, sources = [GRAPH])]
async fn events(ctx: Context) -> Result<Vec<String>> {
    let important = Query::new().filter(field(graph::Event::IMPORTANCE).eq(&graph::Importance::High));
    let of_me = graph::me::events(&ctx, &important).collect_up_to(5).await?;
    let groups = graph::users::get_member_groups(
        &ctx,
        "ada@contoso.com",
        &graph::GetMemberGroupsParameters {
            security_enabled_only: Some(true),
        },
    )
    .await?;
    let reminders = graph::users::reminder_view(&ctx, "a'b", "2026-01-01", "2026-01-02")
        .collect_up_to(5)
        .await?;
    let subjects = of_me
        .items
        .into_iter()
        .chain(reminders.items)
        .filter_map(|event| event.subject);
    Ok(subjects.chain(groups).collect())
}

#[test]
fn what_is_contained_and_what_is_bound_is_reached_through_its_entity() {
    let host = TestHost::new();
    host.on(
        "graph",
        "GET /v1.0/me/events",
        Reply::json(200, r#"{"value": [{"subject": "Standup"}]}"#),
    );
    host.on(
        "graph",
        "POST /v1.0/users(%27ada@contoso.com%27)/microsoft.graph.getMemberGroups",
        Reply::json(200, r#"{"value": ["g1"]}"#),
    );
    let view = "microsoft.graph.reminderView(StartDateTime=%272026-01-01%27,EndDateTime=%272026-01-02%27)";
    host.on(
        "graph",
        &format!("GET /v1.0/users(%27a%27%27b%27)/{view}"),
        Reply::json(200, r#"{"value": [{}]}"#),
    );
    let answer = host.get::<Events>("/events");
    assert_eq!(answer.json::<Vec<String>>(), ["Standup", "g1"], "{}", answer.text());
    let filter = host.requests("graph")[0].request.uri().query().map(str::to_owned);
    assert_eq!(
        filter.as_deref(),
        Some("$filter=importance%20eq%20microsoft.graph.importance'high'")
    );
}

/// Ship an order
#[operation(post = "/ship", auth = none, sources = [BUSINESSCENTRAL])]
async fn ship(ctx: Context) -> Result<String> {
    let line = businesscentral::sales_order_lines::get(&ctx, &id(), 10_000, &Query::new()).await?;
    businesscentral::sales_orders::ship_and_invoice(&ctx, &id()).await?;
    Ok(line.and_then(|line| line.quantity).unwrap_or_default().to_string())
}

#[test]
fn a_key_of_several_properties_names_them() {
    let host = TestHost::new();
    let root = "/v2.0/prod/api/v2.0";
    let line = format!("GET {root}/salesOrderLines(documentId={ID},sequence=10000)");
    host.on("businesscentral", &line, Reply::json(200, r#"{"quantity": 2.5}"#));
    let ship = format!("POST {root}/salesOrders({ID})/Microsoft.NAV.shipAndInvoice");
    host.on("businesscentral", &ship, Reply::json(204, ""));
    let answer = send::<Ship>(&host, Method::POST, "/ship");
    assert_eq!(answer.json::<String>(), "2.5", "{}", answer.text());
}

/// Old services
#[operation(get = "/old", auth = none, sources = [GATEWAY, SHAREPOINT])]
async fn old(ctx: Context) -> Result<Vec<String>> {
    let order = gateway::sales_order_set::get(&ctx, "05", &Query::new()).await?;
    let orders = gateway::sales_order_set::list(&ctx, &Query::new().top(1))
        .collect_up_to(5)
        .await?;
    let news = sharepoint::news_items::get(&ctx, 3, &Query::new()).await?;
    let amounts = order
        .into_iter()
        .chain(orders.items)
        .filter_map(|order| order.gross_amount);
    Ok(amounts.chain(news.and_then(|news| news.title)).collect())
}

#[test]
fn versions_2_and_3_are_read_in_their_own_forms() {
    let host = TestHost::new();
    let root = "/sap/opu/odata/IWBEP/GWSAMPLE_BASIC/SalesOrderSet";
    let order = r#"{"__metadata": {"etag": "x"}, "SalesOrderID": "05", "GrossAmount": "1.50", "ToLineItems": {"__deferred": {}}}"#;
    host.on(
        "gateway",
        &format!("GET {root}(%2705%27)"),
        Reply::json(200, format!(r#"{{"d": {order}}}"#)),
    );
    host.on(
        "gateway",
        &format!("GET {root}"),
        Reply::json(200, format!(r#"{{"d": {{"results": [{order}]}}}}"#)),
    );
    let item = "GET /sites/hr/_vti_bin/listdata.svc/NewsItems(3)";
    host.on(
        "sharepoint",
        item,
        Reply::json(200, r#"{"Id": 3, "Title": "News", "Extra": 1}"#),
    );
    let answer = host.get::<Old>("/old");
    assert_eq!(
        answer.json::<Vec<String>>(),
        ["1.50", "1.50", "News"],
        "{}",
        answer.text()
    );
    let asked = &host.requests("sharepoint")[0].request;
    assert_eq!(asked.headers()["accept"], "application/json;odata=nometadata");
}
