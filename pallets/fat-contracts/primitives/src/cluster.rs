use crate::{AccountId, Balance, BlockNumber, EngineVersion, Seq};
use parity_scale_codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// The salt under which a cluster's system contract is deployed. Nobody else may use it.
pub const SYSTEM_SALT: &[u8] = b"pink:system";

/// The first major version of engines that have a system contract. A message that brings a
/// cluster to such an engine carries the hash of its code.
pub const FIRST_MAJOR_WITH_SYSTEM_CONTRACT: u32 = 2;

/// Who may upload code to a cluster and instantiate it. Calls, deposits and withdrawals are open
/// to everyone.
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    Debug,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
)]
pub enum Permission {
    /// Everyone.
    #[codec(index = 0)]
    Public,
    /// The cluster's owner alone.
    #[codec(index = 1)]
    OwnerOnly,
}

/// What things cost inside a cluster, in the chain's smallest unit.
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    Debug,
    Default,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
)]
pub struct Prices {
    /// Price of one picosecond of ref time.
    pub gas_price: Balance,
    /// Price of holding one storage item.
    pub deposit_per_item: Balance,
    /// Price of holding one byte of storage.
    pub deposit_per_byte: Balance,
}

/// A cluster's runtime upgrade, from its request until workers confirmed it.
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    Debug,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
)]
pub struct PendingUpgrade {
    /// The version that the cluster is upgraded to.
    pub to: EngineVersion,
    /// The block that the Upgrade is the first message of.
    pub at: BlockNumber,
    /// The Upgrade message, once it is queued. Before that the upgrade can be cancelled.
    pub seq: Option<Seq>,
}

/// What a cluster is open for.
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    Debug,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
)]
pub enum ClusterStatus {
    /// Everything.
    #[codec(index = 0)]
    Active,
    /// It is being destroyed: withdrawals and acknowledgements only.
    #[codec(index = 1)]
    Closing {
        /// The block in which that began.
        since: BlockNumber,
    },
    /// Its Destroy is queued, as its last message; what is left of it here will be removed.
    #[codec(index = 2)]
    Destroyed {
        /// The block of that message.
        at: BlockNumber,
    },
}

/// What the chain records about a cluster.
#[derive(
    Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct ClusterRecord {
    /// Who may upgrade the cluster, change its prices and its workers.
    pub owner: AccountId,
    /// Who may upload and instantiate.
    pub permission: Permission,
    /// What it is open for.
    pub status: ClusterStatus,
    /// The checkpoint about which workers disagree so that no quorum is possible. Payouts and
    /// upgrades wait for governance.
    pub diverged: Option<BlockNumber>,
    /// The version that workers last confirmed; at first, the version it was made with.
    pub engine: EngineVersion,
    /// The upgrade that is under way.
    pub pending: Option<PendingUpgrade>,
    /// The prices for messages that are queued now.
    pub prices: Prices,
    /// The ledger account that receives fees, rent and dust.
    pub treasury: AccountId,
    /// The least that a ledger account other than the treasury may hold; fixed for ever.
    pub existential_deposit: Balance,
    /// The block in which the cluster was made.
    pub created_at: BlockNumber,
}

impl ClusterRecord {
    /// The version that executes a message queued now, if the upgrade before it succeeds.
    pub fn engine_of_the_tail(&self) -> EngineVersion {
        match self.pending {
            Some(PendingUpgrade {
                to, seq: Some(_), ..
            }) => to,
            _ => self.engine,
        }
    }
}
