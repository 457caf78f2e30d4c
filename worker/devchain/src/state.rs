//! What a worker reads of a chain's state, by the runtime in process: for whoever has that state at hand.

use fat_contracts_primitives::{AccountId, BlockNumber, ClusterId, Hash, Seq};
use frame_support::traits::Get;
use pallet_fat_contracts::{
    ClusterKeys, Config, Members, ParkReports, Progress, SealedKeys, StagedAmendments, WorkerKeys,
};
use pink_worker_core::source::{
    ChainConstants, Duties, KeyMember, KeyState, ParkReport, SendError,
};
use runtime_mock::runtime::{FatContracts, Runtime, System};

/// What the runtime fixes. It needs no state.
pub fn constants() -> ChainConstants {
    ChainConstants {
        checkpoint_interval: <Runtime as Config>::CheckpointInterval::get(),
        max_checkpoints: <Runtime as Config>::MaxCheckpoints::get(),
        max_announced: <Runtime as Config>::MaxAnnounced::get(),
    }
}

/// The blocks that a worker is expected to acknowledge, oldest first, at most `limit`. The state's own block is moved on
/// by one: it has to be one that is thrown away.
pub fn expected(cluster: ClusterId, worker: &AccountId, limit: usize) -> Vec<BlockNumber> {
    // The last block is over once the next one begins.
    System::set_block_number(System::block_number().saturating_add(1));
    let expected = FatContracts::to_acknowledge(cluster, worker, limit);
    expected.iter().map(|it| it.cursor.block).collect()
}

/// What the chain waits for from a worker. As [`expected`], it moves the state's own block on.
pub fn duties(cluster: ClusterId, worker: &AccountId, limit: usize) -> Duties {
    Duties {
        amended: amended(cluster),
        expected: expected(cluster, worker, limit),
    }
}

/// The messages of a cluster for which amendments are staged.
fn amended(cluster: ClusterId) -> Vec<Seq> {
    let staged = StagedAmendments::<Runtime>::get();
    let ours = staged.iter().filter(|(of, _)| *of == cluster);
    ours.map(|(_, amendment)| amendment.seq).collect()
}

/// Whether somebody has reported the same.
pub fn knows_report(cluster: ClusterId, report: &ParkReport) -> bool {
    let same = (report.block, report.seq, report.cause);
    ParkReports::<Runtime>::get(cluster)
        .iter()
        .any(|it| (it.block, it.seq, it.cause) == same)
}

/// What there is of a cluster's key, as one of its workers sees it.
pub fn key_state(cluster: ClusterId, worker: &AccountId) -> KeyState {
    let sealed_to = |to: &AccountId| SealedKeys::<Runtime>::get(cluster, to).into_inner();
    let members = Members::<Runtime>::get(cluster).into_iter();
    let members = members.filter(|member| member.diverged.is_none());
    KeyState {
        commitment: ClusterKeys::<Runtime>::get(cluster),
        first: FatContracts::first_member(cluster),
        confirmed: Progress::<Runtime>::get(cluster).confirmed.block,
        members: members
            .map(|member| KeyMember {
                key: WorkerKeys::<Runtime>::get(&member.worker),
                sealed: sealed_to(&member.worker)
                    .iter()
                    .find(|it| it.from == *worker)
                    .map(|it| it.sealed),
                worker: member.worker,
            })
            .collect(),
        envelopes: sealed_to(worker)
            .into_iter()
            .map(|it| (it.from, it.sealed))
            .collect(),
    }
}

/// Engine files as a worker announces them: each once, in order.
///
/// # Errors
/// There are more than the chain takes.
pub fn announced(mut files: Vec<Hash>) -> Result<Vec<Hash>, SendError> {
    files.sort();
    files.dedup();
    let most = constants().max_announced;
    let found = files.len();
    if found > most as usize {
        return Err(SendError::TooManyEngines { found, most });
    }
    Ok(files)
}
