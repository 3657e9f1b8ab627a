//! The back-end systems that the suite's operations call, and what more than one operation reads there.

pub mod apps;
pub mod news;
pub mod tasks;

use std::time::Duration;

use midspan::Source;

/// Microsoft Graph: who people are.
pub static GRAPH: Source = Source::rest("graph")
    .titled("Microsoft Graph")
    .timeout(Duration::from_millis(1500))
    .bearer("graph_token");

/// The intranet's SharePoint site: news.
pub static SHAREPOINT: Source = Source::rest("sharepoint")
    .titled("SharePoint")
    .timeout(Duration::from_millis(1500))
    .bearer("sharepoint_token");

/// The Power Apps resource provider: which apps somebody can open. It answers for whoever the token is for.
pub static POWERAPPS: Source = Source::rest("powerapps")
    .titled("Power Apps")
    .timeout(Duration::from_millis(1500))
    .forward_authorization_or_bearer("powerapps_token");

/// Dataverse: tasks.
pub static DATAVERSE: Source = Source::rest("dataverse")
    .titled("Dataverse")
    .timeout(Duration::from_millis(1500))
    .bearer("dataverse_token");
