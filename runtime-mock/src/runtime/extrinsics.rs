//! Blocks and extrinsics of a node: what a signature covers and what it costs. The chain in process has its own
//! extrinsics, which name their origin and pay no fee.

use super::{
    AllPalletsWithSystem, Balance, Balances, BlockNumber, Runtime, RuntimeCall, RuntimeEvent, UNIT,
};
use fat_contracts_primitives::AccountId;
use frame_support::{traits::ConstU8, weights::IdentityFee};
use pallet_transaction_payment::FungibleAdapter;
use sp_runtime::{generic, traits::BlakeTwo256, MultiAddress, MultiSignature};

/// How an extrinsic names an account.
pub type Address = MultiAddress<AccountId, ()>;

/// What a signature of a transaction covers beside the call, in this order; what tools sign by default.
pub type TxExtension = (
    frame_system::CheckNonZeroSender<Runtime>,
    frame_system::CheckSpecVersion<Runtime>,
    frame_system::CheckTxVersion<Runtime>,
    frame_system::CheckGenesis<Runtime>,
    frame_system::CheckEra<Runtime>,
    frame_system::CheckNonce<Runtime>,
    frame_system::CheckWeight<Runtime>,
    pallet_transaction_payment::ChargeTransactionPayment<Runtime>,
);

/// An extrinsic as it is in a block.
pub type UncheckedExtrinsic =
    generic::UncheckedExtrinsic<Address, RuntimeCall, MultiSignature, TxExtension>;

/// A block's header.
pub type Header = generic::Header<BlockNumber, BlakeTwo256>;

/// A block of this chain.
pub type Block = generic::Block<Header, UncheckedExtrinsic>;

/// What executes blocks.
pub type Executive = frame_executive::Executive<
    Runtime,
    Block,
    frame_system::ChainContext<Runtime>,
    Runtime,
    AllPalletsWithSystem,
>;

/// A millionth of a unit for each byte of an extrinsic: the longest message costs one unit.
const BYTE_FEE: Balance = UNIT / 1_000_000;

frame_support::parameter_types! {
    /// See [`BYTE_FEE`].
    pub const ByteFee: Balance = BYTE_FEE;
}

impl pallet_transaction_payment::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    /// Burnt, as the fee for ordering is.
    type OnChargeTransaction = FungibleAdapter<Balances, ()>;
    /// A picosecond costs the smallest unit: a second costs one unit.
    type WeightToFee = IdentityFee<Balance>;
    type LengthToFee = frame_support::weights::ConstantMultiplier<Balance, ByteFee>;
    /// Blocks of this chain aren't crowded: the price of a second never changes.
    type FeeMultiplierUpdate = ();
    type OperationalFeeMultiplier = ConstU8<5>;
    type WeightInfo = ();
}

impl pallet_sudo::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type RuntimeCall = RuntimeCall;
    type WeightInfo = ();
}
