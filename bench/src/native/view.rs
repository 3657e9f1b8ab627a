//! What GetHome answers.

use jiff::Timestamp;
use midspan_definition::ErrorCode;
use serde::{Deserialize, Serialize};

#[derive(Serialize)]
pub(super) struct HomeView {
    pub(super) profile: Profile,
    pub(super) news: Part<Vec<NewsItem>>,
    pub(super) apps: Part<Vec<App>>,
    pub(super) tasks: Part<Vec<Task>>,
}

#[derive(Serialize)]
pub(super) struct Part<T> {
    pub(super) status: &'static str,
    pub(super) value: Option<T>,
    pub(super) code: Option<ErrorCode>,
    pub(super) message: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Profile {
    pub(super) id: String,
    pub(super) employee_id: String,
    pub(super) display_name: String,
    pub(super) given_name: Option<String>,
    pub(super) job_title: Option<String>,
    pub(super) department: Option<String>,
    pub(super) office_location: Option<String>,
    pub(super) mail: Option<String>,
}

#[derive(Serialize)]
pub(super) struct NewsItem {
    pub(super) id: u32,
    pub(super) title: String,
    pub(super) teaser: Option<String>,
    pub(super) category: Option<String>,
    pub(super) published: Timestamp,
}

#[derive(Serialize)]
pub(super) struct App {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) description: Option<String>,
    pub(super) url: String,
    pub(super) color: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Task {
    pub(super) id: String,
    pub(super) subject: String,
    pub(super) due: Option<Timestamp>,
    pub(super) priority: &'static str,
    pub(super) version: Option<String>,
}
