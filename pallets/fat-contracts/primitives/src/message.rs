use crate::{
    appended::appended, AccountId, Balance, BlockInput, BlockNumber, ClusterId, CodeHash,
    EngineVersion, Hash, MessageHash, Seq,
};
use alloc::vec::Vec;
use parity_scale_codec::{Decode, DecodeWithMemTracking, Encode, Error, Input};
use scale_info::TypeInfo;
use sp_crypto_hashing::blake2_256;

/// Two-dimensional weight, as it travels: `ref_time` in picoseconds, `proof_size` in bytes,
/// fixed width. (FRAME's own type encodes both compactly.)
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
    TypeInfo,
    parity_scale_codec::MaxEncodedLen,
)]
pub struct Weight {
    /// Picoseconds of computation.
    pub ref_time: u64,
    /// Bytes of state read.
    pub proof_size: u64,
}

/// The most amendments that the messages of one block may have, later ones of the same message counted
/// too. The chain orders no more, and a worker that is told of more isn't told of this chain.
pub const MAX_AMENDMENTS_OF_BLOCK: u32 = 1_024;

/// Hash of the system contract's code at the moment a message was queued.
pub type SystemCodeHash = Option<CodeHash>;

/// Which code a contract is made from.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub enum CodeSource {
    /// This code, uploaded with the message.
    #[codec(index = 0)]
    Code(Vec<u8>),
    /// Code that the cluster holds already when the message is executed.
    #[codec(index = 1)]
    Hash(CodeHash),
}

/// One transaction of a cluster, in the form in which the chain orders it.
///
/// The indices are fixed from the first release on: they are hashed into every cluster's
/// history.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub enum ClusterMessage {
    /// Brings the cluster into being; always its message 0.
    #[codec(index = 0)]
    Setup {
        /// The engine version that the cluster starts on.
        engine: EngineVersion,
        /// Who may upgrade the cluster and change its prices; receives `deposit` in the ledger.
        owner: AccountId,
        /// Money that the owner brings into the cluster at its creation.
        deposit: Balance,
        /// Price of one picosecond of ref time.
        gas_price: Balance,
        /// Price of holding one storage item.
        deposit_per_item: Balance,
        /// Price of holding one byte of storage.
        deposit_per_byte: Balance,
        /// The ledger account that receives fees, rent and dust.
        treasury: AccountId,
        /// The least that a ledger account other than the treasury may hold; fixed for ever.
        existential_deposit: Balance,
        /// The engine's own configuration, SCALE of a type of the engine's; empty = its defaults.
        engine_config: Vec<u8>,
        /// Code of the system contract, for engines that have one.
        system_code: SystemCodeHash,
    },
    /// Money came from the chain. Can't fail in an engine.
    #[codec(index = 1)]
    Deposit {
        /// The chain account that paid; gets the money back if the message is skipped.
        from: AccountId,
        /// The ledger account that receives it.
        dest: AccountId,
        /// How much; at least the cluster's existential deposit.
        amount: Balance,
    },
    /// Money is to go back to the chain.
    #[codec(index = 2)]
    Withdraw {
        /// The ledger account that is debited; the signer.
        from: AccountId,
        /// The chain account that is to be paid.
        dest: AccountId,
        /// How much.
        amount: Balance,
        /// The highest gas price that the sender accepts.
        max_gas_price: Balance,
    },
    /// Stores contract code.
    #[codec(index = 3)]
    Upload {
        /// The signer; pays fee and deposit.
        origin: AccountId,
        /// WebAssembly, as built.
        code: Vec<u8>,
        /// The highest storage deposit that the sender accepts; `None`: the engine's default.
        storage_deposit_limit: Option<Balance>,
        /// The highest gas price that the sender accepts.
        max_gas_price: Balance,
    },
    /// Makes a contract.
    #[codec(index = 4)]
    Instantiate {
        /// The signer; the deployer of the contract.
        origin: AccountId,
        /// Which code.
        code: CodeSource,
        /// Constructor selector and arguments.
        input: Vec<u8>,
        /// Part of the address.
        salt: Vec<u8>,
        /// Money for the contract.
        value: Balance,
        /// What the execution may use, without the message's base.
        gas_limit: Weight,
        /// The highest storage deposit that the sender accepts; `None`: the engine's default.
        storage_deposit_limit: Option<Balance>,
        /// The highest gas price that the sender accepts.
        max_gas_price: Balance,
    },
    /// Calls a contract.
    #[codec(index = 5)]
    Call {
        /// The signer.
        origin: AccountId,
        /// The contract.
        contract: AccountId,
        /// Message selector and arguments.
        input: Vec<u8>,
        /// Money for the contract.
        value: Balance,
        /// What the execution may use, without the message's base.
        gas_limit: Weight,
        /// The highest storage deposit that the sender accepts; `None`: the engine's default.
        storage_deposit_limit: Option<Balance>,
        /// The highest gas price that the sender accepts.
        max_gas_price: Balance,
    },
    /// Moves the cluster to a newer engine: later messages run under `to`.
    #[codec(index = 6)]
    Upgrade {
        /// The version that ran until here.
        from: EngineVersion,
        /// The version that runs from here on, if its `upgrade` succeeds.
        to: EngineVersion,
        /// Code of the system contract, for engines that have one.
        system_code: SystemCodeHash,
    },
    /// New prices, from here on.
    #[codec(index = 7)]
    UpdatePrices {
        /// Price of one picosecond of ref time.
        gas_price: Balance,
        /// Price of holding one storage item.
        deposit_per_item: Balance,
        /// Price of holding one byte of storage.
        deposit_per_byte: Balance,
    },
    /// A new schedule for engines that have one; opaque to the chain.
    #[codec(index = 8)]
    UpdateSchedule {
        /// SCALE of the engine's schedule.
        schedule: Vec<u8>,
    },
    /// Asks for the eviction of a contract that can't pay its rent.
    #[codec(index = 9)]
    ClaimSurcharge {
        /// The signer; receives the reward.
        origin: AccountId,
        /// The contract.
        contract: AccountId,
        /// The signer was a member worker of the cluster when the message was queued.
        by_worker: bool,
        /// The highest gas price that the sender accepts.
        max_gas_price: Balance,
    },
    /// The cluster ends. Everything that is left goes to `sweep_to`, or stays where it is.
    #[codec(index = 10)]
    Destroy {
        /// Who receives the rest, on the chain.
        sweep_to: Option<AccountId>,
    },
    /// Removes contract code that nothing uses.
    #[codec(index = 11)]
    RemoveCode {
        /// The signer; must have uploaded the code, and gets its deposit back.
        origin: AccountId,
        /// Which code.
        code_hash: CodeHash,
        /// The highest gas price that the sender accepts.
        max_gas_price: Balance,
    },
    /// Has code that the cluster holds run compiled from now on.
    #[codec(index = 12)]
    ActivateCode {
        /// The signer, who needn't have uploaded the code; pays for compiling it.
        origin: AccountId,
        /// Which code.
        code_hash: CodeHash,
        /// What compiling may cost, without the message's base.
        gas_limit: Weight,
        /// The highest gas price that the sender accepts.
        max_gas_price: Balance,
    },
}

impl ClusterMessage {
    /// The names of all kinds, by their codec indices.
    pub const KINDS: [&'static str; 13] = [
        "setup",
        "deposit",
        "withdraw",
        "upload",
        "instantiate",
        "call",
        "upgrade",
        "update_prices",
        "update_schedule",
        "claim_surcharge",
        "destroy",
        "remove_code",
        "activate_code",
    ];

    /// What kind of message it is, for whoever reports: one of [`Self::KINDS`].
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Setup { .. } => Self::KINDS[0],
            Self::Deposit { .. } => Self::KINDS[1],
            Self::Withdraw { .. } => Self::KINDS[2],
            Self::Upload { .. } => Self::KINDS[3],
            Self::Instantiate { .. } => Self::KINDS[4],
            Self::Call { .. } => Self::KINDS[5],
            Self::Upgrade { .. } => Self::KINDS[6],
            Self::UpdatePrices { .. } => Self::KINDS[7],
            Self::UpdateSchedule { .. } => Self::KINDS[8],
            Self::ClaimSurcharge { .. } => Self::KINDS[9],
            Self::Destroy { .. } => Self::KINDS[10],
            Self::RemoveCode { .. } => Self::KINDS[11],
            Self::ActivateCode { .. } => Self::KINDS[12],
        }
    }
}

/// A message in its cluster's queue.
#[derive(Clone, PartialEq, Eq, Debug, Encode, TypeInfo)]
pub struct QueuedMessage {
    /// The block that ordered it.
    pub block: BlockNumber,
    /// The message.
    pub message: ClusterMessage,
    /// The index of the extrinsic of that block that queued it, as the block's events have it. None if a hook did (an
    /// Upgrade, new prices, what a scheduler dispatches), or if it was queued before the chain kept this.
    ///
    /// It is no part of the running hash, and no engine is told of it: it says where a message came from, not what it is.
    pub extrinsic: Option<u32>,
}

impl Decode for QueuedMessage {
    fn decode<I: Input>(input: &mut I) -> Result<Self, Error> {
        Ok(Self {
            block: Decode::decode(input)?,
            message: Decode::decode(input)?,
            extrinsic: appended(input)?,
        })
    }
}

impl DecodeWithMemTracking for QueuedMessage {}

/// What governance decided about a message that every worker parks at.
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    Debug,
    Encode,
    Decode,
    DecodeWithMemTracking,
    TypeInfo,
    parity_scale_codec::MaxEncodedLen,
)]
pub enum Remedy {
    /// It isn't executed; its receipt is a rejection, and money it brought goes back.
    #[codec(index = 0)]
    Skip,
    /// It is executed by this version, and so is what follows; by a newer one if the cluster runs that by
    /// then, because an older message was amended later.
    #[codec(index = 1)]
    ExecuteFrom(EngineVersion),
}

/// A remedy for one message: part of the history, delivered ahead of the queue.
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    Debug,
    Encode,
    Decode,
    DecodeWithMemTracking,
    TypeInfo,
    parity_scale_codec::MaxEncodedLen,
)]
pub struct Amendment {
    /// The message that is amended.
    pub seq: Seq,
    /// How.
    pub remedy: Remedy,
}

/// Folds the next message into a cluster's running hash:
/// `h' = BLAKE2b-256(h ‖ SCALE(cluster, block, seq, message))`. The first `h` is zero.
pub fn fold_message(
    hash: &MessageHash,
    cluster: ClusterId,
    block: BlockNumber,
    seq: Seq,
    message: &ClusterMessage,
) -> MessageHash {
    let mut bytes = hash.as_bytes().to_vec();
    (cluster, block, seq, message).encode_to(&mut bytes);
    Hash::from(blake2_256(&bytes))
}

/// Folds what a block gives to engines into a cluster's running hash, at the end of each block
/// that had a message or an amendment for the cluster: `h' = BLAKE2b-256(h ‖ SCALE(input))`.
pub fn fold_input(hash: &MessageHash, input: &BlockInput) -> MessageHash {
    let mut bytes = hash.as_bytes().to_vec();
    input.encode_to(&mut bytes);
    Hash::from(blake2_256(&bytes))
}

/// Folds an amendment into a cluster's running hash, before the messages of its block:
/// `h' = BLAKE2b-256(h ‖ SCALE(cluster, block, seq, 0xff, remedy))`. No message begins with 0xff.
pub fn fold_amendment(
    hash: &MessageHash,
    cluster: ClusterId,
    block: BlockNumber,
    amendment: &Amendment,
) -> MessageHash {
    let mut bytes = hash.as_bytes().to_vec();
    (cluster, block, amendment.seq, 0xffu8, &amendment.remedy).encode_to(&mut bytes);
    Hash::from(blake2_256(&bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    /// These indices are in every cluster's history: a change here forks all of them.
    #[test]
    fn message_indices_are_fixed() {
        let who = AccountId::new([7; 32]);
        let weight = Weight::default();
        let version = EngineVersion::new(1, 0);
        let messages = [
            ClusterMessage::Setup {
                engine: version,
                owner: who.clone(),
                deposit: 0,
                gas_price: 0,
                deposit_per_item: 0,
                deposit_per_byte: 0,
                treasury: who.clone(),
                existential_deposit: 0,
                engine_config: vec![],
                system_code: None,
            },
            ClusterMessage::Deposit {
                from: who.clone(),
                dest: who.clone(),
                amount: 0,
            },
            ClusterMessage::Withdraw {
                from: who.clone(),
                dest: who.clone(),
                amount: 0,
                max_gas_price: 0,
            },
            ClusterMessage::Upload {
                origin: who.clone(),
                code: vec![],
                storage_deposit_limit: None,
                max_gas_price: 0,
            },
            ClusterMessage::Instantiate {
                origin: who.clone(),
                code: CodeSource::Code(vec![]),
                input: vec![],
                salt: vec![],
                value: 0,
                gas_limit: weight,
                storage_deposit_limit: None,
                max_gas_price: 0,
            },
            ClusterMessage::Call {
                origin: who.clone(),
                contract: who.clone(),
                input: vec![],
                value: 0,
                gas_limit: weight,
                storage_deposit_limit: None,
                max_gas_price: 0,
            },
            ClusterMessage::Upgrade {
                from: version,
                to: version,
                system_code: None,
            },
            ClusterMessage::UpdatePrices {
                gas_price: 0,
                deposit_per_item: 0,
                deposit_per_byte: 0,
            },
            ClusterMessage::UpdateSchedule { schedule: vec![] },
            ClusterMessage::ClaimSurcharge {
                origin: who.clone(),
                contract: who.clone(),
                by_worker: false,
                max_gas_price: 0,
            },
            ClusterMessage::Destroy { sweep_to: None },
            ClusterMessage::RemoveCode {
                origin: who.clone(),
                code_hash: CodeHash::zero(),
                max_gas_price: 0,
            },
            ClusterMessage::ActivateCode {
                origin: who,
                code_hash: CodeHash::zero(),
                gas_limit: weight,
                max_gas_price: 0,
            },
        ];
        for (index, message) in messages.iter().enumerate() {
            assert_eq!(usize::from(message.encode()[0]), index, "{message:?}");
            assert_eq!(message.kind(), ClusterMessage::KINDS[index], "{message:?}");
        }
        assert_eq!(messages.len(), ClusterMessage::KINDS.len());
    }

    #[test]
    fn the_running_hash_depends_on_every_part() {
        let message = ClusterMessage::UpdateSchedule { schedule: vec![1] };
        let other = ClusterMessage::UpdateSchedule { schedule: vec![2] };
        let zero = Hash::zero();
        let first = fold_message(&zero, 1, 2, 3, &message);
        for different in [
            fold_message(&first, 1, 2, 3, &message),
            fold_message(&zero, 2, 2, 3, &message),
            fold_message(&zero, 1, 3, 3, &message),
            fold_message(&zero, 1, 2, 4, &message),
            fold_message(&zero, 1, 2, 3, &other),
        ] {
            assert_ne!(first, different);
        }
    }
}
