//! Which names a variable can have.

/// Why a name cannot be a variable's; the rules are Spin's, so that each name has one environment variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidName {
    /// It has no characters.
    #[error("must not be empty")]
    Empty,
    /// It has a character that no name has.
    #[error("invalid character {0:?}. Variable names may contain only lower-case letters, numbers, and underscores.")]
    Character(char),
    /// It starts with a digit or an underscore.
    #[error("must start with a lowercase ASCII letter")]
    Start,
    /// It ends with an underscore.
    #[error("must end with a lowercase ASCII letter or digit")]
    End,
    /// It has two underscores side by side.
    #[error("must not contain multiple consecutive underscores")]
    DoubleUnderscore,
}

/// Checks a variable's name.
pub(crate) fn validate(name: &str) -> Result<(), InvalidName> {
    if name.is_empty() {
        return Err(InvalidName::Empty);
    }
    if let Some(invalid) = name.chars().find(|c| !matches!(c, 'a'..='z' | '0'..='9' | '_')) {
        return Err(InvalidName::Character(invalid));
    }
    if !name.starts_with(|c: char| c.is_ascii_lowercase()) {
        return Err(InvalidName::Start);
    }
    if name.ends_with('_') {
        return Err(InvalidName::End);
    }
    if name.contains("__") {
        return Err(InvalidName::DoubleUnderscore);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_ones_that_spin_takes() {
        let check = |name, expected| assert_eq!(validate(name), expected, "{name:?}");
        for good in ["a", "graph_url", "a1b2c3", "a_1", "a_1_b_3"] {
            check(good, Ok(()));
        }
        check("", Err(InvalidName::Empty));
        check("aX", Err(InvalidName::Character('X')));
        check("x.y", Err(InvalidName::Character('.')));
        check("x-y", Err(InvalidName::Character('-')));
        check("é", Err(InvalidName::Character('é')));
        check("1bc", Err(InvalidName::Start));
        check("_x", Err(InvalidName::Start));
        check("x_", Err(InvalidName::End));
        check("a__b", Err(InvalidName::DoubleUnderscore));
    }
}
