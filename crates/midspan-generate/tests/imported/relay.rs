//! What the operations do: they pass on.

use midspan::{
    bytes::Bytes,
    http::Request,
    testing::{Recorded, Reply, TestHost},
};

use crate::{
    add_file::AddFile,
    order::{delete_order::DeleteOrder, get_order::GetOrder},
    orders::{create_order::CreateOrder, list_orders::ListOrders},
    unsubscribe::Unsubscribe,
};

type Order = (GetOrder, DeleteOrder);
type Orders = (ListOrders, CreateOrder);

fn request(method: &str, uri: &str) -> midspan::http::request::Builder {
    Request::builder().method(method).uri(uri)
}

fn only(host: &TestHost) -> Recorded {
    let [sent]: [Recorded; 1] = host.requests("relay_shop").try_into().expect("one request");
    sent
}

fn header(sent: &Recorded, name: &str) -> Option<String> {
    Some(sent.request.headers().get(name)?.to_str().ok()?.to_owned())
}

#[test]
fn parameters_and_credentials_arrive_and_the_answer_comes_back_as_it_is() {
    let host = TestHost::new();
    host.on(
        "relay_shop",
        "GET /api/orders",
        Reply::json(418, r#"{"a":1.50}"#).header("x-kind", "pot"),
    );
    let given = request("GET", "/api/orders?state=open&state=sent&urgent=True&shop=7&unknown=1")
        .header("accept-language", "de")
        .header("x-shop-key", "secret");
    let answer = host.send_to::<Orders>(given.body(Bytes::new()).expect("a request"));
    assert_eq!(
        (answer.status(), answer.header("x-kind"), answer.text().as_str()),
        (418, Some("pot"), r#"{"a":1.50}"#)
    );
    let sent = only(&host);
    assert_eq!(
        sent.request.uri().query(),
        Some("$top=20&state=open&state=sent&urgent=true&shop=7")
    );
    assert_eq!(header(&sent, "accept-language").as_deref(), Some("de"));
    assert_eq!(header(&sent, "x-shop-key").as_deref(), Some("secret"));
}

#[test]
fn a_json_body_arrives_where_there_is_one() {
    let host = TestHost::new();
    host.on(
        "relay_shop",
        "POST /api/orders",
        Reply::json(201, "{}").header("location", "https://shop.contoso.com/api/o/7"),
    );
    let order = request("POST", "/api/orders").header("content-type", "application/json");
    let answer = host.send_to::<Orders>(order.body(r#"{"number": 7, "own": [null]}"#.into()).expect("a request"));
    assert_eq!(
        (answer.status(), answer.header("location")),
        (201, Some("https://shop.contoso.com/api/o/7"))
    );
    assert_eq!(only(&host).request.body(), r#"{"number":7,"own":[null]}"#);

    let host = TestHost::new();
    host.on("relay_shop", "DELETE /api/orders('7%2F1')/", Reply::json(204, ""));
    let answer = host.send_to::<Order>(
        request("DELETE", "/api/orders('7%2F1')/")
            .body(Bytes::new())
            .expect("a request"),
    );
    assert_eq!((answer.status(), only(&host).request.body().len()), (204, 0));
}

#[test]
fn forms_and_files_arrive_byte_for_byte() {
    let host = TestHost::new();
    host.on("relay_shop", "POST /api/orders('7')/files", Reply::json(202, ""));
    let form = "--x\r\ncontent-disposition: form-data; name=\"note\"\r\n\r\n\u{fffd}\r\n--x--\r\n";
    let request = request("POST", "/api/orders('7')/files").header("content-type", "multipart/form-data; boundary=x");
    let answer = host.send::<AddFile>(request.body(form.into()).expect("a request"));
    assert_eq!(answer.status(), 202);
    let sent = only(&host);
    assert_eq!(sent.request.body(), form);
    assert_eq!(
        header(&sent, "content-type").as_deref(),
        Some("multipart/form-data; boundary=x")
    );
}

#[test]
fn a_value_of_another_type_than_the_definition_s_is_refused_before_it_is_sent() {
    let host = TestHost::new();
    let answer = host.send::<Unsubscribe>(
        request("DELETE", "/api/hooks/seven")
            .body(Bytes::new())
            .expect("a request"),
    );
    assert_eq!(
        (answer.status(), answer.error().error.target.as_deref()),
        (400, Some("type"))
    );
}
