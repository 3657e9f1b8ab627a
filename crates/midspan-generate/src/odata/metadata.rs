//! What a metadata document defines: CSDL 4 (OASIS, "OData Common Schema Definition Language (CSDL) XML"), and of its
//! predecessors in versions 2 and 3 the types and the entity sets.

use std::collections::BTreeMap;

/// The version of the protocol that the service speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    V2,
    V3,
    V4,
}

/// All definitions, by qualified name.
pub(super) struct Metadata<'a> {
    pub(super) version: Version,
    pub(super) types: BTreeMap<String, Type>,
    pub(super) operations: Vec<Operation>,
    pub(super) sets: Vec<Set>,
    /// Functions and actions that are called by themselves: name and qualified name.
    pub(super) imports: Vec<(String, String)>,
    pub(super) file: &'a str,
}

/// An entity type, a complex type, an enumeration or a name for a primitive type.
pub(super) enum Type {
    Structure(Structure),
    Choice {
        doc: String,
        members: Vec<String>,
    },
    /// A type definition: what it stands for.
    Name(String),
}

#[derive(Default)]
pub(super) struct Structure {
    pub(super) doc: String,
    pub(super) base: Option<String>,
    pub(super) is_entity: bool,
    pub(super) is_abstract: bool,
    pub(super) is_open: bool,
    pub(super) key: Vec<String>,
    pub(super) properties: Vec<Property>,
    pub(super) navigations: Vec<Navigation>,
}

pub(super) struct Property {
    pub(super) name: String,
    pub(super) doc: String,
    pub(super) ty: Reference,
    pub(super) nullable: bool,
}

pub(super) struct Navigation {
    pub(super) name: String,
    pub(super) doc: String,
    pub(super) ty: Reference,
    /// Whether what it leads to is only reached through it.
    pub(super) contains: bool,
}

/// A type as a property or a parameter names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reference {
    /// Qualified, without an alias.
    pub(super) name: String,
    pub(super) collection: bool,
}

/// A function or an action.
pub(super) struct Operation {
    /// Qualified.
    pub(super) name: String,
    pub(super) doc: String,
    pub(super) is_function: bool,
    /// What it is bound to: its first parameter.
    pub(super) bound_to: Option<Reference>,
    pub(super) parameters: Vec<Property>,
    pub(super) returns: Option<Reference>,
}

/// An entity set or a singleton.
pub(super) struct Set {
    pub(super) name: String,
    pub(super) doc: String,
    pub(super) ty: String,
    pub(super) is_singleton: bool,
}

impl Metadata<'_> {
    /// A structure with what it inherits, the oldest first.
    pub(super) fn lineage(&self, name: &str) -> Vec<&Structure> {
        let mut lineage: Vec<&Structure> = Vec::new();
        let mut next = Some(name);
        // A type that inherits from itself would have no end.
        while let Some(Type::Structure(structure)) = next.and_then(|name| self.types.get(name))
            && lineage.len() < 64
        {
            lineage.insert(0, structure);
            next = structure.base.as_deref();
        }
        lineage
    }

    /// Whether a type is another one, or inherits from it.
    pub(super) fn is_a(&self, name: &str, ancestor: &str) -> bool {
        let mut next = Some(name);
        for _ in 0..64 {
            match next {
                Some(name) if name == ancestor => return true,
                Some(name) => match self.types.get(name) {
                    Some(Type::Structure(structure)) => next = structure.base.as_deref(),
                    _ => return false,
                },
                None => return false,
            }
        }
        false
    }
}
