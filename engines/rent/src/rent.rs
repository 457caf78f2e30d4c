//! Rent: what a contract owes for the space it takes, and what becomes of one that can't pay.

use crate::{
    code,
    core::Execution,
    error::Error,
    ledger::Existence,
    state::{contract_key, put_alive, Alive, Contract, Prefix},
    storage,
    trie::RootBuilder,
};
use parity_scale_codec::Encode;
use pink_engine_sdk::types::{AccountId, Balance, BlockNumber, Event, Hash};
use sp_crypto_hashing::blake2_256;

/// What rent demands of a contract now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Nothing: paid up to this block, or its balance covers the space.
    Exempt,
    /// This much, and it has it.
    Charge(Balance),
    /// More than it has; this is what is left to take, which may be nothing.
    ///
    /// In 2021 a locked balance could forbid to take even that. Here nothing is ever locked.
    Evict(Balance),
}

impl Verdict {
    /// Its name, for people.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Exempt => "exempt",
            Self::Charge(_) => "charge",
            Self::Evict(_) => "evict",
        }
    }
}

/// How an eviction was done.
#[derive(Debug)]
pub(crate) struct Evicted {
    /// All rent that the contract ever paid, the last included.
    pub(crate) rent_paid: Balance,
}

impl Execution<'_, '_> {
    /// Rent of one block: a fraction of the deposits that the contract's balance doesn't cover,
    /// rounded up. `code_share` is its part of its code's bytes.
    pub(crate) fn fee_per_block(
        &self,
        free: Balance,
        contract: &Alive,
        code_share: u32,
    ) -> Balance {
        let bytes = contract.storage_size.saturating_add(code_share);
        let uncovered = self
            .cluster
            .deposit_per_byte
            .saturating_mul(bytes.into())
            .saturating_add(
                self.cluster
                    .deposit_per_item
                    .saturating_mul(contract.pair_count.into()),
            )
            .saturating_add(self.config.deposit_per_contract)
            .saturating_sub(free);
        part_of(uncovered, self.config.rent_fraction)
    }

    /// What a contract can spend on rent: its allowance, and never the threshold.
    pub(crate) fn rent_budget(&self, free: Balance, contract: &Alive) -> Balance {
        contract
            .rent_allowance
            .min(free.saturating_sub(self.subsistence_threshold()))
    }

    /// What rent demands, as seen by someone who has to wait `handicap` blocks longer.
    pub(crate) fn verdict(
        &mut self,
        address: &AccountId,
        handicap: BlockNumber,
        contract: &Alive,
        code_share: u32,
    ) -> Verdict {
        let blocks = self
            .block
            .number
            .saturating_sub(handicap)
            .saturating_sub(contract.deduct_block);
        if blocks == 0 {
            return Verdict::Exempt;
        }
        let free = self.free(address);
        let fee = self.fee_per_block(free, contract, code_share);
        if fee == 0 {
            return Verdict::Exempt;
        }
        let budget = self.rent_budget(free, contract);
        let dues = fee.saturating_mul(blocks.into());
        if budget < dues {
            Verdict::Evict(budget)
        } else {
            Verdict::Charge(dues)
        }
    }

    /// Collects what is due before a contract's code runs. None if it can't pay; then nothing was
    /// written, and it is for a claim to evict it.
    pub(crate) fn charge_rent(
        &mut self,
        address: &AccountId,
        contract: Alive,
        code_share: u32,
    ) -> Option<Alive> {
        match self.verdict(address, 0, &contract, code_share) {
            Verdict::Exempt => Some(self.note_exemption(address, contract)),
            Verdict::Evict(_) => None,
            Verdict::Charge(amount) => {
                let contract = Alive {
                    rent_allowance: contract.rent_allowance.saturating_sub(amount),
                    rent_paid: contract.rent_paid.saturating_add(amount),
                    deduct_block: self.block.number,
                    ..contract
                };
                put_alive(self.state, address, contract.clone());
                self.take_rent(address, amount);
                Some(contract)
            }
        }
    }

    /// In versions in which exempt time counts as paid, it is paid up to now.
    fn note_exemption(&mut self, address: &AccountId, contract: Alive) -> Alive {
        let now = self.block.number;
        if !self.rules.exemption_counts_as_paid || contract.deduct_block >= now {
            return contract;
        }
        let contract = Alive {
            deduct_block: now,
            ..contract
        };
        put_alive(self.state, address, contract.clone());
        contract
    }

    fn take_rent(&mut self, address: &AccountId, amount: Balance) {
        // The budget leaves the threshold, so the ledger has no reason to refuse; if it had, the
        // contract would live on for nothing, as in 2021.
        if self.debit(address, amount, Existence::KeepAlive).is_ok() {
            self.credit_treasury(amount);
        }
    }

    /// Evicts a contract that can't pay: takes what is left of its budget, and leaves a tombstone
    /// and its storage to be deleted.
    pub(crate) fn try_evict(
        &mut self,
        address: &AccountId,
        handicap: BlockNumber,
        contract: &Alive,
    ) -> Result<Evicted, Error> {
        let prefab = code::prefab(self.state, &contract.code_hash).ok_or(Error::CodeNotFound)?;
        let share = prefab.occupied_storage();
        let Verdict::Evict(amount) = self.verdict(address, handicap, contract, share) else {
            return Err(Error::ContractNotEvictable);
        };
        self.queue_deletion(contract)?;
        self.take_rent(address, amount);
        let tombstone = self.tombstone(&contract.prefix, &contract.code_hash);
        self.state
            .put_as(&contract_key(address), &Contract::Tombstone(tombstone));
        self.remove_code_user(&contract.code_hash, address);
        self.events.push(Event::Evicted { contract: *address });
        Ok(Evicted {
            rent_paid: contract.rent_paid.saturating_add(amount),
        })
    }

    /// What a contract with this storage and code leaves behind.
    pub(crate) fn tombstone(&mut self, prefix: &Prefix, code_hash: &Hash) -> Hash {
        let mut root = RootBuilder::default();
        storage::walk(self.state, prefix, |key, value| root.push(key, value));
        let mut bytes = root.finish().as_slice().encode();
        bytes.extend_from_slice(code_hash);
        blake2_256(&bytes)
    }
}

/// `amount × billionths / 10⁹`, rounded up. Exact for every amount.
fn part_of(amount: Balance, billionths: u32) -> Balance {
    const BILLION: Balance = 1_000_000_000;
    let parts = Balance::from(billionths);
    // A fraction is at most one, so neither product leaves the range of `amount`.
    let whole = (amount / BILLION).saturating_mul(parts);
    let rest = (amount % BILLION).saturating_mul(parts).div_ceil(BILLION);
    whole.saturating_add(rest)
}
