//! The report as a person reads it.

use std::fmt::Write as _;

use crate::{
    figures::{Figure, Report, Unit, megabytes},
    setting::Setting,
};

/// Two tables: what was measured on both programs, and how large the components are.
pub(crate) fn render(report: &Report) -> String {
    let mut text = heading(&report.setting);
    let _ = writeln!(
        text,
        "\n| Work | Measured | Midspan | Native | Ratio |\n|---|---|--:|--:|--:|"
    );
    for figure in &report.figures {
        let _ = writeln!(text, "{}", row(figure));
    }
    let _ = writeln!(text, "\n| Component | KB |\n|---|--:|");
    for (name, bytes) in &report.component_bytes {
        let _ = writeln!(text, "| {name} | {:.0} |", megabytes(*bytes) * 1024.0);
    }
    text
}

fn heading(setting: &Setting) -> String {
    let versions: Vec<_> = setting
        .versions
        .iter()
        .map(|(name, version)| format!("{name} {version}"))
        .collect();
    format!(
        "\n{}. {} processors, shared by all processes. Medians of {} rounds of {} s in turns, {} connections; of {} \
         starts.\n",
        versions.join(", "),
        setting.processors,
        setting.rounds,
        setting.seconds,
        setting.connections,
        setting.starts,
    )
}

fn row(figure: &Figure) -> String {
    let shown = |value: f64| match figure.unit {
        Unit::PerSecond => format!("{value:.0}"),
        Unit::Milliseconds | Unit::AddedMilliseconds => format!("{value:.2} ms"),
        Unit::Microseconds => format!("{value:.0} µs"),
        Unit::Megabytes => format!("{value:.1} MB"),
    };
    let native = figure.native.map_or_else(String::new, shown);
    let compared = figure
        .comparison()
        .map_or_else(String::new, |compared| match figure.unit {
            Unit::AddedMilliseconds => format!("{compared:+.2} ms"),
            _ => format!("{compared:.2}"),
        });
    format!(
        "| {} | {} | {} | {native} | {compared} |",
        figure.work,
        figure.what,
        shown(figure.midspan)
    )
}
