//! What components print: lines to the caller's `on_output` and to Spin's log files.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use tokio::io::AsyncWrite;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};
use wasmtime_wasi::p2::{OutputStream as GuestStream, Pollable, StreamError, StreamResult};

use crate::options::{OnOutput, OutputLine, OutputStream};

/// A line longer than this is handed on in pieces, so that a component cannot fill the host's memory with one.
const LONGEST_LINE: usize = 64 * 1024;

/// One output stream of one component, shared by its instances.
#[derive(Clone)]
pub(crate) struct Output(Arc<Mutex<Sink>>);

struct Sink {
    component: String,
    stream: OutputStream,
    file: Option<File>,
    on_output: Option<OnOutput>,
    /// What was printed since the last end of line.
    partial: Vec<u8>,
}

impl Output {
    /// Appends to `<log_dir>/<component>_stdout.txt` or `_stderr.txt`, as Spin does.
    pub(crate) fn open(
        component: &str,
        stream: OutputStream,
        log_dir: Option<&Path>,
        on_output: Option<OnOutput>,
    ) -> Result<Self, (PathBuf, io::Error)> {
        let file = log_dir
            .map(|directory| open_log(directory, component, stream))
            .transpose()?;
        let component = component.to_owned();
        Ok(Self(Arc::new(Mutex::new(Sink {
            component,
            stream,
            file,
            on_output,
            partial: Vec::new(),
        }))))
    }

    fn write(&self, bytes: &[u8]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes);
    }
}

fn open_log(directory: &Path, component: &str, stream: OutputStream) -> Result<File, (PathBuf, io::Error)> {
    let suffix = match stream {
        OutputStream::Stdout => "stdout",
        OutputStream::Stderr => "stderr",
    };
    let path = directory.join(format!("{}_{suffix}.txt", file_name_of(component)));
    std::fs::create_dir_all(directory)
        .and_then(|()| OpenOptions::new().create(true).append(true).open(&path))
        .map_err(|error| (path, error))
}

/// Component ids are kebab-case in a checked manifest; nothing else may become part of a path.
fn file_name_of(component: &str) -> String {
    component
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || c == '-' || c == '_' {
                c
            } else {
                '_'
            }
        })
        .collect()
}

impl Sink {
    fn write(&mut self, bytes: &[u8]) {
        if let Some(file) = &mut self.file {
            // A full disk must not fail the request that printed.
            let _ = file.write_all(bytes);
        }
        if self.on_output.is_none() {
            return;
        }
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.partial.extend_from_slice(piece);
            if piece.ends_with(b"\n") || self.partial.len() >= LONGEST_LINE {
                self.hand_on();
            }
        }
    }

    fn hand_on(&mut self) {
        let line = String::from_utf8_lossy(&self.partial);
        if let Some(on_output) = &self.on_output {
            let line = line.trim_end_matches(['\n', '\r']);
            on_output(&OutputLine {
                component: &self.component,
                stream: self.stream,
                line,
            });
        }
        self.partial.clear();
    }
}

impl IsTerminal for Output {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for Output {
    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        Box::new(self.clone())
    }

    fn p2_stream(&self) -> Box<dyn GuestStream> {
        Box::new(self.clone())
    }
}

impl AsyncWrite for Output {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.write(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[wasmtime_wasi::async_trait]
impl Pollable for Output {
    async fn ready(&mut self) {}
}

impl GuestStream for Output {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        Output::write(self, &bytes);
        Ok(())
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> Result<usize, StreamError> {
        Ok(LONGEST_LINE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_arrive_whole_whatever_the_writes_were() {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&lines);
        let on_output: OnOutput = Arc::new(move |line| seen.lock().expect("lines").push(line.line.to_owned()));
        let output = Output::open("home", OutputStream::Stdout, None, Some(on_output)).expect("no file to open");

        output.write(b"one\ntw");
        output.write(b"o\nthree");

        assert_eq!(*lines.lock().expect("lines"), ["one", "two"]);
    }

    #[test]
    fn a_component_prints_into_spins_log_file() {
        let directory = tempfile::tempdir().expect("a temporary folder");
        let output = Output::open("home", OutputStream::Stderr, Some(directory.path()), None).expect("a log file");

        output.write(b"careful\n");

        let text = std::fs::read_to_string(directory.path().join("home_stderr.txt")).expect("the log file");
        assert_eq!(text, "careful\n");
    }
}
