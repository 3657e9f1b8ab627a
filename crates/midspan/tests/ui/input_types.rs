//! Parameters of a type that can't be written as one text.

use midspan::prelude::*;

struct Plain;

#[derive(Data)]
struct Record {
    text: String,
}

/// A type that is nothing.
#[input]
struct PlainInput {
    /// Plain
    #[query]
    plain: Plain,
}

/// A record in the query.
#[input]
struct RecordInput {
    /// Record
    #[query]
    record: Record,
}

/// A body that is nothing.
#[input]
struct BodyInput {
    #[body]
    plain: Plain,
}

fn main() {}
