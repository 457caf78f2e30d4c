//! The chain in process as a worker sees it.

use crate::{config::worker, engines::announce_by, state};
use fat_contracts_primitives::{
    AccountId, BlockNumber, Checkpoint, ClusterBlock, ClusterId, CodeHash, EngineVersion,
    EnvelopeKey, Hash, KeyCommitment, SealedKey,
};
use pallet_fat_contracts::Call;
use pink_worker_core::source::{
    ChainConstants, ChainSource, Cursor, Duties, Finalized, KeyState, ParkReport, SendError,
    SourceError, Voice,
};
use runtime_mock::{
    runtime::{FatContracts, Runtime},
    workers, Extrinsic, MockChain,
};

/// A chain in process with the blocks that its worker hasn't executed. Every block is final at once,
/// and what the worker says is in the next one.
#[derive(Clone, Debug)]
pub struct MockSource {
    pub(crate) chain: MockChain,
    /// The blocks of its cluster that aren't executed, in order, as they were made.
    pub(crate) waiting: Vec<ClusterBlock>,
    account: AccountId,
    /// What the worker said since the last block.
    said: Vec<Extrinsic>,
}

impl MockSource {
    pub(crate) fn new(chain: MockChain, waiting: Vec<ClusterBlock>) -> Self {
        Self::of(chain, waiting, worker())
    }

    /// A chain as one of its workers sees it, with the blocks that this one hasn't executed, in order.
    pub fn of(chain: MockChain, waiting: Vec<ClusterBlock>, account: AccountId) -> Self {
        Self {
            chain,
            waiting,
            account,
            said: Vec::new(),
        }
    }

    /// The same chain as a fork that is thrown away, without what waits.
    pub(crate) fn fork(&self) -> Self {
        Self::new(self.chain.clone(), Vec::new())
    }

    /// The chain.
    pub fn chain(&self) -> &MockChain {
        &self.chain
    }

    /// What the worker said, which the next block begins with.
    pub fn take_said(&mut self) -> Vec<Extrinsic> {
        std::mem::take(&mut self.said)
    }

    /// The worker signs a call.
    fn say(&mut self, call: Call<Runtime>) {
        self.said
            .push(Extrinsic::signed(self.account.clone(), call));
    }

    /// What the next block waits for from a worker.
    pub(crate) fn duties_of(
        &self,
        cluster: ClusterId,
        worker: &AccountId,
        limit: usize,
    ) -> Vec<BlockNumber> {
        self.chain.query(|| state::expected(cluster, worker, limit))
    }
}

impl ChainSource for MockSource {
    fn account(&self) -> &AccountId {
        &self.account
    }

    fn constants(&self) -> Result<ChainConstants, SourceError> {
        Ok(state::constants())
    }

    fn finalized(&self) -> Result<Finalized, SourceError> {
        let head = self.chain.head();
        Ok(Finalized {
            number: head.number,
            hash: head.hash,
        })
    }

    fn blocks_after(
        &self,
        cluster: ClusterId,
        cursor: &Cursor,
        limit: usize,
    ) -> Result<Vec<ClusterBlock>, SourceError> {
        let waiting = self.waiting.iter().filter(|it| it.cluster == cluster);
        let after = waiting.filter(|it| cursor.block.is_none_or(|done| it.number > done));
        let after = after.take(limit).cloned();
        Ok(after.map(|block| self.chain.amended(block)).collect())
    }

    fn amended(&self, block: ClusterBlock) -> Result<ClusterBlock, SourceError> {
        Ok(self.chain.amended(block))
    }

    fn system_code(&self, hash: &CodeHash) -> Result<Option<Vec<u8>>, SourceError> {
        Ok(self.chain.query(|| FatContracts::system_code(*hash)))
    }

    fn interpreted(&self) -> Result<Vec<EngineVersion>, SourceError> {
        Ok(self.chain.query(FatContracts::interpreted_engines))
    }

    fn duties(
        &self,
        cluster: ClusterId,
        worker: &AccountId,
        limit: u32,
    ) -> Result<Duties, SourceError> {
        let limit = limit as usize;
        Ok(self.chain.query(|| state::duties(cluster, worker, limit)))
    }

    fn confirmed(&self, cluster: ClusterId) -> Result<Option<BlockNumber>, SourceError> {
        Ok(self.chain.query(|| FatContracts::confirmed_block(cluster)))
    }

    fn knows_report(&self, cluster: ClusterId, report: &ParkReport) -> Result<bool, SourceError> {
        Ok(self.chain.query(|| state::knows_report(cluster, report)))
    }

    fn cluster_keys(
        &self,
        cluster: ClusterId,
        worker: &AccountId,
    ) -> Result<KeyState, SourceError> {
        Ok(self.chain.query(|| state::key_state(cluster, worker)))
    }
}

impl Voice for MockSource {
    fn acknowledge(
        &mut self,
        cluster: ClusterId,
        checkpoints: Vec<Checkpoint>,
    ) -> Result<(), SendError> {
        let said = workers::acknowledge(self.account.clone(), cluster, checkpoints);
        self.said.push(said);
        Ok(())
    }

    fn report_parked(&mut self, cluster: ClusterId, report: ParkReport) -> Result<(), SendError> {
        let ParkReport {
            block,
            seq,
            cause,
            as_of,
        } = report;
        let said = workers::report_parked(self.account.clone(), cluster, block, seq, cause, as_of);
        self.said.push(said);
        Ok(())
    }

    fn announce_engines(&mut self, files: Vec<Hash>) -> Result<(), SendError> {
        self.said.push(announce_by(self.account.clone(), files)?);
        Ok(())
    }

    fn register_worker(&mut self) -> Result<(), SendError> {
        let worker = self.account.clone();
        let admit = Call::<Runtime>::register_worker { worker };
        // On a development chain the council admits whoever asks.
        self.said.push(Extrinsic::governance(admit));
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
