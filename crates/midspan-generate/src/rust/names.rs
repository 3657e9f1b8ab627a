//! Rust names from any text.

use std::{borrow::Cow, collections::BTreeSet};

use heck::{ToShoutySnakeCase, ToSnakeCase, ToUpperCamelCase};
use proc_macro2::{Ident, Span};

/// Names that can be had with `r#` before them (Rust reference, "Keywords": strict and reserved, edition 2024).
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else", "enum",
    "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod", "move",
    "mut", "override", "priv", "pub", "ref", "return", "static", "struct", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// Names that can't be had at all.
const NEVER: &[&str] = &["crate", "self", "Self", "super"];

/// The names of one namespace: the types of a module, the fields of a struct, the parameters of a function.
///
/// Each name given is another one, in Rust's case for its kind, and valid. The same calls give the same names.
///
/// ```
/// use midspan_generate::rust::Scope;
///
/// let mut fields = Scope::new(&[]);
/// assert_eq!(fields.value("@odata.etag").to_string(), "odata_etag");
/// assert_eq!(fields.value("type").to_string(), "r#type");
/// assert_eq!(fields.value("Type").to_string(), "type2");
///
/// let mut types = Scope::new(&["Option"]);
/// assert_eq!(types.ty("option").to_string(), "OptionType");
/// assert_eq!(types.ty("3D model").to_string(), "_3dModel");
/// ```
#[derive(Debug, Clone, Default)]
pub struct Scope {
    reserved: BTreeSet<String>,
    taken: BTreeSet<String>,
}

impl Scope {
    /// A namespace in which `reserved` names have another meaning.
    #[must_use]
    pub fn new(reserved: &[&str]) -> Self {
        Self {
            reserved: reserved.iter().map(|&name| name.to_owned()).collect(),
            taken: BTreeSet::new(),
        }
    }

    /// A name for a struct, an enum or a variant: `UpperCamelCase`.
    pub fn ty(&mut self, text: &str) -> Ident {
        let name = or_if_empty(ascii(text).to_upper_camel_case(), "Unnamed");
        self.take(name, "Type")
    }

    /// A name for a function, a field or a parameter: `snake_case`.
    pub fn value(&mut self, text: &str) -> Ident {
        let name = or_if_empty(ascii(text).to_snake_case(), "unnamed");
        self.take(name, "_value")
    }

    /// A name for a constant or a static: `SHOUTY_SNAKE_CASE`.
    pub fn constant(&mut self, text: &str) -> Ident {
        let name = or_if_empty(ascii(text).to_shouty_snake_case(), "UNNAMED");
        self.take(name, "_VALUE")
    }

    /// `name` if it is free, else with the suffix for names that mean something else, else with a number.
    fn take(&mut self, name: String, suffix: &str) -> Ident {
        let mut name = name;
        if name.starts_with(|c: char| c.is_ascii_digit()) {
            name.insert(0, '_');
        }
        if NEVER.contains(&name.as_str()) || self.reserved.contains(&name) {
            name.push_str(suffix);
        }
        let separator = if name.ends_with(|c: char| c.is_ascii_digit()) {
            "_"
        } else {
            ""
        };
        let numbered = (2_u32..).map(|number| format!("{name}{separator}{number}"));
        let is_free = |name: &String| !self.taken.contains(name) && !self.reserved.contains(name);
        let free = std::iter::once(name.clone()).chain(numbered).find(is_free);
        name = free.unwrap_or_default();
        self.taken.insert(name.clone());
        if KEYWORDS.contains(&name.as_str()) {
            Ident::new_raw(&name, Span::call_site())
        } else {
            Ident::new(&name, Span::call_site())
        }
    }
}

/// A name for a source from any text: lower case with underscores, as the names of Spin's variables are, and no keyword,
/// since its module has it too. Nothing where the text gives none.
///
/// ```
/// assert_eq!(midspan_generate::source_name("Contoso CRM").as_deref(), Some("contoso_crm"));
/// assert_eq!(midspan_generate::source_name("type"), None);
/// ```
#[must_use]
pub fn source_name(text: &str) -> Option<String> {
    let name = ascii(text).to_snake_case();
    let is_free = !KEYWORDS.contains(&name.as_str()) && !NEVER.contains(&name.as_str());
    (name.starts_with(|c: char| c.is_ascii_lowercase()) && is_free).then_some(name)
}

fn or_if_empty(name: String, fallback: &str) -> String {
    if name.is_empty() { fallback.to_owned() } else { name }
}

/// The text in ASCII letters, digits and spaces. Rust takes other letters too, but two names may be one to it
/// (it compares them in Unicode's normal form), and readers can't always type them.
fn ascii(text: &str) -> String {
    let text: Cow<'_, str> = match text.as_bytes() {
        // `+1` and `-1` are two reactions of GitHub.
        [b'+', b'0'..=b'9', ..] => format!("plus {}", &text[1..]).into(),
        [b'-', b'0'..=b'9', ..] => format!("minus {}", &text[1..]).into(),
        _ => text.into(),
    };
    let latin = deunicode::deunicode(&text);
    if latin.contains(|c: char| c.is_ascii_alphanumeric()) {
        return latin.replace(|c: char| !c.is_ascii_alphanumeric(), " ");
    }
    latin.chars().filter_map(symbol).collect::<Vec<_>>().join(" ")
}

/// The name of a symbol, for texts that have nothing else: `<=`.
fn symbol(symbol: char) -> Option<&'static str> {
    Some(match symbol {
        '!' => "not",
        '#' => "hash",
        '$' => "dollar",
        '%' => "percent",
        '&' => "and",
        '*' => "star",
        '+' => "plus",
        ',' => "comma",
        '-' => "minus",
        '.' => "dot",
        '/' => "slash",
        ':' => "colon",
        ';' => "semicolon",
        '<' => "less",
        '=' => "equal",
        '>' => "greater",
        '?' => "question",
        '@' => "at",
        '\\' => "backslash",
        '^' => "caret",
        '_' => "underscore",
        '|' => "or",
        '~' => "tilde",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn values_are_snake_case_whatever_they_were() {
        let check = |text, expected| assert_eq!(Scope::default().value(text).to_string(), expected, "{text}");
        check("petId", "pet_id");
        check("X-Request-ID", "x_request_id");
        check("$filter", "filter");
        check("@odata.nextLink", "odata_next_link");
        check("2fa", "_2fa");
        check("self", "self_value");
        check("async", "r#async");
        check("Größe (m²)", "grosse_m2");
        check("名前", "ming_qian");
        check("", "unnamed");
        check("<=", "less_equal");
        check("🦀", "crab");
    }

    #[test]
    fn types_and_constants_are_in_their_case() {
        assert_eq!(Scope::default().ty("pet-store.Order[]").to_string(), "PetStoreOrder");
        assert_eq!(Scope::default().ty("self").to_string(), "SelfType");
        assert_eq!(Scope::default().constant("graph").to_string(), "GRAPH");
    }

    #[test]
    fn texts_that_give_one_name_give_several() {
        let mut scope = Scope::default();
        let names = ["+1", "-1", "1", "a b", "a.b", "a_b", "a1", "a-1", "A1"].map(|text| scope.ty(text).to_string());
        assert_eq!(
            names,
            ["Plus1", "Minus1", "_1", "AB", "AB2", "AB3", "A1", "A1_2", "A1_3"]
        );
    }

    proptest! {
        #[test]
        fn any_texts_are_valid_names_and_all_different(texts in proptest::collection::vec(".*|[a-c_ 0-9.]{0,3}", 0..40)) {
            type Take = fn(&mut Scope, &str) -> Ident;
            for take in [Scope::ty as Take, Scope::value, Scope::constant] {
                let mut scope = Scope::new(&["Option", "a"]);
                let names: BTreeSet<String> = texts.iter().map(|text| take(&mut scope, text).to_string()).collect();
                prop_assert_eq!(names.len(), texts.len());
                for name in names {
                    prop_assert!(syn::parse_str::<Ident>(&name).is_ok(), "{}", name);
                    prop_assert!(name.is_ascii());
                }
            }
        }
    }
}
