//! `spin:key-value/key-value@3.0.0`.

use std::collections::BTreeMap;
use std::sync::Arc;

use wasmtime::component::{Accessor, FutureReader, HasData, Resource, ResourceTable, StreamReader};

use super::bindings::key_value::{Error, Host, HostStore, HostStoreWithStore};
use crate::key_value::{Store, StoreError};

/// The stores that one component may open, by label.
pub(crate) type GrantedStores = Arc<BTreeMap<String, Arc<dyn Store>>>;

/// A store that a component has opened.
#[expect(unreachable_pub, reason = "the generated bindings re-export it")]
pub struct OpenStore(pub(super) Arc<dyn Store>);

/// What the interface needs of an instance's state.
pub(crate) struct KeyValueView<'a> {
    pub(super) table: &'a mut ResourceTable,
    pub(super) stores: &'a GrantedStores,
}

pub(crate) struct KeyValue;

impl HasData for KeyValue {
    type Data<'a> = KeyValueView<'a>;
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        Self::Other(error.0)
    }
}

impl Host for KeyValueView<'_> {}

impl HostStore for KeyValueView<'_> {
    fn drop(&mut self, store: Resource<OpenStore>) -> wasmtime::Result<()> {
        self.table.delete(store)?;
        Ok(())
    }
}

fn opened<T>(accessor: &Accessor<T, KeyValue>, store: &Resource<OpenStore>) -> wasmtime::Result<Arc<dyn Store>> {
    accessor.with(|mut access| Ok(Arc::clone(&access.get().table.get(store)?.0)))
}

impl<T: Send> HostStoreWithStore<T> for KeyValue {
    async fn open(accessor: &Accessor<T, Self>, label: String) -> wasmtime::Result<Result<Resource<OpenStore>, Error>> {
        accessor.with(|mut access| {
            let view = access.get();
            match view.stores.get(&label) {
                Some(store) => Ok(Ok(view.table.push(OpenStore(Arc::clone(store)))?)),
                None => Ok(Err(Error::AccessDenied)),
            }
        })
    }

    async fn get(
        accessor: &Accessor<T, Self>,
        store: Resource<OpenStore>,
        key: String,
    ) -> wasmtime::Result<Result<Option<Vec<u8>>, Error>> {
        Ok(opened(accessor, &store)?.get(key).await.map_err(Error::from))
    }

    async fn set(
        accessor: &Accessor<T, Self>,
        store: Resource<OpenStore>,
        key: String,
        value: Vec<u8>,
    ) -> wasmtime::Result<Result<(), Error>> {
        Ok(opened(accessor, &store)?.set(key, value).await.map_err(Error::from))
    }

    async fn delete(
        accessor: &Accessor<T, Self>,
        store: Resource<OpenStore>,
        key: String,
    ) -> wasmtime::Result<Result<(), Error>> {
        Ok(opened(accessor, &store)?.delete(key).await.map_err(Error::from))
    }

    async fn exists(
        accessor: &Accessor<T, Self>,
        store: Resource<OpenStore>,
        key: String,
    ) -> wasmtime::Result<Result<bool, Error>> {
        Ok(opened(accessor, &store)?.exists(key).await.map_err(Error::from))
    }

    async fn get_keys(
        accessor: &Accessor<T, Self>,
        store: Resource<OpenStore>,
    ) -> wasmtime::Result<(StreamReader<String>, FutureReader<Result<(), Error>>)> {
        let listed = opened(accessor, &store)?.keys().await;
        let (keys, outcome) = match listed {
            Ok(keys) => (keys, Ok(())),
            Err(error) => (Vec::new(), Err(Error::from(error))),
        };
        accessor.with(|mut access| {
            let keys = StreamReader::new(&mut access, keys)?;
            let outcome = FutureReader::new(&mut access, async move { wasmtime::error::Ok(outcome) })?;
            Ok((keys, outcome))
        })
    }
}
