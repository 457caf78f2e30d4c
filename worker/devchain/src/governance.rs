//! What else a chain decides about a cluster than its owner's orders: which engines there are,
//! who its workers are, and whose word counts when they disagree.

use crate::{
    config::{owner, worker, CLUSTER},
    genesis,
    node::ProducedBlock,
    state, DevError, DevNode,
};
use fat_contracts_primitives::{
    AccountId, BlockNumber, Checkpoint, ClusterId, EngineVersion, ExecutionMode, MessageHash, Seq,
    StateRoot,
};
use pallet_fat_contracts::{Call, Confirmation, QueueCheckpoints, Queues, Tallies};
use pink_worker_core::InstalledEngine;
use runtime_mock::{
    runtime::{FatContracts, Runtime},
    workers, Extrinsic,
};

impl DevNode {
    /// What the chain has confirmed of a block's checkpoint; none if it isn't, or was pruned.
    pub fn confirmation(&self, cluster: ClusterId, block: BlockNumber) -> Option<Confirmation> {
        self.source
            .chain
            .query(|| FatContracts::confirmation(cluster, block))
    }

    /// The last message that the chain ordered up to the end of a block, and the running hash there; none before the
    /// first, or if that was pruned.
    pub fn queue_at(&self, cluster: ClusterId, block: BlockNumber) -> Option<(Seq, MessageHash)> {
        self.source.chain.query(|| {
            let queue = Queues::<Runtime>::get(cluster);
            let (end, hash) = if queue.block <= block {
                (queue.next, queue.hash)
            } else {
                let kept = QueueCheckpoints::<Runtime>::iter_prefix(cluster);
                let kept = kept.filter(|(at, _)| *at <= block);
                let (_, last) = kept.max_by_key(|(at, _)| *at)?;
                (last.end, last.message_hash)
            };
            Some((end.checked_sub(1)?, hash))
        })
    }

    /// The newest block whose checkpoint the chain has confirmed; none before the first.
    pub fn confirmed_block(&self, cluster: ClusterId) -> Option<BlockNumber> {
        self.source
            .chain
            .query(|| FatContracts::confirmed_block(cluster))
    }

    /// Has the council vote for recording an engine, by the file that the directory has.
    ///
    /// # Errors
    /// There is no such file, it can't be loaded, or the chain refuses.
    pub fn register(&mut self, version: EngineVersion) -> Result<ProducedBlock, DevError> {
        let engine = InstalledEngine::find(&self.worker.registry().another(), version)?;
        self.dispatch(vec![genesis::register(&engine)], Vec::new())
    }

    /// Has the council say how every worker is to run contracts under an engine. They obey from the next block on; what
    /// comes out is the same.
    ///
    /// # Errors
    /// The chain refuses: it has no such engine, or it is so already.
    pub fn set_engine_mode(
        &mut self,
        version: EngineVersion,
        mode: ExecutionMode,
    ) -> Result<ProducedBlock, DevError> {
        let call = Call::<Runtime>::set_engine_mode { version, mode };
        self.dispatch(vec![Extrinsic::governance(call)], Vec::new())
    }

    /// The engines under which every worker is to interpret contracts, by the chain's word, ascending.
    pub fn interpreted_engines(&self) -> Vec<EngineVersion> {
        self.source.chain.query(FatContracts::interpreted_engines)
    }

    /// Takes another worker into the cluster: the council admits it, it announces the engines
    /// that the development worker has, and the owner takes it in. It executes nothing; what it
    /// says is up to [`DevNode::acknowledge`].
    ///
    /// # Errors
    /// The chain refuses.
    pub fn add_worker(&mut self, member: AccountId) -> Result<ProducedBlock, DevError> {
        let files = self.announced()?;
        let extrinsics = workers::add_worker(member, owner(), CLUSTER, files);
        self.dispatch(extrinsics, Vec::new())
    }

    /// Has a member say what the chain waits for from it: what the development worker says as
    /// well, or, about the last of these blocks, another root.
    ///
    /// # Errors
    /// [`DevError::NothingToSay`] if the chain waits for nothing, or it refuses.
    pub fn acknowledge(
        &mut self,
        member: AccountId,
        root: Option<StateRoot>,
    ) -> Result<ProducedBlock, DevError> {
        let mut checkpoints = self.expected_of(&member)?;
        let Some(last) = checkpoints.last_mut() else {
            return Err(DevError::NothingToSay { who: member });
        };
        last.root = root.unwrap_or(last.root);
        let said = workers::acknowledge(member, CLUSTER, checkpoints);
        self.dispatch(vec![said], Vec::new())
    }

    fn expected_of(&self, member: &AccountId) -> Result<Vec<Checkpoint>, DevError> {
        let most = state::constants().max_checkpoints;
        let blocks = self.source.duties_of(CLUSTER, member, most as usize);
        let said = blocks.into_iter();
        let said = said.map_while(|block| self.worker.checkpoint(block).transpose());
        Ok(said.collect::<Result<_, _>>()?)
    }

    /// Has the council decide where workers disagree: in favour of a worker that reported the right
    /// root, with all that it says of the block; or, if nobody did, by naming the root, which leaves
    /// open what the block asks of the chain. The right root is the development worker's, or another.
    ///
    /// # Errors
    /// [`DevError::NotDiverged`] if they agree, or the chain refuses.
    pub fn resolve(&mut self, root: Option<StateRoot>) -> Result<ProducedBlock, DevError> {
        let diverged = self
            .source
            .chain
            .query(|| FatContracts::cluster(CLUSTER))
            .and_then(|cluster| cluster.diverged);
        let Some(block) = diverged else {
            return Err(DevError::NotDiverged);
        };
        let ours = self.worker.checkpoint(block)?;
        let Some(root) = root.or(ours.map(|checkpoint| checkpoint.root)) else {
            return Err(DevError::NothingToSay { who: worker() });
        };
        let said = self
            .source
            .chain
            .query(|| Tallies::<Runtime>::get(CLUSTER, block));
        let right = said.into_iter().find(|tally| tally.root == root);
        let right = right.and_then(|tally| tally.voters.into_iter().next());
        let resolve = match right {
            Some(worker) => Call::<Runtime>::resolve_in_favour {
                cluster: CLUSTER,
                worker,
                up_to: block,
            },
            None => Call::<Runtime>::resolve_divergence {
                cluster: CLUSTER,
                block,
                root,
                as_of: self.chain().head().number,
            },
        };
        self.dispatch(vec![Extrinsic::governance(resolve)], Vec::new())
    }
}
