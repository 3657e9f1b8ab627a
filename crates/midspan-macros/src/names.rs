//! From the identifiers of Rust to the names of the contract.

use heck::{ToLowerCamelCase, ToPascalCase, ToSnakeCase, ToTitleCase};
use syn::{Ident, ext::IdentExt};

/// As written, without `r#`: `employee_id`.
pub(crate) fn verbatim(ident: &Ident) -> String {
    ident.unraw().to_string()
}

/// Fields and values in JSON: `displayName`.
pub(crate) fn json(ident: &Ident) -> String {
    verbatim(ident).to_lower_camel_case()
}

/// Headers: `if-match`.
pub(crate) fn header(ident: &Ident) -> String {
    verbatim(ident).replace('_', "-")
}

/// Operations and methods: `GetHome`.
pub(crate) fn operation(ident: &Ident) -> String {
    verbatim(ident).to_pascal_case()
}

/// Labels of fields: `Display Name`.
pub(crate) fn label(ident: &Ident) -> String {
    verbatim(ident).to_title_case()
}

/// Labels of values: `In progress`.
pub(crate) fn phrase(ident: &Ident) -> String {
    let words = verbatim(ident).to_snake_case().replace('_', " ");
    let mut letters = words.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use proc_macro2::Span;

    use super::*;

    fn check(convert: impl Fn(&Ident) -> String, ident: &str, expected: &str) {
        let ident = ident.strip_prefix("r#").map_or_else(
            || Ident::new(ident, Span::call_site()),
            |raw| Ident::new_raw(raw, Span::call_site()),
        );
        assert_eq!(convert(&ident), expected, "{ident}");
    }

    #[test]
    fn each_place_has_its_own_case() {
        check(verbatim, "employee_id", "employee_id");
        check(verbatim, "r#type", "type");
        check(json, "display_name", "displayName");
        check(json, "r#type", "type");
        check(json, "InProgress", "inProgress");
        check(json, "address_2", "address2");
        check(header, "if_match", "if-match");
        check(operation, "get_home", "GetHome");
        check(label, "display_name", "Display Name");
        check(label, "r#type", "Type");
        check(phrase, "InProgress", "In progress");
        check(phrase, "Done", "Done");
    }
}
