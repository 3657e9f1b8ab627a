//! GraphQL: a document with variables in; data, or a part of it and errors, out (GraphQL specification; GraphQL over HTTP).
//!
//! The document is the author's own (`&'static str`): what comes from a caller goes in a variable, where it can't become
//! syntax.
//!
//! ```
//! # use midspan::prelude::*;
//! static DIRECTORY: Source = Source::graphql("directory").titled("People directory"); // at `<directory_url>/graphql`
//!
//! const PERSON: &str = "query Person($id: ID!) { person(id: $id) { name manager { name } } }";
//!
//! #[derive(Deserialize)]
//! struct Found { person: Option<Person> }
//! #[derive(Deserialize)]
//! struct Person { name: String, manager: Option<Manager> }
//! #[derive(Deserialize)]
//! struct Manager { name: String }
//!
//! # async fn example(ctx: Context, id: &str) -> Result<()> {
//! let found: Found = ctx.source(&DIRECTORY).graphql(PERSON).variable("id", id).data().await?;
//!
//! // With errors beside the data: what is there, and what is missing.
//! let found = ctx.source(&DIRECTORY).graphql(PERSON).variable("id", id).partial::<Found>().await?;
//! let complete = found.is_complete(); // else `found.missing()` is such as ["person.manager"]
//! # Ok(()) }
//! ```

mod answer;
mod document;
mod lookup;
mod persisted;

use std::borrow::Cow;

use serde::Serialize;
use serde_json::{Map, Value};

use super::{
    Call, Handle,
    paging::feed::{Ask, Start},
};
use crate::{Error, Result};
pub use answer::{FieldError, Partial};
use document::Kind;

/// A request that is being put together; nothing is sent before [`data`](Request::data) or [`partial`](Request::partial)
/// is awaited.
///
/// A query is retried, hedged and made once as a GET is, although it is a POST. A mutation is none of this, and is never
/// sent by GET.
#[derive(Clone)]
#[must_use = "a request does nothing until its answer is awaited, as `.data()` or `.partial()`"]
pub struct Request<'c> {
    call: Call<'c>,
    document: Cow<'static, str>,
    kind: Kind,
    operation_name: Option<&'static str>,
    variables: Map<String, Value>,
    persisted: bool,
}

impl<'c> Handle<'c> {
    /// Starts a request for a `GraphQL` document, to the path `/graphql` below the source's URL; see
    /// [`at`](Request::at).
    pub fn graphql(self, document: &'static str) -> Request<'c> {
        Request::new(self, document.into())
    }
}

impl<'c> Request<'c> {
    pub(super) fn new(handle: Handle<'c>, document: Cow<'static, str>) -> Self {
        let kind = document::kind(&document);
        let mut call = handle.post("/graphql");
        // Where they stand beside a 200, as most services have it.
        call.keeps = answer::is_without_errors;
        match kind {
            Kind::Query => call = call.read_only(),
            Kind::Mutation => {}
            Kind::Subscription => call.fail(|| Error::failed("a GraphQL subscription has no single answer")),
            Kind::None => call.fail(|| Error::failed("a GraphQL document holds neither a query nor a mutation")),
        }
        Self {
            call,
            document,
            kind,
            operation_name: None,
            variables: Map::new(),
            persisted: false,
        }
    }

    /// Sends it to another path below the source's URL.
    pub fn at(mut self, path: &'static str) -> Self {
        self.call.template = path;
        self
    }

    /// Which operation of the document to run, where it holds several.
    pub fn operation(mut self, name: &'static str) -> Self {
        self.operation_name = Some(name);
        self
    }

    /// Gives a variable of the document a value.
    pub fn variable(mut self, name: &str, value: impl Serialize) -> Self {
        match serde_json::to_value(value) {
            Ok(value) => {
                self.variables.insert(name.to_owned(), value);
            }
            Err(why) => self
                .call
                .fail(|| Error::failed(format!("GraphQL variable `{name}` is not JSON: {why}"))),
        }
        self
    }

    /// What a call can be told besides, such as another time-out: `.with(|call| call.timeout(limit))`.
    pub fn with(mut self, change: impl FnOnce(Call<'c>) -> Call<'c>) -> Self {
        self.call = change(self.call);
        self
    }

    /// Sends a query by GET with the hash of its document in its place, so that it can be cached on the way; the document
    /// itself goes by POST where the source does not know it yet (automatic persisted queries, as Apollo specifies them).
    pub fn persisted(mut self) -> Self {
        self.persisted = true;
        self
    }

    /// As JSON, in the names of the specification (GraphQL over HTTP s. 5.3).
    fn posted(self, extensions: Option<&Value>) -> Call<'c> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Body<'b> {
            query: &'b str,
            #[serde(skip_serializing_if = "Option::is_none")]
            operation_name: Option<&'b str>,
            #[serde(skip_serializing_if = "Map::is_empty")]
            variables: &'b Map<String, Value>,
            #[serde(skip_serializing_if = "Option::is_none")]
            extensions: Option<&'b Value>,
        }
        let body = Body {
            query: &self.document,
            operation_name: self.operation_name,
            variables: &self.variables,
            extensions,
        };
        accepting(self.call.body(&body))
    }
}

/// The media type of the specification, and the older one (GraphQL over HTTP s. A).
fn accepting(call: Call<'_>) -> Call<'_> {
    call.header("accept", "application/graphql-response+json, application/json;q=0.9")
}

impl Ask for Request<'_> {
    fn call(&self) -> &Call<'_> {
        &self.call
    }

    fn at(self, parameter: &'static str, value: Start<'_>) -> Self {
        match value {
            Start::Number(number) => self.variable(parameter, number),
            Start::Token(token) => self.variable(parameter, token),
        }
    }

    fn resumed(self, _position: &str) -> Self {
        self
    }

    async fn ask(self) -> Result<Value> {
        self.data().await
    }

    async fn follow(self, _link: &str) -> Result<Self> {
        Err(Error::failed(
            "GraphQL has no links to next pages: page by `Paging::connection`, a cursor or an offset",
        ))
    }
}
