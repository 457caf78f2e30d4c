//! Arguments of the commands about versions, prices, rent and history.

use crate::cli::values::{parse_amount, parse_hex, parse_who, Hex};
use clap::Args;
use fat_contracts_primitives::{AccountId, Balance, BlockNumber, EngineVersion, Seq};

/// Money to take out.
#[derive(Clone, Debug, Args)]
pub struct WithdrawArgs {
    /// How much: 1_000 of the smallest unit, or 1.5u.
    #[arg(value_parser = parse_amount)]
    pub amount: Balance,
    /// Whose, in the cluster; who signs.
    #[arg(long, value_name = "WHO", default_value = "//Alice", value_parser = parse_who)]
    pub from: AccountId,
    /// Who is paid on the chain [default: the signer].
    #[arg(long, value_name = "WHO", value_parser = parse_who)]
    pub to: Option<AccountId>,
}

/// New prices. Those that aren't given stay.
#[derive(Clone, Debug, Args)]
pub struct PricesArgs {
    /// Price of one picosecond of ref time.
    #[arg(long, value_name = "AMOUNT", value_parser = parse_amount)]
    pub gas_price: Option<Balance>,
    /// Price of holding one byte of storage.
    #[arg(long, value_name = "AMOUNT", value_parser = parse_amount)]
    pub deposit_per_byte: Option<Balance>,
    /// Price of holding one storage item.
    #[arg(long, value_name = "AMOUNT", value_parser = parse_amount)]
    pub deposit_per_item: Option<Balance>,
    /// Who signs.
    #[arg(long, value_name = "WHO", default_value = "//Alice", value_parser = parse_who)]
    pub from: AccountId,
}

/// Engines.
#[derive(Clone, Debug, Args)]
pub struct EnginesArgs {
    /// Record the file that is there, in the place of what was recorded for this version.
    #[arg(long, value_name = "X.Y")]
    pub accept: Option<EngineVersion>,
}

/// An upgrade to a newer engine.
#[derive(Clone, Debug, Args)]
pub struct UpgradeArgs {
    /// The version to upgrade to.
    #[arg(value_name = "X.Y")]
    pub to: EngineVersion,
    /// The block in which it happens [default: the earliest allowed].
    #[arg(long, value_name = "BLOCK")]
    pub at: Option<BlockNumber>,
    /// Who signs.
    #[arg(long, value_name = "WHO", default_value = "//Alice", value_parser = parse_who)]
    pub from: AccountId,
}

/// What governance decides about a message that the worker is parked at.
#[derive(Clone, Debug, Args)]
#[command(group = clap::ArgGroup::new("remedy").required(true).args(["skip", "execute_from"]))]
pub struct AmendArgs {
    /// The message.
    #[arg(value_name = "SEQ")]
    pub seq: Seq,
    /// It isn't executed; money that it brought goes back.
    #[arg(long)]
    pub skip: bool,
    /// It is executed by this version, and so is what follows.
    #[arg(long, value_name = "X.Y")]
    pub execute_from: Option<EngineVersion>,
}

/// A value of a contract's storage.
#[derive(Clone, Debug, Args)]
pub struct StorageArgs {
    /// The contract.
    #[arg(value_name = "ADDRESS", value_parser = parse_who)]
    pub contract: AccountId,
    /// The key, in hex, as the contract uses it.
    #[arg(value_name = "KEY", value_parser = parse_hex)]
    pub key: Hex,
}

/// A contract's rent.
#[derive(Clone, Debug, Args)]
pub struct RentArgs {
    /// The contract.
    #[arg(value_name = "ADDRESS", value_parser = parse_who)]
    pub contract: AccountId,
}

/// A contract to evict.
#[derive(Clone, Debug, Args)]
pub struct ClaimArgs {
    /// The contract.
    #[arg(value_name = "ADDRESS", value_parser = parse_who)]
    pub contract: AccountId,
    /// Who signs, and receives the reward.
    #[arg(long, value_name = "WHO", default_value = "//Alice", value_parser = parse_who)]
    pub from: AccountId,
}

/// History to execute again.
#[derive(Clone, Debug, Args)]
pub struct ReplayArgs {
    /// The first block to compare [default: the first there is].
    #[arg(long, value_name = "N")]
    pub from: Option<BlockNumber>,
    /// The last block to execute [default: the last there is].
    #[arg(long, value_name = "M")]
    pub to: Option<BlockNumber>,
    /// Fail (exit status 2) at the first difference. Without it, a difference is reported only.
    #[arg(long)]
    pub verify: bool,
    /// By the engine files that are there, whatever hashes the history names: for a development
    /// chain that accepted other builds, and to see whether another build gives the same.
    #[arg(long)]
    pub current: bool,
}

/// Messages to try out.
#[derive(Clone, Debug, Args)]
pub struct RehearseArgs {
    /// The version to try.
    #[arg(long, value_name = "X.Y")]
    pub to: EngineVersion,
    /// How many of the last messages.
    #[arg(long, value_name = "N", default_value = "1000",
        value_parser = clap::value_parser!(u64).range(1..))]
    pub last: u64,
    /// One message instead, by its number: on the very state that it met.
    #[arg(long, value_name = "SEQ", conflicts_with = "last")]
    pub message: Option<Seq>,
}
