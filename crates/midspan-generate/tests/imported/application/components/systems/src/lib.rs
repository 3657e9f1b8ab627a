//! The back end that the operations call.

use std::time::Duration;

use midspan::{Source, source::Auth};

/// Relay Shop: its address is the variable `relay_shop_url`.
///
/// It checks who calls: the caller's own credentials (the header `x-shop-key`, the query parameter `shop`) are given on to it as they come.
pub static RELAY_SHOP: Source = Source::rest("relay_shop")
    .titled("Relay Shop")
    // A little less than a cloud flow waits.
    .timeout(Duration::from_secs(115))
    .auth(Auth::relay(&["x-shop-key"], &["shop"]));
