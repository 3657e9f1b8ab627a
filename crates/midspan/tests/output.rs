//! Answers that are not JSON with status 200, and bodies that are files.

use midspan::{
    output::Output as _,
    prelude::*,
    testing::{Reply, TestHost},
};

static FILES: Source = Source::rest("files");

/// A picture to keep.
#[input]
struct PictureInput {
    /// Picture
    #[body]
    picture: Binary,
}

/// What was kept.
#[derive(Debug, PartialEq, Data)]
struct Kept {
    media_type: String,
    bytes: u32,
}

/// Keep a picture
#[operation(post = "/pictures", auth = none)]
async fn keep_picture(ctx: Context, input: PictureInput) -> Result<Created<Kept>> {
    Ok(Created {
        location: ctx.link("/pictures/1", &[]),
        value: Kept {
            bytes: u32::try_from(input.picture.content.len()).unwrap_or(u32::MAX),
            media_type: input.picture.content_type,
        },
    })
}

/// Get a picture
#[operation(get = "/pictures/1", auth = none, sources = [FILES])]
async fn get_picture(ctx: Context) -> Result<Binary> {
    ctx.source(&FILES).get("/1").binary().await
}

/// Relay anything
#[operation(get = "/anything", auth = none, sources = [FILES])]
async fn get_anything(ctx: Context) -> Result<http::Response<bytes::Bytes>> {
    let answer = ctx.source(&FILES).get("/anything").send().await?;
    let mut response = http::Response::new(answer.body().clone());
    *response.status_mut() = answer.status();
    *response.headers_mut() = answer.headers().clone();
    Ok(response)
}

/// Begin a long job
#[operation(post = "/jobs", auth = none)]
async fn begin_job(ctx: Context) -> Result<Accepted<String>> {
    Ok(Accepted {
        location: Some(ctx.link("/jobs/7", &[])),
        retry_after: Some(30),
        value: "queued".into(),
    })
}

/// End a job
#[operation(delete = "/jobs/7", auth = none)]
async fn end_job(_ctx: Context) -> Result<NoContent> {
    Ok(NoContent)
}

fn send<O: Operation>(host: &TestHost, method: &str, path: &str, body: &'static [u8]) -> midspan::testing::Response {
    let request = http::Request::builder()
        .method(method)
        .uri(path)
        .header("content-type", "image/png")
        .header("x-ms-apim-referrer-prefix", "https://gateway.example/apim/suite/");
    host.send::<O>(request.body(bytes::Bytes::from_static(body)).unwrap())
}

use midspan::Operation;

#[test]
fn a_file_comes_in_as_it_is_and_what_is_made_of_it_has_an_absolute_location() {
    let answer = send::<KeepPicture>(&TestHost::new(), "POST", "/pictures", b"\x89PNG\0\xff");
    assert_eq!(answer.status(), 201, "{}", answer.text());
    assert_eq!(
        answer.header("location"),
        Some("https://gateway.example/apim/suite/pictures/1")
    );
    let expected = Kept {
        media_type: "image/png".into(),
        bytes: 6,
    };
    assert_eq!(answer.json::<Kept>(), expected);
    assert_eq!(KeepPicture::DESCRIPTION.statuses, [201]);
    assert_eq!(KeepPicture::DESCRIPTION.body, Some(Binary::SCHEMA));
}

#[test]
fn a_file_that_is_too_large_is_refused() {
    let body: &'static [u8] = vec![0; 10 * 1024 * 1024 + 1].leak();
    let answer = send::<KeepPicture>(&TestHost::new(), "POST", "/pictures", body);
    assert_eq!(
        (answer.status(), answer.error().error.code),
        (413, ErrorCode::BodyTooLarge)
    );
}

#[test]
fn a_file_goes_out_as_it_is_and_a_browser_takes_it_for_nothing_else() {
    let check = |media_type: &str, disposition: Option<&str>| {
        let host = TestHost::new();
        let picture = Reply::json(200, "<svg/>")
            .header("content-type", media_type)
            .header("etag", "\"v1\"");
        host.on("files", "GET /1", picture);
        let answer = host.get::<GetPicture>("/pictures/1");
        assert_eq!((answer.status(), answer.text().as_str()), (200, "<svg/>"));
        assert_eq!(answer.header("content-type"), Some(media_type));
        assert_eq!(answer.header("etag"), Some("\"v1\""));
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("content-disposition"), disposition, "{media_type}");
    };
    check("image/jpeg", None);
    check("image/svg+xml", Some("attachment"));
    check("text/html", Some("attachment"));
}

#[test]
fn any_answer_of_a_source_can_be_passed_on_but_for_the_headers_of_one_hop() {
    let host = TestHost::new();
    let reply = Reply::json(418, "tea")
        .header("x-pot", "short")
        .header("connection", "close")
        .header("content-length", "3");
    host.on("files", "GET /anything", reply);
    let answer = host.get::<GetAnything>("/anything");
    assert_eq!((answer.status(), answer.text().as_str()), (418, "tea"));
    assert_eq!(answer.header("x-pot"), Some("short"));
    assert_eq!(answer.header("connection"), None);
    assert_eq!(answer.header("content-length"), None);
    assert!(answer.header("x-ms-correlation-id").is_some());
}

#[test]
fn work_that_goes_on_says_where_to_ask_and_when() {
    let answer = send::<BeginJob>(&TestHost::new(), "POST", "/jobs", b"");
    assert_eq!((answer.status(), answer.json::<String>()), (202, "queued".to_owned()));
    assert_eq!(
        answer.header("location"),
        Some("https://gateway.example/apim/suite/jobs/7")
    );
    assert_eq!(answer.header("retry-after"), Some("30"));
}

#[test]
fn what_has_nothing_to_say_has_no_body_and_no_media_type() {
    let answer = send::<EndJob>(&TestHost::new(), "DELETE", "/jobs/7", b"");
    assert_eq!((answer.status(), answer.text().as_str()), (204, ""));
    assert_eq!(answer.header("content-type"), None);
}
