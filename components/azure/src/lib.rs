//! ListResourceGroups.

use midspan::{prelude::*, source::Paging};
use systems::{
    AZURE,
    access::{EMPLOYEES, PROGRAMS},
};

/// Of which subscription.
#[input]
struct GroupsInput {
    /// Subscription
    ///
    /// Its id.
    #[path(
        min_length = 36,
        max_length = 36,
        values(
            from = "ListSubscriptions",
            items = "value",
            value = "subscriptionId",
            title = "displayName"
        )
    )]
    subscription_id: String,
    /// Position
    ///
    /// Where the page begins: part of the next link of the page before.
    #[query(visibility = "internal", max_length = 1500)]
    after: Option<Position>,
}

/// A page of resource groups.
#[derive(Debug, PartialEq, Data)]
struct GroupList {
    /// Resource groups
    value: Vec<Group>,
    /// Next link
    ///
    /// Where the next page is; nothing on the last one.
    next_link: Option<String>,
}

/// A resource group.
#[derive(Debug, PartialEq, Data)]
struct Group {
    /// Id
    id: String,
    /// Name
    name: String,
    /// Location
    location: String,
}

/// List resource groups
///
/// What a subscription of Azure holds, for those who look after it.
#[operation(
    get = "/subscriptions/{subscription_id}/groups",
    auth = [EMPLOYEES, PROGRAMS],
    roles = ["Subscriptions.Read.All"],
    sources = [AZURE],
    deadline = "5s",
    visibility = "advanced"
)]
async fn list_resource_groups(ctx: Context, input: GroupsInput) -> Result<GroupList> {
    let after = ctx.position(input.after.as_ref()).await?;
    let page = ctx
        .source(&AZURE)
        .get("/subscriptions/{id}/resourcegroups")
        .path("id", &input.subscription_id)
        .query("api-version", "2021-04-01")
        .pages(Paging::next_link())
        .resume(after.as_deref())?
        .page()
        .await?;
    let path = format!("/subscriptions/{}/groups", input.subscription_id);
    Ok(GroupList {
        value: page.items,
        next_link: ctx.next_link(&path, &[], page.next.as_deref()).await?,
    })
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
            host.get::<ListResourceGroups>("/subscriptions/00000000-0000-0000-0000-000000000007/groups")
        });
    }
}
