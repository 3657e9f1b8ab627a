//! What passes requests on as they come, whatever their method and path, and gives the answers as they are. It is no
//! operation of a connector, which has a shape that a definition can show; the cache is tested with it.

use std::{marker::PhantomData, rc::Rc};

use bytes::Bytes;
use futures_util::future::LocalBoxFuture;
use midspan_definition::{
    Method, Schema, SourceUse, Visibility,
    operation::{Designer, Operation as Description},
};

use crate::{
    Context, Output, Result,
    admit::admit,
    answer,
    component::{Host, Operations},
    incoming::Incoming,
    serve::within_deadline,
};

/// The largest body that is passed on, in bytes.
const MAX_BODY: usize = 8 * 1024 * 1024;

/// What becomes of all requests to a component.
pub trait Relay: 'static {
    /// Its name in logs.
    const ID: &'static str;
    /// The back-end systems that it passes requests on to.
    const SOURCES: &'static [SourceUse];
    /// How long it may take, in milliseconds.
    const DEADLINE_MS: u64;

    /// The answer to a request.
    fn run(ctx: Context, request: http::Request<Bytes>) -> impl Future<Output = Result<http::Response<Bytes>>>;
}

/// A component that is nothing but a relay.
pub struct Relayed<R>(PhantomData<R>);

impl<R: Relay> Relayed<R> {
    const DESCRIPTION: Description = Description {
        id: R::ID,
        method: Method::Get,
        path: "/",
        summary: "",
        description: "",
        visibility: Visibility::Internal,
        deadline_ms: R::DEADLINE_MS,
        parameters: &[],
        body: None,
        output: Schema::Any,
        statuses: &[],
        auth: &[],
        roles: &[],
        scopes: &[],
        sources: R::SOURCES,
        idempotency_ms: None,
        definition: None,
        designer: Designer::NONE,
    };
}

impl<R: Relay> Operations for Relayed<R> {
    const DESCRIPTIONS: &'static [Description] = &[Self::DESCRIPTION];
    const MAX_BODY: Option<usize> = Some(MAX_BODY);

    fn serve(host: Host, request: Incoming) -> LocalBoxFuture<'static, http::Response<Bytes>> {
        Box::pin(async move {
            let (port, operation, head) = (host.0, &Self::DESCRIPTIONS[0], Rc::new(request.head));
            let ctx = Context::new(port.clone(), admit(&*port, &head, operation), operation);
            let outcome = match request.body {
                Some(body) => ctx.receive(&head, body).await,
                None => Ok((*head).clone()),
            };
            let outcome = match outcome {
                Ok(request) => within_deadline(&ctx, R::run(ctx.clone(), request)).await,
                Err(error) => Err(error),
            };
            answer::relayed(&ctx, head.method(), outcome.and_then(Output::respond))
        })
    }
}
