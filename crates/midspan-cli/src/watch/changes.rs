//! Changes of files, gathered until there is a pause: an editor that saves and a checkout both touch many files.

use std::time::Duration;

use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::{
    sync::mpsc::{UnboundedReceiver, unbounded_channel},
    time::{Instant, timeout_at},
};

use crate::watch::files::{Change, WatchedFiles};

/// How long it must be quiet before a change counts as whole; Spin's own default.
const PAUSE: Duration = Duration::from_millis(100);

/// The changes of some files, from now on.
pub(super) struct Changes {
    files: WatchedFiles,
    events: UnboundedReceiver<notify::Result<Event>>,
    /// Tells of changes as long as it lives.
    _watcher: RecommendedWatcher,
}

impl Changes {
    /// Watches these files.
    pub(super) fn of(files: WatchedFiles) -> notify::Result<Self> {
        let (sender, events) = unbounded_channel();
        // Nobody receives any more only when the command ends.
        let mut watcher = notify::recommended_watcher(move |event| drop(sender.send(event)))?;
        for (folder, recursive) in files.folders() {
            watcher.watch(
                folder,
                if recursive {
                    RecursiveMode::Recursive
                } else {
                    RecursiveMode::NonRecursive
                },
            )?;
        }
        Ok(Self {
            files,
            events,
            _watcher: watcher,
        })
    }

    /// The next change that matters, whole. What happens between two calls is not lost.
    pub(super) async fn next(&mut self) -> notify::Result<Change> {
        let mut change = Change::default();
        let mut quiet_at = None;
        loop {
            let event = match quiet_at {
                Some(quiet_at) => match timeout_at(quiet_at, self.events.recv()).await {
                    Ok(event) => event,
                    Err(_) => return Ok(change),
                },
                None => self.events.recv().await,
            };
            let Some(event) = event else {
                return Err(notify::Error::generic("the system stopped telling"));
            };
            let news = self.meaning(&event?);
            if !news.is_nothing() {
                change.add(news);
                quiet_at = Some(Instant::now() + PAUSE);
            }
        }
    }

    fn meaning(&self, event: &Event) -> Change {
        if event.need_rescan() {
            return Change::everything();
        }
        let mut change = Change::default();
        // A build reads the files too.
        if !event.kind.is_access() {
            event
                .paths
                .iter()
                .map(|path| self.files.change_of(path))
                .for_each(|news| change.add(news));
        }
        change
    }
}
