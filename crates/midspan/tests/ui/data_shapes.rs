//! What `#[derive(Data)]` can't be written on.

use midspan::prelude::*;

#[derive(Data)]
struct Tuple(String);

#[derive(Data)]
struct Unit;

#[derive(Data)]
enum Holds {
    One(String),
    Two { text: String },
    Three,
}

#[derive(Data)]
enum Empty {}

#[derive(Data)]
union Union {
    number: u32,
}

#[derive(Data)]
struct Borrowed<'a> {
    text: &'a str,
}

#[derive(Data)]
#[data(name = "other")]
struct Container {
    text: String,
}

#[derive(Data)]
struct Names {
    #[data(name = "text")]
    first: String,
    text: String,
    #[data(nam = "x")]
    unknown: String,
    #[data(name = "")]
    empty: String,
    #[data(min = 1)]
    #[data(max = 2)]
    twice: u32,
}

#[derive(Data)]
enum Values {
    One,
    #[data(name = "one")]
    Two,
    #[data(name = "a,b")]
    Three,
    #[data(default = 1)]
    Four,
}

// The traits are there all the same, so that one mistake is one error.
#[derive(Data)]
struct User {
    tuple: Tuple,
    holds: Option<Holds>,
}

fn main() {}
