//! What can only be known of all types together: which of them contain themselves, and which have a default.

use super::{Count, Item, Kind, Ty};

/// Puts a box around each item that contains the one it is in.
pub(super) fn add_boxes(items: &mut [Item]) {
    let held: Vec<Vec<usize>> = items.iter().map(held).collect();
    let reaches = |from: usize, to: usize| {
        let mut seen = vec![false; held.len()];
        let mut next = vec![from];
        while let Some(at) = next.pop() {
            if at == to {
                return true;
            }
            if !std::mem::replace(&mut seen[at], true) {
                next.extend(&held[at]);
            }
        }
        false
    };
    for (at, item) in items.iter_mut().enumerate() {
        let boxed = |ty: &mut Ty| {
            if let Ty::Item(held) = *ty
                && reaches(held, at)
            {
                *ty = Ty::Boxed(held);
            }
        };
        match &mut item.kind {
            Kind::Record { fields, .. } => {
                let direct = fields.iter_mut().filter(|field| is_direct(field.count));
                direct.for_each(|field| boxed(&mut field.ty));
            }
            Kind::Wrapper { of, .. } => boxed(of),
            Kind::Elements(variants) | Kind::Types(variants) => {
                for variant in variants {
                    boxed(&mut variant.ty);
                }
            }
            Kind::Texts(_) => {}
        }
    }
}

/// A list is on the heap anyway.
fn is_direct(count: Count) -> bool {
    matches!(count, Count::One | Count::Optional)
}

/// The items that a value of this one holds in itself.
fn held(item: &Item) -> Vec<usize> {
    let types: Vec<&Ty> = match &item.kind {
        Kind::Record { fields, .. } => {
            let direct = fields.iter().filter(|field| is_direct(field.count));
            direct.map(|field| &field.ty).collect()
        }
        Kind::Wrapper { of, .. } => vec![of],
        Kind::Elements(variants) | Kind::Types(variants) => variants.iter().map(|variant| &variant.ty).collect(),
        Kind::Texts(_) => Vec::new(),
    };
    let held = types.into_iter().filter_map(|ty| match ty {
        Ty::Item(held) => Some(*held),
        _ => None,
    });
    held.collect()
}

/// Notes which records have a default: those of which no part must be chosen. They grow from those without needs.
pub(super) fn add_defaults(items: &mut [Item]) {
    loop {
        let has = |ty: &Ty| match ty {
            Ty::Item(at) | Ty::Boxed(at) => {
                matches!(
                    items[*at].kind,
                    Kind::Record { default: true, .. } | Kind::Wrapper { default: true, .. }
                )
            }
            Ty::Nothing | Ty::Ready(_) | Ty::List(_) => true,
        };
        let found: Vec<usize> = (0..items.len())
            .filter(|at| match &items[*at].kind {
                Kind::Record {
                    fields, default: false, ..
                } => fields.iter().all(|field| field.count != Count::One || has(&field.ty)),
                Kind::Wrapper { of, default: false, .. } => has(of),
                _ => false,
            })
            .collect();
        if found.is_empty() {
            return;
        }
        for at in found {
            if let Kind::Record { default, .. } | Kind::Wrapper { default, .. } = &mut items[at].kind {
                *default = true;
            }
        }
    }
}
