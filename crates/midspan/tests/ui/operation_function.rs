//! The function under `#[operation]`.

use midspan::prelude::*;

#[derive(Data)]
struct View {
    text: String,
}

/// Which view.
#[input]
struct ViewInput {
    /// Number
    #[query]
    number: u32,
}

#[operation(get = "/a", auth = none)]
async fn no_doc(_ctx: Context) -> Result<View> {
    todo!()
}

/// The first paragraph of this doc comment goes on and on, over more than one line, until nobody wants to read it
#[operation(get = "/a", auth = none)]
async fn long_doc(_ctx: Context) -> Result<View> {
    todo!()
}

/// Not async
#[operation(get = "/a", auth = none)]
fn not_async(_ctx: Context) -> Result<View> {
    todo!()
}

/// Generic
#[operation(get = "/a", auth = none)]
async fn generic<T: Clone>(_ctx: Context) -> Result<View> {
    todo!()
}

/// No arguments
#[operation(get = "/a", auth = none)]
async fn no_arguments() -> Result<View> {
    todo!()
}

/// Three arguments
#[operation(get = "/a", auth = none)]
async fn three_arguments(_ctx: Context, _input: ViewInput, _other: u32) -> Result<View> {
    todo!()
}

/// Borrowed input
#[operation(get = "/a", auth = none)]
async fn borrowed(_ctx: Context, _input: &ViewInput) -> Result<View> {
    todo!()
}

/// No result
#[operation(get = "/a", auth = none)]
async fn no_result(_ctx: Context) -> View {
    todo!()
}

/// Nothing
#[operation(get = "/a", auth = none)]
async fn nothing(_ctx: Context) {
    todo!()
}

struct Service;

impl Service {
    /// A method
    #[operation(get = "/a", auth = none)]
    async fn method(&self, _ctx: Context) -> Result<View> {
        todo!()
    }
}

/// Not a function
#[operation(get = "/a", auth = none)]
struct NotAFunction;

fn main() {}
