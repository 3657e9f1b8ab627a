//! Writing to the terminal. Colours go where a terminal is, unless `NO_COLOR` is set. A reader that went away
//! (`midspan up | head`) is no reason to stop serving, so failures to write are passed over.

use std::{fmt::Display, io::Write};

use anstyle::{AnsiColor, Color, Style};

/// A colour as a style.
pub(crate) const fn colored(color: AnsiColor) -> Style {
    Style::new().fg_color(Some(Color::Ansi(color)))
}

/// Prints data: a line on standard output.
pub(crate) fn print(line: impl Display) {
    // One write a line, so that lines of concurrent requests do not mix.
    let _ = anstream::stdout().lock().write_all(format!("{line}\n").as_bytes());
}

/// Prints what was asked for, many lines at once; levels at the start of a line are in colour.
pub(crate) fn data(text: &str) {
    let levels = [
        ("error:", AnsiColor::Red),
        ("breaking:", AnsiColor::Red),
        ("warning:", AnsiColor::Yellow),
        ("risky:", AnsiColor::Yellow),
        ("safe:", AnsiColor::Green),
    ];
    let lines: String = text.lines().map(|line| in_colour(line, &levels) + "\n").collect();
    let _ = anstream::stdout().lock().write_all(lines.as_bytes());
}

/// Prints data as it is.
pub(crate) fn raw(bytes: &[u8]) {
    let _ = std::io::stdout().lock().write_all(bytes);
}

/// Prints a line on standard error.
pub(crate) fn tell(line: impl Display) {
    let _ = anstream::stderr().lock().write_all(format!("{line}\n").as_bytes());
}

/// Prints what the command does now, aligned with what cargo prints between.
pub(crate) fn step(verb: &str, what: impl Display) {
    let style = colored(AnsiColor::Green).bold();
    tell(format!("{style}{verb:>12}{style:#} {what}"));
}

/// Prints errors and warnings, with their severity in colour.
pub(crate) fn problem(text: impl Display) {
    let severities = [("error:", AnsiColor::Red), ("warning:", AnsiColor::Yellow)];
    for line in text.to_string().lines() {
        tell(in_colour(line, &severities));
    }
}

/// A line whose first word is in colour, where it is one of these.
fn in_colour(line: &str, words: &[(&str, AnsiColor)]) -> String {
    let found = words
        .iter()
        .find_map(|(word, color)| Some((word, color, line.strip_prefix(word)?)));
    match found {
        Some((word, color, rest)) => {
            let style = colored(*color).bold();
            format!("{style}{word}{style:#}{rest}")
        }
        None => line.to_owned(),
    }
}
