//! Key-value stores and variables.

use spin_sdk::key_value::Store;

use crate::{Answer, Query, required, text};

pub(crate) async fn key_value(act: &str, query: &Query) -> Answer {
    let store = Store::open(query.get("store").map_or("default", String::as_str)).await?;
    let answer = match act {
        "get" => store
            .get(required(query, "key")?)
            .await?
            .unwrap_or_else(|| b"(none)".to_vec()),
        "exists" => store.exists(required(query, "key")?).await?.to_string().into(),
        "list" => {
            let mut keys = store.get_keys().await.collect().await?;
            keys.sort();
            keys.join(",").into()
        }
        "set" => {
            store
                .set(required(query, "key")?, required(query, "value")?.as_bytes())
                .await?;
            b"set".to_vec()
        }
        _ => {
            store.delete(required(query, "key")?).await?;
            b"deleted".to_vec()
        }
    };
    Ok(text(answer))
}

pub(crate) async fn variable(query: &Query) -> Answer {
    Ok(text(spin_sdk::variables::get(required(query, "name")?).await?))
}
