//! What components print: lines to the caller's `on_output` and to Spin's log files.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use tokio::io::AsyncWrite;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};
use wasmtime_wasi::p2::{OutputStream as GuestStream, Pollable, StreamError, StreamResult};

use crate::options::{OnOutput, OutputLine, OutputStream};
use crate::telemetry::Telemetry;

/// A line longer than this is handed on in pieces, so that a component cannot fill the host's memory with one.
const LONGEST_LINE: usize = 64 * 1024;

/// One output stream of one component, as one of its instances has it.
pub(crate) struct Output {
    sink: Arc<Mutex<Sink>>,
    /// What this instance printed since its last end of line: lines of several instances do not mix.
    partial: Arc<Mutex<Vec<u8>>>,
}

struct Sink {
    component: String,
    stream: OutputStream,
    file: Option<File>,
    on_output: Option<OnOutput>,
    telemetry: Arc<Telemetry>,
}

impl Output {
    /// Appends to `<log_dir>/<component>_stdout.txt` or `_stderr.txt`, as Spin does.
    pub(crate) fn open(
        component: &str,
        stream: OutputStream,
        log_dir: Option<&Path>,
        on_output: Option<OnOutput>,
        telemetry: &Arc<Telemetry>,
    ) -> Result<Self, (PathBuf, io::Error)> {
        let file = log_dir
            .map(|directory| open_log(directory, component, stream))
            .transpose()?;
        let sink = Sink {
            component: component.to_owned(),
            stream,
            file,
            on_output,
            telemetry: Arc::clone(telemetry),
        };
        Ok(Self {
            sink: Arc::new(Mutex::new(sink)),
            partial: Arc::default(),
        })
    }

    /// The same for another instance.
    pub(crate) fn of_instance(&self) -> Self {
        Self {
            sink: Arc::clone(&self.sink),
            partial: Arc::default(),
        }
    }

    fn write(&self, bytes: &[u8]) {
        let mut partial = self.partial.lock().unwrap_or_else(PoisonError::into_inner);
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            partial.extend_from_slice(piece);
            if piece.ends_with(b"\n") || partial.len() >= LONGEST_LINE {
                self.sink().write(&partial);
                partial.clear();
            }
        }
    }

    fn sink(&self) -> MutexGuard<'_, Sink> {
        self.sink.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clone for Output {
    fn clone(&self) -> Self {
        Self {
            sink: Arc::clone(&self.sink),
            partial: Arc::clone(&self.partial),
        }
    }
}

impl Drop for Output {
    /// What an instance printed last may have no end of line.
    fn drop(&mut self) {
        if Arc::strong_count(&self.partial) > 1 {
            return;
        }
        let partial = self.partial.lock().unwrap_or_else(PoisonError::into_inner);
        if !partial.is_empty() {
            self.sink().write(&partial);
        }
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
    fn write(&mut self, line: &[u8]) {
        if let Some(file) = &mut self.file {
            // A full disk must not fail the request that printed.
            let _ = file.write_all(line);
        }
        if self.on_output.is_none() && !self.telemetry.is_active() {
            return;
        }
        let text = String::from_utf8_lossy(line);
        let line = OutputLine {
            component: &self.component,
            stream: self.stream,
            line: text.trim_end_matches(['\n', '\r']),
        };
        self.telemetry.printed(&line);
        if let Some(on_output) = &self.on_output {
            on_output(&line);
        }
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
        let output = Output::open("home", OutputStream::Stdout, None, Some(on_output), &Telemetry::new())
            .expect("no file to open");

        output.write(b"one\ntw");
        let other = output.of_instance();
        other.write(b"four\n");
        output.write(b"o\nthree");
        assert_eq!(*lines.lock().expect("lines"), ["one", "four", "two"]);

        drop(output);
        assert_eq!(*lines.lock().expect("lines"), ["one", "four", "two", "three"]);
    }

    #[test]
    fn a_component_prints_into_spins_log_file() {
        let directory = tempfile::tempdir().expect("a temporary folder");
        let output = Output::open(
            "home",
            OutputStream::Stderr,
            Some(directory.path()),
            None,
            &Telemetry::new(),
        )
        .expect("a log file");

        output.write(b"careful\n");

        let text = std::fs::read_to_string(directory.path().join("home_stderr.txt")).expect("the log file");
        assert_eq!(text, "careful\n");
    }
}
