//! Structs and enums as people would write them.

use heck::{ToLowerCamelCase, ToUpperCamelCase};
use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::{
    Field, ItemId, Kind, Scope, Ty, Types, doc,
    types::{Item, Uses},
};

pub(super) fn item(types: &Types, uses: &Uses, id: ItemId) -> TokenStream {
    let item = types.item(id);
    match &item.kind {
        Kind::Struct(fields) => structure(types, uses, id, item, fields),
        Kind::Choice(choices) => choice(item, choices),
        Kind::OneOf(variants) => one_of(types, uses, id, item, variants),
    }
}

fn structure(types: &Types, uses: &Uses, id: ItemId, item: &Item, fields: &[Field]) -> TokenStream {
    let (name, about) = (&item.name, doc(&item.doc));
    let default = uses.has_default(id).then(|| quote!(Default,));
    let mut scope = Scope::default();
    let named: Vec<(Ident, &Field)> = fields.iter().map(|field| (scope.value(&field.name), field)).collect();
    let case = Case::of_most(&named);
    let rename_all = case.attribute();
    let fields = named.iter().map(|(name, field)| {
        let about = doc(&field.doc);
        let always = uses.is_always_there(id, field);
        let serde = serde_attribute(case, name, field, uses.is_sent(id), always);
        let ty = field_type(types, uses, id, field, always);
        quote!(#about #serde pub #name: #ty)
    });
    quote! {
        #about
        #[derive(Debug, Clone, PartialEq, #default Serialize, Deserialize)]
        #[serde(crate = "midspan::serde" #rename_all)]
        pub struct #name { #(#fields,)* }
    }
}

fn field_type(types: &Types, uses: &Uses, id: ItemId, field: &Field, always: bool) -> TokenStream {
    let is_optional = !field.rest && (!always || matches!(field.ty, Ty::Optional(_)));
    let inner = match &field.ty {
        Ty::Optional(inner) => inner,
        other => other,
    };
    let mut ty = inner.owned(types);
    if uses.needs_box(id, inner) {
        ty = quote!(Box<#ty>);
    }
    if is_optional { quote!(Option<#ty>) } else { ty }
}

fn serde_attribute(case: Case, name: &Ident, field: &Field, is_sent: bool, always: bool) -> Option<TokenStream> {
    if field.rest {
        return Some(quote!(#[serde(flatten)]));
    }
    let wire = &field.name;
    let rename = (case.apply(name) != *wire).then(|| quote!(rename = #wire));
    // What is always there may be null, and is sent as null.
    let skip = (is_sent && !always).then(|| quote!(skip_serializing_if = "Option::is_none"));
    let parts: Vec<TokenStream> = rename.into_iter().chain(skip).collect();
    (!parts.is_empty()).then(|| quote!(#[serde(#(#parts),*)]))
}

/// An enum of texts. Sources gain values without notice: one that is not listed must not fail the whole answer.
fn choice(item: &Item, choices: &[(String, String)]) -> TokenStream {
    let (name, about) = (&item.name, doc(&item.doc));
    let mut scope = Scope::new(&["Other"]);
    let named: Vec<(Ident, &String, TokenStream)> = choices
        .iter()
        .map(|(text, about)| (scope.ty(if text.is_empty() { "empty" } else { text }), text, doc(about)))
        .collect();
    let variants = named.iter().map(|(variant, text, about)| {
        let rename = (variant != text).then(|| quote!(#[serde(rename = #text)]));
        quote!(#about #rename #variant)
    });
    let texts = named.iter().map(|(variant, text, _)| quote!(Self::#variant => #text));
    quote! {
        #about
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(crate = "midspan::serde")]
        pub enum #name {
            #(#variants,)*
            /// A value that the source's description does not list.
            #[serde(untagged)]
            Other(String),
        }
        impl #name {
            /// The value as the source has it.
            pub fn as_str(&self) -> &str {
                match self { #(#texts,)* Self::Other(text) => text }
            }
        }
        impl std::fmt::Display for #name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    }
}

fn one_of(types: &Types, uses: &Uses, id: ItemId, item: &Item, variants: &[(String, Ty)]) -> TokenStream {
    let (name, about) = (&item.name, doc(&item.doc));
    let mut scope = Scope::default();
    let variants = variants.iter().map(|(text, ty)| {
        let variant = scope.ty(text);
        let mut tokens = ty.owned(types);
        if uses.needs_box(id, ty) {
            tokens = quote!(Box<#tokens>);
        }
        quote!(#variant(#tokens))
    });
    quote! {
        #about
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(crate = "midspan::serde", untagged)]
        pub enum #name { #(#variants,)* }
    }
}

/// How serde makes a source's names of ours, where nothing else is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Case {
    Snake,
    Camel,
    Pascal,
}

impl Case {
    /// The one that leaves the fewest fields to be named one by one.
    fn of_most(fields: &[(Ident, &Field)]) -> Self {
        let hits = |case: Self| {
            fields
                .iter()
                .filter(|(name, field)| case.apply(name) == field.name)
                .count()
        };
        let better = |best: Self, case: Self| if hits(case) > hits(best) { case } else { best };
        [Self::Camel, Self::Pascal].into_iter().fold(Self::Snake, better)
    }

    fn apply(self, name: &Ident) -> String {
        let name = name.to_string();
        let name = name.trim_start_matches("r#");
        // serde capitalises after each underscore; heck does too, but loses a leading one.
        match self {
            _ if name.starts_with('_') => format!("{name}?"),
            Self::Snake => name.to_owned(),
            Self::Camel => name.to_lower_camel_case(),
            Self::Pascal => name.to_upper_camel_case(),
        }
    }

    fn attribute(self) -> Option<TokenStream> {
        match self {
            Self::Snake => None,
            Self::Camel => Some(quote!(, rename_all = "camelCase")),
            Self::Pascal => Some(quote!(, rename_all = "PascalCase")),
        }
    }
}
