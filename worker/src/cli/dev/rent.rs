//! `storage`, `rent` and `claim`.

use super::super::{
    args::{ClaimArgs, RentArgs, StorageArgs},
    failure::{Failure, CHECK_ADDRESS, RESTORE},
    invocation::Invocation,
    report::{hex0x, Report},
    values::ss58,
};
use super::not_ordered;
use fat_contracts_primitives::{AccountId, BlockNumber, Weight};
use pallet_fat_contracts::Call;
use pink_capi::types::{AccessError, Event, Outcome};
use pink_devchain::{DevNode, CLUSTER};
use pink_worker_core::WorkerError;
use runtime_mock::runtime::Runtime;
use serde_json::Value;

/// `value` is null if there is nothing under the key.
pub(super) fn storage(node: &DevNode, args: &StorageArgs) -> Result<Report, Failure> {
    let view = node.worker().view()?;
    let value = view
        .contract_storage(args.contract.as_ref(), &args.key.0)?
        .map_err(|error| no_access(error, node, &args.contract))?;
    Ok(super::start::head(node)?.with("value", value.map(hex0x)))
}

pub(super) fn rent(node: &DevNode, args: &RentArgs) -> Result<Report, Failure> {
    let view = node.worker().view()?;
    let rent = view
        .rent(args.contract.as_ref())?
        .map_err(|error| no_access(error, node, &args.contract))?;
    let eviction_at = rent.eviction_at.map_or(Value::Null, Value::from);
    Ok(super::start::head(node)?
        .with("eviction_at", eviction_at)
        .with("allowance", rent.allowance.to_string())
        .with("paid", rent.paid.to_string())
        .with("threshold", rent.threshold.to_string())
        .with("verdict", rent.verdict))
}

pub(super) fn claim(
    mut node: DevNode,
    args: ClaimArgs,
    invocation: &Invocation,
) -> Result<Report, Failure> {
    let max_ordering_fee = node.ordering_fee(Weight::default(), 0);
    let call = Call::<Runtime>::claim_surcharge {
        cluster: CLUSTER,
        contract: args.contract.clone(),
        max_gas_price: None,
        max_ordering_fee,
    };
    let done = node.submit(args.from.clone(), call, Vec::new());
    let done =
        done.map_err(|error| not_ordered(&node, &args.from, max_ordering_fee, None, error))?;
    let report = Report::of_message(&done, &(), invocation);
    let outcome = &done.receipt.receipt.outcome;
    Ok(explained(report, &node, &args.contract, outcome))
}

/// With what the contract's rent has to do with how a message ended.
pub(super) fn explained(
    report: Report,
    node: &DevNode,
    contract: &AccountId,
    ended: &Outcome,
) -> Report {
    let (Outcome::Rejected(why) | Outcome::Trapped(why)) = ended else {
        return report;
    };
    let hint = match &*why.error {
        "ContractNotEvictable" => not_evictable(node, contract),
        "NotCallable" => not_callable(node, contract),
        _ => None,
    };
    Report {
        hint: hint.or(report.hint),
        ..report
    }
}

/// Why a contract can't be evicted. None if that can't be told.
fn not_evictable(node: &DevNode, contract: &AccountId) -> Option<String> {
    let view = node.worker().view().ok()?;
    let rent = match view.rent(contract.as_ref()).ok()? {
        Ok(rent) => rent,
        Err(AccessError::IsTombstone) => {
            let failure = tombstone(node, contract);
            return Some(format!("{failure}: nothing is left to claim"));
        }
        Err(AccessError::DoesntExist) => return Some(CHECK_ADDRESS.into()),
        Err(_) => return None,
    };
    let now = view.block();
    Some(match rent.eviction_at {
        Some(at) if at > now => format!(
            "it can pay its rent until block {at}: `advance {}`, then claim again; a claim that \
             an account signs has to wait some blocks longer",
            at.saturating_sub(now)
        ),
        Some(_) => "its rent is due, but a claim that an account signs has to wait some blocks \
                    longer: `advance 5`, then claim again"
            .into(),
        None => "what it has covers its storage: it pays no rent, and stays".into(),
    })
}

/// Why a contract can't be called. None if that can't be told.
fn not_callable(node: &DevNode, contract: &AccountId) -> Option<String> {
    let view = node.worker().view().ok()?;
    match view.contract(contract.as_ref()).ok()? {
        Some(found) if found.tombstone => Some(format!("{}: {RESTORE}", tombstone(node, contract))),
        Some(_) => None,
        None => Some(CHECK_ADDRESS.into()),
    }
}

/// That a contract is a tombstone, and since when.
pub(super) fn tombstone(node: &DevNode, contract: &AccountId) -> Failure {
    Failure::Tombstone {
        contract: ss58(contract),
        since: evicted_at(node, contract).ok().flatten(),
    }
}

/// The block in which a contract was evicted last, as far as the history goes back.
fn evicted_at(node: &DevNode, contract: &AccountId) -> Result<Option<BlockNumber>, WorkerError> {
    let (worker, address): (_, &[u8; 32]) = (node.worker(), contract.as_ref());
    let last = worker.head()?.map_or(0, |(number, _, _)| number);
    for block in (0..=last).rev() {
        match worker.record(block)? {
            Some(record) if record.messages == 0 => continue,
            Some(_) => {}
            None => break,
        }
        let receipts = worker.receipts(block)?;
        let mut events = receipts.iter().flat_map(|it| &it.receipt.events);
        let evicted = events.any(|event| match event {
            Event::Evicted { contract: it, .. } => it == address,
            _ => false,
        });
        if evicted {
            return Ok(Some(block));
        }
    }
    Ok(None)
}

fn no_access(error: AccessError, node: &DevNode, contract: &AccountId) -> Failure {
    match error {
        AccessError::DoesntExist => Failure::NoContract(ss58(contract)),
        AccessError::IsTombstone => tombstone(node, contract),
        AccessError::BadKey => Failure::BadKey,
        AccessError::Unsupported => Failure::Unsupported,
    }
}
