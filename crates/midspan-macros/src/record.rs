//! `#[derive(Data)]` on a struct: a JSON object.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{FieldsNamed, Generics, Ident, Type, parse_quote, spanned::Spanned};

use crate::{
    attributes::Arguments,
    bounds::{Bounds, KEYS},
    data::{claim, is_data},
    doc::Doc,
    dynamic::{self, Dynamic, Names},
    names,
    problems::Problems,
};

pub(crate) struct Record<'a> {
    name: &'a Ident,
    generics: &'a Generics,
    fields: Vec<Field<'a>>,
}

struct Field<'a> {
    ident: &'a Ident,
    ty: &'a Type,
    name: String,
    doc: Doc,
    bounds: Bounds,
    visibility: TokenStream,
    dynamic: Option<Dynamic>,
}

impl<'a> Record<'a> {
    pub(crate) fn read(
        name: &'a Ident,
        generics: &'a Generics,
        named: &'a FieldsNamed,
        problems: &mut Problems,
    ) -> Self {
        let mut fields: Vec<Field<'a>> = Vec::new();
        for field in &named.named {
            let Some(field) = Field::read(field, problems) else {
                continue;
            };
            if fields.iter().any(|earlier| earlier.name == field.name) {
                problems.add(
                    field.ident,
                    format!("there is a field with the name \"{}\" already", field.name),
                );
            }
            fields.push(field);
        }
        let beside = siblings(&fields);
        for dynamic in fields.iter().filter_map(|field| field.dynamic.as_ref()) {
            dynamic.check_names(&beside, problems);
        }
        Self { name, generics, fields }
    }

    pub(crate) fn expand(&self) -> TokenStream {
        let data = self.data();
        let serialize = self.serialize();
        let deserialize = self.deserialize();
        quote!(#data #serialize #deserialize)
    }

    fn data(&self) -> TokenStream {
        let Self { name, fields, .. } = self;
        let (parameters, arguments, conditions) = self.generics.split_for_impl();
        let title = names::verbatim(name);
        let names = siblings(fields);
        let members = fields.iter().map(|field| field.tokens(&names));
        let checks = fields.iter().map(Field::check);
        let definition = quote!(::midspan::macro_support::definition);
        quote! {
            #[automatically_derived]
            impl #parameters ::midspan::Data for #name #arguments #conditions {
                const SCHEMA: #definition::Schema = #definition::Schema::Object {
                    name: #title,
                    fields: &[#(#members),*],
                };

                fn check(
                    &self,
                    place: &::midspan::macro_support::Place<'_>,
                    _: &#definition::Constraints,
                ) -> ::midspan::Result<()> {
                    #(#checks)*
                    ::core::result::Result::Ok(())
                }
            }
        }
    }

    fn serialize(&self) -> TokenStream {
        let (parameters, arguments, conditions) = self.generics.split_for_impl();
        let name = self.name;
        let title = names::verbatim(name);
        let count = self.fields.len();
        let fields = self.fields.iter().map(Field::serialize);
        let serde = quote!(::midspan::macro_support::serde);
        quote! {
            #[automatically_derived]
            impl #parameters #serde::Serialize for #name #arguments #conditions {
                fn serialize<__S: #serde::Serializer>(
                    &self,
                    serializer: __S,
                ) -> ::core::result::Result<__S::Ok, __S::Error> {
                    let mut record = serializer.serialize_struct(#title, #count)?;
                    #(#fields)*
                    #serde::ser::SerializeStruct::end(record)
                }
            }
        }
    }

    /// Through a struct of the same fields, so that serde's derive does the work; those with a default are optional in
    /// it. Its fields are of any type, so that one which is not `Data` is no error in serde's code too.
    fn deserialize(&self) -> TokenStream {
        let Self { name, generics, fields } = self;
        let (_, arguments, conditions) = generics.split_for_impl();
        let mut with_lifetime = (*generics).clone();
        with_lifetime.params.insert(0, parse_quote!('__de));
        let (with_lifetime, ..) = with_lifetime.split_for_impl();
        let (idents, names): (Vec<_>, Vec<_>) = fields.iter().map(|field| (field.ident, &field.name)).unzip();
        let any: Vec<_> = (0..fields.len()).map(|index| format_ident!("__T{index}")).collect();
        let types = fields.iter().map(Field::stored_type);
        let claims = fields.iter().map(|field| claim(field.ty));
        let values = fields.iter().map(Field::value);
        let serde = quote!(::midspan::macro_support::serde);
        quote! {
            #[automatically_derived]
            impl #with_lifetime #serde::Deserialize<'__de> for #name #arguments #conditions {
                fn deserialize<__D: #serde::Deserializer<'__de>>(
                    deserializer: __D,
                ) -> ::core::result::Result<Self, __D::Error> {
                    #[derive(#serde::Deserialize)]
                    #[serde(crate = "::midspan::macro_support::serde", expecting = "an object")]
                    struct __Fields<#(#any),*> { #(#[serde(rename = #names)] #idents: #any,)* }

                    fn __read<'__de, __D: #serde::Deserializer<'__de>, #(#any: ::midspan::Data),*>(
                        deserializer: __D,
                    ) -> ::core::result::Result<__Fields<#(#any),*>, __D::Error> {
                        #serde::Deserialize::deserialize(deserializer)
                    }

                    #(#claims)*
                    let fields = __read::<__D, #(#types),*>(deserializer)?;
                    ::core::result::Result::Ok(Self { #(#values,)* })
                }
            }
        }
    }
}

impl<'a> Field<'a> {
    fn read(field: &'a syn::Field, problems: &mut Problems) -> Option<Self> {
        let known: Vec<_> = ["name", "visibility"]
            .into_iter()
            .chain(KEYS)
            .chain(dynamic::KEYS)
            .collect();
        let mut attributes = field.attrs.iter().filter(|attribute| is_data(attribute));
        let mut arguments = attributes
            .next()
            .map(|attribute| Arguments::of(attribute, &known, problems))
            .unwrap_or_default();
        for second in attributes {
            problems.add(second, "write all arguments in one `#[data(...)]`");
        }
        let ident = field.ident.as_ref()?;
        let given = arguments.text("name", problems);
        if let Some(empty) = given.as_ref().filter(|name| name.value().is_empty()) {
            problems.add(empty, "a field's name has at least one letter");
        }
        Some(Self {
            ident,
            ty: &field.ty,
            name: given.map_or_else(|| names::json(ident), |name| name.value()),
            doc: Doc::read(&field.attrs, problems),
            bounds: Bounds::take(&mut arguments, &field.ty, problems),
            visibility: arguments.visibility(problems),
            dynamic: Dynamic::take(&mut arguments, problems),
        })
    }

    fn check(&self) -> TokenStream {
        let Self { ident, ty, name, .. } = self;
        let constraints = self.bounds.constraints(self.ty);
        quote! {
            <#ty as ::midspan::Data>::check(&self.#ident, &place.field(#name), const { &#constraints })?;
        }
    }

    fn serialize(&self) -> TokenStream {
        let Self { ident, ty, name, .. } = self;
        let claim = claim(ty);
        quote_spanned! {ty.span()=>
            #claim
            ::midspan::macro_support::serde::ser::SerializeStruct::serialize_field::<#ty>(
                &mut record,
                #name,
                &self.#ident,
            )?;
        }
    }

    fn stored_type(&self) -> TokenStream {
        let ty = self.ty;
        match &self.bounds.default {
            Some(_) => quote!(::core::option::Option<#ty>),
            None => ty.to_token_stream(),
        }
    }

    fn value(&self) -> TokenStream {
        let Self { ident, ty, name, .. } = self;
        let Some(default) = &self.bounds.default else {
            return quote!(#ident: fields.#ident);
        };
        let text = &default.text;
        let wrong = format!("the default of \"{name}\" must be ");
        quote! {
            #ident: match fields.#ident {
                ::core::option::Option::Some(value) => value,
                ::core::option::Option::None => {
                    <#ty as ::midspan::macro_support::Value>::parse(&[#text]).map_err(|expected| {
                        <__D::Error as ::midspan::macro_support::serde::de::Error>::custom(
                            ::core::format_args!("{}{expected}", #wrong),
                        )
                    })?
                }
            }
        }
    }

    /// The constant `Field`; `names` are those of the fields beside it.
    fn tokens(&self, names: &Names) -> TokenStream {
        let Self {
            ty, name, visibility, ..
        } = self;
        let texts = self.doc.texts(&names::label(self.ident));
        let required = match self.bounds.default {
            Some(_) => quote!(false),
            None => quote!(!<#ty as ::midspan::Data>::OPTIONAL),
        };
        let constraints = self.bounds.constraints(self.ty);
        let dynamic = Dynamic::option(self.dynamic.as_ref(), names);
        quote! {
            ::midspan::macro_support::definition::Field {
                name: #name,
                #texts,
                required: #required,
                constraints: #constraints,
                #visibility,
                dynamic: #dynamic,
                schema: <#ty as ::midspan::Data>::SCHEMA,
            }
        }
    }
}

fn siblings(fields: &[Field<'_>]) -> Names {
    Names::fields(
        fields
            .iter()
            .map(|field| (field.ident.clone(), field.name.clone()))
            .collect(),
    )
}
