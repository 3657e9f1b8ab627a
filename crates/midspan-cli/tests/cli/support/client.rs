//! HTTP by hand, so that a test decides when which byte is sent.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
};

/// What came back.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: String,
}

/// A request whose body is sent piece by piece.
pub(crate) struct Exchange(BufReader<TcpStream>);

/// Sends a GET.
pub(crate) fn get(address: SocketAddr, path: &str) -> Answer {
    let mut exchange = Exchange::begin(address, &format!("GET {path} HTTP/1.1"), 0);
    exchange.answer()
}

/// As [`get`], with a header.
pub(crate) fn get_with(address: SocketAddr, path: &str, header: &str) -> Answer {
    let head = format!("GET {path} HTTP/1.1\r\n{header}");
    Exchange::begin(address, &head, 0).answer()
}

impl Exchange {
    /// Sends the head of a request.
    pub(crate) fn begin(address: SocketAddr, request_line: &str, length: usize) -> Self {
        let stream = TcpStream::connect(address).expect("the host listens");
        let mut exchange = Self(BufReader::new(stream));
        let framing = if length > 0 {
            format!("content-length: {length}\r\n")
        } else {
            String::new()
        };
        exchange.send(&format!(
            "{request_line}\r\nhost: {address}\r\nconnection: close\r\n{framing}\r\n"
        ));
        exchange
    }

    /// Sends a piece.
    pub(crate) fn send(&mut self, piece: &str) {
        self.0
            .get_mut()
            .write_all(piece.as_bytes())
            .expect("the connection is open");
    }

    /// Waits for bytes of an answer's body to arrive: from then on the request is in work.
    pub(crate) fn wait_for(&mut self, piece: &str) {
        let mut seen = String::new();
        while !seen.contains(piece) {
            let line = self.0.fill_buf().expect("the connection is open");
            assert!(!line.is_empty(), "the answer ended: {seen}");
            seen += &String::from_utf8_lossy(line);
            let length = line.len();
            self.0.consume(length);
        }
    }

    /// Reads the rest, to the end of the connection.
    pub(crate) fn rest(&mut self) -> String {
        let mut text = String::new();
        self.0.read_to_string(&mut text).expect("the answer is complete");
        text
    }

    fn answer(&mut self) -> Answer {
        let text = self.rest();
        let (head, body) = text
            .split_once("\r\n\r\n")
            .unwrap_or_else(|| panic!("not an answer: {text:?}"));
        let status = head
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok())
            .expect("a status");
        let chunked = head.to_ascii_lowercase().contains("transfer-encoding: chunked");
        Answer {
            status,
            body: if chunked { unchunked(body) } else { body.to_owned() },
        }
    }
}

fn unchunked(mut chunks: &str) -> String {
    let mut body = String::new();
    while let Some((length, rest)) = chunks.split_once("\r\n") {
        let length = usize::from_str_radix(length, 16).expect("a chunk's length");
        body += &rest[..length];
        chunks = rest[length..].trim_start_matches("\r\n");
    }
    body
}
