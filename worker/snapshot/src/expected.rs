use crate::{Header, SnapshotError};
use fat_contracts_primitives::{
    BlockNumber, ClusterId, EngineVersion, Hash, MessageHash, ReceiptsRoot, Seq, StateRoot,
};
use std::fmt::Debug;

/// What is known of a confirmed checkpoint, by somebody who doesn't believe the giver of a snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Confirmed {
    /// What a chain keeps: the hash of the whole tuple that a quorum said. Everything in a snapshot's header
    /// is proven by it.
    Tuple {
        /// The block.
        block: BlockNumber,
        /// BLAKE2b-256 of the tuple.
        hash: Hash,
    },
    /// The tuple's parts without its effects, as whoever followed the chain knows them.
    Checkpoint(ConfirmedCheckpoint),
    /// A root alone: one that an operator was told, or that governance named. It proves the state, and the
    /// engine by it. Receipts root and effects are the giver's word. Where nothing is known of the queue, that block,
    /// running hash and last message belong to it shows with the next block, which the worker refuses if they don't.
    Root {
        /// The block, if that is known.
        block: Option<BlockNumber>,
        /// The state root.
        root: StateRoot,
        /// What was ordered up to there, if that is known: a chain that was told a root knows it by itself.
        queue: Option<ConfirmedQueue>,
    },
}

/// The end of a cluster's queue at a block, as the chain that ordered it knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConfirmedQueue {
    /// The last message.
    pub last_seq: Seq,
    /// The running hash after the block.
    pub message_hash: MessageHash,
}

/// The parts of a confirmed checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfirmedCheckpoint {
    /// The block.
    pub block: BlockNumber,
    /// The state root after it.
    pub root: StateRoot,
    /// The running hash after it.
    pub message_hash: MessageHash,
    /// The root of its receipts.
    pub receipts_root: ReceiptsRoot,
    /// The version that the cluster runs after it.
    pub engine: EngineVersion,
    /// The last message.
    pub last_seq: Seq,
}

/// What a snapshot has to be of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// The hash of the chain's genesis block. A snapshot that names another one is refused.
    pub genesis: Option<Hash>,
    /// The cluster; none only where a person vouches for a root.
    pub cluster: Option<ClusterId>,
    /// What is confirmed.
    pub confirmed: Confirmed,
}

impl Expected {
    /// By nothing but a root that somebody vouches for.
    pub fn root(root: StateRoot) -> Self {
        Self {
            genesis: None,
            cluster: None,
            confirmed: Confirmed::Root {
                block: None,
                root,
                queue: None,
            },
        }
    }

    /// Compares a snapshot's header with it.
    ///
    /// # Errors
    /// [`SnapshotError::Another`] for the first thing that differs.
    pub fn check(&self, header: &Header) -> Result<(), SnapshotError> {
        let found = &header.checkpoint;
        if let (Some(expected), Some(found)) = (self.genesis, header.genesis) {
            same("chain, by its genesis,", expected, found)?;
        }
        if let Some(expected) = self.cluster {
            same("cluster", expected, header.cluster)?;
        }
        match &self.confirmed {
            Confirmed::Tuple { block, hash } => {
                same("block", *block, found.block)?;
                same("confirmed tuple's hash", *hash, header.tuple_hash())
            }
            Confirmed::Checkpoint(expected) => {
                same("block", expected.block, found.block)?;
                same("state root", expected.root, found.root)?;
                same("running hash", expected.message_hash, found.message_hash)?;
                same("receipts root", expected.receipts_root, found.receipts_root)?;
                same("last message", expected.last_seq, found.last_seq)?;
                let (expected, found) = (expected.engine, found.engine);
                if expected != found {
                    return Err(SnapshotError::Another {
                        what: "engine",
                        expected: expected.to_string(),
                        found: found.to_string(),
                    });
                }
                Ok(())
            }
            Confirmed::Root { block, root, queue } => {
                if let Some(block) = block {
                    same("block", *block, found.block)?;
                }
                same("state root", *root, found.root)?;
                if let Some(queue) = queue {
                    same("running hash", queue.message_hash, found.message_hash)?;
                    same("last message", queue.last_seq, found.last_seq)?;
                }
                Ok(())
            }
        }
    }
}

fn same<T: PartialEq + Debug>(
    what: &'static str,
    expected: T,
    found: T,
) -> Result<(), SnapshotError> {
    if expected == found {
        Ok(())
    } else {
        Err(SnapshotError::Another {
            what,
            expected: format!("{expected:?}"),
            found: format!("{found:?}"),
        })
    }
}
