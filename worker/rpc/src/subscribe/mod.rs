//! What is told as it happens.
//!
//! Each subscription has a place of its own in what the worker keeps anyway: the store's blocks, the newest lines
//! of the log. A slow reader holds up his own subscription and nobody else; what is gone when he comes to it he is
//! told the number of.

pub(crate) mod logs;
mod news;
pub(crate) mod receipts;
mod record;

pub(crate) use news::News;

use crate::{
    api::{method::Kind, METHODS},
    context::{Caller, Context},
};
use jsonrpsee::{
    core::{server::SubscriptionMessage, RegisterMethodError},
    server::SubscriptionSink,
    Extensions, PendingSubscriptionSink, RpcModule,
};
use serde::Serialize;
use std::sync::Arc;

/// Registers the subscriptions of the table.
pub(crate) fn register(module: &mut RpcModule<Context>) -> Result<(), RegisterMethodError> {
    for method in METHODS {
        let Kind::Subscription {
            notification,
            unsubscribe,
        } = method.kind
        else {
            continue;
        };
        let is_logs = method.name == "cluster_v1_subscribeLogs";
        module.register_subscription_raw(
            method.name,
            notification,
            unsubscribe,
            move |params,
                  pending: PendingSubscriptionSink,
                  context: Arc<Context>,
                  ext: &Extensions| {
                let trusted = ext.get::<Caller>().is_some_and(|caller| caller.trusted);
                if is_logs {
                    logs::begin(&params, pending, context, trusted)
                } else {
                    receipts::begin(&params, pending, context)
                }
            },
        )?;
    }
    Ok(())
}

/// Tells something, and waits until the connection takes it; false if it is gone.
pub(crate) async fn tell(sink: &SubscriptionSink, event: &impl Serialize) -> bool {
    match serde_json::value::to_raw_value(event) {
        Ok(text) => sink.send(SubscriptionMessage::from(text)).await.is_ok(),
        Err(error) => {
            tracing::error!(%error, "a notification can't be written");
            false
        }
    }
}
