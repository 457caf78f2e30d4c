//! Blocks without consensus, for tests that want speed.

use crate::service::{Block, Hash, Parts};
use futures::{
    channel::mpsc::{Receiver, Sender},
    StreamExt,
};
use sc_basic_authorship::ProposerFactory;
use sc_consensus_manual_seal::{
    consensus::{aura::AuraConsensusDataProvider, timestamp::SlotTimestampProvider},
    EngineCommand, ManualSealParams,
};
use sc_service::{error::Error, TaskManager};
use sc_transaction_pool_api::TransactionPool;
use std::sync::Arc;
use substrate_prometheus_endpoint::Registry;

/// When a block is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Sealing {
    /// When a transaction has come, or the RPC asks for one.
    Instant,
    /// When the RPC asks for one.
    Manual,
}

/// An order to make or finalize a block.
pub(crate) type Order = EngineCommand<Hash>;

/// By which the RPC orders blocks.
pub(crate) fn channel() -> (Sender<Order>, Receiver<Order>) {
    futures::channel::mpsc::channel(1_000)
}

/// Starts making blocks.
///
/// # Errors
/// The runtime doesn't tell its slots.
pub(crate) fn start(
    parts: &Parts,
    task_manager: &TaskManager,
    registry: Option<&Registry>,
    sealing: Sealing,
    orders: Receiver<Order>,
) -> Result<(), Error> {
    let env = ProposerFactory::new(
        task_manager.spawn_handle(),
        parts.client.clone(),
        parts.pool.clone(),
        registry,
        None,
    );
    let slot = sc_consensus_aura::slot_duration(&*parts.client)?;
    // With `create_empty` a block is made whatever is in the pool: what counts its transactions counts the inherents'
    // data among them, and would make none for a single one.
    let wanted = |_| Order::SealNewBlock {
        create_empty: true,
        finalize: true,
        parent_hash: None,
        sender: None,
    };
    let commands_stream = match sealing {
        Sealing::Manual => orders.boxed(),
        Sealing::Instant => {
            let came = parts.pool.import_notification_stream().map(wanted);
            futures::stream::select(came, orders).boxed()
        }
    };
    let client = parts.client.clone();
    let sealing = sc_consensus_manual_seal::run_manual_seal(ManualSealParams {
        block_import: parts.client.clone(),
        env,
        client: parts.client.clone(),
        pool: parts.pool.clone(),
        commands_stream,
        select_chain: parts.select_chain.clone(),
        consensus_data_provider: Some(Box::new(
            AuraConsensusDataProvider::<Block>::new_with_slot_duration(slot),
        )),
        create_inherent_data_providers: move |_, ()| {
            let client: Arc<_> = client.clone();
            async move {
                SlotTimestampProvider::new_aura(client).map_err(|error| {
                    Box::<dyn std::error::Error + Send + Sync>::from(error.to_string())
                })
            }
        },
    });
    let spawner = task_manager.spawn_essential_handle();
    spawner.spawn_blocking("sealing", Some("block-authoring"), sealing);
    Ok(())
}
