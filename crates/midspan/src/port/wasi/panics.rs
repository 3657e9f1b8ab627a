//! What the log says of a panic: where, and why only as far as that is written in the code.

use std::{panic::PanicHookInfo, sync::Once};

use super::write_line;

/// Has every panic of this instance logged as a line like others. A message that was put together when it happened (an
/// `unwrap` shows the error) may name people: as with what sources say, `MIDSPAN_LOG_SOURCES` asks for it.
pub(super) fn log_where() {
    static SET: Once = Once::new();
    SET.call_once(|| std::panic::set_hook(Box::new(log)));
}

fn log(info: &PanicHookInfo<'_>) {
    let place = info
        .location()
        .map(|at| format!(" at {}:{}:{}", at.file(), at.line(), at.column()));
    let written = info.payload().downcast_ref::<&'static str>().copied();
    let made = info.payload().downcast_ref::<String>().map(String::as_str);
    let may_log = std::env::var("MIDSPAN_LOG_SOURCES").is_ok_and(|value| value == "true");
    let why = written.map_or_else(String::new, |why| format!(": {why}"));
    let line = serde_json::json!({
        "level": "error",
        "message": format!("it panicked{}{why}", place.unwrap_or_default()),
        "said": made.filter(|_| may_log),
    });
    write_line(&line.to_string());
}
