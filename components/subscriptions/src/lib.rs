//! ListSubscriptions.

use midspan::{prelude::*, source::Paging};
use systems::{
    AZURE,
    access::{EMPLOYEES, PROGRAMS},
};

/// The subscriptions.
#[derive(Debug, PartialEq, Data)]
struct Subscriptions {
    /// Subscriptions
    value: Vec<Subscription>,
}

/// A subscription of Azure.
#[derive(Debug, PartialEq, Data)]
struct Subscription {
    /// Id
    #[data(name = "subscriptionId")]
    id: String,
    /// Name
    display_name: String,
    /// State
    state: String,
}

/// List subscriptions
///
/// The subscriptions of Azure that the connector may look at.
#[operation(get = "/subscriptions", auth = [EMPLOYEES, PROGRAMS], roles = ["Subscriptions.Read.All"], sources = [AZURE], deadline = "5s", visibility = "advanced")]
async fn list_subscriptions(ctx: Context) -> Result<Subscriptions> {
    let all = ctx
        .source(&AZURE)
        .get("/subscriptions")
        .query("api-version", "2022-12-01")
        .pages(Paging::next_link())
        .collect_up_to(1000)
        .await?;
    Ok(Subscriptions { value: all.items })
}

#[cfg(test)]
mod tests {
    use midspan::testing::Reply;
    use systems::testing::assert_needs_role;

    use super::*;

    #[test]
    fn it_is_for_those_who_have_the_role() {
        let host = systems::testing::host();
        host.on("entra_token", "POST /", Reply::json(503, ""));
        assert_needs_role("Subscriptions.Read.All", ErrorCode::SourceFailed, |caller| {
            host.calls_as(caller);
            host.get::<ListSubscriptions>("/subscriptions")
        });
    }
}
