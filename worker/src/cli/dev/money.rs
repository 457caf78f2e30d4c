//! `transfer` and `accounts`.

use super::super::{
    args::{AccountsArgs, TransferArgs, WithdrawArgs},
    failure::Failure,
    invocation::Invocation,
    report::{hex0x, AccountLine, Report, Status},
    values::ss58,
};
use super::not_ordered;
use fat_contracts_primitives::{AccountId, Weight};
use pallet_fat_contracts::{Call, Event};
use pink_devchain::{treasury, DevNode, CLUSTER};
use runtime_mock::{runtime::Runtime, RuntimeEvent, DEV_ACCOUNTS};

pub(super) fn transfer(
    mut node: DevNode,
    args: TransferArgs,
    invocation: &Invocation,
) -> Result<Report, Failure> {
    let max_ordering_fee = node.ordering_fee(Weight::default(), 0);
    let call = Call::<Runtime>::transfer_to_cluster {
        cluster: CLUSTER,
        dest: args.who,
        amount: args.amount,
        max_ordering_fee,
    };
    let (from, amount) = (args.from, Some(args.amount));
    let done = node.submit(from.clone(), call, Vec::new());
    let done = done.map_err(|error| not_ordered(&node, &from, max_ordering_fee, amount, error))?;
    Ok(Report::of_message(&done, &(), invocation))
}

/// One block orders the withdrawal; in the next one the worker confirms it and the chain pays.
pub(super) fn withdraw(
    mut node: DevNode,
    args: WithdrawArgs,
    invocation: &Invocation,
) -> Result<Report, Failure> {
    let max_ordering_fee = node.ordering_fee(Weight::default(), 0);
    let call = Call::<Runtime>::withdraw_from_cluster {
        cluster: CLUSTER,
        dest: args.to.unwrap_or_else(|| args.from.clone()),
        amount: args.amount,
        max_gas_price: None,
        max_ordering_fee,
    };
    let from = args.from;
    let done = node.submit(from.clone(), call, Vec::new());
    let done = done.map_err(|error| not_ordered(&node, &from, max_ordering_fee, None, error))?;
    let report = Report::of_message(&done, &(), invocation);
    if report.status != Status::Success {
        return Ok(report);
    }
    let confirmed = node.dispatch(Vec::new(), Vec::new())?;
    let paid = confirmed.events.iter().any(|event| {
        matches!(
            event,
            RuntimeEvent::FatContracts(Event::WithdrawalPaid { seq, .. })
                if *seq == done.receipt.seq
        )
    });
    Ok(report.with("paid", paid))
}

pub(super) fn accounts(node: &DevNode, args: &AccountsArgs) -> Result<Report, Failure> {
    let known: Vec<_> = DEV_ACCOUNTS
        .iter()
        .map(|(name, key)| (AccountId::new(*key), (*name).to_owned()))
        .chain([(treasury(), "treasury".to_owned())])
        .collect();
    let asked: Vec<_> = if args.who.is_empty() {
        known.iter().map(|(who, _)| who.clone()).collect()
    } else {
        args.who.clone()
    };
    let view = node.worker().view()?;
    let lines = asked.iter().map(|who| {
        let account = view.account(who.as_ref())?;
        Ok::<_, Failure>(AccountLine {
            name: known
                .iter()
                .find(|(it, _)| it == who)
                .map(|(_, name)| name.clone()),
            address: ss58(who),
            address_hex: hex0x(who),
            free: account.free.to_string(),
            held: account.held.to_string(),
            on_chain: node.chain().balance(who).to_string(),
        })
    });
    let mut head = super::start::head(node)?;
    if view.is_destroyed()? {
        head.warnings
            .push("the cluster was destroyed: nobody has anything in it".into());
    }
    Ok(Report {
        accounts: Some(lines.collect::<Result<_, _>>()?),
        total_issuance: Some(view.total_issuance()?.to_string()),
        ..head
    })
}
