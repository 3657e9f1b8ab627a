//! Attribute arguments: `key = value, key(key = value)`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{
    Attribute, Expr, ExprLit, ExprUnary, Ident, Lit, LitStr, Meta, Token, UnOp,
    ext::IdentExt,
    parenthesized,
    parse::{Parse, ParseStream, Parser},
    punctuated::Punctuated,
    token,
};

use crate::problems::Problems;

/// Arguments that are known, each given once and with a value.
#[derive(Default)]
pub(crate) struct Arguments(Vec<Argument>);

/// `key = value`, or `key(...)`, whose value is [`Expr::Verbatim`].
pub(crate) struct Argument {
    pub(crate) key: Ident,
    pub(crate) value: Expr,
}

impl Arguments {
    /// The arguments of an attribute on a field or a variant: `#[query]` or `#[query(...)]`.
    pub(crate) fn of(attribute: &Attribute, known: &[&str], problems: &mut Problems) -> Self {
        match &attribute.meta {
            Meta::Path(_) => Self::default(),
            Meta::List(list) => Self::parse(list.tokens.clone(), known, problems),
            Meta::NameValue(meta) => {
                let name = meta.path.get_ident().map(Ident::to_string).unwrap_or_default();
                problems.add(
                    meta,
                    format!("arguments stand in brackets: `#[{name}(name = \"...\")]`"),
                );
                Self::default()
            }
        }
    }

    /// Reads `tokens`. What is not known, has no value or comes again is a problem and left out.
    pub(crate) fn parse(tokens: TokenStream, known: &[&str], problems: &mut Problems) -> Self {
        let parser = Punctuated::<Pair, Token![,]>::parse_terminated;
        let mut arguments = Self::default();
        for Pair { key, value } in problems.keep(parser.parse2(tokens)).into_iter().flatten() {
            let name = key.to_string();
            if !known.contains(&name.as_str()) {
                problems.add(&key, unknown(&name, known));
            } else if arguments.0.iter().any(|earlier| earlier.key == key) {
                problems.add(&key, format!("`{name}` is given twice"));
            } else if let Some(value) = value {
                arguments.0.push(Argument { key, value });
            } else {
                problems.add(&key, format!("`{name}` needs a value: `{name} = ...`"));
            }
        }
        arguments
    }

    /// Whether there are none, or none that could be read.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The argument called `key`.
    pub(crate) fn get(&self, key: &str) -> Option<&Argument> {
        self.0.iter().find(|argument| argument.key == key)
    }

    /// Takes the argument called `key`.
    pub(crate) fn take(&mut self, key: &str) -> Option<Argument> {
        let index = self.0.iter().position(|argument| argument.key == key)?;
        Some(self.0.swap_remove(index))
    }

    /// Takes all arguments whose key is among `keys`, in the order written.
    pub(crate) fn take_all(&mut self, keys: &[&str]) -> Vec<Argument> {
        self.0
            .extract_if(.., |argument| keys.iter().any(|key| argument.key == key))
            .collect()
    }

    /// Takes a text.
    pub(crate) fn text(&mut self, key: &str, problems: &mut Problems) -> Option<LitStr> {
        problems.keep(self.take(key)?.text())
    }

    /// Takes `true` or `false`.
    pub(crate) fn flag(&mut self, key: &str, problems: &mut Problems) -> Option<bool> {
        let Argument { key, value } = self.take(key)?;
        if let Expr::Lit(ExprLit {
            lit: Lit::Bool(flag), ..
        }) = &value
        {
            return Some(flag.value);
        }
        problems.add(value, format!("`{key}` is `true` or `false`"));
        None
    }

    /// Takes `visibility`, as the variant of `Visibility`.
    pub(crate) fn visibility(&mut self, problems: &mut Problems) -> TokenStream {
        let variant = self
            .text("visibility", problems)
            .map_or(quote!(None), |text| match text.value().as_str() {
                "important" => quote!(Important),
                "advanced" => quote!(Advanced),
                "internal" => quote!(Internal),
                _ => {
                    problems.add(text, "visibility is \"important\", \"advanced\" or \"internal\"");
                    quote!(None)
                }
            });
        quote!(visibility: ::midspan::macro_support::definition::Visibility::#variant)
    }
}

impl Argument {
    /// Its value as a text in quotes.
    pub(crate) fn text(self) -> syn::Result<LitStr> {
        match self.value {
            Expr::Lit(ExprLit {
                lit: Lit::Str(text), ..
            }) => Ok(text),
            other => Err(syn::Error::new_spanned(
                other,
                format!("`{}` is a text in quotes", self.key),
            )),
        }
    }

    /// What stands in its brackets, of `key(...)`.
    pub(crate) fn list(self) -> syn::Result<TokenStream> {
        match self.value {
            Expr::Verbatim(tokens) => Ok(tokens),
            _ => Err(syn::Error::new_spanned(
                &self.key,
                format!("`{key}` takes arguments: `{key}(...)`", key = self.key),
            )),
        }
    }

    /// Its value as a whole number of type `N`.
    pub(crate) fn whole_number<N: std::str::FromStr<Err: std::fmt::Display>>(&self) -> syn::Result<N> {
        let wrong = || syn::Error::new_spanned(&self.value, format!("`{}` is a whole number", self.key));
        let (negative, literal) = signed(&self.value).ok_or_else(wrong)?;
        let Lit::Int(digits) = literal else {
            return Err(wrong());
        };
        let digits = format!(
            "{}{digits}",
            if negative { "-" } else { "" },
            digits = digits.base10_digits()
        );
        digits.parse().map_err(|_| {
            syn::Error::new_spanned(
                &self.value,
                format!("`{}` can't be {digits}: it is out of range", self.key),
            )
        })
    }
}

/// A literal and whether a minus stands before it.
pub(crate) fn signed(value: &Expr) -> Option<(bool, &Lit)> {
    match value {
        Expr::Lit(ExprLit { lit, .. }) => Some((false, lit)),
        Expr::Unary(ExprUnary {
            op: UnOp::Neg(_), expr, ..
        }) => match &**expr {
            Expr::Lit(ExprLit {
                lit: lit @ (Lit::Int(_) | Lit::Float(_)),
                ..
            }) => Some((true, lit)),
            _ => None,
        },
        _ => None,
    }
}

/// `key = value`, `key(...)`, or a lone `key`, so that an unknown one is named before its value is missed.
struct Pair {
    key: Ident,
    value: Option<Expr>,
}

impl Parse for Pair {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let key = input.call(Ident::parse_any)?;
        let value = if input.parse::<Option<Token![=]>>()?.is_some() {
            Some(input.parse()?)
        } else if input.peek(token::Paren) {
            let inner;
            parenthesized!(inner in input);
            Some(Expr::Verbatim(inner.parse()?))
        } else {
            None
        };
        Ok(Self { key, value })
    }
}

fn unknown(name: &str, known: &[&str]) -> String {
    let nearest = known.iter().map(|known| (distance(name, known), known)).min();
    match nearest {
        Some((distance, nearest)) if distance <= 2 && distance < nearest.len() => {
            format!("there is no argument `{name}`; did you mean `{nearest}`?")
        }
        _ if known.len() == 1 => format!("there is no argument `{name}`; there is only `{}`", known[0]),
        _ => format!("there is no argument `{name}`; there are `{}`", known.join("`, `")),
    }
}

/// Levenshtein's distance: how many letters to add, remove or replace.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, y) in b.bytes().enumerate() {
            let replaced = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, expected: &str) {
        assert_eq!(unknown(name, &["name", "max_length", "min"]), expected);
    }

    #[test]
    fn a_misspelt_argument_is_told_the_nearest_one() {
        check("nme", "there is no argument `nme`; did you mean `name`?");
        check(
            "maxlength",
            "there is no argument `maxlength`; did you mean `max_length`?",
        );
        check("mim", "there is no argument `mim`; did you mean `min`?");
        check(
            "required",
            "there is no argument `required`; there are `name`, `max_length`, `min`",
        );
    }
}
