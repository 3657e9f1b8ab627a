//! Fewer calls for the same answers: equal calls are made once ([`once`]), and look-ups by key are gathered into calls for
//! many ([`Lookup`]).

mod flight;
mod keys;
pub(super) mod once;

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    future::poll_fn,
    rc::Rc,
    task::Poll,
};

use futures_util::future::{FutureExt as _, LocalBoxFuture, Shared, join_all};

use crate::Result;
pub use keys::Keys;
pub(crate) use once::Once;

/// How many keys a call asks for unless told.
const AT_MOST: usize = 50;

/// Look-ups by key that become calls for many keys: those that are awaited together, by `join!` and the like, are gathered
/// and then asked for in as few calls as the source allows.
///
/// Each key is asked for once while the `Lookup` lives, and its value shared. It belongs to one request, as all that it
/// reads does. (As the `DataLoader` of GraphQL servers.)
///
/// ```
/// # use midspan::{prelude::*, source::{Keys, odata::Query}};
/// # static CRM: Source = Source::odata("crm");
/// # async fn example(ctx: Context, ids: Vec<String>) -> Result<()> {
/// #[derive(Clone, Deserialize)]
/// struct Account { id: String, name: String }
///
/// let query = Query::new().select(["id", "name"]);
/// let accounts = ctx
///     .source(&CRM)
///     .get("/accounts")
///     .odata(&query)
///     .lookup(Keys::is_in("id"), |account: &Account| account.id.clone());
/// let (mine, yours) = try_join!(accounts.get("A1".into()), accounts.get("A2".into()))?; // one call
/// let all: Vec<Option<Account>> = accounts.all(ids).await?;                             // one for each 50
/// # Ok(()) }
/// ```
pub struct Lookup<'c, K, V> {
    fetch: Rc<Fetch<'c, K, V>>,
    at_most: usize,
    /// In which batch each key is.
    batches: RefCell<BTreeMap<K, Rc<Batch<'c, K, V>>>>,
    /// The one that still takes keys.
    open: RefCell<Option<Rc<Batch<'c, K, V>>>>,
}

type Fetch<'c, K, V> = dyn Fn(Vec<K>) -> LocalBoxFuture<'c, Result<Vec<(K, Result<V>)>>> + 'c;

/// The keys of one call.
struct Batch<'c, K, V> {
    /// Taken when the call begins.
    keys: Rc<RefCell<Vec<K>>>,
    values: Shared<LocalBoxFuture<'c, Result<Values<K, V>>>>,
}

type Values<K, V> = Rc<BTreeMap<K, Result<V>>>;

impl<'c, K: Ord + Clone + 'c, V: Clone + 'c> Lookup<'c, K, V> {
    /// Look-ups by a call of the author's: it is given at most 50 keys (see [`at_most`](Lookup::at_most)), no two of them
    /// equal, and gives the values that there are, with their keys, in any order.
    #[must_use]
    pub fn new(fetch: impl AsyncFn(Vec<K>) -> Result<Vec<(K, V)>> + 'c) -> Self {
        Self::of_outcomes(async move |keys| {
            let found = fetch(keys).await?;
            Ok(found.into_iter().map(|(key, value)| (key, Ok(value))).collect())
        })
    }

    /// The same where a key may fail by itself.
    #[must_use]
    pub fn of_outcomes(fetch: impl AsyncFn(Vec<K>) -> Result<Vec<(K, Result<V>)>> + 'c) -> Self {
        let fetch = Rc::new(fetch);
        Self {
            fetch: Rc::new(move |keys| {
                let fetch = fetch.clone();
                async move { fetch(keys).await }.boxed_local()
            }),
            at_most: AT_MOST,
            batches: RefCell::default(),
            open: RefCell::default(),
        }
    }

    /// At most so many keys a call, one at least.
    #[must_use]
    pub fn at_most(mut self, keys: usize) -> Self {
        self.at_most = keys;
        self
    }

    /// The value of a key; nothing where there is none.
    ///
    /// # Errors
    /// The key's own, or that of the call for all of its keys; then the next look-up asks for them again.
    pub async fn get(&self, key: K) -> Result<Option<V>> {
        self.each([key]).await.pop().unwrap_or(Ok(None))
    }

    /// The values of the keys, in their order; nothing where there is none.
    ///
    /// # Errors
    /// The first key's that fails; see [`get`](Lookup::get).
    pub async fn all(&self, keys: impl IntoIterator<Item = K>) -> Result<Vec<Option<V>>> {
        self.each(keys).await.into_iter().collect()
    }

    /// What [`get`](Lookup::get) gives for each of the keys, in their order.
    pub async fn each(&self, keys: impl IntoIterator<Item = K>) -> Vec<Result<Option<V>>> {
        let keys: Vec<_> = keys.into_iter().map(|key| (self.join(&key), key)).collect();
        gather().await;
        join_all(keys.iter().map(|(batch, key)| self.outcome(batch, key))).await
    }

    async fn outcome(&self, batch: &Rc<Batch<'c, K, V>>, key: &K) -> Result<Option<V>> {
        // It takes no more keys from now on.
        self.open.borrow_mut().take_if(|open| Rc::ptr_eq(open, batch));
        let outcome = match batch.values.clone().await {
            Ok(values) => values.get(key).cloned().transpose(),
            Err(error) => Err(error),
        };
        if outcome.is_err() {
            // The next look-up may do better.
            let mut batches = self.batches.borrow_mut();
            if batches.get(key).is_some_and(|other| Rc::ptr_eq(other, batch)) {
                batches.remove(key);
            }
        }
        outcome
    }

    /// The batch that has the key.
    fn join(&self, key: &K) -> Rc<Batch<'c, K, V>> {
        if let Some(batch) = self.batches.borrow().get(key) {
            return batch.clone();
        }
        let mut open = self.open.borrow_mut();
        let batch = open
            .get_or_insert_with(|| Rc::new(Batch::new(self.fetch.clone())))
            .clone();
        batch.keys.borrow_mut().push(key.clone());
        if batch.keys.borrow().len() >= self.at_most {
            *open = None;
        }
        self.batches.borrow_mut().insert(key.clone(), batch.clone());
        batch
    }
}

impl<'c, K: Ord + Clone + 'c, V: Clone + 'c> Batch<'c, K, V> {
    fn new(fetch: Rc<Fetch<'c, K, V>>) -> Self {
        let keys = Rc::<RefCell<Vec<K>>>::default();
        let asked = keys.clone();
        let values = async move {
            let keys = asked.take();
            let wanted: BTreeSet<K> = keys.iter().cloned().collect();
            let found = fetch(keys).await?;
            // The first of those that have the same key, and none that was not asked for.
            let mut values = BTreeMap::new();
            for (key, value) in found {
                if wanted.contains(&key) {
                    values.entry(key).or_insert(value);
                }
            }
            Ok(Rc::new(values))
        };
        Self {
            keys,
            values: values.boxed_local().shared(),
        }
    }
}

/// Lets all other futures of the request run once, so that they add their keys. It wakes its own task while that runs,
/// which is all that WASI 0.3 needs.
async fn gather() {
    let mut gathered = false;
    poll_fn(|context| {
        if std::mem::replace(&mut gathered, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
