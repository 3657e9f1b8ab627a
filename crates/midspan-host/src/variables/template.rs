//! Spin's templates: text with `{{ name }}` where an application variable's value goes.

use std::{fmt, str::FromStr};

/// A parsed template.
///
/// An expression runs from `{{` to the next `}}`, white space around the name does not count, and there is no escape:
/// a text cannot contain `{{`. A lone `}}` is text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Template {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Variable(String),
}

/// A `{{` is never closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{{{{\" has no closing \"}}}}\"")]
pub struct UnclosedExpression;

impl Template {
    /// The variables that the template refers to, in order. They may be none that exist, or no names at all.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Variable(name) => Some(name.as_str()),
            Part::Text(_) => None,
        })
    }

    /// Whether it refers to no variable.
    #[must_use]
    pub fn is_literal(&self) -> bool {
        self.names().next().is_none()
    }

    /// The text with every variable replaced by what `value` gives for it.
    pub(super) fn render<'v, E>(&self, value: impl Fn(&str) -> Result<&'v str, E>) -> Result<String, E> {
        let mut text = String::new();
        for part in &self.parts {
            text.push_str(match part {
                Part::Text(literal) => literal,
                Part::Variable(name) => value(name)?,
            });
        }
        Ok(text)
    }
}

impl FromStr for Template {
    type Err = UnclosedExpression;

    fn from_str(mut rest: &str) -> Result<Self, UnclosedExpression> {
        let mut parts = Vec::new();
        while let Some((text, expression)) = rest.split_once("{{") {
            let (name, after) = expression.split_once("}}").ok_or(UnclosedExpression)?;
            if !text.is_empty() {
                parts.push(Part::Text(text.to_owned()));
            }
            parts.push(Part::Variable(name.trim().to_owned()));
            rest = after;
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest.to_owned()));
        }
        Ok(Self { parts })
    }
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.parts.iter().try_for_each(|part| match part {
            Part::Text(text) => f.write_str(text),
            Part::Variable(name) => write!(f, "{{{{ {name} }}}}"),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rendered(template: &str) -> Result<String, String> {
        let template: Template = template
            .parse()
            .map_err(|error: UnclosedExpression| error.to_string())?;
        template.render(|name| match name {
            "host" => Ok("example.com"),
            "empty" => Ok(""),
            other => Err(format!("no {other:?}")),
        })
    }

    #[test]
    fn a_template_renders_as_spin_renders_it() {
        let check = |template: &str, expected: Result<&str, &str>| {
            assert_eq!(
                rendered(template),
                expected.map(str::to_owned).map_err(str::to_owned),
                "{template}"
            );
        };
        check("", Ok(""));
        check("plain", Ok("plain"));
        check("https://{{ host }}/x", Ok("https://example.com/x"));
        check("{{host}}{{ empty }}{{\thost\n}}", Ok("example.comexample.com"));
        check("a }} b", Ok("a }} b"));
        check("{ { host } }", Ok("{ { host } }"));
        check("{{ {{ host }}", Err("no \"{{ host\""));
        check("{{ Host }}", Err("no \"Host\""));
        check("{{}}", Err("no \"\""));
        check("{{ host }} {{ open", Err("\"{{\" has no closing \"}}\""));
        check("{{", Err("\"{{\" has no closing \"}}\""));
    }

    proptest! {
        #[test]
        fn no_text_makes_the_parser_panic(text in ".*") {
            let _ = text.parse::<Template>();
        }

        #[test]
        fn a_template_survives_being_written_and_read(text in "([a-z }]|\\{\\{ ?[a-z_]{0,5} ?\\}\\})*") {
            let template: Template = text.parse().unwrap();
            prop_assert_eq!(template.to_string().parse::<Template>().unwrap(), template);
        }

        #[test]
        fn text_without_braces_is_its_own_rendering(text in "[^{]*") {
            prop_assert_eq!(rendered(&text), Ok(text));
        }
    }
}
