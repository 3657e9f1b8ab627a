//! What others wrote may be megabytes long; what we say of it isn't.

use std::borrow::Cow;

/// The first characters of a text, and a sign where there are more.
pub(crate) fn beginning(text: &str, characters: usize) -> Cow<'_, str> {
    match text.char_indices().nth(characters) {
        Some((end, _)) => format!("{}…", &text[..end]).into(),
        None => text.into(),
    }
}

/// The first and the last characters of a text: of a parser's message the value that it shows is left out, not the place
/// that stands at its end.
pub(crate) fn both_ends(text: &str, characters: usize) -> Cow<'_, str> {
    let Some((end, _)) = text.char_indices().nth(characters) else {
        return text.into();
    };
    let start = text
        .char_indices()
        .nth_back(characters.saturating_sub(1))
        .map_or(0, |(at, _)| at);
    if start <= end {
        return text.into();
    }
    format!("{}…{}", &text[..end], &text[start..]).into()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_what_is_long_is_cut() {
        assert_eq!(beginning("Jürg", 4), "Jürg");
        assert_eq!(beginning("Jürgen", 4), "Jürg…");
        assert_eq!(both_ends("Jürgen", 3), "Jürgen");
        assert_eq!(both_ends("Jürg Müller", 3), "Jür…ler");
    }

    proptest! {
        #[test]
        fn a_cut_text_has_its_beginning_and_its_end(text in ".*", characters in 1_usize..20) {
            let cut = both_ends(&text, characters);
            prop_assert!(cut.chars().count() <= (2 * characters + 1).max(text.chars().count().min(2 * characters)));
            prop_assert!(cut.chars().zip(text.chars()).take(characters).all(|(a, b)| a == b));
            prop_assert!(cut.chars().rev().zip(text.chars().rev()).take(characters).all(|(a, b)| a == b));
        }
    }
}
