//! A host on a free port, with components built once for the run.

pub(crate) mod client;
pub(crate) mod components;
#[expect(unreachable_pub, reason = "it is public in the end-to-end tests")]
#[path = "../../../../../tests/src/redis.rs"]
pub(crate) mod redis;
pub(crate) mod upstream;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use midspan_host::{Host, HostError, HostOptions, LogLine, RequestRecord, RunningHost};
use tempfile::TempDir;

pub(crate) use client::{Answer, get, request};

/// An application in a folder of its own.
pub(crate) struct App {
    pub(crate) folder: TempDir,
    pub(crate) options: HostOptions,
    pub(crate) records: Arc<Mutex<Vec<RequestRecord>>>,
    pub(crate) log: Arc<Mutex<Vec<LogLine>>>,
    pub(crate) output: Arc<Mutex<Vec<String>>>,
}

impl App {
    /// An application with this manifest; `probe.wasm` stands for the probe component, which is compiled already.
    pub(crate) fn new(manifest: &str) -> Self {
        let app = Self::uncompiled(manifest);
        let cache = app.folder.path().join(".spin/cache");
        std::fs::create_dir_all(&cache).expect("a folder for compiled code");
        for file in std::fs::read_dir(components::compiled_probe()).expect("compiled code") {
            let file = file.expect("compiled code").path();
            std::fs::copy(&file, cache.join(file.file_name().expect("a name"))).expect("compiled code is copied");
        }
        app
    }

    /// As [`App::new`], but the probe is not compiled.
    pub(crate) fn uncompiled(manifest: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::copy(components::probe(), folder.path().join("probe.wasm")).expect("the probe is copied");
        std::fs::write(folder.path().join("spin.toml"), manifest).expect("the manifest is written");
        let (records, log, output) = (Arc::default(), Arc::default(), Arc::default());
        let options = HostOptions {
            listen: ([127, 0, 0, 1], 0).into(),
            on_request: Some({
                let records: Arc<Mutex<Vec<RequestRecord>>> = Arc::clone(&records);
                Arc::new(move |record| records.lock().expect("records").push(record.clone()))
            }),
            on_log: Some({
                let log: Arc<Mutex<Vec<LogLine>>> = Arc::clone(&log);
                Arc::new(move |line| log.lock().expect("log").push(line.clone()))
            }),
            on_output: Some({
                let output: Arc<Mutex<Vec<String>>> = Arc::clone(&output);
                Arc::new(move |line| {
                    output
                        .lock()
                        .expect("output")
                        .push(format!("{} {}", line.component, line.line));
                })
            }),
            ..HostOptions::default()
        };
        Self {
            folder,
            options,
            records,
            log,
            output,
        }
    }

    /// One probe on `/...`, with these lines in its component.
    pub(crate) fn probe(component: &str) -> Self {
        Self::new(&probe_manifest(component))
    }

    pub(crate) fn manifest(&self) -> PathBuf {
        self.folder.path().join("spin.toml")
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).expect("a file is written");
        path
    }

    /// Puts a component, as text, in the probe's place.
    pub(crate) fn write_component(&self, text: &str) {
        let bytes = wat::parse_str(text).expect("a component");
        std::fs::write(self.folder.path().join("probe.wasm"), bytes).expect("the component is written");
    }

    pub(crate) async fn try_start(&self) -> Result<RunningHost, HostError> {
        Host::start(self.manifest(), self.options.clone()).await
    }

    pub(crate) async fn start(&self) -> RunningHost {
        self.try_start()
            .await
            .unwrap_or_else(|error| panic!("the host starts: {error}"))
    }

    /// All that was logged so far, in one text.
    pub(crate) fn logged(&self) -> String {
        let log = self.log.lock().expect("log");
        let line = |line: &LogLine| [line.component.as_deref().unwrap_or(""), ": ", &line.message, "\n"].concat();
        log.iter().map(line).collect()
    }
}

pub(crate) fn probe_manifest(component: &str) -> String {
    format!(
        "spin_manifest_version = 2\n\
         [application]\n\
         name = \"test\"\n\
         [[trigger.http]]\n\
         route = \"/...\"\n\
         component = \"probe\"\n\
         [component.probe]\n\
         source = \"probe.wasm\"\n\
         {component}\n"
    )
}

/// The repository's root.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The URL of a path on a host.
pub(crate) fn url(host: &RunningHost, path: &str) -> String {
    format!("http://{}{path}", host.local_addr())
}
