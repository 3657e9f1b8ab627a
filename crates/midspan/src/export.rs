//! How an operation becomes a component.

/// Makes `$operation` the component's handler and embeds its description; written by `#[operation]`.
///
/// Off WebAssembly it does nothing, so that the same crate's unit tests run natively.
#[doc(hidden)]
#[macro_export]
#[cfg(target_family = "wasm")]
macro_rules! export {
    ($operation:ty) => {
        const _: () = {
            use $crate::macro_support::{definition, wasi};

            const DESCRIPTION: definition::Operation = <$operation as $crate::Operation>::DESCRIPTION;

            // The linker turns the section into a custom section of the core module: it is never in memory.
            #[allow(
                unsafe_code,
                reason = "a link section holds plain bytes that nothing executes"
            )]
            #[unsafe(link_section = "midspan:operation")]
            #[used]
            static SECTION: [u8; definition::encode::json_len(&DESCRIPTION)] = definition::encode::json(&DESCRIPTION);

            struct Handler;
            $crate::macro_support::wasip3::http::service::export!(Handler);

            impl $crate::macro_support::wasip3::exports::http::handler::Guest for Handler {
                async fn handle(
                    request: $crate::macro_support::wasip3::http::types::Request,
                ) -> ::core::result::Result<
                    $crate::macro_support::wasip3::http::types::Response,
                    $crate::macro_support::wasip3::http::types::ErrorCode,
                > {
                    wasi::handle::<$operation>(request).await
                }
            }
        };
    };
}

/// Off WebAssembly there is nothing to export.
#[doc(hidden)]
#[macro_export]
#[cfg(not(target_family = "wasm"))]
macro_rules! export {
    ($operation:ty) => {};
}
