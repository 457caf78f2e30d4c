//! Makes blocks, in the order in which a node does.

use super::{
    runtime::{caught, state},
    Block, Chain, StoredBlock, STATE_VERSION,
};
use fat_contracts_primitives::{BlockNumber, Hash};
use frame_support::traits::Get;
use parity_scale_codec::Encode;
use runtime_mock::{
    runtime::{consensus::SlotDuration, Executive, Header, UncheckedExtrinsic},
    RuntimeCall,
};
use sp_core::Blake2Hasher;
use sp_runtime::{
    traits::Header as _, transaction_validity::TransactionValidityError, Digest, DigestItem,
};
use sp_state_machine::{Ext, OverlayedChanges, StorageCollection};

/// Why an extrinsic isn't in a block that it was offered for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SkipReason {
    /// It isn't valid, now or at all.
    Invalid(TransactionValidityError),
    /// The runtime panicked over it.
    Panicked(String),
}

/// A block that was made.
#[derive(Debug)]
pub(crate) struct BuiltBlock {
    pub(crate) number: BlockNumber,
    pub(crate) hash: Hash,
    /// Which of the extrinsics that were offered are in it.
    pub(crate) taken: Vec<usize>,
    /// Which aren't, and why.
    pub(crate) left: Vec<(usize, SkipReason)>,
    /// What it changed in the state.
    pub(crate) changes: StorageCollection,
}

/// What the runtime says of a block that it made.
struct Executed {
    header: Header,
    body: Vec<Vec<u8>>,
    taken: Vec<usize>,
    left: Vec<(usize, SkipReason)>,
}

impl Chain {
    /// Makes the next block, at this time, of at most `most` of the extrinsics that are offered, in their order. Without
    /// any there is no block, unless an empty one is wanted: then nothing is changed.
    ///
    /// # Errors
    /// The runtime panicked over a block without extrinsics, or the state can't be read.
    pub(crate) fn make(
        &mut self,
        now_ms: u64,
        offered: &[UncheckedExtrinsic],
        most: usize,
        empty: bool,
    ) -> Result<Result<BuiltBlock, Vec<(usize, SkipReason)>>, String> {
        let mut bad: Vec<(usize, SkipReason)> = Vec::new();
        loop {
            let (number, parent, root) = {
                let best = self.best();
                (
                    best.number.saturating_add(1),
                    best.hash,
                    best.kept.header.state_root,
                )
            };
            let backend = state(&self.nodes, root);
            let mut overlay = OverlayedChanges::<Blake2Hasher>::default();
            let mut ext = Ext::new(&mut overlay, &backend, None);
            // At which extrinsic it is.
            let mut at = None;
            let done = caught(|| {
                sp_externalities::set_and_run_with_externalities(&mut ext, || {
                    let skip = |index: &usize| bad.iter().any(|(it, _)| it == index);
                    let offered = offered.iter().enumerate();
                    let offered = offered.filter(|(index, _)| !skip(index));
                    execute(number, parent, now_ms, offered, most, &mut at)
                })
            });
            let Executed {
                header,
                body,
                taken,
                mut left,
            } = match (done, at) {
                (Ok(done), _) => done,
                (Err(words), Some(index)) => {
                    bad.push((index, SkipReason::Panicked(words)));
                    continue;
                }
                (Err(words), None) => return Err(words),
            };
            left.append(&mut bad);
            if taken.is_empty() && !empty {
                return Ok(Err(left));
            }
            let changes = overlay.drain_storage_changes(&backend, STATE_VERSION)?;
            if changes.transaction_storage_root != header.state_root {
                let found = changes.transaction_storage_root;
                return Err(format!(
                    "block {number} has the state root {:?}, and its changes make {found:?}",
                    header.state_root
                ));
            }
            let journal = self.nodes.apply(changes.transaction, number);
            self.push(StoredBlock { header, body }, journal, true);
            let Block { number, hash, .. } = *self.best();
            return Ok(Ok(BuiltBlock {
                number,
                hash,
                taken,
                left,
                changes: changes.main_storage_changes,
            }));
        }
    }
}

/// Inside the runtime.
fn execute<'e>(
    number: BlockNumber,
    parent: Hash,
    now_ms: u64,
    offered: impl Iterator<Item = (usize, &'e UncheckedExtrinsic)>,
    most: usize,
    at: &mut Option<usize>,
) -> Executed {
    let slot = sp_consensus_aura::Slot::from(now_ms / SlotDuration::get());
    // By which Aura judges the block's time.
    let said = DigestItem::PreRuntime(sp_consensus_aura::AURA_ENGINE_ID, slot.encode());
    let digest = Digest { logs: vec![said] };
    let header = Header::new(number, Hash::zero(), Hash::zero(), parent, digest);
    Executive::initialize_block(&header);
    let time = RuntimeCall::Timestamp(pallet_timestamp::Call::set { now: now_ms });
    let time = UncheckedExtrinsic::new_bare(time);
    let mut body = vec![time.encode()];
    // It is what a block begins with: a runtime that doesn't take it makes no blocks.
    let _ = Executive::apply_extrinsic(time);
    let (mut taken, mut left) = (Vec::new(), Vec::new());
    for (index, extrinsic) in offered {
        if taken.len() >= most {
            break;
        }
        *at = Some(index);
        sp_io::storage::start_transaction();
        match Executive::apply_extrinsic(extrinsic.clone()) {
            Ok(_) => {
                sp_io::storage::commit_transaction();
                body.push(extrinsic.encode());
                taken.push(index);
            }
            Err(error) => {
                sp_io::storage::rollback_transaction();
                left.push((index, SkipReason::Invalid(error)));
            }
        }
    }
    *at = None;
    Executed {
        header: Executive::finalize_block(),
        body,
        taken,
        left,
    }
}
