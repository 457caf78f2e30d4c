//! The command line, as scripts may rely on it.

#[cfg(feature = "chain")]
use super::{
    ask::{AskArgs, WorkerQueryArgs},
    compare::CompareArgs,
    config::ConfigArgs,
    run::RunArgs,
    shell::{CompletionsArgs, ManArgs},
    snapshot::SnapshotArgs,
};
use super::{check::CheckArgs, db::DbArgs, engine::EngineArgs, witness::WitnessArgs};
use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;

#[cfg(feature = "chain")]
mod chain;
mod contracts;
mod governance;
#[cfg(feature = "serve")]
mod serve;
mod versions;

#[cfg(feature = "chain")]
pub use chain::{
    AddMemberArgs, AdmitArgs, ChainCallArgs, ChainInstantiateArgs, ChainTransferArgs,
    ChainUpgradeArgs, ChainUploadArgs, ChainWithdrawArgs, KeyArgs, KeyCommand, OnChainArgs,
    ServeArgs, WorkerArgs, WorkerCommand,
};
pub use contracts::{
    AccountsArgs, ActivateArgs, AdvanceArgs, BlocksArgs, CallArgs, CodeArgs, InitArgs, InputArgs,
    InstantiateArgs, OfferArgs, OptionArgs, QueryArgs, RemoveCodeArgs, TransferArgs, UploadArgs,
};
pub use governance::{
    AcknowledgeArgs, AddWorkerArgs, EngineModeArgs, RegisterArgs, ResolveArgs, RunMode,
};
#[cfg(feature = "serve")]
pub use serve::ServeChainArgs;
pub use versions::{
    AmendArgs, ClaimArgs, EnginesArgs, PricesArgs, RehearseArgs, RentArgs, ReplayArgs, StorageArgs,
    UpgradeArgs, WithdrawArgs,
};

/// What options that several commands have stand under, in their helps.
pub(super) const COMMON: &str = "Common options";

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
    /// Accounts are //Name, SS58 or hex. Amounts are 1_000 of the smallest unit, or 1.5u and
    /// "1 unit", which are of 10^12 of it; what is shown can be given back.
    ///
    /// Exit status: 0 on success; 1 if a contract reverted, trapped or ran out of gas; 2 for
    /// anything else.
    #[cfg(feature = "dev")]
    Dev(Box<DevArgs>),
    /// Have a chain's cluster take code. The chain orders it; what became of it is in its receipt.
    ///
    /// Receipts are with the workers: `cluster_v1_receipt` of their RPC gives one. `witness record --block N --seq N
    /// FILE` writes one down from a worker's data, and `witness execute FILE` shows it.
    #[cfg(feature = "chain")]
    Upload(OnChainArgs<ChainUploadArgs>),
    /// Have a chain's cluster make a contract; prints the address that it will have.
    ///
    /// Receipts are with the workers: `cluster_v1_receipt` of their RPC gives one. `witness record --block N --seq N
    /// FILE` writes one down from a worker's data, and `witness execute FILE` shows it.
    #[cfg(feature = "chain")]
    Instantiate(OnChainArgs<ChainInstantiateArgs>),
    /// Have a chain's cluster call a contract. The chain orders it; what became of it is in its receipt.
    ///
    /// Receipts are with the workers: `cluster_v1_receipt` of their RPC gives one. `witness record --block N --seq N
    /// FILE` writes one down from a worker's data, and `witness execute FILE` shows it.
    #[cfg(feature = "chain")]
    Call(OnChainArgs<ChainCallArgs>),
    /// Ask a contract of a worker that runs, for free; signed by whoever is named, else as nobody.
    #[cfg(feature = "chain")]
    Query(AskArgs<WorkerQueryArgs>),
    /// Ask a worker that runs what a call would do as the next block's transaction, and what it would cost.
    #[cfg(feature = "chain")]
    Estimate(AskArgs<ChainCallArgs>),
    /// Ask a worker that runs what the making of a contract would do, and what it would cost.
    #[cfg(feature = "chain")]
    EstimateInstantiate(AskArgs<ChainInstantiateArgs>),
    /// Bring money from a chain into its cluster.
    #[cfg(feature = "chain")]
    Transfer(OnChainArgs<ChainTransferArgs>),
    /// Take money out of a chain's cluster. It is paid when the workers have confirmed it.
    #[cfg(feature = "chain")]
    Withdraw(OnChainArgs<ChainWithdrawArgs>),
    /// Have a chain move its cluster to a newer engine, in a block to come.
    #[cfg(feature = "chain")]
    Upgrade(OnChainArgs<ChainUpgradeArgs>),
    /// Take a worker into a chain's cluster, step by step.
    #[cfg(feature = "chain")]
    Worker(WorkerArgs),
    /// Make, insert and show the keys that sign.
    #[cfg(feature = "chain")]
    Key(KeyArgs),
    /// Follow a chain: execute what it orders for a cluster, block by block as they become final, until SIGTERM
    /// or SIGINT.
    ///
    /// Whatever a node says is checked: headers by their hashes, finality by the signatures of the chain's
    /// authorities, values by proofs. A base path stays with its chain and its cluster.
    #[cfg(feature = "chain")]
    Run(Box<RunArgs>),
    /// Say whether `run` would start with its options, environment and file, or where each value comes from.
    #[cfg(feature = "chain")]
    Config(ConfigArgs),
    /// Look at a worker's store as a whole: what it takes, forget it, bring it into this program's format.
    Db(DbArgs),
    /// Write the completion of a shell to stdout: `pink-worker completions bash > /etc/bash_completion.d/pink-worker`.
    #[cfg(feature = "chain")]
    Completions(CompletionsArgs),
    /// Write the manual's pages into a directory.
    #[cfg(feature = "chain")]
    #[command(hide = true)]
    Man(ManArgs),
    /// Execute stored history again, each message by the version that executed it then, and
    /// compare receipts and roots.
    Replay(StoredArgs<ReplayArgs>),
    /// Try out what the last messages would have done under another engine.
    Rehearse(StoredArgs<RehearseArgs>),
    /// Look through what a worker has stored for damage. Changes nothing.
    Check(CheckArgs),
    /// Find the first block, and in it the first message, at which two workers of a cluster part.
    ///
    /// Exit status: 0 if they agree about every block that both keep; 2 if they don't, or can't be compared.
    #[cfg(feature = "chain")]
    Compare(CompareArgs),
    /// A cluster's whole state as a file: write it, look at it, serve it, fetch it, begin with it.
    #[cfg(feature = "chain")]
    Snapshot(SnapshotArgs),
    /// Look at engine files without executing them, and check engines.
    Engine(EngineArgs),
    /// Write down one message with everything that it reads, and execute it alone.
    Witness(WitnessArgs),
}

/// A command on what a worker has stored.
#[derive(Clone, Debug, Args)]
pub struct StoredArgs<T: Args> {
    /// Where the worker's data is kept.
    #[arg(long, value_name = "DIR", help_heading = COMMON)]
    pub base_path: PathBuf,
    /// Where the engine files are [default: $PINK_ENGINES, or `engines` beside this program].
    #[arg(long, value_name = "DIR", help_heading = COMMON)]
    pub engines: Option<PathBuf>,
    /// Print one JSON object on stdout, whatever happens.
    #[arg(long, help_heading = COMMON)]
    pub json: bool,
    /// What to do.
    #[command(flatten)]
    pub what: T,
}

/// What every command of the development node takes.
#[derive(Clone, Debug, Args)]
pub struct DevArgs {
    /// Where chain and worker are kept; before or after the command.
    #[arg(long, value_name = "DIR", global = true, help_heading = COMMON)]
    pub base_path: Option<PathBuf>,
    /// Where the engine files are [default: $PINK_ENGINES, or `engines` beside this program].
    #[arg(long, value_name = "DIR", global = true, help_heading = COMMON)]
    pub engines: Option<PathBuf>,
    /// Print one JSON object on stdout, whatever happens.
    #[arg(long, global = true, help_heading = COMMON)]
    pub json: bool,
    /// While an upgrade is pending, run each block under its engine as well; `status` says what it
    /// found.
    #[arg(long, global = true, help_heading = COMMON)]
    pub shadow: bool,
    /// Interpret contracts also under engines that can compile them: slower, and with the same results.
    #[arg(long, global = true, help_heading = COMMON)]
    pub interpret: bool,
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
    /// Serve a development chain with a clock: its JSON-RPC and that of its worker, on this machine, until SIGINT or
    /// SIGTERM.
    ///
    /// Pages and programs talk to the two as to a real node and a real worker. What only a development chain does is in
    /// its methods dev_…: make blocks, move the clock, go back, and have the worker parked, behind, or disagreed with.
    #[cfg(feature = "serve")]
    Serve(ServeChainArgs),
    /// Upload code.
    Upload(UploadArgs),
    /// Remove code that nothing uses (engines 2.x).
    RemoveCode(RemoveCodeArgs),
    /// Have stored code run compiled (engines since 2.1). What is stored under them is so from the start.
    Activate(ActivateArgs),
    /// Make a contract.
    Instantiate(InstantiateArgs),
    /// Call a contract.
    Call(CallArgs),
    /// Call a contract on the newest state, for free, and drop what it changes.
    Query(QueryArgs),
    /// Find out what a call would do and cost as a transaction in the next block, changing
    /// nothing. It asks for the sender's money as the transaction would.
    Estimate(CallArgs),
    /// The same for `instantiate`.
    EstimateInstantiate(InstantiateArgs),
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
    /// Have the council vote for recording an engine, by its file.
    Register(RegisterArgs),
    /// Have the council say how every worker is to run contracts under an engine: compiled, or interpreted.
    EngineMode(EngineModeArgs),
    /// Take another worker into the cluster. It says only what `acknowledge` makes it say.
    AddWorker(AddWorkerArgs),
    /// Have another worker say what the cluster's state is.
    Acknowledge(AcknowledgeArgs),
    /// Have the council decide which root is right where workers disagree.
    Resolve(ResolveArgs),
    /// Upgrade the cluster to a newer engine.
    Upgrade(UpgradeArgs),
    /// Have governance skip a message that the worker is parked at, or give it to another version.
    Amend(AmendArgs),
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

#[cfg(all(test, feature = "chain", feature = "serve"))]
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
            "init --cluster-key f".into(),
            "serve".into(),
            "serve --chain-port 0 --rpc-port 0 --engine 2.0 --block-time 500 --finality-delay 2 --confirmation-delay 3".into(),
            "serve --no-mining --config-out c.json --silent".into(),
            "upload f.wasm --from //Bob".into(),
            format!("remove-code {hash} --from //Bob"),
            "instantiate --code f.contract --constructor new --args true --salt 0x01".into(),
            format!("instantiate --code-hash {hash} --data 0x00 --value 5 --json"),
            "call //Bob --message flip".into(),
            "call //Bob --message add --args -1 2 --metadata m.json --gas-limit 1,2".into(),
            "query //Bob --data 00 --storage-deposit-limit 7".into(),
            "query //Bob --data 00 --lend 5 --value 5 --gas 1,2 --deadline-ms 100".into(),
            "estimate //Bob --message get --from //Eve".into(),
            "estimate-instantiate --code f.contract --constructor new --salt 01".into(),
            format!("estimate-instantiate --code-hash {hash} --data 0x00 --value 1.5u"),
            "transfer //Bob 1.5u".into(),
            "init --gas-price 1 --endow //Bob=2.5u --base-path y --engines z".into(),
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
            "amend 7 --skip".into(),
            "amend 7 --execute-from 1.1".into(),
            "status --json".into(),
            "register 1.1".into(),
            "engine-mode 2.1 interpreted".into(),
            "engine-mode 2.1 native --json".into(),
            "add-worker //Dave --json".into(),
            "acknowledge //Dave".into(),
            format!("acknowledge //Dave --root {hash}"),
            "resolve".into(),
            format!("resolve --root {hash}"),
            "storage //Bob 0x00".into(),
            "rent //Bob".into(),
            "claim //Bob --from //Eve".into(),
            "replay --from 1 --to 2 --verify --current".into(),
            "rehearse --to 2.0 --last 5".into(),
            "rehearse --to 2.0 --message 5".into(),
        ] {
            let line: String = line;
            assert!(parse(&line).is_ok(), "{line}: {:?}", parse(&line));
        }
    }

    fn on_chain(line: &str) -> Result<Command, clap::Error> {
        let words = ["pink-worker"].into_iter().chain(line.split_whitespace());
        Ok(Cli::try_parse_from(words)?.command)
    }

    #[test]
    fn what_a_chain_is_told_has_a_signer() {
        let genesis = format!("0x{}", "11".repeat(32));
        for line in [
            "upload f.wasm --chain ws://x --from //Alice --storage-deposit-limit 5".to_owned(),
            "call //Bob --message add --args -1 2 --metadata m.json --gas 1,2 --chain ws://x \
             --chain ws://y --keystore d --account //Bob --json --max-ordering-fee 2u"
                .into(),
            format!(
                "instantiate --code f.contract --constructor new --args true --salt 01 --value 1u \
                 --chain ws://x --from //Alice --cluster 3 --genesis {genesis}"
            ),
            "transfer //Bob 1.5u --chain ws://x --from //Alice".into(),
            "withdraw 1u --to //Bob --chain ws://x --keystore d".into(),
            "upgrade 2.0 --at 50 --chain ws://x --from //Alice".into(),
            "upgrade 2.0 --chain ws://x --from //Alice".into(),
            "worker admit //Dave --sudo --chain ws://x --from //Alice".into(),
            "worker serve //Alice --chain ws://x --from //Dave".into(),
            "worker add //Dave --chain ws://x --from //Alice".into(),
            "key generate --keystore d".into(),
            "key --keystore d insert".into(),
            "key list --keystore d --json".into(),
        ] {
            assert!(on_chain(&line).is_ok(), "{line}: {:?}", on_chain(&line));
        }
        for line in [
            "upload f.wasm --chain ws://x",
            "upload f.wasm --from //Alice",
            "upload f.wasm --chain ws://x --from //Alice --keystore d",
            "upload f.wasm --chain ws://x --from //Alice --account //Bob",
            "call //Bob --chain ws://x --from //Alice",
            "transfer //Bob --chain ws://x --from //Alice",
        ] {
            assert!(on_chain(line).is_err(), "{line} was taken");
        }
    }

    #[test]
    fn the_base_path_stands_on_either_side() {
        for line in [
            "dev --base-path x status",
            "dev status --base-path x",
            "dev --engines e status --base-path x --json",
            "dev status --engines e --base-path x",
            "witness --base-path x record --block 1 --seq 1 f",
            "witness record --base-path x --block 1 --seq 1 f --engines e",
        ] {
            let words = ["pink-worker"].into_iter().chain(line.split(' '));
            let cli = Cli::try_parse_from(words).expect(line);
            let found = match cli.command {
                Command::Dev(dev) => dev.base_path,
                Command::Witness(witness) => witness.base_path,
                other => panic!("{other:?}"),
            };
            assert_eq!(found, Some("x".into()), "{line}");
        }
    }

    /// Whatever stands in whichever place: what is said about it stays short.
    #[test]
    fn long_arguments_are_not_repeated() {
        let long = "x".repeat(4_000);
        let root = Cli::command();
        let mut tried = 0;
        let mut left: Vec<(Vec<String>, clap::Command)> = vec![(vec!["pink-worker".into()], root)];
        while let Some((path, command)) = left.pop() {
            for sub in command.get_subcommands() {
                let path = [path.clone(), vec![sub.get_name().into()]].concat();
                left.push((path, sub.clone()));
            }
            let options = command.get_arguments().filter_map(|it| it.get_long());
            let options = options.map(|it| format!("--{it}"));
            for option in options.chain([String::new(), format!("--{long}"), long.clone()]) {
                let forms = [
                    [path.clone(), vec![option.clone(), long.clone()]].concat(),
                    [path.clone(), vec![format!("{option}={long}")]].concat(),
                ];
                for words in forms {
                    if let Err(error) = Cli::try_parse_from(&words) {
                        let words: Vec<_> = words.into_iter().map(Into::into).collect();
                        let text = crate::cli::wrong_args::parse_error(&error, &words);
                        assert!(text.len() < 1_500, "{option}: {} bytes", text.len());
                        tried += 1;
                    }
                }
            }
        }
        assert!(tried > 200, "{tried}");
    }

    #[test]
    fn contradictions_are_refused() {
        for line in [
            "call //Bob",
            "estimate //Bob --data 00 --lend 5",
            "query //Bob --data 00 --deadline-ms 0",
            "call //Bob --message a --data 00",
            "call //Bob --args 1 --data 00",
            "call --message a",
            "instantiate --message a",
            "instantiate --code f --code-hash 00 --message a",
            "advance 0",
            "advance -1",
            "init --engine 2",
            "amend 7",
            "amend 7 --skip --execute-from 1.1",
            "transfer //Bob",
            "transfer //Bob -5",
        ] {
            assert!(parse(line).is_err(), "{line} was taken");
        }
    }
}
