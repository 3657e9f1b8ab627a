//! The report as a person reads it.

use std::fmt::Write as _;

use crate::{
    cached::Cached,
    figures::{Figure, Report, Unit, megabytes},
    overload::Overload,
    setting::Setting,
    traced::Traced,
    work::Work,
};

/// Tables: what was measured on both programs, on the caches, and how large the components are.
pub(crate) fn render(report: &Report) -> String {
    let mut text = heading(&report.setting);
    if !report.figures.is_empty() {
        let _ = writeln!(
            text,
            "\n| Work | Measured | Midspan | Native | Ratio |\n|---|---|--:|--:|--:|"
        );
    }
    for figure in &report.figures {
        let _ = writeln!(text, "{}", row(figure));
    }
    if let Some(cached) = &report.cached {
        text.push_str(&caches(cached));
    }
    if let Some(overload) = &report.overload {
        text.push_str(&under_overload(overload));
    }
    if let Some(traced) = &report.traced {
        text.push_str(&tracing(traced));
    }
    let _ = writeln!(text, "\n| Component | KB |\n|---|--:|");
    for (name, bytes) in &report.component_bytes {
        let _ = writeln!(text, "| {name} | {:.0} |", megabytes(*bytes) * 1024.0);
    }
    text
}

/// A row for each cache; ratios are Midspan's requests a second to the others'.
fn caches(cached: &Cached) -> String {
    let mut text = format!(
        "\n| {} from | Requests a second | p50 | p99 | Processor time | Memory | Midspan's ratio |\n|---|--:|--:|--:|--:|--:|--:|\n",
        Work::Cached.name()
    );
    let own = cached.programs.first().map_or(f64::NAN, |midspan| midspan.per_second);
    for one in &cached.programs {
        let _ = writeln!(
            text,
            "| {} | {:.0} | {:.2} ms | {:.2} ms | {:.0} µs | {:.1} MB | {:.2} |",
            one.program,
            one.per_second,
            one.p50,
            one.p99,
            one.processor_time,
            one.memory,
            own / one.per_second
        );
    }
    for why in &cached.missing {
        let _ = writeln!(text, "\n{why}");
    }
    text
}

fn under_overload(overload: &Overload) -> String {
    let Overload { capacity, goodput, .. } = overload;
    format!(
        "\n| {} | With {} callers | {} times as much | Ratio |\n|---|--:|--:|--:|\n\
         | sent a second | {capacity:.0} | {:.0} | |\n\
         | answered a second | {capacity:.0} | {goodput:.0} | {:.2} |\n\
         | p99 of answers | {:.0} ms | {:.0} ms | {:.2} |\n\
         | refused a second | 0 | {:.0} | |\n\
         | p99 of refusals | | {:.1} ms | |\n\
         | answered a second afterwards | | {:.0} | {:.2} |\n",
        Work::Overload.name(),
        overload.places,
        overload.times,
        overload.sent,
        goodput / capacity,
        overload.capacity_p99,
        overload.answered_p99,
        overload.answered_p99 / overload.capacity_p99,
        overload.refused,
        overload.refused_p99,
        overload.afterwards,
        overload.afterwards / capacity,
    )
}

/// What tracing every request costs; ratios are those of the traced host to the other.
fn tracing(traced: &Traced) -> String {
    let mut text = "\n| GetHome with tracing | Off | On | Ratio |\n|---|--:|--:|--:|\n".to_owned();
    let [off, on] = &traced.programs;
    for (what, off, on) in [
        ("requests a second", off.per_second, on.per_second),
        ("latency p50, ms", off.p50, on.p50),
        ("latency p99, ms", off.p99, on.p99),
        ("processor time a request, µs", off.processor_time, on.processor_time),
        ("memory under load, MB", off.memory, on.memory),
    ] {
        let _ = writeln!(text, "| {what} | {off:.1} | {on:.1} | {:.2} |", on / off);
    }
    let _ = writeln!(
        text,
        "\n{:.1} spans a request reached the collector; what the queue did not hold was dropped.",
        traced.spans_a_request
    );
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
