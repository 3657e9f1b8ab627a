//! One component, several operations of one path.

use midspan::{prelude::*, testing::TestHost};

/// Which account.
#[input]
struct AccountInput {
    /// Id
    #[path]
    id: String,
}

/// What to change of which account.
#[input]
struct ChangeInput {
    /// Account
    #[path]
    account: String,
    /// Changes
    #[body]
    changes: Changes,
}

/// What to change.
#[derive(Data)]
struct Changes {
    /// Name
    name: String,
}

/// Get an account
#[operation(get = "/accounts/{id}", auth = none, export = false)]
async fn get_account(_ctx: Context, input: AccountInput) -> Result<String> {
    Ok(input.id)
}

/// Change an account
#[operation(patch = "/accounts/{account}", auth = none, export = false)]
async fn change_account(_ctx: Context, input: ChangeInput) -> Result<String> {
    Ok(format!("{} of {}", input.changes.name, input.account))
}

/// Delete an account
#[operation(delete = "/accounts/{id}", auth = none, export = false)]
async fn delete_account(_ctx: Context, _input: AccountInput) -> Result<NoContent> {
    Ok(NoContent)
}

midspan::operations!(GetAccount, ChangeAccount, DeleteAccount);

type Account = (GetAccount, ChangeAccount, DeleteAccount);

fn send(method: &str, body: &str) -> midspan::testing::Response {
    let request = http::Request::builder().method(method).uri("/accounts/a-1");
    TestHost::new().send_to::<Account>(request.body(body.to_owned().into()).unwrap())
}

#[test]
fn the_method_says_which_operation_answers() {
    assert_eq!(send("GET", "").json::<String>(), "a-1");
    assert_eq!(send("PATCH", r#"{"name": "Ada"}"#).json::<String>(), "Ada of a-1");
    assert_eq!(send("DELETE", "").status(), 204);
}

#[test]
fn a_method_that_no_operation_has_is_refused_with_those_that_there_are() {
    let answer = send("PUT", "{}");
    assert_eq!(
        (answer.status(), answer.header("allow")),
        (405, Some("GET, PATCH, DELETE"))
    );
    let message = answer.json::<serde_json::Value>()["message"].to_string();
    assert_eq!(message, r#""/accounts/{id} takes GET, PATCH, DELETE, not PUT.""#);
}

#[test]
fn an_input_that_is_wrong_is_told_by_the_operation_of_its_method() {
    let answer = send("PATCH", "{}");
    assert_eq!(answer.status(), 400);
    assert!(
        answer.json::<serde_json::Value>()["message"]
            .to_string()
            .contains("name")
    );
}
