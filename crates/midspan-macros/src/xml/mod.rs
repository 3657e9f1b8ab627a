//! `#[derive(Xml)]`: a struct is a record of elements and attributes, an enum one of several texts, elements or types.

mod attribute;
mod choice;
mod record;

use heck::{ToLowerCamelCase, ToPascalCase, ToShoutySnakeCase, ToSnakeCase};
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{Data, DeriveInput, Expr, Fields, Ident, LitStr, Type, parse_quote, spanned::Spanned};

use self::{attribute::Arguments, choice::Choice, record::Record};
use crate::{names, problems::Problems};

pub(crate) fn expand(item: &DeriveInput) -> TokenStream {
    let mut problems = Problems::default();
    let container = Container::read(item, &mut problems);
    let implementation = match &item.data {
        Data::Struct(data) => match &data.fields {
            Fields::Unnamed(fields) if fields.unnamed.len() == 1 => container.wrapper(&fields.unnamed[0].ty),
            Fields::Unnamed(fields) => {
                problems.add(
                    fields,
                    "an element's content has named fields, `struct Person { name: String }`, or is one other type: \
                     `struct Person(Employee)`",
                );
                TokenStream::new()
            }
            fields => Record::read(&container, fields, &mut problems).expand(),
        },
        Data::Enum(data) => Choice::read(&container, data, &mut problems).expand(),
        Data::Union(data) => {
            problems.add(data.union_token, "a union has no XML form; use a struct or an enum");
            TokenStream::new()
        }
    };
    if problems.is_empty() {
        return implementation;
    }
    let fallback = container.fallback();
    let errors = problems.into_compile_errors();
    quote!(#fallback #errors)
}

/// The type, and what `#[xml(...)]` on it says.
struct Container<'a> {
    item: &'a DeriveInput,
    namespace: Expr,
    name: String,
    rename_all: Option<LitStr>,
    unqualified: bool,
    by_type: bool,
}

impl<'a> Container<'a> {
    fn read(item: &'a DeriveInput, problems: &mut Problems) -> Self {
        let mut arguments = Arguments::read(
            &item.attrs,
            &["name", "namespace", "rename_all"],
            &["unqualified", "by_type"],
            problems,
        );
        let rename_all = arguments.text("rename_all", problems);
        if let Some(unknown) = rename_all.as_ref().filter(|case| renamed("a", &case.value()).is_none()) {
            problems.add(
                unknown,
                "`rename_all` is \"camelCase\", \"PascalCase\", \"snake_case\" or \"SCREAMING_SNAKE_CASE\"",
            );
        }
        let name = arguments.text("name", problems);
        Self {
            item,
            namespace: arguments.value("namespace").unwrap_or_else(|| parse_quote!("")),
            name: name.map_or_else(|| names::verbatim(&item.ident), |name| name.value()),
            rename_all,
            unqualified: arguments.flag("unqualified"),
            by_type: arguments.flag("by_type"),
        }
    }

    /// The name of a field or a variant, unless it has one of its own.
    fn rename(&self, ident: &Ident, otherwise: &str) -> String {
        let ident = names::verbatim(ident);
        let case = self
            .rename_all
            .as_ref()
            .map_or_else(|| otherwise.to_owned(), LitStr::value);
        renamed(&ident, &case).unwrap_or(ident)
    }

    /// The namespace of the elements in it.
    fn inner_namespace(&self) -> Expr {
        if self.unqualified {
            parse_quote!("")
        } else {
            self.namespace.clone()
        }
    }

    /// An element whose content is of another type.
    fn wrapper(&self, ty: &Type) -> TokenStream {
        let soap = soap();
        let xml = quote_spanned! {ty.span()=>
            fn write(&self, element: &mut #soap::Writer) {
                <#ty as #soap::Xml>::write(&self.0, element);
            }

            fn read(element: #soap::Element<'_>) -> ::core::result::Result<Self, #soap::XmlError> {
                <#ty as #soap::Xml>::read(element).map(Self)
            }
        };
        let xml = self.implementation(&quote!(#soap::Xml), &xml);
        let named = self.named();
        quote!(#xml #named)
    }

    /// The element's own name.
    fn named(&self) -> TokenStream {
        let soap = soap();
        let (namespace, name) = (&self.namespace, &self.name);
        let named = quote! {
            fn write_named(&self, parent: &mut #soap::Writer) {
                const NAME: #soap::Name = #soap::Name::new(#namespace, #name);
                parent.element(NAME, |element| #soap::Xml::write(self, element));
            }

            fn read_named(
                element: #soap::Element<'_>,
            ) -> ::core::result::Result<::core::option::Option<Self>, #soap::XmlError> {
                const NAME: #soap::Name = #soap::Name::new(#namespace, #name);
                if element.is(NAME) {
                    #soap::Xml::read(element).map(::core::option::Option::Some)
                } else {
                    ::core::result::Result::Ok(::core::option::Option::None)
                }
            }
        };
        self.implementation(&quote!(#soap::Named), &named)
    }

    fn implementation(&self, of: &TokenStream, body: &TokenStream) -> TokenStream {
        let ident = &self.item.ident;
        let (parameters, arguments, conditions) = self.item.generics.split_for_impl();
        quote! {
            #[automatically_derived]
            impl #parameters #of for #ident #arguments #conditions { #body }
        }
    }

    /// Stands in where the type has mistakes, so that its users don't report them once more.
    fn fallback(&self) -> TokenStream {
        let soap = soap();
        let read = quote!(::core::result::Result<Self, #soap::XmlError> { ::core::unreachable!() });
        let xml = quote! {
            fn write(&self, _: &mut #soap::Writer) {}
            fn read(_: #soap::Element<'_>) -> #read
        };
        let named = quote! {
            fn write_named(&self, _: &mut #soap::Writer) {}
            fn read_named(_: #soap::Element<'_>) -> ::core::result::Result<Option<Self>, #soap::XmlError> {
                ::core::unreachable!()
            }
        };
        let xml = self.implementation(&quote!(#soap::Xml), &xml);
        let named = self.implementation(&quote!(#soap::Named), &named);
        quote!(#xml #named)
    }
}

fn soap() -> TokenStream {
    quote!(::midspan::macro_support::soap)
}

fn renamed(ident: &str, case: &str) -> Option<String> {
    Some(match case {
        "camelCase" => ident.to_lower_camel_case(),
        "PascalCase" => ident.to_pascal_case(),
        "snake_case" => ident.to_snake_case(),
        "SCREAMING_SNAKE_CASE" => ident.to_shouty_snake_case(),
        "" => ident.to_owned(),
        _ => return None,
    })
}
