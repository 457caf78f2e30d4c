//! What workers send to the chain.

use crate::{runtime::FatContracts, Extrinsic, MockChain};
use fat_contracts_primitives::{
    AccountId, BlockNumber, Checkpoint, ClusterBlock, ClusterId, Effect, EngineVersion, Hash,
    ParkCause, ReceiptsRoot, Seq, StateRoot,
};
use frame_support::BoundedVec;
use pallet_fat_contracts::{Call, ExpectedCheckpoint};

/// What admits a worker and puts it into a cluster, for the first extrinsics of a block: the
/// council admits it, it names the cluster's owner and the engine files that it has, and the
/// owner takes it in. Files beyond what a worker may announce are left out.
pub fn add_worker(
    worker: AccountId,
    owner: AccountId,
    cluster: ClusterId,
    files: Vec<Hash>,
) -> Vec<Extrinsic> {
    let serve = Call::serve_owner {
        owner: Some(owner.clone()),
    };
    let join = Call::add_worker_to_cluster {
        cluster,
        worker: worker.clone(),
    };
    vec![
        Extrinsic::governance(Call::register_worker {
            worker: worker.clone(),
        }),
        Extrinsic::signed(worker.clone(), serve),
        announce(worker, files),
        Extrinsic::signed(owner, join),
    ]
}

/// A worker says which engine files it has, instead of what it said before.
pub fn announce(worker: AccountId, files: Vec<Hash>) -> Extrinsic {
    let engines = BoundedVec::truncate_from(files);
    Extrinsic::signed(worker, Call::announce_engines { engines })
}

/// A worker says what a cluster's state is after a checkpoint that the chain expects from it.
pub fn acknowledge(
    worker: AccountId,
    cluster: ClusterId,
    checkpoints: Vec<Checkpoint>,
) -> Extrinsic {
    Extrinsic::signed(
        worker,
        Call::acknowledge {
            cluster,
            checkpoints,
        },
    )
}

/// A worker says at which message it can't go on, and why, as it read it in the state of `as_of`.
pub fn report_parked(
    worker: AccountId,
    cluster: ClusterId,
    block: BlockNumber,
    seq: Seq,
    cause: ParkCause,
    as_of: BlockNumber,
) -> Extrinsic {
    Extrinsic::signed(
        worker,
        Call::report_parked {
            cluster,
            block,
            seq,
            cause,
            as_of,
        },
    )
}

/// What a worker has to say about an expected checkpoint, given what it executed.
pub fn checkpoint(
    expected: &ExpectedCheckpoint,
    engine: EngineVersion,
    root: StateRoot,
    receipts_root: ReceiptsRoot,
    effects: Vec<Effect>,
) -> Checkpoint {
    Checkpoint {
        block: expected.cursor.block,
        last_seq: expected.last_seq,
        engine,
        root,
        receipts_root,
        message_hash: expected.message_hash,
        effects,
    }
}

impl MockChain {
    /// A block that a worker hasn't executed yet, as it has to be executed now: with what
    /// governance decided about its messages since.
    pub fn amended(&self, mut block: ClusterBlock) -> ClusterBlock {
        self.query(|| FatContracts::amend_block(&mut block));
        block
    }

    /// The checkpoints that a worker has to acknowledge, in order, at most `limit`.
    pub fn to_acknowledge(
        &self,
        cluster: ClusterId,
        worker: &AccountId,
        limit: usize,
    ) -> Vec<ExpectedCheckpoint> {
        self.query(|| FatContracts::to_acknowledge(cluster, worker, limit))
    }
}
