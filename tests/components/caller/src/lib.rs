//! Operations that say who calls, as each kind of scheme knows it. The reference connector has the others.

use midspan::prelude::*;

static PARTNERS: Scheme = Scheme::api_key_query("partners", "key");
static STAFF: Scheme = Scheme::basic("staff");
static GUESTS: Scheme = Scheme::oidc("guests");
static FRONT: Scheme = Scheme::gateway("front", "x-gateway-secret");

/// Who calls.
#[derive(Data)]
struct Who {
    scheme: Option<String>,
    is_user: bool,
    id: String,
    tenant: Option<String>,
    roles: Vec<String>,
}

/// Who am I
#[operation(get = "/caller", auth = [PARTNERS, STAFF, GUESTS, FRONT], export = false)]
async fn who_am_i(ctx: Context) -> Result<Who> {
    let caller = ctx.caller();
    Ok(Who {
        scheme: caller.scheme().map(ToOwned::to_owned),
        is_user: caller.is_user(),
        id: caller.id().to_owned(),
        tenant: caller.tenant().map(ToOwned::to_owned),
        roles: caller.roles().to_vec(),
    })
}

/// What to read.
#[input]
struct ReadInput {
    /// Orders
    #[body]
    orders: Vec<String>,
}

/// May I
#[operation(post = "/caller", auth = [PARTNERS, STAFF, GUESTS, FRONT], roles = ["Orders.Read"], export = false)]
async fn may_i(_ctx: Context, input: ReadInput) -> Result<Vec<String>> {
    Ok(input.orders)
}

midspan::operations!(WhoAmI, MayI);
