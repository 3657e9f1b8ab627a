//! A host in a process of its own: to be killed, or to be short of something that a process can be short of.

use std::{
    path::PathBuf,
    process::Stdio,
    sync::{Arc, Mutex, PoisonError},
};

use midspan_host::HostOptions;
use midspan_tests::{Client, LEAK, PROGRAM_KEY, Watched, root};
use serde::{Deserialize, Serialize};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

/// How the test's own program is told to be a host.
const GROUND: &str = "MIDSPAN_TEST_HOST";
const READY: &str = "the host is at ";

/// What a host stands on. Whoever starts another on the same ground shares its store.
#[derive(Serialize, Deserialize)]
pub(crate) struct Ground {
    /// From the repository's root.
    pub(crate) manifest: String,
    /// As `name=value`.
    pub(crate) variables: Vec<String>,
    pub(crate) runtime_config: PathBuf,
}

impl Ground {
    pub(crate) fn options(&self) -> HostOptions {
        HostOptions {
            listen: ([127, 0, 0, 1], 0).into(),
            variables: self.variables.clone(),
            state_dir: Some(root().join("target").join("midspan-tests")),
            runtime_config_file: Some(self.runtime_config.clone()),
            ..HostOptions::default()
        }
    }
}

/// The process; it is killed when this is dropped.
pub(crate) struct Elsewhere {
    child: Child,
    pub(crate) client: Client,
    leaks: Arc<Mutex<Vec<String>>>,
}

impl Elsewhere {
    pub(crate) async fn start(ground: &Ground) -> Self {
        Self::start_with(ground, &[]).await
    }

    /// With these variables in its environment.
    pub(crate) async fn start_with(ground: &Ground, environment: &[(&str, &str)]) -> Self {
        // By a shell, so that a file that gets too large is an error and not the end of the process.
        let mut child = Command::new("sh")
            .args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\""])
            .arg(std::env::current_exe().expect("the tests' program"))
            .args(["--exact", "elsewhere::a_host_of_its_own", "--ignored", "--nocapture"])
            .env(GROUND, serde_json::to_string(ground).expect("texts are JSON"))
            .envs(environment.iter().copied())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the host starts");
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        while let Some(line) = lines.next_line().await.expect("its output is text") {
            if let Some((_, address)) = line.split_once(READY) {
                let client = Client::new(format!("http://{address}")).with_key(PROGRAM_KEY);
                let leaks = Arc::<Mutex<Vec<String>>>::default();
                let seen = leaks.clone();
                // What it says later must not fill the pipe, nor break it.
                tokio::spawn(async move {
                    while let Ok(Some(line)) = lines.next_line().await {
                        if line.starts_with(LEAK) {
                            seen.lock().unwrap_or_else(PoisonError::into_inner).push(line);
                        }
                    }
                });
                return Self { child, client, leaks };
            }
        }
        panic!("the host does not start");
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id().expect("it runs")
    }

    /// As `kill -9`.
    pub(crate) async fn kill(&mut self) {
        self.child.kill().await.expect("it is killed");
    }

    /// From now on none of its files grows beyond so many bytes: to a process that is a disk without room.
    pub(crate) async fn may_write(&self, bytes: &str) {
        let id = self.id().to_string();
        let status = Command::new("prlimit")
            .args(["--pid", &id, &["--fsize=", bytes, ":"].concat()])
            .status()
            .await
            .expect("prlimit is installed (Debian: apt-get install util-linux)");
        assert!(status.success());
    }
}

impl Drop for Elsewhere {
    fn drop(&mut self) {
        let leaks = self.leaks.lock().unwrap_or_else(PoisonError::into_inner);
        if !std::thread::panicking() {
            assert!(
                leaks.is_empty(),
                "the host has emitted what it must not:\n{}",
                leaks.join("\n")
            );
        }
    }
}

/// Not a test: the program of the process.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "it is started by the other tests"]
async fn a_host_of_its_own() {
    let Ok(ground) = std::env::var(GROUND) else {
        return;
    };
    let ground: Ground = serde_json::from_str(&ground).expect("what the other process wrote");
    let started = Watched::start(root().join(&ground.manifest), ground.options()).await;
    let host = started.expect("the host starts");
    println!("{READY}{}", host.local_addr());
    std::future::pending::<()>().await;
}
