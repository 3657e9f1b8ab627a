//! Operations that can't be one component.

use midspan::prelude::*;

/// Get a
#[operation(get = "/a", auth = none, export = false)]
async fn get_a(_ctx: Context) -> Result<bool> {
    Ok(true)
}

/// Get b
#[operation(get = "/b", auth = none, export = false)]
async fn get_b(_ctx: Context) -> Result<bool> {
    Ok(true)
}

/// Get a again
#[operation(get = "/a", auth = none, export = false)]
async fn get_a_again(_ctx: Context) -> Result<bool> {
    Ok(true)
}

/// Put a
#[operation(put = "/a", auth = none, export = "no")]
async fn put_a(_ctx: Context) -> Result<bool> {
    Ok(true)
}

midspan::operations!(GetA, GetB);
midspan::operations!(GetA, GetAAgain);

fn main() {}
