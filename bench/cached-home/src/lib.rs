//! GetHome, whose whole answers are kept: to measure against caches that serve the same.

use bench_screen::{HomeInput, HomeView, compose};
use midspan::prelude::*;
use systems::{DATAVERSE, GRAPH, POWERAPPS, SHAREPOINT};

/// Get the home view
///
/// Everything the home screen shows, as it was within the last ten minutes.
#[operation(
    get = "/home/{employee_id}",
    auth = none,
    sources = [GRAPH, SHAREPOINT, POWERAPPS, DATAVERSE],
    deadline = "3s",
    visibility = "important",
    cache = "10m"
)]
async fn get_home(ctx: Context, input: HomeInput) -> Result<HomeView> {
    Box::pin(compose(&ctx, &input)).await
}
