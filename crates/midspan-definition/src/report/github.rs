//! Workflow commands (GitHub documentation, "Workflow commands for GitHub Actions").

use std::fmt::Write as _;

use super::{Attention, Report};

pub(super) fn write(report: &Report) -> String {
    let mut all = String::new();
    for entry in &report.entries {
        let command = match entry.attention {
            Attention::Error => "error",
            Attention::Warning => "warning",
            Attention::Note => "notice",
        };
        let hint = entry
            .help
            .map_or_else(|| format!("why: {}", entry.meaning), |help| format!("help: {help}"));
        let message = format!("{}\n{hint}", entry.message);
        let _ = writeln!(
            all,
            "::{command} file={},line={},col={},title={}::{}",
            property(&entry.file),
            entry.position.line,
            entry.position.column,
            property(entry.rule),
            data(&message)
        );
    }
    all
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_end_a_command_is_escaped() {
        assert_eq!(data("50 %\nmore"), "50 %25%0Amore");
        assert_eq!(property("C:\\a,b"), "C%3A\\a%2Cb");
    }
}
