//! The chain as its worker sees it: everything in the newest final state.

use crate::{
    shared::Shared,
    submissions::{Flights, Submission},
};
use fat_contracts_primitives::{
    AccountId, BlockNumber, Checkpoint, ClusterBlock, ClusterId, CodeHash, EngineRecord,
    EngineVersion, EnvelopeKey, Hash, KeyCommitment, MessageHash, SealedKey,
};
use frame_support::BoundedVec;
use pallet_fat_contracts::Call;
use parity_scale_codec::Encode;
use pink_devchain::state;
use pink_worker_core::source::{
    ChainConstants, ChainSource, Cursor, Duties, Finalized, KeyState, ParkReport, SendError,
    SourceError, TransientError, Voice,
};
use runtime_mock::runtime::{FatContracts, Runtime};
use std::{collections::BTreeSet, sync::Arc};

/// The chain, for a worker that signs with an account of its own.
#[derive(Debug)]
pub(crate) struct LocalSource {
    shared: Arc<Shared>,
    account: AccountId,
    /// How many final blocks the worker isn't shown.
    pub(crate) hidden: BlockNumber,
    /// After how many more blocks a checkpoint is acknowledged.
    pub(crate) confirmation_delay: BlockNumber,
    /// Something is held back for that.
    pub(crate) holds_back: bool,
    said: Vec<Submission>,
    pub(crate) flights: Flights,
}

impl LocalSource {
    pub(crate) fn new(shared: Arc<Shared>, account: AccountId) -> Self {
        Self {
            shared,
            account,
            hidden: 0,
            confirmation_delay: 0,
            holds_back: false,
            said: Vec::new(),
            flights: Flights::default(),
        }
    }

    /// What is to be signed and sent.
    pub(crate) fn take_said(&mut self) -> Vec<Submission> {
        std::mem::take(&mut self.said)
    }

    /// The chain went back.
    pub(crate) fn reset(&mut self) {
        self.said.clear();
        self.flights = Flights::default();
    }

    fn say(&mut self, call: Call<Runtime>) {
        let topic = call.encode();
        if !self.flights.on_its_way(&topic) {
            let topics = vec![topic];
            self.said.push(Submission {
                topics,
                call: call.into(),
            });
        }
    }

    fn read<R>(&self, what: impl FnOnce() -> R) -> Result<R, SourceError> {
        let read = self.shared.in_final_state(what);
        read.map_err(|reason| unreadable(reason).into())
    }

    /// The newest block that the worker is shown.
    fn shown(&self) -> BlockNumber {
        self.shared.chain().finalized().saturating_sub(self.hidden)
    }
}

fn unreadable(reason: String) -> TransientError {
    TransientError::Unreachable {
        endpoint: "the chain".into(),
        what: "state",
        reason,
    }
}

/// A block in which nothing happened: its number, and the hash that there was.
fn idle(
    cluster: ClusterId,
    number: BlockNumber,
    message_hash: MessageHash,
    engines: &[(EngineVersion, EngineRecord)],
) -> ClusterBlock {
    ClusterBlock {
        cluster,
        number,
        now_ms: 0,
        entropy: Hash::zero(),
        upgrade_targets: Vec::new(),
        system_code: None,
        engines: engines.to_vec(),
        amendments: Vec::new(),
        amended_later: Vec::new(),
        messages: Vec::new(),
        message_hash,
        read_at: number,
        extrinsics: Vec::new(),
    }
}

impl ChainSource for LocalSource {
    fn account(&self) -> &AccountId {
        &self.account
    }

    fn constants(&self) -> Result<ChainConstants, SourceError> {
        Ok(state::constants())
    }

    fn finalized(&self) -> Result<Finalized, SourceError> {
        let chain = self.shared.chain();
        let number = chain.finalized();
        let hash = chain.hash(number).unwrap_or_default();
        Ok(Finalized { number, hash })
    }

    fn blocks_after(
        &self,
        cluster: ClusterId,
        cursor: &Cursor,
        limit: usize,
    ) -> Result<Vec<ClusterBlock>, SourceError> {
        let shown = self.shown();
        let cursor = *cursor;
        self.read(move || {
            let Some(record) = FatContracts::cluster(cluster) else {
                return Vec::new();
            };
            let first = cursor
                .block
                .map_or(record.created_at, |done| done.saturating_add(1));
            let mut hash = cursor.message_hash;
            // Where nothing happens, the engine of before goes on.
            let engines: BTreeSet<_> = [record.engine, record.engine_of_the_tail()].into();
            let engine = |version| Some((version, FatContracts::engine(version)?));
            let engines: Vec<_> = engines.into_iter().filter_map(engine).collect();
            let block = |number| match FatContracts::block_of(cluster, number) {
                Some(block) => {
                    hash = block.message_hash;
                    block
                }
                None => {
                    let mut block = idle(cluster, number, hash, &engines);
                    FatContracts::amend_block(&mut block);
                    block
                }
            };
            (first..=shown).take(limit).map(block).collect()
        })
    }

    fn amended(&self, mut block: ClusterBlock) -> Result<ClusterBlock, SourceError> {
        self.read(move || {
            FatContracts::amend_block(&mut block);
            block
        })
    }

    fn system_code(&self, hash: &CodeHash) -> Result<Option<Vec<u8>>, SourceError> {
        let hash = *hash;
        self.read(move || FatContracts::system_code(hash))
    }

    fn interpreted(&self) -> Result<Vec<EngineVersion>, SourceError> {
        self.read(FatContracts::interpreted_engines)
    }

    fn duties(
        &self,
        cluster: ClusterId,
        worker: &AccountId,
        limit: u32,
    ) -> Result<Duties, SourceError> {
        self.read(|| state::duties(cluster, worker, limit as usize))
    }

    fn confirmed(&self, cluster: ClusterId) -> Result<Option<BlockNumber>, SourceError> {
        self.read(|| FatContracts::confirmed_block(cluster))
    }

    fn knows_report(&self, cluster: ClusterId, report: &ParkReport) -> Result<bool, SourceError> {
        self.read(|| state::knows_report(cluster, report))
    }

    fn cluster_keys(
        &self,
        cluster: ClusterId,
        worker: &AccountId,
    ) -> Result<KeyState, SourceError> {
        self.read(|| state::key_state(cluster, worker))
    }
}

impl Voice for LocalSource {
    fn acknowledge(
        &mut self,
        cluster: ClusterId,
        checkpoints: Vec<Checkpoint>,
    ) -> Result<(), SendError> {
        let head = self.shared.chain().best().number;
        let ripe = |it: &Checkpoint| it.block.saturating_add(self.confirmation_delay) <= head;
        let (ripe, held): (Vec<_>, Vec<_>) = checkpoints.into_iter().partition(ripe);
        self.holds_back = !held.is_empty();
        let topic = |it: &Checkpoint| (b"checkpoint", cluster, it).encode();
        let ripe: Vec<_> = ripe
            .into_iter()
            .filter(|it| !self.flights.on_its_way(&topic(it)))
            .collect();
        if !ripe.is_empty() {
            self.said.push(Submission {
                topics: ripe
                    .iter()
                    .map(topic)
                    .collect::<BTreeSet<_>>()
                    .into_iter()
                    .collect(),
                call: Call::acknowledge {
                    cluster,
                    checkpoints: ripe,
                }
                .into(),
            });
        }
        Ok(())
    }

    fn report_parked(&mut self, cluster: ClusterId, report: ParkReport) -> Result<(), SendError> {
        let ParkReport {
            block,
            seq,
            cause,
            as_of,
        } = report;
        let topic = (b"parked", cluster, block, seq, cause).encode();
        if !self.flights.on_its_way(&topic) {
            let call = Call::report_parked {
                cluster,
                block,
                seq,
                cause,
                as_of,
            };
            self.said.push(Submission {
                topics: vec![topic],
                call: call.into(),
            });
        }
        Ok(())
    }

    fn announce_engines(&mut self, files: Vec<Hash>) -> Result<(), SendError> {
        // No more than the runtime takes, so nothing is cut off.
        let engines = BoundedVec::truncate_from(state::announced(files)?);
        self.say(Call::announce_engines { engines });
        Ok(())
    }

    fn register_worker(&mut self) -> Result<(), SendError> {
        // It is admitted when the chain starts.
        Ok(())
    }

    fn set_worker_key(&mut self, key: EnvelopeKey) -> Result<(), SendError> {
        self.say(Call::set_worker_key { key });
        Ok(())
    }

    fn commit_cluster_key(
        &mut self,
        cluster: ClusterId,
        commitment: KeyCommitment,
    ) -> Result<(), SendError> {
        self.say(Call::commit_cluster_key {
            cluster,
            commitment,
        });
        Ok(())
    }

    fn share_cluster_key(
        &mut self,
        cluster: ClusterId,
        to: AccountId,
        sealed: SealedKey,
    ) -> Result<(), SendError> {
        self.say(Call::share_cluster_key {
            cluster,
            to,
            sealed,
        });
        Ok(())
    }
}
