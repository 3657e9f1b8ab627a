//! A home screen of four sources, as the native program has it too: the reference connector's own asks more of them, and
//! keeps what they answer.

mod calls;

use midspan::prelude::*;
use systems::{apps::App, news::NewsItem, profile::Profile, tasks::Task};

/// Which employee's home screen to build.
#[input]
pub struct HomeInput {
    /// Employee number
    ///
    /// As payroll knows it, such as E000042.
    #[path(max_length = 20)]
    pub employee_id: String,
    /// News items
    ///
    /// How many news highlights to return.
    #[query(default = 5, min = 1, max = 50)]
    pub news: u32,
}

/// Everything the home screen shows.
#[derive(Debug, PartialEq, Data)]
pub struct HomeView {
    /// Profile
    pub profile: Profile,
    /// News highlights
    pub news: Part<Vec<NewsItem>>,
    /// Apps
    pub apps: Part<Vec<App>>,
    /// Open tasks
    pub tasks: Part<Vec<Task>>,
}

/// Asks all four at once.
///
/// # Errors
/// If the profile's source fails.
pub async fn compose(ctx: &Context, input: &HomeInput) -> Result<HomeView> {
    let (profile, news, apps, tasks) = try_join!(
        calls::profile(ctx, &input.employee_id),
        calls::news(ctx, input.news).optional(),
        calls::apps(ctx).optional(),
        calls::tasks(ctx, &input.employee_id).optional(),
    )?;
    Ok(HomeView {
        profile,
        news,
        apps,
        tasks,
    })
}
