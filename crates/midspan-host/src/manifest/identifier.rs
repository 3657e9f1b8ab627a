//! Spin's identifiers: words of one delimiter and one case.

/// Checks an identifier of words that `-` parts, such as a component's.
pub(super) fn kebab(id: &str) -> Result<(), String> {
    words(id, '-', '_')
}

/// Checks a label of words that `-` parts or `_` parts, such as a key-value store's.
pub(super) fn kebab_or_snake(label: &str) -> Result<(), String> {
    kebab(label).or_else(|reason| words(label, '_', '-').map_err(|_| reason))
}

fn words(id: &str, delimiter: char, wrong: char) -> Result<(), String> {
    if id.is_empty() {
        return Err("it must not be empty".to_owned());
    }
    if id.contains(wrong) {
        return Err(format!("words must be parted by {delimiter:?}, not {wrong:?}"));
    }
    id.split(delimiter)
        .enumerate()
        .try_for_each(|(index, word)| self::word(word, index == 0))
}

fn word(word: &str, first: bool) -> Result<(), String> {
    let mut characters = word.chars();
    let Some(start) = characters.next() else {
        return Err("a word must not be empty".to_owned());
    };
    if !(start.is_ascii_alphabetic() || !first && start.is_ascii_digit()) {
        return Err(format!("a word must start with a letter, not {start:?}"));
    }
    let upper = start.is_ascii_uppercase();
    for character in characters {
        if !(character.is_ascii_alphanumeric() || character == ':') {
            return Err(format!(
                "a word may only have letters and digits of ASCII, not {character:?}"
            ));
        }
        if character.is_ascii_alphabetic() && character.is_ascii_uppercase() != upper {
            return Err(format!("{word:?} must be all lower case or all upper case"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_the_ones_that_spin_takes() {
        for good in ["home", "my-home", "API-v2", "a-1", "a1b2", "wasi:http"] {
            assert_eq!(kebab(good), Ok(()), "{good}");
        }
        let check = |id: &str, expected: &str| assert_eq!(kebab(id), Err(expected.to_owned()), "{id}");
        check("", "it must not be empty");
        check("my_home", "words must be parted by '-', not '_'");
        check("my--home", "a word must not be empty");
        check("-home", "a word must not be empty");
        check("1home", "a word must start with a letter, not '1'");
        check("my home", "a word may only have letters and digits of ASCII, not ' '");
        check("myHome", "\"myHome\" must be all lower case or all upper case");
        check("Home", "\"Home\" must be all lower case or all upper case");
        check("hé", "a word may only have letters and digits of ASCII, not 'é'");
    }

    #[test]
    fn a_label_has_either_delimiter_but_not_both() {
        for good in ["default", "snake_case", "kebab-case"] {
            assert_eq!(kebab_or_snake(good), Ok(()), "{good}");
        }
        for bad in ["b@dlabel", "snake_and-kebab", "camelCase", ""] {
            assert!(kebab_or_snake(bad).is_err(), "{bad}");
        }
    }
}
