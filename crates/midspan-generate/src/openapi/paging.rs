//! Lists that the source cuts into pages.

use proc_macro2::TokenStream;
use quote::quote;

use super::{
    document::Document,
    operation::{Answer, Operation},
};
use crate::rust::{Kind, Ty, Types};

/// What the pages of a list hold, and how one leads to the next.
pub(super) struct List {
    pub(super) item: Ty,
    pub(super) paging: TokenStream,
}

/// The names under which `Paging::next_link` looks for links, at the top of a body.
const LINKS: &[&str] = &["@odata.nextLink", "odata.nextLink", "nextLink"];

/// The names under which pages are read without being told where their items are.
const ITEMS: &[&str] = &["value", "items", "results", "data"];

/// The list that an operation answers, where its answer has a link to its next page: by `x-ms-pageable`, or by a name that
/// such links have.
pub(super) fn list(document: &Document<'_>, types: &Types, operation: &Operation) -> Option<List> {
    let (Answer::Json(Ty::Item(id)) | Answer::Found(Ty::Item(id))) = operation.answer else {
        return None;
    };
    let Kind::Struct(fields) = types.kind(id) else {
        return None;
    };
    let has = |name: &str| fields.iter().any(|field| field.name == name);
    let told = operation.next_link.as_deref();
    let link = told.or_else(|| LINKS.iter().copied().find(|name| has(name)))?;
    let mut lists = fields.iter().filter_map(|field| match &field.ty {
        Ty::List(item) => Some((field.name.as_str(), item)),
        Ty::Optional(inner) => match &**inner {
            Ty::List(item) => Some((field.name.as_str(), item)),
            _ => None,
        },
        _ => None,
    });
    let all: Vec<_> = lists.by_ref().collect();
    let usual = ITEMS.iter().find_map(|name| all.iter().find(|(own, _)| own == name));
    let Some((name, item)) = usual.or_else(|| all.first().filter(|_| all.len() == 1)) else {
        if told.is_some() {
            document.note(
                document.root.at,
                &format!("{}: the list of its pages was not found", operation.id),
            );
        }
        return None;
    };
    let pointer = |name: &str| format!("/{}", name.replace('~', "~0").replace('/', "~1"));
    let mut paging = if LINKS.contains(&link) {
        quote!(Paging::next_link())
    } else {
        let at = pointer(link);
        quote!(Paging::next_link_at(&[#at]))
    };
    if !ITEMS.contains(name) {
        let at = pointer(name);
        paging.extend(quote!(.items_at(#at)));
    }
    Some(List {
        item: (***item).clone(),
        paging,
    })
}
