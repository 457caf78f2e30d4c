//! The layout of the state: keys and records.
//!
//! | key | value |
//! |---|---|
//! | `:version` | SCALE of the version that the state belongs to |
//! | `cluster` | [`Cluster`] |
//! | `destroyed` | nothing: the cluster has ended, and its accounts count as empty |
//! | `nonce` | u64: how many contracts were ever instantiated |
//! | `account/` ‖ account | [`Account`] |
//! | `code/` ‖ hash | the code, raw |
//! | `codeinfo/` ‖ hash | [`CodeInfo`] |
//! | `contract/` ‖ address | [`Contract`] |
//! | `deletion/` ‖ number, u64 big-endian | storage prefix of a contract that is gone |
//! | `deletions` | u64: how many contracts ever waited for their deletion |
//! | `moving` | how far the records of the rent era were walked, as long as some may be left |
//! | `prefab/`, `instrumented/` ‖ hash | what the rent era knew of a code, and the code as it ran then, as long as they are left |
//! | prefix ‖ BLAKE2b-256(key) | a contract's value under a fixed key of 32 bytes |
//! | prefix ‖ BLAKE2b-128(key) ‖ key | a contract's value under a variable key |
//!
//! A contract's prefix is BLAKE2b-256(address ‖ instantiation nonce as u64 LE), or, of one that was
//! made in the rent era, `storage/` and the 32 bytes that it had there: no storage is moved. For
//! the same reason an account may still be 16 bytes, its free balance alone, and, as long as there
//! is `moving`, a contract and a code's record may be those of that era: read and written through
//! `records`. All records are SCALE with fields in the order given here. No key of this table is as
//! long as a contract's storage key, so that no prefix, however it was ground, makes one equal to
//! another.

use crate::{hash::storage_prefix, versions::Rules};
use parity_scale_codec::{Decode, Encode, Input, Output};
use pink_engine_sdk::{
    types::{AccountId, Balance, BlockNumber, Determinism, Hash},
    Overlay, VERSION_KEY,
};
use std::ops::Deref;

/// What the value under a key is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// The SCALE of a record. Whatever doesn't decode wholly isn't one, and the state is broken.
    Record,
    /// Bytes as they are, or none: they have no fields.
    Raw,
}

/// The kinds of what a state holds besides contracts' storage: how their keys begin, each name is a key
/// in itself unless it ends in a slash.
macro_rules! kinds {
    ($($(#[$doc:meta])+ $NAME:ident = $name:literal $Form:ident;)+) => {
        $($(#[$doc])+ pub(crate) const $NAME: &[u8] = $name;)+

        /// Every kind of what a state holds besides contracts' storage: the name of its keys, and what is
        /// under them. A name that ends in a slash is followed by 32 bytes, or by a number's eight.
        pub const KINDS: &[(&[u8], Form)] = &[
            (VERSION_KEY, Form::Record),
            $(($NAME, Form::$Form),)+
        ];
    };
}

kinds! {
    /// Key of the cluster's record.
    CLUSTER = b"cluster" Record;
    /// Key that is there, with no value, once the cluster was destroyed.
    DESTROYED = b"destroyed" Raw;
    /// Key of the number of instantiations.
    NONCE = b"nonce" Record;
    /// Namespace of the accounts.
    ACCOUNT = b"account/" Record;
    /// Namespace of codes' bytes.
    CODE = b"code/" Raw;
    /// Namespace of codes' records.
    CODE_INFO = b"codeinfo/" Record;
    /// Namespace of the contracts.
    CONTRACT = b"contract/" Record;
    /// Namespace of the contracts whose storage waits for its deletion: each a storage prefix.
    DELETION = b"deletion/" Raw;
    /// Key of the number of contracts that ever waited for their deletion.
    DELETIONS = b"deletions" Record;
    /// Key of how far the records of the rent era were walked.
    MOVING = b"moving" Record;
    /// Namespace of what the rent era knew of codes.
    PREFAB = b"prefab/" Record;
    /// Namespace of codes as they ran in the rent era.
    INSTRUMENTED = b"instrumented/" Raw;
}

/// Namespace of the storage of contracts that were made in the rent era.
pub(crate) const RENT_STORAGE: &[u8] = b"storage/";
/// Bytes of the longest prefix of a contract's storage.
const MAX_PREFIX: usize = 8 + 32;

/// Bytes of the longest key of any version: a contract's prefix, a hash, and a variable storage key.
const MAX_KEY: usize = MAX_PREFIX + 16 + Rules::LONGEST_STORAGE_KEY as usize;

/// A key of the state, without an allocation: there is one in most host functions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Key {
    bytes: [u8; MAX_KEY],
    len: usize,
}

impl Key {
    /// A key of pieces, which are no longer than [`MAX_KEY`] together: the rules bound them.
    pub(crate) fn of(pieces: &[&[u8]]) -> Self {
        let mut key = Self {
            bytes: [0; MAX_KEY],
            len: 0,
        };
        for piece in pieces {
            let end = key.len.saturating_add(piece.len());
            // Never cut off: two keys would become one.
            key.bytes[key.len..end].copy_from_slice(piece);
            key.len = end;
        }
        key
    }
}

impl Deref for Key {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

/// What the keys of a contract's storage begin with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Prefix {
    bytes: [u8; MAX_PREFIX],
    len: usize,
}

impl Prefix {
    /// That of a contract of this era.
    pub(crate) fn new(address: &AccountId, nonce: u64) -> Self {
        Self::of(&[&storage_prefix(address, nonce)])
    }

    /// That of a contract which was made in the rent era.
    fn of_rent(prefix: &Hash) -> Self {
        Self::of(&[RENT_STORAGE, prefix])
    }

    /// Of pieces that are no longer than [`MAX_PREFIX`] together.
    fn of(pieces: &[&[u8]]) -> Self {
        let mut prefix = Self {
            bytes: [0; MAX_PREFIX],
            len: 0,
        };
        for piece in pieces {
            let end = prefix.len.saturating_add(piece.len());
            prefix.bytes[prefix.len..end].copy_from_slice(piece);
            prefix.len = end;
        }
        prefix
    }
}

impl Deref for Prefix {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

/// Key of an account.
pub(crate) fn account_key(account: &AccountId) -> Key {
    Key::of(&[ACCOUNT, account])
}
/// Key of a code's bytes.
pub(crate) fn code_key(hash: &Hash) -> Key {
    Key::of(&[CODE, hash])
}
/// Key of a code's record.
pub(crate) fn code_info_key(hash: &Hash) -> Key {
    Key::of(&[CODE_INFO, hash])
}
/// Key of a contract.
pub(crate) fn contract_key(address: &AccountId) -> Key {
    Key::of(&[CONTRACT, address])
}

/// The cluster. Written by its setup.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct Cluster {
    /// Its 32-byte id: part of every contract's address.
    pub id: Hash,
    /// Its owner.
    pub owner: AccountId,
    /// Receives fees and dust.
    pub treasury: AccountId,
    /// Price of one picosecond of ref time.
    pub gas_price: Balance,
    /// Price of holding one storage item.
    pub deposit_per_item: Balance,
    /// Price of holding one byte of storage.
    pub deposit_per_byte: Balance,
    /// The least that an account other than the treasury holds.
    pub existential_deposit: Balance,
    /// The system contract.
    pub system_contract: Option<AccountId>,
    /// The cluster's own rules.
    pub(crate) config: Config,
}

/// What a cluster decides for itself, for ever: its `engine_config`, empty for the defaults.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub(crate) struct Config {
    /// Gas and deposits shown to queries are rounded up.
    pub(crate) quantised_queries: bool,
}

impl Cluster {
    /// The cluster of this state.
    pub(crate) fn load(state: &mut Overlay<'_>) -> Option<Self> {
        state.get_as(CLUSTER)
    }
}

/// Whether the cluster was destroyed: it takes no messages any more.
pub(crate) fn is_destroyed(state: &mut Overlay<'_>) -> bool {
    state.contains(DESTROYED)
}

/// Money of one account. Holds are kept by reason, so that none can be released for another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode)]
pub(crate) struct Account {
    /// May be spent, down to the existential deposit.
    pub free: Balance,
    /// Held for code that the account uploaded.
    pub held_for_code: Balance,
    /// Held for the storage of the contract that the account is.
    pub held_for_storage: Balance,
    /// The account is a contract: it can't be reaped.
    pub is_contract: bool,
}

impl Decode for Account {
    fn decode<I: Input>(input: &mut I) -> Result<Self, parity_scale_codec::Error> {
        let free = Balance::decode(input)?;
        // The rent era's accounts end here. They are converted when they are written next.
        if input.remaining_len()? == Some(0) {
            return Ok(Self {
                free,
                ..Self::default()
            });
        }
        Ok(Self {
            free,
            held_for_code: Balance::decode(input)?,
            held_for_storage: Balance::decode(input)?,
            is_contract: bool::decode(input)?,
        })
    }
}

impl Account {
    /// All of it.
    pub(crate) fn total(&self) -> Balance {
        self.free.saturating_add(self.held())
    }

    /// What is held, for any reason.
    pub(crate) fn held(&self) -> Balance {
        self.held_for_code.saturating_add(self.held_for_storage)
    }

    /// Something depends on it: it must keep the existential deposit.
    pub(crate) fn is_pinned(&self) -> bool {
        self.is_contract || self.held() > 0
    }
}

/// By which rules stored code may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) enum CodeStatus {
    /// It passed this version's checks: all.
    #[codec(index = 0)]
    Current,
    /// It came from an older version and imports what is deprecated: its contracts may be called,
    /// no new one made of it.
    #[codec(index = 1)]
    Old,
    /// It came from an older version and fails the checks: kept, never run.
    #[codec(index = 2)]
    Disabled,
}

/// What is known of stored code besides its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CodeInfo {
    /// Who stored it.
    pub owner: AccountId,
    /// What is held for it on the owner's account.
    pub deposit: Balance,
    /// Contracts made of it, and contracts that depend on it by delegate call.
    pub refcount: u64,
    /// What it may be used for.
    pub determinism: Determinism,
    /// Its length in bytes: what each frame is charged by.
    pub code_len: u32,
    /// By which rules it may be used.
    pub status: CodeStatus,
    /// The block from which on it counts as compiled, if anybody paid for that. Versions without
    /// compiled code never write it, and a record without it is as theirs to the byte.
    pub compiled_from: Option<BlockNumber>,
}

/// Marks the byte of a status behind which there is a block.
const COMPILED: u8 = 0x80;

impl CodeInfo {
    /// Whether its frames cost in this block what those of compiled code do.
    pub(crate) fn is_compiled(&self, block: BlockNumber) -> bool {
        self.compiled_from.is_some_and(|from| from <= block)
    }
}

impl Encode for CodeInfo {
    fn encode_to<O: Output + ?Sized>(&self, out: &mut O) {
        self.owner.encode_to(out);
        self.deposit.encode_to(out);
        self.refcount.encode_to(out);
        self.determinism.encode_to(out);
        self.code_len.encode_to(out);
        match self.compiled_from {
            None => self.status.encode_to(out),
            Some(block) => {
                self.status.using_encoded(|status| {
                    for byte in status {
                        out.push_byte(byte | COMPILED);
                    }
                });
                block.encode_to(out);
            }
        }
    }
}

impl Decode for CodeInfo {
    fn decode<I: Input>(input: &mut I) -> Result<Self, parity_scale_codec::Error> {
        let owner = AccountId::decode(input)?;
        let deposit = Balance::decode(input)?;
        let refcount = u64::decode(input)?;
        let determinism = Determinism::decode(input)?;
        let code_len = u32::decode(input)?;
        let status = input.read_byte()?;
        let compiled_from = match status & COMPILED {
            0 => None,
            _ => Some(BlockNumber::decode(input)?),
        };
        Ok(Self {
            owner,
            deposit,
            refcount,
            determinism,
            code_len,
            status: CodeStatus::decode(&mut &[status & !COMPILED][..])?,
            compiled_from,
        })
    }
}

/// A contract.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct Contract {
    /// Its code.
    pub code_hash: Hash,
    /// Its place among all instantiations; makes its storage prefix.
    pub nonce: u64,
    /// Where its storage lies instead, if it was made in the rent era.
    pub rent_prefix: Option<Hash>,
    /// Bytes of its values.
    pub storage_bytes: u64,
    /// Number of its values.
    pub storage_items: u64,
    /// Held for the bytes.
    pub byte_deposit: Balance,
    /// Held for the items.
    pub item_deposit: Balance,
    /// Held for the record itself and its part of the code.
    pub base_deposit: Balance,
    /// Code that it locked for delegate calls, ascending, with what is held for each.
    pub dependencies: Vec<(Hash, Balance)>,
}

impl Contract {
    /// Where its storage lies.
    pub(crate) fn prefix(&self, address: &AccountId) -> Prefix {
        match &self.rent_prefix {
            Some(prefix) => Prefix::of_rent(prefix),
            None => Prefix::new(address, self.nonce),
        }
    }

    /// What is held for it, besides what is held for each of its dependencies.
    pub(crate) fn own_deposit(&self) -> Balance {
        self.byte_deposit
            .saturating_add(self.item_deposit)
            .saturating_add(self.base_deposit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use parity_scale_codec::DecodeAll;

    /// Every node of a cluster reads what every other wrote: these encodings never change.
    #[test]
    fn records_keep_their_encoding() {
        let account = Account {
            free: 1,
            held_for_code: 2,
            held_for_storage: 3,
            is_contract: true,
        };
        assert_eq!(account.encode().len(), 49);
        assert_eq!(Account::decode(&mut &account.encode()[..]), Ok(account));
        let rent = Account {
            free: 7,
            ..Account::default()
        };
        assert_eq!(Account::decode(&mut &7u128.encode()[..]), Ok(rent));
        // Nothing in between is an account.
        for len in 17..49 {
            assert!(Account::decode(&mut &account.encode()[..len]).is_err());
        }
        let info = CodeInfo {
            owner: [1; 32],
            deposit: 2,
            refcount: 3,
            determinism: Determinism::Enforced,
            code_len: 4,
            status: CodeStatus::Old,
            compiled_from: None,
        };
        assert_eq!(info.encode().len(), 62);
        assert_eq!(info.encode()[61], 1);
        assert_eq!(CodeInfo::decode(&mut &info.encode()[..]), Ok(info.clone()));
        let compiled = CodeInfo {
            compiled_from: Some(0x0403_0201),
            ..info.clone()
        };
        let mut bytes = info.encode();
        bytes[61] = 0x81;
        bytes.extend([1, 2, 3, 4]);
        assert_eq!(compiled.encode(), bytes);
        assert_eq!(CodeInfo::decode_all(&mut &bytes[..]), Ok(compiled));
        // Nothing shorter is one, and nothing that is longer without saying so.
        for len in 0..66 {
            assert!(CodeInfo::decode_all(&mut &bytes[..len]).is_err(), "{len}");
        }
        let longer = [info.encode(), vec![1, 2, 3, 4]].concat();
        assert!(CodeInfo::decode_all(&mut &longer[..]).is_err());
    }
}
