//! A cache in front of a source, as a proxy has one: it passes any request on, and gives the answers as they are.
//!
//! The public suite <https://cache-tests.fyi> is run against it.

#[cfg(target_family = "wasm")]
mod relay;

#[cfg(target_family = "wasm")]
mod export {
    use midspan::macro_support::{Relayed, wasi, wasip3};

    struct Handler;
    wasip3::http::service::export!(Handler);

    impl wasip3::exports::http::handler::Guest for Handler {
        async fn handle(
            request: wasip3::http::types::Request,
        ) -> Result<wasip3::http::types::Response, wasip3::http::types::ErrorCode> {
            wasi::handle::<Relayed<super::relay::RelayAll>>(request).await
        }
    }
}
