//! What the fields of a record may be: a value, a value or nothing, several values. The derive's code calls these.

use super::{Element, Name, Named, Text, Writer, Xml, XmlError};

/// The type of a field that stands for elements of one name.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no XML form",
    label = "no `Xml`",
    note = "for a struct or an enum of your own write `#[derive(Xml)]`",
    note = "ready to use: String, bool, numbers, Date, Timestamp, Option, Vec, and the types in `midspan::source::soap`"
)]
pub trait Field: Sized {
    /// Writes the elements into `record`. `nillable`: what is missing is written as an element with `xsi:nil`.
    fn write_field(&self, name: Name, nillable: bool, record: &mut Writer);

    /// Reads the elements called `name` in `record`.
    ///
    /// # Errors
    /// [`XmlError`] if there are too few, too many or wrong ones.
    fn read_field(name: Name, record: Element<'_>) -> Result<Self, XmlError>;
}

impl<T: Xml> Field for T {
    fn write_field(&self, name: Name, _: bool, record: &mut Writer) {
        record.element(name, |element| self.write(element));
    }

    fn read_field(name: Name, record: Element<'_>) -> Result<Self, XmlError> {
        let element = only(name, record)?.ok_or_else(|| record.error(format!("has no element `{name}`")))?;
        if element.is_nil() {
            return Err(element.error("is nil; a field that may be is an `Option`"));
        }
        T::read(element)
    }
}

impl<T: Xml> Field for Option<T> {
    fn write_field(&self, name: Name, nillable: bool, record: &mut Writer) {
        match self {
            Some(value) => value.write_field(name, nillable, record),
            None if nillable => record.element(name, Writer::nil),
            None => {}
        }
    }

    fn read_field(name: Name, record: Element<'_>) -> Result<Self, XmlError> {
        let element = only(name, record)?.filter(|element| !element.is_nil());
        element.map(T::read).transpose()
    }
}

impl<T: Xml> Field for Vec<T> {
    fn write_field(&self, name: Name, nillable: bool, record: &mut Writer) {
        for item in self {
            item.write_field(name, nillable, record);
        }
    }

    fn read_field(name: Name, record: Element<'_>) -> Result<Self, XmlError> {
        record
            .named(name)
            .map(|item| {
                if item.is_nil() {
                    return Err(item.error("is nil; a list of what may be is a `Vec<Option<...>>`"));
                }
                T::read(item)
            })
            .collect()
    }
}

/// A list whose items may be nil. They are always written, so that the others keep their places.
impl<T: Xml> Field for Vec<Option<T>> {
    fn write_field(&self, name: Name, _: bool, record: &mut Writer) {
        for item in self {
            item.write_field(name, true, record);
        }
    }

    fn read_field(name: Name, record: Element<'_>) -> Result<Self, XmlError> {
        record
            .named(name)
            .map(|item| (!item.is_nil()).then(|| T::read(item)).transpose())
            .collect()
    }
}

fn only(name: Name, record: Element<'_>) -> Result<Option<Element<'_>>, XmlError> {
    let mut elements = record.named(name);
    let first = elements.next();
    match elements.next() {
        None => Ok(first),
        Some(second) => Err(second.error("comes a second time; a field that may is a `Vec`")),
    }
}

/// The type of a field that stands for an attribute.
pub trait AttributeField: Sized {
    /// Writes the attribute into the element that is open.
    fn write_attribute(&self, name: Name, record: &mut Writer);

    /// Reads it.
    ///
    /// # Errors
    /// [`XmlError`] if it is missing or wrong.
    fn read_attribute(name: Name, record: Element<'_>) -> Result<Self, XmlError>;
}

impl<T: Text> AttributeField for T {
    fn write_attribute(&self, name: Name, record: &mut Writer) {
        record.attribute(name, &self.to_text());
    }

    fn read_attribute(name: Name, record: Element<'_>) -> Result<Self, XmlError> {
        let value = record.attribute_value(name)?;
        value.ok_or_else(|| record.error(format!("has no attribute `{name}`")))
    }
}

impl<T: Text> AttributeField for Option<T> {
    fn write_attribute(&self, name: Name, record: &mut Writer) {
        if let Some(value) = self {
            value.write_attribute(name, record);
        }
    }

    fn read_attribute(name: Name, record: Element<'_>) -> Result<Self, XmlError> {
        record.attribute_value(name)
    }
}

/// The type of a field that stands for one of several elements (`xs:choice`), each with its own name.
pub trait ChoiceField: Sized {
    /// Writes the elements into `record`.
    fn write_choice(&self, record: &mut Writer);

    /// Reads those elements in `record` that are among the choices.
    ///
    /// # Errors
    /// [`XmlError`] if there are too few, too many or wrong ones.
    fn read_choice(record: Element<'_>) -> Result<Self, XmlError>;
}

impl<T: Named> ChoiceField for T {
    fn write_choice(&self, record: &mut Writer) {
        self.write_named(record);
    }

    fn read_choice(record: Element<'_>) -> Result<Self, XmlError> {
        Option::read_choice(record)?.ok_or_else(|| record.error("has none of the elements of which it needs one"))
    }
}

impl<T: Named> ChoiceField for Option<T> {
    fn write_choice(&self, record: &mut Writer) {
        if let Some(value) = self {
            value.write_named(record);
        }
    }

    fn read_choice(record: Element<'_>) -> Result<Self, XmlError> {
        let mut found = Vec::read_choice(record)?;
        match found.len() {
            0 | 1 => Ok(found.pop()),
            _ => Err(record.error("has several elements of which it may have one")),
        }
    }
}

impl<T: Named> ChoiceField for Vec<T> {
    fn write_choice(&self, record: &mut Writer) {
        for value in self {
            value.write_named(record);
        }
    }

    fn read_choice(record: Element<'_>) -> Result<Self, XmlError> {
        record
            .children()
            .filter_map(|child| T::read_named(child).transpose())
            .collect()
    }
}
