//! Fields of a type that has no place in the contract.

use midspan::prelude::*;

struct Plain;

#[derive(Data)]
struct Record {
    plain: Plain,
}

#[derive(Data)]
struct Narrow {
    byte: u8,
}

#[derive(Data)]
struct Several {
    list: Vec<Plain>,
    #[data(default = 1)]
    with_default: u32,
    date: jiff::civil::DateTime,
}

fn main() {}
