//! `author_…`: extrinsics on their way into a block.

use super::{
    args::{hex0x, Args},
    Answer, Handler,
};
use crate::{pool::Refused, shared::Shared};
use jsonrpsee::{
    core::RegisterMethodError, types::ErrorObjectOwned, PendingSubscriptionSink, RpcModule,
};
use serde_json::json;
use tokio::sync::mpsc;

pub(super) const METHODS: &[(&str, Handler)] = &[
    ("author_pendingExtrinsics", pending),
    ("author_submitExtrinsic", submit),
];

impl From<Refused> for ErrorObjectOwned {
    fn from(refused: Refused) -> Self {
        Self::owned(refused.code, refused.message, refused.data)
    }
}

fn submit(shared: &Shared, mut args: Args) -> Answer {
    let extrinsic = args.bytes("an extrinsic")?;
    Ok(json!(shared.submit(extrinsic, None)?))
}

fn pending(shared: &Shared, _: Args) -> Answer {
    let pool = shared.pool();
    let all: Vec<_> = pool.waiting().iter().map(|it| hex0x(&it.bytes)).collect();
    Ok(json!(all))
}

/// The one method that takes an extrinsic and tells what becomes of it.
pub(super) fn register(module: &mut RpcModule<Shared>) -> Result<(), RegisterMethodError> {
    module.register_subscription(
        "author_submitAndWatchExtrinsic",
        "author_extrinsicUpdate",
        "author_unwatchExtrinsic",
        |params, pending: PendingSubscriptionSink, shared, _| async move {
            let extrinsic = match Args::of(&params).and_then(|mut args| args.bytes("an extrinsic"))
            {
                Ok(extrinsic) => extrinsic,
                Err(error) => return pending.reject(error).await,
            };
            let (told, mut news) = mpsc::unbounded_channel();
            let taken = tokio::task::spawn_blocking(move || shared.submit(extrinsic, Some(told)));
            match taken.await {
                Ok(Ok(_)) => {}
                Ok(Err(refused)) => return pending.reject(ErrorObjectOwned::from(refused)).await,
                Err(_) => {
                    return pending
                        .reject(super::error(-32603, "the program ends"))
                        .await
                }
            }
            let Ok(sink) = pending.accept().await else {
                return;
            };
            loop {
                let status = tokio::select! {
                    () = sink.closed() => return,
                    status = news.recv() => status,
                };
                let Some(status) = status else {
                    return;
                };
                let Ok(text) = serde_json::value::to_raw_value(&status) else {
                    return;
                };
                if sink.send(text).await.is_err() {
                    return;
                }
            }
        },
    )?;
    Ok(())
}
