//! Modules from OpenAPI at work: what an operation that uses them sends, and what it makes of the answers.

use midspan::{
    http,
    prelude::*,
    testing::{Reply, TestHost},
};

#[rustfmt::skip]
#[path = "../generated/bookshop.rs"]
mod bookshop;
#[rustfmt::skip]
#[path = "../generated/orders.rs"]
mod orders;

use bookshop::{BOOKSHOP, Book, BookEdition, BookType, Genre};
use orders::ORDERS;

/// Find crime
#[operation(get = "/crime", auth = none, sources = [BOOKSHOP])]
async fn find_crime(ctx: Context) -> Result<Vec<String>> {
    let wanted = bookshop::ListBooks {
        genre: Some(Genre::Crime),
        tag: Some(vec!["new".into(), "R&D".into()]),
        ids: Some(vec![1, 2]),
        filter: Some([("price".to_owned(), "<5".to_owned())].into()),
        x_locale: Some("de".into()),
        ..Default::default()
    };
    let mut titles = Vec::new();
    let mut books = bookshop::list_books_pages(&ctx, &wanted);
    while let Some(book) = books.next().await? {
        titles.push(format!("{} ({})", book.title, book.r#type));
    }
    Ok(titles)
}

/// Which book.
#[input]
struct BookInput {
    /// Number
    #[path]
    isbn: String,
}

/// Get the edition
#[operation(get = "/edition/{isbn}", auth = none, sources = [BOOKSHOP])]
async fn get_edition(ctx: Context, input: BookInput) -> Result<String> {
    let book = bookshop::get_book(&ctx, &input.isbn).await?;
    let book = book.ok_or_else(|| Error::not_found("There is no such book."))?;
    Ok(match book.edition {
        Some(BookEdition::Number(number)) => format!("number {number}"),
        Some(BookEdition::Text(text)) => text,
        None => "unknown".into(),
    })
}

/// Add a book
#[operation(post = "/books", auth = none, sources = [BOOKSHOP])]
async fn add(ctx: Context) -> Result<String> {
    let book = Book {
        id: None,
        created: None,
        isbn: "978-0".into(),
        title: "Mort".into(),
        subtitle: None,
        r#type: BookType::EBook,
        genre: Some(Genre::Other("fantasy".into())),
        price: None,
        edition: Some(BookEdition::Number(2)),
        publisher: None,
        dimensions: None,
        sales: None,
    };
    let added = bookshop::add_book(&ctx, &book).await?;
    Ok(added.id.unwrap_or_default().to_string())
}

/// Set a cover
#[operation(put = "/cover", auth = none, sources = [BOOKSHOP])]
async fn set_cover(ctx: Context) -> Result<String> {
    let picture = midspan::source::Binary {
        content: midspan::bytes::Bytes::from_static(b"JPEG"),
        content_type: "image/jpeg".into(),
        etag: None,
    };
    bookshop::set_cover(&ctx, "978-0", &picture, "front.jpg", Some("Front")).await
}

/// List orders
#[operation(get = "/orders", auth = none, sources = [ORDERS])]
async fn list_orders(ctx: Context) -> Result<Vec<String>> {
    let statuses = [orders::ListOrdersStatusItem::Open, orders::ListOrdersStatusItem::Sent];
    let list = orders::calls::list_orders(&ctx, 7, Some(2), Some(&statuses))
        .pages::<orders::Order>(midspan::source::Paging::next_link());
    let found = list.collect_up_to(3).await?;
    Ok(found.items.into_iter().filter_map(|order| order.id).collect())
}

const PAPER: &str = r#"{"isbn": "1", "title": "A", "subtitle": null, "type": "paper"}"#;

fn send<O: midspan::Operation>(host: &TestHost, method: &str, path: &str) -> midspan::testing::Response {
    let request = http::Request::builder().method(method).uri(path);
    host.send::<O>(request.body(midspan::bytes::Bytes::new()).expect("a request"))
}

#[test]
fn a_get_sends_each_parameter_as_the_description_says_and_reads_all_pages() {
    let host = TestHost::new();
    let page = |books: &str, next: &str| Reply::json(200, format!(r#"{{"books": [{books}], "nextLink": {next}}}"#));
    host.on(
        "bookshop",
        "GET /api/v1/books",
        page(PAPER, r#""https://bookshop.test/api/v1/more""#),
    );
    host.on(
        "bookshop",
        "GET /api/v1/more",
        page(
            r#"{"isbn": "2", "title": "B", "subtitle": "b", "type": "audio", "id": 5}"#,
            "null",
        ),
    );
    let answer = host.get::<FindCrime>("/crime");
    assert_eq!(
        answer.json::<Vec<String>>(),
        ["A (paper)", "B (audio)"],
        "{}",
        answer.text()
    );
    let requests = host.requests("bookshop");
    assert_eq!(requests.len(), 2);
    let first = &requests[0].request;
    assert_eq!(
        first.uri().query(),
        Some("api-version=1.4&genre=crime&tag=new&tag=R%26D&ids=1,2&filter%5Bprice%5D=%3C5")
    );
    assert_eq!(first.headers()["x-locale"], "de");
    assert_eq!(first.headers()["x-api-key"], "bookshop_key");
}

#[test]
fn a_missing_thing_is_nothing_and_a_union_is_told_apart() {
    let host = TestHost::new();
    let with = |edition: &str| {
        Reply::json(
            200,
            PAPER.replace(r#""type""#, &format!(r#""edition": {edition}, "type""#)),
        )
    };
    host.on("bookshop", "GET /api/v1/books/a%2Fb", with("3"));
    host.on("bookshop", "GET /api/v1/books/c", with(r#""third""#));
    host.on("bookshop", "GET /api/v1/books/d", Reply::json(404, "{}"));
    let check = |isbn: &str, expected: &str| {
        let answer = host.get::<GetEdition>(&format!("/edition/{isbn}"));
        assert_eq!(answer.json::<String>(), expected, "{isbn}");
    };
    check("a%2Fb", "number 3");
    check("c", "third");
    assert_eq!(host.get::<GetEdition>("/edition/d").status(), 404);
}

#[test]
fn a_post_sends_the_typed_body_without_what_the_source_sets() {
    let host = TestHost::new();
    host.on(
        "bookshop",
        "POST /api/v1/books",
        Reply::json(201, PAPER.replace('{', r#"{"id": 12, "#)),
    );
    let answer = send::<Add>(&host, "POST", "/books");
    assert_eq!(answer.json::<String>(), "12", "{}", answer.text());
    let sent = &host.requests("bookshop")[0].request;
    let body: serde_json::Value = serde_json::from_slice(sent.body()).expect("JSON");
    assert_eq!(
        body,
        serde_json::json!({
            "isbn": "978-0", "title": "Mort", "subtitle": null, "type": "e-book", "genre": "fantasy", "edition": 2,
        })
    );
}

#[test]
fn a_file_goes_out_as_multipart() {
    let host = TestHost::new();
    host.on("bookshop", "PUT /api/v1/books/978-0/cover", Reply::json(200, "\"ok\""));
    let answer = send::<SetCover>(&host, "PUT", "/cover");
    assert_eq!(answer.status(), 200, "{}", answer.text());
    let sent = &host.requests("bookshop")[0].request;
    let body = String::from_utf8_lossy(sent.body());
    assert!(
        body.contains("name=\"picture\"; filename=\"front.jpg\"\r\ncontent-type: image/jpeg\r\n\r\nJPEG"),
        "{body}"
    );
    assert!(body.contains("name=\"caption\"\r\n\r\nFront"), "{body}");
}

#[test]
fn a_connectors_definition_is_called_with_its_hidden_parameters_and_paged() {
    let host = TestHost::new();
    let page = |ids: &str, next: &str| Reply::json(200, format!(r#"{{"value": [{ids}]{next}}}"#));
    host.on(
        "orders",
        "GET /customers/7/orders",
        page(
            r#"{"Id": "a"}, {"Id": "b"}"#,
            r#", "@odata.nextLink": "https://orders.test/next""#,
        ),
    );
    host.on(
        "orders",
        "GET /next",
        page(r#"{"Id": "c", "Status": "lost"}, {"Id": "d"}"#, ""),
    );
    let answer = host.get::<ListOrders>("/orders");
    assert_eq!(answer.json::<Vec<String>>(), ["a", "b", "c"], "{}", answer.text());
    let first = &host.requests("orders")[0].request;
    assert_eq!(first.uri().query(), Some("$top=2&status=open&status=sent"));
    assert_eq!(first.headers()["channel"], "connector");
    assert_eq!(first.headers()["authorization"], "Bearer orders_token");
}
