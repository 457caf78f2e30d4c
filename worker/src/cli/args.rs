//! The command line, as scripts may rely on it.

use super::engine::EngineArgs;
use super::values::{
    parse_amount, parse_code_hash, parse_endowment, parse_gas_limit, parse_hex, parse_who,
    Endowment, GasLimit, Hex,
};
use clap::{Args, Parser, Subcommand};
use fat_contracts_primitives::{AccountId, Balance, BlockNumber, CodeHash, EngineVersion};
use std::path::PathBuf;

/// Executes the contract transactions that a chain ordered.
#[derive(Clone, Debug, Parser)]
#[command(name = "pink-worker", version, max_term_width = 100)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What the binary can do.
#[derive(Clone, Debug, Subcommand)]
#[non_exhaustive]
pub enum Command {
    /// A chain and a worker in one process, kept on disk, one command at a time.
    ///
    /// Exit status: 0 on success; 1 if a contract reverted, trapped or ran out of gas; 2 for
    /// anything else.
    Dev(Box<DevArgs>),
    /// Execute stored history again, each message by the version that executed it then, and
    /// compare receipts and roots.
    Replay(StoredArgs<ReplayArgs>),
    /// Try out what the last messages would have done under another engine.
    Rehearse(StoredArgs<RehearseArgs>),
    /// Look at engine files without executing them, and check engines.
    Engine(EngineArgs),
}

/// A command on what a worker has stored.
#[derive(Clone, Debug, Args)]
pub struct StoredArgs<T: Args> {
    /// Where the worker's data is kept.
    #[arg(long, value_name = "DIR")]
    pub base_path: PathBuf,
    /// Where the engine files are [default: $PINK_ENGINES, or `engines` beside this program].
    #[arg(long, value_name = "DIR")]
    pub engines: Option<PathBuf>,
    /// Print one JSON object on stdout, whatever happens.
    #[arg(long)]
    pub json: bool,
    /// What to do.
    #[command(flatten)]
    pub what: T,
}

/// What every command of the development node takes.
#[derive(Clone, Debug, Args)]
pub struct DevArgs {
    /// Where chain and worker are kept.
    #[arg(long, value_name = "DIR")]
    pub base_path: PathBuf,
    /// Where the engine files are [default: $PINK_ENGINES, or `engines` beside this program].
    #[arg(long, value_name = "DIR", global = true)]
    pub engines: Option<PathBuf>,
    /// Print one JSON object on stdout, whatever happens.
    #[arg(long, global = true)]
    pub json: bool,
    /// What to do.
    #[command(subcommand)]
    pub command: DevCommand,
}

/// A command of the development node.
#[derive(Clone, Debug, Subcommand)]
#[non_exhaustive]
pub enum DevCommand {
    /// Make the chain, register every engine found, and make cluster 1, owned by //Alice.
    Init(InitArgs),
    /// Upload code.
    Upload(UploadArgs),
    /// Make a contract.
    Instantiate(InstantiateArgs),
    /// Call a contract.
    Call(CallArgs),
    /// Call a contract on the newest state, for free, and drop what it changes.
    Query(CallArgs),
    /// Find out what a call would cost as a transaction, changing nothing.
    Estimate(CallArgs),
    /// Bring money from the chain into the cluster.
    Transfer(TransferArgs),
    /// Make empty blocks.
    Advance(AdvanceArgs),
    /// Show what accounts have in the cluster.
    Accounts(AccountsArgs),
    /// Show the last blocks.
    Blocks(BlocksArgs),
    /// Take money out of the cluster, back to the chain.
    Withdraw(WithdrawArgs),
    /// Show the cluster's prices, or announce new ones.
    Prices(PricesArgs),
    /// Show which engines the chain records, which are there, and which one the cluster runs.
    Engines(EnginesArgs),
    /// Move the cluster to a newer engine.
    Upgrade(UpgradeArgs),
    /// Show whether the worker runs, or is parked and why.
    Status,
    /// Show one value of a contract's storage.
    Storage(StorageArgs),
    /// Show what a contract pays for its storage (engines 1.x).
    Rent(RentArgs),
    /// Ask for the eviction of a contract that can't pay its rent (engines 1.x).
    Claim(ClaimArgs),
    /// Execute the stored history again and compare receipts and roots.
    Replay(ReplayArgs),
    /// Try out what the last messages would have done under another engine.
    Rehearse(RehearseArgs),
}

/// How the chain and its cluster start.
#[derive(Clone, Debug, Args)]
pub struct InitArgs {
    /// The engine that the cluster starts on [default: the newest that is found].
    #[arg(long, value_name = "X.Y")]
    pub engine: Option<EngineVersion>,
    /// Price of one picosecond of ref time [default: 10].
    #[arg(long, value_name = "N", value_parser = parse_amount)]
    pub gas_price: Option<Balance>,
    /// Price of holding one byte of storage [default: 10_000_000].
    #[arg(long, value_name = "N", value_parser = parse_amount)]
    pub deposit_per_byte: Option<Balance>,
    /// Price of holding one storage item [default: 10_000_000_000].
    #[arg(long, value_name = "N", value_parser = parse_amount)]
    pub deposit_per_item: Option<Balance>,
    /// Give an account this much, on the chain and as much again in the cluster.
    #[arg(long, value_name = "WHO=AMOUNT", value_parser = parse_endowment)]
    pub endow: Vec<Endowment>,
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
    #[arg(long, value_name = "N", value_parser = parse_amount)]
    pub storage_deposit_limit: Option<Balance>,
}

/// A contract to make.
#[derive(Clone, Debug, Args)]
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

/// What a contract is given: by name, or as bytes.
#[derive(Clone, Debug, Args)]
pub struct InputArgs {
    /// The message's or constructor's name.
    #[arg(
        long,
        value_name = "NAME",
        visible_alias = "constructor",
        required_unless_present = "data",
        conflicts_with = "data"
    )]
    pub message: Option<String>,
    /// Its arguments, as in Rust: 42, true, "text", [1, 2], Some(5), { field: 1 }, //Bob.
    #[arg(long, value_name = "A", num_args = 0.., allow_negative_numbers = true,
        conflicts_with = "data")]
    pub args: Vec<String>,
    /// A .contract or .json file [default: what is remembered of the contract's code].
    #[arg(long, value_name = "FILE")]
    pub metadata: Option<PathBuf>,
    /// Selector and arguments, encoded.
    #[arg(long, value_name = "HEX", value_parser = parse_hex)]
    pub data: Option<Hex>,
}

/// The terms of a message.
#[derive(Clone, Debug, Args)]
pub struct OptionArgs {
    /// Who signs and pays.
    #[arg(long, value_name = "WHO", default_value = "//Alice", value_parser = parse_who)]
    pub from: AccountId,
    /// Money for the contract.
    #[arg(long, value_name = "N", default_value = "0", hide_default_value = true,
        value_parser = parse_amount)]
    pub value: Balance,
    /// What the execution may use, without the message's base
    /// [default: 500_000_000_000,2_097_152].
    #[arg(long, value_name = "REF_TIME[,PROOF_SIZE]", value_parser = parse_gas_limit)]
    pub gas_limit: Option<GasLimit>,
    /// The highest storage deposit to accept [default: the engine's].
    #[arg(long, value_name = "N", value_parser = parse_amount)]
    pub storage_deposit_limit: Option<Balance>,
}

/// Money to bring in.
#[derive(Clone, Debug, Args)]
pub struct TransferArgs {
    /// Who receives it in the cluster.
    #[arg(value_parser = parse_who)]
    pub who: AccountId,
    /// How much, in the smallest unit.
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

/// Money to take out.
#[derive(Clone, Debug, Args)]
pub struct WithdrawArgs {
    /// How much, in the smallest unit.
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
    #[arg(long, value_name = "N", value_parser = parse_amount)]
    pub gas_price: Option<Balance>,
    /// Price of holding one byte of storage.
    #[arg(long, value_name = "N", value_parser = parse_amount)]
    pub deposit_per_byte: Option<Balance>,
    /// Price of holding one storage item.
    #[arg(long, value_name = "N", value_parser = parse_amount)]
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

/// A move to a newer engine.
#[derive(Clone, Debug, Args)]
pub struct UpgradeArgs {
    /// The version to move to.
    #[arg(value_name = "X.Y")]
    pub to: EngineVersion,
    /// The block in which it happens [default: the earliest allowed].
    #[arg(long, value_name = "BLOCK")]
    pub at: Option<BlockNumber>,
    /// Who signs.
    #[arg(long, value_name = "WHO", default_value = "//Alice", value_parser = parse_who)]
    pub from: AccountId,
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
}

/// Messages to try out.
#[derive(Clone, Debug, Args)]
pub struct RehearseArgs {
    /// The version to try.
    #[arg(long, value_name = "X.Y")]
    pub to: EngineVersion,
    /// How many of the last messages.
    #[arg(long, value_name = "N", default_value = "1000")]
    pub last: u64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_definitions_are_consistent() {
        Cli::command().debug_assert();
    }

    fn parse(line: &str) -> Result<DevCommand, clap::Error> {
        let words = ["pink-worker", "dev", "--base-path", "x"].into_iter();
        let cli = Cli::try_parse_from(words.chain(line.split_whitespace()))?;
        match cli.command {
            Command::Dev(dev) => Ok(dev.command),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_documented_form_is_taken() {
        let hash = format!("0x{}", "11".repeat(32));
        for line in [
            "init".into(),
            "--json --engines e init --engine 2.0 --gas-price 1 --deposit-per-byte 2 \
             --deposit-per-item 3 --endow //Alice=5 --endow //Bob=6"
                .into(),
            "upload f.wasm --from //Bob".into(),
            "instantiate --code f.contract --constructor new --args true --salt 0x01".into(),
            format!("instantiate --code-hash {hash} --data 0x00 --value 5 --json"),
            "call //Bob --message flip".into(),
            "call //Bob --message add --args -1 2 --metadata m.json --gas-limit 1,2".into(),
            "query //Bob --data 00 --storage-deposit-limit 7".into(),
            "estimate //Bob --message get --from //Eve".into(),
            "transfer //Bob 1_000 --from //Eve".into(),
            "advance 10 --seconds 12".into(),
            "accounts".into(),
            "accounts //Bob //Eve".into(),
            "blocks --last 3".into(),
            "withdraw 1_000 --from //Eve --to //Bob".into(),
            "prices".into(),
            "prices --gas-price 5 --json".into(),
            "engines --accept 2.0".into(),
            "upgrade 2.0 --at 50 --from //Bob".into(),
            "status --json".into(),
            "storage //Bob 0x00".into(),
            "rent //Bob".into(),
            "claim //Bob --from //Eve".into(),
            "replay --from 1 --to 2 --verify".into(),
            "rehearse --to 2.0 --last 5".into(),
        ] {
            let line: String = line;
            assert!(parse(&line).is_ok(), "{line}: {:?}", parse(&line));
        }
    }

    #[test]
    fn contradictions_are_refused() {
        for line in [
            "call //Bob",
            "call //Bob --message a --data 00",
            "call //Bob --args 1 --data 00",
            "call --message a",
            "instantiate --message a",
            "instantiate --code f --code-hash 00 --message a",
            "advance 0",
            "advance -1",
            "init --engine 2",
            "transfer //Bob",
            "transfer //Bob -5",
        ] {
            assert!(parse(line).is_err(), "{line} was taken");
        }
    }
}
