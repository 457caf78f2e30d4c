//! Aura makes blocks, GRANDPA finalizes them, and every finalized block has its justification.

use crate::service::{Backend, Block, Client, Hash, Parts, SelectChain};
use sc_basic_authorship::ProposerFactory;
use sc_client_api::BlockBackend;
use sc_consensus::DefaultImportQueue;
use sc_consensus_aura::{ImportQueueParams, SlotProportion, StartAuraParams};
use sc_consensus_grandpa::{GrandpaBlockImport, GrandpaParams, LinkHalf, SharedVoterState};
use sc_network::{
    config::{FullNetworkConfiguration, Role},
    service::{traits::NetworkService, NotificationMetrics},
    NetworkBackend, NotificationService, ProtocolName,
};
use sc_network_sync::SyncingService;
use sc_service::{error::Error, Configuration, SpawnEssentialTaskHandle, TaskManager};
use sc_transaction_pool_api::OffchainTransactionPoolFactory;
use sp_consensus_aura::{sr25519::AuthorityPair, SlotDuration};
use sp_inherents::CreateInherentDataProviders;
use sp_keystore::KeystorePtr;
use std::{sync::Arc, time::Duration};
use substrate_prometheus_endpoint::Registry;

/// Each finalized block keeps its justification: a follower checks it and trusts nobody.
const JUSTIFICATION_PERIOD: u32 = 1;

/// How long a vote may travel.
const GOSSIP: Duration = Duration::from_millis(333);

/// What joins the import of blocks, their making and their finalization.
pub(crate) struct Link {
    import: GrandpaBlockImport<Backend, Block, Client, SelectChain>,
    pub(crate) half: LinkHalf<Block, Client, SelectChain>,
    pub(crate) voter_state: SharedVoterState,
    slot: SlotDuration,
}

/// GRANDPA's protocol on the network.
pub(crate) struct Votes {
    protocol: ProtocolName,
    service: Box<dyn NotificationService>,
}

/// What a voter needs of the node.
pub(crate) struct Voter {
    pub(crate) role: Role,
    pub(crate) name: String,
    pub(crate) keystore: Option<KeystorePtr>,
    pub(crate) network: Arc<dyn NetworkService>,
    pub(crate) sync: Arc<SyncingService<Block>>,
    pub(crate) votes: Votes,
}

/// The block's time and its slot.
fn inherents(
    slot: SlotDuration,
) -> impl CreateInherentDataProviders<
    Block,
    (),
    InherentDataProviders = (
        sp_consensus_aura::inherents::InherentDataProvider,
        sp_timestamp::InherentDataProvider,
    ),
> {
    move |_, ()| async move {
        let time = sp_timestamp::InherentDataProvider::from_system_time();
        let slot =
            sp_consensus_aura::inherents::InherentDataProvider::from_timestamp_and_slot_duration(
                *time, slot,
            );
        Ok((slot, time))
    }
}

/// What checks and imports blocks.
///
/// # Errors
/// The runtime doesn't answer.
pub(crate) fn import(
    parts: &Parts,
    spawner: &SpawnEssentialTaskHandle,
    registry: Option<&Registry>,
) -> Result<(DefaultImportQueue<Block>, Link), Error> {
    let (import, half) = sc_consensus_grandpa::block_import(
        parts.client.clone(),
        JUSTIFICATION_PERIOD,
        &parts.client,
        parts.select_chain.clone(),
        None,
    )?;
    let slot = sc_consensus_aura::slot_duration(&*parts.client)?;
    let queue =
        sc_consensus_aura::import_queue::<AuthorityPair, _, _, _, _, _>(ImportQueueParams {
            block_import: import.clone(),
            justification_import: Some(Box::new(import.clone())),
            client: parts.client.clone(),
            create_inherent_data_providers: inherents(slot),
            spawner,
            registry,
            check_for_equivocation: Default::default(),
            telemetry: None,
            compatibility_mode: Default::default(),
        })?;
    let link = Link {
        import,
        half,
        voter_state: SharedVoterState::empty(),
        slot,
    };
    Ok((queue, link))
}

/// Adds GRANDPA's protocol to the network's.
///
/// # Errors
/// There is no genesis block.
pub(crate) fn add_protocol<N: NetworkBackend<Block, Hash>>(
    parts: &Parts,
    config: &Configuration,
    net_config: &mut FullNetworkConfiguration<Block, Hash, N>,
    metrics: NotificationMetrics,
) -> Result<Votes, Error> {
    let genesis = parts.client.block_hash(0)?;
    let genesis =
        genesis.ok_or_else(|| Error::Other("the database has no genesis block".into()))?;
    let protocol = sc_consensus_grandpa::protocol_standard_name(&genesis, &config.chain_spec);
    let (set, service) = sc_consensus_grandpa::grandpa_peers_set_config::<Block, N>(
        protocol.clone(),
        metrics,
        net_config.peer_store_handle(),
    );
    net_config.add_notification_protocol(set);
    Ok(Votes { protocol, service })
}

/// Makes blocks in the slots that are ours.
///
/// # Errors
/// It can't be started.
pub(crate) fn author(
    parts: &Parts,
    task_manager: &TaskManager,
    registry: Option<&Registry>,
    link: &Link,
    sync: Arc<SyncingService<Block>>,
    keystore: KeystorePtr,
    force_authoring: bool,
) -> Result<(), Error> {
    let proposer_factory = ProposerFactory::new(
        task_manager.spawn_handle(),
        parts.client.clone(),
        parts.pool.clone(),
        registry,
        None,
    );
    let aura = sc_consensus_aura::start_aura::<AuthorityPair, _, _, _, _, _, _, _, _, _, _>(
        StartAuraParams {
            slot_duration: link.slot,
            client: parts.client.clone(),
            select_chain: parts.select_chain.clone(),
            block_import: link.import.clone(),
            proposer_factory,
            create_inherent_data_providers: inherents(link.slot),
            force_authoring,
            backoff_authoring_blocks: None::<()>,
            keystore,
            sync_oracle: sync.clone(),
            justification_sync_link: sync,
            block_proposal_slot_portion: SlotProportion::new(2f32 / 3f32),
            max_block_proposal_slot_portion: None,
            telemetry: None,
            compatibility_mode: Default::default(),
        },
    )?;
    let spawner = task_manager.spawn_essential_handle();
    spawner.spawn_blocking("aura", Some("block-authoring"), aura);
    Ok(())
}

/// Votes for blocks, or follows the votes of others.
///
/// # Errors
/// It can't be started.
pub(crate) fn finalize(
    parts: &Parts,
    task_manager: &TaskManager,
    registry: Option<Registry>,
    link: Link,
    voter: Voter,
) -> Result<(), Error> {
    let params = GrandpaParams {
        config: sc_consensus_grandpa::Config {
            gossip_duration: GOSSIP,
            justification_generation_period: JUSTIFICATION_PERIOD,
            observer_enabled: false,
            local_role: voter.role,
            name: Some(voter.name),
            keystore: voter.keystore,
            telemetry: None,
            protocol_name: voter.votes.protocol,
        },
        link: link.half,
        network: voter.network,
        sync: voter.sync,
        notification_service: voter.votes.service,
        // For the best block: finality is one block behind.
        voting_rule: (),
        prometheus_registry: registry,
        shared_voter_state: link.voter_state,
        telemetry: None,
        offchain_tx_pool_factory: OffchainTransactionPoolFactory::new(parts.pool.clone()),
    };
    let grandpa = sc_consensus_grandpa::run_grandpa_voter(params)?;
    let spawner = task_manager.spawn_essential_handle();
    spawner.spawn_blocking("grandpa-voter", None, grandpa);
    Ok(())
}
