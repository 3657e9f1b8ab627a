//! Mistakes in types with an XML form.

use midspan::prelude::*;

struct Plain;

#[derive(Xml)]
struct Fields {
    plain: Plain,
    #[xml(attribute)]
    list: Vec<String>,
    #[xml(choice)]
    one: String,
}

#[derive(Xml)]
#[xml(rename_all = "kebab-case", nmespace = "urn:a", unqualified = true)]
struct Arguments {
    #[xml(attribute, nillable, name)]
    id: String,
    #[xml(name = "")]
    empty: String,
    #[xml(choice, name = "x")]
    named: Choice,
}

#[derive(Xml)]
struct Texts {
    #[xml(text)]
    text: String,
    element: String,
}

#[derive(Xml)]
struct Tuple(String, String);

#[derive(Xml)]
enum Choice {
    Text,
    Element(String),
    Two(i32, i32),
}

#[derive(Xml)]
enum Never {}

#[derive(Xml)]
union Both {
    a: u8,
}

fn main() {}
