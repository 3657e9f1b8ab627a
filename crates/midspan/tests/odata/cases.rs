//! Our own cases: what a rule takes, and what it refuses.

use crate::{grammar::accepts, rules::rule};

fn check(name: &str, taken: &[&str], refused: &[&str]) {
    let rule = rule(name).expect("a rule of the reader");
    for input in taken {
        assert!(accepts(rule, input), "{name} takes {input}");
    }
    for input in refused {
        assert!(!accepts(rule, input), "{name} refuses {input}");
    }
}

#[test]
fn values() {
    check("booleanValue", &["true", "False"], &["1", "yes", "'true'"]);
    check(
        "guidValue",
        &["0fe1c9a2-77b0-4b5e-9d5e-aa01b2c3d4e5"],
        &[
            "0fe1c9a2-77b0-4b5e-9d5e-aa01b2c3d4e",
            "{0fe1c9a2-77b0-4b5e-9d5e-aa01b2c3d4e5}",
        ],
    );
    check(
        "dateValue",
        &["2026-02-28", "0001-01-01", "-0044-03-15", "12026-12-31"],
        &[
            "26-02-28",
            "2026-13-01",
            "2026-00-01",
            "2026-01-32",
            "2026-1-1",
            "02026-01-01",
        ],
    );
    check(
        "timeOfDayValue",
        &["07:05", "07:05:30", "23:59:59.999999999999", "07%3A05"],
        &["7:05", "24:00:00", "07:60", "07:05:30.", "07:05:30.1234567890123"],
    );
    check(
        "dateTimeOffsetValue",
        &[
            "2026-02-28T07:05:30Z",
            "2026-02-28T07:05:30.25+01:00",
            "2026-02-28T07:05:30%2B01:00",
        ],
        &[
            "2026-02-28",
            "2026-02-28T07:05:30",
            "2026-02-28 07:05:30Z",
            "2026-02-28T07:05:30+1:00",
        ],
    );
    check(
        "decimalValue",
        &["0", "-7", "+7", "12.50", "6.02e23", "1E-7", "NaN", "INF", "-INF"],
        &["", ".5", "5.", "1,5", "0x1f", "nan", "Infinity", "+INF", "1e"],
    );
    check(
        "durationValue",
        &["PT5400S", "P1DT2H3M4.5S", "-P3D", "PT0.000000001S"],
        &["5400", "P1Y", "1D", "PT1.S", "P1H"],
    );
    check(
        "duration",
        &["duration'PT1S'", "'PT1S'"],
        &["duration'1'", "duration\"PT1S\"", "PT1S"],
    );
    check(
        "binary",
        &[
            "binary''",
            "binary'AQ=='",
            "binary'AQ'",
            "binary'AQI='",
            "binary'AQID'",
            "binary'-_8A'",
        ],
        &["binary'A'", "binary'AR=='", "binary'AQJ='", "binary'+/8A'", "AQID"],
    );
    check(
        "enum",
        &[
            "Sales.Pattern'Yellow'",
            "'Yellow'",
            "Sales.Pattern'Red,Blue'",
            "Sales.Pattern'4'",
        ],
        &["Yellow", "Sales.Pattern'Dark Red'", "Sales.Pattern''", "Sales.'Yellow'"],
    );
    check(
        "primitiveLiteral",
        &[
            "null",
            "geography'SRID=4326;Point(8.5 47.25)'",
            "geography'SRID=4326;Polygon((0 0,1 0,1 1,0 0))'",
        ],
        &[
            "Null",
            "undefined",
            "geography'Point(8.5 47.25)'",
            "geography'SRID=4326;Point(8.5)'",
        ],
    );
}

#[test]
fn strings_end_at_the_first_quote_that_is_not_doubled() {
    check(
        "string",
        &[
            "''",
            "''''",
            "'O''Hara'",
            "'a%26b%20%C3%BC'",
            "'a%27%27b'",
            "'1 eq 1'",
            "'%25'",
            "%27a%27",
        ],
        &[
            "",
            "'",
            "'''",
            "'O'Hara'",
            "'a%27b'",
            "'a%2'",
            "'a#b'",
            "\"a\"",
            "'a' or 'b'",
        ],
    );
}

#[test]
fn expressions() {
    check(
        "boolCommonExpr",
        &[
            "a eq 1",
            "a eq 1 and not (b/c ne 'x' or d)",
            "contains(name,'x')",
            "startswith(tolower(name),'x') eq true",
            "a in (1,2, 3)",
            "a in ('x')",
            "style has Sales.Pattern'Yellow'",
            "price add 1 sub - price mul 2 divby 3 mod 4 gt now()",
            "(a add 1) mul 2 lt length(name)",
            "isof(who,Sales.Manager) and cast(n,Edm.String) eq '1'",
            "case(n eq 1:'one',true:'many') eq 'one'",
            "geo.distance(place,geography'SRID=4326;Point(0 0)') le 5000.0",
            "%28a%20eq%201%29",
            "lines/$count($filter=price gt 5) gt 2",
            "lines/$filter(price gt 5)/$count lt 10",
            "Sales.Rank(of=name,by=1 add 2) eq lines(1)/name",
            "a in (b)",
        ],
        &[
            "",
            "a eq",
            "a eq1",
            "a = 1",
            "a eq 1 and",
            "not a b",
            "(a eq 1",
            "a eq 1)",
            "a eq 1 or or b",
            "contains(name)",
            "substring(name)",
            "unknown(name)",
            "a in ()",
            "a in (b,c)",
            "a eq ('x','y')",
            "a in 1,2 or",
            "a eq 'x' or 'y",
            "a && b",
            "a eq 1;b eq 2",
        ],
    );
    check("notExpr", &["not a", "not (a eq 1)", "NOT%20a"], &["nota", "!a", "not"]);
    check("negateExpr", &["-a", "- a", "-(a add 1)"], &["a", "-", "+a"]);
    check(
        "isofExpr",
        &["isof(Sales.Manager)", "isof( who , Edm.String )"],
        &["isof()", "isof('Edm.String')", "isof(a,b,c)"],
    );
    check(
        "castExpr",
        &["cast(a add 1,Edm.Decimal)"],
        &["cast(a;Edm.Decimal)", "cast()"],
    );
    check(
        "firstMemberExpr",
        &["a", "a/b/Sales.Manager/c", "$it/a", "tags/$count"],
        &["", "/a", "a/", "a//b", "1a", "$count"],
    );
    check(
        "anyExpr",
        &["any()", "any(t:t eq 1)", "any( t : t/a )"],
        &["any(t)", "any(t:)", "any(1:true)"],
    );
    check("allExpr", &["all(t:t/b/any(u:u eq t/a))"], &["all()", "all(t:t eq 1"]);
}

#[test]
fn options() {
    check(
        "filter",
        &["$filter=a eq 1", "filter=a", "$filter=true"],
        &["$filter=", "$filter", "$filters=a", "$filter:a"],
    );
    check(
        "orderby",
        &["$orderby=a", "$orderby=a asc,b/c desc, length(d)"],
        &["$orderby=", "$orderby=a up", "$orderby=a,,b"],
    );
    check(
        "select",
        &[
            "$select=a,b/c,*",
            "$select=Sales.*,Sales.Rank(of,by)",
            "$select=a($select=b;$top=1)",
        ],
        &["$select=", "$select=a b", "$select=a;b"],
    );
    check(
        "expand",
        &[
            "$expand=a,b/c",
            "$expand=a($select=x,y;$filter=x eq 'a;b)';$expand=c($levels=max))",
            "$expand=a/$ref,b/$count($filter=c eq 1),*,a/*/$ref",
            "$expand=a/$ref($filter=b eq 1)",
            "$expand=a($orderby=x desc%3B$top=1)",
        ],
        &[
            "$expand=",
            "$expand=a()",
            "$expand=a($select=x",
            "$expand=a($select=x,$top=1)",
            "$expand=a($select:x)",
            "$expand=a/$ref($select=x)",
            "$expand=a/$count($count=true)",
        ],
    );
    check(
        "levels",
        &["$levels=3", "$levels=max"],
        &["$levels=", "$levels=-1", "$levels=04", "$levels=all"],
    );
    check(
        "compute",
        &["$compute=a mul 2 as b,c as d"],
        &["$compute=a mul 2", "$compute=a as 2", "$compute=a as"],
    );
    check(
        "top",
        &["$top=0", "top=50"],
        &["$top=", "$top=-1", "$top=1.5", "$top='1'"],
    );
    check("skip", &["$skip=10"], &["$skip=ten"]);
    check(
        "search",
        &[
            "$search=blue",
            "$search=\"a b\" AND NOT c",
            "$search=(a OR b) c",
            "$search=%22a%5C%22b%22",
            "$search=NOT NOT",
            "$search=1/2 it's",
            "$search='\"a'",
        ],
        &[
            "$search=",
            "$search=\"a",
            "$search=\"\"",
            "$search=(a",
            "$search=a)",
            "$search=a;b",
            "$search=a%22b",
        ],
    );
    check(
        "searchExpr",
        &["\"a\\\\\" OR \"b\""],
        &["\"a\\\"", "\"a\"b\"", "\"a\\x\""],
    );
    check(
        "apply",
        &[
            "$apply=filter(a eq 1)/groupby((b,c/d),aggregate(e with sum as f,$count as g))",
            "$apply=concat(topcount(2,a),aggregate(a with max as b))",
        ],
        &[
            "$apply=",
            "$apply=groupby(b)",
            "$apply=aggregate(e)",
            "$apply=filter(a eq 1)groupby((b))",
        ],
    );
    check(
        "queryOptions",
        &["$filter=a eq 'x%26y'&$top=1", "$count=true&$format=json"],
        &["$filter=a eq 'x'&", "&$top=1", "$top=1&&$skip=2"],
    );
}
