//! Look-ups by key: as few calls as the source allows, counted at the source.

use std::{cell::RefCell, rc::Rc, time::Duration};

use midspan::{
    prelude::*,
    source::{
        Keys, Lookup,
        odata::{Guid, Query, field},
    },
    testing::{Recorded, Reply, Response, TestHost},
};
use serde_json::{Value, json};

static CRM: Source = Source::odata("crm").titled("CRM");
static DIRECTORY: Source = Source::graphql("directory").titled("People directory");

#[derive(Debug, Clone, PartialEq, Data)]
struct Account {
    id: String,
    name: String,
}

/// Which ones.
#[input]
struct KeysInput {
    /// Keys
    #[query]
    id: Vec<String>,
}

/// The names that were found.
#[derive(Debug, PartialEq, Data)]
struct Names {
    names: Vec<Option<String>>,
}

impl From<Vec<Option<Account>>> for Names {
    fn from(accounts: Vec<Option<Account>>) -> Self {
        Self {
            names: accounts.into_iter().map(|account| Some(account?.name)).collect(),
        }
    }
}

fn accounts(ctx: &Context, keys: Keys<String>) -> Lookup<'_, String, Account> {
    let query = Query::new().select(["id", "name"]);
    let call = ctx.source(&CRM).get("/accounts").odata(&query);
    call.lookup(keys, |account: &Account| account.id.clone())
}

/// Join 200 rows
#[operation(get = "/join", auth = none, sources = [CRM])]
async fn join_rows(ctx: Context) -> Result<Names> {
    let accounts = accounts(&ctx, Keys::is_in("id"));
    // As a join has them: every row looks its own account up, and many have the same.
    let rows = (0..200).map(|row| accounts.get(format!("A{}", row % 120)));
    Ok(join_all(rows).await.into_iter().collect::<Result<Vec<_>>>()?.into())
}

/// All of them
#[operation(get = "/all", auth = none, sources = [CRM])]
async fn all(ctx: Context, input: KeysInput) -> Result<Names> {
    Ok(accounts(&ctx, Keys::is_in("id")).all(input.id).await?.into())
}

/// Ask for keys in other ways
#[operation(get = "/ways", auth = none, sources = [CRM])]
async fn ways(ctx: Context) -> Result<Names> {
    let keys = || ["A1".to_owned(), "O'H".to_owned()];
    let active = field("state").eq(0);
    accounts(&ctx, Keys::is_one_of("id").and(active)).all(keys()).await?;
    accounts(&ctx, Keys::joined("ids", ",")).all(keys()).await?;
    accounts(&ctx, Keys::repeated("id")).all(keys()).await?;
    let posted = ctx.source(&CRM).post("/accounts/search").read_only();
    let posted = posted.lookup(
        Keys::new(|call, keys: Vec<String>| call.body(&json!({ "ids": keys }))),
        |account: &Account| account.id.clone(),
    );
    Ok(posted.all(keys()).await?.into())
}

/// Look up what other look-ups lead to
#[operation(get = "/chain", auth = none, sources = [CRM])]
async fn chain(ctx: Context) -> Result<Names> {
    let accounts = accounts(&ctx, Keys::is_in("id"));
    let one = async |id: &str| {
        let first = accounts.get(id.to_owned()).await?;
        // In the same round as the others' second look-up.
        accounts
            .get(first.map_or_else(|| "none".to_owned(), |first| first.name))
            .await
    };
    let slow = async {
        ctx.sleep(Duration::from_millis(5)).await;
        accounts.get("A2".into()).await
    };
    let (a, b, c) = try_join!(one("A1"), one("A2"), slow)?;
    Ok(vec![a, b, c].into())
}

/// Look the same up again after a failure
#[operation(get = "/again", auth = none, sources = [CRM])]
async fn again(ctx: Context) -> Result<Names> {
    let accounts = accounts(&ctx, Keys::is_in("id"));
    let (a, b) = join!(accounts.get("A1".into()), accounts.get("A2".into()));
    assert!(a.is_err() && b.is_err());
    Ok(accounts.all(["A1".to_owned(), "A2".to_owned()]).await?.into())
}

/// Give one look-up up
#[operation(get = "/given-up", auth = none, sources = [CRM])]
async fn given_up(ctx: Context) -> Result<Names> {
    let accounts = accounts(&ctx, Keys::is_in("id"));
    let impatient = async {
        let mut call = std::pin::pin!(accounts.get("A1".into()));
        let mut limit = std::pin::pin!(ctx.sleep(Duration::from_millis(10)));
        std::future::poll_fn(|context| {
            let _ = call.as_mut().poll(context);
            limit.as_mut().poll(context)
        })
        .await;
        Ok(None)
    };
    let (a, b) = try_join!(impatient, accounts.get("A2".into()))?;
    Ok(vec![a, b].into())
}

/// Match keys in another form
#[operation(get = "/guids", auth = none, sources = [CRM])]
async fn guids(ctx: Context) -> Result<Names> {
    let guid = |text: &str| Guid::parse(text).ok_or_else(|| Error::failed("no GUID"));
    let lookup = ctx
        .source(&CRM)
        .get("/accounts")
        .lookup(Keys::is_in("id"), |account: &Account| {
            Guid::parse(&account.id).unwrap_or_else(|| unreachable!())
        });
    Ok(lookup
        .all([guid("0FE1C9A2-77B0-4B5E-9D5E-AA01B2C3D4E5")?])
        .await?
        .into())
}

/// Find people by a list of ids
#[operation(get = "/people", auth = none, sources = [DIRECTORY])]
async fn people(ctx: Context, input: KeysInput) -> Result<Names> {
    const PEOPLE: &str = "query People($ids: [ID!]!) { people(ids: $ids) { id name } }";
    let request = ctx.source(&DIRECTORY).graphql(PEOPLE);
    let people = request.lookup("ids", "/people", |person: &Account| person.id.clone());
    Ok(people.all(input.id).await?.into())
}

/// Find people one by one in one query
#[operation(get = "/each", auth = none, sources = [DIRECTORY])]
async fn each(ctx: Context, input: KeysInput) -> Result<Names> {
    let people = ctx
        .source(&DIRECTORY)
        .graphql_each::<String, Account>("person(id: $key) { id name }", "ID!");
    let found = people.at_most(3).each(input.id).await;
    let name = |found: Result<Option<Account>>| match found {
        Ok(found) => found.map(|person| person.name),
        Err(error) => Some(error.code().name().to_owned()),
    };
    Ok(Names {
        names: found.into_iter().map(name).collect(),
    })
}

/// The accounts A0 to A119.
fn crm() -> TestHost {
    let accounts: Vec<_> = (0..120)
        .map(|at| json!({"id": format!("A{at}"), "name": format!("N{at}")}))
        .collect();
    let host = TestHost::new();
    let reply = Reply::json(200, json!({ "value": accounts }).to_string()).after(Duration::from_millis(3));
    host.on("crm", "GET /accounts", reply.clone());
    host.on("crm", "POST /accounts/search", reply);
    host
}

fn queries(host: &TestHost) -> Vec<String> {
    let query = |sent: &Recorded| sent.request.uri().query().unwrap_or_default().to_owned();
    host.requests("crm").iter().map(query).collect()
}

fn names(answer: &Response) -> Vec<Option<String>> {
    assert_eq!(answer.status(), 200, "{}", answer.text());
    answer.json::<Names>().names
}

fn some(names: &[&str]) -> Vec<Option<String>> {
    names
        .iter()
        .map(|name| Some((*name).to_owned()).filter(|name| !name.is_empty()))
        .collect()
}

#[test]
fn a_join_over_200_rows_makes_three_calls() {
    let host = crm();
    let found = names(&host.get::<JoinRows>("/join"));
    assert_eq!(found.len(), 200);
    assert_eq!((found[0].as_deref(), found[199].as_deref()), (Some("N0"), Some("N79")));
    // 120 keys, 50 a call.
    let keys: Vec<_> = queries(&host).iter().map(|query| query.matches("'A").count()).collect();
    assert_eq!(keys, [50, 50, 20]);
    assert_eq!(host.elapsed(), Duration::from_millis(3), "all at once");
}

#[test]
fn values_come_in_the_order_of_the_keys_whether_missing_or_twice() {
    let host = crm();
    let found = names(&host.get::<All>("/all?id=A7&id=no&id=A3&id=A7"));
    assert_eq!(found, some(&["N7", "", "N3", "N7"]));
    assert_eq!(queries(&host), ["$select=id,name&$filter=id%20in%20('A7','no','A3')"]);

    let host = crm();
    assert!(names(&host.get::<All>("/all")).is_empty());
    assert!(host.requests("crm").is_empty());
}

#[test]
fn each_source_is_asked_in_its_own_way() {
    let host = crm();
    assert_eq!(names(&host.get::<Ways>("/ways")), some(&["N1", ""]));
    let condition = "$filter=(id%20eq%20'A1'%20or%20id%20eq%20'O''H')%20and%20state%20eq%200";
    let expected = [condition, "ids=A1,O'H", "id=A1&id=O'H"].map(|query| format!("$select=id,name&{query}"));
    assert_eq!(queries(&host)[..3], expected);
    assert_eq!(host.requests("crm")[3].request.body(), r#"{"ids":["A1","O'H"]}"#);
}

#[test]
fn look_ups_of_one_round_are_one_call_and_a_key_is_asked_for_once() {
    let host = crm();
    assert_eq!(names(&host.get::<Chain>("/chain")), some(&["", "", "N2"]));
    let asked: Vec<_> = queries(&host)
        .iter()
        .map(|query| query.split("in%20").nth(1).unwrap().to_owned())
        .collect();
    assert_eq!(asked, ["('A1','A2')", "('N1','N2')"]);
}

#[test]
fn a_call_that_fails_fails_all_of_its_keys_and_is_made_again() {
    let host = TestHost::new();
    host.on("crm", "GET /accounts", Reply::json(500, ""));
    host.on(
        "crm",
        "GET /accounts",
        Reply::json(200, r#"{"value": [{"id": "A2", "name": "N2"}]}"#),
    );
    assert_eq!(names(&host.get::<Again>("/again")), some(&["", "N2"]));
    assert_eq!(host.requests("crm").len(), 2);
}

#[test]
fn a_look_up_that_is_given_up_leaves_the_call_to_the_others() {
    let host = TestHost::new();
    let reply = Reply::json(200, r#"{"value": [{"id": "A2", "name": "N2"}]}"#);
    host.on("crm", "GET /accounts", reply.after(Duration::from_millis(50)));
    assert_eq!(names(&host.get::<GivenUp>("/given-up")), some(&["", "N2"]));
    assert_eq!(host.requests("crm").len(), 1);
    assert_eq!(host.elapsed(), Duration::from_millis(50));
}

#[test]
fn the_pages_of_an_answer_are_read_to_the_end_and_other_items_left_out() {
    let host = TestHost::new();
    let first =
        r#"{"value": [{"id": "A1", "name": "N1"}, {"id": "A9", "name": "N9"}], "@odata.nextLink": "/accounts?p=2"}"#;
    host.on("crm", "GET /accounts", Reply::json(200, first));
    host.on(
        "crm",
        "GET /accounts",
        Reply::json(200, r#"{"value": [{"id": "A2", "name": "N2"}]}"#),
    );
    assert_eq!(
        names(&host.get::<All>("/all?id=A1&id=A2&id=A3")),
        some(&["N1", "N2", ""])
    );
    assert_eq!(host.requests("crm").len(), 2);
}

#[test]
fn an_answer_that_was_cut_short_is_an_error_and_not_a_missing_value() {
    let host = TestHost::new();
    for page in 0..=100 {
        let body = format!(r#"{{"value": [], "@odata.nextLink": "/accounts?p={page}"}}"#);
        host.on("crm", "GET /accounts", Reply::json(200, body));
    }
    assert_eq!(
        host.get::<All>("/all?id=A1").error().error.code,
        ErrorCode::SourceInvalid
    );
}

#[test]
fn guids_match_whatever_their_case() {
    let host = TestHost::new();
    let body = r#"{"value": [{"id": "0fe1c9a2-77b0-4b5e-9d5e-aa01b2c3d4e5", "name": "N"}]}"#;
    host.on("crm", "GET /accounts", Reply::json(200, body));
    assert_eq!(names(&host.get::<Guids>("/guids")), some(&["N"]));
}

fn directory(body: &Value) -> TestHost {
    let host = TestHost::new();
    host.on("directory", "POST /graphql", Reply::json(200, body.to_string()));
    host
}

fn variables(host: &TestHost) -> Vec<Value> {
    let body = |sent: Recorded| serde_json::from_slice::<Value>(sent.request.body()).unwrap()["variables"].clone();
    host.requests("directory").into_iter().map(body).collect()
}

#[test]
fn a_graphql_list_of_keys_is_one_query() {
    let host =
        directory(&json!({"data": {"people": [null, {"id": "E2", "name": "Bob"}, {"id": "E1", "name": "Ada"}]}}));
    assert_eq!(
        names(&host.get::<People>("/people?id=E1&id=E2&id=E3")),
        some(&["Ada", "Bob", ""])
    );
    assert_eq!(variables(&host), [json!({"ids": ["E1", "E2", "E3"]})]);
}

#[test]
fn graphql_aliases_find_each_key_in_one_query_and_each_may_fail_by_itself() {
    let host = directory(&json!({
        "data": {"k0": {"id": "E1", "name": "Ada"}, "k1": null, "k2": null},
        "errors": [
            {"message": "secret", "path": ["k1"]},
            {"message": "no such person", "path": ["k2"], "extensions": {"code": "NOT_FOUND"}}]}));
    let found = names(&host.get::<Each>("/each?id=E1&id=%22)&id=E3"));
    assert_eq!(found, some(&["Ada", "SourceFailed", ""]));
    assert_eq!(variables(&host), [json!({"key0": "E1", "key1": "\")", "key2": "E3"})]);
    assert_eq!(host.log().len(), 1);

    let host = directory(&json!({"errors": [{"message": "secret"}]}));
    assert_eq!(
        names(&host.get::<Each>("/each?id=E1&id=E2&id=E3&id=E4")),
        some(&["SourceFailed"; 4])
    );
    assert_eq!(host.requests("directory").len(), 2, "at most three a call");
}

/// Look up without a source
#[operation(get = "/own", auth = none)]
async fn own(_ctx: Context) -> Result<Names> {
    let calls = Rc::new(RefCell::new(Vec::new()));
    let asked = calls.clone();
    let lookup: Lookup<'_, u32, String> = Lookup::new(async move |keys: Vec<u32>| {
        asked.borrow_mut().push(keys.len());
        Ok(keys
            .iter()
            .filter(|key| *key % 2 == 0)
            .map(|key| (*key, format!("N{key}")))
            .collect())
    });
    let lookup = lookup.at_most(7);
    let nested = join_all((0..10).map(|_| async { try_join!(lookup.get(1), lookup.all(0..20)) }));
    let (found, more) = join!(nested, lookup.all(10..30));
    assert_eq!(*calls.borrow(), [7, 7, 7, 7, 2]);
    let (one, all) = found.into_iter().next().ok_or_else(|| Error::failed("none"))??;
    Ok(Names {
        names: [one].into_iter().chain(all).chain(more?).collect(),
    })
}

#[test]
fn keys_are_gathered_however_the_futures_are_nested() {
    let found = names(&TestHost::new().get::<Own>("/own"));
    let expected = [1].into_iter().chain(0..20).chain(10..30);
    assert_eq!(
        found,
        expected
            .map(|key: u32| key.is_multiple_of(2).then(|| format!("N{key}")))
            .collect::<Vec<_>>()
    );
}
