//! What happens while the host serves, each as one readable line.

use std::time::Duration;

use anstyle::{AnsiColor, Style};
use jiff::civil::Time;
use midspan_host::{LogLevel, LogLine, OutputLine, RequestRecord};

use crate::terminal::colored;

const FAINT: Style = Style::new().dimmed();

/// A request: `12:04:31.250  200   34.1 ms  GET /home/:employee_id  home`. The path itself may hold personal data.
pub(crate) fn request(at: Time, record: &RequestRecord) -> String {
    let status = colored(match record.status.as_u16() {
        ..300 => AnsiColor::Green,
        300..400 => AnsiColor::Cyan,
        400..500 => AnsiColor::Yellow,
        _ => AnsiColor::Red,
    });
    let component = record
        .component
        .as_deref()
        .map(|component| format!("  {FAINT}{component}{FAINT:#}"));
    let error = record
        .error
        .as_deref()
        .map(|error| format!("  {status}{error}{status:#}"));
    format!(
        "{}  {status}{}{status:#}  {}  {} {}{}{}",
        clock(at),
        record.status.as_u16(),
        duration(record.duration),
        record.method,
        record.route.as_deref().unwrap_or("(no route)"),
        component.unwrap_or_default(),
        error.unwrap_or_default(),
    )
}

/// A line that a component printed: `12:04:31.250  home | text`.
pub(crate) fn output(at: Time, output: &OutputLine<'_>) -> String {
    format!("{}  {FAINT}{} |{FAINT:#} {}", clock(at), output.component, output.line)
}

/// An event for the operator: `12:04:31.250  warning: component "home": text`.
pub(crate) fn event(at: Time, event: &LogLine) -> String {
    let (severity, style) = match event.level {
        LogLevel::Error => ("error", colored(AnsiColor::Red).bold()),
        LogLevel::Warning => ("warning", colored(AnsiColor::Yellow).bold()),
    };
    let subject = event
        .component
        .as_ref()
        .map(|component| format!("component \"{component}\": "))
        .unwrap_or_default();
    format!("{}  {style}{severity}:{style:#} {subject}{}", clock(at), event.message)
}

fn clock(at: Time) -> String {
    let (hour, minute, second, millisecond) = (at.hour(), at.minute(), at.second(), at.millisecond());
    format!("{FAINT}{hour:02}:{minute:02}:{second:02}.{millisecond:03}{FAINT:#}")
}

/// Nine characters for what is usual, so that paths stand in a column.
fn duration(duration: Duration) -> String {
    if duration < Duration::from_secs(10) {
        format!("{:>6.1} ms", duration.as_secs_f64() * 1000.0)
    } else {
        format!("{:>6.1} s ", duration.as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use http::{Method, StatusCode};
    use midspan_host::OutputStream;

    use super::*;

    fn at() -> Time {
        Time::constant(12, 4, 31, 250_000_000)
    }

    fn plain(line: &str) -> String {
        anstream::adapter::strip_str(line).to_string()
    }

    fn record() -> RequestRecord {
        RequestRecord {
            method: Method::GET,
            path: "/home/E000042".into(),
            route: Some("/home/:employee_id".into()),
            status: StatusCode::OK,
            component: Some("home".into()),
            correlation_id: None,
            duration: Duration::from_micros(34_120),
            request_bytes: 0,
            response_bytes: 812,
            error: None,
        }
    }

    #[test]
    fn a_request_is_one_line_with_its_path_in_a_column() {
        assert_eq!(
            plain(&request(at(), &record())),
            "12:04:31.250  200    34.1 ms  GET /home/:employee_id  home"
        );
        let slow = RequestRecord {
            duration: Duration::from_millis(60_004),
            ..record()
        };
        assert_eq!(
            plain(&request(at(), &slow)),
            "12:04:31.250  200    60.0 s   GET /home/:employee_id  home"
        );
    }

    #[test]
    fn a_request_that_the_host_answered_says_why() {
        let lost = RequestRecord {
            status: StatusCode::NOT_FOUND,
            route: None,
            component: None,
            error: Some("no route matches".into()),
            ..record()
        };
        assert_eq!(
            plain(&request(at(), &lost)),
            "12:04:31.250  404    34.1 ms  GET (no route)  no route matches"
        );
    }

    #[test]
    fn what_a_component_prints_names_the_component() {
        let line = OutputLine {
            component: "home",
            stream: OutputStream::Stderr,
            line: "careful",
        };
        assert_eq!(plain(&output(at(), &line)), "12:04:31.250  home | careful");
    }

    #[test]
    fn an_event_names_its_severity_and_its_component() {
        let message = "denied".to_owned();
        let line = LogLine {
            level: LogLevel::Warning,
            component: Some("home".into()),
            message,
        };
        assert_eq!(
            plain(&event(at(), &line)),
            "12:04:31.250  warning: component \"home\": denied"
        );
        assert!(
            event(at(), &line).contains('\u{1b}'),
            "colours are left to the terminal to take out"
        );
    }
}
