//! The command while it serves.

use std::{
    io::{BufRead, BufReader, Read},
    net::SocketAddr,
    process::{Child, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
    time::Duration,
};

use super::{Answer, get, get_with};

/// Only so that a test that waits for what never comes fails rather than hangs.
const PATIENCE: Duration = Duration::from_mins(5);

/// A command that serves. Dropping it ends it at once.
pub(crate) struct Running {
    child: Child,
    pub(crate) address: SocketAddr,
    pub(crate) stdout: Lines,
    pub(crate) stderr: Lines,
}

/// The lines of a stream, as they come.
pub(crate) struct Lines {
    incoming: Receiver<String>,
    seen: Vec<String>,
}

impl Running {
    /// Starts the command, and waits until it serves.
    pub(crate) fn start(command: &mut Command) -> Self {
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().expect("the command starts");
        let mut stdout = Lines::of(child.stdout.take().expect("it is piped"));
        let mut stderr = Lines::of(child.stderr.take().expect("it is piped"));
        let Some(line) = stdout.find("Serving http://") else {
            let _ = child.wait();
            panic!("it does not serve:\n{}", stderr.rest());
        };
        let address = line.trim_start_matches("Serving http://").parse().expect("an address");
        Self {
            child,
            address,
            stdout,
            stderr,
        }
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        get(self.address, path)
    }

    pub(crate) fn get_with(&self, path: &str, header: &str) -> Answer {
        get_with(self.address, path, header)
    }

    /// Asks the process to stop, as a supervisor or a terminal does.
    #[cfg(unix)]
    pub(crate) fn signal(&self, name: &str) {
        let status = Command::new("kill")
            .args(["-s", name, &self.child.id().to_string()])
            .status();
        assert!(status.expect("kill runs").success());
    }

    /// Ends it; all that it has said.
    pub(crate) fn end(mut self) -> String {
        let _ = self.child.kill();
        let _ = self.child.wait();
        [self.stdout.rest(), self.stderr.rest()].join("\n")
    }

    /// Waits for the process to end; its exit code, none if a signal ended it.
    pub(crate) fn exit_code(&mut self) -> Option<i32> {
        self.child.wait().expect("the process is ours").code()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Lines {
    fn of(stream: impl Read + Send + 'static) -> Self {
        let (sender, incoming) = channel();
        thread::spawn(move || {
            for line in BufReader::new(stream).lines().map_while(Result::ok) {
                let _ = sender.send(line);
            }
        });
        Self {
            incoming,
            seen: Vec::new(),
        }
    }

    /// The next line that contains this text.
    pub(crate) fn wait_for(&mut self, text: &str) -> String {
        self.find(text)
            .unwrap_or_else(|| panic!("there was no {text:?} in:\n{}", self.seen.join("\n")))
    }

    /// All lines, once the process has ended.
    pub(crate) fn rest(&mut self) -> String {
        self.seen.extend(self.incoming.iter());
        self.seen.join("\n")
    }

    fn find(&mut self, text: &str) -> Option<String> {
        loop {
            let line = self.incoming.recv_timeout(PATIENCE).ok()?;
            self.seen.push(line.clone());
            if line.contains(text) {
                return Some(line);
            }
        }
    }
}
