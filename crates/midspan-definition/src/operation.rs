//! An operation's contract, as a constant.

use crate::{
    dynamic::{Call, Dynamic},
    schema::{Constraints, Schema, Visibility, same},
};

/// Everything that a connector's definition needs to know of one operation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Operation {
    /// `operationId`, e.g. `GetHome`.
    pub id: &'static str,
    /// HTTP method.
    pub method: Method,
    /// Path template below the application's base path, e.g. `/home/{employee_id}`.
    pub path: &'static str,
    /// First paragraph of the doc comment: the action's name in the designer.
    pub summary: &'static str,
    /// The rest of the doc comment.
    pub description: &'static str,
    /// How prominently makers see it.
    pub visibility: Visibility,
    /// The whole operation's deadline, in milliseconds.
    pub deadline_ms: u64,
    /// For how long a call that is repeated with its idempotency key is answered as the first was, in milliseconds;
    /// nothing where it is done each time.
    pub idempotency_ms: Option<u64>,
    /// Path, query and header parameters.
    pub parameters: &'static [Parameter],
    /// The JSON body, where it takes one.
    pub body: Option<Schema>,
    /// The shape of a successful answer's body.
    pub output: Schema,
    /// The statuses of successful answers, e.g. `[200]`.
    pub statuses: &'static [u16],
    /// Who may call it: any of these is enough. None: everybody may.
    pub auth: &'static [SchemeUse],
    /// Roles of which a caller needs one.
    pub roles: &'static [&'static str],
    /// Permissions of which a user needs to have granted one.
    pub scopes: &'static [&'static str],
    /// The back-end systems it calls.
    pub sources: &'static [SourceUse],
    /// How it stands in the connector's definition, in the words of OpenAPI 2.0, where that is not left to its types: what
    /// is under its method in `paths`, as JSON.
    pub definition: Option<&'static str>,
    /// What designers are told beyond that.
    pub designer: Designer,
}

/// What designers and agents are told of an operation beyond how it is called.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Designer {
    /// It starts flows.
    pub trigger: Option<Trigger>,
    /// What a maker reads who has chosen the trigger (`x-ms-trigger-hint`).
    pub hint: &'static str,
    /// The operation that knows the fields of the answer.
    pub output: Option<&'static Dynamic>,
    /// The operation that knows the fields of the body.
    pub body: Option<&'static Dynamic>,
    /// Statuses other than those of success, with what they mean.
    pub responses: &'static [Response],
    /// Makers are told to use another.
    pub deprecated: bool,
    /// The family of operations of which this is a revision (`x-ms-api-annotation`).
    pub family: &'static str,
    /// Its revision in the family, from 1; 0 where it is in none.
    pub revision: u32,
    /// `Preview` or `Production`; empty where nothing is said.
    pub status: &'static str,
    /// The operation that is to be used instead.
    pub replacement: Option<Call>,
    /// Not among those that a designer offers for a test.
    pub no_generic_test: bool,
    /// Copilots may use it (`x-ms-openai-data`).
    pub openai: bool,
    /// What agents speak with it, such as `mcp-streamable-1.0`.
    pub agentic_protocol: &'static str,
}

impl Designer {
    /// Nothing more.
    pub const NONE: Self = Self {
        trigger: None,
        hint: "",
        output: None,
        body: None,
        responses: &[],
        deprecated: false,
        family: "",
        revision: 0,
        status: "",
        replacement: None,
        no_generic_test: false,
        openai: false,
        agentic_protocol: "",
    };
}

/// How an operation starts flows (`x-ms-trigger`).
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Trigger {
    /// The platform asks again and again; each item of an answer is a run.
    Polling,
    /// The back end calls an address that it was given.
    Webhook {
        /// What it sends there: one thing, or a list of which each item is a run.
        content: Schema,
        /// The operation that ends the subscription.
        unsubscribe: Call,
    },
}

/// A status and what it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Response {
    /// Three digits.
    pub status: u16,
    /// In words.
    pub description: &'static str,
}

/// HTTP methods that an operation can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of RFC 9110")]
pub enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
    Head,
    Options,
}

impl Method {
    /// The method as it stands in a request.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
            Self::Head => "HEAD",
            Self::Options => "OPTIONS",
        }
    }
}

/// A path, query or header parameter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Parameter {
    /// Its name in the request.
    pub name: &'static str,
    /// Where it stands.
    pub location: Location,
    /// First paragraph of its doc comment (`x-ms-summary`).
    pub summary: &'static str,
    /// The rest of its doc comment.
    pub description: &'static str,
    /// Whether it may be left out.
    pub required: bool,
    /// Its bounds and its default.
    pub constraints: Constraints,
    /// How prominently makers see it.
    pub visibility: Visibility,
    /// The operation that knows its values.
    pub dynamic: Option<&'static Dynamic>,
    /// Whether the gateway escapes it twice, so that a `/` in it does not end its segment (`x-ms-url-encoding`).
    pub double_encoded: bool,
    /// Its type.
    pub schema: Schema,
}

/// Where a parameter stands in the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the words of OpenAPI 2.0")]
pub enum Location {
    Path,
    Query,
    Header,
    FormData,
}

impl Location {
    /// OpenAPI's `in`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::Header => "header",
            Self::FormData => "formData",
        }
    }
}

/// That an operation calls a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SourceUse {
    /// The source's name, which starts the names of its variables.
    pub name: &'static str,
    /// Its protocol, e.g. `rest`.
    pub protocol: &'static str,
    /// Its time-out a call, in milliseconds.
    pub timeout_ms: u64,
}

/// That an operation takes callers that prove themselves in this way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SchemeUse {
    /// The scheme's name, which starts the names of its variables.
    pub name: &'static str,
    /// What makers read when they create a connection.
    pub title: &'static str,
    /// How.
    pub kind: SchemeKind,
    /// What a user's connection asks for (OAuth 2.0 scopes).
    pub scopes: &'static [&'static str],
}

/// How callers prove who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SchemeKind {
    /// A key.
    ApiKey {
        /// In a header or in the query.
        location: Location,
        /// The header's or the query parameter's name.
        parameter: &'static str,
    },
    /// User name and password (RFC 7617).
    Basic,
    /// A token of Microsoft Entra ID.
    EntraId,
    /// A token of any `OpenID` Connect provider.
    Oidc,
    /// Through a gateway that proves itself. Makers have nothing to do with it.
    Gateway,
}

impl SchemeKind {
    /// As it stands in the description.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ApiKey { .. } => "apiKey",
            Self::Basic => "basic",
            Self::EntraId => "entraId",
            Self::Oidc => "oidc",
            Self::Gateway => "gateway",
        }
    }
}

impl Parameter {
    /// The same without what only makers see, so that a component does not hold it in memory.
    #[must_use]
    pub const fn at_run_time(&self) -> Self {
        Self {
            summary: "",
            description: "",
            visibility: Visibility::None,
            dynamic: None,
            schema: Schema::Any,
            ..*self
        }
    }
}

impl Operation {
    /// The same without what only makers see, so that a component does not hold it in memory; `parameters` are its own,
    /// as [`Parameter::at_run_time`] gives them.
    #[must_use]
    pub const fn at_run_time(&self, parameters: &'static [Parameter]) -> Self {
        Self {
            summary: "",
            description: "",
            parameters,
            body: None,
            output: Schema::Any,
            designer: Designer::NONE,
            definition: None,
            ..*self
        }
    }

    /// Whether the input has a path parameter called `name`; `#[operation]` checks its path with it.
    #[must_use]
    pub const fn has_path_parameter(&self, name: &str) -> bool {
        let mut index = 0;
        while index < self.parameters.len() {
            let parameter = &self.parameters[index];
            if matches!(parameter.location, Location::Path) && same(parameter.name, name) {
                return true;
            }
            index += 1;
        }
        false
    }

    /// Whether a host that routes by path alone gives requests for `other` to this one too: it takes whole segments as
    /// parameters, and passes over a `/` at the end.
    #[must_use]
    pub const fn shares_route(&self, other: &Self) -> bool {
        let (one, other) = (self.path.as_bytes(), other.path.as_bytes());
        let (mut i, mut j) = (0, 0);
        loop {
            (i, j) = (segment(one, i), segment(other, j));
            if is_end(one, i) || is_end(other, j) {
                return is_end(one, i) && is_end(other, j);
            }
            let (mut is_fixed, mut is_other_fixed, mut same) = (true, true, true);
            while !is_end(one, i) && one[i] != b'/' || !is_end(other, j) && other[j] != b'/' {
                let a = if is_end(one, i) { b'/' } else { one[i] };
                let b = if is_end(other, j) { b'/' } else { other[j] };
                is_fixed &= a != b'{';
                is_other_fixed &= b != b'{';
                same &= a == b;
                i += (a != b'/') as usize;
                j += (b != b'/') as usize;
            }
            if is_fixed != is_other_fixed || is_fixed && !same {
                return false;
            }
        }
    }

    /// Whether the paths are the same but for the names of their parameters.
    #[must_use]
    pub const fn has_path_of(&self, other: &Self) -> bool {
        let (one, other) = (self.path.as_bytes(), other.path.as_bytes());
        let (mut i, mut j) = (0, 0);
        while i < one.len() && j < other.len() {
            if one[i] != other[j] {
                return false;
            }
            if one[i] == b'{' {
                i = after_name(one, i);
                j = after_name(other, j);
            } else {
                i += 1;
                j += 1;
            }
        }
        i == one.len() && j == other.len()
    }

    /// Whether its requests have a body: one of its own, or a form.
    #[must_use]
    pub const fn takes_body(&self) -> bool {
        let mut index = 0;
        while index < self.parameters.len() {
            if matches!(self.parameters[index].location, Location::FormData) {
                return true;
            }
            index += 1;
        }
        self.body.is_some()
    }

    /// Whether it can be given a value for `name`: a parameter, or a field of its body.
    #[must_use]
    pub const fn takes(&self, name: &str) -> bool {
        let mut index = 0;
        while index < self.parameters.len() {
            if same(self.parameters[index].name, name) {
                return true;
            }
            index += 1;
        }
        match &self.body {
            Some(body) => body.has(name),
            None => false,
        }
    }

    /// A parameter that a request can't do without, and that is not among `given`.
    #[must_use]
    pub const fn missing(&self, given: &[&str]) -> Option<&'static str> {
        let mut index = 0;
        while index < self.parameters.len() {
            let parameter = &self.parameters[index];
            let mut position = 0;
            while position < given.len() && !same(given[position], parameter.name) {
                position += 1;
            }
            if parameter.required && position == given.len() {
                return Some(parameter.name);
            }
            index += 1;
        }
        None
    }

    /// How many path parameters the input has.
    #[must_use]
    pub const fn path_parameter_count(&self) -> usize {
        let mut count = 0;
        let mut index = 0;
        while index < self.parameters.len() {
            if matches!(self.parameters[index].location, Location::Path) {
                count += 1;
            }
            index += 1;
        }
        count
    }
}

/// The start of the next segment.
const fn segment(path: &[u8], mut index: usize) -> usize {
    while index < path.len() && path[index] == b'/' {
        index += 1;
    }
    index
}

/// A query that is fixed in a path is none of the host's.
const fn is_end(path: &[u8], index: usize) -> bool {
    index >= path.len() || path[index] == b'?' || path[index] == b'#'
}

/// Behind the brace that ends the name that starts at `index`.
const fn after_name(path: &[u8], mut index: usize) -> usize {
    while index < path.len() && path[index] != b'}' {
        index += 1;
    }
    index
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_route_by_whole_segments() {
        let at = |path| Operation {
            id: "Any",
            method: Method::Get,
            path,
            summary: "",
            description: "",
            visibility: Visibility::None,
            deadline_ms: 1,
            parameters: &[],
            body: None,
            output: Schema::Any,
            statuses: &[],
            auth: &[],
            roles: &[],
            idempotency_ms: None,
            scopes: &[],
            sources: &[],
            designer: Designer::NONE,
            definition: None,
        };
        let check = |one, other, route, path| {
            let (one, other) = (at(one), at(other));
            assert_eq!(
                (one.shares_route(&other), one.has_path_of(&other)),
                (route, path),
                "{} {}",
                one.path,
                other.path
            );
            assert_eq!(other.shares_route(&one), route, "{} {}", other.path, one.path);
        };
        check("/a/{x}", "/a/{y}", true, true);
        check("/a/{x}", "/a/{y}/", true, false);
        check("/a('{x}')", "/b('{x}')", true, false);
        check("/a?b=1", "/a?b=2", true, false);
        check("/a/{x}", "/a/b", false, false);
        check("/a/bc", "/a/bd", false, false);
        check("/a/b", "/a/b/c", false, false);
        check("/a/b", "/a", false, false);
        check("/ab", "/a", false, false);
        check("/", "/", true, true);
    }
}
