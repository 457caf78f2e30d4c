//! What goes wrong with a chain: what passes by itself, and what doesn't.

use fat_contracts_primitives::{BlockNumber, Hash};

/// Why a source gives nothing.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// It passes: ask again, after a pause that grows.
    #[error(transparent)]
    Transient(#[from] TransientError),
    /// It doesn't: the worker stands until somebody looks at it, or has another source.
    #[error(transparent)]
    Permanent(#[from] PermanentError),
}

impl SourceError {
    /// Whether it is worth asking again.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Transient(_))
    }
}

/// What passes by itself.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TransientError {
    /// Nobody answers, in time or at all.
    #[error("{endpoint} can't be asked for {what}: {reason}")]
    Unreachable {
        /// Who was asked.
        endpoint: String,
        /// What for.
        what: &'static str,
        /// What the connection said.
        reason: String,
    },
    /// The state in which it was to be read is gone: a newer one is there.
    #[error("{endpoint} has the state of block {block} no more")]
    StateGone {
        /// Who was asked.
        endpoint: String,
        /// The block.
        block: BlockNumber,
    },
    /// It is behind what it, or another one, said before.
    #[error("{endpoint} is at block {found}, behind block {known}, which was finalized")]
    Behind {
        /// Who was asked.
        endpoint: String,
        /// The newest finalized block that is known.
        known: BlockNumber,
        /// Its newest one.
        found: BlockNumber,
    },
    /// It says that a block is final, and gives nothing that proves it.
    #[error(
        "{endpoint} says that block {block} is final and gives no justification of it, nor of any \
         other behind block {known}"
    )]
    NotJustified {
        /// Who was asked.
        endpoint: String,
        /// The newest block that is proven to be final.
        known: BlockNumber,
        /// The one that it says is.
        block: BlockNumber,
    },
}

/// What somebody has to look at.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PermanentError {
    /// It is another chain.
    #[error("{endpoint} serves the chain {found:?}, not {expected:?}")]
    OtherChain {
        /// Who was asked.
        endpoint: String,
        /// The genesis block's hash of the worker's chain.
        expected: Hash,
        /// That of the one that answered.
        found: Hash,
    },
    /// What it gave isn't what the chain has: a proof, a header or a justification is wrong.
    #[error("{endpoint} gave a wrong {what}: {reason}")]
    Unproven {
        /// Who gave it.
        endpoint: String,
        /// Which part.
        what: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// The chain has the blocks no more that come next: a snapshot or an archive has.
    #[error("block {next} is needed next, and the chain has none before {oldest}")]
    Pruned {
        /// The block that is needed.
        next: BlockNumber,
        /// The oldest that there is.
        oldest: BlockNumber,
    },
    /// The chain's runtime has something that this program doesn't know.
    #[error("the chain's {what} is unknown to this program: {reason}")]
    Unsupported {
        /// What was changed: a type, a call, a storage item.
        what: String,
        /// How it differs.
        reason: String,
    },
}

/// Why something isn't said to the chain. It can be said again.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SendError {
    /// The chain can't be had.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The chain doesn't take it.
    #[error("the chain refuses {call}: {reason}")]
    Refused {
        /// The call.
        call: &'static str,
        /// Why, in the chain's words.
        reason: String,
    },
    /// More engine files than a worker can announce.
    #[error("{found} engines are more than the {most} that a worker can announce")]
    TooManyEngines {
        /// How many there are.
        found: usize,
        /// How many there may be.
        most: u32,
    },
}
