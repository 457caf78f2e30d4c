//! Bytes and items of a contract's storage, and what they are held for.

use super::Net;
use crate::state::{Cluster, Contract};
use pink_engine_sdk::types::Balance;

/// A number of bytes and a number of items.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Quantity {
    /// Bytes of values.
    pub bytes: u64,
    /// Values.
    pub items: u64,
}

impl Quantity {
    /// Both together.
    pub(crate) fn add(self, other: Self) -> Self {
        Self {
            bytes: self.bytes.saturating_add(other.bytes),
            items: self.items.saturating_add(other.items),
        }
    }

    /// What is left of it, down to nothing.
    pub(crate) fn without(self, other: Self) -> Self {
        Self {
            bytes: self.bytes.saturating_sub(other.bytes),
            items: self.items.saturating_sub(other.items),
        }
    }

    /// What is held for it at today's prices.
    pub(super) fn price(self, cluster: &Cluster) -> Balance {
        let bytes = cluster.deposit_per_byte.saturating_mul(self.bytes.into());
        let items = cluster.deposit_per_item.saturating_mul(self.items.into());
        bytes.saturating_add(items)
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

    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// What was added on balance.
    pub(super) fn added(&self) -> Quantity {
        Quantity {
            bytes: self.bytes_added.saturating_sub(self.bytes_removed),
            items: self.items_added.saturating_sub(self.items_removed),
        }
    }

    /// What was removed on balance.
    fn removed(&self) -> Quantity {
        Quantity {
            bytes: self.bytes_removed.saturating_sub(self.bytes_added),
            items: self.items_removed.saturating_sub(self.items_added),
        }
    }

    /// Counts what a frame above removed of what was added here.
    pub(super) fn remove(&mut self, quantity: Quantity) {
        self.bytes_removed = self.bytes_removed.saturating_add(quantity.bytes);
        self.items_removed = self.items_removed.saturating_add(quantity.items);
    }

    /// Takes as much as there is off what was removed, and says how much that was.
    pub(super) fn take_off(&mut self, most: Quantity) -> Quantity {
        let removed = self.removed();
        let taken = Quantity {
            bytes: removed.bytes.min(most.bytes),
            items: removed.items.min(most.items),
        };
        self.bytes_removed = self.bytes_removed.saturating_sub(taken.bytes);
        self.items_removed = self.items_removed.saturating_sub(taken.items);
        taken
    }

    /// Prices the difference and counts it in the contract's record.
    pub(super) fn apply(&self, contract: &mut Contract, cluster: &Cluster) -> Net {
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
