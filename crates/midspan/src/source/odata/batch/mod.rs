//! `$batch`: many requests in one (OData protocol s. 11.7; OData JSON format s. 19).

mod answers;
mod json;
mod multipart;
mod plan;
mod send;

use std::marker::PhantomData;

use bytes::Bytes;
use http::{HeaderMap, Method};
use serde::de::DeserializeOwned;

use crate::{
    Error,
    source::{Call, Handle, Lookup},
};
pub use answers::Answers;

/// Requests that are sent as one, each with an answer of its own.
///
/// ```
/// # use midspan::prelude::*;
/// # static GRAPH: Source = Source::odata("graph");
/// # async fn example(ctx: Context, id: &str) -> Result<()> {
/// #[derive(Deserialize)]
/// #[serde(rename_all = "camelCase")]
/// struct User { display_name: String }
///
/// let graph = ctx.source(&GRAPH);
/// let mut batch = graph.batch("/v1.0/$batch");
/// let me = batch.add::<User>(graph.get("/v1.0/me"));
/// let other = batch.add::<User>(graph.get("/v1.0/users/{id}").path("id", id));
/// let answers = batch.send().await;
/// let me = answers.json(me)?;                                    // required
/// let other: Part<Option<User>> = async { answers.found(other) }.optional().await?;
/// # Ok(()) }
/// ```
///
/// More requests than a batch may have become several batches. What is safe to repeat and fails in passing (429 within a
/// batch, 503) is sent again, under the source's policy and without the rest of the batch; a batch that holds nothing else
/// is retried as a GET is.
#[derive(Clone)]
#[must_use = "a batch does nothing until `.send()` is awaited"]
pub struct Batch<'c> {
    /// What each batch is sent with.
    call: Call<'c>,
    path: &'static str,
    format: Format,
    at_most: usize,
    requests: Vec<Request<'c>>,
    sets: usize,
}

/// A place in a batch, for the answer of type `T`.
#[derive(Debug)]
pub struct Slot<T> {
    at: usize,
    answer: PhantomData<fn() -> T>,
}

/// A set of changes that are made all or not at all; see [`Batch::change_set`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChangeSet(usize);

/// How a batch is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Json,
    Multipart,
}

#[derive(Clone)]
struct Request<'c> {
    call: Call<'c>,
    set: Option<usize>,
    after: Vec<usize>,
}

impl<'c> Handle<'c> {
    /// Starts a batch at the path of the source's `$batch`; the paths of all requests are below the one that it ends. It is
    /// JSON as Microsoft Graph takes it, with at most 20 requests, unless told otherwise.
    pub fn batch(self, path: &'static str) -> Batch<'c> {
        Batch {
            call: self.post(path).header("prefer", "odata.continue-on-error"),
            path,
            format: Format::Json,
            at_most: 20,
            requests: Vec::new(),
            sets: 0,
        }
    }
}

impl<'c> Batch<'c> {
    /// Writes it as `multipart/mixed`, as Dataverse and OData v2 to v4 take it: at most 1,000 requests at once.
    pub fn multipart(mut self) -> Self {
        self.format = Format::Multipart;
        self.at_most = 1000;
        self
    }

    /// At most so many requests at once.
    pub fn at_most(mut self, requests: usize) -> Self {
        self.at_most = requests;
        self
    }

    /// What its calls can be told besides, such as another time-out: `.with(|call| call.timeout(limit))`.
    pub fn with(mut self, change: impl FnOnce(Call<'c>) -> Call<'c>) -> Self {
        self.call = change(self.call);
        self
    }

    /// Adds a request. Its credentials are the batch's.
    pub fn add<T>(&mut self, call: Call<'c>) -> Slot<T> {
        self.push(call, None, Vec::new())
    }

    /// Adds a request that is made only after another one succeeded (`dependsOn`): JSON only.
    pub fn add_after<T, A>(&mut self, earlier: Slot<A>, call: Call<'c>) -> Slot<T> {
        self.push(call, None, vec![earlier.at])
    }

    /// A new set of changes that are made all or not at all (an atomicity group). Microsoft Graph has none.
    pub const fn change_set(&mut self) -> ChangeSet {
        self.sets += 1;
        ChangeSet(self.sets - 1)
    }

    /// Adds a change to a set.
    pub fn add_to<T>(&mut self, set: ChangeSet, call: Call<'c>) -> Slot<T> {
        self.push(call, Some(set.0), Vec::new())
    }

    fn push<T>(&mut self, mut call: Call<'c>, set: Option<usize>, after: Vec<usize>) -> Slot<T> {
        let at = self.requests.len();
        if self.format == Format::Multipart && !after.is_empty() {
            call.fail(|| Error::failed("a multipart batch has no `add_after`: what belongs together is a change set"));
        }
        if after.iter().any(|earlier| *earlier >= at) {
            call.fail(|| Error::failed("a slot of another batch"));
        }
        self.requests.push(Request { call, set, after });
        Slot {
            at,
            answer: PhantomData,
        }
    }

    /// Look-ups by key for a source that finds one by one: `call` reads what has a key, and as many as are awaited together
    /// go as one batch. A key that fails fails by itself; one that the source does not know (404) has no value. See
    /// [`Lookup`].
    ///
    /// ```
    /// # use midspan::prelude::*;
    /// # static GRAPH: Source = Source::odata("graph");
    /// # async fn example(ctx: Context, ids: Vec<String>) -> Result<()> {
    /// #[derive(Clone, Deserialize)]
    /// #[serde(rename_all = "camelCase")]
    /// struct Manager { display_name: String }
    ///
    /// let graph = ctx.source(&GRAPH);
    /// let managers = graph
    ///     .batch("/v1.0/$batch")
    ///     .lookup(|id: &String| graph.get("/v1.0/users/{id}/manager").path("id", id));
    /// let found: Vec<Option<Manager>> = managers.all(ids).await?;
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn lookup<K, V>(self, call: impl Fn(&K) -> Call<'c> + 'c) -> Lookup<'c, K, V>
    where
        K: Ord + Clone + 'c,
        V: DeserializeOwned + Clone + 'c,
    {
        let at_most = self.at_most.min(100);
        let lookup = Lookup::of_outcomes(async move |keys: Vec<K>| {
            let mut batch = self.clone();
            let slots: Vec<Slot<V>> = keys.iter().map(|key| batch.add(call(key))).collect();
            let answers = batch.send().await;
            let found = keys.into_iter().zip(slots);
            Ok(found
                .filter_map(|(key, slot)| Some((key, answers.found(slot).transpose()?)))
                .collect())
        });
        lookup.at_most(at_most)
    }
}

impl<T> Slot<T> {
    /// How other requests of the batch name what this one makes, as in the body of a later one of the same set
    /// (`"customerid@odata.bind": "$1"`).
    #[must_use]
    pub fn reference(&self) -> String {
        format!("${}", id(self.at))
    }
}

/// A request as it stands in a batch.
struct Prepared<'b> {
    at: usize,
    method: Method,
    /// Below the path of `$batch`, with the query.
    path: String,
    headers: HeaderMap,
    body: &'b Bytes,
    set: Option<usize>,
    after: &'b [usize],
}

/// A request's `id`, or `Content-ID`, by its place.
fn id(at: usize) -> String {
    (at + 1).to_string()
}

fn place(id: &str) -> Option<usize> {
    id.parse::<usize>().ok()?.checked_sub(1)
}

impl<T> Clone for Slot<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Slot<T> {}
