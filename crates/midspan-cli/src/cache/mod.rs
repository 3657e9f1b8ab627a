//! `midspan cache`: what the shared cache of a running application has, and taking it back.

mod client;
mod text;

use http::{Method, Uri};
use serde_json::json;

use self::client::{Entries, Operator, Purged};
use crate::{check::counted, error::CliError, terminal};

/// Look into the shared cache of a running application, and take back what is in it.
///
/// Asks the application's component "cache-admin", which has a key of its own. Of users it shows the start of a hash, never
/// who they are.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct CacheArgs {
    #[command(subcommand)]
    command: CacheCommand,
    /// Where the application is served
    #[arg(
        long,
        global = true,
        env = "MIDSPAN_CACHE_URL",
        default_value = "http://127.0.0.1:3000",
        value_name = "URL"
    )]
    url: Uri,
    /// The operator's key; rather in the environment, since others on this machine see command lines
    #[arg(
        long,
        global = true,
        env = "MIDSPAN_CACHE_KEY",
        hide_env_values = true,
        value_name = "KEY"
    )]
    key: Option<String>,
}

const EXAMPLES: &str = "\
Examples:
  midspan cache list --url https://suite.contoso.com
  midspan cache list --source sharepoint --tag news
  midspan cache show Jx3b9kQ2mP0A
  midspan cache invalidate news        stale: read again, and there meanwhile if the source is down
  midspan cache purge people           gone, at once";

#[derive(clap::Subcommand)]
enum CacheCommand {
    List(ListArgs),
    Show(ShowArgs),
    Invalidate(InvalidateArgs),
    Purge(PurgeArgs),
}

/// List what is kept.
///
/// What dies first comes first. Bodies and addresses are not shown.
#[derive(clap::Args)]
struct ListArgs {
    /// Only what came from this source
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
    /// Only what has this tag
    #[arg(long, value_name = "TAG")]
    tag: Option<String>,
    /// Only what is kept for: public, tenant, user, or one of them with its hash
    #[arg(long, value_name = "SCOPE")]
    scope: Option<String>,
    /// How many at most
    #[arg(long, default_value_t = 100, value_name = "NUMBER")]
    limit: usize,
    /// How it is written
    #[arg(long, value_enum, default_value_t = Format::Text, value_name = "FORMAT")]
    format: Format,
}

/// Show one entry.
#[derive(clap::Args)]
struct ShowArgs {
    /// Its key, as "list" has it, or how it begins
    #[arg(allow_hyphen_values = true, value_name = "KEY")]
    entry: String,
    /// Write what the source answered, and nothing else
    #[arg(long)]
    body: bool,
    /// With --body: also if it is somebody's own; the application's log says that it was read
    #[arg(long, requires = "body")]
    user_data: bool,
    /// How it is written
    #[arg(long, value_enum, default_value_t = Format::Text, value_name = "FORMAT")]
    format: Format,
}

/// Make stale whatever has one of these tags.
///
/// It is validated or read again before it is used, and may still stand in for a source that fails.
#[derive(clap::Args)]
struct InvalidateArgs {
    /// Tags, such as news or employee:E000042
    #[arg(required = true, value_name = "TAG")]
    tags: Vec<String>,
}

/// Take away whatever has one of these tags.
#[derive(clap::Args)]
#[group(required = true, multiple = false)]
struct PurgeArgs {
    /// Tags, such as news or employee:E000042
    #[arg(value_name = "TAG")]
    tags: Vec<String>,
    /// Take away everything
    #[arg(long)]
    all: bool,
    /// Take away what is of no use any more
    #[arg(long)]
    dead: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people
    Text,
    /// For programs
    Json,
}

/// Runs the command.
pub(crate) async fn run(args: &CacheArgs) -> Result<(), CliError> {
    let operator = Operator::new(&args.url, args.key.as_deref())?;
    match &args.command {
        CacheCommand::List(list) => list.run(&operator).await,
        CacheCommand::Show(show) => show.run(&operator).await,
        CacheCommand::Invalidate(InvalidateArgs { tags }) => {
            operator.invalidate(&json!({ "tags": tags })).await?;
            terminal::step("Invalidated", tags.join(", "));
            Ok(())
        }
        CacheCommand::Purge(purge) => purge.run(&operator).await,
    }
}

impl ListArgs {
    async fn run(&self, operator: &Operator) -> Result<(), CliError> {
        let (mut entries, mut after) = (Vec::new(), None::<String>);
        loop {
            let limit = (self.limit - entries.len()).clamp(1, client::MOST_AT_ONCE).to_string();
            let page: Entries = operator
                .ask(
                    Method::GET,
                    &[
                        ("source", self.source.as_deref()),
                        ("tag", self.tag.as_deref()),
                        ("scope", self.scope.as_deref()),
                        ("after", after.as_deref()),
                        ("limit", Some(&limit)),
                    ],
                )
                .await?;
            entries.extend(page.entries);
            after = page.next;
            if after.is_none() || entries.len() >= self.limit {
                break;
            }
        }
        terminal::data(&match self.format {
            Format::Text => text::table(&entries),
            Format::Json => text::json(&entries),
        });
        let count = match entries.len() {
            1 => "1 entry".to_owned(),
            count => format!("{count} entries"),
        };
        let more = after.map_or("", |_| "; there are more: see --limit");
        terminal::step("Listed", format!("{count}{more}"));
        Ok(())
    }
}

impl ShowArgs {
    async fn run(&self, operator: &Operator) -> Result<(), CliError> {
        let said = |yes: bool| yes.then_some("true");
        let found: Entries = operator
            .ask(
                Method::GET,
                &[
                    ("key", Some(&self.entry)),
                    ("body", said(self.body)),
                    ("userData", said(self.user_data)),
                ],
            )
            .await?;
        let entry = found.entries.first().ok_or_else(|| operator.is_not_ours())?;
        match (self.format, self.body) {
            (Format::Json, _) => terminal::data(&text::json(entry)),
            (Format::Text, false) => terminal::data(&text::entry(entry)),
            (Format::Text, true) => terminal::raw(&entry.content().ok_or_else(|| operator.is_not_ours())?),
        }
        Ok(())
    }
}

impl PurgeArgs {
    async fn run(&self, operator: &Operator) -> Result<(), CliError> {
        let which = if self.all { "all" } else { "dead" };
        if self.tags.is_empty() {
            let purged: Purged = operator.ask(Method::DELETE, &[("which", Some(which))]).await?;
            terminal::step("Purged", counted(purged.count.unwrap_or_default(), "value"));
            return Ok(());
        }
        for tag in &self.tags {
            let _: Purged = operator.ask(Method::DELETE, &[("tag", Some(tag))]).await?;
        }
        terminal::step("Purged", self.tags.join(", "));
        Ok(())
    }
}
