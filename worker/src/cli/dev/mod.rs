//! The commands of the development node.

mod contracts;
mod engines;
mod governance;
mod money;
mod prices;
mod rent;
mod show;
mod start;

use super::{
    args::{DevArgs, DevCommand},
    asked::Asked,
    engines_dir,
    failure::Failure,
    history,
    report::Report,
};
use crate::{dev::DevNode, engine::EngineRegistry};

/// What a command is asked for, and by whom.
pub(super) fn asked(command: &DevCommand) -> Asked {
    use DevCommand as It;
    match command {
        It::Init(_) => Asked::unsigned("init"),
        It::Upload(args) => Asked::of("upload", &args.from),
        It::RemoveCode(args) => Asked::of("remove-code", &args.from),
        It::Instantiate(args) => Asked::of("instantiate", &args.options.from),
        It::Call(args) => Asked::of("call", &args.options.from),
        It::Query(args) => Asked::of("query", &args.call.options.from),
        It::Estimate(args) => Asked::of("estimate", &args.options.from),
        It::EstimateInstantiate(args) => Asked::of("estimate-instantiate", &args.options.from),
        It::Transfer(args) => Asked::of("transfer", &args.from),
        It::Advance(_) => Asked::unsigned("advance"),
        It::Accounts(_) => Asked::unsigned("accounts"),
        It::Blocks(_) => Asked::unsigned("blocks"),
        It::Withdraw(args) => Asked::of("withdraw", &args.from),
        It::Prices(args) => Asked::of("prices", &args.from),
        It::Engines(_) => Asked::unsigned("engines"),
        It::Register(_) => Asked::unsigned("register"),
        It::Employ(_) => Asked::unsigned("employ"),
        It::Acknowledge(_) => Asked::unsigned("acknowledge"),
        It::Resolve(_) => Asked::unsigned("resolve"),
        It::Upgrade(args) => Asked::of("upgrade", &args.from),
        It::Amend(_) => Asked::unsigned("amend"),
        It::Status => Asked::unsigned("status"),
        It::Storage(_) => Asked::unsigned("storage"),
        It::Rent(_) => Asked::unsigned("rent"),
        It::Claim(args) => Asked::of("claim", &args.from),
        It::Replay(_) => Asked::unsigned("replay"),
        It::Rehearse(_) => Asked::unsigned("rehearse"),
    }
}

/// Does one command.
pub(super) fn run(args: DevArgs, asked: &Asked) -> Result<Report, Failure> {
    let registry = EngineRegistry::new(engines_dir::choose(args.engines));
    let path = args.base_path.ok_or(Failure::NoBasePath)?;
    let shadow = args.shadow;
    let open = |registry| DevNode::open_with(&path, registry, shadow);
    match args.command {
        DevCommand::Init(init) => start::init(&path, registry, &init),
        DevCommand::Upload(upload) => contracts::upload(open(registry)?, upload, asked),
        DevCommand::RemoveCode(args) => contracts::remove_code(open(registry)?, &args, asked),
        DevCommand::Instantiate(args) => contracts::instantiate(open(registry)?, args, asked),
        DevCommand::Call(call) => contracts::call(open(registry)?, call, asked),
        DevCommand::Query(call) => contracts::query(&open(registry)?, call, asked),
        DevCommand::Estimate(call) => contracts::estimate(&open(registry)?, call, asked),
        DevCommand::EstimateInstantiate(args) => {
            contracts::estimate_instantiate(&open(registry)?, args, asked)
        }
        DevCommand::Transfer(transfer) => money::transfer(open(registry)?, transfer, asked),
        DevCommand::Advance(advance) => start::advance(open(registry)?, &advance),
        DevCommand::Accounts(accounts) => money::accounts(&open(registry)?, &accounts),
        DevCommand::Blocks(blocks) => show::blocks(&open(registry)?, &blocks),
        DevCommand::Withdraw(withdraw) => money::withdraw(open(registry)?, withdraw, asked),
        DevCommand::Prices(prices) => prices::prices(open(registry)?, prices),
        DevCommand::Engines(engines) => engines::engines(open(registry)?, &engines),
        DevCommand::Register(register) => governance::register(open(registry)?, &register),
        DevCommand::Employ(employ) => governance::employ(open(registry)?, employ),
        DevCommand::Acknowledge(args) => governance::acknowledge(open(registry)?, args),
        DevCommand::Resolve(resolve) => governance::resolve(open(registry)?, &resolve),
        DevCommand::Upgrade(upgrade) => engines::upgrade(open(registry)?, upgrade),
        DevCommand::Amend(amend) => engines::amend(open(registry)?, &amend),
        DevCommand::Status => show::status(&open(registry)?),
        DevCommand::Storage(storage) => rent::storage(&open(registry)?, &storage),
        DevCommand::Rent(rent) => rent::rent(&open(registry)?, &rent),
        DevCommand::Claim(claim) => rent::claim(open(registry)?, claim, asked),
        DevCommand::Replay(replay) => history::replay_of(open(registry)?.worker(), &replay),
        DevCommand::Rehearse(rehearse) => history::rehearse_on(open(registry)?.worker(), &rehearse),
    }
}
