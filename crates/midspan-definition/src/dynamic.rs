//! What a designer learns by calling another operation while a maker works: the values of a dropdown, the fields of a form,
//! a tree to choose from.

/// A call of another operation, and what of its answer is wanted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Dynamic {
    /// A dropdown (`x-ms-dynamic-values`, `x-ms-dynamic-list`).
    Values(List),
    /// The fields of an object (`x-ms-dynamic-schema`, `x-ms-dynamic-properties`).
    Schema {
        /// The operation that answers a JSON Schema.
        call: Call,
        /// Where in its answer the schema is, such as `form/schema`; the whole answer where it is empty.
        path: &'static str,
    },
    /// A tree to choose from, such as folders and files (`x-ms-dynamic-tree`).
    Tree {
        /// Lists the roots.
        open: List,
        /// Lists what is in one that has been opened.
        browse: List,
        /// The property of an item, true or false, that says whether it can be opened.
        parent: &'static str,
        /// Whether one that can be opened can be chosen.
        select_parents: bool,
        /// Whether one that can't be opened can be chosen.
        select_leaves: bool,
    },
}

/// A call that answers a list.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct List {
    /// The call.
    pub call: Call,
    /// Where in its answer the list is, such as `value`; the whole answer where it is empty.
    pub items: &'static str,
    /// The property of an item that is the value.
    pub value: &'static str,
    /// The property of an item that the maker reads.
    pub title: &'static str,
}

/// A call of an operation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Call {
    /// Its `operationId`.
    pub operation: &'static str,
    /// What it is given.
    pub arguments: &'static [Argument],
    /// The source file and line that says so, for errors.
    pub at: Place,
}

/// What a called operation is given.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Argument {
    /// The parameter of the called operation.
    pub name: &'static str,
    /// Its value.
    pub value: Given,
}

/// A value for a called operation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Given {
    /// Always this one, as JSON text.
    Fixed(&'static str),
    /// What the maker gives for a parameter of the calling operation, or for a field of its body as `body/site/id`.
    Parameter(&'static str),
    /// What the maker gives for another field of the same record.
    Sibling(&'static str),
    /// This property of the item that is opened in a tree.
    Opened(&'static str),
}

/// A place in a source file.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// The file, as the compiler names it.
    pub file: &'static str,
    /// Counted from 1.
    pub line: u32,
}

/// The same contract is the same wherever it is written.
impl PartialEq for Place {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}
