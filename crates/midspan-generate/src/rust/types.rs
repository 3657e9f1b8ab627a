//! The structs and enums of a generated module.

use std::collections::BTreeSet;

use proc_macro2::{Ident, TokenStream};

use super::{ItemId, Scope, Ty, print};

/// Names that a generated module has for other things.
const RESERVED: &[&str] = &[
    "Auth",
    "BTreeMap",
    "Binary",
    "Box",
    "Bytes",
    "Call",
    "Context",
    "Date",
    "Deserialize",
    "ETag",
    "Err",
    "Filter",
    "Guid",
    "Literal",
    "Method",
    "Multipart",
    "None",
    "Ok",
    "Option",
    "Pages",
    "Paging",
    "Query",
    "Result",
    "Serialize",
    "Some",
    "Source",
    "String",
    "Timestamp",
    "Value",
    "Vec",
    "Verbose",
    "Wrapped",
];

/// All structs and enums of a module, by id: a type can be named before it is known, so that types may hold themselves.
#[derive(Debug)]
pub struct Types {
    names: Scope,
    items: Vec<Item>,
}

/// A struct or an enum.
#[derive(Debug)]
pub struct Item {
    pub(super) name: Ident,
    pub(super) doc: String,
    pub(super) kind: Kind,
}

/// What an item is.
#[derive(Debug)]
pub enum Kind {
    /// A struct: its fields.
    Struct(Vec<Field>),
    /// An enum of texts: what the source calls them, and their doc comments.
    Choice(Vec<(String, String)>),
    /// An enum of types that JSON tells apart by itself: names and types.
    OneOf(Vec<(String, Ty)>),
}

/// A field of a struct.
#[derive(Debug)]
pub struct Field {
    /// What the source calls it.
    pub name: String,
    /// Its doc comment.
    pub doc: String,
    /// Its type.
    pub ty: Ty,
    /// Whether it is always there.
    pub required: bool,
    /// Who gives it its value.
    pub access: Access,
    /// Whether it takes what no other field takes.
    pub rest: bool,
}

/// Who gives a field its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// The source and we.
    Both,
    /// The source alone.
    ReadOnly,
    /// We alone.
    WriteOnly,
}

/// Which items are sent and which are received, and what else decides how they are written.
#[derive(Debug)]
pub(super) struct Uses {
    sent: BTreeSet<ItemId>,
    received: BTreeSet<ItemId>,
    /// What each item holds, directly and within: an item that holds itself needs a `Box` within.
    holds: Vec<BTreeSet<ItemId>>,
    /// Structs that have a default.
    defaults: BTreeSet<ItemId>,
}

impl Default for Types {
    fn default() -> Self {
        Self {
            names: Scope::new(RESERVED),
            items: Vec::new(),
        }
    }
}

impl Types {
    /// A name of its own for a type called `text`.
    pub fn claim(&mut self, text: &str) -> Ident {
        self.names.ty(text)
    }

    /// An item whose fields or variants come with [`define`](Types::define): until then it has none.
    pub fn declare(&mut self, name: Ident) -> ItemId {
        self.items.push(Item {
            name,
            doc: String::new(),
            kind: Kind::Struct(Vec::new()),
        });
        ItemId(self.items.len() - 1)
    }

    /// Says what a declared item is.
    pub fn define(&mut self, id: ItemId, doc: impl Into<String>, kind: Kind) {
        let item = &mut self.items[id.0];
        item.doc = doc.into();
        item.kind = kind;
    }

    /// An item's name.
    #[must_use]
    pub fn name(&self, id: ItemId) -> &Ident {
        &self.items[id.0].name
    }

    /// What an item is.
    #[must_use]
    pub fn kind(&self, id: ItemId) -> &Kind {
        &self.items[id.0].kind
    }

    /// The items as Rust, of a module that sends and receives these types.
    #[must_use]
    pub fn tokens(&self, sent: &[Ty], received: &[Ty]) -> TokenStream {
        let uses = Uses::of(self, sent, received);
        self.ids().map(|id| print::item(self, &uses, id)).collect()
    }

    pub(super) fn item(&self, id: ItemId) -> &Item {
        &self.items[id.0]
    }

    fn ids(&self) -> impl Iterator<Item = ItemId> + use<> {
        (0..self.items.len()).map(ItemId)
    }
}

impl Item {
    /// The types in it.
    fn types(&self) -> Box<dyn Iterator<Item = &Ty> + '_> {
        match &self.kind {
            Kind::Struct(fields) => Box::new(fields.iter().map(|field| &field.ty)),
            Kind::OneOf(variants) => Box::new(variants.iter().map(|(_, ty)| ty)),
            Kind::Choice(_) => Box::new(std::iter::empty()),
        }
    }
}

impl Uses {
    fn of(types: &Types, sent: &[Ty], received: &[Ty]) -> Self {
        Self {
            sent: reachable(types, sent),
            received: reachable(types, received),
            holds: types.ids().map(|id| held_by(types, id)).collect(),
            defaults: defaults(types),
        }
    }

    pub(super) fn is_sent(&self, id: ItemId) -> bool {
        self.sent.contains(&id)
    }

    /// Whether a field of this item is there in every value of it.
    pub(super) fn is_always_there(&self, id: ItemId, field: &Field) -> bool {
        let by_access = match field.access {
            Access::Both => true,
            Access::ReadOnly => !self.sent.contains(&id),
            Access::WriteOnly => !self.received.contains(&id),
        };
        field.required && by_access
    }

    /// Whether a value of this type within an item would make it endless.
    pub(super) fn needs_box(&self, id: ItemId, ty: &Ty) -> bool {
        ty.held()
            .is_some_and(|held| held == id || self.holds[held.0].contains(&id))
    }

    pub(super) fn has_default(&self, id: ItemId) -> bool {
        self.defaults.contains(&id)
    }
}

fn reachable(types: &Types, roots: &[Ty]) -> BTreeSet<ItemId> {
    let mut found = BTreeSet::new();
    let mut open: Vec<ItemId> = roots.iter().filter_map(Ty::item).collect();
    while let Some(id) = open.pop() {
        if found.insert(id) {
            open.extend(types.item(id).types().filter_map(Ty::item));
        }
    }
    found
}

/// All that a value of this item has in itself, not behind a pointer.
fn held_by(types: &Types, id: ItemId) -> BTreeSet<ItemId> {
    let mut found = BTreeSet::new();
    let mut open = vec![id];
    while let Some(id) = open.pop() {
        open.extend(
            types
                .item(id)
                .types()
                .filter_map(Ty::held)
                .filter(|held| found.insert(*held)),
        );
    }
    found
}

/// A struct has a default if all that is always in it has one; enums have none. Structs that hold one another are taken
/// to have one until something in them has not.
fn defaults(types: &Types) -> BTreeSet<ItemId> {
    let is_struct = |id: &ItemId| matches!(types.item(*id).kind, Kind::Struct(_));
    let mut with: BTreeSet<ItemId> = types.ids().filter(is_struct).collect();
    loop {
        let has_default = |field: &&Field| match field.ty {
            Ty::Item(id) => !field.required || with.contains(&id),
            _ => true,
        };
        let without: Vec<ItemId> = with
            .iter()
            .filter(|id| match &types.item(**id).kind {
                Kind::Struct(fields) => !fields.iter().all(|field| has_default(&field)),
                _ => true,
            })
            .copied()
            .collect();
        if without.is_empty() {
            return with;
        }
        for id in without {
            with.remove(&id);
        }
    }
}
