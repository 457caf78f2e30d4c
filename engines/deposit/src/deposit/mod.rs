//! The meter of storage deposits, one for each frame.
//!
//! A frame counts what it adds to and removes from its contract's storage. When it ends well the
//! difference is priced and goes up to its caller, and when the whole call stack ended well all
//! charges are collected, refunds first, each by itself in the order of absorption. So an
//! execution may exceed its limit for a while.
//!
//! A refund is a part of what is held, pro rata, and not a price times a quantity: whatever the
//! price was or is, no more comes back than was paid, and the holds add up.
//!
//! What a frame removes may have been written by a frame of the same contract below it, which
//! still runs: nothing is held for it yet, and so there is nothing to be a part of. It is taken
//! off what that frame wrote ([`Offset`]), and costs nobody anything.

use crate::{
    error::{Error, ExecError},
    ledger::Ledger,
    state::{Cluster, Contract},
};
use pink_engine_sdk::types::{AccountId, Balance, StorageDeposit};
use std::collections::BTreeMap;

mod quantity;

pub(crate) use quantity::{Diff, Quantity};

/// Deposits and refunds, netted. Positive: to be paid.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Net {
    charged: Balance,
    refunded: Balance,
}

impl Net {
    /// To be paid.
    pub(crate) fn charge(amount: Balance) -> Self {
        Self {
            charged: amount,
            refunded: 0,
        }
    }

    /// To be given back.
    pub(crate) fn refund(amount: Balance) -> Self {
        Self {
            charged: 0,
            refunded: amount,
        }
    }

    /// Both together.
    pub(crate) fn add(&mut self, other: Self) {
        self.charged = self.charged.saturating_add(other.charged);
        self.refunded = self.refunded.saturating_add(other.refunded);
    }

    /// As it shows in a receipt.
    pub(crate) fn view(&self) -> StorageDeposit {
        match self.charged.checked_sub(self.refunded) {
            Some(amount) => StorageDeposit::Charge(amount),
            None => StorageDeposit::Refund(self.refunded.saturating_sub(self.charged)),
        }
    }

    fn exceeds(&self, limit: Balance) -> bool {
        self.charged.saturating_sub(self.refunded) > limit
    }

    fn available(&self, limit: Balance) -> Balance {
        limit
            .saturating_add(self.refunded)
            .saturating_sub(self.charged)
    }
}

/// What has to be moved once the whole call stack has ended well.
#[derive(Clone, Copy, Debug)]
enum Pending {
    Charge(AccountId, Balance),
    Refund(AccountId, Balance),
    /// The contract ended. What was held for it goes back, and all that it has to the
    /// beneficiary; what was still to be held for it isn't.
    End {
        contract: AccountId,
        refund: Balance,
        beneficiary: AccountId,
    },
}

/// What a frame removed of what a frame of the same contract below it wrote.
#[derive(Clone, Copy, Debug)]
struct Offset {
    contract: AccountId,
    quantity: Quantity,
    /// What the one below will be charged less for it. Until then it counts as a refund, so that
    /// limits in between see what they saw before.
    amount: Balance,
}

/// The meter of one frame.
#[derive(Clone, Debug, Default)]
pub(crate) struct DepositMeter {
    limit: Balance,
    /// The limit is this frame's own, and so enforced when it ends.
    own_limit: bool,
    total: Net,
    diff: Diff,
    pending: Vec<Pending>,
    offsets: Vec<Offset>,
}

impl DepositMeter {
    /// The meter of the first frame.
    pub(crate) fn root(limit: Balance) -> Self {
        Self {
            limit,
            ..Self::default()
        }
    }

    /// The meter of a nested frame; 0 asks for what is available. So does any limit when nothing
    /// is available: the frame has none of its own then, because what its caller will give back
    /// may still pay for it.
    pub(crate) fn nested(&self, wanted: Balance) -> Self {
        let available = self.total.available(self.limit);
        match wanted.min(available) {
            0 => Self::root(available),
            limit => Self {
                own_limit: true,
                ..Self::root(limit)
            },
        }
    }

    /// The running frame's account of its storage writes.
    pub(crate) fn diff(&mut self) -> &mut Diff {
        &mut self.diff
    }

    /// The running frame wrote nothing to its storage.
    pub(crate) fn is_untouched(&self) -> bool {
        self.diff.is_empty()
    }

    /// What this meter says about `contract`, whose frame `is_own` or not: what was added and
    /// isn't priced yet, and what of that was removed again above.
    pub(crate) fn unpriced(&self, contract: &AccountId, is_own: bool) -> (Quantity, Quantity) {
        let added = if is_own {
            self.diff.added()
        } else {
            Quantity::default()
        };
        let offsets = self
            .offsets
            .iter()
            .filter(|offset| offset.contract == *contract);
        let removed = offsets.fold(Quantity::default(), |sum, offset| sum.add(offset.quantity));
        (added, removed)
    }

    /// Counts money that left the origin already (the existential deposit of a new contract).
    pub(crate) fn count_paid(&mut self, amount: Balance) {
        self.total.add(Net::charge(amount));
    }

    /// A deposit besides the storage's, to be held on the contract.
    pub(crate) fn charge(&mut self, contract: AccountId, amount: Balance) {
        self.total.add(Net::charge(amount));
        self.pending.push(Pending::Charge(contract, amount));
    }

    /// Part of what is held on the contract, to be given back.
    pub(crate) fn refund(&mut self, contract: AccountId, amount: Balance) {
        self.total.add(Net::refund(amount));
        self.pending.push(Pending::Refund(contract, amount));
    }

    /// The contract ended: `refund` is what was held for it besides its locked dependencies.
    pub(crate) fn end(&mut self, contract: AccountId, refund: Balance, beneficiary: AccountId) {
        self.diff = Diff::default();
        self.total.add(Net::refund(refund));
        self.pending.push(Pending::End {
            contract,
            refund,
            beneficiary,
        });
    }

    /// Prices what the frame did. `below` is what frames of the same contract below it added and
    /// nothing is held for yet. Returns the record if it changed.
    pub(crate) fn finish_frame(
        &mut self,
        address: AccountId,
        contract: Option<Contract>,
        cluster: &Cluster,
        below: Quantity,
    ) -> Option<Contract> {
        let mut diff = std::mem::take(&mut self.diff);
        let mut contract = contract.filter(|_| !diff.is_empty())?;
        let quantity = diff.take_off(below);
        if quantity != Quantity::default() {
            let amount = quantity.price(cluster);
            self.total.add(Net::refund(amount));
            self.offsets.push(Offset {
                contract: address,
                quantity,
                amount,
            });
        }
        match diff.apply(&mut contract, cluster).view() {
            StorageDeposit::Charge(0) | StorageDeposit::Refund(0) => {}
            StorageDeposit::Charge(amount) => self.charge(address, amount),
            StorageDeposit::Refund(amount) => self.refund(address, amount),
        }
        Some(contract)
    }

    /// Whether the frame's own limit is kept, if it has one; `root` asks for the limit in any
    /// case.
    ///
    /// # Errors
    /// It isn't: the caller's mistake, and so the caller's end.
    pub(crate) fn enforce(&self, root: bool) -> Result<(), ExecError> {
        if (root || self.own_limit) && self.total.exceeds(self.limit) {
            Err(Error::StorageDepositLimitExhausted.into())
        } else {
            Ok(())
        }
    }

    /// Takes over what a nested frame that ended well did. `account` is the contract of this
    /// meter's frame.
    pub(crate) fn absorb(&mut self, nested: Self, account: &AccountId) {
        self.total.add(nested.total);
        self.pending.extend(nested.pending);
        for offset in nested.offsets {
            if offset.contract == *account {
                self.diff.remove(offset.quantity);
                self.total.add(Net::charge(offset.amount));
            } else {
                self.offsets.push(offset)
            }
        }
    }

    /// Moves the money: refunds first, then charges. Charges for a contract that ended afterwards
    /// are dropped. A refund of what this very message is still to pay is taken off those charges.
    ///
    /// # Errors
    /// The origin hasn't got it, or a beneficiary can't take what a contract left; whatever the
    /// message did has to be undone.
    pub(crate) fn collect(
        self,
        ledger: &mut Ledger<'_, '_>,
        origin: &AccountId,
    ) -> Result<StorageDeposit, Error> {
        let mut ends: BTreeMap<AccountId, usize> = BTreeMap::new();
        for (at, pending) in self.pending.iter().enumerate() {
            if let Pending::End { contract, .. } = pending {
                ends.insert(*contract, at);
            }
        }
        let ended_after = |contract, at: usize| ends.get(contract).is_some_and(|end| *end > at);
        let mut owed: BTreeMap<AccountId, Balance> = BTreeMap::new();
        for (at, pending) in self.pending.iter().enumerate() {
            match pending {
                Pending::Charge(..) => {}
                Pending::Refund(contract, amount) => {
                    let released = ledger.release_for_storage(contract, origin, *amount);
                    if !ended_after(contract, at) {
                        let owed = owed.entry(*contract).or_default();
                        *owed = owed.saturating_add(amount.saturating_sub(released));
                    }
                }
                Pending::End {
                    contract,
                    refund,
                    beneficiary,
                } => {
                    ledger.release_for_storage(contract, origin, *refund);
                    ledger.end_contract(contract, beneficiary, ended_after(contract, at))?;
                }
            }
        }
        for (at, pending) in self.pending.iter().enumerate() {
            match pending {
                Pending::Charge(contract, amount) if !ended_after(contract, at) => {
                    let owed = owed.entry(*contract).or_default();
                    let covered = (*owed).min(*amount);
                    *owed = owed.saturating_sub(covered);
                    ledger.hold_for_storage(origin, contract, amount.saturating_sub(covered))?;
                }
                _ => {}
            }
        }
        Ok(self.total.view())
    }
}
