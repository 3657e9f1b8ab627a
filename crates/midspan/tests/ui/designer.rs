//! What designers are told must be right.

use midspan::{input::NotificationUrl, prelude::*};

/// Where topics are kept.
#[input]
struct TopicsInput {
    /// Site
    #[query]
    site: String,
}

/// Topics.
#[derive(Data)]
struct Topics {
    value: Vec<Topic>,
}

/// A topic.
#[derive(Data)]
struct Topic {
    id: String,
}

/// List topics
#[operation(get = "/topics", auth = none, export = false)]
async fn list_topics(_ctx: Context, _input: TopicsInput) -> Result<Topics> {
    Ok(Topics { value: Vec::new() })
}

/// Mistakes that the macro sees.
#[input]
struct Seen {
    /// No operation
    #[query(values(value = "id", title = "name"))]
    a: String,
    /// No value
    #[query(values(from = "ListTopics", title = "name"))]
    b: String,
    /// No such field
    #[query(values(from = "ListTopics", value = "id", title = "name", with(site = sight)))]
    c: String,
    /// Not a value
    #[query(values(from = "ListTopics", value = "id", title = "name", with(site = 1 + 1)))]
    d: String,
    /// Two
    #[query(values(from = "ListTopics", value = "id", title = "name"), schema(from = "GetForm"))]
    e: String,
    /// No brackets
    #[query(values = "ListTopics")]
    f: String,
    /// Not in a path
    #[query(encoding = "double")]
    g: String,
    /// No such encoding
    #[path(encoding = "triple")]
    h: String,
    /// No such format
    #[query(format = "address")]
    i: String,
    /// Half a tree
    #[query(tree(open(from = "ListTopics", value = "id", title = "name")))]
    j: String,
    /// Not an id
    #[query(values(from = "List topics", value = "id", title = "name"))]
    k: String,
    /// Bounds
    #[body(max_length = 1)]
    l: Topic,
}

/// Mistakes that the compiler sees, because the operation is given by its type.
#[input]
struct Compared {
    /// Not a list
    #[query(values(from = ListTopics, value = "id", title = "id", with(site = "s")))]
    a: String,
    /// No such list
    #[query(values(from = ListTopics, items = "values", value = "id", title = "id", with(site = "s")))]
    b: String,
    /// No such property
    #[query(values(from = ListTopics, items = "value", value = "id", title = "name", with(site = "s")))]
    c: String,
    /// Not given
    #[query(values(from = ListTopics, items = "value", value = "id", title = "id"))]
    d: String,
    /// No such parameter
    #[query(values(from = ListTopics, items = "value", value = "id", title = "id", with(site = "s", top = 5)))]
    e: String,
    /// No such schema
    #[query(schema(from = ListTopics, path = "schema", with(site = "s")))]
    f: String,
}

/// Compare
#[operation(get = "/compared", auth = none, export = false)]
async fn compare(_ctx: Context, _input: Compared) -> Result<bool> {
    Ok(true)
}

/// Mistakes in an operation
#[operation(
    get = "/mistakes",
    auth = none,
    export = false,
    webhook(content = Topic),
    revision = 0,
    status = "beta",
    agentic_protocol = "mcp-streamable-1.0",
    responses(200 = "Fine"),
    deprecated = 1
)]
async fn mistakes(_ctx: Context) -> Result<bool> {
    Ok(true)
}

/// A subscription.
#[derive(Data)]
struct Subscription {
    url: NotificationUrl,
}

/// A subscription.
#[input]
struct SubscribeInput {
    /// Subscription
    #[body]
    subscription: Subscription,
}

/// An address, but no webhook
#[operation(post = "/quiet", auth = none, export = false)]
async fn quiet(_ctx: Context, _input: SubscribeInput) -> Result<bool> {
    Ok(true)
}

/// A webhook without an address, ended with GET
#[operation(post = "/nowhere", auth = none, export = false, webhook(content = Topic, unsubscribe = ListTopics))]
async fn nowhere(_ctx: Context) -> Result<bool> {
    Ok(true)
}

/// A hint, but no trigger
#[operation(get = "/hint", auth = none, export = false, hint = "Do it.")]
async fn hint(_ctx: Context) -> Result<Topics> {
    Ok(Topics { value: Vec::new() })
}

fn main() {}
