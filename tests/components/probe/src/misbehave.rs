//! What a component should not do, and the host must survive.

use std::time::Duration;

use bytes::Bytes;
use futures::stream;
use http_body::Frame;
use http_body_util::StreamBody;
use spin_sdk::http::{BoxBody, Response, box_body};

use crate::{Answer, Query, number, text};

pub(crate) fn trap() -> Answer {
    panic!("the probe was told to trap")
}

/// Sends a piece of the body, and traps instead of the next.
pub(crate) fn trap_after_head() -> Response<BoxBody> {
    let pieces = stream::unfold(false, |sent| async move {
        assert!(!sent, "the probe was told to trap in its body");
        // More than the host waits for before it sends the head.
        Some((anyhow::Ok(Frame::data(Bytes::from(vec![b'x'; 256 * 1024]))), true))
    });
    Response::new(box_body(StreamBody::new(pieces)))
}

pub(crate) fn compute_for_ever() -> Answer {
    let mut number = 0_u64;
    loop {
        number = std::hint::black_box(number.wrapping_add(1));
    }
}

pub(crate) fn eat_memory() -> Answer {
    let mut eaten: Vec<Vec<u8>> = Vec::new();
    loop {
        eaten.push(std::hint::black_box(vec![1; 1024 * 1024]));
    }
}

/// Sleeps in a WASI 0.2 call, which holds the whole instance.
pub(crate) fn block(query: &Query) -> Answer {
    std::thread::sleep(Duration::from_millis(number(query, "ms")?));
    Ok(text("slept"))
}
