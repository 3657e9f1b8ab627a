//! What can be told of a type by its name.

use syn::{GenericArgument, PathArguments, Type};

/// A field's type: `Vec<Option<u32>>` is a list of optional whole numbers.
///
/// A macro sees names, not types. Where a name tells nothing (`Kind::Unknown`: an enum, an alias) nothing is refused here;
/// the compiler and the decoding still check the type itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shape {
    pub(crate) optional: bool,
    pub(crate) list: bool,
    pub(crate) kind: Kind,
}

/// The innermost type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Integer { min: i128, max: i128 },
    Number,
    Boolean,
    Text,
    Date,
    Unknown,
}

impl Shape {
    pub(crate) fn of(ty: &Type) -> Self {
        let mut shape = Self {
            optional: false,
            list: false,
            kind: Kind::Unknown,
        };
        let mut ty = ty;
        while let Some((wrapper, inner)) = wrapped(ty) {
            match wrapper.as_str() {
                "Option" => shape.optional = true,
                "Vec" => shape.list = true,
                _ => return shape,
            }
            ty = inner;
        }
        shape.kind = last_segment(ty).map_or(Kind::Unknown, |segment| Kind::named(&segment.ident.to_string()));
        shape
    }
}

impl Kind {
    fn named(name: &str) -> Self {
        match name {
            "i32" => Self::Integer {
                min: i32::MIN.into(),
                max: i32::MAX.into(),
            },
            "i64" => Self::Integer {
                min: i64::MIN.into(),
                max: i64::MAX.into(),
            },
            "u32" => Self::Integer {
                min: 0,
                max: u32::MAX.into(),
            },
            "u64" => Self::Integer {
                min: 0,
                max: u64::MAX.into(),
            },
            "f64" => Self::Number,
            "bool" => Self::Boolean,
            "String" => Self::Text,
            "Date" | "Timestamp" => Self::Date,
            _ => Self::Unknown,
        }
    }
}

/// `T` of `Wrapper<T>`.
fn wrapped(ty: &Type) -> Option<(String, &Type)> {
    let segment = last_segment(ty)?;
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else {
        return None;
    };
    match arguments.args.first()? {
        GenericArgument::Type(inner) => Some((segment.ident.to_string(), inner)),
        _ => None,
    }
}

fn last_segment(ty: &Type) -> Option<&syn::PathSegment> {
    match ty {
        Type::Path(ty) => ty.path.segments.last(),
        // A `macro_rules!` puts types in invisible groups.
        Type::Group(group) => last_segment(&group.elem),
        Type::Paren(paren) => last_segment(&paren.elem),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(ty: &str, optional: bool, list: bool, kind: Kind) {
        let shape = Shape::of(&syn::parse_str(ty).expect("a type"));
        assert_eq!(shape, Shape { optional, list, kind }, "{ty}");
    }

    #[test]
    fn a_type_is_known_by_its_name() {
        check("String", false, false, Kind::Text);
        check("std::string::String", false, false, Kind::Text);
        check("Option<jiff::civil::Date>", true, false, Kind::Date);
        check("Vec<Option<f64>>", true, true, Kind::Number);
        check("Page<String>", false, false, Kind::Unknown);
        check(
            "u32",
            false,
            false,
            Kind::Integer {
                min: 0,
                max: 0xffff_ffff,
            },
        );
    }
}
