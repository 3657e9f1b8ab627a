//! What the intranet reports.

use super::Population;
use super::draw::{Draw, Kind};
use super::guid::Guid;
use super::moment::Moment;

static CATEGORIES: &[&str] = &["Company", "People", "Safety", "IT", "Sustainability", "Events"];
static SUBJECTS: &[&str] = &[
    "The new canteen in München",
    "Our year in figures",
    "The reporting tool",
    "Café de l’innovation",
    "The cycling challenge",
    "Building 4",
    "Open enrolment",
    "The Łódź plant",
    "Travel policy",
    "The “Ideas & Ideals” award",
    "大阪 office",
    "Fire drill",
];
static EVENTS: &[&str] = &[
    "opens on Monday",
    "in five questions",
    "gets an update",
    "is back",
    "wins a prize",
    "needs your help",
    "moves",
    "at a glance",
];
static TEASERS: &[&str] = &[
    "What changes, what stays, and whom to ask.",
    "Thank you to everyone who made it possible!",
    "Please read this before the end of the week: it takes <2 minutes & saves you hours.",
    "Ein kurzer Überblick für alle, die es eilig haben.",
    "Les détails, étape par étape.",
];

/// One news item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewsItem {
    /// 1 to [`Population::NEWS`]: the item's id in the list.
    pub id: u32,
    /// `GUID` column.
    pub guid: Guid,
    /// One of six categories.
    pub category: &'static str,
    /// When it was published; a later id is never older.
    pub published: Moment,
    /// Number of the employee who wrote it.
    pub author: u32,
    /// Kept at the top of the page; about one in a hundred.
    pub pinned: bool,
    /// What it is about, in a sentence.
    pub teaser: &'static str,
    /// Version of the item (in the `ETag`).
    pub version: u32,
    subject: &'static str,
    event: &'static str,
}

impl NewsItem {
    pub(super) fn draw(seed: u64, id: u32) -> Self {
        let mut draw = Draw::new(seed, Kind::News, u64::from(id));
        // Eight hours apart, with up to seven hours of jitter: the order of ids is the order of publication.
        let age = i64::from(Population::NEWS - id) * 8 * 3_600 + i64::from(draw.below(7 * 60)) * 60;
        Self {
            id,
            guid: Guid::of(seed, Kind::News, id),
            category: draw.pick(CATEGORIES),
            published: Moment::NOW.plus_seconds(-age),
            author: draw.below(Population::EMPLOYEES) + 1,
            pinned: draw.chance(1, 100),
            teaser: draw.pick(TEASERS),
            version: draw.below(9) + 1,
            subject: draw.pick(SUBJECTS),
            event: draw.pick(EVENTS),
        }
    }

    /// The headline.
    #[must_use]
    pub fn title(&self) -> String {
        format!("{} {}", self.subject, self.event)
    }

    /// Where its picture lies, relative to the host.
    #[must_use]
    pub fn image_path(&self) -> String {
        format!("/sites/intranet/SiteAssets/News/{}.jpg", self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_later_id_is_never_older() {
        let population = Population::new(1);
        assert_eq!(population.news().len(), Population::NEWS as usize);
        assert!(population.news().is_sorted_by_key(|item| item.published));
        assert!(population.news().iter().all(|item| item.published <= Moment::NOW));
    }
}
