//! What chains of this runtime start with, by name.
//!
//! Both are chains for development: the secrets of their accounts are known to everyone. Engines aren't in them,
//! because a runtime reads no files: whoever makes a chain's specification fills in `fatContracts.engines`,
//! `fatContracts.runtimeVersion` and `fatContracts.systemCode`, as `pink-node` does. With a version for new clusters
//! the chain makes cluster 1 in its first block; without, it has none.

use super::{
    BalancesConfig, BootstrapConfig, CouncilConfig, FatContractsConfig, RuntimeGenesisConfig,
    SessionConfig, SessionKeys, SudoConfig, TreasuryAccount, ValidatorsConfig, EXISTENTIAL_DEPOSIT,
    UNIT,
};
use crate::bootstrap::FirstCluster;
use alloc::{string::ToString, vec, vec::Vec};
use fat_contracts_primitives::{AccountId, Balance, DEV_ACCOUNTS, DEV_ED25519_KEYS};
use frame_support::build_struct_json_patch;
use serde_json::Value;
use sp_core::{crypto::UncheckedFrom, ed25519, sr25519};
use sp_genesis_builder::PresetId;

/// One authority, //Alice; a block each second.
pub const DEVELOPMENT: &str = sp_genesis_builder::DEV_RUNTIME_PRESET;

/// Two authorities, //Alice and //Bob; a block each two seconds.
pub const LOCAL: &str = "local";

/// What each development account owns.
pub const DEV_ENDOWMENT: Balance = 10_000_000 * UNIT;

/// What each brings into the first cluster.
pub const CLUSTER_DEPOSIT: Balance = 1_000_000 * UNIT;

/// The smallest WebAssembly module. It stands for the system contract on chains that were not
/// given one: engines that deploy it will find that it has no constructor.
pub const EMPTY_MODULE: &[u8] = b"\0asm\x01\0\0\0";

/// The names of all presets.
pub fn names() -> Vec<PresetId> {
    vec![PresetId::from(DEVELOPMENT), PresetId::from(LOCAL)]
}

/// A preset as JSON: what differs from the default of the genesis.
pub fn get(id: &PresetId) -> Option<Vec<u8>> {
    patch(id.as_ref()).map(|patch| patch.to_string().into_bytes())
}

/// The same as a value.
pub fn patch(name: &str) -> Option<Value> {
    match name {
        DEVELOPMENT => Some(development(1_000, 1)),
        LOCAL => Some(development(2_000, 2)),
        _ => None,
    }
}

/// The accounts that everyone knows.
fn accounts() -> impl Iterator<Item = AccountId> {
    DEV_ACCOUNTS.iter().map(|(_, key)| AccountId::new(*key))
}

/// The council's members: the first three development accounts.
pub fn council() -> Vec<AccountId> {
    accounts().take(3).collect()
}

/// The session keys of the development accounts, in order.
fn session_keys() -> Vec<(AccountId, AccountId, SessionKeys)> {
    let keys = DEV_ACCOUNTS.iter().zip(DEV_ED25519_KEYS);
    let keys = keys.map(|((_, aura), grandpa)| {
        let who = AccountId::new(*aura);
        let keys = SessionKeys {
            aura: sr25519::Public::unchecked_from(*aura).into(),
            grandpa: ed25519::Public::unchecked_from(grandpa).into(),
        };
        (who.clone(), who, keys)
    });
    keys.collect()
}

/// A chain whose first `authorities` development accounts make blocks, one each `slot_ms`. The others have their keys
/// registered, so that governance can name them.
fn development(slot_ms: u64, authorities: usize) -> Value {
    let mut keys = session_keys();
    let non_authority_keys = keys.split_off(authorities);
    let alice = AccountId::new(DEV_ACCOUNTS[0].1);
    let endowed = accounts().chain([TreasuryAccount::get()]);
    build_struct_json_patch!(RuntimeGenesisConfig {
        balances: BalancesConfig {
            balances: endowed.map(|who| (who, DEV_ENDOWMENT)).collect::<Vec<_>>(),
        },
        council: CouncilConfig { members: council() },
        fat_contracts: FatContractsConfig {
            development: true,
            system_code: EMPTY_MODULE.to_vec(),
        },
        validators: ValidatorsConfig {
            slot_ms,
            // Ten minutes: blocks at the ends of sessions take no extrinsics.
            session_blocks: 600_000 / slot_ms as u32,
        },
        session: SessionConfig {
            keys,
            non_authority_keys
        },
        sudo: SudoConfig {
            key: Some(alice.clone())
        },
        bootstrap: BootstrapConfig {
            cluster: Some(FirstCluster {
                owner: alice,
                deposit: CLUSTER_DEPOSIT,
                deposits: accounts()
                    .skip(1)
                    .map(|who| (who, CLUSTER_DEPOSIT))
                    .collect::<Vec<_>>(),
                gas_price: 10,
                deposit_per_item: UNIT / 100,
                deposit_per_byte: UNIT / 100_000,
                treasury: TreasuryAccount::get(),
                existential_deposit: EXISTENTIAL_DEPOSIT,
            }),
        },
    })
}
