//! What an operator sees of the shared cache, and takes back: operations that `midspan cache` asks. They have a key of their own and are no part of the connector's definition: see `exclude` in
//! spin.toml.

mod entry;

use base64::{Engine, prelude::BASE64_STANDARD};
use midspan::{cache::Wanted, prelude::*};

use entry::Entry;

/// Operators, each with a key of their own: `cache_admin_keys` has a name and a hash for each.
static OPERATOR: Scheme = Scheme::api_key_header("cache_admin", "x-api-key").titled("Operator's key");

/// What to list.
#[input]
struct ListInput {
    /// Source
    ///
    /// Only what came from it.
    #[query]
    source: Option<String>,
    /// Tag
    ///
    /// Only what has it.
    #[query]
    tag: Option<String>,
    /// Scope
    ///
    /// Only what is kept for: public, tenant, user, or one of them with its hash.
    #[query]
    scope: Option<String>,
    /// Key
    ///
    /// Only the one whose key begins so, with what was asked for if everybody may know it.
    #[query(min_length = 4, max_length = 43)]
    key: Option<String>,
    /// Body
    ///
    /// With a key: also what the source answered.
    #[query(default = false)]
    body: bool,
    /// User data
    ///
    /// Show the body though it is somebody's own. The log says that it was read.
    #[query(name = "userData", default = false)]
    user_data: bool,
    /// After
    ///
    /// Where to go on: next of the answer before.
    #[query]
    after: Option<String>,
    /// Limit
    #[query(default = 100, min = 1, max = 100)]
    limit: u32,
}

/// What is kept.
#[derive(Debug, Data)]
struct Entries {
    /// Entries
    ///
    /// What dies first comes first. There may be none while there is a next.
    entries: Vec<Entry>,
    /// Next
    ///
    /// Where the rest begins; nothing where there is none.
    next: Option<String>,
}

/// List the cache
///
/// What the shared cache has: from where, for whom, about what and how fresh.
#[operation(get = "/operator/cache", auth = [OPERATOR], deadline = "60s", visibility = "internal", export = false)]
async fn list_cache(ctx: Context, input: ListInput) -> Result<Entries> {
    if let Some(key) = &input.key {
        let entries = vec![show(&ctx, &input, key).await?];
        return Ok(Entries { entries, next: None });
    }
    let limit = usize::try_from(input.limit).unwrap_or(1);
    let wanted = Wanted {
        source: input.source,
        tag: input.tag,
        scope: input.scope,
        after: input.after,
    };
    let page = ctx.cache().entries(&wanted, limit).await?;
    Ok(Entries {
        entries: page.entries.iter().map(Entry::from).collect(),
        next: page.next,
    })
}

async fn show(ctx: &Context, input: &ListInput, key: &str) -> Result<Entry> {
    let Some((kept, answer)) = ctx.cache().entry(key).await? else {
        let message = format!("There is no entry whose key begins with \"{key}\", or more than one.");
        return Err(Error::not_found(message).with_target("key"));
    };
    let is_public = kept.listed.scope == "public";
    let mut entry = Entry::with_answer(&kept, &answer, is_public);
    if input.body {
        if !is_public && !input.user_data {
            let message = "This entry is somebody's own. To read its body, say so with \"userData\".";
            return Err(Error::bad_input("userData", message));
        }
        let (key, scope) = (&entry.key, &entry.scope);
        say(ctx, &format!("reads the body of `{key}`, which is kept for {scope}"));
        entry.content = Some(BASE64_STANDARD.encode(answer.body()));
    }
    Ok(entry)
}

/// What has changed.
#[input]
struct InvalidateInput {
    /// What has changed
    #[body]
    changed: Changed,
}

/// What has changed.
#[derive(Debug, Data)]
struct Changed {
    /// Tags
    #[data(max_items = 100)]
    tags: Vec<String>,
}

/// Invalidate in the cache
///
/// Makes stale whatever has one of these tags: it is read again before it is used, and may stand in for a source that fails.
#[operation(post = "/operator/cache", auth = [OPERATOR], deadline = "60s", visibility = "internal", export = false)]
async fn invalidate_cache(ctx: Context, input: InvalidateInput) -> Result<NoContent> {
    if input.changed.tags.is_empty() {
        return Err(Error::bad_input("tags", "Name at least one tag."));
    }
    for tag in &input.changed.tags {
        done(&ctx, ctx.cache().invalidate(tag).await, "invalidated", tag)?;
    }
    Ok(NoContent)
}

/// What to take away.
#[input]
struct PurgeInput {
    /// Tag
    ///
    /// Whatever has it.
    #[query]
    tag: Option<String>,
    /// Which
    ///
    /// All entries, or those that are of no use any more.
    #[query]
    which: Option<Which>,
}

/// What to take away.
#[derive(Debug, Clone, Copy, Data)]
enum Which {
    /// All
    All,
    /// Dead
    Dead,
}

/// How much was taken away.
#[derive(Debug, Data)]
struct Purged {
    /// Count
    ///
    /// Nothing where it was taken away by its tag, which does not count.
    count: Option<u32>,
}

/// How many entries there may be where an operator collects.
const MOST_ENTRIES: usize = 100_000;

/// Purge the cache
///
/// Takes away what has a tag, what is dead, or all.
#[operation(delete = "/operator/cache", auth = [OPERATOR], deadline = "60s", visibility = "internal", export = false)]
async fn purge_cache(ctx: Context, input: PurgeInput) -> Result<Purged> {
    let count = match (input.tag, input.which) {
        (Some(tag), None) => {
            done(&ctx, ctx.cache().purge(&tag).await, "purged", &tag)?;
            return Ok(Purged { count: None });
        }
        (None, Some(Which::All)) => {
            say(&ctx, "takes away everything that is cached");
            ctx.cache().clear().await?
        }
        (None, Some(Which::Dead)) => {
            let done = ctx.cache().collect(MOST_ENTRIES).await?;
            done.dead + done.evicted
        }
        _ => return Err(Error::bad_input("tag", "Say either \"tag\" or \"which\".")),
    };
    Ok(Purged {
        count: u32::try_from(count).ok(),
    })
}

/// An operator relies on it, so that a store that could not be told is an error.
fn done(ctx: &Context, done: bool, word: &str, tag: &str) -> Result<()> {
    if !done {
        return Err(Error::failed(format!(
            "the shared store failed before `{tag}` was {word}"
        )));
    }
    say(ctx, &format!("has {word} `{tag}`"));
    Ok(())
}

/// Which operator does what, for the log.
fn say(ctx: &Context, what: &str) {
    ctx.log("info", &format!("operator `{}` {what}", ctx.caller().id()));
}

midspan::operations!(ListCache, InvalidateCache, PurgeCache);

#[cfg(test)]
mod tests;
