//! What each call passes: how many there may be, whether it is for this caller, who counts.

use super::{front::Peer, Shared};
use crate::{
    api::table::known,
    context::Caller,
    error::{Code, RpcError},
    observer::UNKNOWN_METHOD,
};
use jsonrpsee::{
    core::middleware::{Batch, BatchEntry, Notification},
    server::{middleware::rpc::RpcServiceT, BatchResponseBuilder, MethodResponse},
    types::{error::METHOD_NOT_FOUND_CODE, ErrorObject, ErrorObjectOwned, Request},
};
use std::{
    future::Future,
    net::Ipv4Addr,
    sync::Arc,
    time::{Duration, Instant},
};

/// How often a subscription that is to end and isn't there is looked for again, and how long is waited between.
const LOOKS: u32 = 10;
const BETWEEN_LOOKS: Duration = Duration::from_millis(20);

/// Before the methods.
#[derive(Clone)]
pub(super) struct Gate<S> {
    service: S,
    shared: Arc<Shared>,
}

impl<S> Gate<S> {
    pub(super) fn new(service: S, shared: Arc<Shared>) -> Self {
        Self { service, shared }
    }

    /// Whether the call may be made.
    fn check(&self, request: &Request<'_>) -> Result<(), ErrorObjectOwned> {
        let extensions = request.extensions();
        let from = extensions
            .get::<Peer>()
            .map_or(Ipv4Addr::UNSPECIFIED.into(), |peer| peer.0);
        if !self.shared.rates.take(from, Instant::now()) {
            let error = RpcError::new(
                Code::RateLimited,
                "more calls came from this address than may",
            );
            return Err(error.hint("ask again in some seconds").into());
        }
        let caller = extensions.get::<Caller>();
        let trusted = caller.is_some_and(|caller| caller.trusted);
        let listens = caller.is_some_and(|caller| caller.listens);
        let refused = |why: String| Err(ErrorObject::owned(METHOD_NOT_FOUND_CODE, why, None::<()>));
        match known(request.method_name()) {
            Some((name, true)) if !trusted => refused(format!(
                "{name} is unsafe to be called from outside: the operator can, from the worker's own machine and by no \
                 proxy, or with --rpc-methods unsafe"
            )),
            Some((name, _)) if !listens && name.contains("ubscribe") => {
                refused(format!("{name} takes a WebSocket"))
            }
            _ => Ok(()),
        }
    }
}

impl<S> Gate<S>
where
    S: RpcServiceT<MethodResponse = MethodResponse>,
{
    /// Ends a subscription. A client may be told of one a moment before jsonrpsee (0.26) has it in its table; who ends
    /// it within that moment would be told that there is none, and it would go on. So it is looked for again.
    async fn unsubscribe(&self, request: Request<'_>) -> MethodResponse {
        let mut response = self.service.call(request.clone()).await;
        for _ in 0..LOOKS {
            if !response.as_json().get().contains("\"result\":false") {
                break;
            }
            tokio::time::sleep(BETWEEN_LOOKS).await;
            response = self.service.call(request.clone()).await;
        }
        response
    }
}

impl<S> RpcServiceT for Gate<S>
where
    S: RpcServiceT<
            MethodResponse = MethodResponse,
            BatchResponse = MethodResponse,
            NotificationResponse = MethodResponse,
        > + Clone
        + Send
        + Sync
        + 'static,
{
    type MethodResponse = MethodResponse;
    type NotificationResponse = MethodResponse;
    type BatchResponse = MethodResponse;

    fn call<'a>(&self, request: Request<'a>) -> impl Future<Output = MethodResponse> + Send + 'a {
        let this = self.clone();
        async move {
            let observer = &this.shared.context.observer;
            let method = known(request.method_name()).map_or(UNKNOWN_METHOD, |(name, _)| name);
            let begun = Instant::now();
            observer.call_started(method);
            let response = match this.check(&request) {
                Ok(()) if method.contains("_unsubscribe") => this.unsubscribe(request).await,
                Ok(()) => this.service.call(request).await,
                Err(error) => MethodResponse::error(request.id, error),
            };
            observer.call_finished(method, response.as_error_code(), begun.elapsed());
            response
        }
    }

    fn batch<'a>(&self, batch: Batch<'a>) -> impl Future<Output = MethodResponse> + Send + 'a {
        let this = self.clone();
        async move {
            let most = this.shared.context.config.max_response_bytes;
            let most = usize::try_from(most).unwrap_or(usize::MAX);
            let mut answers = BatchResponseBuilder::new_with_limit(most);
            let mut notified = false;
            for entry in batch {
                let answer = match entry {
                    Ok(BatchEntry::Call(request)) => this.call(request).await,
                    Ok(BatchEntry::Notification(_)) => {
                        notified = true;
                        continue;
                    }
                    Err(error) => {
                        let (error, id) = error.into_parts();
                        MethodResponse::error(id, error)
                    }
                };
                if let Err(too_large) = answers.append(answer) {
                    return too_large;
                }
            }
            if answers.is_empty() && notified {
                MethodResponse::notification()
            } else {
                // An empty batch is an invalid request.
                MethodResponse::from_batch(answers.finish())
            }
        }
    }

    fn notification<'a>(
        &self,
        notification: Notification<'a>,
    ) -> impl Future<Output = MethodResponse> + Send + 'a {
        // Nothing is done that nobody hears of.
        self.service.notification(notification)
    }
}
