//! A module an entity set: its entities listed, read, and in version 4 created, changed and deleted.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::{
    keys::{self, Key},
    metadata::{Metadata, Set, Version},
    operations,
    structures::Structures,
};
use crate::rust::{Scope, Ty, doc};

/// Names that mean something in the functions.
pub(super) const RESERVED: &[&str] = &["answer", "call", "ctx", "entity", "etag", "parameters", "query", "text"];

/// What the functions of a module share.
pub(super) struct Service<'a> {
    pub(super) metadata: &'a Metadata<'a>,
    pub(super) source: &'a Ident,
    pub(super) base_path: &'a str,
}

impl Service<'_> {
    /// A GET of `path` below the service's root, in the form of JSON that is read here.
    pub(super) fn get(&self, path: &str) -> TokenStream {
        let (source, path) = (self.source, format!("{}/{path}", self.base_path));
        let accept = (self.metadata.version == Version::V3)
            .then(|| quote!(.header("Accept", "application/json;odata=nometadata")));
        quote!(ctx.source(&#source).get(#path) #accept)
    }

    pub(super) fn call(&self, method: &str, path: &str) -> TokenStream {
        let (source, path) = (self.source, format!("{}/{path}", self.base_path));
        let method = Ident::new(method, proc_macro2::Span::call_site());
        quote!(ctx.source(&#source).#method(#path))
    }
}

pub(super) fn set(
    service: &Service<'_>,
    structures: &mut Structures<'_>,
    modules: &mut Scope,
    set: &Set,
) -> TokenStream {
    let ty = structures.ty(&super::metadata::Reference {
        name: set.ty.clone(),
        collection: false,
    });
    let mut functions = Scope::default();
    let content = if set.is_singleton {
        singleton(service, structures, &mut functions, set, &ty)
    } else {
        entities(service, structures, &mut functions, set, &ty)
    };
    let module = modules.value(&set.name);
    let about = doc(&with_address(&set.doc, &format!("{}/{}", service.base_path, set.name)));
    quote! {
        #about
        pub mod #module {
            use super::*;
            #content
        }
    }
}

fn with_address(doc: &str, address: &str) -> String {
    if doc.is_empty() {
        format!("`{address}`")
    } else {
        format!("{doc}\n\n`{address}`")
    }
}

fn singleton(
    service: &Service<'_>,
    structures: &mut Structures<'_>,
    functions: &mut Scope,
    set: &Set,
    ty: &Ty,
) -> TokenStream {
    let owned = ty.owned(&structures.types);
    let get = service.get(&set.name);
    let [name_of_get, name_of_update] = ["get", "update"].map(|name| functions.value(name));
    let patch = service.call("patch", &set.name);
    let more = reached(service, structures, functions, set, (&set.name, None));
    quote! {
        /// Reads it.
        pub async fn #name_of_get(ctx: &Context, query: &Query) -> Result<#owned> {
            #get.odata(query).json().await
        }
        /// Changes the properties that are given, if it is still in the state of `etag`; without one, in any.
        pub async fn #name_of_update(ctx: &Context, etag: Option<&ETag>, entity: &#owned) -> Result<()> {
            #patch.if_match(etag).body(entity).success().await.map(drop)
        }
        #more
    }
}

fn entities(
    service: &Service<'_>,
    structures: &mut Structures<'_>,
    functions: &mut Scope,
    set: &Set,
    ty: &Ty,
) -> TokenStream {
    let owned = ty.owned(&structures.types);
    let list = service.get(&set.name);
    let [name_of_call, name_of_list] = ["call", "list"].map(|name| functions.value(name));
    let mut content = quote! {
        /// The entities that fulfil the query, page by page.
        pub fn #name_of_list<'c>(ctx: &'c Context, query: &Query) -> Pages<'c, #owned> {
            #name_of_call(ctx).odata(query).pages(Paging::next_link())
        }
        /// The list before it is asked for: to count, to follow changes, to set a time-out.
        pub fn #name_of_call<'c>(ctx: &'c Context) -> Call<'c> { #list }
    };
    let Some(key) = keys::key(service.metadata, &set.ty, &mut Scope::new(RESERVED)) else {
        content.extend(reached(service, structures, functions, set, (&set.name, None)));
        return content;
    };
    content.extend(by_key(service, functions, set, &owned, &key));
    let one = format!("{}{}", set.name, key.template);
    content.extend(reached(service, structures, functions, set, (&one, Some(&key))));
    content
}

fn by_key(service: &Service<'_>, functions: &mut Scope, set: &Set, owned: &TokenStream, key: &Key) -> TokenStream {
    let [name_of_get, name_of_create, name_of_update, name_of_delete] =
        ["get", "create", "update", "delete"].map(|name| functions.value(name));
    let Key { arguments, filled, .. } = key;
    let one = format!("{}{}", set.name, key.template);
    let get = service.get(&one);
    let found = match service.metadata.version {
        Version::V2 => quote! {
            let answer: Option<Verbose<#owned>> = #get #filled.odata(query).found().await?;
            Ok(answer.map(|answer| answer.d))
        },
        Version::V3 | Version::V4 => quote!(#get #filled.odata(query).found().await),
    };
    let mut functions = quote! {
        /// One entity by its key, or nothing where there is none.
        pub async fn #name_of_get(ctx: &Context, #(#arguments,)* query: &Query) -> Result<Option<#owned>> { #found }
    };
    if service.metadata.version == Version::V4 {
        let (post, patch, delete) = (
            service.call("post", &set.name),
            service.call("patch", &one),
            service.call("delete", &one),
        );
        functions.extend(quote! {
            /// Creates an entity, and gives it as it then is.
            pub async fn #name_of_create(ctx: &Context, entity: &#owned) -> Result<#owned> {
                #post.header("Prefer", "return=representation").body(entity).json().await
            }
            /// Changes the properties that are given, if the entity is still in the state of `etag`; without one, in
            /// any.
            pub async fn #name_of_update(
                ctx: &Context, #(#arguments,)* etag: Option<&ETag>, entity: &#owned,
            ) -> Result<()> {
                #patch #filled.if_match(etag).body(entity).success().await.map(drop)
            }
            /// Deletes an entity, if it is still in the state of `etag`; without one, in any.
            pub async fn #name_of_delete(ctx: &Context, #(#arguments,)* etag: Option<&ETag>) -> Result<()> {
                #delete #filled.if_match(etag).success().await.map(drop)
            }
        });
    }
    functions
}

/// What is reached only from here: contained entities, and the functions and actions that are bound to the type.
fn reached(
    service: &Service<'_>,
    structures: &mut Structures<'_>,
    functions: &mut Scope,
    set: &Set,
    (path, key): (&str, Option<&Key>),
) -> TokenStream {
    let mut content = TokenStream::new();
    let arguments = key.map(|key| key.arguments.as_slice()).unwrap_or_default();
    let filled = key.map(|key| &key.filled);
    let lineage = service.metadata.lineage(&set.ty);
    let contained = lineage
        .iter()
        .flat_map(|structure| &structure.navigations)
        .filter(|navigation| navigation.contains);
    for navigation in contained {
        let Ty::List(item) = structures.ty(&navigation.ty) else {
            continue;
        };
        let item = item.owned(&structures.types);
        let name = functions.value(&navigation.name);
        let get = service.get(&format!("{path}/{}", navigation.name));
        let about = doc(&with_address(&navigation.doc, &format!("{path}/{}", navigation.name)));
        content.extend(quote! {
            #about
            pub fn #name<'c>(ctx: &'c Context, #(#arguments,)* query: &Query) -> Pages<'c, #item> {
                #get #filled.odata(query).pages(Paging::next_link())
            }
        });
    }
    for operation in &service.metadata.operations {
        let Some(bound_to) = &operation.bound_to else { continue };
        if !service.metadata.is_a(&set.ty, &bound_to.name) {
            continue;
        }
        let (path, key) = if bound_to.collection {
            (set.name.as_str(), None)
        } else {
            (path, key)
        };
        if bound_to.collection && set.is_singleton {
            continue;
        }
        let path = format!("{path}/{}", operation.name);
        content.extend(operations::operation(
            service,
            structures,
            functions,
            operation,
            (&path, key),
        ));
    }
    content
}
