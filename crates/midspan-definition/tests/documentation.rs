//! The tables in `docs/definition.md` are what the code says; `MIDSPAN_UPDATE=1` writes them.

use midspan_definition::{diff::ChangeRule, lint::Rule};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/definition.md");
const COMMAND: &str = "MIDSPAN_UPDATE=1 cargo test -p midspan-definition --features check";

/// The page with what stands between two marks replaced.
fn with(page: &str, name: &str, table: &str) -> String {
    let (begin, end) = (
        format!("<!-- begin {name}: {COMMAND} -->\n"),
        format!("<!-- end {name} -->"),
    );
    let (before, rest) = page.split_once(&begin).expect("the table's begin is marked");
    let (_, after) = rest.split_once(&end).expect("the table's end is marked");
    format!("{before}{begin}{table}{end}{after}")
}

fn rules() -> String {
    let mut lines = Vec::new();
    let mut section = None;
    for rule in Rule::ALL {
        if section != Some(rule.section()) {
            section = Some(rule.section());
            let title = rule.section().title();
            lines.push(format!(
                "\n**{title}**\n\n| Rule | Severity | What is asked for |\n|---|---|---|"
            ));
        }
        let mark = if rule.is_microsofts() { "" } else { " *" };
        let (name, severity, meaning) = (rule.name(), rule.severity().name(), rule.meaning().trim());
        lines.push(format!("| `{name}`{mark} | {severity} | {meaning} |"));
    }
    lines.join("\n") + "\n\n"
}

fn changes() -> String {
    let mut rules = ChangeRule::ALL.to_vec();
    rules.sort_by_key(|rule| rule.level());
    let rows = rules.iter().map(|rule| {
        format!(
            "| `{}` | {} | {} |\n",
            rule.name(),
            rule.level().name(),
            rule.why().trim()
        )
    });
    format!(
        "\n| Change | Level | Why |\n|---|---|---|\n{}\n",
        rows.collect::<String>()
    )
}

#[test]
fn the_page_has_every_rule_and_every_change() {
    let written = std::fs::read_to_string(PAGE).expect("docs/definition.md is there");
    let page = with(&with(&written, "rules", &rules()), "changes", &changes());
    if std::env::var_os("MIDSPAN_UPDATE").is_some() {
        std::fs::write(PAGE, &page).expect("docs/definition.md can be written");
    } else {
        assert_eq!(written, page, "run {COMMAND}");
    }
}
