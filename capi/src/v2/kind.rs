use crate::types::{AccountId, Block, Mode};
use parity_scale_codec::{Decode, Encode};

/// What an `execute` does. The numbers are the header's `PINK_EXEC_*`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Kind {
    /// Takes over an older version's state: `(Env, Message)`.
    Upgrade = 1,
    /// The first work of a block: `Block`.
    Begin = 2,
    /// A message in order: `(Env, Message)`.
    Tx = 3,
    /// The last work of a block: `Block`.
    Idle = 4,
    /// A call off the chain: `(Env, Message)`.
    Query = 5,
    /// A message that is tried out: `(Env, Message)`.
    Estimate = 6,
    /// A look at the state: [`View`].
    View = 7,
}

impl Kind {
    /// The kind of this number; none if there is no such kind.
    pub const fn from_u32(kind: u32) -> Option<Self> {
        match kind {
            1 => Some(Self::Upgrade),
            2 => Some(Self::Begin),
            3 => Some(Self::Tx),
            4 => Some(Self::Idle),
            5 => Some(Self::Query),
            6 => Some(Self::Estimate),
            7 => Some(Self::View),
            _ => None,
        }
    }

    /// Whether it may commit.
    pub const fn changes_state(self) -> bool {
        matches!(self, Self::Upgrade | Self::Begin | Self::Tx | Self::Idle)
    }

    /// The mode that a message has under it; none if it takes no message.
    pub const fn mode(self) -> Option<Mode> {
        match self {
            Self::Upgrade | Self::Tx => Some(Mode::Transaction),
            Self::Query => Some(Mode::Query),
            Self::Estimate => Some(Mode::Estimating),
            Self::Begin | Self::Idle | Self::View => None,
        }
    }
}

/// A look at the state. Each answers with the type of the first ABI's call of that name.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum View {
    /// `EngineInfo`; reads no state.
    #[codec(index = 1)]
    Describe,
    /// `AccountView`.
    #[codec(index = 20)]
    Account(AccountId),
    /// `Balance`.
    #[codec(index = 21)]
    TotalIssuance,
    /// `Option<ClusterView>`.
    #[codec(index = 22)]
    Cluster,
    /// `Option<ContractView>`.
    #[codec(index = 23)]
    Contract(AccountId),
    /// `Result<Option<Vec<u8>>, AccessError>`.
    #[codec(index = 24)]
    ContractStorage(AccountId, Vec<u8>),
    /// `Result<RentView, AccessError>`.
    #[codec(index = 25)]
    Rent(Block, AccountId),
}
