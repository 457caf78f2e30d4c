//! The commands of the development node.

mod chain_events;
mod contracts;
mod engines;
mod governance;
mod message;
mod money;
mod prices;
mod rent;
#[cfg(feature = "serve")]
mod serve;
mod show;
mod start;

use super::{
    args::{DevArgs, DevCommand},
    closing::close,
    engines_dir,
    failure::Failure,
    history,
    invocation::Invocation,
    report::Report,
    values::name_of,
};
use fat_contracts_primitives::{AccountId, Balance};
use pink_devchain::{DevError, DevNode};
use pink_engine_host::EngineRegistry;
use pink_worker_core::{
    store::{Reader, StoreError},
    KeyFileError,
};
use std::{
    cell::{OnceCell, RefCell},
    io::ErrorKind,
    path::PathBuf,
};

/// What a command is asked for, and by whom.
pub(super) fn invocation(command: &DevCommand) -> Invocation {
    use DevCommand as It;
    match command {
        It::Init(_) => Invocation::unsigned("init"),
        It::Upload(args) => Invocation::of("upload", &args.from),
        It::RemoveCode(args) => Invocation::of("remove-code", &args.from),
        It::Activate(args) => Invocation::of("activate", &args.from),
        It::Instantiate(args) => Invocation::of("instantiate", &args.options.from),
        It::Call(args) => Invocation::of("call", &args.options.from),
        It::Query(args) => Invocation::of("query", &args.call.options.from),
        It::Estimate(args) => Invocation::of("estimate", &args.options.from),
        It::EstimateInstantiate(args) => Invocation::of("estimate-instantiate", &args.options.from),
        It::Transfer(args) => Invocation::of("transfer", &args.from),
        It::Advance(_) => Invocation::unsigned("advance"),
        It::Accounts(_) => Invocation::unsigned("accounts"),
        It::Blocks(_) => Invocation::unsigned("blocks"),
        It::Withdraw(args) => Invocation::of("withdraw", &args.from),
        It::Prices(args) => Invocation::of("prices", &args.from),
        It::Engines(args) => Invocation::unsigned("engines").about(args.accept),
        It::Register(args) => Invocation::unsigned("register").about(Some(args.version)),
        It::EngineMode(args) => Invocation::unsigned("engine-mode").about(Some(args.version)),
        It::AddWorker(_) => Invocation::unsigned("add-worker"),
        It::Acknowledge(_) => Invocation::unsigned("acknowledge"),
        It::Resolve(_) => Invocation::unsigned("resolve"),
        It::Upgrade(args) => Invocation::of("upgrade", &args.from).about(Some(args.to)),
        It::Amend(args) => Invocation::unsigned("amend").about(args.execute_from),
        #[cfg(feature = "serve")]
        It::Serve(_) => Invocation::unsigned("serve"),
        It::Status => Invocation::unsigned("status"),
        It::Storage(_) => Invocation::unsigned("storage"),
        It::Rent(_) => Invocation::unsigned("rent"),
        It::Claim(args) => Invocation::of("claim", &args.from),
        It::Replay(_) => Invocation::unsigned("replay"),
        It::Rehearse(_) => Invocation::unsigned("rehearse"),
    }
}

/// Does one command.
pub(super) fn run(args: DevArgs, invocation: &Invocation) -> Result<Report, Failure> {
    #[cfg(feature = "serve")]
    if let DevCommand::Serve(serve) = &args.command {
        let engines = engines_dir::choose(args.engines);
        let how = serve::How {
            shadow: args.shadow,
            interpret: args.interpret,
            json: args.json,
        };
        return serve::serve(serve, args.base_path, engines, how);
    }
    let opening = Opening {
        path: args.base_path.ok_or(Failure::NoBasePath)?,
        engines: engines_dir::choose(args.engines),
        shadow: args.shadow,
        interpret: args.interpret,
        opened: OnceCell::new(),
        warnings: RefCell::default(),
    };
    let report = command(args.command, &opening, invocation);
    let report = match opening.opened.get() {
        Some(store) => close(store, report),
        None => report,
    };
    let warnings = opening.warnings.take();
    if warnings.is_empty() {
        report
    } else {
        let report = report.unwrap_or_else(|failure| Report::failure(&failure, invocation));
        Ok(Report { warnings, ..report })
    }
}

fn command(
    command: DevCommand,
    node: &Opening,
    invocation: &Invocation,
) -> Result<Report, Failure> {
    match command {
        DevCommand::Init(init) => start::init(&node.path, node.registry(), &init),
        // It opens nothing.
        #[cfg(feature = "serve")]
        DevCommand::Serve(_) => Err(Failure::NoBasePath),
        DevCommand::Upload(upload) => contracts::upload(node.open()?, upload, invocation),
        DevCommand::Activate(args) => contracts::activate(node.open()?, &args, invocation),
        DevCommand::RemoveCode(args) => contracts::remove_code(node.open()?, &args, invocation),
        DevCommand::Instantiate(args) => contracts::instantiate(node.open()?, args, invocation),
        DevCommand::Call(call) => contracts::call(node.open()?, call, invocation),
        DevCommand::Query(call) => contracts::query(&node.look()?, call, invocation),
        DevCommand::Estimate(call) => contracts::estimate(&node.look()?, call, invocation),
        DevCommand::EstimateInstantiate(args) => {
            contracts::estimate_instantiate(&node.look()?, args, invocation)
        }
        DevCommand::Transfer(transfer) => money::transfer(node.open()?, transfer, invocation),
        DevCommand::Advance(advance) => start::advance(node.open()?, &advance),
        DevCommand::Accounts(accounts) => money::accounts(&node.look()?, &accounts),
        DevCommand::Blocks(blocks) => show::blocks(&node.look()?, &blocks),
        DevCommand::Withdraw(withdraw) => money::withdraw(node.open()?, withdraw, invocation),
        DevCommand::Prices(args) if args.asks() => prices::prices(node.look()?, args),
        DevCommand::Prices(prices) => prices::prices(node.open()?, prices),
        DevCommand::Engines(args) if args.accept.is_none() => engines::engines(node.look()?, &args),
        DevCommand::Engines(engines) => engines::engines(node.open()?, &engines),
        DevCommand::Register(register) => governance::register(node.open()?, &register),
        DevCommand::EngineMode(args) => governance::engine_mode(node.open()?, &args),
        DevCommand::AddWorker(add_worker) => governance::add_worker(node.open()?, add_worker),
        DevCommand::Acknowledge(args) => governance::acknowledge(node.open()?, args),
        DevCommand::Resolve(resolve) => governance::resolve(node.open()?, &resolve),
        DevCommand::Upgrade(upgrade) => engines::upgrade(node.open()?, upgrade),
        DevCommand::Amend(amend) => engines::amend(node.open()?, &amend),
        DevCommand::Status => show::status(&node.look()?),
        DevCommand::Storage(storage) => rent::storage(&node.look()?, &storage),
        DevCommand::Rent(rent) => rent::rent(&node.look()?, &rent),
        DevCommand::Claim(claim) => rent::claim(node.open()?, claim, invocation),
        DevCommand::Replay(replay) => history::replay_of(node.look()?.worker(), &replay),
        DevCommand::Rehearse(rehearse) => history::rehearse_on(node.look()?.worker(), &rehearse),
    }
}

/// Why the chain refused to order a message. What somebody lacks there, it doesn't say: `fee` is what
/// ordering the message costs at most, `amount` what it brings along.
fn not_ordered(
    node: &DevNode,
    who: &AccountId,
    fee: Balance,
    amount: Option<Balance>,
    refused: DevError,
) -> Failure {
    const MONEY: [&str; 4] = [
        "Underflow",
        "FundsUnavailable",
        "BelowMinimum",
        "NotExpendable",
    ];
    match &refused {
        DevError::Refused(why) if MONEY.contains(&&*why.name) => Failure::TooPoor {
            who: name_of(who),
            has: node.chain().balance(who),
            fee,
            amount,
            refused: refused.into(),
        },
        _ => refused.into(),
    }
}

/// How a command gets at the node.
struct Opening {
    path: PathBuf,
    engines: PathBuf,
    shadow: bool,
    interpret: bool,
    /// The store of the node that the command has, to be closed.
    opened: OnceCell<Reader>,
    /// What isn't in order, but keeps nobody from looking.
    warnings: RefCell<Vec<String>>,
}

impl Opening {
    fn registry(&self) -> EngineRegistry {
        EngineRegistry::new(&self.engines)
    }

    /// The node, to make blocks on.
    fn open(&self) -> Result<DevNode, Failure> {
        let mut node = DevNode::open_with(&self.path, self.registry(), self.shadow)?;
        node.compile(self.interpret).map_err(Failure::NoThread)?;
        Ok(self.noted(node))
    }

    /// The node, to look at. If blocks wait for the worker it executes them first, where it can
    /// write down what they give.
    fn look(&self) -> Result<DevNode, Failure> {
        if self.shadow {
            return self.open();
        }
        let node = DevNode::open_read_only(&self.path, self.registry())?;
        if node.behind() == 0 {
            return Ok(self.noted(node));
        }
        drop(node);
        match DevNode::open_with(&self.path, self.registry(), self.shadow) {
            Err(error) if cant_write(&error) || is_wide(&error) => {
                let node = DevNode::open_read_only(&self.path, self.registry())?;
                Ok(self.noted(node))
            }
            node => Ok(self.noted(node?)),
        }
    }

    fn noted(&self, node: DevNode) -> DevNode {
        let store = node.worker().store().reader().clone();
        self.opened.get_or_init(|| store);
        let warned = Report::default().warned(node.warnings());
        self.warnings.replace(warned.warnings);
        node
    }
}

/// Others than its owner may use a key: nothing is done with it, but what is there can be shown.
fn is_wide(error: &DevError) -> bool {
    matches!(
        error,
        DevError::ClusterKey(KeyFileError::Permissions { .. })
    )
}

/// The base path can be read only.
fn cant_write(error: &DevError) -> bool {
    let DevError::Store(StoreError::Io { source, .. }) = error else {
        return false;
    };
    matches!(
        source.kind(),
        ErrorKind::ReadOnlyFilesystem | ErrorKind::PermissionDenied
    )
}
