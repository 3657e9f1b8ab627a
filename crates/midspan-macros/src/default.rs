//! `default = ...` of a field.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote_spanned};
use syn::{Expr, Lit, Type, spanned::Spanned};

use crate::{
    attributes::{Argument, signed},
    kind::{Kind, Shape},
};

const ANY_LITERAL: &str = "a default is a number, a text in quotes, `true` or `false`";

/// What stands in for a value that was left out.
pub(crate) struct DefaultValue {
    /// As a query has it: `newest`.
    pub(crate) text: String,
    /// As JSON has it: `"newest"`.
    pub(crate) json: String,
    pub(crate) number: Option<f64>,
    pub(crate) at: Expr,
}

impl DefaultValue {
    /// The literal, if a field of this shape can have it.
    pub(crate) fn read(argument: Argument, shape: Shape) -> syn::Result<Self> {
        let at = argument.value;
        let found = if shape.optional {
            Err("an `Option` has no default: it is `None` when it is left out".to_owned())
        } else if shape.list {
            Err("a list has no default: it is empty when it is left out".to_owned())
        } else {
            literal(&at, shape.kind)
        };
        let (text, json) = found.map_err(|message| syn::Error::new_spanned(&at, message))?;
        let number = if text == json { json.parse().ok() } else { None };
        Ok(Self { text, json, number, at })
    }

    /// What only the compiler knows: the values of an enum.
    pub(crate) fn check(&self, ty: &Type) -> TokenStream {
        if !matches!(Shape::of(ty).kind, Kind::Unknown) {
            return TokenStream::new();
        }
        let text = &self.text;
        let message = format!("{} has no value \"{text}\"", ty.to_token_stream());
        quote_spanned! {self.at.span()=>
            ::core::assert!(<#ty as ::midspan::Data>::SCHEMA.may_be(#text), "{}", #message);
        }
    }
}

/// A number, a text or a truth value as JSON.
pub(crate) fn fixed(value: &Expr) -> Option<String> {
    literal(value, Kind::Unknown).ok().map(|(_, json)| json)
}

/// The value as a query and as JSON have it.
fn literal(value: &Expr, kind: Kind) -> Result<(String, String), String> {
    let same = |text: String| Ok((text.clone(), text));
    let (negative, literal) = signed(value).ok_or(ANY_LITERAL)?;
    let sign = if negative { "-" } else { "" };
    match (kind, literal) {
        (Kind::Integer { min, max }, Lit::Int(digits)) => {
            let number = format!("{sign}{}", digits.base10_digits());
            match number.parse::<i128>() {
                Ok(whole) if (min..=max).contains(&whole) => same(number),
                _ => Err(format!(
                    "the default {number} does not fit the type, which holds {min} to {max}"
                )),
            }
        }
        (Kind::Number | Kind::Unknown, Lit::Int(digits)) => same(format!("{sign}{}", digits.base10_digits())),
        (Kind::Number | Kind::Unknown, Lit::Float(digits)) => match digits.base10_parse::<f64>() {
            // JSON wants a digit after the point; Rust does not.
            Ok(number) if number.is_finite() => same(format!("{sign}{number}")),
            _ => Err("the default is out of range".to_owned()),
        },
        (Kind::Boolean | Kind::Unknown, Lit::Bool(truth)) => same(truth.value.to_string()),
        (Kind::Text | Kind::Date | Kind::Unknown, Lit::Str(text)) => Ok((text.value(), json_text(&text.value()))),
        (Kind::Integer { .. }, _) => Err("the default of a whole number is a whole number".to_owned()),
        (Kind::Number, _) => Err("the default of a number is a number".to_owned()),
        (Kind::Boolean, _) => Err("the default is `true` or `false`".to_owned()),
        (Kind::Text | Kind::Date, _) => Err("the default is a text in quotes".to_owned()),
        (Kind::Unknown, _) => Err(ANY_LITERAL.to_owned()),
    }
}

/// RFC 8259 s. 7.
fn json_text(text: &str) -> String {
    let mut json = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => json.extend(['\\', letter]),
            '\0'..='\x1f' => json.extend(format!("\\u{:04x}", u32::from(letter)).chars()),
            _ => json.push(letter),
        }
    }
    json.push('"');
    json
}

#[cfg(test)]
mod tests {
    use proc_macro2::Span;
    use syn::Ident;

    use super::*;

    fn check(ty: &str, literal: &str, expected: Result<&str, &str>) {
        let argument = Argument {
            key: Ident::new("default", Span::call_site()),
            value: syn::parse_str(literal).expect("an expression"),
        };
        let shape = Shape::of(&syn::parse_str(ty).expect("a type"));
        let found = DefaultValue::read(argument, shape)
            .map(|default| default.json)
            .map_err(|error| error.to_string());
        assert_eq!(found.as_deref().map_err(String::as_str), expected, "{ty} = {literal}");
    }

    #[test]
    fn a_default_is_json_of_the_fields_type() {
        check("u32", "5", Ok("5"));
        check("u32", "1_000", Ok("1000"));
        check("i32", "-5", Ok("-5"));
        check(
            "u32",
            "-5",
            Err("the default -5 does not fit the type, which holds 0 to 4294967295"),
        );
        check("u32", "1.5", Err("the default of a whole number is a whole number"));
        check("f64", "-1.", Ok("-1"));
        check("f64", "2", Ok("2"));
        check("f64", "1e999", Err("the default is out of range"));
        check("bool", "true", Ok("true"));
        check("bool", "\"true\"", Err("the default is `true` or `false`"));
        check("String", "\"say \\\"hi\\\"\\n\"", Ok("\"say \\\"hi\\\"\\u000a\""));
        check("Date", "\"2026-11-23\"", Ok("\"2026-11-23\""));
        check("Sort", "\"newest\"", Ok("\"newest\""));
        check(
            "Sort",
            "Sort::Newest",
            Err("a default is a number, a text in quotes, `true` or `false`"),
        );
        check(
            "Vec<u32>",
            "5",
            Err("a list has no default: it is empty when it is left out"),
        );
        check(
            "Option<u32>",
            "5",
            Err("an `Option` has no default: it is `None` when it is left out"),
        );
    }
}
