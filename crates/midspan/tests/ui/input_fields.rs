//! The fields of an `#[input]`.

use midspan::prelude::*;

#[derive(Data)]
struct Order {
    number: String,
}

/// Fields from nowhere, and from two places.
#[input]
struct Places {
    /// Nowhere
    nowhere: u32,
    /// Two places
    #[query]
    #[header]
    two: u32,
}

/// Names and docs.
#[input]
struct Names {
    #[query]
    no_doc: u32,
    /// A label that goes on and on, over more than one line, until no maker wants to read it
    #[query]
    long_doc: u32,
    /// Same name
    #[query(name = "no_doc")]
    again: u32,
    /// Bad header
    #[header(name = "If-Match")]
    if_match: Option<String>,
    /// Bad path
    #[path(name = "a/b")]
    path: String,
}

/// Arguments.
#[input]
struct Arguments {
    /// Unknown
    #[query(requird = true)]
    unknown: u32,
    /// No brackets
    #[query = "top"]
    no_brackets: u32,
    /// Bad visibility
    #[query(visibility = "hidden")]
    visibility: u32,
    /// Bad name
    #[query(name = 5)]
    name: u32,
}

/// Path fields.
#[input]
struct Paths {
    /// Optional
    #[path]
    optional: Option<String>,
    /// Default
    #[path(default = 5)]
    default: u32,
}

/// Bodies.
#[input]
struct Bodies {
    #[body(min = 5)]
    first: Order,
    #[body]
    second: Order,
}

/// Generic.
#[input]
struct Generic<T> {
    /// Value
    #[query]
    value: T,
}

/// Arguments of the attribute.
#[input(strict)]
struct Strict {
    /// Value
    #[query]
    value: u32,
}

/// Not named.
#[input]
struct Tuple(u32);

/// Not a struct.
#[input]
enum Enum {
    One,
}

/// Answer
#[operation(get = "/", auth = none)]
async fn answer(_ctx: Context, _input: Places) -> Result<Order> {
    todo!()
}

fn main() {}
