use crate::{
    extrinsic::{Applied, Extrinsic},
    runtime::{
        consensus::SlotDuration, AllPalletsWithSystem, FatContracts, Runtime, RuntimeEvent, System,
        Timestamp,
    },
    state::{Changes, PlainState},
};
use fat_contracts_primitives::{AccountId, Balance, BlockNumber, ClusterBlock, Hash};
use frame_support::traits::{Get, OnFinalize, OnInitialize};
use frame_system::Phase;
use parity_scale_codec::{Decode, DecodeAll, Encode};
use sp_core::Blake2Hasher;
use sp_runtime::{Digest, DigestItem};
use sp_state_machine::{Ext, OverlayedChanges};
use std::{collections::BTreeMap, fmt};

/// Where [`Head`] is kept among the state's pairs. No pallet's key is so short.
const HEAD_KEY: &[u8] = b":head";

/// The last block of a chain.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Encode, Decode)]
pub struct Head {
    /// Its number; the genesis block has 0.
    pub number: BlockNumber,
    /// The hash of its header.
    pub hash: Hash,
    /// Its time in milliseconds of the Unix epoch.
    pub now_ms: u64,
}

/// A block that was made.
#[derive(Clone, Debug)]
pub struct Block {
    /// Its number, hash and time.
    pub head: Head,
    /// The hash of the block before.
    pub parent: Hash,
    /// What became of each extrinsic, in order.
    pub applied: Vec<Applied>,
    /// The events of the block's beginning and end.
    pub hook_events: Vec<RuntimeEvent>,
    /// What the block gives to each cluster's engine, by cluster.
    pub clusters: Vec<ClusterBlock>,
    /// What it changed, for [`MockChain::import`]; small for an empty block.
    pub changes: Changes,
}

impl Block {
    /// What moved between accounts, in order: from, to, how much.
    pub fn transfers(&self) -> Vec<(AccountId, AccountId, Balance)> {
        let applied = self.applied.iter().flat_map(|it| &it.events);
        let all = applied.chain(&self.hook_events);
        let transfers = all.filter_map(|event| match event {
            RuntimeEvent::Balances(pallet_balances::Event::Transfer { from, to, amount }) => {
                Some((from.clone(), to.clone(), *amount))
            }
            _ => None,
        });
        transfers.collect()
    }
}

/// Why a block, or a chain, can't be made.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum ChainError {
    /// Time must go on by at least a millisecond.
    Time {
        /// The time of the last block, in milliseconds.
        last_ms: u64,
        /// The time that the next one should have.
        next_ms: u64,
    },
    /// There is no number left.
    TooManyBlocks,
    /// What the chain should start with can't be.
    Genesis(String),
    /// These pairs are no chain.
    NoChain(&'static str),
}

impl fmt::Display for ChainError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Time { last_ms, next_ms } => write!(
                f,
                "the next block is to be at {next_ms} ms, but the last one was at {last_ms} ms"
            ),
            Self::TooManyBlocks => write!(f, "block numbers have 32 bits, and all are used"),
            Self::Genesis(why) => write!(f, "the genesis can't be: {why}"),
            Self::NoChain(why) => write!(f, "these pairs are no chain's state: {why}"),
        }
    }
}

impl std::error::Error for ChainError {}

/// A chain in process. It holds its state in memory; [`Block::changes`] is what a caller keeps
/// to have it again with [`MockChain::import`].
#[derive(Clone, Debug)]
pub struct MockChain {
    state: PlainState,
    head: Head,
}

impl MockChain {
    /// A chain whose genesis block has this state.
    pub(crate) fn start(genesis: BTreeMap<Vec<u8>, Vec<u8>>, now_ms: u64) -> Self {
        let hash = sp_crypto_hashing::blake2_256(&(&genesis, now_ms).encode()).into();
        let head = Head {
            number: 0,
            hash,
            now_ms,
        };
        let mut changes: Changes = genesis
            .into_iter()
            .map(|(key, value)| (key, Some(value)))
            .collect();
        changes.push((HEAD_KEY.to_vec(), Some(head.encode())));
        let mut state = PlainState::default();
        state.apply(&changes);
        Self { state, head }
    }

    /// A chain that starts with the state of another one's genesis block, which has this hash: that of a node, as the
    /// raw form of its specification has it.
    pub fn with_genesis(pairs: impl IntoIterator<Item = (Vec<u8>, Vec<u8>)>, hash: Hash) -> Self {
        let mut chain = Self::start(pairs.into_iter().collect(), 0);
        chain.set_head_hash(hash);
        chain
    }

    /// The last block.
    pub fn head(&self) -> Head {
        self.head
    }

    /// Has the last block known by another hash from now on. Next to a node, which made the same block and has a trie's
    /// root in its header, the next block's randomness is then the node's as well.
    pub fn set_head_hash(&mut self, hash: Hash) {
        self.head.hash = hash;
        let kept = (HEAD_KEY.to_vec(), Some(self.head.encode()));
        self.state.apply(&vec![kept]);
    }

    /// Makes the next block, at this time, of these extrinsics. An extrinsic that fails is in
    /// the block all the same, as on every chain: see [`Applied::result`].
    ///
    /// # Errors
    /// [`ChainError::Time`] if time doesn't go on; [`ChainError::TooManyBlocks`]. The chain is
    /// as before.
    pub fn build_block(
        &mut self,
        now_ms: u64,
        extrinsics: Vec<Extrinsic>,
    ) -> Result<Block, ChainError> {
        let last_ms = self.head.now_ms;
        if now_ms <= last_ms {
            return Err(ChainError::Time {
                last_ms,
                next_ms: now_ms,
            });
        }
        let number = self
            .head
            .number
            .checked_add(1)
            .ok_or(ChainError::TooManyBlocks)?;
        let parent = self.head.hash;

        let mut overlay = OverlayedChanges::<Blake2Hasher>::default();
        let mut ext = Ext::new(&mut overlay, &self.state, None);
        let made = sp_externalities::set_and_run_with_externalities(&mut ext, || {
            make_block(number, parent, now_ms, extrinsics)
        });
        let drained = overlay
            .drain_storage_changes(&self.state, Default::default())
            .map_err(|_| ChainError::NoChain("the block's changes can't be read"))?;
        let mut changes: Changes = drained.main_storage_changes;
        // A write of what was there is no change.
        changes.retain(|(key, value)| self.state.get(key) != value.as_ref());

        let head = Head {
            number,
            hash: made.hash,
            now_ms,
        };
        changes.push((HEAD_KEY.to_vec(), Some(head.encode())));
        changes.sort();
        self.state.apply(&changes);
        self.head = head;
        Ok(Block {
            head,
            parent,
            applied: made.applied,
            hook_events: made.hook_events,
            clusters: made.clusters,
            changes,
        })
    }

    /// Runs a function of the runtime on the state after the last block. What it changes is
    /// dropped.
    pub fn query<R>(&self, read: impl FnOnce() -> R) -> R {
        let mut overlay = OverlayedChanges::<Blake2Hasher>::default();
        let mut ext = Ext::new(&mut overlay, &self.state, None);
        sp_externalities::set_and_run_with_externalities(&mut ext, read)
    }

    /// What an account of the chain can spend, and the deposit that keeps it open.
    pub fn balance(&self, who: &AccountId) -> Balance {
        self.query(|| crate::runtime::Balances::free_balance(who))
    }

    /// The whole state, as pairs for [`MockChain::import`]. A caller that keeps every block's
    /// [`Block::changes`] on top of the genesis' pairs has the same.
    pub fn export(&self) -> Vec<(Vec<u8>, Vec<u8>)> {
        self.state
            .pairs()
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect()
    }

    /// The chain that has this state.
    ///
    /// # Errors
    /// [`ChainError::NoChain`] if the pairs aren't what a chain exported.
    pub fn import(pairs: impl IntoIterator<Item = (Vec<u8>, Vec<u8>)>) -> Result<Self, ChainError> {
        let mut state = PlainState::default();
        let changes = pairs
            .into_iter()
            .map(|(key, value)| (key, Some(value)))
            .collect();
        state.apply(&changes);
        let head = state
            .get(HEAD_KEY)
            .ok_or(ChainError::NoChain("the head is missing"))?;
        let head = Head::decode_all(&mut &head[..])
            .map_err(|_| ChainError::NoChain("the head can't be read"))?;
        let chain = Self { state, head };
        if chain.query(System::block_number) != head.number {
            return Err(ChainError::NoChain(
                "the head and the runtime are at different blocks",
            ));
        }
        Ok(chain)
    }
}

/// What the runtime says about a block that it made.
struct BuiltBlock {
    hash: Hash,
    applied: Vec<Applied>,
    hook_events: Vec<RuntimeEvent>,
    clusters: Vec<ClusterBlock>,
}

/// Makes a block, inside the runtime, in the order in which a node does.
fn make_block(
    number: BlockNumber,
    parent: Hash,
    now_ms: u64,
    extrinsics: Vec<Extrinsic>,
) -> BuiltBlock {
    System::reset_events();
    System::initialize(&number, &parent, &slot(now_ms));
    let mut used = AllPalletsWithSystem::on_initialize(number);
    used = used.saturating_add(
        <<Runtime as frame_system::Config>::BlockWeights as Get<
            frame_system::limits::BlockWeights,
        >>::get()
        .base_block,
    );
    System::register_extra_weight_unchecked(
        used,
        frame_support::dispatch::DispatchClass::Mandatory,
    );
    System::note_finished_initialize();
    set_time(now_ms);

    // A motion is several extrinsics of the block: the events are told apart by their indices.
    let mut ends = Vec::with_capacity(extrinsics.len());
    let mut results = Vec::with_capacity(extrinsics.len());
    for extrinsic in extrinsics {
        results.push(extrinsic.apply());
        ends.push(System::extrinsic_index().unwrap_or_default());
    }
    System::note_finished_extrinsics();
    AllPalletsWithSystem::on_finalize(number);

    let clusters = cluster_blocks();
    let mut applied: Vec<_> = results
        .into_iter()
        .map(|result| Applied {
            result,
            events: Vec::new(),
        })
        .collect();
    let mut hook_events = Vec::new();
    for record in System::read_events_no_consensus() {
        let of = match record.phase {
            Phase::ApplyExtrinsic(index) if index > 0 => {
                let at = ends.partition_point(|end| *end <= index);
                applied.get_mut(at).map(|applied| &mut applied.events)
            }
            _ => None,
        };
        of.unwrap_or(&mut hook_events).push(record.event);
    }
    let header = System::finalize();
    BuiltBlock {
        hash: header.hash(),
        applied,
        hook_events,
        clusters,
    }
}

/// What the author of a block says in its header: the slot that it is for, by which Aura judges its time.
fn slot(now_ms: u64) -> Digest {
    let slot = sp_consensus_aura::Slot::from(now_ms / SlotDuration::get());
    let said = DigestItem::PreRuntime(sp_consensus_aura::AURA_ENGINE_ID, slot.encode());
    Digest { logs: vec![said] }
}

/// The block's first extrinsic, as everywhere: its time.
fn set_time(now_ms: u64) {
    use frame_support::dispatch::{GetDispatchInfo, RawOrigin};
    use sp_runtime::traits::Dispatchable;
    let call = crate::RuntimeCall::Timestamp(pallet_timestamp::Call::set { now: now_ms });
    let info = call.get_dispatch_info();
    System::note_extrinsic(call.encode());
    let result = call.dispatch(RawOrigin::None.into());
    System::note_applied_extrinsic(&result, info);
    debug_assert_eq!(Timestamp::get(), now_ms);
}

/// What the block gives to each cluster, in the block's post-state.
fn cluster_blocks() -> Vec<ClusterBlock> {
    let last = pallet_fat_contracts::ClusterCount::<Runtime>::get();
    (1..=last).filter_map(FatContracts::cluster_block).collect()
}
