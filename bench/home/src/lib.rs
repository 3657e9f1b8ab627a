//! GetHome of four sources, as the native program has it too: the reference connector's own asks more of them.

use midspan::prelude::*;
use systems::{
    DATAVERSE, GRAPH, POWERAPPS, SHAREPOINT,
    apps::{self, App},
    news::{self, NewsItem},
    profile::{self, Profile},
    tasks::{self, Task},
};

/// Which employee's home screen to build.
#[input]
struct HomeInput {
    /// Employee number
    ///
    /// As payroll knows it, such as E000042.
    #[path(max_length = 20)]
    employee_id: String,
    /// News items
    ///
    /// How many news highlights to return.
    #[query(default = 5, min = 1, max = 50)]
    news: u32,
}

/// Everything the home screen shows.
#[derive(Debug, PartialEq, Data)]
struct HomeView {
    /// Profile
    profile: Profile,
    /// News highlights
    news: Part<Vec<NewsItem>>,
    /// Apps
    apps: Part<Vec<App>>,
    /// Open tasks
    tasks: Part<Vec<Task>>,
}

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
    let (profile, news, apps, tasks) = try_join!(
        profile::get(&ctx, &input.employee_id),
        news::list(&ctx, input.news, None).optional(),
        apps::list(&ctx).optional(),
        tasks::list_open(&ctx, &input.employee_id).optional(),
    )?;
    Ok(HomeView {
        profile,
        news: news.map(|page| page.items),
        apps,
        tasks,
    })
}
