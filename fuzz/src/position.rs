//! Positions that callers give back: none is taken that was made up, and all that we give come back as they were.

use midspan::{Operation, prelude::*, testing::TestHost};

/// Where to go on.
#[input]
struct PositionInput {
    /// Position
    #[query(visibility = "internal")]
    after: Option<Position>,
    /// State
    #[query(visibility = "internal")]
    triggerstate: Option<Position>,
}

/// Read positions
#[operation(get = "/positions", auth = none)]
async fn read_positions(ctx: Context, input: PositionInput) -> Result<Vec<Option<String>>> {
    let after = ctx.position(input.after.as_ref()).await?;
    Ok(vec![after, ctx.trigger_state(input.triggerstate.as_ref()).await?])
}

/// A position is its operation's own, so that what gives it has the name of what reads it.
mod giver {
    use midspan::prelude::*;

    /// A position of a source's.
    #[input]
    pub(super) struct SourceInput {
        /// Position
        #[query]
        position: String,
    }

    /// Give a link
    #[operation(get = "/links", id = "ReadPositions", auth = none)]
    pub(super) async fn give_link(ctx: Context, input: SourceInput) -> Result<Option<String>> {
        ctx.next_link("/positions", &[], Some(&input.position)).await
    }
}

/// Takes it for a position of ours, then for one of a source's.
pub fn run(data: &[u8]) {
    if data.is_empty() || data.len() > 1024 {
        return;
    }
    let escaped: String = data.iter().map(|byte| format!("%{byte:02X}")).collect();
    for name in ["after", "triggerstate"] {
        let answer = get::<ReadPositions>(&format!("/positions?{name}={escaped}"));
        assert_eq!(answer.status(), 400, "a position is taken that was made up");
    }
    if let Ok(position) = std::str::from_utf8(data) {
        let link: String = get::<giver::ReadPositions>(&format!("/links?position={escaped}")).json();
        let back: Vec<Option<String>> = get::<ReadPositions>(&link).json();
        assert_eq!(back, [Some(position.to_owned()), None]);
    }
}

fn get<O: Operation>(path: &str) -> midspan::testing::Response {
    let answer = TestHost::new().get::<O>(path);
    crate::check_answer(&answer);
    answer
}
