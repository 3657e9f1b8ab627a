//! `readme.md`, in the order that certification asks for.

use super::{about::About, description::Operation};

pub(super) fn write(about: &About, operations: &[Operation]) -> String {
    let mut lines = vec![
        format!("# {}", about.title),
        String::new(),
        about.description.clone(),
        String::new(),
    ];
    if !about.publisher.is_empty() {
        lines.extend([format!("## Publisher: {}", about.publisher), String::new()]);
    }
    lines.extend(["## Supported Operations".to_owned(), String::new()]);
    for operation in operations
        .iter()
        .filter(|operation| operation.visibility.as_deref() != Some("internal"))
    {
        let title = if operation.summary.is_empty() {
            &operation.id
        } else {
            &operation.summary
        };
        lines.extend([format!("### {title}"), String::new()]);
        if !operation.description.is_empty() {
            lines.extend([operation.description.clone(), String::new()]);
        }
    }
    if let Some(contact) = &about.contact {
        lines.extend([
            "## Support".to_owned(),
            String::new(),
            format!("[{}]({}), {}", contact.name, contact.url, contact.email),
        ]);
    }
    lines.join("\n").trim_end().to_owned() + "\n"
}
