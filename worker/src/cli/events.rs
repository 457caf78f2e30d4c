//! Events as JSON: the name under `event`, and the event's own fields.

use super::{
    report::{hex0x, Decode},
    values::ss58,
};
use fat_contracts_primitives::AccountId;
use pink_capi::types::{self, Event};
use serde_json::{json, Value};

/// An event. Accounts are SS58, hashes and bytes hex, money decimal text; `decoded` is what the
/// contract's metadata makes of its own event.
pub fn event_json(event: &Event, decode: &dyn Decode) -> Value {
    ledger_event(event)
        .or_else(|| contract_event(event, decode))
        .or_else(|| deposit_event(event))
        .or_else(|| era_event(event))
        .unwrap_or_else(|| json!({ "event": "Unknown", "debug": format!("{event:?}") }))
}

fn who(account: &types::AccountId) -> String {
    ss58(&AccountId::new(*account))
}

fn ledger_event(event: &Event) -> Option<Value> {
    Some(match event {
        Event::NewAccount { account } => json!({ "event": "NewAccount", "account": who(account) }),
        Event::Endowed { account, amount } => json!({
            "event": "Endowed", "account": who(account), "amount": amount.to_string(),
        }),
        Event::Transfer { from, to, amount } => json!({
            "event": "Transfer", "from": who(from), "to": who(to), "amount": amount.to_string(),
        }),
        Event::KilledAccount { account } => {
            json!({ "event": "KilledAccount", "account": who(account) })
        }
        Event::DustLost { account, amount } => json!({
            "event": "DustLost", "account": who(account), "amount": amount.to_string(),
        }),
        Event::Deposited { account, amount } => json!({
            "event": "Deposited", "account": who(account), "amount": amount.to_string(),
        }),
        Event::Withdrawn { account, amount } => json!({
            "event": "Withdrawn", "account": who(account), "amount": amount.to_string(),
        }),
        _ => return None,
    })
}

fn contract_event(event: &Event, decode: &dyn Decode) -> Option<Value> {
    Some(match event {
        Event::Instantiated { deployer, contract } => json!({
            "event": "Instantiated", "deployer": who(deployer), "contract": who(contract),
        }),
        Event::ContractEmitted {
            contract,
            topics,
            data,
        } => json!({
            "event": "ContractEmitted",
            "contract": who(contract),
            "topics": topics.iter().map(hex0x).collect::<Vec<_>>(),
            "data": hex0x(data),
            "decoded": decode.event(&AccountId::new(*contract), topics, data),
        }),
        Event::Terminated {
            contract,
            beneficiary,
        } => json!({
            "event": "Terminated", "contract": who(contract), "beneficiary": who(beneficiary),
        }),
        Event::Called { caller, contract } => json!({
            "event": "Called", "caller": who(caller), "contract": who(contract),
        }),
        Event::DelegateCalled {
            contract,
            code_hash,
        } => json!({
            "event": "DelegateCalled", "contract": who(contract), "code_hash": hex0x(code_hash),
        }),
        Event::ContractCodeUpdated {
            contract,
            new_code_hash,
            old_code_hash,
        } => json!({
            "event": "ContractCodeUpdated",
            "contract": who(contract),
            "new_code_hash": hex0x(new_code_hash),
            "old_code_hash": hex0x(old_code_hash),
        }),
        _ => return None,
    })
}

fn deposit_event(event: &Event) -> Option<Value> {
    Some(match event {
        Event::CodeStored {
            code_hash,
            deposit_held,
            uploader,
        } => json!({
            "event": "CodeStored",
            "code_hash": hex0x(code_hash),
            "deposit_held": deposit_held.to_string(),
            "uploader": who(uploader),
        }),
        Event::CodeRemoved {
            code_hash,
            deposit_released,
            remover,
        } => json!({
            "event": "CodeRemoved",
            "code_hash": hex0x(code_hash),
            "deposit_released": deposit_released.to_string(),
            "remover": who(remover),
        }),
        Event::StorageDepositTransferredAndHeld { from, to, amount } => json!({
            "event": "StorageDepositTransferredAndHeld",
            "from": who(from), "to": who(to), "amount": amount.to_string(),
        }),
        Event::StorageDepositTransferredAndReleased { from, to, amount } => json!({
            "event": "StorageDepositTransferredAndReleased",
            "from": who(from), "to": who(to), "amount": amount.to_string(),
        }),
        _ => return None,
    })
}

fn era_event(event: &Event) -> Option<Value> {
    Some(match event {
        Event::Evicted { contract } => json!({ "event": "Evicted", "contract": who(contract) }),
        Event::Restored {
            restorer,
            dest,
            code_hash,
            rent_allowance,
        } => json!({
            "event": "Restored",
            "restorer": who(restorer),
            "dest": who(dest),
            "code_hash": hex0x(code_hash),
            "rent_allowance": rent_allowance.to_string(),
        }),
        Event::ScheduleUpdated { version } => {
            json!({ "event": "ScheduleUpdated", "version": version })
        }
        Event::Upgraded { from, to } => json!({
            "event": "Upgraded", "from": from.to_string(), "to": to.to_string(),
        }),
        Event::TombstoneRemoved { contract, balance } => {
            json!({ "event": "TombstoneRemoved", "contract": who(contract), "balance": balance.to_string() })
        }
        Event::CodeActivated {
            code_hash,
            compiled_from,
        } => json!({
            "event": "CodeActivated", "code_hash": hex0x(code_hash), "compiled_from": compiled_from,
        }),
        Event::CodeDisabled { code_hash, reason } => json!({
            "event": "CodeDisabled", "code_hash": hex0x(code_hash), "reason": reason,
        }),
        _ => return None,
    })
}
