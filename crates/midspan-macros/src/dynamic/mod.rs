//! `values(...)`, `schema(...)` and `tree(...)`: what a designer learns by calling another operation.

mod call;

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{Ident, LitStr};

pub(crate) use self::call::Call;
use crate::{attributes::Arguments, names, problems::Problems};

/// The arguments that are dynamic.
pub(crate) const KEYS: [&str; 3] = ["values", "schema", "tree"];

/// One call and what of its answer is wanted, as its author wrote it.
pub(crate) enum Dynamic {
    Values(List),
    Schema(Call, Option<LitStr>),
    Tree(Box<Tree>),
}

/// A list in an answer.
pub(crate) struct List {
    call: Call,
    items: Option<LitStr>,
    value: LitStr,
    title: LitStr,
}

pub(crate) struct Tree {
    open: List,
    browse: List,
    parent: LitStr,
    select_parents: bool,
    select_leaves: bool,
}

/// The fields beside one, whose values can be passed on, with their names in the contract.
pub(crate) struct Names {
    fields: Vec<(Ident, String)>,
    /// Whether they are the parameters of an operation, or the fields of a record.
    are_parameters: bool,
}

impl Names {
    /// None: nothing stands beside a whole body or answer.
    pub(crate) const NONE: Self = Self {
        fields: Vec::new(),
        are_parameters: true,
    };

    pub(crate) const fn parameters(fields: Vec<(Ident, String)>) -> Self {
        Self {
            fields,
            are_parameters: true,
        }
    }

    pub(crate) const fn fields(fields: Vec<(Ident, String)>) -> Self {
        Self {
            fields,
            are_parameters: false,
        }
    }

    fn get(&self, ident: &Ident) -> Option<&str> {
        let mut fields = self.fields.iter();
        fields.find(|(field, _)| field == ident).map(|(_, name)| name.as_str())
    }

    fn missing(&self, ident: &Ident) -> String {
        let fields: Vec<_> = self.fields.iter().map(|(field, _)| names::verbatim(field)).collect();
        let beside = match fields.as_slice() {
            [] => "there is no field beside it".to_owned(),
            fields => format!("beside it are `{}`", fields.join("`, `")),
        };
        format!(
            "there is no field `{ident}` to pass on; {beside}, and `parameter(\"{ident}\")` is one of the operation's"
        )
    }

    fn variant(&self) -> Ident {
        format_ident!("{}", if self.are_parameters { "Parameter" } else { "Sibling" })
    }
}

impl Dynamic {
    /// Takes the one that is there.
    pub(crate) fn take(arguments: &mut Arguments, problems: &mut Problems) -> Option<Self> {
        let mut found = None;
        for argument in arguments.take_all(&KEYS) {
            let key = argument.key.clone();
            if found.is_some() {
                problems.add(&key, "one of `values`, `schema` and `tree` is enough");
                continue;
            }
            let Some(tokens) = problems.keep(argument.list()) else {
                continue;
            };
            found = if key == "values" {
                List::read(tokens, &key, problems).map(Self::Values)
            } else if key == "schema" {
                schema(tokens, &key, problems)
            } else {
                Tree::read(tokens, &key, problems).map(|tree| Self::Tree(Box::new(tree)))
            };
        }
        found
    }

    /// Fields that are passed on and are not there.
    pub(crate) fn check_names(&self, names: &Names, problems: &mut Problems) {
        match self {
            Self::Values(list) => list.call.check_names(names, problems),
            Self::Schema(call, _) => call.check_names(names, problems),
            Self::Tree(tree) => {
                tree.open.call.check_names(names, problems);
                tree.browse.call.check_names(names, problems);
            }
        }
    }

    /// An expression of type `Option<&'static Dynamic>`.
    pub(crate) fn option(this: Option<&Self>, names: &Names) -> TokenStream {
        let Some(this) = this else {
            return quote!(::core::option::Option::None);
        };
        let checks = this.checks();
        let value = this.tokens(names);
        quote!(::core::option::Option::Some(const { #checks &#value }))
    }

    fn tokens(&self, names: &Names) -> TokenStream {
        let dynamic = quote!(::midspan::macro_support::definition::dynamic::Dynamic);
        match self {
            Self::Values(list) => {
                let list = list.tokens(names);
                quote!(#dynamic::Values(#list))
            }
            Self::Schema(call, path) => {
                let call = call.tokens(names);
                let path = text(path.as_ref());
                quote!(#dynamic::Schema { call: #call, path: #path })
            }
            Self::Tree(tree) => {
                let (open, browse) = (tree.open.tokens(names), tree.browse.tokens(names));
                let Tree {
                    parent,
                    select_parents,
                    select_leaves,
                    ..
                } = &**tree;
                quote! {
                    #dynamic::Tree {
                        open: #open,
                        browse: #browse,
                        parent: #parent,
                        select_parents: #select_parents,
                        select_leaves: #select_leaves,
                    }
                }
            }
        }
    }

    /// What only the compiler can compare.
    fn checks(&self) -> TokenStream {
        match self {
            Self::Values(list) => list.checks(&[]),
            Self::Schema(call, path) => {
                let checks = call.checks();
                let reach = call.operation().zip(path.as_ref()).map(|(operation, path)| {
                    let message = format!(
                        "the answer of {} has nothing at \"{}\"",
                        call::title(operation),
                        path.value()
                    );
                    quote_spanned! {path.span()=>
                        ::core::assert!(<#operation as ::midspan::Operation>::DESCRIPTION.output.has(#path), "{}", #message);
                    }
                });
                quote!(#checks #reach)
            }
            Self::Tree(tree) => {
                let open = tree.open.checks(&[&tree.parent]);
                let browse = tree.browse.checks(&[&tree.parent]);
                quote!(#open #browse)
            }
        }
    }
}

fn schema(tokens: TokenStream, at: &Ident, problems: &mut Problems) -> Option<Dynamic> {
    let known: Vec<_> = call::KEYS.into_iter().chain(["path"]).collect();
    let mut arguments = Arguments::parse(tokens, &known, problems);
    let path = arguments.text("path", problems);
    Some(Dynamic::Schema(Call::take(&mut arguments, at, problems)?, path))
}

impl List {
    fn read(tokens: TokenStream, at: &Ident, problems: &mut Problems) -> Option<Self> {
        let known: Vec<_> = call::KEYS.into_iter().chain(["items", "value", "title"]).collect();
        let mut arguments = Arguments::parse(tokens, &known, problems);
        let items = arguments.text("items", problems);
        let mut needed = |key: &str| {
            if arguments.get(key).is_none() {
                problems.add(
                    at,
                    format!("say which property of an item is the {key}: `{key} = \"...\"`"),
                );
            }
            arguments.text(key, problems)
        };
        let (value, title) = (needed("value"), needed("title"));
        let call = Call::take(&mut arguments, at, problems);
        Some(Self {
            call: call?,
            items,
            value: value?,
            title: title?,
        })
    }

    fn tokens(&self, names: &Names) -> TokenStream {
        let list = quote!(::midspan::macro_support::definition::dynamic::List);
        let call = self.call.tokens(names);
        let items = text(self.items.as_ref());
        let Self { value, title, .. } = self;
        quote!(#list { call: #call, items: #items, value: #value, title: #title })
    }

    fn checks(&self, more: &[&LitStr]) -> TokenStream {
        let checks = self.call.checks();
        let Some(operation) = self.call.operation() else {
            return checks;
        };
        let output = quote!(<#operation as ::midspan::Operation>::DESCRIPTION.output);
        let name = call::title(operation);
        let items = text(self.items.as_ref());
        let message = match &self.items {
            Some(path) => format!("the answer of {name} has no list at \"{}\"", path.value()),
            None => format!("the answer of {name} is no list: say where in it the list is, `items = \"...\"`"),
        };
        let at = self.items.as_ref().map_or_else(|| self.value.span(), LitStr::span);
        let list = quote_spanned!(at=> ::core::assert!(#output.has_list(#items), "{}", #message););
        let properties = [&self.value, &self.title].into_iter().chain(more.iter().copied());
        let properties = properties.map(|property| {
            let message = format!("the items of {name} have no property \"{}\"", property.value());
            quote_spanned! {property.span()=>
                ::core::assert!(!#output.has_list(#items) || #output.items_have(#items, #property), "{}", #message);
            }
        });
        quote!(#checks #list #(#properties)*)
    }
}

impl Tree {
    fn read(tokens: TokenStream, at: &Ident, problems: &mut Problems) -> Option<Self> {
        let known = ["open", "browse", "parent", "select_parents", "select_leaves"];
        let mut arguments = Arguments::parse(tokens, &known, problems);
        let mut list = |key: &str, problems: &mut Problems| {
            let Some(argument) = arguments.take(key) else {
                problems.add(
                    at,
                    format!("a tree has `open(...)`, which lists its roots, and `browse(...)`; `{key}` is missing"),
                );
                return None;
            };
            let at = argument.key.clone();
            List::read(problems.keep(argument.list())?, &at, problems)
        };
        let (open, browse) = (list("open", problems), list("browse", problems));
        let select_parents = arguments.flag("select_parents", problems).unwrap_or(false);
        let select_leaves = arguments.flag("select_leaves", problems).unwrap_or(true);
        let parent = arguments.text("parent", problems);
        if parent.is_none() {
            problems.add(
                at,
                "say which property of an item is true where it can be opened: `parent = \"isFolder\"`",
            );
        }
        Some(Self {
            open: open?,
            browse: browse?,
            parent: parent?,
            select_parents,
            select_leaves,
        })
    }
}

fn text(given: Option<&LitStr>) -> TokenStream {
    given.map_or_else(|| quote!(""), ToTokens::to_token_stream)
}
