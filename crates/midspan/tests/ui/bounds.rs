//! `default` and the bounds of `#[input]` and of `#[derive(Data)]`.

use midspan::prelude::*;

/// Bounds.
#[input]
struct Bounds {
    /// Default below
    #[query(default = 0, min = 1)]
    below: u32,
    /// Default above
    #[query(default = 51, max = 50)]
    above: u32,
    /// Crossed
    #[query(min = 2, max = 1)]
    crossed: i64,
    /// Optional with default
    #[query(default = 5)]
    optional: Option<u32>,
    /// List with default
    #[query(default = 5)]
    list: Vec<u32>,
    /// Wrong literal
    #[query(default = "5")]
    wrong_literal: u32,
    /// Out of range
    #[query(default = -5)]
    out_of_range: u32,
    /// Not a literal
    #[query(default = Sort::Newest)]
    not_a_literal: Sort,
    /// Fraction
    #[query(min = 0.5)]
    fraction: f64,
}

#[derive(Data)]
struct Record {
    #[data(min = 1)]
    text: String,
    #[data(max_length = 9)]
    number: i32,
    #[data(max_items = 9)]
    date: Date,
    #[data(min_length = -1)]
    negative: String,
    #[data(default = true, min_length = 3)]
    truth: String,
    #[data(default = "ab", min_length = 3)]
    short: String,
}

#[derive(Data)]
enum Sort {
    Newest,
}

fn main() {}
