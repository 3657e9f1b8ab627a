//! GetHome, asked anew each time.

use bench_screen::{HomeInput, HomeView, compose};
use midspan::prelude::*;
use systems::{DATAVERSE, GRAPH, POWERAPPS, SHAREPOINT};

/// Get the home view
///
/// Everything the home screen shows, in one call: profile, news highlights, apps and open tasks. A part whose source
/// fails is reported as missing; without the profile there is no view.
#[operation(
    get = "/home/{employee_id}",
    auth = none,
    sources = [GRAPH, SHAREPOINT, POWERAPPS, DATAVERSE],
    deadline = "3s",
    visibility = "important"
)]
async fn get_home(ctx: Context, input: HomeInput) -> Result<HomeView> {
    Box::pin(compose(&ctx, &input)).await
}
