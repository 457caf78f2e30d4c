//! Where a worker gets the blocks from that it hasn't executed: from somebody who kept them, from the
//! newest state of the chain, or from somebody who lies.

use fastrand::Rng;
use fat_contracts_primitives::{
    Amendment, BlockNumber, ClusterBlock, EngineVersion, Hash, MessageHash, Remedy, Seq,
};
use pallet_fat_contracts::Progress;
use runtime_mock::{
    runtime::{FatContracts, Runtime},
    MockChain,
};

/// A chain, and who kept the blocks that it has pruned.
#[derive(Clone, Copy)]
pub(crate) struct Source<'c> {
    pub(crate) chain: &'c MockChain,
    pub(crate) history: &'c [ClusterBlock],
    pub(crate) cluster: u64,
}

impl Source<'_> {
    /// The blocks after one, at most `limit`, as they were made: from somebody who hears of nothing
    /// that was decided since.
    pub(crate) fn as_made(&self, done: Option<BlockNumber>, limit: usize) -> Vec<ClusterBlock> {
        let open = self.history.iter();
        let open = open.filter(|block| done.is_none_or(|done| block.number > done));
        open.take(limit).cloned().collect()
    }

    /// The same from somebody who kept them, with what was decided since.
    pub(crate) fn kept(&self, done: Option<BlockNumber>, limit: usize) -> Vec<ClusterBlock> {
        let made = self.as_made(done, limit).into_iter();
        made.map(|block| self.chain.amended(block)).collect()
    }

    /// The same from the newest state alone. Of a block in which nothing happened a worker knows the
    /// number. What was pruned comes from an archive. Returns how many blocks came from there as well.
    pub(crate) fn read(
        &self,
        done: Option<BlockNumber>,
        limit: usize,
        last: Option<MessageHash>,
    ) -> (Vec<ClusterBlock>, u64) {
        let after = done.unwrap_or_default();
        let (marked, engines, pruned) = self.chain.query(|| {
            (
                FatContracts::queue_checkpoint_blocks(self.cluster, after),
                FatContracts::engines(),
                Progress::<Runtime>::get(self.cluster).pruned.block,
            )
        });
        let read_at = self.chain.head().number;
        let mut hash = last.unwrap_or_default();
        let mut archived = 0;
        let mut blocks = Vec::new();
        for made in self.as_made(done, limit) {
            let number = made.number;
            let block = if marked.contains(&number) {
                let read = self
                    .chain
                    .query(|| FatContracts::block_of(self.cluster, number));
                read.expect("a marked block can be read")
            } else if made.touched() {
                let first = made.messages.first().map(|(seq, _)| *seq);
                let in_part = first.is_some_and(|seq| {
                    let message = || FatContracts::message(self.cluster, seq);
                    self.chain.query(message).is_none()
                });
                assert!(
                    number <= pruned || in_part,
                    "block {number} isn't pruned and can't be read"
                );
                archived += 1;
                self.chain.amended(made)
            } else {
                ClusterBlock {
                    cluster: self.cluster,
                    number,
                    now_ms: 0,
                    entropy: Hash::zero(),
                    upgrade_targets: Vec::new(),
                    system_code: None,
                    engines: engines.clone(),
                    amendments: Vec::new(),
                    amended_later: Vec::new(),
                    messages: Vec::new(),
                    message_hash: hash,
                    read_at,
                    extrinsics: Vec::new(),
                }
            };
            hash = block.message_hash;
            blocks.push(block);
        }
        (blocks, archived)
    }
}

/// Makes lies of what a source would give. They are about what the running hash doesn't cover: a
/// block that is altered is refused at once. Returns how many there were.
pub(crate) fn lie(rng: &mut Rng, blocks: &mut [ClusterBlock], versions: &[EngineVersion]) -> u64 {
    let before = blocks.to_vec();
    let mut drawn: Vec<usize> = (0..rng.usize(1..4))
        .map(|_| rng.usize(0..blocks.len()))
        .collect();
    // The first may be one that was executed.
    if rng.bool() {
        drawn.push(0);
    }
    let numbers: Vec<BlockNumber> = blocks.iter().map(|it| it.number).collect();
    for at in drawn {
        let Some(block) = blocks.get_mut(at) else {
            continue;
        };
        let remedy = if rng.bool() {
            Remedy::Skip
        } else {
            Remedy::ExecuteFrom(versions[rng.usize(0..versions.len())])
        };
        match rng.u8(0..8) {
            // Kept back.
            0 | 1 => block.amended_later.clear(),
            // Told wrongly.
            2 => {
                if let Some((_, amendment)) = block.amended_later.last_mut() {
                    amendment.remedy = remedy;
                }
            }
            // The files of engines.
            3 => {
                for (_, record) in &mut block.engines {
                    if rng.bool() {
                        record
                            .artefacts
                            .iter_mut()
                            .for_each(|it| it.hash = Hash::zero());
                    }
                }
            }
            4 => {
                let gone = rng.usize(0..=block.engines.len());
                block.engines.truncate(gone);
            }
            // Made up.
            _ => {
                let seqs: Vec<Seq> = block.messages.iter().map(|(seq, _)| *seq).collect();
                if !seqs.is_empty() {
                    let seq = seqs[rng.usize(0..seqs.len())];
                    let by = match rng.u8(0..5) {
                        0 => BlockNumber::MAX,
                        // One that is given as well, or the one after it.
                        1 | 2 => numbers[rng.usize(0..numbers.len())].max(block.number + 1),
                        _ => block.number + rng.u32(1..30),
                    };
                    let last = block.amended_later.last().map_or(0, |(by, _)| *by);
                    block
                        .amended_later
                        .push((by.max(last), Amendment { seq, remedy }));
                }
            }
        }
    }
    // Whoever lies about a block to come says that he has seen it.
    let promised = blocks
        .iter()
        .flat_map(|it| &it.amended_later)
        .map(|(by, _)| *by);
    let newest = promised.max().unwrap_or_default();
    for block in &mut *blocks {
        block.read_at = block.read_at.max(newest);
    }
    let told = blocks.iter().zip(&before);
    told.filter(|(is, was)| is.amended_later != was.amended_later || is.engines != was.engines)
        .count() as u64
}
