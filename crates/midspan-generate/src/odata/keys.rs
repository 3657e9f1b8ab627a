//! How an entity's key stands in a path.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::metadata::{Metadata, Property, Type, Version};
use crate::rust::Scope;

/// The key of an entity type: its place in a path, the parameters of a function, and the calls that fill it in.
pub(super) struct Key {
    /// `({id})`, or `(order={order},line={line})`.
    pub(super) template: String,
    pub(super) arguments: Vec<TokenStream>,
    pub(super) names: Vec<Ident>,
    pub(super) filled: TokenStream,
}

/// A value in a path or an expression, as a parameter.
pub(super) struct Parameter {
    pub(super) ident: Ident,
    pub(super) argument: TokenStream,
    /// The literal (OData ABNF, `primitiveLiteral`).
    pub(super) literal: TokenStream,
}

/// The key; nothing where the type has none, or one that is not of primitive values.
pub(super) fn key(metadata: &Metadata<'_>, ty: &str, scope: &mut Scope) -> Option<Key> {
    let lineage = metadata.lineage(ty);
    let names = lineage
        .iter()
        .rev()
        .map(|structure| &structure.key)
        .find(|key| !key.is_empty())?;
    let properties = || lineage.iter().flat_map(|structure| &structure.properties);
    let mut key = Key {
        template: String::new(),
        arguments: Vec::new(),
        names: Vec::new(),
        filled: TokenStream::new(),
    };
    let mut parts = Vec::new();
    for name in names {
        let property = properties().find(|property| property.name == *name)?;
        let parameter = parameter(metadata, property, scope)?;
        let (placeholder, literal) = (parameter.ident.to_string(), parameter.literal);
        let placeholder = placeholder.trim_start_matches("r#");
        parts.push(if names.len() == 1 {
            format!("{{{placeholder}}}")
        } else {
            format!("{name}={{{placeholder}}}")
        });
        key.filled.extend(quote!(.path(#placeholder, #literal)));
        key.arguments.push(parameter.argument);
        key.names.push(parameter.ident);
    }
    key.template = format!("({})", parts.join(","));
    Some(key)
}

/// A primitive value or a member of an enumeration; nothing for others.
pub(super) fn parameter(metadata: &Metadata<'_>, property: &Property, scope: &mut Scope) -> Option<Parameter> {
    if property.ty.collection {
        return None;
    }
    let mut name = property.ty.name.as_str();
    for _ in 0..8 {
        match metadata.types.get(name) {
            Some(Type::Name(underlying)) => name = underlying,
            Some(_) => return None,
            None => break,
        }
    }
    let is_v4 = metadata.version == Version::V4;
    let ident = scope.value(&property.name);
    let (ty, literal) = match name.strip_prefix("Edm.")? {
        "Boolean" => (quote!(bool), quote!(#ident)),
        "Byte" | "SByte" | "Int16" | "Int32" => (quote!(i64), quote!(#ident)),
        "Int64" if is_v4 => (quote!(i64), quote!(#ident)),
        "Int64" => (quote!(i64), quote!(format!("{}L", #ident))),
        // A text that is no GUID could be anything, since it stands without quotes.
        "Guid" if is_v4 => (quote!(&Guid), quote!(#ident)),
        "Guid" => (quote!(&Guid), quote!(Literal::guid(#ident))),
        "Date" => (quote!(Date), quote!(Literal::from(#ident))),
        "DateTimeOffset" if is_v4 => (quote!(Timestamp), quote!(Literal::from(#ident))),
        "DateTime" => (quote!(Timestamp), quote!(Literal::datetime(#ident))),
        "Decimal" | "Double" | "Single" => (quote!(f64), quote!(Literal::from(#ident))),
        "String" => (quote!(&str), quote!(text(#ident))),
        _ => return None,
    };
    Some(Parameter {
        argument: quote!(#ident: #ty),
        ident,
        literal,
    })
}
