//! A store in Redis, with the keys and values that Spin's has, so that both can use one.

use std::time::Duration;

use futures::{FutureExt, TryFutureExt};
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{AsyncCommands, Client, RedisError, Script, cmd};

use super::{Answer, Store, StoreError};

/// A store that takes longer is as good as none: `wasi:keyvalue` makes the whole instance wait for it. It is not less, since
/// a machine with much to do is slow with the answers too; a component that waits less long gives up by itself.
const PATIENCE: Duration = Duration::from_secs(5);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// How many keys Redis looks at before it serves somebody else.
const KEYS_AT_ONCE: usize = 1000;

/// One command, so that nobody writes in between, and no connection of its own as `WATCH` would need.
const SWAP: &str = "
    local current = redis.call('GET', KEYS[1])
    if ARGV[1] == 'something' and current ~= ARGV[2] then return 0 end
    if ARGV[1] == 'nothing' and current then return 0 end
    redis.call('SET', KEYS[1], ARGV[3])
    return 1";

/// A database of a Redis server. It is connected to when it is first used, and again when the connection broke.
pub struct RedisStore {
    connection: ConnectionManager,
    swap: Script,
}

impl RedisStore {
    /// # Errors
    /// If it is not the URL of a Redis server.
    pub fn new(url: &str) -> Result<Self, StoreError> {
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(PATIENCE))
            .set_response_timeout(Some(PATIENCE))
            .set_max_delay(LONGEST_PAUSE);
        Ok(Self {
            connection: ConnectionManager::new_lazy_with_config(Client::open(url)?, config)?,
            swap: Script::new(SWAP),
        })
    }

    /// A handle on the one connection, over which all commands go at once.
    fn connection(&self) -> ConnectionManager {
        self.connection.clone()
    }
}

impl From<RedisError> for StoreError {
    fn from(error: RedisError) -> Self {
        Self(format!("Redis: {error}"))
    }
}

impl Store for RedisStore {
    fn get(&self, key: String) -> Answer<'_, Option<Vec<u8>>> {
        async move { Ok(self.connection().get(key).await?) }.boxed()
    }

    fn set(&self, key: String, value: Vec<u8>) -> Answer<'_, ()> {
        async move { Ok(self.connection().set(key, value).await?) }.boxed()
    }

    fn delete(&self, key: String) -> Answer<'_, ()> {
        async move { Ok(self.connection().del(key).await?) }.boxed()
    }

    fn exists(&self, key: String) -> Answer<'_, bool> {
        async move { Ok(self.connection().exists(key).await?) }.boxed()
    }

    fn keys(&self) -> Answer<'_, Vec<String>> {
        async move {
            let (mut connection, mut keys, mut cursor) = (self.connection(), Vec::new(), 0_u64);
            loop {
                let mut scan = cmd("SCAN");
                let scan = scan.arg(cursor).arg("COUNT").arg(KEYS_AT_ONCE);
                let (next, found): (u64, Vec<String>) = scan.query_async(&mut connection).await?;
                keys.extend(found);
                if next == 0 {
                    break;
                }
                cursor = next;
            }
            // A key may come twice while Redis makes room for more.
            keys.sort_unstable();
            keys.dedup();
            Ok(keys)
        }
        .boxed()
    }

    fn get_many(&self, keys: Vec<String>) -> Answer<'_, Vec<(String, Vec<u8>)>> {
        async move {
            if keys.is_empty() {
                return Ok(Vec::new());
            }
            let values: Vec<Option<Vec<u8>>> = self.connection().mget(&keys).await?;
            let found = keys
                .into_iter()
                .zip(values)
                .filter_map(|(key, value)| Some((key, value?)));
            Ok(found.collect())
        }
        .boxed()
    }

    fn set_many(&self, values: Vec<(String, Vec<u8>)>) -> Answer<'_, ()> {
        async move {
            if values.is_empty() {
                return Ok(());
            }
            Ok(self.connection().mset(&values).await?)
        }
        .boxed()
    }

    fn delete_many(&self, keys: Vec<String>) -> Answer<'_, ()> {
        async move {
            if keys.is_empty() {
                return Ok(());
            }
            Ok(self.connection().del(keys).await?)
        }
        .boxed()
    }

    fn increment(&self, key: String, delta: i64) -> Answer<'_, i64> {
        async move { self.connection().incr(key, delta).err_into().await }.boxed()
    }

    fn swap(&self, key: String, expected: Option<Vec<u8>>, value: Vec<u8>) -> Answer<'_, bool> {
        async move {
            let wanted = if expected.is_some() { "something" } else { "nothing" };
            let mut swap = self.swap.key(key);
            let swap = swap.arg(wanted).arg(expected.unwrap_or_default()).arg(value);
            Ok(swap.invoke_async(&mut self.connection()).await?)
        }
        .boxed()
    }
}
