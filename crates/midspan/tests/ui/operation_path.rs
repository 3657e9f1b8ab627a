//! The path and the method against the input.

use midspan::prelude::*;

#[derive(Data)]
struct View {
    text: String,
}

/// Whose view.
#[input]
struct ViewInput {
    /// Number
    #[path]
    id: String,
}

/// What to do.
#[input]
struct BodyInput {
    #[body]
    view: View,
}

/// Path without a field
#[operation(get = "/a/{number}", auth = none)]
async fn no_field(_ctx: Context, _input: ViewInput) -> Result<View> {
    todo!()
}

/// Field that is not in the path
#[operation(get = "/a", auth = none)]
async fn not_in_path(_ctx: Context, _input: ViewInput) -> Result<View> {
    todo!()
}

/// GET with a body
#[operation(get = "/a", auth = none)]
async fn get_with_body(_ctx: Context, _input: BodyInput) -> Result<View> {
    todo!()
}

fn main() {}
