//! `--watch`: builds and serves anew what has changed. Nobody who calls notices a reload: requests in work end on the
//! version they began on.

mod changes;
mod files;

use std::{convert::Infallible, time::Instant};

use midspan_host::{RunningHost, manifest::Manifest};

use crate::{
    build,
    error::CliError,
    serve, terminal,
    watch::{
        changes::Changes,
        files::{Change, WatchedFiles},
    },
};

/// An application whose files are watched from the moment this exists, so that no change during a long build is lost.
pub(crate) struct Watch {
    manifest: Manifest,
    changes: Changes,
}

impl Watch {
    /// Begins to watch, and says what cannot be watched.
    ///
    /// # Errors
    /// The system does not tell of changed files.
    pub(crate) fn begin(manifest: &Manifest) -> Result<Self, CliError> {
        let (files, warnings) = WatchedFiles::of(manifest);
        for warning in warnings {
            terminal::problem(warning);
        }
        Ok(Self {
            manifest: manifest.clone(),
            changes: Changes::of(files)?,
        })
    }

    /// Builds what changes and has the host reload, for ever. What fails is told, and the version before stays.
    ///
    /// # Errors
    /// The system does not tell of changed files any more.
    pub(crate) async fn rebuild_on_change(mut self, host: &RunningHost) -> Result<Infallible, CliError> {
        // A build that fails leaves the ones after it undone.
        let mut undone = Change::default();
        loop {
            undone.add(self.changes.next().await?);
            match self.rebuild(&undone, host).await {
                Ok(()) => undone = Change::default(),
                Err(error) => {
                    terminal::problem(error.report());
                    terminal::step("Serving", "the version before, until this is mended");
                }
            }
        }
    }

    async fn rebuild(&mut self, change: &Change, host: &RunningHost) -> Result<(), CliError> {
        let begun = Instant::now();
        if change.manifest {
            *self = Self::begin(&Manifest::load(&self.manifest.path)?)?;
        }
        let components = self.manifest.components.iter();
        build::build(
            &self.manifest,
            components.filter(|component| change.concerns(&component.id)),
        )
        .await?;
        let routes = host.routes();
        host.reload().await?;
        terminal::step(
            "Reloaded",
            format!("{change} in {:.1} s", begun.elapsed().as_secs_f64()),
        );
        if change.manifest {
            serve::warn(host);
        }
        if host.routes() != routes {
            serve::print_routes(host);
        }
        Ok(())
    }
}
