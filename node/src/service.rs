//! The node's parts, put together.

use crate::{
    consensus::{self, Link},
    rpc,
    sealing::{self, Sealing},
};
use runtime_mock::runtime::{apis::RuntimeApi, Header};
use sc_consensus::{DefaultImportQueue, LongestChain};
use sc_executor::WasmExecutor;
use sc_network::{config::FullNetworkConfiguration, Litep2pNetworkBackend, NetworkBackend};
use sc_service::{
    error::Error, BuildNetworkParams, Configuration, SpawnTasksParams, TFullBackend, TFullClient,
    TaskManager,
};
use sc_transaction_pool::TransactionPoolHandle;
use sp_runtime::{generic, OpaqueExtrinsic};
use std::sync::Arc;

/// A block, for which an extrinsic is bytes.
pub(crate) type Block = generic::Block<Header, OpaqueExtrinsic>;
pub(crate) type Hash = <Block as sp_runtime::traits::Block>::Hash;
pub(crate) type Backend = TFullBackend<Block>;
pub(crate) type Client =
    TFullClient<Block, RuntimeApi, WasmExecutor<sp_io::SubstrateHostFunctions>>;
pub(crate) type Pool = TransactionPoolHandle<Block, Client>;
pub(crate) type SelectChain = LongestChain<Backend, Block>;
type Network = Litep2pNetworkBackend;

/// What every part of the node asks.
#[derive(Clone)]
pub(crate) struct Parts {
    pub(crate) client: Arc<Client>,
    pub(crate) backend: Arc<Backend>,
    pub(crate) pool: Arc<Pool>,
    pub(crate) select_chain: SelectChain,
}

/// Whence blocks come: from authorities, or from whoever asks for one.
enum Source {
    Consensus(Box<Link>),
    Sealing(Sealing),
}

/// Starts the node.
///
/// # Errors
/// A part can't be started.
pub(crate) fn start(config: Configuration, sealing: Option<Sealing>) -> Result<TaskManager, Error> {
    let executor = sc_service::new_wasm_executor::<sp_io::SubstrateHostFunctions>(&config.executor);
    let (client, backend, keystore, mut task_manager) =
        sc_service::new_full_parts::<Block, RuntimeApi, _>(&config, None, executor, Vec::new())?;
    let client = Arc::new(client);
    let pool = sc_transaction_pool::Builder::new(
        task_manager.spawn_essential_handle(),
        client.clone(),
        config.role.is_authority().into(),
    )
    .with_options(config.transaction_pool.clone())
    .with_prometheus(config.prometheus_registry())
    .build();
    let parts = Parts {
        select_chain: LongestChain::new(backend.clone()),
        client,
        backend,
        pool: Arc::from(pool),
    };
    let registry = config.prometheus_registry().cloned();
    let essential = task_manager.spawn_essential_handle();
    let (queue, source): (DefaultImportQueue<Block>, _) = match sealing {
        None => {
            let (queue, link) = consensus::import(&parts, &essential, registry.as_ref())?;
            (queue, Source::Consensus(Box::new(link)))
        }
        Some(sealing) => {
            let import = Box::new(parts.client.clone());
            let queue =
                sc_consensus_manual_seal::import_queue(import, &essential, registry.as_ref());
            (queue, Source::Sealing(sealing))
        }
    };

    let mut net_config =
        FullNetworkConfiguration::<Block, Hash, Network>::new(&config.network, registry.clone());
    let metrics =
        <Network as NetworkBackend<Block, Hash>>::register_notification_metrics(registry.as_ref());
    let votes = match &source {
        Source::Consensus(_) => Some(consensus::add_protocol::<Network>(
            &parts,
            &config,
            &mut net_config,
            metrics.clone(),
        )?),
        Source::Sealing(_) => None,
    };
    let (network, system_rpc_tx, tx_handler_controller, sync, _) =
        sc_service::build_network(BuildNetworkParams {
            config: &config,
            net_config,
            client: parts.client.clone(),
            transaction_pool: parts.pool.clone(),
            spawn_handle: task_manager.spawn_handle(),
            spawn_essential_handle: task_manager.spawn_essential_handle(),
            import_queue: queue,
            block_announce_validator_builder: None,
            warp_sync_config: None,
            block_relay: None,
            metrics,
            gap_sync_body_policy: None,
        })?;

    let role = config.role;
    let name = config.network.node_name.clone();
    let force_authoring = config.force_authoring;
    let votes_too = !config.disable_grandpa;
    let (seal, seal_now) = sealing::channel();
    let grandpa = match &source {
        Source::Consensus(link) => Some(rpc::Finality::of(link, &parts)),
        Source::Sealing(_) => None,
    };
    let asked = parts.clone();
    let rpc_builder = Box::new(move |executor| {
        let sealing = grandpa.is_none().then(|| seal.clone());
        rpc::create(&asked, grandpa.as_ref(), sealing, executor)
            .map_err(|error| Error::Application(error.into()))
    });
    sc_service::spawn_tasks(SpawnTasksParams {
        config,
        client: parts.client.clone(),
        backend: parts.backend.clone(),
        task_manager: &mut task_manager,
        keystore: keystore.keystore(),
        transaction_pool: parts.pool.clone(),
        rpc_builder,
        network: network.clone(),
        system_rpc_tx,
        tx_handler_controller,
        sync_service: sync.clone(),
        telemetry: None,
        tracing_execute_block: None,
    })?;

    match source {
        Source::Sealing(sealing) => {
            sealing::start(&parts, &task_manager, registry.as_ref(), sealing, seal_now)?;
        }
        Source::Consensus(link) => {
            if role.is_authority() {
                consensus::author(
                    &parts,
                    &task_manager,
                    registry.as_ref(),
                    &link,
                    sync.clone(),
                    keystore.keystore(),
                    force_authoring,
                )?;
            }
            if let (true, Some(votes)) = (votes_too, votes) {
                let keystore = role.is_authority().then(|| keystore.keystore());
                let voter = consensus::Voter {
                    role,
                    name,
                    keystore,
                    network,
                    sync,
                    votes,
                };
                consensus::finalize(&parts, &task_manager, registry, *link, voter)?;
            }
        }
    }
    Ok(task_manager)
}
