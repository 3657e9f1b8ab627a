//! What a Midspan operation is written with.
//!
//! An operation is one `async fn` of a connector. It calls back-end sources at once, under one deadline, and shapes one
//! answer. The function's doc comment and types are the contract that makers see.
//!
//! ```
//! use midspan::prelude::*;
//!
//! /// Where people are looked up.
//! static GRAPH: Source = Source::rest("graph").titled("Microsoft Graph");
//!
//! /// Whom to look up.
//! #[input]
//! struct PersonInput {
//!     /// User principal name, such as `ada@contoso.com`.
//!     #[path]
//!     id: String,
//! }
//!
//! /// Somebody, as colleagues see them.
//! #[derive(Data)]
//! struct Person {
//!     display_name: String,
//!     job_title: Option<String>,
//! }
//!
//! /// Get a person
//! ///
//! /// Name and job title of one employee.
//! #[operation(get = "/people/{id}", auth = none, sources = [GRAPH], deadline = "3s")]
//! async fn get_person(ctx: Context, input: PersonInput) -> Result<Person> {
//!     ctx.source(&GRAPH)
//!         .get("/v1.0/users/{id}")
//!         .path("id", &input.id)
//!         .query("$select", "displayName,jobTitle")
//!         .found()
//!         .await?
//!         .ok_or_else(|| Error::not_found(format!("There is nobody called {}. Check the name.", input.id)))
//! }
//!
//! // Operations run natively in tests, against scripted sources and a virtual clock.
//! use midspan::testing::{Reply, TestHost};
//!
//! let host = TestHost::new();
//! host.on("graph", "GET /v1.0/users/ada@contoso.com", Reply::json(200, r#"{"displayName": "Ada", "jobTitle": null}"#));
//! let answer = host.get::<GetPerson>("/people/ada@contoso.com");
//! assert_eq!(answer.json::<Person>().display_name, "Ada");
//! ```
//!
//! # The stages of a request
//! Each is a module, in this order: `admit` (correlation id, deadline, trace, [`Caller`]), [`input`](mod@input) (decode),
//! [`Operation::run`] with [`Context`] and [`source`] (compose), [`output`] and [`part`] (shape) and the answer. The function that
//! calls them is `serve::serve`.

mod admit;
mod answer;
pub mod cache;
mod component;
mod context;
mod error;
mod excerpt;
mod export;
mod http_date;
pub mod idempotency;
mod incoming;
pub mod input;
mod multipart;
mod operation;
pub mod output;
pub mod part;
mod port;
mod position;
pub mod rate;
mod relay;
mod serve;
pub mod source;
mod telemetry;
#[cfg(not(target_family = "wasm"))]
pub mod testing;

pub use admit::{Algorithm, Caller, CallerKind, Scheme};
pub use component::Operations;
pub use context::Context;
pub use error::Error;
pub use idempotency::Idempotency;
pub use input::{Data, Input};
pub use jiff::{Timestamp, civil::Date};
pub use midspan_definition::ErrorCode;
pub use midspan_macros::{Data, Xml, input, operation};
pub use operation::Operation;
pub use output::Output;
pub use part::{Optional, Part};
pub use position::Position;
pub use rate::RateLimit;
pub use source::{Binary, Source};

/// The crates whose items stand in this one's, for modules that `midspan source add` has written: so a component need
/// not name them among its dependencies.
#[doc(no_inline)]
pub use {bytes, http, serde, serde_json};

/// The result of an operation, and of every source call.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// All that an operation usually needs: `use midspan::prelude::*`.
pub mod prelude {
    pub use crate::{
        Binary, Caller, Context, Data, Date, Error, ErrorCode, Idempotency, Input, Optional, Part, Position, RateLimit,
        Result, Scheme, Source, Timestamp, Xml, input, operation,
        output::{Accepted, Created, NoContent, Polled},
    };
    pub use futures_util::{
        future::{join_all, try_join_all},
        join, try_join,
    };
    pub use serde::{Deserialize, Serialize};
}

/// What the macros' code calls. Not for people.
#[doc(hidden)]
pub mod macro_support {
    pub use crate::{
        component::{are_told_apart, have_one_path},
        input::{Data, FormValue, Input, Parts, Place, Value, body, form, parameter},
        operation::Operation,
        relay::{Relay, Relayed},
        source::soap,
    };
    pub use midspan_definition as definition;
    pub use serde;

    #[cfg(target_family = "wasm")]
    pub use crate::port::wasi;
    #[cfg(target_family = "wasm")]
    pub use spin_sdk::wasip3;
}

/// The examples of the pages compile and hold.
#[cfg(doctest)]
mod pages {
    #[doc = include_str!("../../../README.md")]
    struct Readme;
    #[doc = include_str!("../../../docs/first-operation.md")]
    struct FirstOperation;
    #[doc = include_str!("../../../docs/sources.md")]
    struct Sources;
    #[doc = include_str!("../../../docs/authentication.md")]
    struct Authentication;
    #[doc = include_str!("../../../docs/cache.md")]
    struct SharedCache;
    #[doc = include_str!("../../../docs/definition.md")]
    struct Definition;
    #[doc = include_str!("../../../docs/idempotency.md")]
    struct Idempotency;
    #[doc = include_str!("../../../docs/limits.md")]
    struct Limits;
}
