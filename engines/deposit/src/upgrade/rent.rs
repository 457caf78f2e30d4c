//! The records of the rent era (versions 1.0 and 1.1), and what becomes of them.
//!
//! The layout is theirs, fixed by their releases; only what is needed is named here.

use crate::{
    engine::Core,
    idle::{self, successor},
    state::{
        account_key, code_info_key, contract_key, Account, Cluster, CodeInfo, CodeStatus, Config,
        Contract, CLUSTER, NONCE, RENT_STORAGE,
    },
    wasm::Compiled,
};
use parity_scale_codec::{Decode, DecodeAll};
use pink_engine_sdk::{
    types::{AccountId, Balance, BlockNumber, Determinism, Event, Failure, Hash},
    Fault, Overlay,
};
use std::collections::BTreeMap;

/// Records that are read at a time while a namespace is walked. Code is among them, which is large.
const PAGE: u32 = 16;

/// How many living contracts each code has.
pub(super) type Users = BTreeMap<Hash, u64>;

#[derive(Decode)]
struct RentCluster {
    id: Hash,
    owner: AccountId,
    treasury: AccountId,
    gas_price: Balance,
    deposit_per_item: Balance,
    deposit_per_byte: Balance,
    existential_deposit: Balance,
    destroyed: bool,
}

#[derive(Decode)]
enum RentContract {
    #[codec(index = 0)]
    Alive(Alive),
    #[codec(index = 1)]
    Tombstone(#[allow(dead_code)] Hash),
}

#[derive(Decode)]
#[allow(dead_code)] // what the record holds, whether it is needed or not
struct Alive {
    prefix: Hash,
    storage_size: u32,
    pair_count: u32,
    code_hash: Hash,
    rent_allowance: Balance,
    rent_paid: Balance,
    deduct_block: BlockNumber,
    last_write: Option<BlockNumber>,
}

#[derive(Decode)]
#[allow(dead_code)] // as above
struct Deleted {
    pair_count: u32,
    prefix: Hash,
}

/// Visits every record whose key begins with `namespace`, in order, with the rest of its key.
/// The visitor may change or remove the record that it sees.
fn for_each(
    state: &mut Overlay<'_>,
    namespace: &[u8],
    mut visit: impl FnMut(&mut Overlay<'_>, &[u8], Vec<u8>),
) {
    let end = successor(namespace);
    let mut from = namespace.to_vec();
    loop {
        let page = state.range(&from, end.as_deref(), PAGE);
        let Some((last, _)) = page.last() else { return };
        from.clone_from(last);
        from.push(0);
        for (key, value) in page {
            let rest = key.get(namespace.len()..).unwrap_or_default();
            visit(state, rest, value);
        }
    }
}

/// Decodes a record; one that doesn't decode means that the state isn't what its version says.
fn decode<T: Decode>(state: &mut Overlay<'_>, key: &[u8], mut bytes: &[u8]) -> Option<T> {
    match T::decode_all(&mut bytes) {
        Ok(record) => Some(record),
        Err(error) => {
            state.set_fault(Fault::BrokenState {
                key: key.into(),
                reason: error.to_string(),
            });
            None
        }
    }
}

/// The cluster, as this era records it.
///
/// # Errors
/// There is none, or it has ended.
pub(super) fn cluster(state: &mut Overlay<'_>) -> Result<Cluster, Failure> {
    let old: RentCluster = state
        .get_as(CLUSTER)
        .ok_or_else(|| Failure::new("NoCluster", "there is no cluster to take over"))?;
    if old.destroyed {
        return Err(Failure::new(
            "ClusterDestroyed",
            "a cluster that has ended isn't taken over",
        ));
    }
    Ok(Cluster {
        id: old.id,
        owner: old.owner,
        treasury: old.treasury,
        gas_price: old.gas_price,
        deposit_per_item: old.deposit_per_item,
        deposit_per_byte: old.deposit_per_byte,
        existential_deposit: old.existential_deposit,
        system_contract: None,
        // The rent era's configuration says nothing of queries.
        config: Config::default(),
    })
}

/// What waits for its deletion goes on waiting, and so do the records that this era has no use for.
pub(super) fn deletions(state: &mut Overlay<'_>) {
    let waiting = state
        .get_as::<Vec<Deleted>>(b"deletion")
        .unwrap_or_default();
    for deleted in waiting {
        idle::enqueue(state, &[RENT_STORAGE, &deleted.prefix].concat());
    }
    for namespace in [b"prefab/".as_slice(), b"instrumented/"] {
        idle::enqueue(state, namespace);
    }
}

/// Living contracts keep their storage where it is; tombstones go, and their money stays.
pub(super) fn contracts(state: &mut Overlay<'_>, events: &mut Vec<Event>) -> Users {
    let mut users = Users::new();
    for_each(state, b"contract/", |state, address, value| {
        let Ok(address) = AccountId::try_from(address) else {
            return;
        };
        let key = contract_key(&address);
        match decode::<RentContract>(state, &key, &value) {
            Some(RentContract::Alive(alive)) => {
                take_over(state, &address, &alive);
                let users = users.entry(alive.code_hash).or_default();
                *users = users.saturating_add(1);
            }
            Some(RentContract::Tombstone(_)) => {
                state.remove(&key);
                let account: Option<Account> = state.get_as(&account_key(&address));
                events.push(Event::TombstoneRemoved {
                    contract: address,
                    balance: account.unwrap_or_default().free,
                });
            }
            None => {}
        }
    });
    let nonce = state.get_as::<u64>(b"counter").unwrap_or(0);
    state.put_as(NONCE, &nonce);
    users
}

/// Makes a contract of this era. Its storage is as large as the rent era says: counting it would
/// take as long as there is storage.
fn take_over(state: &mut Overlay<'_>, address: &AccountId, alive: &Alive) {
    let contract = Contract {
        code_hash: alive.code_hash,
        nonce: 0,
        rent_prefix: Some(alive.prefix),
        storage_bytes: alive.storage_size.into(),
        storage_items: alive.pair_count.into(),
        byte_deposit: 0,
        item_deposit: 0,
        base_deposit: 0,
        dependencies: Vec::new(),
    };
    state.put_as(&contract_key(address), &contract);
    let key = account_key(address);
    let mut account: Account = state.get_as(&key).unwrap_or_default();
    account.is_contract = true;
    state.put_as(&key, &account);
}

/// Code belongs to the owner now, with nothing held for it, and is checked by these rules.
pub(super) fn codes(
    core: &Core,
    state: &mut Overlay<'_>,
    cluster: &Cluster,
    users: &Users,
    events: &mut Vec<Event>,
) {
    for_each(state, b"code/", |state, hash, code| {
        let Ok(hash) = Hash::try_from(hash) else {
            return;
        };
        let status = match Compiled::new(&core.rules, &code, Determinism::Enforced) {
            Ok(compiled) if compiled.checked().deprecated => CodeStatus::Old,
            Ok(_) => CodeStatus::Current,
            Err(reason) => {
                events.push(Event::CodeDisabled {
                    code_hash: hash,
                    reason,
                });
                CodeStatus::Disabled
            }
        };
        let info = CodeInfo {
            owner: cluster.owner,
            deposit: 0,
            refcount: users.get(&hash).copied().unwrap_or(0),
            determinism: Determinism::Enforced,
            code_len: u32::try_from(code.len()).unwrap_or(u32::MAX),
            status,
        };
        state.put_as(&code_info_key(&hash), &info);
    });
}

/// Records that this era has no use for, but those that are many.
pub(super) fn leftovers(state: &mut Overlay<'_>) {
    for key in [b"config".as_slice(), b"schedule", b"counter", b"deletion"] {
        state.remove(key);
    }
}
