//! What happens in the loop, for whoever tells the operator.

use fat_contracts_primitives::{AccountId, BlockNumber, ClusterId, Hash};
use pink_worker_core::{
    exec::Parked,
    source::{FollowError, SourceError},
    store::Pruned,
    Imported, InstalledError, PendingEngine,
};

/// Something happened. What is told again and again is so each time: who prints it drops what is nothing new.
#[derive(Clone, Copy, Debug)]
pub enum Event<'e> {
    /// A transaction is durable: what it did, whatever came of it.
    Imported(&'e Imported),
    /// Blocks were executed and are durable.
    Followed {
        /// The last of them.
        block: BlockNumber,
        /// The newest final block that is known.
        newest: BlockNumber,
    },
    /// A block can't be executed. It is tried again.
    Parked(&'e Parked),
    /// The chain has no such cluster yet.
    NoCluster(ClusterId),
    /// The chain can't be followed at the moment. It is tried again, after a pause.
    Trouble(&'e FollowError),
    /// It looks for what there is to say.
    Speaks {
        /// The cluster.
        cluster: ClusterId,
        /// How many of the other members wait for a key that isn't handed on.
        withheld: usize,
    },
    /// All that there was to say is on its way: of this round, or of the last one of which that is known.
    Said,
    /// Something isn't said, of this round or of the last one of which that is known. It is tried again.
    Unsaid(Unsaid<'e>),
    /// How far the chain and the worker are.
    Heights {
        /// The newest final block that is known; 0 if none is.
        newest: BlockNumber,
        /// The last block that was executed.
        executed: Option<BlockNumber>,
        /// The chain's genesis block, if it is known.
        genesis: Option<Hash>,
    },
    /// The version that the cluster is about to be upgraded to.
    Upgrade(Option<&'e PendingEngine>),
    /// What the account that signs has for fees.
    Balance(Option<u128>),
    /// The chain confirmed a block.
    Confirmed {
        /// The newest that it did.
        block: BlockNumber,
        /// Whether the worker has the same of it; none if it has nothing of it any more, or yet.
        same: Option<bool>,
    },
    /// The chain doesn't say something that following it doesn't need.
    Unanswered {
        /// What.
        what: &'static str,
        /// Why.
        error: &'e SourceError,
    },
    /// Something was forgotten that the operator doesn't keep.
    Pruned(Pruned),
}

/// Why something isn't said to the chain.
#[derive(Clone, Copy, Debug)]
pub enum Unsaid<'e> {
    /// The chain hasn't admitted the worker.
    NotAdmitted(&'e AccountId),
    /// The engine files that it would announce can't be looked at.
    Engines(&'e InstalledError),
    /// The chain can't be had, or refuses.
    Failed(&'e FollowError),
}
