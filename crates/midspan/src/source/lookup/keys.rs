//! How a call asks for several keys.

use std::fmt::Display;

use serde::de::DeserializeOwned;

use super::Lookup;
use crate::source::{
    Call, Paging,
    odata::{Field, Filter, Literal, Query, field},
    outcome,
};

/// How a call asks for several keys at once; see [`Call::lookup`].
#[must_use]
pub struct Keys<K> {
    ask: Ask<K>,
    paging: Paging,
}

enum Ask<K> {
    By(Box<AskBy<K>>),
    Where(fn(&Field, Vec<K>) -> Filter, Field, Option<Filter>),
}

type AskBy<K> = dyn for<'c> Fn(Call<'c>, Vec<K>) -> Call<'c>;

impl<K> Keys<K> {
    /// `$filter=key in (...)`, OData 4.01. Microsoft Graph takes 15 at most: see [`Lookup::at_most`]. The call has no
    /// `$filter` of its own; see [`and`](Keys::and).
    pub fn is_in(key: &'static str) -> Self
    where
        K: Into<Literal>,
    {
        Self::asked(Ask::Where(Field::is_in, field(key), None))
    }

    /// `$filter=key eq ... or key eq ...`, for every OData source.
    pub fn is_one_of(key: &'static str) -> Self
    where
        K: Into<Literal>,
    {
        Self::asked(Ask::Where(Field::is_one_of, field(key), None))
    }

    /// Only what fulfils another condition too, where they are asked for by `$filter`.
    pub fn and(mut self, condition: Filter) -> Self {
        if let Ask::Where(_, _, also) = &mut self.ask {
            *also = Some(match also.take() {
                Some(other) => other.and(condition),
                None => condition,
            });
        }
        self
    }

    /// `parameter=a,b,c`, with such a separator: only for keys that can't hold it.
    pub fn joined(parameter: &'static str, separator: &'static str) -> Self
    where
        K: Display,
    {
        Self::new(move |call, keys| {
            let keys: Vec<_> = keys.iter().map(ToString::to_string).collect();
            call.query(parameter, keys.join(separator))
        })
    }

    /// `parameter=a&parameter=b&parameter=c`.
    pub fn repeated(parameter: &'static str) -> Self
    where
        K: Display,
    {
        Self::new(move |call, keys| call.queries(parameter, keys))
    }

    /// As the author's own code asks for them: a POST with the keys in its body is [`read_only`](Call::read_only).
    pub fn new(ask: impl for<'c> Fn(Call<'c>, Vec<K>) -> Call<'c> + 'static) -> Self {
        Self::asked(Ask::By(Box::new(ask)))
    }

    /// How the source cuts its answer into pages, and where the items stand; next links unless told.
    pub fn paging(mut self, paging: Paging) -> Self {
        self.paging = paging;
        self
    }

    const fn asked(ask: Ask<K>) -> Self {
        Self {
            ask,
            paging: Paging::next_link(),
        }
    }

    fn ask<'c>(&self, call: Call<'c>, keys: Vec<K>) -> Call<'c> {
        match &self.ask {
            Ask::By(ask) => ask(call, keys),
            Ask::Where(condition, field, also) => {
                let condition = condition(field, keys);
                let condition = match also {
                    Some(other) => condition.and(other.clone()),
                    None => condition,
                };
                call.odata(&Query::new().filter(condition))
            }
        }
    }
}

impl<'c> Call<'c> {
    /// Look-ups by key in the list that this call reads: `key` says which key an item has. See [`Lookup`].
    ///
    /// Keys are matched as they are: where the source writes them otherwise than they were asked for (a GUID in upper
    /// case), `key` brings them to one form, as [`Guid`](crate::source::odata::Guid) does.
    pub fn lookup<K, V>(self, keys: Keys<K>, key: impl Fn(&V) -> K + 'c) -> Lookup<'c, K, V>
    where
        K: Ord + Clone + 'c,
        V: DeserializeOwned + Clone + 'static,
    {
        let source = self.source;
        Lookup::new(async move |asked| {
            let mut call = self.clone();
            call.batch = Some(asked.len());
            let pages = keys.ask(call, asked).pages::<V>(keys.paging);
            let found = pages.collect_up_to(usize::MAX).await?;
            // What is missing then need not be missing at the source.
            if found.more {
                let log = "the answer to a look-up was cut short by the caps of its paging";
                return Err(outcome::invalid(source, log.into()));
            }
            Ok(found.items.into_iter().map(|value| (key(&value), value)).collect())
        })
    }
}
