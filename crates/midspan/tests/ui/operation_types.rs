//! Types of an `#[operation]` that are not what the contract needs.

use midspan::prelude::*;

#[derive(Data)]
struct View {
    text: String,
}

struct Plain;

static NOT_A_SOURCE: u32 = 1;

/// Output without Data
#[operation(get = "/a", auth = none)]
async fn plain_output(_ctx: Context) -> Result<Plain> {
    todo!()
}

/// Input without Input
#[operation(get = "/a", auth = none)]
async fn plain_input(_ctx: Context, _input: Plain) -> Result<View> {
    todo!()
}

/// Context of another type
#[operation(get = "/a", auth = none)]
async fn plain_context(_ctx: u32) -> Result<View> {
    todo!()
}

/// Source of another type
#[operation(get = "/a", auth = [NOT_A_SOURCE], sources = [NOT_A_SOURCE])]
async fn plain_source(_ctx: Context) -> Result<View> {
    todo!()
}

fn main() {}
