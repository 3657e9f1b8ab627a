//! `default`, `min`, `max`, `min_length`, `max_length`, `max_items` and `format` of a field.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Expr, LitStr, Type};

use crate::{
    attributes::{Argument, Arguments},
    default::DefaultValue,
    kind::{Kind, Shape},
    problems::Problems,
};

/// The arguments that are bounds.
pub(crate) const KEYS: [&str; 7] = [
    "default",
    "min",
    "max",
    "min_length",
    "max_length",
    "max_items",
    "format",
];

/// The bounds of one field, checked against its type as far as the type's name tells it, and against each other.
#[derive(Default)]
pub(crate) struct Bounds {
    pub(crate) default: Option<DefaultValue>,
    limits: Vec<Limit>,
    format: Option<LitStr>,
}

/// Any bound but the default.
struct Limit {
    key: String,
    value: i64,
    at: Expr,
}

impl Bounds {
    /// Takes the bounds among `arguments` of a field of type `ty`.
    pub(crate) fn take(arguments: &mut Arguments, ty: &Type, problems: &mut Problems) -> Self {
        let shape = Shape::of(ty);
        let mut bounds = Self::default();
        for argument in arguments.take_all(&KEYS) {
            if let Err(message) = applicable(&argument.key.to_string(), shape) {
                problems.add(&argument.key, message);
            } else if argument.key == "format" {
                bounds.format = problems.keep(argument.text().and_then(|text| format(text, shape.kind)));
            } else if argument.key == "default" {
                bounds.default = problems.keep(DefaultValue::read(argument, shape));
            } else {
                bounds.limits.extend(problems.keep(Limit::read(argument)));
            }
        }
        bounds.check_order(problems);
        bounds.check_default(problems);
        bounds
    }

    /// The constant `Constraints` of a field of type `ty`.
    pub(crate) fn constraints(&self, ty: &Type) -> TokenStream {
        let constraints = quote!(::midspan::macro_support::definition::Constraints);
        if self.default.is_none() && self.limits.is_empty() && self.format.is_none() {
            return quote!(#constraints::NONE);
        }
        let some = quote!(::core::option::Option::Some);
        let default = self.default.iter().map(|default| {
            let (json, check) = (&default.json, default.check(ty));
            quote!(default: { #check #some(#json) },)
        });
        let limits = self.limits.iter().map(|limit| {
            let key = format_ident!("{}", limit.key);
            let value = proc_macro2::Literal::i64_unsuffixed(limit.value);
            quote!(#key: #some(#value),)
        });
        let format = self.format.iter().map(|format| quote!(format: #some(#format),));
        quote!(#constraints { #(#default)* #(#limits)* #(#format)* ..#constraints::NONE })
    }

    fn limit(&self, key: &str) -> Option<&Limit> {
        self.limits.iter().find(|limit| limit.key == key)
    }

    fn check_order(&self, problems: &mut Problems) {
        for (low, high) in [("min", "max"), ("min_length", "max_length")] {
            if let (Some(least), Some(most)) = (self.limit(low), self.limit(high))
                && least.value > most.value
            {
                problems.add(&most.at, format!("`{high}` is less than `{low}`"));
            }
        }
    }

    fn check_default(&self, problems: &mut Problems) {
        let Some(default) = &self.default else {
            return;
        };
        let (size, low, high, unit) = match default.number {
            Some(number) => (number, "min", "max", ""),
            None => (length(&default.text), "min_length", "max_length", " characters long"),
        };
        #[expect(clippy::cast_precision_loss, reason = "bounds are small whole numbers")]
        let value = |key| self.limit(key).map(|limit| limit.value as f64);
        if let Some(least) = value(low).filter(|least| size < *least) {
            problems.add(
                &default.at,
                format!("the default must be at least {least}{unit} itself"),
            );
        }
        if let Some(most) = value(high).filter(|most| size > *most) {
            problems.add(&default.at, format!("the default must be at most {most}{unit} itself"));
        }
    }
}

impl Limit {
    fn read(argument: Argument) -> syn::Result<Self> {
        let key = argument.key.to_string();
        let value = if key == "min" || key == "max" {
            argument.whole_number::<i64>()?
        } else {
            argument.whole_number::<u32>()?.into()
        };
        Ok(Self {
            key,
            value,
            at: argument.value,
        })
    }
}

/// Whether the bound `key` means something for the type.
fn applicable(key: &str, shape: Shape) -> Result<(), &'static str> {
    let unknown = shape.kind == Kind::Unknown;
    let number = matches!(shape.kind, Kind::Integer { .. } | Kind::Number);
    let text = shape.kind == Kind::Text;
    match key {
        "min" | "max" if text => Err("`min` and `max` are for numbers; a text has `min_length` and `max_length`"),
        "min" | "max" if !number && !unknown => Err("`min` and `max` are for numbers"),
        "min_length" | "max_length" if !text && !unknown => Err("`min_length` and `max_length` are for texts"),
        "format" if !(number || text || unknown) => Err("`format` is for texts and numbers"),
        "max_items" if !shape.list && !unknown => Err("`max_items` is for lists"),
        _ => Ok(()),
    }
}

/// Those that Power Platform knows (Microsoft's JSON schema of definitions).
fn format(text: LitStr, kind: Kind) -> syn::Result<LitStr> {
    const TEXTS: [&str; 7] = ["byte", "date-no-tz", "email", "html", "password", "uri", "uuid"];
    const INTEGERS: [&str; 3] = ["int32", "int64", "none"];
    const NUMBERS: [&str; 3] = ["double", "float", "none"];
    let known: &[&str] = match kind {
        Kind::Integer { .. } => &INTEGERS,
        Kind::Number => &NUMBERS,
        _ => &TEXTS,
    };
    if known.contains(&text.value().as_str()) {
        return Ok(text);
    }
    let message = format!("a format of this type is \"{}\"", known.join("\", \""));
    Err(syn::Error::new_spanned(text, message))
}

#[expect(clippy::cast_precision_loss, reason = "a text in a source file is short")]
fn length(text: &str) -> f64 {
    text.chars().count() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(ty: &str, arguments: &str, expected: Result<&str, &str>) {
        let mut problems = Problems::default();
        let tokens = arguments.parse().expect("tokens");
        let mut arguments = Arguments::parse(tokens, &KEYS, &mut problems);
        let ty = syn::parse_str(ty).expect("a type");
        let constraints = Bounds::take(&mut arguments, &ty, &mut problems)
            .constraints(&ty)
            .to_string();
        let errors = problems.into_compile_errors().to_string();
        match expected {
            Ok(expected) => {
                assert_eq!(errors, "");
                assert!(constraints.replace(' ', "").contains(expected), "{constraints}");
            }
            Err(expected) => assert!(errors.contains(expected), "{errors}"),
        }
    }

    #[test]
    fn bounds_fit_their_type_and_each_other() {
        check(
            "u32",
            "default = 5, min = 1, max = 50",
            Ok("default:{::core::option::Option::Some(\"5\")}"),
        );
        check("i64", "min = -7", Ok("min:::core::option::Option::Some(-7)"));
        check(
            "Vec<String>",
            "max_items = 3, max_length = 9",
            Ok("max_items:::core::option::Option::Some(3)"),
        );
        check("u32", "", Ok("Constraints::NONE"));
        check(
            "u32",
            "default = 0, min = 1",
            Err("the default must be at least 1 itself"),
        );
        check(
            "f64",
            "default = 9.5, max = 9",
            Err("the default must be at most 9 itself"),
        );
        check(
            "String",
            "default = \"ab\", min_length = 3",
            Err("the default must be at least 3 characters long itself"),
        );
        check("u32", "min = 2, max = 1", Err("`max` is less than `min`"));
        check("u32", "min = 1.5", Err("`min` is a whole number"));
        check(
            "String",
            "min_length = -1",
            Err("`min_length` can't be -1: it is out of range"),
        );
        check("bool", "min = 1", Err("`min` and `max` are for numbers"));
        check("String", "max_items = 1", Err("`max_items` is for lists"));
    }
}
