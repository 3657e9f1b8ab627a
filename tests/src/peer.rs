//! Programs made by others, from npm and Python packages: what we say to them is judged by somebody else's reading of the standards.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Mutex, PoisonError},
};

use crate::{Client, root};

/// A server of `tests/peers`, ended when dropped.
pub struct Peer {
    /// Sends requests to it.
    pub client: Client,
    process: Child,
}

impl Peer {
    /// Installs its packages, once for each lock file, and runs `tests/peers/<name>/server.js` until that says
    /// `listening on <URL>`.
    ///
    /// # Panics
    /// If it can't start: the test fails with the reason.
    pub async fn start(name: &'static str, environment: &[(&str, &str)]) -> Self {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let environment: Vec<_> = environment.iter().map(owned).collect();
        let started = tokio::task::spawn_blocking(move || Self::start_blocking(name, environment));
        started.await.expect("the peer starts")
    }

    fn start_blocking(name: &str, environment: Vec<(String, String)>) -> Self {
        let mut command = Command::new("node");
        command.arg("server.js").current_dir(installed(name)).envs(environment);
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("Node.js runs: `apt-get install nodejs npm`");
        let output = BufReader::new(process.stdout.take().expect("its output is piped"));
        let mut lines = output.lines().map_while(Result::ok);
        let url = lines.find_map(|line| line.strip_prefix("listening on ").map(ToOwned::to_owned));
        // Left unread, a full pipe would block it.
        std::thread::spawn(move || lines.for_each(drop));
        Self {
            client: Client::new(url.expect("the peer listens before it ends")),
            process,
        }
    }

    /// Where it is, without a trailing slash.
    #[must_use]
    pub fn url(&self) -> &str {
        self.client.base()
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // It has ended already where this fails.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The folder with the server and its packages.
fn installed(name: &str) -> PathBuf {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _guard = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = packages(name);
    let program = root().join("tests/peers").join(name).join("server.js");
    let copy = folder.join("server.js");
    let text = fs::read(&program).expect("the peer has a server.js");
    // One that is the same is left alone: another test's process may be reading it at this moment.
    if fs::read(&copy).is_ok_and(|there| there == text) {
        return folder;
    }
    fs::write(&copy, text).expect("the peer can be copied");
    folder
}

/// Node.js with the npm packages of `tests/peers/<name>`, for a script of that folder.
///
/// # Panics
/// If they can't be installed: the test fails with the reason.
#[must_use]
pub fn node(name: &str, script: &str) -> Command {
    let modules = packages(name).join("node_modules");
    let mut node = Command::new("node");
    node.env("NODE_PATH", modules)
        .arg(root().join("tests/peers").join(name).join(script));
    node
}

/// The folder with a peer's npm packages, which are installed once for each lock file.
fn packages(name: &str) -> PathBuf {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _guard = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let source = root().join("tests/peers").join(name);
    let folder = folder(name, &source.join("package-lock.json"));
    if !folder.join("node_modules").is_dir() {
        install(&source, &folder);
    }
    folder
}

/// Where the packages of a lock file are: in Cargo's target folder, which CI keeps between runs.
fn folder(name: &str, lock: &Path) -> PathBuf {
    let lock = fs::read(lock).expect("the peer has a lock file");
    target()
        .join("peers")
        .join(format!("{name}-{:016x}", fingerprint(&lock)))
}

/// A Python of the packages that `tests/peers/<name>/requirements.txt` pins, installed once for each such file.
///
/// # Panics
/// If they can't be installed: the test fails with the reason.
#[must_use]
pub fn python(name: &str) -> Command {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _guard = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let requirements = root().join("tests/peers").join(name).join("requirements.txt");
    let packages = folder(name, &requirements);
    if !packages.is_dir() {
        let parent = packages.parent().expect("the folder of all peers");
        fs::create_dir_all(parent).expect("the target folder can be written");
        let fresh = tempfile::tempdir_in(parent).expect("the target folder can be written");
        let mut pip = Command::new("python3");
        pip.args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--no-deps",
            "--no-warn-script-location",
        ]);
        pip.arg("--target").arg(fresh.path()).arg("-r").arg(&requirements);
        let status = pip
            .status()
            .expect("Python runs: `apt-get install python3 python3-pip`");
        assert!(status.success(), "pip can't install {}", requirements.display());
        fs::rename(fresh.keep(), &packages).expect("the packages can be moved to their place");
    }
    let mut python = Command::new("python3");
    python.env("PYTHONPATH", packages);
    python
}

fn install(source: &Path, folder: &Path) {
    let parent = folder.parent().expect("the folder of all peers");
    fs::create_dir_all(parent).expect("the target folder can be written");
    // What breaks off half-way is not taken for whole.
    let fresh = tempfile::tempdir_in(parent).expect("the target folder can be written");
    for file in ["package.json", "package-lock.json"] {
        fs::copy(source.join(file), fresh.path().join(file)).expect("the peer can be copied");
    }
    let mut npm = Command::new("npm");
    npm.args(["ci", "--no-audit", "--no-fund", "--ignore-scripts", "--silent"])
        .current_dir(fresh.path());
    let status = npm.status().expect("npm runs: `apt-get install nodejs npm`");
    assert!(
        status.success(),
        "npm can't install the packages of {}",
        source.display()
    );
    fs::rename(fresh.keep(), folder).expect("the packages can be moved to their place");
}

fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// FNV-1a: tells lock files apart.
fn fingerprint(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
