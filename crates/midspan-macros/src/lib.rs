//! The macros of Midspan. They read, check and report; what their code does at run time is in `midspan`.
//!
//! Use them through `midspan::prelude`.

mod attributes;
mod bounds;
mod choice;
mod data;
mod default;
mod designer;
mod doc;
mod dynamic;
mod input;
mod kind;
mod names;
mod operation;
mod parameter;
mod path;
mod problems;
mod record;
mod settings;
mod signature;
mod xml;

use proc_macro::TokenStream;

/// Makes an `async fn` an operation of a connector.
///
/// ```
/// use midspan::prelude::*;
///
/// /// Whom to greet.
/// #[input]
/// struct GreetInput {
///     /// Name
///     #[path]
///     name: String,
///     /// Times to greet
///     #[query(default = 1, min = 1, max = 3)]
///     times: u32,
/// }
///
/// #[derive(Data)]
/// struct Greeting {
///     text: String,
/// }
///
/// /// Greet somebody
/// ///
/// /// Says hello as often as asked.
/// #[operation(get = "/greet/{name}", auth = none, deadline = "3s")]
/// async fn greet(_ctx: Context, input: GreetInput) -> Result<Greeting> {
///     Ok(Greeting { text: format!("Hello, {}. ", input.name).repeat(input.times as usize) })
/// }
///
/// let description = <Greet as midspan::Operation>::DESCRIPTION;
/// assert_eq!(description.id, "Greet");
/// assert_eq!(description.summary, "Greet somebody");
/// assert_eq!(description.deadline_ms, 3000);
/// ```
///
/// The function takes a `Context` and, if it has one, its [`#[input]`](macro@input); it returns `Result<T>` of a type
/// with [`#[derive(Data)]`](macro@Data). It stays callable as it is. Beside it stands a type named by the id, which
/// implements `midspan::Operation`; a component has one operation, or several of one path (`export`).
///
/// The doc comment's first paragraph is the action's name in Power Apps and Power Automate (at most 80 characters), the
/// rest its description.
///
/// | Argument | Meaning | Default |
/// |---|---|---|
/// | `get`, `post`, `put`, `patch`, `delete`, `head` or `options` | The path below the connector's base path; `{name}` is a `#[path]` field | required, one of them |
/// | `auth` | Who may call: `[STAFF]`, `Scheme`s of which any is enough; or `none`: everybody | required |
/// | `roles` | Roles of which every caller needs one: `["Employee.Read"]` | `[]` |
/// | `scopes` | Permissions of which a user needs to have granted one | `[]` |
/// | `id` | The `operationId`: ASCII letters and digits | the function's name in `PascalCase` |
/// | `deadline` | When the operation gives up, at most `"120s"`: a cloud flow waits no longer | `"30s"` |
/// | `visibility` | `"important"`, `"advanced"` or `"internal"` | as the platform decides |
/// | `sources` | The `Source`s that it calls: `[GRAPH, PAYROLL]` | `[]` |
/// | `idempotent` | For how long a call that is repeated with its key is answered as the first was: `"24h"`, or an `Idempotency`; not for `get` | not at all |
/// | `definition` | How it stands in the connector's definition, as JSON: `include_str!("get_home.json")`. `midspan define` takes it as it is and checks that it agrees with the types. Path and id may then be any that a definition has | made from types and doc comments |
/// | `rate_limits` | How many calls are let in: a list of `RateLimit`s, all of which must let a call in | all calls |
/// | `export` | `false`: it is no component by itself; `midspan::operations!` lists it with others of its path | `true` |
/// | `webhook`, `hint`, `schema`, `responses`, `deprecated`, `family`, `revision`, `status`, `replacement`, `no_generic_test`, `openai`, `agentic_protocol` | What designers are told: [docs/definition.md] | nothing |
///
/// [docs/definition.md]: https://github.com/midspan/midspan/blob/main/docs/definition.md
#[proc_macro_attribute]
pub fn operation(arguments: TokenStream, item: TokenStream) -> TokenStream {
    operation::expand(arguments.into(), &item.into()).into()
}

/// Makes a struct the typed input of an operation.
///
/// ```
/// use midspan::prelude::*;
///
/// #[derive(Data)]
/// enum Sort {
///     Newest,
///     MostRead,
/// }
///
/// /// Which news to list.
/// #[input]
/// struct NewsInput {
///     /// Employee number
///     ///
///     /// As payroll knows it.
///     #[path]
///     employee_id: String,
///     /// Number of items
///     #[query(name = "$top", default = 5, min = 1, max = 50)]
///     top: u32,
///     /// Order
///     #[query(default = "newest", visibility = "advanced")]
///     sort: Sort,
///     /// Not before
///     #[query]
///     since: Option<Date>,
///     /// Language
///     #[header(name = "accept-language")]
///     language: Option<String>,
/// }
///
/// let parameters = <NewsInput as midspan::Input>::PARAMETERS;
/// assert_eq!(parameters[0].summary, "Employee number");
/// assert_eq!(parameters[1].constraints.max, Some(50));
/// ```
///
/// Each field says where it comes from:
///
/// | Attribute | Name in the request | Type |
/// |---|---|---|
/// | `#[path]` | the field's, as in the operation's path | text, number, `bool`, date or an enum with [`#[derive(Data)]`](macro@Data) |
/// | `#[query]` | the field's | the same, in `Option` or `Vec` too |
/// | `#[header]` | the field's, `-` for `_` | the same |
/// | `#[form]` | the field's | the same, or a file: a `Binary`. The fields are the whole body, as a form |
/// | `#[body]` | none: it is the JSON body | any with [`#[derive(Data)]`](macro@Data), or a `Binary` |
///
/// A doc comment is required: its first paragraph is the label that makers see (at most 80 characters), the rest the
/// description. All but `#[body]` take these arguments:
///
/// | Argument | For | Meaning |
/// |---|---|---|
/// | `name` | all | the name in the request |
/// | `default` | query and header | a literal; makes it optional |
/// | `min`, `max` | numbers | bounds, both inclusive |
/// | `min_length`, `max_length` | texts | characters |
/// | `max_items` | lists | items |
/// | `visibility` | all | `"important"`, `"advanced"` or `"internal"` |
/// | `format` | texts, numbers | how it is written, such as `"uri"`; makers see it, nothing checks it |
/// | `encoding` | path | `"double"`: the gateway escapes it twice, so that it may hold a `/` |
/// | `values`, `schema`, `tree` | all | the operation that knows its values: see [docs/definition.md] |
///
/// `#[body(schema(...))]` names the operation that knows the body's fields.
///
/// [docs/definition.md]: https://github.com/midspan/midspan/blob/main/docs/definition.md
///
/// `Option` and `Vec` may be left out. It is an attribute and not a derive because Rust keeps `#[path]` in derives for
/// itself. Write it above other derives or below, as you like.
#[proc_macro_attribute]
pub fn input(arguments: TokenStream, item: TokenStream) -> TokenStream {
    input::expand(arguments.into(), &item.into()).into()
}

/// Makes a struct or an enum part of the contract: an output, a body, or a value in them.
///
/// ```
/// use midspan::prelude::*;
///
/// #[derive(Data)]
/// struct Task {
///     /// Title
///     #[data(max_length = 100)]
///     title: String,
///     state: State,
///     due_on: Option<Date>,
/// }
///
/// #[derive(Data)]
/// enum State {
///     /// To do
///     Open,
///     InProgress,
/// }
///
/// #[derive(Data)]
/// struct Page<T> {
///     items: Vec<T>,
///     next_page: Option<String>,
/// }
///
/// let task = Task { title: "Call Ada".into(), state: State::InProgress, due_on: None };
/// let page = Page { items: vec![task], next_page: None };
/// assert_eq!(
///     serde_json::to_string(&page)?,
///     r#"{"items":[{"title":"Call Ada","state":"inProgress","dueOn":null}],"nextPage":null}"#
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// It writes serde's `Serialize` and `Deserialize` too. Names are in `camelCase`; `None` is written as `null`, so that a
/// canvas app sees the same columns in every row; unknown fields of a body are ignored.
///
/// A field's doc comment is its label and its description, as in [`#[input]`](macro@input); without one the label is
/// the field's name in words. `#[data(...)]` on a field takes `name`, `default`, `min`, `max`, `min_length`,
/// `max_length`, `max_items`, `format`, `visibility`, `values`, `schema` and `tree`, on a variant `name`.
#[proc_macro_derive(Data, attributes(data))]
pub fn data(item: TokenStream) -> TokenStream {
    data::expand(&syn::parse_macro_input!(item)).into()
}

/// Gives a type an XML form, for SOAP.
///
/// ```
/// use midspan::prelude::*;
///
/// #[derive(Xml)]
/// #[xml(namespace = "http://contoso.com/leave", rename_all = "PascalCase")]
/// struct LeaveRequest {
///     #[xml(attribute, name = "lang")]
///     language: Option<String>,
///     employee_id: String,
///     kind: Kind,
///     first_day: Date,
///     #[xml(nillable)]
///     last_day: Option<Date>,
///     notes: Vec<String>,
/// }
///
/// #[derive(Xml)]
/// enum Kind {
///     Holiday,
///     #[xml(name = "Sick-Leave")]
///     SickLeave,
/// }
/// ```
///
/// **A struct** holds elements, written in the order of its fields and read in any. An `Option` may be missing, a `Vec`
/// has any number of them; where an `Option` is empty it is left out, or with `nillable` written as an element with
/// `xsi:nil`. What is read and not among the fields is ignored. The struct is also an element with a name of its own: its
/// Rust name, or `name`. `struct Person(Employee)` is an element of its own name whose content is of another type.
///
/// **An enum** whose variants hold nothing is one of a closed list of texts. One whose variants hold a value is one of
/// several elements (`xs:choice`), for a field with `choice`, a request, an answer or the details of a fault; with
/// `by_type` it is one of several types, told apart by `xsi:type`.
///
/// | On the type | Meaning |
/// |---|---|
/// | `namespace = "..."` | the namespace of the element and of those in it; none unless told |
/// | `unqualified` | the elements in it have no namespace (`elementFormDefault="unqualified"`, RPC style) |
/// | `name = "..."` | the element's name |
/// | `rename_all = "..."` | `"camelCase"` (fields unless told), `"PascalCase"`, `"snake_case"`, `"SCREAMING_SNAKE_CASE"` |
/// | `by_type` | see above |
///
/// | On a field | Meaning |
/// |---|---|
/// | `name`, `namespace` | of its elements or its attribute; on a variant too |
/// | `attribute` | it is an attribute |
/// | `text` | it is the element's text; the other fields are attributes |
/// | `choice` | it is one of several elements, each with its own name |
/// | `nillable` | an empty `Option` is written with `xsi:nil` |
#[proc_macro_derive(Xml, attributes(xml))]
pub fn xml(item: TokenStream) -> TokenStream {
    xml::expand(&syn::parse_macro_input!(item)).into()
}
