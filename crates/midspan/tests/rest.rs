//! What a REST call sends, and the forms in which it gives the answer.

use std::io::Write;

use midspan::{
    prelude::*,
    source::{Answer, Binary, Multipart},
    testing::{Recorded, Reply, Response, TestHost},
};

static API: Source = Source::rest("api")
    .titled("The API")
    .max_body(100)
    .max_request_body(400);

/// A note.
#[derive(Data)]
struct Note {
    /// Text
    text: String,
}

/// Which call to make, and with what.
#[input]
struct Which {
    /// Call
    #[path]
    call: String,
    /// Value
    #[query]
    value: Option<String>,
}

/// Make one of the calls
#[operation(get = "/make/{call}", auth = none, sources = [API], deadline = "2s")]
async fn make(ctx: Context, input: Which) -> Result<String> {
    let (api, value) = (ctx.source(&API), input.value.unwrap_or_default());
    let answer: Answer = match &*input.call {
        "put" => {
            api.put("/notes/{id}")
                .path("id", &value)
                .body(&Note { text: "hi".into() })
                .success()
                .await?
        }
        "patch" => api.patch("/notes").body("x").success().await?,
        "delete" => api.delete("/notes").success().await?,
        "head" => api.head("/notes").success().await?,
        "form" => {
            api.post("/notes")
                .form([("grant type", "a&b"), ("scope", &value)])
                .success()
                .await?
        }
        "text" => {
            api.post("/notes")
                .bytes("text/plain; charset=utf-8", value)
                .success()
                .await?
        }
        "multipart" => {
            api.post("/notes")
                .multipart(Multipart::new().file("f", value, "a/b", "1"))
                .success()
                .await?
        }
        "segments" => {
            api.get("/files/{path}/content")
                .segments("path", value.split('/'))
                .success()
                .await?
        }
        "queries" => {
            let optional = (!value.is_empty()).then_some(value);
            api.get("/notes?v=2")
                .queries("id", [7, 8])
                .query_opt("name", optional)
                .success()
                .await?
        }
        _ => return Err(Error::not_found("There is no such call.")),
    };
    Ok(format!(
        "{} {}",
        answer.status(),
        answer.etag().unwrap_or("without a tag")
    ))
}

/// Read text
#[operation(get = "/text", auth = none, sources = [API], deadline = "2s")]
async fn read_text(ctx: Context) -> Result<String> {
    ctx.source(&API).get("/").text().await
}

/// Read a photo
#[operation(get = "/photo", auth = none, sources = [API], deadline = "2s")]
async fn read_photo(ctx: Context) -> Result<String> {
    let Some(Binary {
        content,
        content_type,
        etag,
    }) = ctx.source(&API).get("/").binary_found().await?
    else {
        return Err(Error::not_found("Nobody took a photo."));
    };
    Ok(format!("{content_type} {etag:?} {content:?}"))
}

/// What `call` sends to `route`, and what comes of it.
fn made(call: &str, route: &str, reply: Reply) -> (Response, Option<Recorded>) {
    let host = TestHost::new();
    host.on("api", route, reply);
    let answer = host.get::<Make>(&format!("/make/{call}"));
    (answer, host.requests("api").pop())
}

#[test]
fn every_method_and_body_is_sent_as_it_should_be() {
    let check = |call: &str, route: &str, content_type: Option<&str>, body: &str| {
        let (answer, sent) = made(call, route, Reply::status(204).header("etag", "\"7\""));
        assert_eq!(answer.json::<String>(), "204 No Content \"7\"", "{call}");
        let request = sent.unwrap().request;
        let sent_type = request
            .headers()
            .get("content-type")
            .map(|value| value.to_str().unwrap());
        assert_eq!(sent_type, content_type, "{call}");
        assert_eq!(request.body(), body, "{call}");
    };
    let json = Some("application/json");
    check("put?value=7", "PUT /notes/7", json, r#"{"text":"hi"}"#);
    check("patch", "PATCH /notes", json, "\"x\"");
    check("delete", "DELETE /notes", None, "");
    check("head", "HEAD /notes", None, "");
    let form = Some("application/x-www-form-urlencoded");
    check(
        "form?value=%C3%B6%2B",
        "POST /notes",
        form,
        "grant+type=a%26b&scope=%C3%B6%2B",
    );
    check(
        "text?value=%C3%B6",
        "POST /notes",
        Some("text/plain; charset=utf-8"),
        "ö",
    );
}

#[test]
fn a_multipart_body_has_the_boundary_that_its_header_names() {
    let (answer, sent) = made("multipart?value=%C3%B6%22.txt", "POST /notes", Reply::status(204));
    assert_eq!(answer.status(), 200, "{}", answer.text());
    let request = sent.unwrap().request;
    let content_type = request.headers()["content-type"].to_str().unwrap();
    let boundary = content_type.strip_prefix("multipart/form-data; boundary=").unwrap();
    let expected = format!(
        "--{boundary}\r\ncontent-disposition: form-data; name=\"f\"; filename=\"ö%22.txt\"\r\n\
         content-type: a/b\r\n\r\n1\r\n--{boundary}--\r\n"
    );
    assert_eq!(request.body(), expected.as_bytes());
}

#[test]
fn paths_and_queries_hold_what_they_were_given_and_nothing_more() {
    let url = |call: &str, route: &str| {
        made(call, route, Reply::status(200))
            .1
            .unwrap()
            .request
            .uri()
            .to_string()
    };
    let files = url(
        "segments?value=2026/q%201%2F%3F.pdf",
        "GET /files/2026/q%201/%3F.pdf/content",
    );
    assert_eq!(files, "https://api.test/files/2026/q%201/%3F.pdf/content");
    assert_eq!(url("queries", "GET /notes"), "https://api.test/notes?v=2&id=7&id=8");
    assert_eq!(
        url("queries?value=a%26b", "GET /notes"),
        "https://api.test/notes?v=2&id=7&id=8&name=a%26b"
    );
    for value in ["", "a//b", "a/../b", "."] {
        let (answer, sent) = made(&format!("segments?value={value}"), "GET /", Reply::status(200));
        assert_eq!(answer.error().error.target.as_deref(), Some("path"), "{value}");
        assert!(sent.is_none());
    }
}

#[test]
fn a_body_over_the_cap_is_not_sent() {
    let (answer, sent) = made(
        &format!("text?value={}", "x".repeat(401)),
        "POST /notes",
        Reply::status(204),
    );
    assert_eq!(answer.status(), 413);
    assert_eq!(
        answer.error().message,
        "The API takes at most 400 bytes at once, and this is 401. Send less at once."
    );
    assert!(sent.is_none());
}

#[test]
fn text_is_read_in_the_character_set_that_it_names() {
    let check = |content_type: &str, body: &'static [u8], expected: Result<&str, &str>| {
        let host = TestHost::new();
        host.on("api", "GET /", Reply::bytes(200, content_type, body));
        let answer = host.get::<ReadText>("/text");
        match expected {
            Ok(text) => assert_eq!(answer.json::<String>(), text, "{content_type}"),
            Err(why) => {
                assert_eq!(answer.error().error.code, ErrorCode::SourceInvalid, "{content_type}");
                assert!(host.log()[0].contains(why), "{:?}", host.log());
            }
        }
        assert_eq!(host.requests("api")[0].request.headers()["accept"], "*/*");
    };
    check("text/plain", b"\xef\xbb\xbfgr\xc3\xbc\xc3\x9f", Ok("grüß"));
    check("text/csv; header=present; Charset=\"UTF-8\"", b"gr\xc3\xbc", Ok("grü"));
    check("text/plain;charset=iso-8859-1", b"gr\xfc\xdf", Ok("grüß"));
    check("text/plain", b"gr\xfc", Err("invalid utf-8 sequence"));
    check(
        "text/plain; charset=ebcdic-int",
        b"x",
        Err("character set `ebcdic-int`"),
    );
}

#[test]
fn a_photo_comes_with_its_type_and_tag_or_is_not_there() {
    let photo = |reply: Reply| {
        let host = TestHost::new();
        host.on("api", "GET /", reply);
        host.get::<ReadPhoto>("/photo")
    };
    let jpeg = Reply::bytes(200, "image/jpeg", &b"\xff\xd8"[..]).header("etag", "W/\"1\"");
    assert_eq!(
        photo(jpeg).json::<String>(),
        r#"image/jpeg Some("W/\"1\"") b"\xff\xd8""#
    );
    assert_eq!(
        photo(Reply::status(200)).json::<String>(),
        r#"application/octet-stream None b"""#
    );
    assert_eq!(photo(Reply::status(404)).status(), 404);
    assert_eq!(photo(Reply::status(500)).error().error.code, ErrorCode::SourceFailed);
    let large = Reply::bytes(200, "image/jpeg", vec![0; 101]);
    assert_eq!(photo(large).error().error.code, ErrorCode::SourceInvalid);
}

fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap()
}

/// Read it as it is
#[operation(get = "/encoded", auth = none, sources = [API])]
async fn read_encoded(ctx: Context) -> Result<String> {
    let call = ctx.source(&API).get("/").header("accept-encoding", "identity;q=0");
    let answer = call.success().await?;
    let coding = answer.header("content-encoding").unwrap_or_default();
    Ok(format!("{coding} {}", String::from_utf8_lossy(answer.body())))
}

#[test]
fn who_asks_for_codings_of_his_own_has_the_answer_as_it_comes() {
    let host = TestHost::new();
    let reply = Reply::bytes(200, "text/plain", "zzz").header("content-encoding", "own");
    host.on("api", "GET /", reply);
    assert_eq!(host.get::<ReadEncoded>("/encoded").json::<String>(), "own zzz");
}

#[test]
fn an_answer_is_decoded_and_may_not_be_larger_for_it() {
    let read = |body: Vec<u8>, coding: &str| {
        let host = TestHost::new();
        host.on(
            "api",
            "GET /",
            Reply::bytes(200, "text/plain", body).header("content-encoding", coding),
        );
        let answer = host.get::<ReadText>("/text");
        let accepted = host.requests("api")[0].request.headers()["accept-encoding"].clone();
        assert!(accepted.to_str().unwrap().starts_with("gzip, deflate"), "{accepted:?}");
        (host, answer)
    };
    assert_eq!(read(gzip(b"hello"), "gzip").1.json::<String>(), "hello");
    let check = |body: Vec<u8>, coding: &str, why: &str| {
        let (host, answer) = read(body, coding);
        assert_eq!(answer.error().error.code, ErrorCode::SourceInvalid);
        assert_eq!(host.requests("api").len(), 1, "it would be the same again");
        assert!(host.log()[0].contains(why), "{:?}", host.log());
    };
    check(gzip(&[b'x'; 101]), "gzip", "more than 100 bytes");
    check(b"hello".to_vec(), "gzip", "its gzip can't be read");
    check(b"hello".to_vec(), "compress", "content coding `compress`");
}
