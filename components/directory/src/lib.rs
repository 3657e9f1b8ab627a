//! SearchDirectory.

use midspan::prelude::*;
use systems::{
    DIRECTORY,
    access::{EMPLOYEES, PROGRAMS},
    directory::{self, Person},
};

/// Whom to look for.
#[input]
struct SearchInput {
    /// Name
    ///
    /// How the name begins.
    #[query(min_length = 1, max_length = 100)]
    name: String,
    /// Page size
    ///
    /// How many people to return at once.
    #[query(default = 20, min = 1, max = 100)]
    top: u32,
    /// Position
    ///
    /// Where the page begins: part of the next link of the page before.
    #[query(visibility = "internal", max_length = 1500)]
    after: Option<Position>,
}

/// A page of people.
#[derive(Debug, PartialEq, Data)]
struct People {
    /// People
    value: Vec<Person>,
    /// Next link
    ///
    /// Where the next page is; nothing on the last one.
    next_link: Option<String>,
}

/// Search the directory
///
/// People whose name begins with a text.
#[operation(
    get = "/directory",
    auth = [EMPLOYEES, PROGRAMS],
    sources = [DIRECTORY],
    deadline = "4s",
    visibility = "important"
)]
async fn search_directory(ctx: Context, input: SearchInput) -> Result<People> {
    let after = ctx.position(input.after.as_ref()).await?;
    let page = directory::search(&ctx, &input.name, input.top, after.as_deref()).await?;
    let query = [("name", input.name.as_str()), ("top", &input.top.to_string())];
    let next_link = ctx.next_link("/directory", &query, page.next.as_deref()).await?;
    Ok(People {
        value: page.items,
        next_link,
    })
}

#[cfg(test)]
mod tests {
    use midspan::testing::Reply;

    use super::*;

    const FIRST: &str = r#"{"data": {"search": {"edges": [{"node": {"id": "7", "employeeId": "E000007",
        "displayName": "Ada", "jobTitle": null, "department": "Research"}}],
        "pageInfo": {"hasNextPage": true, "endCursor": "c-1"}}}}"#;
    const LAST: &str = r#"{"data": {"search": {"edges": [], "pageInfo": {"hasNextPage": false, "endCursor": null}}}}"#;

    #[test]
    fn a_page_leads_to_the_next_one_and_the_last_to_none() {
        let host = systems::testing::host();
        host.on("directory", "POST /graphql", Reply::json(200, FIRST));
        host.on("directory", "POST /graphql", Reply::json(200, LAST));
        let first: People = host.get::<SearchDirectory>("/directory?name=Ad&top=1").json();
        assert_eq!(first.value[0].display_name, "Ada");
        let last: People = host.get::<SearchDirectory>(&first.next_link.unwrap()).json();
        assert_eq!((last.value.len(), last.next_link), (0, None));
        let asked = String::from_utf8(host.requests("directory")[1].request.body().to_vec()).unwrap();
        assert!(
            asked.contains(r#""after":"c-1""#) && asked.contains(r#""text":"Ad""#),
            "{asked}"
        );
    }

    #[test]
    fn an_error_beside_the_data_fails_a_list() {
        let host = systems::testing::host();
        let failed = r#"{"data": null, "errors": [{"message": "down"}]}"#;
        host.on("directory", "POST /graphql", Reply::json(200, failed));
        let answer = host.get::<SearchDirectory>("/directory?name=Ad");
        assert_eq!(answer.error().error.code, ErrorCode::SourceFailed);
    }
}
