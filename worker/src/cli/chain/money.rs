//! `transfer`, `withdraw` and `upgrade`.

use super::{
    super::{
        args::{ChainTransferArgs, ChainUpgradeArgs, ChainWithdrawArgs, OnChainArgs},
        failure::Failure,
        report::Report,
    },
    Chain, PALLET,
};
use fat_contracts_primitives::{Balance, BlockNumber};

/// For how many blocks an order may be on its way to its block: finality lags, and pools wait.
const MARGIN: BlockNumber = 16;

pub(in super::super) fn transfer(args: OnChainArgs<ChainTransferArgs>) -> Result<Report, Failure> {
    let (chain, args) = Chain::of(args)?;
    let call = chain
        .about_cluster("transfer_to_cluster")
        .with("dest", &args.who)
        .with("amount", &args.amount)
        .with("max_ordering_fee", &chain.max_ordering_fee);
    chain.order(call, "DepositQueued")
}

pub(in super::super) fn withdraw(args: OnChainArgs<ChainWithdrawArgs>) -> Result<Report, Failure> {
    let (chain, args) = Chain::of(args)?;
    let dest = args.to.unwrap_or_else(|| chain.account().clone());
    let none: Option<Balance> = None;
    let call = chain
        .about_cluster("withdraw_from_cluster")
        .with("dest", &dest)
        .with("amount", &args.amount)
        .with("max_gas_price", &none)
        .with("max_ordering_fee", &chain.max_ordering_fee);
    chain.order(call, "WithdrawalQueued")
}

/// The message with which the cluster moves has its number when its block comes.
pub(in super::super) fn upgrade(args: OnChainArgs<ChainUpgradeArgs>) -> Result<Report, Failure> {
    let (chain, args) = Chain::of(args)?;
    let at = match args.at {
        Some(at) => at,
        None => {
            let notice: BlockNumber = chain.sender.constant(PALLET, "MinUpgradeNotice")?;
            let head = chain.sender.finalized()?;
            head.saturating_add(notice).saturating_add(MARGIN)
        }
    };
    let call = chain
        .about_cluster("upgrade_runtime")
        .with("to", &args.to)
        .with("at_block", &at);
    let report = chain.order(call, "UpgradeScheduled")?;
    Ok(report.with("to", args.to.to_string()).with("at", at))
}
