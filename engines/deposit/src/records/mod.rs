//! Records of contracts, accounts and code, those included that the rent era left.
//!
//! A cluster can have any number of them, so its move converts none. Whoever reads a record sees
//! it as this era has it, whichever form it has in the state; whoever writes it writes this era's
//! form; and what nobody writes is converted at the ends of blocks (`migrate/steps.rs`). No result
//! and no gas depends on which of these came first:
//!
//! * A contract's record and its account are read as they are. The account of a contract that
//!   isn't converted doesn't say that it is a contract; whoever converts the contract's record
//!   converts the account with it.
//! * A tombstone is no contract. It goes, with its event, when a contract is made at its address
//!   or when its turn comes.
//! * Code is converted when it is loaded, because it has to be checked then: that takes a time by
//!   its length, which is what loading is paid by. So each use that needs to know more than whether
//!   it is there is paid as a load before its record is looked at, converted or not.

pub(crate) mod rent;

use crate::state::{
    account_key, code_info_key, code_key, contract_key, Account, Cluster, CodeInfo, CodeStatus,
    Contract, MOVING,
};
use pink_engine_sdk::{
    types::{AccountId, BlockNumber, Determinism, Event, Hash},
    Overlay,
};
use rent::{instrumented_key, prefab_key, Prefab, RentContract};

/// A contract.
pub(crate) fn contract(state: &mut Overlay<'_>, address: &AccountId) -> Option<Contract> {
    match rent::contract(state, address) {
        Some(RentContract::Alive(alive)) => Some(alive.into()),
        Some(RentContract::Tombstone(_)) => None,
        None => state.get_as(&contract_key(address)),
    }
}

/// Writes a contract.
pub(crate) fn put_contract(state: &mut Overlay<'_>, address: &AccountId, contract: &Contract) {
    convert_account(state, address);
    state.put_as(&contract_key(address), contract);
}

/// Removes a contract. Its account is one of a contract until somebody says otherwise.
pub(crate) fn remove_contract(state: &mut Overlay<'_>, address: &AccountId) {
    convert_account(state, address);
    state.remove(&contract_key(address));
}

/// Converts a record of the rent era, if it is one: what happens to it when its turn comes, or,
/// to a tombstone, when a contract is made at its address.
pub(crate) fn convert_contract(
    state: &mut Overlay<'_>,
    address: &AccountId,
    events: &mut Vec<Event>,
) {
    match rent::contract(state, address) {
        Some(RentContract::Alive(alive)) => put_contract(state, address, &alive.into()),
        Some(RentContract::Tombstone(_)) => {
            state.remove(&contract_key(address));
            let balance = account(state, address).unwrap_or_default().free;
            events.push(Event::TombstoneRemoved {
                contract: *address,
                balance,
            });
        }
        None => {}
    }
}

/// Lets the account of a contract that isn't converted say that it is one.
fn convert_account(state: &mut Overlay<'_>, address: &AccountId) {
    if lives_since_the_rent_era(state, address) {
        if let Some(account) = account(state, address) {
            state.put_as(&account_key(address), &account);
        }
    }
}

fn lives_since_the_rent_era(state: &mut Overlay<'_>, address: &AccountId) -> bool {
    is_migrating(state) && matches!(rent::contract(state, address), Some(RentContract::Alive(_)))
}

/// Whether there may be records of the rent era. Without any, nobody looks for them: once in a
/// message, this is one read.
fn is_migrating(state: &mut Overlay<'_>) -> bool {
    state.contains(MOVING)
}

/// An account.
pub(crate) fn account(state: &mut Overlay<'_>, who: &AccountId) -> Option<Account> {
    let found: Option<Account> = state.get_as(&account_key(who));
    match found {
        Some(account) if account.is_contract => Some(account),
        // The rent era's account says nothing; where there was no existential deposit, a contract
        // may have none.
        found => {
            if lives_since_the_rent_era(state, who) {
                Some(Account {
                    is_contract: true,
                    ..found.unwrap_or_default()
                })
            } else {
                found
            }
        }
    }
}

/// What each use of code is paid by.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Loading {
    /// Its length.
    pub len: u32,
    /// The block from which on it counts as compiled.
    pub compiled_from: Option<BlockNumber>,
}

/// Whether there is such code, and what each use of it is paid by.
pub(crate) fn loading(state: &mut Overlay<'_>, hash: &Hash) -> Option<Loading> {
    match state.get_as::<CodeInfo>(&code_info_key(hash)) {
        Some(info) => Some(Loading {
            len: info.code_len,
            compiled_from: info.compiled_from,
        }),
        None => prefab(state, hash).map(|prefab| Loading {
            len: prefab.original_len,
            compiled_from: None,
        }),
    }
}

/// What the rent era knew of code, if it isn't converted.
pub(crate) fn prefab(state: &mut Overlay<'_>, hash: &Hash) -> Option<Prefab> {
    if is_migrating(state) {
        state.get_as(&prefab_key(hash))
    } else {
        None
    }
}

/// What is known of code without a check of it: everything but its status, which is that of
/// refused code as long as it wasn't checked.
pub(crate) fn unchecked_code(state: &mut Overlay<'_>, hash: &Hash) -> Option<CodeInfo> {
    if let Some(info) = state.get_as(&code_info_key(hash)) {
        return Some(info);
    }
    let prefab = prefab(state, hash)?;
    Some(CodeInfo {
        owner: Cluster::load(state)?.owner,
        deposit: 0,
        refcount: prefab.users(),
        determinism: Determinism::Enforced,
        code_len: prefab.original_len,
        status: CodeStatus::Disabled,
        compiled_from: None,
    })
}

/// Removes code and all that is known of it.
pub(crate) fn remove_code(state: &mut Overlay<'_>, hash: &Hash) {
    state.remove(&code_key(hash));
    state.remove(&code_info_key(hash));
    forget_rent_code(state, hash);
}

/// Removes what the rent era knew of code, and the code as it ran then.
pub(crate) fn forget_rent_code(state: &mut Overlay<'_>, hash: &Hash) {
    if prefab(state, hash).is_some() {
        state.remove(&prefab_key(hash));
        state.remove(&instrumented_key(hash));
    }
}
