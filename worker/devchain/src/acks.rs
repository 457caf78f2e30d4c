//! The development worker's acknowledgements: what it says to the chain about its state.

use crate::{
    config::{worker, CLUSTER},
    DevError,
};
use fat_contracts_primitives::{AccountId, BlockNumber, ClusterBlock, Seq};
use pallet_fat_contracts::{Call, ParkReports, StagedAmendments};
use pink_worker_core::{exec::Parked, Worker};
use runtime_mock::{
    runtime::{FatContracts, Runtime, System},
    workers, Extrinsic, MockChain,
};

/// The most checkpoints of one extrinsic: `MaxCheckpoints` of the runtime.
const MOST: usize = 64;

/// Every so many blocks are a checkpoint, even if they are empty: `CheckpointInterval` of the
/// runtime.
const INTERVAL: BlockNumber = 100;

/// Whether the block after this one has something to acknowledge. Runs of empty blocks end there,
/// so that a checkpoint is acknowledged in the very next block, however the blocks are ordered.
pub(crate) fn is_checkpoint(input: &ClusterBlock) -> bool {
    input.touched() || input.number.is_multiple_of(INTERVAL)
}

/// The report that the next block has to begin with, if the worker stands at a message and the
/// chain doesn't know yet.
pub(crate) fn parked_report(chain: &MockChain, parked: Option<&Parked>) -> Option<Extrinsic> {
    let parked = parked?;
    let (block, seq, cause) = (parked.block, parked.seq?, parked.reason.cause()?);
    let known = chain.query(|| {
        ParkReports::<Runtime>::get(CLUSTER)
            .iter()
            .any(|it| (it.block, it.seq, it.cause) == (block, seq, cause))
    });
    // Of a block that isn't over the chain hears in the next one.
    let over = block <= chain.head().number;
    (over && !known).then(|| workers::report_parked(worker(), CLUSTER, block, seq, cause))
}

/// The acknowledgement that the next block has to begin with; none if there is nothing to say.
pub(crate) fn due(chain: &MockChain, executor: &Worker) -> Result<Option<Extrinsic>, DevError> {
    let mut checkpoints = Vec::new();
    let amended = about_to_be_amended(chain);
    for block in expected(chain, &worker()) {
        // What was executed without an amendment that takes effect in this very block will be
        // executed again.
        let input = executor.input(block)?;
        let messages = input.iter().flat_map(|input| &input.messages);
        if messages.into_iter().any(|(seq, _)| amended.contains(seq)) {
            break;
        }
        match executor.checkpoint(block)? {
            Some(checkpoint) => checkpoints.push(checkpoint),
            None => break,
        }
    }
    Ok((!checkpoints.is_empty()).then(|| {
        Extrinsic::signed(
            worker(),
            Call::<Runtime>::acknowledge {
                cluster: CLUSTER,
                checkpoints,
            },
        )
    }))
}

/// The messages whose amendments the next block delivers.
fn about_to_be_amended(chain: &MockChain) -> Vec<Seq> {
    let staged = chain.query(StagedAmendments::<Runtime>::get);
    let ours = staged.iter().filter(|(cluster, _)| *cluster == CLUSTER);
    ours.map(|(_, amendment)| amendment.seq).collect()
}

/// The checkpoints that the chain waits for from a worker, as many as one extrinsic may have.
pub(crate) fn expected(chain: &MockChain, worker: &AccountId) -> Vec<BlockNumber> {
    let next = chain.head().number.saturating_add(1);
    chain.query(|| {
        // The last block is over once the next one begins.
        System::set_block_number(next);
        let next = FatContracts::to_acknowledge(CLUSTER, worker, MOST);
        next.iter()
            .map(|checkpoint| checkpoint.cursor.block)
            .collect()
    })
}
