//! A real Spin.

use std::{
    io::{BufRead, BufReader},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

/// `spin up`, killed when dropped.
pub(crate) struct Spin {
    process: Child,
    port: u16,
    _state: tempfile::TempDir,
}

impl Spin {
    /// Starts it and waits until it says that it serves.
    pub(crate) async fn start(manifest: PathBuf, variables: &[String]) -> Self {
        let variables = variables.to_vec();
        tokio::task::spawn_blocking(move || Self::start_blocking(&manifest, &variables))
            .await
            .expect("Spin starts")
    }

    fn start_blocking(manifest: &Path, variables: &[String]) -> Self {
        let port = free_port();
        let state = tempfile::tempdir().expect("a folder for Spin's state");
        let mut command = Command::new("spin");
        command.args(["up", "--listen", &format!("127.0.0.1:{port}"), "--from"]);
        command.arg(manifest).arg("--state-dir").arg(state.path());
        command.args(variables.iter().flat_map(|variable| ["--variable", variable]));
        let mut process = command.stdout(Stdio::piped()).spawn().expect("`spin` is on the PATH");
        let output = BufReader::new(process.stdout.take().expect("its output is piped"));
        let mut lines = output.lines().map_while(Result::ok);
        assert!(
            lines.any(|line| line.starts_with("Serving")),
            "`spin up` ended before it served"
        );
        // Left unread, a full pipe would block it.
        std::thread::spawn(move || lines.for_each(drop));
        Self {
            process,
            port,
            _state: state,
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Drop for Spin {
    fn drop(&mut self) {
        // It has ended already where this fails.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Spin does not print the port that it chose, so that one is chosen for it.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("it is bound").port()
}
