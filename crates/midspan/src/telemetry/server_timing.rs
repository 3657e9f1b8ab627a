//! `Server-Timing` (W3C Server Timing): a member for each call, so that a browser or Power Apps' Monitor shows what was
//! slow without any collector.

use std::{borrow::Cow, fmt::Write as _, time::Duration};

use super::TOKEN;
use crate::Context;

/// The calls in the order in which they ended, and all together.
pub(crate) fn server_timing(ctx: &Context) -> String {
    let mut text = String::new();
    let mut ended: Vec<_> = ctx
        .calls()
        .all()
        .into_iter()
        .filter_map(|call| Some((call.end.get()?, call)))
        .collect();
    ended.sort_by_key(|(end, _)| end.at);
    for (end, call) in ended {
        let took = end.at.saturating_sub(call.began);
        let _ = write!(text, "{};dur={:.1}", call.source, milliseconds(took));
        let token = (call.path == TOKEN).then_some(TOKEN);
        let mut said: Vec<Cow<'_, str>> = token.into_iter().chain(end.failure).map(Into::into).collect();
        if end.attempts > 1 {
            said.push(format!("{} attempts", end.attempts).into());
        }
        let _ = match said.as_slice() {
            [] => Ok(()),
            [word] if !word.contains(' ') => write!(text, ";desc={word}"),
            words => write!(text, ";desc=\"{}\"", words.join(", ")),
        };
        text.push_str(", ");
    }
    let _ = write!(text, "total;dur={:.1}", milliseconds(ctx.elapsed()));
    text
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}
