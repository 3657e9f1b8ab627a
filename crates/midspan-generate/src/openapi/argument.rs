//! Parameters as a function has them: arguments, or fields of a struct.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::parameter::{Parameter, ParameterType};
use crate::rust::{Ty, Types};

/// A parameter with its Rust name.
pub(super) struct Named<'a> {
    pub(super) ident: Ident,
    /// For a file: the name that the source shall read.
    pub(super) file_name: Option<Ident>,
    pub(super) parameter: &'a Parameter,
}

pub(super) fn optional(ty: TokenStream, required: bool) -> TokenStream {
    if required { ty } else { quote!(Option<#ty>) }
}

impl Named<'_> {
    pub(super) fn owned(&self, types: &Types) -> TokenStream {
        let ty = match &self.parameter.ty {
            ParameterType::One(ty) => ty.owned(types),
            ParameterType::Repeated(ty) | ParameterType::Joined(ty, _) => {
                let ty = ty.owned(types);
                quote!(Vec<#ty>)
            }
            ParameterType::Deep => quote!(BTreeMap<String, String>),
            ParameterType::File => quote!(Binary),
        };
        optional(ty, self.parameter.required)
    }

    pub(super) fn has_default(&self) -> bool {
        !matches!(
            &self.parameter.ty,
            ParameterType::One(Ty::Item(_)) | ParameterType::File
        )
    }

    /// The function's arguments for it, and their names.
    pub(super) fn arguments(&self, types: &Types) -> Vec<(TokenStream, TokenStream)> {
        let ident = &self.ident;
        let ty = match &self.parameter.ty {
            ParameterType::One(ty) => ty.borrowed(types),
            ParameterType::Repeated(ty) | ParameterType::Joined(ty, _) => ty.clone().list().borrowed(types),
            ParameterType::Deep => quote!(&BTreeMap<String, String>),
            ParameterType::File => quote!(&Binary),
        };
        let ty = optional(ty, self.parameter.required);
        let mut arguments = vec![(quote!(#ident: #ty), quote!(#ident))];
        if let Some(name) = &self.file_name {
            let ty = optional(quote!(&str), self.parameter.required);
            arguments.push((quote!(#name: #ty), quote!(#name)));
        }
        arguments
    }

    /// Where the value is: an argument, or a field of the struct.
    pub(super) fn place(&self, by_struct: bool) -> TokenStream {
        let ident = &self.ident;
        if by_struct {
            quote!(input.#ident)
        } else {
            quote!(#ident)
        }
    }

    /// The value as it can be handed on: a reference where it can't be copied.
    pub(super) fn value(&self, by_struct: bool) -> TokenStream {
        let place = self.place(by_struct);
        let is_copy = matches!(&self.parameter.ty, ParameterType::One(ty) if is_copy(ty));
        if by_struct && !is_copy { quote!(&#place) } else { place }
    }

    /// Each of the values of an optional list or map.
    pub(super) fn each(&self, by_struct: bool) -> TokenStream {
        let place = self.place(by_struct);
        match (self.parameter.required, by_struct) {
            (true, _) => self.value(by_struct),
            (false, true) => quote!(#place.iter().flatten()),
            (false, false) => quote!(#place.into_iter().flatten()),
        }
    }

    /// The value, or what an optional one holds, as something that becomes text by itself.
    pub(super) fn text(&self, value: &TokenStream) -> TokenStream {
        match &self.parameter.ty {
            ParameterType::Joined(_, separator) => quote!(joined(#value, #separator)),
            ParameterType::Repeated(_) => quote!(joined(#value, ",")),
            ParameterType::Deep => quote!(joined(#value.values(), ",")),
            ParameterType::One(_) | ParameterType::File => value.clone(),
        }
    }

    /// The same as a `String`; `place` is the value, or what leads to it.
    pub(super) fn string(&self, place: &TokenStream, value: &TokenStream) -> TokenStream {
        match &self.parameter.ty {
            ParameterType::One(_) | ParameterType::File => quote!(#place.to_string()),
            _ => self.text(value),
        }
    }
}

pub(super) const fn is_copy(ty: &Ty) -> bool {
    matches!(ty, Ty::Bool | Ty::Integer | Ty::Number | Ty::Date | Ty::Timestamp)
}
