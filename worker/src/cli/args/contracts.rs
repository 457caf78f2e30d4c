//! Arguments of the commands that every development chain needs: start, contracts, money, time.

use crate::cli::values::{
    parse_amount, parse_code_hash, parse_data, parse_endowment, parse_gas_limit, parse_hex,
    parse_who, Endowment, GasLimit, Hex,
};
use clap::{ArgGroup, Args};
use fat_contracts_primitives::{AccountId, Balance, CodeHash, EngineVersion};
use std::path::PathBuf;

/// How the chain and its cluster start.
#[derive(Clone, Debug, Args)]
pub struct InitArgs {
    /// The engine that the cluster starts on [default: the newest that is found].
    #[arg(long, value_name = "X.Y")]
    pub engine: Option<EngineVersion>,
    /// Price of one picosecond of ref time [default: 10].
    #[arg(long, value_name = "AMOUNT", value_parser = parse_amount)]
    pub gas_price: Option<Balance>,
    /// Price of holding one byte of storage [default: 10_000_000].
    #[arg(long, value_name = "AMOUNT", value_parser = parse_amount)]
    pub deposit_per_byte: Option<Balance>,
    /// Price of holding one storage item [default: 10_000_000_000].
    #[arg(long, value_name = "AMOUNT", value_parser = parse_amount)]
    pub deposit_per_item: Option<Balance>,
    /// Give an account this much, on the chain and as much again in the cluster.
    #[arg(long, value_name = "WHO=AMOUNT", value_parser = parse_endowment)]
    pub endow: Vec<Endowment>,
    /// A file of 64 hex digits: the seed of contracts' keys [default: the same for every
    /// development chain].
    #[arg(long, value_name = "FILE")]
    pub cluster_key: Option<PathBuf>,
}

/// Code to upload.
#[derive(Clone, Debug, Args)]
pub struct UploadArgs {
    /// A .wasm or a .contract file.
    pub file: PathBuf,
    /// Who signs and pays.
    #[arg(long, value_name = "WHO", default_value = "//Alice", value_parser = parse_who)]
    pub from: AccountId,
    /// The highest storage deposit to accept [default: the engine's].
    #[arg(long, value_name = "AMOUNT", value_parser = parse_amount)]
    pub storage_deposit_limit: Option<Balance>,
}

/// Code to remove.
#[derive(Clone, Debug, Args)]
pub struct RemoveCodeArgs {
    /// Its BLAKE2b-256.
    #[arg(value_name = "HEX", value_parser = parse_code_hash)]
    pub code_hash: CodeHash,
    /// Who signs; who uploaded it.
    #[arg(long, value_name = "WHO", default_value = "//Alice", value_parser = parse_who)]
    pub from: AccountId,
}

/// A contract to make.
#[derive(Clone, Debug, Args)]
#[command(mut_arg("message", |arg| {
    arg.long("constructor").alias("message").help("The constructor's name")
}))]
pub struct InstantiateArgs {
    /// From which code.
    #[command(flatten)]
    pub code: CodeArgs,
    /// Which constructor.
    #[command(flatten)]
    pub input: InputArgs,
    /// Makes another address from the same code and account.
    #[arg(long, value_name = "HEX", default_value = "", hide_default_value = true,
        value_parser = parse_hex)]
    pub salt: Hex,
    /// On which terms.
    #[command(flatten)]
    pub options: OptionArgs,
}

/// Where code comes from.
#[derive(Clone, Debug, Args)]
#[group(required = true, multiple = false)]
pub struct CodeArgs {
    /// A .wasm or a .contract file, uploaded along.
    #[arg(long, value_name = "FILE")]
    pub code: Option<PathBuf>,
    /// Code that the cluster has already.
    #[arg(long, value_name = "H", value_parser = parse_code_hash)]
    pub code_hash: Option<CodeHash>,
}

/// A contract to call.
#[derive(Clone, Debug, Args)]
pub struct CallArgs {
    /// The contract.
    #[arg(value_name = "ADDRESS", value_parser = parse_who)]
    pub contract: AccountId,
    /// Which message.
    #[command(flatten)]
    pub input: InputArgs,
    /// On which terms.
    #[command(flatten)]
    pub options: OptionArgs,
}

/// A contract to ask.
#[derive(Clone, Debug, Args)]
pub struct QueryArgs {
    /// What is asked.
    #[command(flatten)]
    pub call: CallArgs,
    /// What is lent to the asker for this call.
    #[arg(long, value_name = "AMOUNT", default_value = "0", hide_default_value = true,
        value_parser = parse_amount)]
    pub lend: Balance,
    /// Give up after N milliseconds
    /// [default: what worker.toml says, else 10_000].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub deadline_ms: Option<u64>,
}

/// What a contract is given: by name, or as bytes.
#[derive(Clone, Debug, Args)]
#[command(group = ArgGroup::new("input").required(true).args(["message", "data"]))]
pub struct InputArgs {
    /// The message's name.
    #[arg(long, value_name = "NAME", alias = "constructor")]
    pub message: Option<String>,
    /// Its arguments, as in Rust: 42, true, "text", [1, 2], Some(5), { field: 1 }, //Bob; bytes
    /// as 0x and hex; @FILE is an argument that the file holds.
    #[arg(long, value_name = "A", num_args = 0.., allow_negative_numbers = true,
        conflicts_with = "data")]
    pub args: Vec<String>,
    /// A .contract or .json file [default: what is remembered of the contract's code].
    #[arg(long, value_name = "FILE")]
    pub metadata: Option<PathBuf>,
    /// Selector and arguments, encoded, as hex; @FILE if the file holds that hex, which may be
    /// longer than a command line.
    #[arg(long, value_name = "HEX|@FILE", value_parser = parse_data)]
    pub data: Option<Hex>,
}

/// The terms of a message.
#[derive(Clone, Debug, Args)]
pub struct OptionArgs {
    /// Who signs and pays.
    #[arg(long, value_name = "WHO", default_value = "//Alice", value_parser = parse_who)]
    pub from: AccountId,
    /// What is offered.
    #[command(flatten)]
    pub offer: OfferArgs,
}

/// What is offered for a message.
#[derive(Clone, Debug, Args)]
pub struct OfferArgs {
    /// Money for the contract.
    #[arg(long, value_name = "AMOUNT", default_value = "0", hide_default_value = true,
        value_parser = parse_amount)]
    pub value: Balance,
    /// What the execution may use, without the message's base
    /// [default: 500_000_000_000,2_097_152].
    #[arg(long, visible_alias = "gas", value_name = "REF_TIME[,PROOF_SIZE]",
        value_parser = parse_gas_limit)]
    pub gas_limit: Option<GasLimit>,
    /// The highest storage deposit to accept [default: the engine's].
    #[arg(long, value_name = "AMOUNT", value_parser = parse_amount)]
    pub storage_deposit_limit: Option<Balance>,
}

/// Money to bring in.
#[derive(Clone, Debug, Args)]
pub struct TransferArgs {
    /// Who receives it in the cluster.
    #[arg(value_parser = parse_who)]
    pub who: AccountId,
    /// How much: 1_000 of the smallest unit, or 1.5u.
    #[arg(value_parser = parse_amount)]
    pub amount: Balance,
    /// Who signs and pays, on the chain.
    #[arg(long, value_name = "WHO", default_value = "//Alice", value_parser = parse_who)]
    pub from: AccountId,
}

/// Blocks to make.
#[derive(Clone, Debug, Args)]
pub struct AdvanceArgs {
    /// How many.
    #[arg(value_parser = clap::value_parser!(u32).range(1..))]
    pub blocks: u32,
    /// Chain time of each, in seconds.
    #[arg(long, value_name = "N", default_value = "6",
        value_parser = clap::value_parser!(u32).range(1..))]
    pub seconds: u32,
}

/// Accounts to show.
#[derive(Clone, Debug, Args)]
pub struct AccountsArgs {
    /// Which [default: the development accounts].
    #[arg(value_parser = parse_who)]
    pub who: Vec<AccountId>,
}

/// Blocks to show.
#[derive(Clone, Debug, Args)]
pub struct BlocksArgs {
    /// How many.
    #[arg(long, value_name = "N", default_value = "10")]
    pub last: u32,
}
