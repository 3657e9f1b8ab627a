//! Forms, with files in them.

use midspan::{
    prelude::*,
    testing::{Response, TestHost},
};

/// What to keep.
#[input]
struct UploadInput {
    /// Album
    #[path]
    album: String,
    /// Title
    #[form(max_length = 20)]
    title: String,
    /// Stars
    #[form(default = 3, min = 1, max = 5)]
    stars: u32,
    /// Tags
    #[form]
    tags: Vec<String>,
    /// Picture
    #[form(max_length = 100)]
    picture: Binary,
    /// Thumbnail
    #[form]
    thumbnail: Option<Binary>,
}

/// Keep a picture
#[operation(post = "/albums/{album}", auth = none, export = false)]
async fn keep_picture(_ctx: Context, input: UploadInput) -> Result<String> {
    let UploadInput {
        album,
        title,
        stars,
        tags,
        picture,
        thumbnail,
    } = input;
    let length = picture.content.len();
    let thumbnail = thumbnail.map(|thumbnail| thumbnail.content.len());
    Ok(format!(
        "{album} {title} {stars} {tags:?} {} {length} {thumbnail:?}",
        picture.content_type
    ))
}

/// A note.
#[input]
struct NoteInput {
    /// Text
    #[form]
    text: String,
    /// Day
    #[form]
    day: Option<Date>,
}

/// Write a note
#[operation(post = "/notes", auth = none, export = false)]
async fn write_note(_ctx: Context, input: NoteInput) -> Result<String> {
    Ok(format!("{} {:?}", input.text, input.day))
}

fn send<O: midspan::Operation>(path: &str, content_type: &str, body: impl Into<bytes::Bytes>) -> Response {
    let request = http::Request::post(path).header("content-type", content_type);
    TestHost::new().send::<O>(request.body(body.into()).unwrap())
}

const FORM: &str = "multipart/form-data; boundary=\"xY\"";

fn part(head: &str, content: &str) -> String {
    format!("--xY\r\nContent-Disposition: form-data; {head}\r\n\r\n{content}\r\n")
}

fn picture() -> String {
    part(
        "name=\"picture\"; filename=\"a.png\"\r\nContent-Type: image/png",
        "\u{1}\r\n--x\r\n2",
    )
}

#[test]
fn files_and_texts_are_read_from_a_form() {
    let tags = [part("name=tags", "a"), part("name=\"tags\"", "b")].concat();
    let body = [part("name=\"title\"", "Süd"), tags, picture()].concat() + "--xY--";
    let answer = send::<KeepPicture>("/albums/a1", FORM, body);
    assert_eq!(answer.json::<String>(), "a1 Süd 3 [\"a\", \"b\"] image/png 9 None");
}

#[test]
fn what_is_missing_or_out_of_bounds_is_named() {
    let check = |parts: &[String], target: &str, message: &str| {
        let answer = send::<KeepPicture>("/albums/a1", FORM, parts.concat() + "--xY--\r\n");
        let error = answer.error();
        assert_eq!(
            (error.error.target.as_deref(), error.message.as_str()),
            (Some(target), message)
        );
    };
    let title = part("name=title", "t");
    check(
        std::slice::from_ref(&title),
        "picture",
        "\"picture\" is missing. Give it a file.",
    );
    check(&[picture()], "title", "\"title\" is missing. Give it a text.");
    let large = part("name=picture", &"x".repeat(101));
    check(
        &[title.clone(), large],
        "picture",
        "\"picture\" must have at most 100 bytes, got 101.",
    );
    check(
        &[title, part("name=stars", "6"), picture()],
        "stars",
        "\"stars\" must be between 1 and 5, got 6.",
    );
}

#[test]
fn a_form_that_is_cut_short_or_no_form_is_refused() {
    let cut = send::<KeepPicture>("/albums/a1", FORM, part("name=title", "t"));
    assert_eq!((cut.status(), cut.error().error.target.as_deref()), (400, Some("body")));
    let json = send::<KeepPicture>("/albums/a1", "application/json", "{}");
    assert_eq!(json.error().error.code, ErrorCode::UnsupportedMediaType);
    let crowd = part("name=tags", "a").repeat(1001) + "--xY--";
    assert_eq!(send::<KeepPicture>("/albums/a1", FORM, crowd).status(), 400);
}

#[test]
fn a_form_without_files_may_be_in_the_shorter_form_too() {
    let answer = send::<WriteNote>(
        "/notes",
        "application/x-www-form-urlencoded",
        "text=a+b%26c&day=2026-11-25",
    );
    assert_eq!(answer.json::<String>(), "a b&c Some(2026-11-25)");
    let answer = send::<WriteNote>("/notes", FORM, part("name=text", "a") + "--xY--");
    assert_eq!(answer.json::<String>(), "a None");
}

#[test]
fn it_describes_itself() {
    let description = <KeepPicture as midspan::Operation>::DESCRIPTION;
    let said: Vec<_> = description
        .parameters
        .iter()
        .map(|parameter| (parameter.name, parameter.location.name(), parameter.required))
        .collect();
    assert_eq!(
        said,
        [
            ("album", "path", true),
            ("title", "formData", true),
            ("stars", "formData", false),
            ("tags", "formData", false),
            ("picture", "formData", true),
            ("thumbnail", "formData", false),
        ]
    );
    assert!(description.takes_body() && description.body.is_none());
}
