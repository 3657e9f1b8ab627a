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

#[allow(clippy::pedantic, missing_docs, reason = "generated")]
mod wasi {
    use spin_sdk::wit_bindgen;

    wit_bindgen::generate!({
        path: "wit",
        world: "test:probe/imports",
        runtime_path: "::spin_sdk::wit_bindgen::rt",
        generate_all,
    });
}

use wasi::wasi::keyvalue::{
    atomics::{self, Cas, CasError},
    batch, store,
};

/// The same stores by `wasi:keyvalue`.
pub(crate) fn wasi_key_value(act: &str, query: &Query) -> Answer {
    let bucket = store::open("default")?;
    let keys: Vec<String> = query.keys().cloned().collect();
    let answer = match act {
        "set-many" => {
            let values = query
                .iter()
                .map(|(key, value)| (key.clone(), value.clone().into_bytes()));
            batch::set_many(&bucket, &values.collect::<Vec<_>>())?;
            "set".into()
        }
        "get-many" => {
            let mut found = batch::get_many(&bucket, &keys)?;
            found.sort();
            let found = found.into_iter().map(|(key, value)| format!("{key}={}", shown(value)));
            found.collect::<Vec<_>>().join(",")
        }
        "delete-many" => {
            batch::delete_many(&bucket, &keys)?;
            "deleted".into()
        }
        "increment" => {
            atomics::increment(&bucket, required(query, "key")?, required(query, "by")?.parse()?)?.to_string()
        }
        _ => {
            let (key, value) = (required(query, "key")?, required(query, "value")?);
            let cas = Cas::new(&bucket, key)?;
            let before = shown(cas.current()?);
            if let Some(between) = query.get("between") {
                bucket.set(key, between.as_bytes())?;
            }
            if query.contains_key("delete") {
                bucket.delete(key)?;
            }
            match atomics::swap(cas, value.as_bytes()) {
                Ok(()) => format!("swapped from {before}"),
                Err(CasError::CasFailed(cas)) => format!("lost from {before}, now {}", shown(cas.current()?)),
                Err(CasError::StoreError(error)) => return Err(error.into()),
            }
        }
    };
    Ok(text(answer))
}

fn shown(value: Option<Vec<u8>>) -> String {
    value.map_or("(none)".into(), |value| String::from_utf8_lossy(&value).into_owned())
}
