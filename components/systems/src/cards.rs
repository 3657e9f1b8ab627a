//! Cards, from the card system.

use midspan::{prelude::*, source::Call};

use crate::{CARDS, kept};

/// Something that wants attention.
#[derive(Debug, PartialEq, Data)]
pub struct Card {
    /// Id
    pub id: String,
    /// Title
    pub title: String,
    /// Text
    pub text: String,
    /// Category
    pub category: String,
    /// Link
    pub link: Option<String>,
    /// Published
    pub created_at: Timestamp,
    /// Withdrawn
    ///
    /// It no longer counts.
    pub withdrawn: bool,
}

/// What has changed, and from where to ask next time.
#[derive(Debug)]
pub struct Changes {
    /// The newest last.
    pub cards: Vec<Card>,
    /// What to pass as `since`.
    pub cursor: String,
}

/// Changes of one call.
const PAGE: u32 = 100;
/// Calls for one question: the card system itself knows fewer changes.
const MOST_PAGES: u32 = 10;

/// The latest `limit` cards, withdrawn ones left out.
///
/// # Errors
/// Those of the source.
pub async fn latest(ctx: &Context, limit: u32) -> Result<Vec<Card>> {
    let answer: Answer = get(ctx, limit).cached(kept::HEADLINES).tag("cards").json().await?;
    let cards = answer.cards.into_iter().map(Card::from);
    Ok(cards.filter(|card| !card.withdrawn).collect())
}

/// Where the stream stands now.
///
/// # Errors
/// Those of the source.
pub async fn cursor(ctx: &Context) -> Result<String> {
    let answer: Answer = get(ctx, 1).json().await?;
    Ok(answer.cursor)
}

/// All changes since a cursor; where the card system no longer knows them, none, and the cursor of now.
///
/// # Errors
/// Those of the source.
pub async fn since(ctx: &Context, since: &str) -> Result<Changes> {
    let mut cards = Vec::new();
    let (mut newest, mut before) = (None, None::<String>);
    for _ in 0..MOST_PAGES {
        let call = get(ctx, PAGE)
            .query("since", since)
            .query_opt("before", before.as_deref());
        let Some(answer) = call.found::<Answer>().await? else {
            let cursor = cursor(ctx).await?;
            return Ok(Changes { cards: vec![], cursor });
        };
        cards.extend(answer.cards.into_iter().map(Card::from));
        // Later pages are of older changes: the first one has the newest.
        newest.get_or_insert(answer.cursor);
        before = answer.next.as_deref().and_then(parameter_before);
        if before.is_none() {
            break;
        }
    }
    cards.reverse();
    Ok(Changes {
        cards,
        cursor: newest.unwrap_or_else(|| since.to_owned()),
    })
}

fn get(ctx: &Context, limit: u32) -> Call<'_> {
    ctx.source(&CARDS).get("/v1/cards").query("limit", limit)
}

/// `before` of `/v1/cards?since=...&before=...`.
fn parameter_before(link: &str) -> Option<String> {
    let (_, query) = link.split_once('?')?;
    let mut parameters = form_urlencoded::parse(query.as_bytes());
    let found = parameters.find(|(name, _)| name == "before")?;
    Some(found.1.into_owned())
}

#[derive(Deserialize)]
struct Answer {
    /// The newest first.
    cards: Vec<Row>,
    cursor: String,
    next: Option<String>,
}

/// As the card system has it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    id: String,
    title: String,
    text: String,
    category: String,
    link: Option<String>,
    status: String,
    created_at: Timestamp,
}

impl From<Row> for Card {
    fn from(row: Row) -> Self {
        Self {
            withdrawn: row.status == "withdrawn",
            id: row.id,
            title: row.title,
            text: row.text,
            category: row.category,
            link: row.link,
            created_at: row.created_at,
        }
    }
}
