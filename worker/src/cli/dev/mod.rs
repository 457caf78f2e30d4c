//! The commands of the development node.

mod contracts;
mod engines_dir;
mod money;
mod show;
mod start;

use super::{
    args::{DevArgs, DevCommand},
    failure::Failure,
    report::Report,
};
use crate::{dev::DevNode, engine::EngineRegistry};

/// Does one command.
pub(super) fn run(args: DevArgs) -> Report {
    command(args).unwrap_or_else(|failure| Report::failure(&failure))
}

fn command(args: DevArgs) -> Result<Report, Failure> {
    let registry = EngineRegistry::new(engines_dir::choose(args.engines));
    let path = args.base_path;
    let open = |registry| DevNode::open(&path, registry);
    match args.command {
        DevCommand::Init(init) => start::init(&path, registry, &init),
        DevCommand::Upload(upload) => contracts::upload(open(registry)?, upload),
        DevCommand::Instantiate(args) => contracts::instantiate(open(registry)?, args),
        DevCommand::Call(call) => contracts::call(open(registry)?, call),
        DevCommand::Query(call) => contracts::query(&open(registry)?, call),
        DevCommand::Estimate(call) => contracts::estimate(&open(registry)?, call),
        DevCommand::Transfer(transfer) => money::transfer(open(registry)?, transfer),
        DevCommand::Advance(advance) => start::advance(open(registry)?, &advance),
        DevCommand::Accounts(accounts) => money::accounts(&open(registry)?, &accounts),
        DevCommand::Blocks(blocks) => show::blocks(&open(registry)?, &blocks),
    }
}
