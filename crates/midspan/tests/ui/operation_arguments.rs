//! The arguments of `#[operation]`.

use midspan::prelude::*;

#[derive(Data)]
struct View {
    text: String,
}

/// No method
#[operation]
async fn no_method(_ctx: Context) -> Result<View> {
    todo!()
}

/// Two methods
#[operation(get = "/a", auth = none, post = "/a")]
async fn two_methods(_ctx: Context) -> Result<View> {
    todo!()
}

/// Nobody said who may call it
#[operation(get = "/a")]
async fn nobody(_ctx: Context) -> Result<View> {
    todo!()
}

/// None of a list
#[operation(get = "/a", auth = [])]
async fn empty_list(_ctx: Context) -> Result<View> {
    todo!()
}

/// A scheme's kind instead of its name
#[operation(get = "/a", auth = "api key")]
async fn quoted(_ctx: Context) -> Result<View> {
    todo!()
}

/// A scheme that is none
#[operation(get = "/a", auth = ["api key"])]
async fn quoted_in_list(_ctx: Context) -> Result<View> {
    todo!()
}

/// A role of nobody
#[operation(get = "/a", auth = none, roles = ["Employee.Read"])]
async fn of_nobody(_ctx: Context) -> Result<View> {
    todo!()
}

/// A scope that is two
#[operation(get = "/a", auth = [STAFF], scopes = ["read write"])]
async fn two_scopes(_ctx: Context) -> Result<View> {
    todo!()
}

/// Unknown argument
#[operation(get = "/a", auth = none, deadlin = "3s")]
async fn unknown_argument(_ctx: Context) -> Result<View> {
    todo!()
}

/// Argument given twice
#[operation(get = "/a", auth = none, id = "Twice", id = "Again")]
async fn given_twice(_ctx: Context) -> Result<View> {
    todo!()
}

/// No value
#[operation(get = "/a", auth = none, id)]
async fn no_value(_ctx: Context) -> Result<View> {
    todo!()
}

/// Several mistakes at once
#[operation(get = "a", auth = none, id = "get-a", deadline = "3m", visibility = "hidden", sources = [1])]
async fn several(_ctx: Context) -> Result<View> {
    todo!()
}

/// Path without quotes
#[operation(get = /a, auth = none)]
async fn no_quotes(_ctx: Context) -> Result<View> {
    todo!()
}

/// Path of another framework
#[operation(get = "/home/:id", auth = none, deadline = 3, sources = GRAPH)]
async fn colon(_ctx: Context) -> Result<View> {
    todo!()
}

/// A read
#[operation(get = "/a", auth = none, idempotent = "24h")]
async fn idempotent_read(_ctx: Context) -> Result<View> {
    todo!()
}

/// A day
#[operation(post = "/a", auth = none, idempotent = "1d")]
async fn kept_a_day(_ctx: Context) -> Result<View> {
    todo!()
}

/// Too long
#[operation(get = "/a", auth = none, deadline = "121s", id = "type")]
async fn too_long(_ctx: Context) -> Result<View> {
    todo!()
}

// The types are there all the same, so that one mistake is one error.
fn is_operation<O: midspan::Operation>() {}

fn main() {
    is_operation::<NoMethod>();
    is_operation::<TwoMethods>();
    is_operation::<Several>();
    is_operation::<TooLong>();
}
