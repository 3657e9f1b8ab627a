//! GetHome: profile, news highlights, apps and open tasks, in one view.

use std::{collections::HashMap, sync::Arc, time::Duration};

use axum::{
    extract::{Path, Query, State},
    response::Response,
};
use http::{HeaderMap, Uri};
use midspan_definition::ErrorCode;
use tokio::{time::timeout_at, try_join};

use super::{
    request::{Failure, RequestContext, json},
    source::Sources,
    systems::{apps, news, profile, tasks},
    view::{HomeView, Part},
};

pub(super) const DEADLINE: Duration = Duration::from_secs(3);

pub(super) async fn get_home(
    State(sources): State<Arc<Sources>>,
    Path(employee_id): Path<String>,
    Query(query): Query<HashMap<String, String>>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let context = RequestContext::admit(&headers, DEADLINE);
    if let Some(kept) = sources.kept.as_ref().and_then(|kept| kept.get(key(&uri))) {
        return context.answer_with(Ok(kept));
    }
    let view = compose(&sources, &context, &employee_id, &query);
    let outcome = timeout_at(context.deadline().into(), view).await.unwrap_or_else(|_| {
        Err(Failure {
            code: ErrorCode::DeadlineExceeded,
            message: "GetHome did not end in time. Try again.".to_owned(),
            source: None,
            target: None,
        })
    });
    let json = json(outcome);
    if let (Some(kept), Ok(json)) = (&sources.kept, &json) {
        kept.put(key(&uri), json.clone());
    }
    context.answer_with(json)
}

fn key(uri: &Uri) -> &str {
    uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str)
}

async fn compose(
    sources: &Sources,
    context: &RequestContext,
    employee_id: &str,
    query: &HashMap<String, String>,
) -> Result<HomeView, Failure> {
    if employee_id.chars().count() > 20 {
        let message = "\"employee_id\" must have at most 20 characters.".to_owned();
        return Err(Failure::bad_input("employee_id", message));
    }
    let top = match query.get("news").map(|text| text.parse::<u32>()) {
        None => 5,
        Some(Ok(top @ 1..=50)) => top,
        Some(_) => {
            return Err(Failure::bad_input(
                "news",
                "\"news\" must be between 1 and 50.".to_owned(),
            ));
        }
    };
    let (profile, news, apps, tasks) = try_join!(
        profile(sources, context, employee_id),
        async { optional(news(sources, context, top).await) },
        async { optional(apps(sources, context).await) },
        async { optional(tasks(sources, context, employee_id).await) },
    )?;
    Ok(HomeView {
        profile,
        news,
        apps,
        tasks,
    })
}

fn optional<T>(outcome: Result<T, Failure>) -> Result<Part<T>, Failure> {
    match outcome {
        Ok(value) => Ok(Part {
            status: "fresh",
            value: Some(value),
            code: None,
            message: None,
        }),
        Err(failure) if failure.source.is_some() => Ok(Part {
            status: "missing",
            value: None,
            code: Some(failure.code),
            message: Some(failure.message),
        }),
        Err(failure) => Err(failure),
    }
}
