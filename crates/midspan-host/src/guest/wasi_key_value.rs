//! `wasi:keyvalue@0.2.0-draft2`: the stores of `spin:key-value` by another name, with batches and compare-and-swap.

use std::sync::Arc;

use wasmtime::component::Resource;

use super::bindings::wasi_key_value::{
    atomics::{self, CasError},
    batch,
    store::{self, Error, KeyResponse},
};
use super::key_value::{KeyValueView, OpenStore};
use crate::key_value::{Store, StoreError};

/// A value that is to be changed only if nobody else does.
#[expect(unreachable_pub, reason = "the generated bindings re-export it")]
pub struct CompareAndSwap {
    store: Arc<dyn Store>,
    key: String,
    /// As it was last read; as in Spin, nothing before.
    seen: Option<Vec<u8>>,
}

type Answer<T> = wasmtime::Result<Result<T, Error>>;

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        Self::Other(error.0)
    }
}

impl KeyValueView<'_> {
    fn bucket(&self, bucket: &Resource<OpenStore>) -> wasmtime::Result<Arc<dyn Store>> {
        Ok(Arc::clone(&self.table.get(bucket)?.0))
    }
}

impl store::Host for KeyValueView<'_> {
    async fn open(&mut self, identifier: String) -> Answer<Resource<OpenStore>> {
        match self.stores.get(&identifier) {
            Some(store) => Ok(Ok(self.table.push(OpenStore(Arc::clone(store)))?)),
            None => Ok(Err(Error::AccessDenied)),
        }
    }
}

impl store::HostBucket for KeyValueView<'_> {
    async fn get(&mut self, bucket: Resource<OpenStore>, key: String) -> Answer<Option<Vec<u8>>> {
        Ok(self.bucket(&bucket)?.get(key).await.map_err(Error::from))
    }

    async fn set(&mut self, bucket: Resource<OpenStore>, key: String, value: Vec<u8>) -> Answer<()> {
        Ok(self.bucket(&bucket)?.set(key, value).await.map_err(Error::from))
    }

    async fn delete(&mut self, bucket: Resource<OpenStore>, key: String) -> Answer<()> {
        Ok(self.bucket(&bucket)?.delete(key).await.map_err(Error::from))
    }

    async fn exists(&mut self, bucket: Resource<OpenStore>, key: String) -> Answer<bool> {
        Ok(self.bucket(&bucket)?.exists(key).await.map_err(Error::from))
    }

    /// All keys at once, as Spin lists them.
    async fn list_keys(&mut self, bucket: Resource<OpenStore>, cursor: Option<String>) -> Answer<KeyResponse> {
        if cursor.is_some() {
            return Ok(Err(Error::Other("list_keys: cursor not supported".into())));
        }
        let keys = self.bucket(&bucket)?.keys().await;
        Ok(keys.map(|keys| KeyResponse { keys, cursor: None }).map_err(Error::from))
    }

    async fn drop(&mut self, bucket: Resource<OpenStore>) -> wasmtime::Result<()> {
        self.table.delete(bucket)?;
        Ok(())
    }
}

impl batch::Host for KeyValueView<'_> {
    async fn get_many(
        &mut self,
        bucket: Resource<OpenStore>,
        keys: Vec<String>,
    ) -> Answer<Vec<(String, Option<Vec<u8>>)>> {
        let found = self.bucket(&bucket)?.get_many(keys).await;
        let some = |(key, value)| (key, Some(value));
        Ok(found
            .map(|values| values.into_iter().map(some).collect())
            .map_err(Error::from))
    }

    async fn set_many(&mut self, bucket: Resource<OpenStore>, values: Vec<(String, Vec<u8>)>) -> Answer<()> {
        Ok(self.bucket(&bucket)?.set_many(values).await.map_err(Error::from))
    }

    async fn delete_many(&mut self, bucket: Resource<OpenStore>, keys: Vec<String>) -> Answer<()> {
        Ok(self.bucket(&bucket)?.delete_many(keys).await.map_err(Error::from))
    }
}

impl atomics::Host for KeyValueView<'_> {
    async fn increment(&mut self, bucket: Resource<OpenStore>, key: String, delta: i64) -> Answer<i64> {
        Ok(self.bucket(&bucket)?.increment(key, delta).await.map_err(Error::from))
    }

    async fn swap(&mut self, cas: Resource<CompareAndSwap>, value: Vec<u8>) -> wasmtime::Result<Result<(), CasError>> {
        let mut cas = self.table.delete(cas)?;
        let failed = |error| Ok(Err(CasError::StoreError(Error::from(error))));
        match cas.store.swap(cas.key.clone(), cas.seen.take(), value).await {
            Ok(true) => return Ok(Ok(())),
            Ok(false) => {}
            Err(error) => return failed(error),
        }
        match cas.store.get(cas.key.clone()).await {
            Ok(current) => cas.seen = current,
            Err(error) => return failed(error),
        }
        Ok(Err(CasError::CasFailed(self.table.push(cas)?)))
    }
}

impl atomics::HostCas for KeyValueView<'_> {
    async fn new(&mut self, bucket: Resource<OpenStore>, key: String) -> Answer<Resource<CompareAndSwap>> {
        let store = self.bucket(&bucket)?;
        let cas = CompareAndSwap { store, key, seen: None };
        Ok(Ok(self.table.push(cas)?))
    }

    async fn current(&mut self, cas: Resource<CompareAndSwap>) -> Answer<Option<Vec<u8>>> {
        let held = self.table.get(&cas)?;
        let (store, key) = (Arc::clone(&held.store), held.key.clone());
        match store.get(key).await {
            Ok(value) => {
                self.table.get_mut(&cas)?.seen.clone_from(&value);
                Ok(Ok(value))
            }
            Err(error) => Ok(Err(error.into())),
        }
    }

    async fn drop(&mut self, cas: Resource<CompareAndSwap>) -> wasmtime::Result<()> {
        self.table.delete(cas)?;
        Ok(())
    }
}
