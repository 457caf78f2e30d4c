//! The records of the rent era (versions 1.0 and 1.1), and what they are in this one.
//!
//! The layout is theirs, fixed by their releases; only what is needed is named here.

use crate::state::{contract_key, Contract, Key, INSTRUMENTED, PREFAB};
use parity_scale_codec::{Compact, Decode, DecodeAll};
use pink_engine_sdk::{
    types::{AccountId, Balance, BlockNumber, Hash},
    Fault, Overlay,
};

/// Bytes of a tombstone.
const TOMBSTONE: usize = 1 + 32;
/// Bytes of a living contract that never wrote to its storage, and of one that did. No contract of
/// this era is as long, nor as a tombstone: 106 bytes, 32 more with a rent era's prefix, and 48
/// for each dependency.
const ALIVE: [usize; 2] = [110, 114];

/// A contract as the rent era left it.
#[derive(Decode)]
pub(crate) enum RentContract {
    /// It lives.
    #[codec(index = 0)]
    Alive(Alive),
    /// It couldn't pay its rent.
    #[codec(index = 1)]
    Tombstone(#[allow(dead_code)] Hash),
}

#[derive(Decode)]
#[allow(dead_code)] // what the record holds, whether it is needed or not
pub(crate) struct Alive {
    prefix: Hash,
    storage_size: u32,
    pair_count: u32,
    code_hash: Hash,
    rent_allowance: Balance,
    rent_paid: Balance,
    deduct_block: BlockNumber,
    last_write: Option<BlockNumber>,
}

impl From<Alive> for Contract {
    /// Its storage stays where it is, and is as large as the rent era says: counting it would take
    /// as long as there is storage. Nothing is held for it: nobody is charged for the past.
    fn from(alive: Alive) -> Self {
        Self {
            code_hash: alive.code_hash,
            nonce: 0,
            rent_prefix: Some(alive.prefix),
            storage_bytes: alive.storage_size.into(),
            storage_items: alive.pair_count.into(),
            byte_deposit: 0,
            item_deposit: 0,
            base_deposit: 0,
            dependencies: Vec::new(),
        }
    }
}

/// What the rent era knew of stored code.
#[derive(Decode)]
#[allow(dead_code)] // as above
pub(crate) struct Prefab {
    schedule_version: Compact<u32>,
    initial: Compact<u32>,
    maximum: Compact<u32>,
    refcount: Compact<u64>,
    /// Bytes of the code.
    pub original_len: u32,
    instrumented_len: u32,
    instrumented_hash: Hash,
}

impl Prefab {
    /// Living contracts that are made of the code.
    pub(crate) fn users(&self) -> u64 {
        self.refcount.0
    }
}

/// Key of what the rent era knew of a code.
pub(crate) fn prefab_key(hash: &Hash) -> Key {
    Key::of(&[PREFAB, hash])
}

/// Key of a code as it ran in the rent era.
pub(crate) fn instrumented_key(hash: &Hash) -> Key {
    Key::of(&[INSTRUMENTED, hash])
}

/// A contract as the rent era left it; none if there is none, or if it is of this era.
pub(crate) fn contract(state: &mut Overlay<'_>, address: &AccountId) -> Option<RentContract> {
    let key = contract_key(address);
    let bytes = state.get(&key)?;
    if bytes.len() == TOMBSTONE || ALIVE.contains(&bytes.len()) {
        let bytes = bytes.to_vec();
        decode(state, &key, &bytes)
    } else {
        None
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::ACCOUNT;
    use parity_scale_codec::Encode;

    /// The length of a record says of which era it is: none of this one is as long as one of the
    /// other, and the reserve holds for as many dependencies as a contract can have and more.
    #[test]
    fn a_records_length_says_of_which_era_it_is() {
        for rent_prefix in [None, Some([1; 32])] {
            for dependencies in 0..64 {
                let contract = Contract {
                    code_hash: [2; 32],
                    nonce: 3,
                    rent_prefix,
                    storage_bytes: u64::MAX,
                    storage_items: u64::MAX,
                    byte_deposit: Balance::MAX,
                    item_deposit: Balance::MAX,
                    base_deposit: Balance::MAX,
                    dependencies: vec![([4; 32], 5); dependencies],
                };
                let len = contract.encode().len();
                assert_eq!(
                    len,
                    106 + 48 * dependencies + rent_prefix.map_or(0, |_| 32),
                    "the arithmetic of the constants above"
                );
                assert!(len != TOMBSTONE && !ALIVE.contains(&len), "{len}");
            }
        }
        // Nothing that a contract stores has a key as short as a record's.
        assert!(PREFAB.len() + 32 < 48 && ACCOUNT.len() + 32 < 48);
    }
}
