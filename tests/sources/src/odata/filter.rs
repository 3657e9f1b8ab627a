//! `$filter`: comparisons, `and`, `or`, `not`, parentheses, `in`, `startswith`, `endswith`, `contains`, `substringof`, and Dataverse's
//! query function `Microsoft.Dynamics.CRM.In`.

use super::literal::Operand;

/// A filter that was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Filter {
    And(Box<Self>, Box<Self>),
    Or(Box<Self>, Box<Self>),
    Not(Box<Self>),
    Compare {
        property: String,
        by: Comparison,
        to: Operand<'static>,
    },
    StartsWith {
        property: String,
        prefix: String,
    },
    EndsWith {
        property: String,
        suffix: String,
    },
    Contains {
        property: String,
        part: String,
    },
    /// One of several values: OData 4.01's `in`, or Dataverse's function `In`.
    In {
        property: String,
        values: Vec<Operand<'static>>,
        operator: bool,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    Eq,
    Ne,
    Gt,
    Ge,
    Lt,
    Le,
}

/// The filter is not one; `at` is the character where that shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BadFilter {
    pub(crate) at: usize,
}

/// A filter of more parts than this is refused, as the services refuse one of too many nodes; it also bounds the depth of recursion.
const MOST_TOKENS: usize = 1_000;

impl Filter {
    pub(crate) fn parse(text: &str) -> Result<Self, BadFilter> {
        let mut parser = Parser {
            tokens: tokens(text)?,
            next: 0,
            end: text.len(),
        };
        let filter = parser.any()?;
        if parser.next < parser.tokens.len() {
            parser.fail()
        } else {
            Ok(filter)
        }
    }

    /// Whether an entity passes, given what it has under a property's name.
    pub(crate) fn accepts<'a>(&self, value: &impl Fn(&str) -> Operand<'a>) -> bool {
        match self {
            Self::And(a, b) => a.accepts(value) && b.accepts(value),
            Self::Or(a, b) => a.accepts(value) || b.accepts(value),
            Self::Not(a) => !a.accepts(value),
            Self::Compare { property, by, to } => by.holds(&value(property), to),
            Self::StartsWith { property, prefix } => value(property).starts_with(prefix),
            Self::EndsWith { property, suffix } => value(property).ends_with(suffix),
            Self::Contains { property, part } => value(property).contains(part),
            Self::In { property, values, .. } => {
                let value = value(property);
                values.iter().any(|one| value.equals(one))
            }
        }
    }

    /// The texts of which a property must be equal to one for the filter to pass, if there are such: they make a look-up of a search.
    pub(crate) fn required_texts(&self, name: &str) -> Option<Vec<&str>> {
        match self {
            Self::And(a, b) => a.required_texts(name).or_else(|| b.required_texts(name)),
            Self::Compare {
                property,
                by: Comparison::Eq,
                to: Operand::Text(text),
            } if property == name => Some(vec![text]),
            Self::In { property, values, .. } if property == name => values.iter().map(Operand::text).collect(),
            _ => None,
        }
    }

    /// How many alternatives the longest `in` or chain of `or` has.
    pub(crate) fn most_alternatives(&self) -> usize {
        match self {
            Self::And(a, b) => a.most_alternatives().max(b.most_alternatives()),
            Self::Or(a, b) => a.most_alternatives() + b.most_alternatives(),
            Self::Not(a) => a.most_alternatives(),
            Self::In { values, .. } => values.len(),
            _ => 1,
        }
    }

    /// Whether the operator `in` is anywhere, which not every service has.
    pub(crate) fn has_in_operator(&self) -> bool {
        match self {
            Self::And(a, b) | Self::Or(a, b) => a.has_in_operator() || b.has_in_operator(),
            Self::Not(a) => a.has_in_operator(),
            Self::In { operator, .. } => *operator,
            _ => false,
        }
    }

    /// The first property that is not known.
    pub(crate) fn unknown_property(&self, known: &impl Fn(&str) -> bool) -> Option<&str> {
        match self {
            Self::And(a, b) | Self::Or(a, b) => a.unknown_property(known).or_else(|| b.unknown_property(known)),
            Self::Not(a) => a.unknown_property(known),
            Self::Compare { property, .. }
            | Self::StartsWith { property, .. }
            | Self::EndsWith { property, .. }
            | Self::Contains { property, .. }
            | Self::In { property, .. } => (!known(property)).then_some(property),
        }
    }
}

impl Comparison {
    fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "eq" => Self::Eq,
            "ne" => Self::Ne,
            "gt" => Self::Gt,
            "ge" => Self::Ge,
            "lt" => Self::Lt,
            "le" => Self::Le,
            _ => return None,
        })
    }

    fn holds(self, left: &Operand<'_>, right: &Operand<'_>) -> bool {
        let order = left.order(right);
        match self {
            Self::Eq => left.equals(right),
            Self::Ne => !left.equals(right),
            Self::Gt => order.is_some_and(std::cmp::Ordering::is_gt),
            Self::Ge => order.is_some_and(std::cmp::Ordering::is_ge),
            Self::Lt => order.is_some_and(std::cmp::Ordering::is_lt),
            Self::Le => order.is_some_and(std::cmp::Ordering::is_le),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Open,
    Close,
    Comma,
    Equals,
    OpenList,
    CloseList,
    Word(String),
    Literal(Operand<'static>),
}

fn tokens(text: &str) -> Result<Vec<(usize, Token)>, BadFilter> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let (token, length) = match first {
            ' ' => {
                at += 1;
                continue;
            }
            '(' => (Token::Open, 1),
            ')' => (Token::Close, 1),
            ',' => (Token::Comma, 1),
            '=' => (Token::Equals, 1),
            '[' => (Token::OpenList, 1),
            ']' => (Token::CloseList, 1),
            '\'' => {
                let (value, length) = quoted(&text[at..]).ok_or(BadFilter { at })?;
                (Token::Literal(value.into()), length)
            }
            _ => word(&text[at..]).ok_or(BadFilter { at })?,
        };
        if tokens.len() == MOST_TOKENS {
            return Err(BadFilter { at });
        }
        tokens.push((at, token));
        at += length;
    }
    Ok(tokens)
}

/// A string in single quotes, a doubled quote standing for one; with its length as written.
fn quoted(text: &str) -> Option<(String, usize)> {
    let mut value = String::new();
    let mut rest = text.strip_prefix('\'')?;
    loop {
        let (part, after) = rest.split_once('\'')?;
        value.push_str(part);
        let Some(more) = after.strip_prefix('\'') else {
            return Some((value, text.len() - after.len()));
        };
        value.push('\'');
        rest = more;
    }
}

/// A name, an operator, or a literal without quotes around all of it.
fn word(text: &str) -> Option<(Token, usize)> {
    let length = text
        .find([' ', '(', ')', ',', '\'', '=', '[', ']'])
        .unwrap_or(text.len());
    let (word, rest) = text.split_at(length);
    if rest.starts_with('\'') {
        let (value, quoted) = quoted(rest)?;
        let literal = match word {
            "datetime" | "datetimeoffset" => Operand::Time(value.parse().ok()?),
            "guid" => value.to_lowercase().into(),
            _ => return None,
        };
        return Some((Token::Literal(literal), length + quoted));
    }
    Some((bare(word), length))
}

fn bare(word: &str) -> Token {
    let starts_like_a_value = word.starts_with(|c: char| c.is_ascii_digit() || c == '-');
    let literal = match word {
        "true" => Operand::Bool(true),
        "false" => Operand::Bool(false),
        "null" => Operand::Null,
        _ if let Ok(number) = word.parse() => Operand::Number(number),
        _ if starts_like_a_value && let Ok(moment) = word.parse() => Operand::Time(moment),
        _ if word.parse::<crate::population::Guid>().is_ok() => word.to_lowercase().into(),
        _ => return Token::Word(word.to_owned()),
    };
    Token::Literal(literal)
}

struct Parser {
    tokens: Vec<(usize, Token)>,
    next: usize,
    end: usize,
}

impl Parser {
    fn any(&mut self) -> Result<Filter, BadFilter> {
        let mut left = self.all()?;
        while self.take_word("or") {
            left = Filter::Or(Box::new(left), Box::new(self.all()?));
        }
        Ok(left)
    }

    fn all(&mut self) -> Result<Filter, BadFilter> {
        let mut left = self.one()?;
        while self.take_word("and") {
            left = Filter::And(Box::new(left), Box::new(self.one()?));
        }
        Ok(left)
    }

    fn one(&mut self) -> Result<Filter, BadFilter> {
        if self.take_word("not") {
            return Ok(Filter::Not(Box::new(self.one()?)));
        }
        if self.take(&Token::Open) {
            let inner = self.any()?;
            self.expect(&Token::Close)?;
            return Ok(inner);
        }
        let name = self.word()?;
        if self.take(&Token::Open) {
            return self.function(&name);
        }
        if self.take_word("in") {
            self.expect(&Token::Open)?;
            return Ok(Filter::In {
                property: name,
                values: self.values(&Token::Close)?,
                operator: true,
            });
        }
        let Some(by) = self.peek_word().and_then(Comparison::parse) else {
            return self.fail();
        };
        self.next += 1;
        Ok(Filter::Compare {
            property: name,
            by,
            to: self.literal()?,
        })
    }

    /// The arguments of a function whose name and `(` are read.
    fn function(&mut self, name: &str) -> Result<Filter, BadFilter> {
        let filter = match name {
            "startswith" => {
                let property = self.word()?;
                self.expect(&Token::Comma)?;
                Filter::StartsWith {
                    property,
                    prefix: self.text()?,
                }
            }
            "endswith" => {
                let property = self.word()?;
                self.expect(&Token::Comma)?;
                Filter::EndsWith {
                    property,
                    suffix: self.text()?,
                }
            }
            "Microsoft.Dynamics.CRM.In" => self.dataverse_in()?,
            "contains" => {
                let property = self.word()?;
                self.expect(&Token::Comma)?;
                Filter::Contains {
                    property,
                    part: self.text()?,
                }
            }
            // OData v3's name for `contains`, with the arguments the other way round.
            "substringof" => {
                let part = self.text()?;
                self.expect(&Token::Comma)?;
                Filter::Contains {
                    property: self.word()?,
                    part,
                }
            }
            _ => return self.fail(),
        };
        self.expect(&Token::Close)?;
        Ok(filter)
    }

    /// `PropertyName='a',PropertyValues=['1','2']`.
    fn dataverse_in(&mut self) -> Result<Filter, BadFilter> {
        self.named("PropertyName")?;
        let property = self.text()?;
        self.expect(&Token::Comma)?;
        self.named("PropertyValues")?;
        self.expect(&Token::OpenList)?;
        Ok(Filter::In {
            property,
            values: self.values(&Token::CloseList)?,
            operator: false,
        })
    }

    fn named(&mut self, name: &str) -> Result<(), BadFilter> {
        if self.take_word(name) {
            self.expect(&Token::Equals)
        } else {
            self.fail()
        }
    }

    /// At least one literal, up to and with `end`.
    fn values(&mut self, end: &Token) -> Result<Vec<Operand<'static>>, BadFilter> {
        let mut values = vec![self.literal()?];
        while self.take(&Token::Comma) {
            values.push(self.literal()?);
        }
        self.expect(end)?;
        Ok(values)
    }

    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next).map(|(_, token)| token)
    }

    fn peek_word(&self) -> Option<&str> {
        match self.peek() {
            Some(Token::Word(word)) => Some(word),
            _ => None,
        }
    }

    fn take(&mut self, token: &Token) -> bool {
        let found = self.peek() == Some(token);
        self.next += usize::from(found);
        found
    }

    fn take_word(&mut self, word: &str) -> bool {
        let found = self.peek_word() == Some(word);
        self.next += usize::from(found);
        found
    }

    fn expect(&mut self, token: &Token) -> Result<(), BadFilter> {
        if self.take(token) { Ok(()) } else { self.fail() }
    }

    fn word(&mut self) -> Result<String, BadFilter> {
        match self.peek() {
            Some(Token::Word(word)) => {
                let word = word.clone();
                self.next += 1;
                Ok(word)
            }
            _ => self.fail(),
        }
    }

    fn literal(&mut self) -> Result<Operand<'static>, BadFilter> {
        match self.peek() {
            Some(Token::Literal(literal)) => {
                let literal = literal.clone();
                self.next += 1;
                Ok(literal)
            }
            _ => self.fail(),
        }
    }

    fn text(&mut self) -> Result<String, BadFilter> {
        match self.literal()? {
            Operand::Text(text) => Ok(text.into_owned()),
            _ => self.fail(),
        }
    }

    fn fail<T>(&self) -> Result<T, BadFilter> {
        Err(BadFilter {
            at: self.tokens.get(self.next).map_or(self.end, |(at, _)| *at),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::population::Moment;

    fn passes(filter: &str) -> bool {
        let value = |name: &str| match name {
            "name" => "O'Brien".into(),
            "count" => Operand::Number(5),
            "open" => Operand::Bool(true),
            "due" => Operand::Time(Moment::NOW),
            _ => Operand::Null,
        };
        Filter::parse(filter)
            .unwrap_or_else(|e| panic!("{filter}: bad at {}", e.at))
            .accepts(&value)
    }

    #[test]
    fn each_comparison_and_function_does_what_it_says() {
        for (filter, expected) in [
            ("name eq 'O''Brien'", true),
            ("name eq 'o''brien'", true),
            ("name ne 'x'", true),
            ("count ge 5 and count lt 6", true),
            ("count gt 5 or count le 4", false),
            ("not (count eq 5)", false),
            ("open eq true", true),
            ("open eq 1", true),
            ("due ge 2026-03-02T08:00:00Z", true),
            ("due gt datetime'2026-03-02T08:00:00Z'", false),
            ("due lt '2026-03-03T00:00:00Z'", true),
            ("nothing eq null", true),
            ("name eq null", false),
            ("nothing gt 1", false),
            ("startswith(name,'o''b')", true),
            ("contains(name, 'rie')", true),
            ("substringof('xyz',name)", false),
            ("endswith(name,'IEN')", true),
            ("count in (4,5)", true),
            ("name in ('x', 'y')", false),
            (
                "Microsoft.Dynamics.CRM.In(PropertyName='name',PropertyValues=['x','O''Brien'])",
                true,
            ),
        ] {
            assert_eq!(passes(filter), expected, "{filter}");
        }
    }

    #[test]
    fn and_binds_closer_than_or() {
        assert!(passes("open eq true or open eq true and count eq 0"));
        assert!(!passes("(open eq true or open eq true) and count eq 0"));
    }

    #[test]
    fn a_broken_filter_says_where() {
        for (filter, at) in [
            ("", 0),
            ("name", 4),
            ("name eq", 7),
            ("name like 'x'", 5),
            ("name eq 'x", 8),
            ("(count eq 5", 11),
            ("count eq 5)", 10),
            ("count eq 5 count eq 6", 11),
            ("lower(name)", 6),
            ("name eq other", 8),
            ("startswith(name,5)", 17),
            ("name in ()", 9),
            ("name in ('x'", 12),
            ("Microsoft.Dynamics.CRM.In(PropertyName='name')", 45),
        ] {
            assert_eq!(Filter::parse(filter), Err(BadFilter { at }), "{filter}");
        }
    }

    #[test]
    fn a_filter_without_end_is_refused_where_it_gets_too_long() {
        assert_eq!(Filter::parse(&"(".repeat(100_000)), Err(BadFilter { at: 1_000 }));
        let chain = "a eq 1 and ".repeat(250);
        assert_eq!(
            Filter::parse(&format!("{chain}a eq 1")),
            Err(BadFilter { at: chain.len() })
        );
    }

    #[test]
    fn an_equality_that_must_hold_is_found_only_under_and() {
        let required = |filter: &str| Some(Filter::parse(filter).ok()?.required_texts("id")?.join("|"));
        assert_eq!(required("a eq 1 and id eq 'E1'").as_deref(), Some("E1"));
        assert_eq!(required("id in ('E1','E2') and a eq 1").as_deref(), Some("E1|E2"));
        assert_eq!(required("a eq 1 or id eq 'E1'"), None);
        assert_eq!(required("id ne 'E1'"), None);
        assert_eq!(required("not (id eq 'E1')"), None);
    }

    #[test]
    fn the_first_property_that_does_not_exist_is_named() {
        let filter = Filter::parse("a eq 1 and (b eq 2 or startswith(c,'x'))").expect("a filter");
        assert_eq!(filter.unknown_property(&|name| name != "c"), Some("c"));
        assert_eq!(filter.unknown_property(&|_| true), None);
    }
}
