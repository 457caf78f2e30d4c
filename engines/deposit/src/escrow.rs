//! Where the price of a message waits while it is executed.
//!
//! Before anything runs, limit × price leaves the payer's account; afterwards what was used goes
//! to the treasury and the rest back. In between it is in no account, so that no contract can
//! touch it, and settling can't fail, whatever the contracts did to any account.

use crate::{
    ledger::{Keep, Ledger},
    state::Cluster,
};
use pink_engine_sdk::types::{AccountId, Balance, Failure, Weight};

/// Money on its way. To be settled, exactly once.
#[must_use]
#[derive(Debug)]
pub(crate) struct Escrow {
    payer: AccountId,
    amount: Balance,
    price: Balance,
}

/// What became of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Settlement {
    /// To the treasury.
    pub fee: Balance,
    /// Back to the payer.
    pub refund: Balance,
}

impl Escrow {
    /// Takes `limit × price` from the payer.
    ///
    /// # Errors
    /// The payer hasn't got as much above the existential deposit, with nothing changed.
    pub(crate) fn open(
        ledger: &mut Ledger<'_, '_>,
        payer: AccountId,
        limit: Weight,
        price: Balance,
    ) -> Result<Self, Failure> {
        let amount = Balance::from(limit.ref_time)
            .checked_mul(price)
            .ok_or_else(|| insufficient(Balance::MAX, ledger.spendable(&payer)))?;
        ledger
            .take(&payer, amount, Keep::Alive)
            .map_err(|_| insufficient(amount, ledger.spendable(&payer)))?;
        Ok(Self {
            payer,
            amount,
            price,
        })
    }

    /// Pays for what was used, at most what was taken, and gives back the rest.
    pub(crate) fn settle(
        self,
        ledger: &mut Ledger<'_, '_>,
        cluster: &Cluster,
        used: Weight,
    ) -> Settlement {
        let fee = Balance::from(used.ref_time)
            .saturating_mul(self.price)
            .min(self.amount);
        let refund = self.amount.saturating_sub(fee);
        ledger.give(&cluster.treasury, fee);
        ledger.give(&self.payer, refund);
        Settlement { fee, refund }
    }
}

/// The payer hasn't got enough.
pub(crate) fn insufficient(needed: Balance, had: Balance) -> Failure {
    Failure::new(
        "InsufficientBalance",
        format!("{needed} needed, {had} can be spent above the existential deposit"),
    )
}
