//! The runtime: what a chain decides when it takes the pallet.
//!
//! One composition for the chain in process and for a node: there it is compiled to Wasm, without the feature `std`.
//! Consensus is in [`consensus`], what a signed extrinsic carries and costs in [`extrinsics`], what tools ask in
//! [`apis`], what a chain starts with in [`presets`].

// What the macro composes has no docs of its own.
#![allow(missing_docs, missing_debug_implementations)]

pub mod apis;
#[cfg(feature = "runtime-benchmarks")]
mod benchmarks;
pub mod consensus;
pub mod extrinsics;
pub mod presets;

pub use consensus::SessionKeys;
pub use extrinsics::{Address, Block, Executive, Header, TxExtension, UncheckedExtrinsic};

use alloc::{borrow::Cow, vec::Vec};
use consensus::MinimumPeriod;
use fat_contracts_primitives::{AccountId, Balance, BlockNumber, Hash, Weight as GasWeight};
use frame_support::{
    derive_impl, parameter_types,
    traits::{ConstU16, ConstU32, EitherOfDiverse, Randomness},
    weights::Weight,
    PalletId,
};
use frame_system::EnsureRoot;
use parity_scale_codec::Encode;
use sp_crypto_hashing::blake2_256;
pub use sp_runtime::traits::Convert;
use sp_runtime::Perbill;
use sp_version::RuntimeVersion;

/// One unit of the chain's money: amounts count its trillionths.
pub const UNIT: Balance = 1_000_000_000_000;

/// The least that an account of the chain holds.
pub const EXISTENTIAL_DEPOSIT: Balance = UNIT / 1_000;

/// How many council members have to agree to a motion.
pub const COUNCIL_THRESHOLD: u32 = 2;

/// The runtime's name and versions. `spec_version` counts every change of behaviour, `transaction_version` those of
/// what a signed extrinsic means.
#[cfg(not(feature = "next-spec-version"))]
#[sp_version::runtime_version]
pub const VERSION: RuntimeVersion = RuntimeVersion {
    spec_name: Cow::Borrowed("pink"),
    impl_name: Cow::Borrowed("pink-node"),
    authoring_version: 1,
    spec_version: 1,
    impl_version: 0,
    apis: apis::RUNTIME_API_VERSIONS,
    transaction_version: 1,
    system_version: 1,
};

/// The same behaviour under the next number, for trying an upgrade.
#[cfg(feature = "next-spec-version")]
#[sp_version::runtime_version]
pub const VERSION: RuntimeVersion = RuntimeVersion {
    spec_name: Cow::Borrowed("pink"),
    impl_name: Cow::Borrowed("pink-node"),
    authoring_version: 1,
    spec_version: 2,
    impl_version: 0,
    apis: apis::RUNTIME_API_VERSIONS,
    transaction_version: 1,
    system_version: 1,
};

#[frame_support::runtime]
mod composition {
    #[runtime::runtime]
    #[runtime::derive(
        RuntimeCall,
        RuntimeEvent,
        RuntimeError,
        RuntimeOrigin,
        RuntimeFreezeReason,
        RuntimeHoldReason,
        RuntimeSlashReason,
        RuntimeLockId,
        RuntimeTask
    )]
    pub struct Runtime;

    #[runtime::pallet_index(0)]
    pub type System = frame_system::Pallet<Runtime>;
    #[runtime::pallet_index(1)]
    pub type Timestamp = pallet_timestamp::Pallet<Runtime>;
    #[runtime::pallet_index(2)]
    pub type Balances = pallet_balances::Pallet<Runtime>;
    #[runtime::pallet_index(3)]
    pub type Council = pallet_collective::Pallet<Runtime, Instance1>;
    // ANCHOR: fat-contracts-in-the-runtime
    #[runtime::pallet_index(4)]
    pub type FatContracts = pallet_fat_contracts::Pallet<Runtime>;
    // ANCHOR_END: fat-contracts-in-the-runtime
    #[runtime::pallet_index(5)]
    pub type Aura = pallet_aura::Pallet<Runtime>;
    #[runtime::pallet_index(6)]
    pub type Grandpa = pallet_grandpa::Pallet<Runtime>;
    #[runtime::pallet_index(7)]
    pub type Validators = crate::validators::Pallet<Runtime>;
    // Behind those that it tells about its first session.
    #[runtime::pallet_index(8)]
    pub type Session = pallet_session::Pallet<Runtime>;
    #[runtime::pallet_index(9)]
    pub type TransactionPayment = pallet_transaction_payment::Pallet<Runtime>;
    // Without a key, which development presets alone give it, it refuses everything.
    #[runtime::pallet_index(10)]
    pub type Sudo = pallet_sudo::Pallet<Runtime>;
    #[runtime::pallet_index(11)]
    pub type Bootstrap = crate::bootstrap::Pallet<Runtime>;
}

parameter_types! {
    /// How many block hashes the chain remembers.
    pub const BlockHashCount: BlockNumber = 2_400;
    /// See [`VERSION`].
    pub const Version: RuntimeVersion = VERSION;
}

#[derive_impl(frame_system::config_preludes::SolochainDefaultConfig)]
impl frame_system::Config for Runtime {
    type Block = Block;
    type Nonce = u32;
    type Hash = Hash;
    type AccountId = AccountId;
    type AccountData = pallet_balances::AccountData<Balance>;
    type BlockHashCount = BlockHashCount;
    type Version = Version;
    type SingleBlockMigrations = pallet_fat_contracts::migrations::MigrateV1ToV2<Self>;
    /// That of chains without a number of their own.
    type SS58Prefix = ConstU16<42>;
}

impl pallet_timestamp::Config for Runtime {
    /// Milliseconds of the Unix epoch.
    type Moment = u64;
    type OnTimestampSet = Aura;
    type MinimumPeriod = MinimumPeriod;
    type WeightInfo = ();
}

parameter_types! {
    /// The least that an account of the chain holds.
    pub const ExistentialDeposit: Balance = EXISTENTIAL_DEPOSIT;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Runtime {
    type Balance = Balance;
    type ExistentialDeposit = ExistentialDeposit;
    type AccountStore = System;
}

parameter_types! {
    /// The longest motion that the council carries out: two seconds, and whatever it reads.
    pub const MaxProposalWeight: Weight = Weight::from_parts(2_000_000_000_000, u64::MAX);
}

/// The council's instance of `pallet-collective`.
pub type CouncilInstance = pallet_collective::Instance1;

/// What the council says about its motions.
pub type CouncilEvent = pallet_collective::Event<Runtime, CouncilInstance>;

impl pallet_collective::Config<CouncilInstance> for Runtime {
    type RuntimeOrigin = RuntimeOrigin;
    type Proposal = RuntimeCall;
    type RuntimeEvent = RuntimeEvent;
    type MotionDuration = ConstU32<100>;
    type MaxProposals = ConstU32<100>;
    type MaxMembers = ConstU32<16>;
    type DefaultVote = pallet_collective::PrimeDefaultVote;
    type WeightInfo = ();
    type SetMembersOrigin = EnsureRoot<AccountId>;
    type MaxProposalWeight = MaxProposalWeight;
    type DisapproveOrigin = EnsureRoot<AccountId>;
    type KillOrigin = EnsureRoot<AccountId>;
    type Consideration = ();
}

/// Root, or more than half of the council.
pub type CouncilMajority = EitherOfDiverse<
    EnsureRoot<AccountId>,
    pallet_collective::EnsureProportionMoreThan<AccountId, CouncilInstance, 1, 2>,
>;

/// Randomness for a chain without any: a hash of the parent's hash. Whoever makes the block can
/// foresee it; a chain with value takes its consensus' randomness here.
#[derive(Debug)]
pub struct ParentHashRandomness;

impl Randomness<Hash, BlockNumber> for ParentHashRandomness {
    fn random(subject: &[u8]) -> (Hash, BlockNumber) {
        let seed = (System::parent_hash(), subject).using_encoded(blake2_256);
        (seed.into(), System::block_number())
    }
}

// ANCHOR: fat-contracts-parameters
parameter_types! {
    /// From which the escrow accounts are derived.
    pub const FatContractsPalletId: PalletId = PalletId(*b"fat/clus");
    /// Pays for what governance opens: the chain's treasury.
    pub TreasuryAccount: AccountId =
        sp_runtime::traits::AccountIdConversion::into_account_truncating(&PalletId(*b"py/trsry"));
    /// Two seconds of computation and 8 MiB of state: a third of a block's time. It is for owners:
    /// whoever doesn't own the cluster has a quarter of a block, 1.25 seconds, at most.
    pub const MaxMessageWeight: GasWeight =
        GasWeight { ref_time: 2_000_000_000_000, proof_size: 8 * 1024 * 1024 };
    /// Five seconds and 32 MiB: a worker keeps up with blocks of six seconds.
    pub const MaxBlockWeight: GasWeight =
        GasWeight { ref_time: 5_000_000_000_000, proof_size: 32 * 1024 * 1024 };
    /// What 2.0 charges for an upload (`upload` in `engines/deposit/src/versions/v2_0/costs.rs`), the dearest
    /// kind of message without a gas limit: 0.29 ms and 256 bytes of state.
    pub const MessageBase: GasWeight = GasWeight { ref_time: 290_000_000, proof_size: 256 };
    /// The same for each byte, 0.26 µs; and the byte itself, which a worker reads from the chain's
    /// state. A mebibyte, the longest message, takes a twentieth of a block.
    pub const MessageByte: GasWeight = GasWeight { ref_time: 260_000, proof_size: 1 };
    /// Two thirds of a cluster's workers have an engine before it can be upgraded to it.
    pub const ReadyThreshold: Perbill = Perbill::from_parts(666_666_666);
    /// Room for a chain in process, where a worker may not acknowledge for long.
    pub const MaxQueueBytes: u64 = 1024 * 1024 * 1024;
    /// The part of it that ordinary messages leave free.
    pub const ReservedBytes: u64 = 4 * 1024 * 1024;
}

/// The fee for ordering a message, in a cluster that isn't crowded: a ten-thousandth of a unit, and
/// a hundredth of a unit for each second that it takes, or for as large a part of a block's state.
#[derive(Debug)]
pub struct OrderingFee;

impl Convert<GasWeight, Balance> for OrderingFee {
    fn convert(weight: GasWeight) -> Balance {
        // Five seconds and 32 MiB, both of which are a block, cost about the same.
        let time = Balance::from(weight.ref_time) / 100;
        let state = Balance::from(weight.proof_size).saturating_mul(1_500);
        (UNIT / 10_000).saturating_add(time.max(state))
    }
}
// ANCHOR_END: fat-contracts-parameters

parameter_types! {
    /// A day of six-second blocks, unless the genesis says otherwise.
    pub storage LivenessPeriod: u32 = 14_400;
}

impl crate::bootstrap::Config for Runtime {}

// ANCHOR: fat-contracts-config
impl pallet_fat_contracts::Config for Runtime {
    type Currency = Balances;
    type OrderingFee = OrderingFee;
    /// Burnt: nobody is to gain by crowds.
    type OrderingFeeTo = ();
    type Time = Timestamp;
    type Randomness = ParentHashRandomness;
    type GovernanceOrigin = CouncilMajority;
    type WorkerOrigin = CouncilMajority;
    type GovernanceAccount = TreasuryAccount;
    type WeightInfo = pallet_fat_contracts::weights::SubstrateWeight<Runtime>;
    type PalletId = FatContractsPalletId;
    /// 1 MiB: well above what engines take as code, so that they give the reason.
    type MaxMessageBytes = ConstU32<{ 1024 * 1024 }>;
    /// See [`MaxQueueBytes`].
    type MaxQueueMessages = ConstU32<2_000_000>;
    type MaxQueueBytes = MaxQueueBytes;
    type ReservedSlots = ConstU32<256>;
    type ReservedBytes = ReservedBytes;
    type MaxMessageWeight = MaxMessageWeight;
    type MaxBlockWeight = MaxBlockWeight;
    type MessageBase = MessageBase;
    type MessageByte = MessageByte;
    type MaxEngines = ConstU32<64>;
    type MaxArtefacts = ConstU32<8>;
    type MaxUpgradePaths = ConstU32<16>;
    type MaxSystemCodeBytes = ConstU32<{ 512 * 1024 }>;
    type MaxEngineConfigBytes = ConstU32<4096>;
    type MaxMembers = ConstU32<16>;
    type MaxAnnounced = ConstU32<64>;
    /// A minute: long enough to be warned, short enough to develop with.
    type MinUpgradeNotice = ConstU32<10>;
    type MaxUpgradesPerBlock = ConstU32<64>;
    type ReadyThreshold = ReadyThreshold;
    type MinPriceNotice = ConstU32<10>;
    /// Ten minutes: a cluster at rest is compared that often.
    type CheckpointInterval = ConstU32<100>;
    type MaxCheckpoints = ConstU32<64>;
    type MaxEffects = ConstU32<66>;
    type LivenessPeriod = LivenessPeriod;
    // Four hours of six-second blocks.
    type LeavingPeriod = ConstU32<2_400>;
    type MaxPrune = ConstU32<256>;
    /// A week of six-second blocks.
    type ClosingPeriod = ConstU32<100_800>;
}
// ANCHOR_END: fat-contracts-config
