//! The meter of storage deposits, one for each frame.
//!
//! A frame counts what it adds to and removes from its contract's storage. When it ends well the
//! difference is priced and goes up to its caller, and when the whole call stack ended well the
//! sums are collected, refunds first. So an execution may exceed its limit for a while.
//!
//! A refund is a part of what is held, pro rata, and not a price times a quantity: whatever the
//! price was or is, no more comes back than was paid, and the holds add up.

use crate::{
    error::{Error, ExecError},
    ledger::Ledger,
    state::{Cluster, Contract},
};
use pink_engine_sdk::types::{AccountId, Balance, StorageDeposit};
use std::collections::BTreeMap;

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

/// What a frame did to its contract's storage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Diff {
    bytes_added: u64,
    bytes_removed: u64,
    items_added: u64,
    items_removed: u64,
}

impl Diff {
    /// Counts one write. `None`: no value. Values count, keys don't.
    pub(crate) fn count(&mut self, old: Option<u32>, new: Option<u32>) {
        let (from, to) = (u64::from(old.unwrap_or(0)), u64::from(new.unwrap_or(0)));
        self.bytes_added = self.bytes_added.saturating_add(to.saturating_sub(from));
        self.bytes_removed = self.bytes_removed.saturating_add(from.saturating_sub(to));
        self.items_added = self
            .items_added
            .saturating_add(u64::from(old.is_none() && new.is_some()));
        self.items_removed = self
            .items_removed
            .saturating_add(u64::from(old.is_some() && new.is_none()));
    }

    fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Prices the difference and counts it in the contract's record.
    fn apply(&self, contract: &mut Contract, cluster: &Cluster) -> Net {
        let mut net = Net::default();
        net.add(settle_quantity(
            self.bytes_added,
            self.bytes_removed,
            &mut contract.storage_bytes,
            &mut contract.byte_deposit,
            cluster.deposit_per_byte,
        ));
        net.add(settle_quantity(
            self.items_added,
            self.items_removed,
            &mut contract.storage_items,
            &mut contract.item_deposit,
            cluster.deposit_per_item,
        ));
        net
    }
}

fn settle_quantity(
    added: u64,
    removed: u64,
    count: &mut u64,
    held: &mut Balance,
    price: Balance,
) -> Net {
    if let Some(more) = added.checked_sub(removed) {
        let amount = price.saturating_mul(Balance::from(more));
        *count = count.saturating_add(more);
        *held = held.saturating_add(amount);
        return Net::charge(amount);
    }
    let fewer = removed.saturating_sub(added).min(*count);
    let amount = pro_rata(*held, fewer, *count);
    *count = count.saturating_sub(fewer);
    *held = held.saturating_sub(amount);
    Net::refund(amount)
}

/// `held × part ÷ whole`, rounded down, without overflow and never more than `held`.
pub(crate) fn pro_rata(held: Balance, part: u64, whole: u64) -> Balance {
    if whole == 0 || part >= whole {
        return held;
    }
    let (part, whole) = (Balance::from(part), Balance::from(whole));
    // held = q × whole + r, so held × part ÷ whole = q × part + r × part ÷ whole, and r × part
    // is below 2^128 because both are below 2^64.
    let (quotient, rest) = (held / whole, held % whole);
    quotient
        .saturating_mul(part)
        .saturating_add(rest.saturating_mul(part) / whole)
}

/// What has to be moved once the whole call stack has ended well.
#[derive(Clone, Copy, Debug)]
enum Pending {
    Charge(AccountId, Balance),
    Refund(AccountId, Balance),
    /// The contract ended: what was pending for it doesn't count any more.
    Forget(AccountId),
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
}

impl DepositMeter {
    /// The meter of the first frame.
    pub(crate) fn root(limit: Balance) -> Self {
        Self {
            limit,
            ..Self::default()
        }
    }

    /// The meter of a nested frame; 0 asks for what is available.
    pub(crate) fn nested(&self, wanted: Balance) -> Self {
        let available = self.total.available(self.limit);
        Self {
            limit: match wanted {
                0 => available,
                wanted => wanted.min(available),
            },
            own_limit: wanted != 0,
            ..Self::default()
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

    /// The contract ended, and all that was held for it went back.
    pub(crate) fn terminated(&mut self, contract: AccountId, refunded: Balance) {
        self.diff = Diff::default();
        self.total.add(Net::refund(refunded));
        self.pending.push(Pending::Forget(contract));
    }

    /// Prices what the frame did. Gives the record if it changed.
    pub(crate) fn finish_frame(
        &mut self,
        address: AccountId,
        contract: Option<Contract>,
        cluster: &Cluster,
    ) -> Option<Contract> {
        let diff = std::mem::take(&mut self.diff);
        let mut contract = contract.filter(|_| !diff.is_empty())?;
        let net = diff.apply(&mut contract, cluster);
        match net.view() {
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
        match (root || self.own_limit) && self.total.exceeds(self.limit) {
            true => Err(Error::StorageDepositLimitExhausted.into()),
            false => Ok(()),
        }
    }

    /// Takes over what a nested frame that ended well did.
    pub(crate) fn absorb(&mut self, nested: Self) {
        self.total.add(nested.total);
        self.pending.extend(nested.pending);
    }

    /// Moves the money: refunds first, then charges.
    ///
    /// # Errors
    /// The origin hasn't got it; whatever the message did has to be undone.
    pub(crate) fn collect(
        self,
        ledger: &mut Ledger<'_, '_>,
        origin: &AccountId,
    ) -> Result<StorageDeposit, Error> {
        let mut sums: BTreeMap<AccountId, Net> = BTreeMap::new();
        for pending in self.pending {
            match pending {
                Pending::Charge(contract, amount) => {
                    sums.entry(contract).or_default().add(Net::charge(amount));
                }
                Pending::Refund(contract, amount) => {
                    sums.entry(contract).or_default().add(Net::refund(amount));
                }
                Pending::Forget(contract) => {
                    sums.remove(&contract);
                }
            }
        }
        for (contract, net) in &sums {
            if let StorageDeposit::Refund(amount) = net.view() {
                ledger.release_for_storage(contract, origin, amount);
            }
        }
        for (contract, net) in &sums {
            if let StorageDeposit::Charge(amount) = net.view() {
                ledger.hold_for_storage(origin, contract, amount)?;
            }
        }
        Ok(self.total.view())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refunds_are_pro_rata_and_never_more_than_was_held() {
        assert_eq!(pro_rata(10, 1, 3), 3);
        assert_eq!(pro_rata(10, 3, 3), 10);
        assert_eq!(pro_rata(10, 4, 3), 10);
        assert_eq!(pro_rata(10, 0, 0), 10);
        assert_eq!(
            pro_rata(Balance::MAX, u64::MAX - 1, u64::MAX),
            Balance::MAX - Balance::from(u64::MAX) - 2
        );
    }

    #[test]
    fn a_write_counts_values_and_items() {
        let mut diff = Diff::default();
        diff.count(None, Some(0));
        diff.count(Some(0), Some(10));
        diff.count(Some(10), Some(4));
        assert_eq!(
            diff,
            Diff {
                bytes_added: 10,
                bytes_removed: 6,
                items_added: 1,
                items_removed: 0
            }
        );
        diff.count(Some(4), None);
        diff.count(None, None);
        assert_eq!((diff.bytes_removed, diff.items_removed), (10, 1));
    }
}
