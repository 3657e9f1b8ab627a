//! OData services, from their metadata: version 4, and of versions 2 and 3 what is read.

mod keys;
mod metadata;
mod operations;
mod read;
mod sets;
mod structures;

use proc_macro2::TokenStream;
use quote::quote;

use crate::{
    Error, Module, Request, Variable,
    rust::{self, Scope, Ty, doc},
};
use metadata::{Metadata, Reference, Version};
use sets::Service;
use structures::Structures;

/// The module for a source that OData metadata describes; of its entity sets, those that `only` names, or all where it
/// names none.
///
/// # Errors
/// Where the text is no XML or no metadata, and where a name in `only` is not known.
pub fn odata(request: &Request<'_>) -> Result<Module, Error> {
    let metadata = read::read(request)?;
    let only = request.options.only;
    check_names(&metadata, only)?;
    let is_chosen = |name: &str| only.is_empty() || only.iter().any(|wanted| wanted == name);
    // What is not asked for is not described: a property that leads to it is any JSON.
    let is_wanted = |ty: &str| {
        only.is_empty()
            || metadata
                .sets
                .iter()
                .any(|set| is_chosen(&set.name) && metadata.is_a(&set.ty, ty))
    };
    let mut structures = Structures::new(&metadata, request.options, is_wanted);
    let source = Scope::default().constant(request.name);
    let service = Service {
        metadata: &metadata,
        source: &source,
        base_path: request.options.base_path.unwrap_or_default().trim_end_matches('/'),
    };
    let mut modules = Scope::default();
    let mut functions = Scope::default();
    let mut content = TokenStream::new();
    for (name, qualified) in metadata.imports.iter().filter(|(name, _)| is_chosen(name)) {
        let unbound = |operation: &&metadata::Operation| operation.name == *qualified && operation.bound_to.is_none();
        // Overloads have one name here too, and a number.
        for operation in metadata.operations.iter().filter(unbound) {
            content.extend(operations::operation(
                &service,
                &mut structures,
                &mut functions,
                operation,
                (name, None),
            ));
        }
    }
    for set in metadata.sets.iter().filter(|set| is_chosen(&set.name)) {
        content.extend(sets::set(&service, &mut structures, &mut modules, set));
    }
    let declaration = declaration(request, &source);
    let sent = sent(&metadata, &mut structures);
    let types = structures.types.tokens(&sent, &[]);
    let for_queries = structures.for_queries();
    let wrappers = wrappers(&content);
    let items = quote!(#declaration #content #types #for_queries #wrappers);
    let imports = rust::imports(&items, IMPORTS);
    let about = format!("OData service `{}`.", request.name);
    let text = rust::module(request.command, &about, &quote!(#imports #items));
    let text = text.map_err(|why| Error::new(request.file, None, why).with_help("this is a defect of midspan"))?;
    Ok(Module {
        text,
        variables: variables(request.name),
        notes: notes(&metadata, request),
    })
}

const IMPORTS: &[(&str, &[&str])] = &[
    ("std::collections", &["BTreeMap"]),
    ("midspan", &["Context", "Date", "Result", "Source", "Timestamp"]),
    ("midspan::serde", &["Deserialize", "Serialize"]),
    ("midspan::serde_json", &["Value"]),
    ("midspan::source", &["Call", "Pages", "Paging"]),
    ("midspan::source::odata", &["ETag", "Guid", "Literal", "Query", "text"]),
];

fn check_names(metadata: &Metadata<'_>, only: &[String]) -> Result<(), Error> {
    let known = || {
        let sets = metadata.sets.iter().map(|set| &set.name);
        sets.chain(metadata.imports.iter().map(|(name, _)| name))
    };
    for name in only {
        if !known().any(|known| known == name) {
            let alike = known().find(|known| known.eq_ignore_ascii_case(name));
            let message = format!("there is no entity set, function or action \"{name}\"");
            let error = Error::new(metadata.file, None, message);
            return Err(match alike {
                Some(alike) => error.with_help(format!("did you mean \"{alike}\"?")),
                None => error,
            });
        }
    }
    Ok(())
}

fn declaration(request: &Request<'_>, source: &proc_macro2::Ident) -> TokenStream {
    let (name, token) = (request.name, format!("{}_token", request.name));
    let about = doc(&format!("The service. Its address is the variable `{name}_url`."));
    quote! {
        #about
        pub static #source: Source = Source::odata(#name).bearer(#token);
    }
}

fn variables(name: &str) -> Vec<Variable> {
    let variable = |what: &str, secret| Variable {
        name: format!("{name}_{what}"),
        secret,
        default: None,
    };
    vec![variable("url", false), variable("token", true)]
}

/// Entities, and what stands in them, are sent with only what is given.
fn sent(metadata: &Metadata<'_>, structures: &mut Structures<'_>) -> Vec<Ty> {
    let sets = metadata.sets.iter().map(|set| Reference {
        name: set.ty.clone(),
        collection: false,
    });
    let known: Vec<Reference> = sets.filter(|reference| structures.is_known(&reference.name)).collect();
    let mut sent: Vec<Ty> = known.iter().map(|reference| structures.ty(reference)).collect();
    sent.extend(structures.all_parameters());
    sent
}

/// The objects in which the protocol puts what is no object, and version 2 everything.
fn wrappers(content: &TokenStream) -> TokenStream {
    let text = content.to_string();
    let wrapped = text.contains("Wrapped").then(|| {
        quote! {
            /// A value that is no object, as the protocol has it.
            #[derive(Deserialize)]
            #[serde(crate = "midspan::serde")]
            struct Wrapped<T> { value: T }
        }
    });
    let verbose = text.contains("Verbose").then(|| {
        quote! {
            /// An answer in the verbose form of version 2.
            #[derive(Deserialize)]
            #[serde(crate = "midspan::serde")]
            struct Verbose<T> { d: T }
        }
    });
    quote!(#wrapped #verbose)
}

fn notes(metadata: &Metadata<'_>, request: &Request<'_>) -> Vec<String> {
    let mut notes = Vec::new();
    if metadata.version != Version::V4 {
        notes.push(format!(
            "{}: the metadata is of an older version than 4: entities are read; functions and changes are left out",
            request.file
        ));
    }
    if request.options.base_path.is_none() {
        notes.push(format!(
            "{}: metadata does not say where its service is; give its path with --base-path, unless it is the host's root",
            request.file
        ));
    }
    notes
}
