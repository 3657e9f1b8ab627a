//! How operations become a component.

/// As it is documented off WebAssembly, where its example runs.
#[macro_export]
#[cfg(target_family = "wasm")]
macro_rules! operations {
    ($($operation:ty),+ $(,)?) => {
        const _: () = {
            use $crate::macro_support::{definition, wasi};

            type All = ($($operation,)+);
            $crate::check_operations!(All);

            $(const _: () = {
                const DESCRIPTION: definition::Operation = <$operation as $crate::Operation>::DESCRIPTION;

                // The linker turns the sections into one custom section of the core module. `#[used]` would keep them in
                // memory as well.
                #[allow(
                    unsafe_code,
                    reason = "a link section holds plain bytes that nothing executes"
                )]
                #[unsafe(link_section = "midspan:operation")]
                pub static SECTION: [u8; definition::encode::json_len(&DESCRIPTION)] =
                    definition::encode::json(&DESCRIPTION);
            };)+

            struct Handler;
            $crate::macro_support::wasip3::http::service::export!(Handler);

            impl $crate::macro_support::wasip3::exports::http::handler::Guest for Handler {
                async fn handle(
                    request: $crate::macro_support::wasip3::http::types::Request,
                ) -> ::core::result::Result<
                    $crate::macro_support::wasip3::http::types::Response,
                    $crate::macro_support::wasip3::http::types::ErrorCode,
                > {
                    wasi::handle::<All>(request).await
                }
            }
        };
    };
}

/// Makes operations of one path a component's handler and embeds their descriptions. `#[operation]` does it for one by
/// itself; several, told apart by their method, say `export = false` and are listed here.
///
/// ```
/// use midspan::prelude::*;
///
/// /// Which colour.
/// #[input]
/// struct ColourInput {
///     /// Name
///     #[path]
///     name: String,
/// }
///
/// /// Get a colour
/// #[operation(get = "/colours/{name}", auth = none, export = false)]
/// async fn get_colour(_ctx: Context, input: ColourInput) -> Result<String> {
///     Ok(input.name)
/// }
///
/// /// Delete a colour
/// #[operation(delete = "/colours/{name}", auth = none, export = false)]
/// async fn delete_colour(_ctx: Context, _input: ColourInput) -> Result<NoContent> {
///     Ok(NoContent)
/// }
///
/// midspan::operations!(GetColour, DeleteColour);
///
/// use midspan::testing::TestHost;
///
/// let request = http::Request::delete("/colours/red").body(Default::default())?;
/// assert_eq!(TestHost::new().send_to::<(GetColour, DeleteColour)>(request).status(), 204);
/// # Ok::<(), http::Error>(())
/// ```
///
/// Off WebAssembly it only checks that they fit together, so that the same crate's unit tests run natively.
#[macro_export]
#[cfg(not(target_family = "wasm"))]
macro_rules! operations {
    ($operation:ty $(,)?) => {};
    ($($operation:ty),+ $(,)?) => {
        $crate::check_operations!(($($operation,)+));
    };
}

/// Whether they can be one component.
#[doc(hidden)]
#[macro_export]
macro_rules! check_operations {
    ($all:ty) => {
        const _: () = {
            ::core::assert!(
                $crate::macro_support::have_one_path(<$all as $crate::Operations>::DESCRIPTIONS),
                "operations of one component have one path, as hosts route by path; make the other one a component of its own"
            );
            ::core::assert!(
                $crate::macro_support::are_told_apart(<$all as $crate::Operations>::DESCRIPTIONS),
                "operations of one component have different methods: that is how they are told apart"
            );
        };
    };
}
