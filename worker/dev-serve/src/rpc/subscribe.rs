//! Subscriptions: to blocks, to the runtime's version and to values.

use super::{args::Args, blocks::header_json, state::version_json};
use crate::shared::{Heads, Shared};
use fat_contracts_primitives::BlockNumber;
use jsonrpsee::{
    core::RegisterMethodError, types::ErrorObjectOwned, PendingSubscriptionSink, RpcModule,
    SubscriptionSink,
};
use serde_json::{json, Value};
use sp_state_machine::Backend;
use std::{collections::BTreeMap, sync::Arc};

/// How many values somebody may follow at once.
const MOST_KEYS: usize = 256;

/// What is told of each block, and when.
type Reached = fn(&Heads) -> BlockNumber;

pub(super) fn register(module: &mut RpcModule<Shared>) -> Result<(), RegisterMethodError> {
    let best: Reached = |heads| heads.best;
    let finalized: Reached = |heads| heads.finalized;
    for (subscribe, told, end, reached) in [
        (
            "chain_subscribeAllHeads",
            "chain_allHead",
            "chain_unsubscribeAllHeads",
            best,
        ),
        (
            "chain_subscribeNewHeads",
            "chain_newHead",
            "chain_unsubscribeNewHeads",
            best,
        ),
        (
            "chain_subscribeFinalizedHeads",
            "chain_finalizedHead",
            "chain_unsubscribeFinalizedHeads",
            finalized,
        ),
    ] {
        module.register_subscription(subscribe, told, end, move |_, pending, shared, _| {
            heads(pending, shared, reached)
        })?;
    }
    module.register_alias("chain_subscribeNewHead", "chain_subscribeNewHeads")?;
    module.register_alias("chain_unsubscribeNewHead", "chain_unsubscribeNewHeads")?;
    for (subscribe, told, end) in [
        (
            "state_subscribeRuntimeVersion",
            "state_runtimeVersion",
            "state_unsubscribeRuntimeVersion",
        ),
        (
            "chain_subscribeRuntimeVersion",
            "chain_runtimeVersion",
            "chain_unsubscribeRuntimeVersion",
        ),
    ] {
        module.register_subscription(subscribe, told, end, |_, pending, _, _| async move {
            // It stays what it is: the runtime is part of the program.
            if let Ok(sink) = pending.accept().await {
                if send(&sink, &version_json()).await {
                    sink.closed().await;
                }
            }
        })?;
    }
    module.register_subscription(
        "state_subscribeStorage",
        "state_storage",
        "state_unsubscribeStorage",
        |params, pending, shared, _| async move {
            match Args::of(&params).and_then(|mut args| args.keys(MOST_KEYS)) {
                Ok(keys) => values(pending, shared, keys).await,
                Err(error) => pending.reject(error).await,
            }
        },
    )?;
    Ok(())
}

async fn send(sink: &SubscriptionSink, value: &Value) -> bool {
    match serde_json::value::to_raw_value(value) {
        Ok(text) => sink.send(text).await.is_ok(),
        Err(_) => false,
    }
}

/// Tells every header, in order and without gaps, from the newest one of now on. Who is slow is told later.
async fn heads(pending: PendingSubscriptionSink, shared: Arc<Shared>, reached: Reached) {
    let mut news = shared.heads();
    let Ok(sink) = pending.accept().await else {
        return;
    };
    let mut next = reached(&news.borrow_and_update());
    loop {
        let until = reached(&news.borrow_and_update());
        while next <= until {
            let header = shared
                .chain()
                .block_at(next)
                .map(|block| header_json(&block.kept.header));
            if let Some(header) = header {
                if !send(&sink, &header).await {
                    return;
                }
            }
            next = next.saturating_add(1);
        }
        tokio::select! {
            () = sink.closed() => return,
            changed = news.changed() => if changed.is_err() { return },
        }
    }
}

/// Tells values, and again what changes of them with the newest block.
async fn values(pending: PendingSubscriptionSink, shared: Arc<Shared>, keys: Vec<Vec<u8>>) {
    let mut news = shared.heads();
    let Ok(sink) = pending.accept().await else {
        return;
    };
    let mut known: BTreeMap<Vec<u8>, Option<Vec<u8>>> = BTreeMap::new();
    loop {
        news.borrow_and_update();
        let changed = {
            let chain = shared.chain();
            let read = || {
                let state = chain.state(None).map_err(ErrorObjectOwned::from).ok()?;
                let mut changes = Vec::new();
                for key in &keys {
                    let value = state.storage(key).ok()?;
                    if known.get(key) != Some(&value) {
                        changes.push((key.clone(), value));
                    }
                }
                Some((chain.best().hash, changes))
            };
            read()
        };
        let Some((block, changes)) = changed else {
            return;
        };
        if !changes.is_empty() {
            let said: Vec<_> = changes
                .iter()
                .map(|(key, value)| {
                    json!([
                        super::args::hex0x(key),
                        value.as_ref().map(super::args::hex0x)
                    ])
                })
                .collect();
            known.extend(changes);
            if !send(&sink, &json!({ "block": block, "changes": said })).await {
                return;
            }
        }
        tokio::select! {
            () = sink.closed() => return,
            changed = news.changed() => if changed.is_err() { return },
        }
    }
}
