//! What an author would write: every kind of input, output and operation.

use std::fmt::Debug;

use midspan::prelude::*;

/// Every kind of parameter.
#[input]
#[derive(Debug, PartialEq)]
pub(crate) struct NewsInput {
    /// Employee number.
    ///
    /// As payroll
    /// knows it.
    #[path]
    pub(crate) employee_id: String,
    /// Number of items
    #[query(name = "$top", default = 5, min = 1, max = 50)]
    pub(crate) top: u32,
    /// Order
    #[query(default = "newest", visibility = "advanced")]
    pub(crate) sort: Sort,
    /// Not before
    #[query]
    pub(crate) since: Option<Date>,
    /// Topics
    #[query(max_items = 2, min_length = 2)]
    pub(crate) topics: Vec<String>,
    /// With text
    #[query]
    pub(crate) r#type: bool,
    /// Least rating
    #[query(default = -1.5)]
    pub(crate) rating: f64,
    /// If changed since
    #[header(visibility = "internal")]
    pub(crate) if_modified_since: Option<Timestamp>,
}

#[derive(Data, Debug, PartialEq)]
pub(crate) enum Sort {
    Newest,
    /// Most read first.
    ///
    /// By everybody.
    MostRead,
    #[data(name = "a-z")]
    Alphabetical,
}

/// A body among parameters.
#[input]
#[derive(Debug, PartialEq)]
pub(crate) struct OrderInput {
    /// Trace
    #[header]
    pub(crate) trace_id: Option<String>,
    #[body]
    pub(crate) order: Order,
}

#[derive(Data, Debug, PartialEq)]
pub(crate) struct Order {
    /// Number of the order.
    ///
    /// From the shop.
    #[data(name = "orderNo", min_length = 3, visibility = "important")]
    pub(crate) number: String,
    pub(crate) lines: Vec<Line>,
    pub(crate) ship_on: Option<Date>,
    #[data(default = "newest")]
    pub(crate) sort: Sort,
}

#[derive(Data, Debug, PartialEq)]
pub(crate) struct Line {
    #[data(min = 1, max = 9)]
    pub(crate) quantity: i64,
    pub(crate) r#type: String,
    #[data(default = 1)]
    pub(crate) boxes: u32,
}

#[derive(Data, Debug, PartialEq)]
pub(crate) struct Page<T>
where
    T: Debug,
{
    pub(crate) items: Vec<T>,
    pub(crate) next: Option<T>,
}

pub(crate) static SHOP: Source = Source::rest("shop");

/// Place an order.
///
/// Once; the shop
/// sends it.
///
/// - by post
/// - by mail
#[operation(
    post = "/orders",
    auth = none,
    id = "OrderNow",
    deadline = "800ms",
    visibility = "important",
    sources = [SHOP]
)]
pub(crate) async fn place_order(_: Context, OrderInput { order, .. }: OrderInput) -> midspan::Result<Page<Line>> {
    Ok(Page {
        items: order.lines,
        next: None,
    })
}

/// Is it up?
#[operation(get = "/", auth = none)]
pub(crate) async fn is_up(_ctx: Context) -> Result<Page<Sort>> {
    Ok(Page {
        items: vec![],
        next: Some(Sort::MostRead),
    })
}
