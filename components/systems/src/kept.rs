//! How long the suite keeps what its systems answer, and for whom.
//!
//! Most of these systems forbid caching with everything that they send, and their data is known here. What every employee
//! may see is kept for all. What is somebody's own is kept for them alone, and only if they have signed in. Salaries and
//! payslips are not kept at all.

use std::time::Duration;

use midspan::cache::{Cache, Scope};

const DAY: Duration = Duration::from_hours(24);

/// What everybody reads all the time, news and cards: read again beside the answers, and from an instance's own memory for
/// a second.
pub const HEADLINES: Cache = Cache::ttl(Duration::from_mins(1))
    .ignoring_source_headers()
    .stale_while_revalidate(Duration::from_mins(5))
    .stale_if_error(DAY)
    .in_instance(Duration::from_secs(1));

/// Who people are and whom they work with, as every colleague may see it.
pub const PEOPLE: Cache = Cache::ttl(Duration::from_mins(10))
    .ignoring_source_headers()
    .stale_if_error(DAY);

/// Pictures, and that there is none.
pub const PHOTOS: Cache = Cache::ttl(Duration::from_hours(1))
    .ignoring_source_headers()
    .not_found(Duration::from_mins(10))
    .stale_if_error(DAY);

/// Which apps there are: for the user whose token the source gets, and for all where it gets the connector's own.
pub const APPS: Cache = Cache::ttl(Duration::from_mins(5))
    .ignoring_source_headers()
    .stale_if_error(Duration::from_hours(1));

/// An employee's tasks, leave and calendar.
pub const OWN: Cache = Cache::ttl(Duration::from_mins(1))
    .ignoring_source_headers()
    .scope(Scope::User);
