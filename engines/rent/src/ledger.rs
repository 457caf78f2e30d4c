//! The ledger: the currency of March 2021, with nothing held or locked.
//!
//! An account exists while it has at least the existential deposit; what is left of one that
//! falls below goes to the treasury. The treasury's record always exists and may have less.
//! Nothing here makes or destroys money but [`Execution::deposit`] and [`Execution::withdraw`], which
//! carry it in from the chain and out to it.

use crate::{
    core::Execution,
    state::{account_key, Account},
};
use pink_engine_sdk::types::{AccountId, Balance, Event};

/// Whether a payment may end the account that it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Existence {
    /// It mustn't.
    KeepAlive,
    /// It may.
    AllowDeath,
}

/// The ledger refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LedgerError {
    /// There isn't enough money.
    InsufficientBalance,
    /// The receiver doesn't exist and would have less than the existential deposit.
    ExistentialDeposit,
    /// The payer would fall below the existential deposit.
    KeepAlive,
    /// The sum has no room.
    Overflow,
}

impl Execution<'_, '_> {
    /// What an account has.
    pub(crate) fn free(&mut self, who: &AccountId) -> Balance {
        self.account(who).unwrap_or_default().free
    }

    /// Whether an account exists.
    pub(crate) fn exists(&mut self, who: &AccountId) -> bool {
        self.account(who).is_some()
    }

    fn account(&mut self, who: &AccountId) -> Option<Account> {
        self.state.get_as(&account_key(who))
    }

    /// Whether an account with this much can exist.
    fn viable(&self, who: &AccountId, free: Balance) -> bool {
        *who == self.cluster.treasury || (free > 0 && free >= self.cluster.existential_deposit)
    }

    /// Gives an account a new balance, with what follows from it. The one place that writes one.
    fn set_free(&mut self, who: &AccountId, free: Balance) {
        let key = account_key(who);
        let existed = self.state.contains(&key);
        if self.viable(who, free) {
            self.state.put_as(&key, &Account { free });
            if !existed {
                self.events.push(Event::NewAccount { account: *who });
                self.events.push(Event::Endowed {
                    account: *who,
                    amount: free,
                });
            }
            return;
        }
        if existed {
            self.state.remove(&key);
        }
        if free > 0 {
            self.credit_treasury(free);
            self.events.push(Event::DustLost {
                account: *who,
                amount: free,
            });
        }
        if existed {
            self.events.push(Event::KilledAccount { account: *who });
        }
    }

    /// The treasury can always receive.
    pub(crate) fn credit_treasury(&mut self, amount: Balance) {
        let treasury = self.cluster.treasury;
        // The chain's whole issuance fits into a balance, so this sum does.
        let free = self.free(&treasury).saturating_add(amount);
        self.state
            .put_as(&account_key(&treasury), &Account { free });
    }

    /// Whether so much could be taken from an account.
    fn after_debit(
        &mut self,
        who: &AccountId,
        amount: Balance,
        existence: Existence,
    ) -> Result<Balance, LedgerError> {
        let left = self
            .free(who)
            .checked_sub(amount)
            .ok_or(LedgerError::InsufficientBalance)?;
        match existence {
            Existence::KeepAlive if amount > 0 && !self.viable(who, left) => {
                Err(LedgerError::KeepAlive)
            }
            _ => Ok(left),
        }
    }

    /// Moves money. Nothing happens to a payment of nothing or to oneself.
    pub(crate) fn transfer(
        &mut self,
        from: &AccountId,
        to: &AccountId,
        amount: Balance,
        existence: Existence,
    ) -> Result<(), LedgerError> {
        if amount == 0 || from == to {
            return Ok(());
        }
        let received = self
            .free(to)
            .checked_add(amount)
            .ok_or(LedgerError::Overflow)?;
        if !self.viable(to, received) {
            return Err(LedgerError::ExistentialDeposit);
        }
        let left = self.after_debit(from, amount, existence)?;
        self.set_free(from, left);
        // Read again: the payer's dust may have gone to the receiver.
        let received = self.free(to).saturating_add(amount);
        self.set_free(to, received);
        self.events.push(Event::Transfer {
            from: *from,
            to: *to,
            amount,
        });
        Ok(())
    }

    /// Takes money out of an account for the caller to put somewhere.
    pub(crate) fn debit(
        &mut self,
        who: &AccountId,
        amount: Balance,
        existence: Existence,
    ) -> Result<(), LedgerError> {
        let left = self.after_debit(who, amount, existence)?;
        if amount > 0 {
            self.set_free(who, left);
        }
        Ok(())
    }

    /// Puts money into an account; if there is none and it is too little for one, it is dust.
    pub(crate) fn credit(&mut self, who: &AccountId, amount: Balance) {
        if amount > 0 {
            let free = self.free(who).saturating_add(amount);
            self.set_free(who, free);
        }
    }

    /// Whether an account exists that a reward can go to. The treasury always does.
    pub(crate) fn can_be_rewarded(&mut self, who: &AccountId) -> bool {
        *who == self.cluster.treasury || self.exists(who)
    }

    /// Pays out of the treasury to an account that exists, at most what is there. Returns how much.
    pub(crate) fn reward(&mut self, who: &AccountId, amount: Balance) -> Balance {
        let treasury = self.cluster.treasury;
        if *who == treasury || !self.exists(who) {
            return 0;
        }
        let amount = amount.min(self.free(&treasury));
        if self
            .debit(&treasury, amount, Existence::AllowDeath)
            .is_err()
        {
            return 0;
        }
        self.credit(who, amount);
        amount
    }

    /// Brings money in from the chain.
    pub(crate) fn deposit(&mut self, who: &AccountId, amount: Balance) {
        self.credit(who, amount);
        self.events.push(Event::Deposited {
            account: *who,
            amount,
        });
    }

    /// Carries money out to the chain. What is left of an account that falls below the
    /// existential deposit goes to the treasury.
    pub(crate) fn withdraw(&mut self, who: &AccountId, amount: Balance) -> Result<(), LedgerError> {
        self.debit(who, amount, Existence::AllowDeath)?;
        self.events.push(Event::Withdrawn {
            account: *who,
            amount,
        });
        Ok(())
    }

    /// The balance that a contract keeps, and that rent never touches.
    pub(crate) fn subsistence_threshold(&self) -> Balance {
        self.cluster
            .existential_deposit
            .saturating_add(self.config.tombstone_deposit)
    }
}
