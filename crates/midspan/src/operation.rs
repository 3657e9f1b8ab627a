//! An operation, and the five stages that a request takes through it.

use crate::{
    Context, Idempotency, Output, RateLimit, Result, Scheme,
    cache::Cache,
    input::{Input, Limits},
};

/// An operation of a connector. Write an `async fn` and mark it `#[operation]`, which makes a type of this trait.
pub trait Operation: 'static {
    /// What the component says of itself.
    const DESCRIPTION: midspan_definition::Operation;
    /// Who may call it: any of these is enough. None: everybody may.
    const AUTH: &'static [&'static Scheme];
    /// How whole answers are kept; not at all unless told.
    const CACHE: Option<Cache> = None;
    /// How much it takes of a request's body.
    const LIMITS: Limits = Limits::DEFAULT;
    /// How the record of a write is kept; there is none unless told.
    const IDEMPOTENT: Option<Idempotency> = None;
    /// How many calls are let in; all of them unless told.
    const RATE_LIMITS: &'static [RateLimit] = &[];
    /// What a request is decoded into.
    type Input: Input;
    /// What it answers.
    type Output: Output;

    /// The author's function.
    fn run(ctx: Context, input: Self::Input) -> impl Future<Output = Result<Self::Output>>;
}
