//! The shape of inputs and outputs, as constants that the derives of the `midspan` crate build.

/// The type of a value, in the words of OpenAPI 2.0.
///
/// A recursive type can't be written down as a constant, so one fails to compile; Power Platform can't show one either.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Schema {
    /// Text, with OpenAPI's `format` where it has one (`date`, `date-time`, `uuid`).
    String {
        /// OpenAPI's `format`.
        format: Option<&'static str>,
    },
    /// A whole number.
    Integer {
        /// `int32` or `int64`.
        format: &'static str,
    },
    /// A number with a fraction.
    Number,
    /// True or false.
    Boolean,
    /// One of a closed list of texts.
    Choice(&'static [Choice]),
    /// A list.
    Array(&'static Schema),
    /// A record.
    Object {
        /// The Rust type's name: the name of the definition.
        name: &'static str,
        /// Its fields, in order.
        fields: &'static [Field],
    },
    /// The same, or null.
    Nullable(&'static Schema),
    /// Any JSON value.
    Any,
}

impl Schema {
    /// Whether a text can be a value of this type, as far as that can be told at compile time: a choice has a closed
    /// list. The macros check defaults with it.
    #[must_use]
    pub const fn may_be(&self, text: &str) -> bool {
        let Self::Choice(choices) = self else {
            return true;
        };
        let mut index = 0;
        while index < choices.len() {
            if same(choices[index].value, text) {
                return true;
            }
            index += 1;
        }
        false
    }
}

/// `==` on texts is not `const`.
pub(crate) const fn same(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    if one.len() != other.len() {
        return false;
    }
    let mut index = 0;
    while index < one.len() {
        if one[index] != other[index] {
            return false;
        }
        index += 1;
    }
    true
}

/// One value of [`Schema::Choice`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Choice {
    /// As it stands in JSON or in the query.
    pub value: &'static str,
    /// As the maker sees it (`x-ms-enum-values`).
    pub display_name: &'static str,
}

/// A named part of an object.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Field {
    /// Its name in JSON.
    pub name: &'static str,
    /// First paragraph of its doc comment: a label for the maker (`x-ms-summary`).
    pub summary: &'static str,
    /// The rest of its doc comment.
    pub description: &'static str,
    /// Whether it may be left out.
    pub required: bool,
    /// Its bounds and its default.
    pub constraints: Constraints,
    /// How prominently makers see it.
    pub visibility: Visibility,
    /// Its type.
    pub schema: Schema,
}

/// Bounds of a value; the very same constant is enforced when a request is decoded.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Constraints {
    /// Used when the value is left out, as JSON text.
    pub default: Option<&'static str>,
    /// Smallest number allowed.
    pub min: Option<i64>,
    /// Largest number allowed.
    pub max: Option<i64>,
    /// Fewest characters allowed.
    pub min_length: Option<u32>,
    /// Most characters allowed.
    pub max_length: Option<u32>,
    /// Most items allowed in a list.
    pub max_items: Option<u32>,
}

impl Constraints {
    /// No bounds, no default.
    pub const NONE: Self = Self {
        default: None,
        min: None,
        max: None,
        min_length: None,
        max_length: None,
        max_items: None,
    };
}

/// `x-ms-visibility`: where a maker finds an operation, a parameter or a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Visibility {
    /// As the platform decides.
    #[default]
    None,
    /// Shown first.
    Important,
    /// Behind "show advanced options".
    Advanced,
    /// Not shown.
    Internal,
}

impl Visibility {
    /// The value of `x-ms-visibility`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Important => "important",
            Self::Advanced => "advanced",
            Self::Internal => "internal",
        }
    }
}
