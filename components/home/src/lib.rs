//! GetHome.

use jiff::SignedDuration;
use midspan::prelude::*;
use systems::{
    CARDS, DATAVERSE, DIRECTORY, GRAPH, GRAPH_AS_CALLER, PAYROLL, POWERAPPS, SHAREPOINT,
    access::{self, EMPLOYEES, PROGRAMS},
    apps::{self, App},
    calendar::{self, Event},
    cards::{self, Card},
    directory::{self, Person},
    leave::{self, Balance},
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
    /// Calendar
    ///
    /// The next seven days of whoever is signed in.
    calendar: Part<Vec<Event>>,
    /// Leave
    leave: Part<Balance>,
    /// Cards
    ///
    /// The latest ones.
    cards: Part<Vec<Card>>,
    /// Team
    ///
    /// Who reports to the employee.
    team: Part<Vec<Person>>,
}

/// How many cards there are on the screen.
const CARDS_SHOWN: u32 = 5;
/// How far the calendar looks ahead.
const AHEAD: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Get the home view
///
/// Everything the home screen shows, in one call: profile, news highlights, apps, open tasks, calendar, leave, cards and
/// team. A part whose source fails is reported as missing; without the profile there is no view.
#[operation(
    get = "/home/{employee_id}",
    auth = [EMPLOYEES, PROGRAMS],
    sources = [GRAPH, GRAPH_AS_CALLER, SHAREPOINT, POWERAPPS, DATAVERSE, PAYROLL, CARDS, DIRECTORY],
    deadline = "3s",
    visibility = "important"
)]
async fn get_home(ctx: Context, input: HomeInput) -> Result<HomeView> {
    let (id, now) = (input.employee_id.as_str(), ctx.now());
    access::may_read(&ctx, id)?;
    let (profile, news, apps, tasks, calendar, leave, cards, team) = try_join!(
        profile::get(&ctx, id),
        news::list(&ctx, input.news, None).optional(),
        apps::list(&ctx).optional(),
        tasks::list_open(&ctx, id).optional(),
        calendar::of_caller(&ctx, now, now + AHEAD).optional(),
        leave::balance(&ctx, id, None).optional(),
        cards::latest(&ctx, CARDS_SHOWN).optional(),
        directory::team(&ctx, id).optional(),
    )?;
    Ok(HomeView {
        profile,
        news: news.map(|page| page.items),
        apps,
        tasks,
        calendar,
        leave,
        cards,
        team,
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use midspan::{
        part::Status,
        testing::{Reply, TestHost},
    };

    use super::*;
    use systems::tasks::Priority;

    const PEOPLE: &str = r#"{"value": [{"id": "7", "employeeId": "E000007", "displayName": "Ada Lovelace", "givenName": "Ada",
        "jobTitle": "Analyst", "department": null, "officeLocation": null, "mail": null}]}"#;
    const NEWS: &str = r#"{"value": [{"Id": 9, "Title": "Canteen", "Teaser": null, "Category": "Company",
        "PublishedDate": "2026-01-01T08:00:00Z"}]}"#;
    const TASKS: &str =
        r#"{"value": [{"activityid": "t-1", "subject": "Sign", "scheduledend": null, "prioritycode": 2}]}"#;

    fn host() -> TestHost {
        let host = systems::testing::host();
        host.on("graph", "GET /v1.0/users", Reply::json(200, PEOPLE));
        host.on(
            "sharepoint",
            "GET /sites/intranet/_api/web/lists/getbytitle('News')/items",
            Reply::json(200, NEWS),
        );
        host.on("powerapps", "GET /providers/Microsoft.PowerApps/apps", Reply::hang());
        host.on("dataverse", "GET /api/data/v9.2/tasks", Reply::json(200, TASKS));
        host.on("payroll", "POST /LeaveService.svc", Reply::json(503, ""));
        host.on(
            "cards",
            "GET /v1/cards",
            Reply::json(200, r#"{"cards": [], "cursor": "c"}"#),
        );
        host.on(
            "directory",
            "POST /graphql",
            Reply::json(200, r#"{"data": {"person": null}}"#),
        );
        host
    }

    #[test]
    fn apps_that_do_not_come_are_missing_and_the_screen_is_there() {
        let host = host();
        let view: HomeView = host.get::<GetHome>("/home/E000007").json();
        assert_eq!(view.profile.display_name, "Ada Lovelace");
        assert_eq!(view.news.value.map(|news| news[0].id), Some(9));
        assert_eq!(
            (view.apps.status, view.leave.status),
            (Status::Missing, Status::Missing)
        );
        assert_eq!(
            view.calendar.code,
            Some(ErrorCode::Unauthorized),
            "nobody has signed in"
        );
        assert_eq!((view.cards.value, view.team.value), (Some(vec![]), Some(vec![])));
        assert_eq!(view.tasks.value.map(|tasks| tasks[0].priority), Some(Priority::High));
        assert_eq!(host.elapsed(), Duration::from_millis(1500));
    }

    #[test]
    fn an_employee_number_is_a_text_to_graph_whatever_it_holds() {
        let host = host();
        assert_eq!(host.get::<GetHome>("/home/O'Hara%20or%20x").status(), 200);
        let asked = host.requests("graph")[0].request.uri().query().unwrap().to_owned();
        assert!(
            asked.starts_with("$filter=employeeId%20eq%20'O''Hara%20or%20x'&"),
            "{asked}"
        );
    }

    #[test]
    fn a_home_screen_is_its_owners() {
        systems::testing::assert_read_by_owner(|caller| {
            let host = host();
            host.calls_as(caller);
            host.get::<GetHome>("/home/E000007")
        });
    }
}
