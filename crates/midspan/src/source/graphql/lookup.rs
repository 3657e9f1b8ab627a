//! Look-ups by key: a list of keys in a variable, or an alias for each key.

use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use super::{FieldError, Request, answer::Response, document::aliased};
use crate::{
    Context, Result,
    source::{Handle, Lookup, outcome},
};

impl<'c> Request<'c> {
    /// Look-ups by key in the list `at` a JSON pointer (RFC 6901) of the data, for a query that takes all keys in one
    /// `variable`: `key` says which key an item has. See [`Lookup`].
    ///
    /// ```
    /// # use midspan::prelude::*;
    /// # static DIRECTORY: Source = Source::graphql("directory");
    /// # async fn example(ctx: Context, ids: Vec<String>) -> Result<()> {
    /// #[derive(Clone, Deserialize)]
    /// struct Person { id: String, name: String }
    ///
    /// const PEOPLE: &str = "query People($ids: [ID!]!) { people(ids: $ids) { id name } }";
    ///
    /// let people = ctx.source(&DIRECTORY).graphql(PEOPLE).lookup("ids", "/people", |person: &Person| person.id.clone());
    /// let found: Vec<Option<Person>> = people.all(ids).await?;
    /// # Ok(()) }
    /// ```
    pub fn lookup<K, V>(self, variable: &'static str, at: &'static str, key: impl Fn(&V) -> K + 'c) -> Lookup<'c, K, V>
    where
        K: Ord + Clone + Serialize + 'c,
        V: DeserializeOwned + Clone + 'c,
    {
        let (ctx, source) = (self.call.ctx, self.call.source);
        Lookup::new(async move |keys| {
            let mut data: Value = self.clone().variable(variable, keys).data().await?;
            let items = data.pointer_mut(at).map(Value::take).unwrap_or_default();
            // Some services give a null for each key that they do not know.
            let items: Vec<Option<V>> = serde_json::from_value(items).map_err(|why| {
                let error = outcome::invalid(source, format!("the list at {at}: {why}"));
                ctx.log_error(&error);
                error
            })?;
            Ok(items.into_iter().flatten().map(|value| (key(&value), value)).collect())
        })
    }
}

impl<'c> Handle<'c> {
    /// Look-ups by key for a service that finds one by one: the `field`, such as `person(id: $key) { name }`, is asked for
    /// under an alias for each key, in one query. `key_type` is the type of `$key`, such as `ID!`. A key whose field fails
    /// fails by itself.
    ///
    /// ```
    /// # use midspan::{prelude::*, source::Lookup};
    /// # static DIRECTORY: Source = Source::graphql("directory");
    /// # async fn example(ctx: Context, ids: Vec<String>) -> Result<()> {
    /// #[derive(Clone, Deserialize)]
    /// struct Person { name: String }
    ///
    /// let people = ctx.source(&DIRECTORY).graphql_each::<String, Person>("person(id: $key) { name }", "ID!");
    /// let found: Vec<Option<Person>> = people.all(ids).await?;
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn graphql_each<K, V>(self, field: &'static str, key_type: &'static str) -> Lookup<'c, K, V>
    where
        K: Ord + Clone + Serialize + 'c,
        V: DeserializeOwned + Clone + 'c,
    {
        Lookup::of_outcomes(async move |keys: Vec<K>| {
            let mut request = Request::new(self, aliased(field, key_type, keys.len()).into());
            request.call.batch = Some(keys.len());
            for (at, key) in keys.iter().enumerate() {
                request = request.variable(&format!("key{at}"), key);
            }
            let response = request.response().await?;
            let mut data: Map<String, Value> = response.data(self.ctx)?;
            let found = keys.into_iter().enumerate().filter_map(|(at, key)| {
                let alias = format!("k{at}");
                let value = data.remove(&alias).unwrap_or_default();
                let outcome = response.field(self.ctx, &alias, value).transpose()?;
                Some((key, outcome))
            });
            Ok(found.collect())
        })
    }
}

impl Response {
    /// The value of a field of the data, or why there is none.
    fn field<V: DeserializeOwned>(&self, ctx: &Context, name: &str, value: Value) -> Result<Option<V>> {
        let is_its = |error: &&FieldError| error.path.split('.').next() == Some(name);
        let errors: Vec<_> = self.errors.iter().filter(is_its).cloned().collect();
        // Some services say so by an error.
        if errors.iter().any(|error| error.code.as_deref() == Some("NOT_FOUND")) {
            return Ok(None);
        }
        if !errors.is_empty() {
            return Err(self.with(errors).failed(ctx));
        }
        serde_json::from_value(value).map_err(|why| self.answer.invalid(ctx, &format!("{name}: {why}")))
    }
}
