//! `storage`, `rent` and `claim`.

use super::super::{
    args::{ClaimArgs, RentArgs, StorageArgs},
    asked::Asked,
    failure::Failure,
    report::{hex0x, Report},
    values::ss58,
};
use crate::dev::{DevNode, CLUSTER};
use fat_contracts_primitives::{AccountId, Weight};
use pallet_fat_contracts::Call;
use pink_capi::types::AccessError;
use runtime_mock::runtime::Runtime;
use serde_json::Value;

/// `value` is null if there is nothing under the key.
pub(super) fn storage(node: &DevNode, args: &StorageArgs) -> Result<Report, Failure> {
    let view = node.worker().view()?;
    let value = view
        .contract_storage(args.contract.as_ref(), &args.key.0)?
        .map_err(|error| no_access(error, &args.contract))?;
    Ok(super::start::head(node)?.with("value", value.map(hex0x)))
}

pub(super) fn rent(node: &DevNode, args: &RentArgs) -> Result<Report, Failure> {
    let view = node.worker().view()?;
    let rent = view
        .rent(args.contract.as_ref())?
        .map_err(|error| no_access(error, &args.contract))?;
    let eviction_at = rent.eviction_at.map_or(Value::Null, Value::from);
    Ok(super::start::head(node)?
        .with("eviction_at", eviction_at)
        .with("allowance", rent.allowance.to_string())
        .with("paid", rent.paid.to_string())
        .with("threshold", rent.threshold.to_string())
        .with("verdict", rent.verdict))
}

pub(super) fn claim(mut node: DevNode, args: ClaimArgs, asked: &Asked) -> Result<Report, Failure> {
    let call = Call::<Runtime>::claim_surcharge {
        cluster: CLUSTER,
        contract: args.contract,
        max_gas_price: None,
        max_ordering_fee: node.ordering_fee(Weight::default(), 0),
    };
    let done = node.submit(args.from, call, Vec::new())?;
    Ok(Report::of_message(&done, &(), asked))
}

fn no_access(error: AccessError, contract: &AccountId) -> Failure {
    let contract = ss58(contract);
    match error {
        AccessError::DoesntExist => Failure::NoContract(contract),
        AccessError::IsTombstone => Failure::Tombstone(contract),
        AccessError::BadKey => Failure::BadKey,
        AccessError::Unsupported => Failure::Unsupported,
    }
}
