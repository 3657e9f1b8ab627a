//! Roles and scopes.

use midspan::{prelude::*, testing::TestHost};

use crate::support::{Who, who};

static STAFF: Scheme = Scheme::api_key_header("staff", "x-api-key");

/// With a role
#[operation(get = "/role", auth = [STAFF], roles = ["Leave.Read", "Leave.Write"])]
async fn role(ctx: Context) -> Result<Who> {
    Ok(who(&ctx))
}

/// With a scope
#[operation(get = "/scope", auth = [STAFF], scopes = ["leave.read"])]
async fn scope(ctx: Context) -> Result<Who> {
    Ok(who(&ctx))
}

/// With both
#[operation(get = "/both", auth = [STAFF], roles = ["Leave.Read"], scopes = ["leave.read", "leave.write"])]
async fn both(ctx: Context) -> Result<Who> {
    Ok(who(&ctx))
}

/// What the author checks
#[operation(get = "/own", auth = [STAFF])]
async fn own(ctx: Context) -> Result<Who> {
    ctx.caller().require_role("Leave.Approve")?;
    Ok(who(&ctx))
}

fn status<O: midspan::Operation>(path: &str, caller: Caller) -> u16 {
    let host = TestHost::new();
    host.calls_as(caller);
    host.get::<O>(path).status()
}

#[test]
fn one_of_the_roles_is_enough_and_none_is_not() {
    let user = || Caller::user("7");
    assert_eq!(status::<Role>("/role", user().with_role("Leave.Write")), 200);
    assert_eq!(
        status::<Role>("/role", Caller::application("flow").with_role("Leave.Read")),
        200
    );
    assert_eq!(
        status::<Role>("/role", user().with_role("leave.read").with_scope("Leave.Read")),
        403
    );
    assert_eq!(status::<Role>("/role", user()), 403);
}

#[test]
fn a_user_has_to_grant_a_scope_and_a_program_needs_a_role() {
    let (user, program) = (|| Caller::user("7"), || Caller::application("flow"));
    assert_eq!(status::<Scope>("/scope", user().with_scope("leave.read")), 200);
    assert_eq!(status::<Scope>("/scope", user().with_role("leave.read")), 403);
    assert_eq!(
        status::<Scope>("/scope", program()),
        403,
        "no role lets programs in here"
    );
    assert_eq!(status::<Both>("/both", program().with_role("Leave.Read")), 200);
    assert_eq!(status::<Both>("/both", user().with_role("Leave.Read")), 403);
    assert_eq!(
        status::<Both>("/both", user().with_role("Leave.Read").with_scope("leave.write")),
        200
    );
}

#[test]
fn what_is_missing_is_named() {
    let host = TestHost::new();
    host.calls_as(Caller::user("7").with_scope("mail.read"));
    let answer = host.get::<Role>("/role");
    assert_eq!(answer.error().error.code, ErrorCode::Forbidden);
    assert_eq!(
        answer.error().message,
        "Role wants the role \"Leave.Read\" or \"Leave.Write\", which this caller does not have. Ask an administrator for it."
    );
    let answer = host.get::<Scope>("/scope");
    assert!(answer.error().message.contains("\"leave.read\""), "{}", answer.text());
    assert_eq!(
        answer.header("www-authenticate"),
        Some("Bearer realm=\"staff\", error=\"insufficient_scope\", scope=\"leave.read\"")
    );
    let answer = host.get::<Own>("/own");
    assert_eq!(
        (answer.status(), answer.error().message.contains("\"Leave.Approve\"")),
        (403, true)
    );
}

#[test]
fn a_test_that_says_nobody_calls_gets_what_a_stranger_gets() {
    let host = TestHost::new();
    host.calls_as(Caller::user("7").with_role("Leave.Read"));
    assert_eq!(host.get::<Role>("/role").status(), 200);
    host.calls_as(None);
    assert_eq!(host.get::<Role>("/role").status(), 401);
}
