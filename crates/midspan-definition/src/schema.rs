//! The shape of inputs and outputs, as constants that the derives of the `midspan` crate build.

use crate::dynamic::Dynamic;

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
    /// An object whose properties have names that only its values know; all are of this type.
    Map(&'static Schema),
    /// The address that a webhook calls (`x-ms-notification-url`): the platform gives it, not the maker.
    NotificationUrl,
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

/// Where a path of fields leads, such as `value/id`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Reach<'a> {
    /// A field of this type.
    Found(&'a Schema),
    /// The types say no more: a map, or any JSON value.
    Open,
    /// There is no such field.
    Nowhere,
}

/// What the macros ask of another operation's answer. Paths are fields with `/` between them, as Microsoft writes them.
impl Schema {
    /// The same without null.
    #[must_use]
    pub const fn not_null(&self) -> &Self {
        let mut schema = self;
        while let Self::Nullable(inner) = schema {
            schema = inner;
        }
        schema
    }

    /// Where a path leads; the empty one leads to the type itself.
    #[must_use]
    pub const fn at(&self, path: &str) -> Reach<'_> {
        let path = path.as_bytes();
        let mut schema = self.not_null();
        let mut start = 0;
        while start < path.len() {
            let mut end = start;
            while end < path.len() && path[end] != b'/' {
                end += 1;
            }
            let fields = match schema {
                Self::Object { fields, .. } => *fields,
                Self::Any | Self::Map(_) => return Reach::Open,
                _ => return Reach::Nowhere,
            };
            match find(fields, path, start, end) {
                Some(field) => schema = field.schema.not_null(),
                None => return Reach::Nowhere,
            }
            start = end + 1;
        }
        Reach::Found(schema)
    }

    /// Whether there can be something at a path.
    #[must_use]
    pub const fn has(&self, path: &str) -> bool {
        !matches!(self.at(path), Reach::Nowhere)
    }

    /// Whether there can be a list at a path.
    #[must_use]
    pub const fn has_list(&self, path: &str) -> bool {
        matches!(
            self.at(path),
            Reach::Open | Reach::Found(Self::Array(_) | Self::Any | Self::Map(_))
        )
    }

    /// Whether the items of the list at a path can have something at another.
    #[must_use]
    pub const fn items_have(&self, list: &str, path: &str) -> bool {
        match self.at(list) {
            Reach::Found(Self::Array(item)) => item.has(path),
            Reach::Open | Reach::Found(Self::Any | Self::Map(_)) => true,
            _ => false,
        }
    }

    /// How many addresses for a webhook are in a body: in required fields only, since the platform always gives it.
    #[must_use]
    pub const fn notification_urls(&self) -> usize {
        match self {
            Self::NotificationUrl => 1,
            Self::Object { fields, .. } => {
                let mut count = 0;
                let mut index = 0;
                while index < fields.len() {
                    count += fields[index].schema.notification_urls();
                    index += 1;
                }
                count
            }
            _ => 0,
        }
    }
}

/// The field whose name is `path[start..end]`.
const fn find<'a>(fields: &'a [Field], path: &[u8], start: usize, end: usize) -> Option<&'a Field> {
    let mut index = 0;
    while index < fields.len() {
        let name = fields[index].name.as_bytes();
        let mut letter = 0;
        while letter < name.len() && start + letter < end && name[letter] == path[start + letter] {
            letter += 1;
        }
        if letter == name.len() && start + letter == end {
            return Some(&fields[index]);
        }
        index += 1;
    }
    None
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
    /// The operation that knows its values or its fields.
    pub dynamic: Option<&'static Dynamic>,
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
    /// OpenAPI's `format`, where the type alone doesn't say it: `uri`, `email`. Not enforced.
    pub format: Option<&'static str>,
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
        format: None,
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

#[cfg(test)]
mod tests {
    use super::*;

    const fn field(name: &'static str, schema: Schema) -> Field {
        Field {
            name,
            summary: "",
            description: "",
            required: true,
            constraints: Constraints::NONE,
            visibility: Visibility::None,
            dynamic: None,
            schema,
        }
    }

    const ITEM: Schema = Schema::Object {
        name: "Item",
        fields: &[field("id", Schema::Boolean), field("more", Schema::Any)],
    };
    const PAGE: Schema = Schema::Object {
        name: "Page",
        fields: &[
            field("value", Schema::Nullable(&Schema::Array(&ITEM))),
            field("val", Schema::Number),
            field("first", ITEM),
            field("url", Schema::NotificationUrl),
        ],
    };

    #[test]
    fn a_path_leads_to_a_field_to_where_the_types_say_no_more_or_nowhere() {
        assert_eq!(PAGE.at(""), Reach::Found(&PAGE));
        assert_eq!(PAGE.at("val"), Reach::Found(&Schema::Number));
        assert_eq!(PAGE.at("first/id"), Reach::Found(&Schema::Boolean));
        assert_eq!(PAGE.at("first/more/of/it"), Reach::Open);
        for nowhere in ["valu", "values", "first/it", "val/id", "value/id", "Value"] {
            assert_eq!(PAGE.at(nowhere), Reach::Nowhere, "{nowhere}");
        }
        assert!(PAGE.has_list("value") && PAGE.has_list("first/more/of/it"));
        assert!(!PAGE.has_list("first") && !PAGE.has_list(""));
        assert!(PAGE.items_have("value", "id") && PAGE.items_have("value", "more/of/it"));
        assert!(!PAGE.items_have("value", "it") && !PAGE.items_have("val", "id"));
        assert!(Schema::Array(&ITEM).items_have("", "id"));
        assert_eq!((PAGE.notification_urls(), ITEM.notification_urls()), (1, 0));
    }
}
