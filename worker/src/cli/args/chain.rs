//! Arguments of the commands that say something to a chain that runs: what is said is as under `dev`.

use super::{CodeArgs, InputArgs, OfferArgs, COMMON};
use crate::cli::values::{parse_amount, parse_hash, parse_hex, parse_who, Hex};
use clap::{ArgGroup, Args, Subcommand};
use fat_contracts_primitives::{AccountId, Balance, BlockNumber, ClusterId, EngineVersion, Hash};
use std::path::PathBuf;

/// A command that a chain is told, and by whom.
#[derive(Clone, Debug, Args)]
#[command(group = ArgGroup::new("signer").required(true).args(["from", "keystore"]))]
pub struct OnChainArgs<T: Args> {
    /// What is said.
    #[command(flatten)]
    pub what: T,
    /// A node's RPC, like ws://127.0.0.1:9944; several are tried in turn.
    #[arg(long, value_name = "URL", required = true, help_heading = COMMON)]
    pub chain: Vec<String>,
    /// The hash of the chain's genesis block: another chain is refused.
    #[arg(long, value_name = "HEX", value_parser = parse_hash, help_heading = COMMON)]
    pub genesis: Option<Hash>,
    /// Sign with a key that everybody knows, like //Alice: for development chains.
    #[arg(long, value_name = "//NAME", help_heading = COMMON)]
    pub from: Option<String>,
    /// Sign with a key of this directory.
    #[arg(long, value_name = "DIR", help_heading = COMMON)]
    pub keystore: Option<PathBuf>,
    /// With which key of the directory [default: the only one].
    #[arg(long, value_name = "WHO", value_parser = parse_who, conflicts_with = "from",
        help_heading = COMMON)]
    pub account: Option<AccountId>,
    /// The cluster.
    #[arg(long, value_name = "N", default_value = "1", help_heading = COMMON)]
    pub cluster: ClusterId,
    /// The most to pay on the chain for the message's place in the queue.
    #[arg(long, value_name = "AMOUNT", default_value = "1u", value_parser = parse_amount,
        help_heading = COMMON)]
    pub max_ordering_fee: Balance,
    /// Print one JSON object on stdout, whatever happens.
    #[arg(long, help_heading = COMMON)]
    pub json: bool,
}

/// Code to upload.
#[derive(Clone, Debug, Args)]
pub struct ChainUploadArgs {
    /// A .wasm or a .contract file.
    pub file: PathBuf,
    /// The highest storage deposit to accept [default: the engine's].
    #[arg(long, value_name = "AMOUNT", value_parser = parse_amount)]
    pub storage_deposit_limit: Option<Balance>,
}

/// A contract to make.
#[derive(Clone, Debug, Args)]
#[command(mut_arg("message", |arg| {
    arg.long("constructor").alias("message").help("The constructor's name")
}))]
pub struct ChainInstantiateArgs {
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
    pub offer: OfferArgs,
}

/// A contract to call.
#[derive(Clone, Debug, Args)]
#[command(mut_arg("metadata", |arg| {
    arg.help("The contract's .contract or .json file; --message needs it, because nothing is remembered of a chain's contracts")
}))]
pub struct ChainCallArgs {
    /// The contract.
    #[arg(value_name = "ADDRESS", value_parser = parse_who)]
    pub contract: AccountId,
    /// Which message.
    #[command(flatten)]
    pub input: InputArgs,
    /// On which terms.
    #[command(flatten)]
    pub offer: OfferArgs,
}

/// Money to bring in.
#[derive(Clone, Debug, Args)]
pub struct ChainTransferArgs {
    /// Who receives it in the cluster.
    #[arg(value_parser = parse_who)]
    pub who: AccountId,
    /// How much: 1_000 of the smallest unit, or 1.5u.
    #[arg(value_parser = parse_amount)]
    pub amount: Balance,
}

/// Money to take out.
#[derive(Clone, Debug, Args)]
pub struct ChainWithdrawArgs {
    /// How much: 1_000 of the smallest unit, or 1.5u.
    #[arg(value_parser = parse_amount)]
    pub amount: Balance,
    /// Who is paid on the chain [default: the signer].
    #[arg(long, value_name = "WHO", value_parser = parse_who)]
    pub to: Option<AccountId>,
}

/// A newer engine to upgrade to.
#[derive(Clone, Debug, Args)]
pub struct ChainUpgradeArgs {
    /// The version to upgrade to.
    #[arg(value_name = "X.Y")]
    pub to: EngineVersion,
    /// The block in which it happens [default: some blocks after the earliest that the chain allows].
    #[arg(long, value_name = "BLOCK")]
    pub at: Option<BlockNumber>,
}

/// Keys, in a directory as Substrate's keystores are.
#[derive(Clone, Debug, Args)]
pub struct KeyArgs {
    /// The directory.
    #[arg(long, value_name = "DIR", global = true, help_heading = COMMON)]
    pub keystore: Option<PathBuf>,
    /// Print one JSON object on stdout, whatever happens.
    #[arg(long, global = true, help_heading = COMMON)]
    pub json: bool,
    /// What to do.
    #[command(subcommand)]
    pub command: KeyCommand,
}

/// A command on keys.
#[derive(Clone, Copy, Debug, Subcommand)]
pub enum KeyCommand {
    /// Make a key, and the directory if it isn't there.
    Generate,
    /// Put a secret phrase or seed into the directory. It is read from standard input, one line.
    Insert,
    /// Show whose keys are there.
    List,
}

/// A step on the way of a worker into a cluster.
#[derive(Clone, Debug, Args)]
pub struct WorkerArgs {
    /// Which one.
    #[command(subcommand)]
    pub command: WorkerCommand,
}

/// A step on the way of a worker into a cluster.
#[derive(Clone, Debug, Subcommand)]
pub enum WorkerCommand {
    /// Admit an account as a worker; governance may.
    Admit(OnChainArgs<AdmitArgs>),
    /// Say whose clusters the signer, a worker, is ready to join.
    Serve(OnChainArgs<ServeArgs>),
    /// Take a worker into the cluster; its owner may.
    Add(OnChainArgs<AddMemberArgs>),
}

impl WorkerArgs {
    /// Whether the answer is to be JSON.
    pub fn json(&self) -> bool {
        match &self.command {
            WorkerCommand::Admit(args) => args.json,
            WorkerCommand::Serve(args) => args.json,
            WorkerCommand::Add(args) => args.json,
        }
    }
}

/// An account to admit.
#[derive(Clone, Debug, Args)]
pub struct AdmitArgs {
    /// Whose.
    #[arg(value_parser = parse_who)]
    pub who: AccountId,
    /// By the development chain's Sudo.
    #[arg(long)]
    pub sudo: bool,
}

/// An owner to serve.
#[derive(Clone, Debug, Args)]
pub struct ServeArgs {
    /// The clusters' owner.
    #[arg(value_parser = parse_who)]
    pub owner: AccountId,
}

/// A worker to take in.
#[derive(Clone, Debug, Args)]
pub struct AddMemberArgs {
    /// Which worker.
    #[arg(value_parser = parse_who)]
    pub who: AccountId,
}
