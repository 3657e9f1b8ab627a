//! A reader of OData URLs: for each rule, where what it recognises may end. Alternatives are all followed, so that the
//! order in which they stand does not matter.

/// Where what begins at a place of the input may end: nowhere if it is not what the rule says.
pub(crate) type Ends = Vec<usize>;

/// A rule by its name in the OData ABNF.
pub(crate) type Rule = fn(&str, usize) -> Ends;

/// Whether the whole input is what the rule says.
pub(crate) fn accepts(rule: Rule, input: &str) -> bool {
    rule(input, 0).contains(&input.len())
}

/// One rule after the other.
macro_rules! seq {
    ($input:expr, $at:expr; $($rule:expr),+ $(,)?) => {{
        let mut ends = vec![$at];
        $(ends = $crate::grammar::step($input, &ends, &$rule);)+
        ends
    }};
}

/// Any of the rules.
macro_rules! alt {
    ($input:expr, $at:expr; $($rule:expr),+ $(,)?) => {{
        let mut ends = Vec::new();
        $(ends.extend($rule($input, $at));)+
        $crate::grammar::distinct(ends)
    }};
}

pub(crate) use {alt, seq};

pub(crate) fn step(input: &str, starts: &[usize], rule: &impl Fn(&str, usize) -> Ends) -> Ends {
    distinct(starts.iter().flat_map(|at| rule(input, *at)).collect())
}

pub(crate) fn distinct(mut ends: Ends) -> Ends {
    ends.sort_unstable();
    ends.dedup();
    ends
}

/// Exactly this text.
pub(crate) fn word(text: &'static str) -> impl Fn(&str, usize) -> Ends {
    move |input, at| {
        let found = input.get(at..).is_some_and(|rest| rest.starts_with(text));
        if found { vec![at + text.len()] } else { Vec::new() }
    }
}

/// This text in upper or lower case.
pub(crate) fn any_case(text: &'static str) -> impl Fn(&str, usize) -> Ends {
    move |input, at| {
        let end = at + text.len();
        let found = input.get(at..end).is_some_and(|part| part.eq_ignore_ascii_case(text));
        if found { vec![end] } else { Vec::new() }
    }
}

/// One of these texts.
pub(crate) fn one_of(texts: &'static [&'static str]) -> impl Fn(&str, usize) -> Ends {
    move |input, at| texts.iter().flat_map(|text| word(text)(input, at)).collect()
}

/// One character that fits.
pub(crate) fn char_that(fits: impl Fn(char) -> bool) -> impl Fn(&str, usize) -> Ends {
    move |input, at| {
        let next = input.get(at..).and_then(|rest| rest.chars().next());
        next.filter(|c| fits(*c))
            .map(|c| at + c.len_utf8())
            .into_iter()
            .collect()
    }
}

pub(crate) fn opt(rule: impl Fn(&str, usize) -> Ends) -> impl Fn(&str, usize) -> Ends {
    move |input, at| distinct([vec![at], rule(input, at)].concat())
}

/// The rule `least` to `most` times.
pub(crate) fn times(least: usize, most: usize, rule: impl Fn(&str, usize) -> Ends) -> impl Fn(&str, usize) -> Ends {
    move |input, at| {
        let (mut all, mut now) = (Vec::new(), vec![at]);
        for round in 0..=most {
            if round >= least {
                all.extend(&now);
            }
            // What does not go on would go on for ever.
            now = step(input, &now, &rule)
                .into_iter()
                .filter(|end| !all.contains(end))
                .collect();
            if now.is_empty() {
                break;
            }
        }
        distinct(all)
    }
}

pub(crate) fn many(rule: impl Fn(&str, usize) -> Ends) -> impl Fn(&str, usize) -> Ends {
    times(0, usize::MAX - 1, rule)
}

/// The rule once or more, with `separator` between.
pub(crate) fn list(
    separator: impl Fn(&str, usize) -> Ends,
    rule: impl Fn(&str, usize) -> Ends + Copy,
) -> impl Fn(&str, usize) -> Ends {
    move |input, at| {
        let more = |input: &str, at: usize| seq!(input, at; separator, rule);
        seq!(input, at; rule, many(more))
    }
}
