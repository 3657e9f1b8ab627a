//! XML as SOAP needs it: typed values to elements and back, by expanded names (Namespaces in XML 1.0 s. 2.1), never by
//! prefixes.

mod error;
mod fields;
mod limits;
mod name;
mod read;
mod temporal;
mod text;
mod values;
mod write;

pub use error::XmlError;
pub use fields::{AttributeField, ChoiceField, Field};
pub use name::Name;
pub use read::Element;
pub(super) use read::Parts;
pub(super) use read::{Document, decode};
pub use temporal::DateTime;
pub use text::{List, Text};
pub use values::{AnyElement, Base64, Decimal};
pub use write::Writer;

/// XML Schema's namespace for attributes in documents (XML Schema Part 1 s. 2.6).
pub(super) const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// A type with an XML form: what an element of an XML Schema type holds. Derive it: `#[derive(Xml)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no XML form",
    label = "no `Xml`",
    note = "for a struct or an enum of your own write `#[derive(Xml)]`",
    note = "ready to use: String, bool, numbers, Date, Timestamp, Option, Vec, and the types in `midspan::source::soap`"
)]
pub trait Xml: Sized {
    /// Writes attributes, then content, into the element that is open.
    fn write(&self, element: &mut Writer);

    /// Reads the value that `element` holds.
    ///
    /// # Errors
    /// [`XmlError`], which says where and what was expected.
    fn read(element: Element<'_>) -> Result<Self, XmlError>;
}

/// An element that knows its own name, such as a message, a header or the detail of a fault. `#[derive(Xml)]` writes it
/// for a struct, and for an enum whose variants are elements.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no element with a name of its own",
    label = "no `Named`",
    note = "`#[derive(Xml)]` on a struct gives it one: the struct's, or `#[xml(name = \"...\")]`"
)]
pub trait Named: Sized {
    /// What stands for a body that is not there at all.
    const NOTHING: Option<Self> = None;

    /// Writes the whole element.
    fn write_named(&self, parent: &mut Writer);

    /// Reads `element`, or gives nothing if it is another one.
    ///
    /// # Errors
    /// [`XmlError`] if it has the name, but not the content.
    fn read_named(element: Element<'_>) -> Result<Option<Self>, XmlError>;

    /// Reads what a SOAP body holds.
    ///
    /// # Errors
    /// [`XmlError`] if it is another element, or one with another content.
    fn read_body(body: Element<'_>) -> Result<Self, XmlError> {
        let element = body.children().next();
        let element = element.ok_or_else(|| body.error("is empty; it should hold an answer"))?;
        Self::read_named(element)?.ok_or_else(|| element.error("is not the element that this operation answers with"))
    }
}

/// An element as a test writes it.
///
/// # Panics
/// If a text in it has a character that XML can't hold.
#[cfg(not(target_family = "wasm"))]
pub(super) fn text_of<T: Named>(element: &T) -> String {
    let mut writer = Writer::default();
    element.write_named(&mut writer);
    let text = writer.finish();
    text.unwrap_or_else(|(place, letter)| panic!("`{place}` holds {letter:?}, which XML can't"))
}

/// An empty body: of a request without parts, or of an operation that answers nothing.
impl Named for () {
    const NOTHING: Option<Self> = Some(());

    fn write_named(&self, _: &mut Writer) {}

    fn read_named(_: Element<'_>) -> Result<Option<Self>, XmlError> {
        Ok(None)
    }

    fn read_body(_: Element<'_>) -> Result<Self, XmlError> {
        Ok(())
    }
}

/// What a recursive type needs.
impl<T: Xml> Xml for Box<T> {
    fn write(&self, element: &mut Writer) {
        T::write(self, element);
    }

    fn read(element: Element<'_>) -> Result<Self, XmlError> {
        T::read(element).map(Box::new)
    }
}

/// Nothing: a fault that an operation does not declare.
impl Named for std::convert::Infallible {
    fn write_named(&self, _: &mut Writer) {
        match *self {}
    }

    fn read_named(_: Element<'_>) -> Result<Option<Self>, XmlError> {
        Ok(None)
    }
}
