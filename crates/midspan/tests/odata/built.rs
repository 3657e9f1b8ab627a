//! What the query options build, as it is sent, is what the rules take; and no value leaves its literal.

use std::cell::RefCell;

use midspan::{
    prelude::*,
    source::odata::{Apply, Decimal, Expr, Filter, Guid, Literal, Null, Query, Search, field, value},
    testing::{Reply, TestHost},
};
use proptest::prelude::{
    Arbitrary, BoxedStrategy, Just, ProptestConfig, Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest,
};

use crate::{grammar::accepts, rules::query_options};

static CRM: Source = Source::odata("crm");

thread_local! {
    static QUERY: RefCell<Query> = RefCell::default();
}

/// Ask
#[operation(get = "/ask", auth = none, sources = [CRM])]
async fn ask(ctx: Context) -> Result<bool> {
    let query = QUERY.take();
    ctx.source(&CRM).get("/list").odata(&query).json().await
}

/// The query as it reaches the source.
fn sent(query: Query) -> String {
    QUERY.set(query);
    let host = TestHost::new();
    host.on("crm", "GET /list", Reply::json(200, "true"));
    let answer = host.get::<Ask>("/ask");
    assert_eq!(answer.status(), 200, "{}", answer.text());
    host.requests("crm")[0]
        .request
        .uri()
        .query()
        .unwrap_or_default()
        .to_owned()
}

fn literal() -> BoxedStrategy<Literal> {
    prop_oneof![
        ".*|['()%&=+;,/ a]{0,9}".prop_map(Literal::from),
        any::<i64>().prop_map(Literal::from),
        any::<f64>().prop_map(Literal::from),
        any::<bool>().prop_map(Literal::from),
        Just(Null.into()),
        any::<Vec<u8>>().prop_map(|bytes| Literal::binary(&bytes)),
        any::<[u32; 4]>().prop_map(|[a, b, c, d]| {
            let text = format!(
                "{a:08x}-{:04x}-{:04x}-{:04x}-{c:08x}{:04x}",
                b >> 16,
                b & 0xffff,
                d >> 16,
                d & 0xffff
            );
            Guid::parse(&text).unwrap().into()
        }),
        (any::<i64>(), any::<u32>())
            .prop_map(|(whole, part)| Decimal::parse(&format!("{whole}.{part}")).unwrap().into()),
        (0_i64..4_000_000_000, 0..999_999_999).prop_map(|(second, nano)| Timestamp::new(second, nano).unwrap().into()),
        (any::<u32>(), 0_u32..999_999_999)
            .prop_map(|(second, nano)| std::time::Duration::new(second.into(), nano).into()),
        (-180.0..180.0, -90.0..90.0).prop_map(|(longitude, latitude)| Literal::point(longitude, latitude)),
        Just(Literal::member("Sales.Pattern", "Yellow")),
    ]
    .boxed()
}

fn expression() -> impl Strategy<Value = Expr> {
    let leaf = prop_oneof![
        literal().prop_map(value),
        Just(-field("Name/Part")),
        Just(field("Tags").count() + 0)
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| a + b),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| a - b),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| a * b),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| a.div_by(b)),
            (inner.clone(), literal()).prop_map(|(a, b)| a.concat(b)),
            (inner.clone(), literal()).prop_map(|(a, b)| a.substring_of(b, 2)),
            inner.clone().prop_map(|a| -a),
            inner.clone().prop_map(|a| a.to_lower()),
            inner.prop_map(|a| a.cast("Edm.String")),
        ]
    })
}

fn condition() -> impl Strategy<Value = Filter> {
    let leaf = prop_oneof![
        (expression(), literal()).prop_map(|(a, b)| a.eq(b)),
        (expression(), literal()).prop_map(|(a, b)| a.contains(b)),
        (expression(), proptest::collection::vec(literal(), 0..3)).prop_map(|(a, b)| a.is_in(b)),
        (expression(), proptest::collection::vec(literal(), 0..3)).prop_map(|(a, b)| a.is_one_of(b)),
        literal().prop_map(|a| field("Tags").any("t", |t| t.field("Name").ge(a))),
    ];
    leaf.prop_recursive(2, 6, 2, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| a.and(b)),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| a.or(b)),
            inner.prop_map(|a| !a),
        ]
    })
}

fn search() -> impl Strategy<Value = Search> {
    let leaf = String::arbitrary().prop_map(|phrase| Search::phrase(&phrase));
    leaf.prop_recursive(2, 6, 2, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| a.and(b)),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| a.or(b)),
            inner.prop_map(Search::negated),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn all_that_is_built_is_what_the_rules_take(a in condition(), b in condition(), by in expression(), find in search()) {
        let inner = Query::new().select(["Id"]).filter(b.clone()).order_by(by.descending()).search(find.clone()).levels(2);
        let apply = Apply::new()
            .filter(b)
            .search(find.clone())
            .compute(&by, "Twice")
            .group_by([field("Country")], [field("Amount").with("sum", "Total")])
            .top_count(3, &by);
        let query = Query::new()
            .filter(a)
            .search(find)
            .expand("Photo/$ref")
            .expand_with("Manager", &inner)
            .compute(&by, "Computed")
            .order_by(by.ascending())
            .apply(&apply)
            .count()
            .format("json")
            .top(5);
        let sent = sent(query);
        prop_assert!(accepts(query_options, &sent), "{}", sent);
    }

    #[test]
    fn a_text_comes_back_from_the_url_and_nothing_follows_it(text in ".*|['()%&=+;,/# a]{0,9}") {
        let sent = sent(Query::new().filter(field("a").eq(&text)).top(1));
        let options: Vec<(String, String)> = form_urlencoded::parse(sent.as_bytes()).into_owned().collect();
        prop_assert_eq!(options.len(), 2);
        let literal = options[0].1.strip_prefix("a eq '").and_then(|rest| rest.strip_suffix('\'')).unwrap();
        // No quote is left where each pair of them is one.
        prop_assert!(!literal.replace("''", "").contains('\''));
        prop_assert_eq!(literal.replace("''", "'"), text);
    }
}
