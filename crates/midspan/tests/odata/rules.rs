//! Rules for query options and expressions (OData ABNF, sections 2 and 3; of data aggregation, `apply`).

use crate::{
    grammar::{Ends, Rule, alt, any_case, char_that, list, many, one_of, opt, seq, times, word},
    literals::{self, bws, close, colon, comma, identifier, open, primitive_literal, qualified_name, rws, semi, slash},
};

/// The rules by their names in the ABNF.
pub(crate) const RULES: &[(&str, Rule)] = &[
    ("nullValue", literals::null_value),
    ("booleanValue", literals::boolean_value),
    ("guidValue", literals::guid_value),
    ("dateValue", literals::date_value),
    ("timeOfDayValue", literals::time_of_day_value),
    ("dateTimeOffsetValue", literals::date_time_offset_value),
    ("decimalValue", literals::decimal_value),
    ("string", literals::string),
    ("duration", literals::duration),
    ("durationValue", literals::duration_value),
    ("enum", literals::enum_literal),
    ("binary", literals::binary),
    ("primitiveLiteral", primitive_literal),
    ("commonExpr", common_expr),
    ("boolCommonExpr", common_expr),
    ("notExpr", not_expr),
    ("negateExpr", negate_expr),
    ("isofExpr", isof_expr),
    ("castExpr", cast_expr),
    ("firstMemberExpr", first_member_expr),
    ("anyExpr", any_expr),
    ("allExpr", all_expr),
    ("searchExpr", search_expr),
    ("filter", filter),
    ("orderby", orderby),
    ("select", select),
    ("expand", expand),
    ("search", search),
    ("compute", compute),
    ("top", top),
    ("skip", skip),
    ("levels", levels),
    ("apply", apply),
    ("queryOptions", query_options),
];

pub(crate) fn rule(name: &str) -> Option<Rule> {
    RULES.iter().find(|(own, _)| *own == name).map(|(_, rule)| *rule)
}

// Expressions: operands with operators between them. Which of them go together is for precedence, not for the grammar.

pub(crate) fn common_expr(input: &str, at: usize) -> Ends {
    const OPERATORS: [&str; 15] = [
        "add", "sub", "mul", "divby", "div", "mod", "eq", "ne", "lt", "le", "gt", "ge", "has", "and", "or",
    ];
    let operator = |input: &str, at: usize| {
        OPERATORS
            .into_iter()
            .flat_map(|name| any_case(name)(input, at))
            .collect::<Ends>()
    };
    let joined = |input: &str, at: usize| seq!(input, at; rws, operator, rws, operand);
    let set = |input: &str, at: usize| alt!(input, at; operand, list_expr);
    let is_in = |input: &str, at: usize| seq!(input, at; rws, any_case("in"), rws, set);
    let more = |input: &str, at: usize| alt!(input, at; joined, is_in);
    seq!(input, at; operand, many(more))
}

fn operand(input: &str, at: usize) -> Ends {
    alt!(input, at;
        primitive_literal, paren_expr, negate_expr, not_expr, method_call_expr, cast_expr, isof_expr, case_expr,
        first_member_expr)
}

fn paren_expr(input: &str, at: usize) -> Ends {
    seq!(input, at; open, common_expr, close)
}

fn list_expr(input: &str, at: usize) -> Ends {
    let items = list(comma, primitive_literal);
    seq!(input, at; open, items, close)
}

pub(crate) fn negate_expr(input: &str, at: usize) -> Ends {
    seq!(input, at; word("-"), bws, operand)
}

pub(crate) fn not_expr(input: &str, at: usize) -> Ends {
    seq!(input, at; any_case("not"), rws, operand)
}

fn method_call_expr(input: &str, at: usize) -> Ends {
    const METHODS: &[(&[&str], usize, usize)] = &[
        (&["now", "mindatetime", "maxdatetime"], 0, 0),
        (&["length", "tolower", "toupper", "trim", "geo.length"], 1, 1),
        (&["year", "month", "day", "hour", "minute", "second"], 1, 1),
        (
            &[
                "fractionalseconds",
                "totalseconds",
                "totaloffsetminutes",
                "date",
                "time",
            ],
            1,
            1,
        ),
        (&["round", "floor", "ceiling"], 1, 1),
        (
            &[
                "concat",
                "contains",
                "endswith",
                "startswith",
                "indexof",
                "matchesPattern",
            ],
            2,
            2,
        ),
        (&["hassubset", "hassubsequence", "geo.distance", "geo.intersects"], 2, 2),
        (&["substring"], 2, 3),
    ];
    let mut ends = Vec::new();
    for (names, least, most) in METHODS {
        let more = |input: &str, at: usize| seq!(input, at; comma, common_expr);
        let arguments = |input: &str, at: usize| match *least {
            0 => vec![at],
            least => seq!(input, at; common_expr, times(least - 1, most - 1, more)),
        };
        for name in *names {
            ends.extend(seq!(input, at; any_case(name), open, arguments, close));
        }
    }
    ends
}

pub(crate) fn cast_expr(input: &str, at: usize) -> Ends {
    typed("cast", input, at)
}

pub(crate) fn isof_expr(input: &str, at: usize) -> Ends {
    typed("isof", input, at)
}

fn typed(name: &'static str, input: &str, at: usize) -> Ends {
    let what = |input: &str, at: usize| seq!(input, at; common_expr, comma);
    seq!(input, at; any_case(name), open, opt(what), qualified_name, close)
}

fn case_expr(input: &str, at: usize) -> Ends {
    let case = |input: &str, at: usize| seq!(input, at; common_expr, bws, colon, bws, common_expr);
    let cases = list(comma, case);
    seq!(input, at; any_case("case"), open, cases, close)
}

pub(crate) fn first_member_expr(input: &str, at: usize) -> Ends {
    let implicit = one_of(&["$it", "$this"]);
    let first = |input: &str, at: usize| alt!(input, at; implicit, member);
    let filtered = |input: &str, at: usize| seq!(input, at; word("$filter"), open, common_expr, close);
    let next = |input: &str, at: usize| {
        let next = |input: &str, at: usize| alt!(input, at; member, filtered);
        seq!(input, at; slash, next)
    };
    let last = |input: &str, at: usize| {
        let last = |input: &str, at: usize| alt!(input, at; any_expr, all_expr, counted);
        seq!(input, at; slash, last)
    };
    seq!(input, at; first, many(next), opt(last))
}

/// A name, with a key or with the parameters of a function.
fn member(input: &str, at: usize) -> Ends {
    let named = |input: &str, at: usize| seq!(input, at; identifier, word("="), common_expr);
    let argument = |input: &str, at: usize| alt!(input, at; named, primitive_literal);
    let arguments = |input: &str, at: usize| list(comma, argument)(input, at);
    let enclosed = |input: &str, at: usize| seq!(input, at; open, opt(arguments), close);
    // Those two are lambda operators.
    let is_lambda = ["any", "all"]
        .into_iter()
        .any(|name| input[at..].starts_with(name) && !enclosed(input, at + name.len()).is_empty());
    if is_lambda {
        return qualified_name(input, at);
    }
    seq!(input, at; qualified_name, opt(enclosed))
}

/// `$count`, of what a filter or a search finds.
fn counted(input: &str, at: usize) -> Ends {
    let narrowing = |input: &str, at: usize| alt!(input, at; filter, search);
    let options = |input: &str, at: usize| {
        let options = list(semi, narrowing);
        seq!(input, at; open, options, close)
    };
    seq!(input, at; word("$count"), opt(options))
}

pub(crate) fn any_expr(input: &str, at: usize) -> Ends {
    seq!(input, at; any_case("any"), open, opt(lambda), close)
}

pub(crate) fn all_expr(input: &str, at: usize) -> Ends {
    seq!(input, at; any_case("all"), open, lambda, close)
}

fn lambda(input: &str, at: usize) -> Ends {
    seq!(input, at; identifier, bws, colon, bws, common_expr)
}

// Query options. `$` may be left out of their names (OData 4.01).

pub(crate) fn query_options(input: &str, at: usize) -> Ends {
    list(word("&"), query_option)(input, at)
}

fn query_option(input: &str, at: usize) -> Ends {
    alt!(input, at; filter, orderby, select, expand, search, compute, top, skip, count, format, index, apply)
}

fn option(name: &'static str, value: impl Fn(&str, usize) -> Ends) -> impl Fn(&str, usize) -> Ends {
    move |input, at| seq!(input, at; opt(one_of(&["$", "%24"])), any_case(name), word("="), value)
}

pub(crate) fn filter(input: &str, at: usize) -> Ends {
    option("filter", common_expr)(input, at)
}

pub(crate) fn orderby(input: &str, at: usize) -> Ends {
    let direction = |input: &str, at: usize| {
        let (up, down) = (any_case("asc"), any_case("desc"));
        let direction = |input: &str, at: usize| alt!(input, at; up, down);
        seq!(input, at; rws, direction)
    };
    let item = |input: &str, at: usize| seq!(input, at; common_expr, opt(direction));
    option("orderby", list(comma, &item))(input, at)
}

fn path(input: &str, at: usize) -> Ends {
    list(slash, qualified_name)(input, at)
}

pub(crate) fn select(input: &str, at: usize) -> Ends {
    let nested = |input: &str, at: usize| {
        let options = list(semi, query_option);
        seq!(input, at; open, options, close)
    };
    let signature = |input: &str, at: usize| {
        let names = list(comma, identifier);
        seq!(input, at; open, names, close)
    };
    let suffix = |input: &str, at: usize| alt!(input, at; nested, signature);
    let property = |input: &str, at: usize| seq!(input, at; path, opt(suffix));
    let all_of = |input: &str, at: usize| seq!(input, at; qualified_name, word(".*"));
    let item = |input: &str, at: usize| alt!(input, at; property, all_of, word("*"));
    option("select", list(comma, &item))(input, at)
}

pub(crate) fn expand(input: &str, at: usize) -> Ends {
    let star = |input: &str, at: usize| {
        let prefix = |input: &str, at: usize| seq!(input, at; path, slash);
        seq!(input, at; opt(prefix), word("*"))
    };
    let what = |input: &str, at: usize| alt!(input, at; path, star);
    let whole = |input: &str, at: usize| seq!(input, at; what, opt(expand_options));
    let reference = |input: &str, at: usize| seq!(input, at; what, slash, word("$ref"), opt(reference_options));
    let number = |input: &str, at: usize| seq!(input, at; what, slash, counted);
    let item = |input: &str, at: usize| alt!(input, at; whole, reference, number, word("$value"));
    option("expand", list(comma, &item))(input, at)
}

fn expand_options(input: &str, at: usize) -> Ends {
    let nested = |input: &str, at: usize| alt!(input, at; query_option, levels);
    let options = list(semi, &nested);
    seq!(input, at; open, options, close)
}

/// References have nothing to select or to expand.
fn reference_options(input: &str, at: usize) -> Ends {
    let nested = |input: &str, at: usize| alt!(input, at; filter, search, orderby, skip, top, count);
    let options = list(semi, &nested);
    seq!(input, at; open, options, close)
}

pub(crate) fn levels(input: &str, at: usize) -> Ends {
    let most = any_case("max");
    let number = |input: &str, at: usize| {
        let first = char_that(|c| ('1'..='9').contains(&c));
        seq!(input, at; first, many(char_that(|c| c.is_ascii_digit())))
    };
    let levels = |input: &str, at: usize| alt!(input, at; number, most);
    option("levels", levels)(input, at)
}

fn number(input: &str, at: usize) -> Ends {
    times(1, 99, char_that(|c| c.is_ascii_digit()))(input, at)
}

pub(crate) fn top(input: &str, at: usize) -> Ends {
    option("top", number)(input, at)
}

pub(crate) fn skip(input: &str, at: usize) -> Ends {
    option("skip", number)(input, at)
}

fn count(input: &str, at: usize) -> Ends {
    option("count", literals::boolean_value)(input, at)
}

fn format(input: &str, at: usize) -> Ends {
    let (json, atom, xml) = (any_case("json"), any_case("atom"), any_case("xml"));
    let media_type = |input: &str, at: usize| seq!(input, at; identifier, slash, identifier);
    let format = |input: &str, at: usize| alt!(input, at; json, atom, xml, media_type);
    option("format", format)(input, at)
}

fn index(input: &str, at: usize) -> Ends {
    let index = |input: &str, at: usize| seq!(input, at; opt(word("-")), number);
    option("index", index)(input, at)
}

pub(crate) fn compute(input: &str, at: usize) -> Ends {
    option("compute", list(comma, compute_item))(input, at)
}

fn compute_item(input: &str, at: usize) -> Ends {
    seq!(input, at; common_expr, rws, any_case("as"), rws, identifier)
}

/// As an expression, or as a text in single quotes that need not be one.
pub(crate) fn search(input: &str, at: usize) -> Ends {
    let incomplete = |input: &str, at: usize| {
        let text = char_that(|c| c.is_ascii_alphanumeric() || "-._~!()*+,$:@/?=%\" ".contains(c));
        seq!(input, at; word("'"), many(text), word("'"))
    };
    let either = |input: &str, at: usize| alt!(input, at; search_expr, incomplete);
    let value = |input: &str, at: usize| seq!(input, at; bws, either);
    option("search", value)(input, at)
}

pub(crate) fn search_expr(input: &str, at: usize) -> Ends {
    let operator = |input: &str, at: usize| alt!(input, at; word("AND"), word("OR"));
    let joined =
        |input: &str, at: usize| seq!(input, at; rws, opt(|i: &str, a: usize| seq!(i, a; operator, rws)), search_term);
    seq!(input, at; search_term, many(joined))
}

fn search_term(input: &str, at: usize) -> Ends {
    let negated = |input: &str, at: usize| seq!(input, at; word("NOT"), rws, search_term);
    let enclosed = |input: &str, at: usize| seq!(input, at; open, search_expr, close);
    alt!(input, at; search_phrase, search_word, negated, enclosed)
}

/// `\` stands before `\` and `"`.
fn search_phrase(input: &str, at: usize) -> Ends {
    let quote = || one_of(&["\"", "%22"]);
    let backslash = || one_of(&["\\", "%5C"]);
    let escaped = |input: &str, at: usize| {
        let special = |input: &str, at: usize| alt!(input, at; quote(), backslash());
        seq!(input, at; backslash(), special)
    };
    let plain = char_that(|c| c.is_ascii_alphanumeric() || "-._~!()*+,;$:@/?' =".contains(c));
    let encoded = |input: &str, at: usize| {
        if input[at..].starts_with("%22") || input[at..].starts_with("%5C") {
            return Vec::new();
        }
        seq!(input, at; word("%"), times(2, 2, char_that(|c| c.is_ascii_hexdigit())))
    };
    let character = |input: &str, at: usize| alt!(input, at; escaped, plain, encoded);
    let characters = times(1, usize::MAX - 1, character);
    seq!(input, at; quote(), characters, quote())
}

/// It may be `AND`, `OR` or `NOT`, where that is no operator.
fn search_word(input: &str, at: usize) -> Ends {
    let plain = char_that(|c| c.is_ascii_alphanumeric() || "-._~!*+,'$:@/?=".contains(c));
    let encoded = |input: &str, at: usize| {
        const SPECIAL: [&str; 4] = ["%20", "%22", "%28", "%29"];
        if SPECIAL.iter().any(|special| input[at..].starts_with(special)) {
            return Vec::new();
        }
        seq!(input, at; word("%"), times(2, 2, char_that(|c| c.is_ascii_hexdigit())))
    };
    let character = |input: &str, at: usize| alt!(input, at; plain, encoded);
    times(1, usize::MAX - 1, character)(input, at)
}

pub(crate) fn apply(input: &str, at: usize) -> Ends {
    option("apply", sequence)(input, at)
}

fn sequence(input: &str, at: usize) -> Ends {
    list(slash, transformation)(input, at)
}

fn transformation(input: &str, at: usize) -> Ends {
    let call = |name: &'static str, argument: fn(&str, usize) -> Ends| move |input: &str, at: usize| seq!(input, at; word(name), open, argument, close);
    let counted = |input: &str, at: usize| seq!(input, at; number, comma, common_expr);
    let methods = |input: &str, at: usize| {
        ["topcount", "bottomcount"]
            .into_iter()
            .flat_map(|name| seq!(input, at; word(name), open, counted, close))
            .collect::<Ends>()
    };
    alt!(input, at;
        call("filter", common_expr), call("aggregate", aggregates), call("compute", computes), call("search", search_expr),
        call("orderby", orders), call("top", number), call("skip", number), call("concat", sequences), methods, groupby)
}

fn aggregates(input: &str, at: usize) -> Ends {
    let alias = |input: &str, at: usize| seq!(input, at; rws, word("as"), rws, identifier);
    let counted = |input: &str, at: usize| seq!(input, at; word("$count"), alias);
    let method = |input: &str, at: usize| seq!(input, at; common_expr, rws, word("with"), rws, qualified_name, alias);
    let item = |input: &str, at: usize| alt!(input, at; counted, method);
    list(comma, &item)(input, at)
}

fn computes(input: &str, at: usize) -> Ends {
    list(comma, compute_item)(input, at)
}

fn orders(input: &str, at: usize) -> Ends {
    let (up, down) = (any_case("asc"), any_case("desc"));
    let direction = |input: &str, at: usize| alt!(input, at; up, down);
    let item = |input: &str, at: usize| seq!(input, at; common_expr, rws, direction);
    list(comma, &item)(input, at)
}

fn sequences(input: &str, at: usize) -> Ends {
    seq!(input, at; sequence, times(1, 99, |input: &str, at: usize| seq!(input, at; comma, sequence)))
}

fn groupby(input: &str, at: usize) -> Ends {
    let fields = |input: &str, at: usize| {
        let fields = list(comma, path);
        seq!(input, at; open, fields, close)
    };
    let values = |input: &str, at: usize| seq!(input, at; comma, sequence);
    seq!(input, at; word("groupby"), open, fields, opt(values), close)
}
