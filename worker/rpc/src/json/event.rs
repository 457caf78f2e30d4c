//! Events: the name under `event`, and the event's own fields.

use crate::bytes::{hex0x, Account, Amount, Hash};
use pink_capi::types::Event;
use serde_json::{json, Value};

/// An event.
pub fn event(event: &Event) -> Value {
    ledger(event)
        .or_else(|| contract(event))
        .or_else(|| deposit(event))
        .or_else(|| era(event))
        // One that this program doesn't know is there all the same.
        .unwrap_or_else(|| json!({ "event": "Unknown", "bytes": hex0x(parity_scale_codec::Encode::encode(event)) }))
}

fn who(account: &[u8; 32]) -> Account {
    Account(*account)
}

fn ledger(event: &Event) -> Option<Value> {
    let moved = |name: &str, account: &[u8; 32], amount: &u128| json!({ "event": name, "account": who(account), "amount": Amount(*amount) });
    Some(match event {
        Event::NewAccount { account } => json!({ "event": "NewAccount", "account": who(account) }),
        Event::Endowed { account, amount } => moved("Endowed", account, amount),
        Event::Transfer { from, to, amount } => json!({
            "event": "Transfer", "from": who(from), "to": who(to), "amount": Amount(*amount),
        }),
        Event::KilledAccount { account } => {
            json!({ "event": "KilledAccount", "account": who(account) })
        }
        Event::DustLost { account, amount } => moved("DustLost", account, amount),
        Event::Deposited { account, amount } => moved("Deposited", account, amount),
        Event::Withdrawn { account, amount } => moved("Withdrawn", account, amount),
        _ => return None,
    })
}

fn contract(event: &Event) -> Option<Value> {
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
            "topics": topics.iter().map(|topic| Hash(*topic)).collect::<Vec<_>>(),
            "data": hex0x(data),
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
            "event": "DelegateCalled", "contract": who(contract), "codeHash": Hash(*code_hash),
        }),
        Event::ContractCodeUpdated {
            contract,
            new_code_hash,
            old_code_hash,
        } => json!({
            "event": "ContractCodeUpdated",
            "contract": who(contract),
            "newCodeHash": Hash(*new_code_hash),
            "oldCodeHash": Hash(*old_code_hash),
        }),
        _ => return None,
    })
}

fn deposit(event: &Event) -> Option<Value> {
    let moved = |name: &str, from: &[u8; 32], to: &[u8; 32], amount: &u128| json!({ "event": name, "from": who(from), "to": who(to), "amount": Amount(*amount) });
    Some(match event {
        Event::CodeStored {
            code_hash,
            deposit_held,
            uploader,
        } => json!({
            "event": "CodeStored",
            "codeHash": Hash(*code_hash),
            "depositHeld": Amount(*deposit_held),
            "uploader": who(uploader),
        }),
        Event::CodeRemoved {
            code_hash,
            deposit_released,
            remover,
        } => json!({
            "event": "CodeRemoved",
            "codeHash": Hash(*code_hash),
            "depositReleased": Amount(*deposit_released),
            "remover": who(remover),
        }),
        Event::StorageDepositTransferredAndHeld { from, to, amount } => {
            moved("StorageDepositTransferredAndHeld", from, to, amount)
        }
        Event::StorageDepositTransferredAndReleased { from, to, amount } => {
            moved("StorageDepositTransferredAndReleased", from, to, amount)
        }
        _ => return None,
    })
}

fn era(event: &Event) -> Option<Value> {
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
            "codeHash": Hash(*code_hash),
            "rentAllowance": Amount(*rent_allowance),
        }),
        Event::ScheduleUpdated { version } => {
            json!({ "event": "ScheduleUpdated", "version": version })
        }
        Event::Upgraded { from, to } => json!({
            "event": "Upgraded", "from": from.to_string(), "to": to.to_string(),
        }),
        Event::TombstoneRemoved { contract, balance } => json!({
            "event": "TombstoneRemoved", "contract": who(contract), "balance": Amount(*balance),
        }),
        Event::CodeActivated {
            code_hash,
            compiled_from,
        } => json!({
            "event": "CodeActivated", "codeHash": Hash(*code_hash), "compiledFrom": compiled_from,
        }),
        Event::CodeDisabled { code_hash, reason } => json!({
            "event": "CodeDisabled", "codeHash": Hash(*code_hash), "reason": reason,
        }),
        _ => return None,
    })
}
