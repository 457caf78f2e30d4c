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
    engines_dir,
    failure::Failure,
    history,
    report::Report,
};
use crate::{dev::DevNode, engine::EngineRegistry};

/// Does one command.
pub(super) fn run(args: DevArgs) -> Result<Report, Failure> {
    let registry = EngineRegistry::new(engines_dir::choose(args.engines));
    let path = args.base_path;
    let shadow = args.shadow;
    let open = |registry| DevNode::open_with(&path, registry, shadow);
    match args.command {
        DevCommand::Init(init) => start::init(&path, registry, &init),
        DevCommand::Upload(upload) => contracts::upload(open(registry)?, upload),
        DevCommand::RemoveCode(args) => contracts::remove_code(open(registry)?, &args),
        DevCommand::Instantiate(args) => contracts::instantiate(open(registry)?, args),
        DevCommand::Call(call) => contracts::call(open(registry)?, call),
        DevCommand::Query(call) => contracts::query(&open(registry)?, call),
        DevCommand::Estimate(call) => contracts::estimate(&open(registry)?, call),
        DevCommand::Transfer(transfer) => money::transfer(open(registry)?, transfer),
        DevCommand::Advance(advance) => start::advance(open(registry)?, &advance),
        DevCommand::Accounts(accounts) => money::accounts(&open(registry)?, &accounts),
        DevCommand::Blocks(blocks) => show::blocks(&open(registry)?, &blocks),
        DevCommand::Withdraw(withdraw) => money::withdraw(open(registry)?, withdraw),
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
        DevCommand::Claim(claim) => rent::claim(open(registry)?, claim),
        DevCommand::Replay(replay) => history::replay_of(open(registry)?.worker(), &replay),
        DevCommand::Rehearse(rehearse) => history::rehearse_on(open(registry)?.worker(), &rehearse),
    }
}
