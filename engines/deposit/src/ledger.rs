//! The accounts of a cluster.
//!
//! Money is moved with the semantics that contracts know: an account other than the treasury
//! holds at least the existential deposit, holds are outside of what can be spent, and what is
//! left of an account that falls below goes to the treasury. The sum over all accounts changes
//! through [`Ledger::mint`] and [`Ledger::burn`] only, which belong to messages from the chain.

use crate::{
    error::Error,
    records,
    state::{account_key, Account, Cluster, ACCOUNT},
};
use pink_engine_sdk::{
    types::{AccountId, Balance, Event},
    Overlay,
};

/// Whether a transfer may end the account that it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keep {
    /// It keeps the existential deposit.
    Alive,
    /// It may be emptied.
    Nothing,
}

/// The accounts in a state, by the rules of a cluster.
pub(crate) struct Ledger<'a, 'h> {
    state: &'a mut Overlay<'h>,
    events: &'a mut Vec<Event>,
    minimum: Balance,
    treasury: AccountId,
}

impl std::fmt::Debug for Ledger<'_, '_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ledger").finish_non_exhaustive()
    }
}

impl<'a, 'h> Ledger<'a, 'h> {
    /// The ledger of a cluster; what happens is told in `events`.
    pub(crate) fn new(
        state: &'a mut Overlay<'h>,
        events: &'a mut Vec<Event>,
        cluster: &Cluster,
    ) -> Self {
        Self {
            state,
            events,
            minimum: cluster.existential_deposit,
            treasury: cluster.treasury,
        }
    }

    /// An account; zeros if there is none.
    pub(crate) fn account(&mut self, who: &AccountId) -> Account {
        account(self.state, who)
    }

    /// What an account can spend and keep the existential deposit.
    pub(crate) fn spendable(&mut self, who: &AccountId) -> Balance {
        let floor = self.floor(who);
        self.account(who).free.saturating_sub(floor)
    }

    /// Moves `amount`. Nothing happens for zero, and from an account to itself.
    ///
    /// # Errors
    /// [`Error::TransferFailed`], with nothing changed: the sender hasn't got it or must keep it,
    /// or the receiver would come into being below the existential deposit.
    pub(crate) fn transfer(
        &mut self,
        from: &AccountId,
        to: &AccountId,
        amount: Balance,
        keep: Keep,
    ) -> Result<(), Error> {
        if amount == 0 || from == to {
            return Ok(());
        }
        let sender = self.account(from);
        let left = self.after_spending(from, &sender, amount, keep)?;
        let receiver = self.account(to);
        let sum = receiver
            .free
            .checked_add(amount)
            .ok_or(Error::TransferFailed)?;
        if sum < self.minimum && *to != self.treasury && !receiver.is_pinned() {
            return Err(Error::TransferFailed);
        }
        self.leave(from, sender, left);
        // Read again: the treasury may have got the sender's dust.
        let receiver = self.find(to);
        let is_new = receiver.is_none();
        let receiver = receiver.unwrap_or_default();
        if is_new {
            self.events.push(Event::NewAccount { account: *to });
            self.events.push(Event::Endowed {
                account: *to,
                amount,
            });
        }
        self.put(
            to,
            &Account {
                free: receiver.free.saturating_add(amount),
                ..receiver
            },
        );
        self.events.push(Event::Transfer {
            from: *from,
            to: *to,
            amount,
        });
        Ok(())
    }

    /// Takes `amount` out of an account, to be given to somebody later in the same message.
    ///
    /// # Errors
    /// [`Error::TransferFailed`], with nothing changed.
    pub(crate) fn take(
        &mut self,
        from: &AccountId,
        amount: Balance,
        keep: Keep,
    ) -> Result<(), Error> {
        if amount == 0 {
            return Ok(());
        }
        let sender = self.account(from);
        let left = self.after_spending(from, &sender, amount, keep)?;
        self.leave(from, sender, left);
        Ok(())
    }

    /// Credits what was taken. Can't fail: an account that isn't there and would come into being
    /// below the existential deposit leaves it to the treasury.
    pub(crate) fn give(&mut self, to: &AccountId, amount: Balance) {
        if amount == 0 {
            return;
        }
        let account = self.find(to);
        let is_new = account.is_none();
        let account = account.unwrap_or_default();
        let free = account.free.saturating_add(amount);
        if free < self.minimum && *to != self.treasury && !account.is_pinned() {
            self.events.push(Event::DustLost {
                account: *to,
                amount: free,
            });
            self.state.remove(&account_key(to));
            let treasury = self.treasury;
            return self.give(&treasury, free);
        }
        if is_new {
            self.events.push(Event::NewAccount { account: *to });
            self.events.push(Event::Endowed {
                account: *to,
                amount,
            });
        }
        self.put(to, &Account { free, ..account });
    }

    /// Holds `amount` of `from`'s money for code.
    ///
    /// # Errors
    /// [`Error::StorageDepositNotEnoughFunds`], with nothing changed.
    pub(crate) fn hold_for_code(&mut self, from: &AccountId, amount: Balance) -> Result<(), Error> {
        let mut account = self.account(from);
        account.free = self
            .after_spending(from, &account, amount, Keep::Alive)
            .map_err(|_| Error::StorageDepositNotEnoughFunds)?;
        account.held_for_code = account.held_for_code.saturating_add(amount);
        if amount > 0 {
            self.put(from, &account);
        }
        Ok(())
    }

    /// Lets go of `amount` that is held on `who` for code, or of what there is of it.
    pub(crate) fn release_for_code(&mut self, who: &AccountId, amount: Balance) {
        let mut account = self.account(who);
        let amount = amount.min(account.held_for_code);
        if amount > 0 {
            account.held_for_code = account.held_for_code.saturating_sub(amount);
            account.free = account.free.saturating_add(amount);
            self.put(who, &account);
        }
    }

    /// Moves `amount` from `from` into what is held on the contract `to` for its storage.
    ///
    /// # Errors
    /// [`Error::StorageDepositNotEnoughFunds`], with nothing changed.
    pub(crate) fn hold_for_storage(
        &mut self,
        from: &AccountId,
        to: &AccountId,
        amount: Balance,
    ) -> Result<(), Error> {
        if amount == 0 {
            return Ok(());
        }
        let sender = self.account(from);
        let left = self
            .after_spending(from, &sender, amount, Keep::Alive)
            .map_err(|_| Error::StorageDepositNotEnoughFunds)?;
        self.leave(from, sender, left);
        let mut contract = self.account(to);
        contract.held_for_storage = contract.held_for_storage.saturating_add(amount);
        self.put(to, &contract);
        self.events.push(Event::StorageDepositTransferredAndHeld {
            from: *from,
            to: *to,
            amount,
        });
        Ok(())
    }

    /// Gives `amount` of what is held on `from` for its storage to `to`, or what there is of it,
    /// and says how much that was.
    pub(crate) fn release_for_storage(
        &mut self,
        from: &AccountId,
        to: &AccountId,
        amount: Balance,
    ) -> Balance {
        let mut contract = self.account(from);
        let amount = amount.min(contract.held_for_storage);
        if amount == 0 {
            return 0;
        }
        contract.held_for_storage = contract.held_for_storage.saturating_sub(amount);
        self.put(from, &contract);
        self.events
            .push(Event::StorageDepositTransferredAndReleased {
                from: *from,
                to: *to,
                amount,
            });
        self.give(to, amount);
        amount
    }

    /// Gives everything that an ended contract has to its beneficiary. `ends_again`: another
    /// contract was made at its address since, and ends later in the same message. As long as
    /// there is one, its account keeps the existential deposit.
    ///
    /// # Errors
    /// [`Error::TransferFailed`]: the beneficiary would come into being below the existential
    /// deposit.
    pub(crate) fn end_contract(
        &mut self,
        contract: &AccountId,
        beneficiary: &AccountId,
        ends_again: bool,
    ) -> Result<(), Error> {
        let is_contract = ends_again || records::contract(self.state, contract).is_some();
        self.set_contract(contract, is_contract);
        let (rest, keep) = if is_contract {
            (self.spendable(contract), Keep::Alive)
        } else {
            (self.account(contract).free, Keep::Nothing)
        };
        self.transfer(contract, beneficiary, rest, keep)
    }

    /// Makes an account a contract, or no longer one.
    pub(crate) fn set_contract(&mut self, who: &AccountId, is_contract: bool) {
        let account = self.account(who);
        self.put(
            who,
            &Account {
                is_contract,
                ..account
            },
        );
    }

    /// Money that comes from the chain. Can't fail.
    pub(crate) fn mint(&mut self, to: &AccountId, amount: Balance) {
        self.give(to, amount);
    }

    /// Money that goes back to the chain.
    ///
    /// # Errors
    /// [`Error::TransferFailed`], with nothing changed.
    pub(crate) fn burn(&mut self, from: &AccountId, amount: Balance) -> Result<(), Error> {
        self.take(from, amount, Keep::Nothing)
    }

    /// What must stay free on an account that isn't to end.
    fn floor(&self, who: &AccountId) -> Balance {
        if *who == self.treasury {
            0
        } else {
            self.minimum
        }
    }

    /// What is left free after spending, if it may be spent.
    fn after_spending(
        &self,
        who: &AccountId,
        account: &Account,
        amount: Balance,
        keep: Keep,
    ) -> Result<Balance, Error> {
        let left = account
            .free
            .checked_sub(amount)
            .ok_or(Error::TransferFailed)?;
        let must_stay = keep == Keep::Alive || account.is_pinned();
        if must_stay && amount > 0 && left < self.floor(who) {
            return Err(Error::TransferFailed);
        }
        Ok(left)
    }

    /// Writes an account after it was spent from, or ends it.
    fn leave(&mut self, who: &AccountId, account: Account, left: Balance) {
        // Without an existential deposit, an empty account is still no account.
        let stays = left >= self.floor(who) && (left > 0 || *who == self.treasury);
        if stays || account.is_pinned() {
            return self.put(
                who,
                &Account {
                    free: left,
                    ..account
                },
            );
        }
        self.state.remove(&account_key(who));
        self.events.push(Event::KilledAccount { account: *who });
        if left > 0 {
            self.events.push(Event::DustLost {
                account: *who,
                amount: left,
            });
            let treasury = self.treasury;
            self.give(&treasury, left);
        }
    }

    fn find(&mut self, who: &AccountId) -> Option<Account> {
        records::account(self.state, who)
    }

    fn put(&mut self, who: &AccountId, account: &Account) {
        self.state.put_as(&account_key(who), account);
    }
}

/// An account; zeros if there is none.
pub(crate) fn account(state: &mut Overlay<'_>, who: &AccountId) -> Account {
    records::account(state, who).unwrap_or_default()
}

/// All accounts, in ascending order, `visit`ed a page at a time.
pub(crate) fn for_each_account(state: &mut Overlay<'_>, mut visit: impl FnMut(AccountId, Account)) {
    use parity_scale_codec::DecodeAll;
    const PAGE: u32 = 256;
    let mut start = ACCOUNT.to_vec();
    let mut end = ACCOUNT.to_vec();
    if let Some(last) = end.last_mut() {
        *last = last.saturating_add(1);
    }
    loop {
        let page = state.range(&start, Some(&end), PAGE);
        for (key, value) in &page {
            // A contract's storage key may happen to begin like this; it is longer.
            let Some(Ok(who)) = key.get(ACCOUNT.len()..).map(AccountId::try_from) else {
                continue;
            };
            if let Ok(account) = Account::decode_all(&mut value.as_slice()) {
                visit(who, account);
            }
        }
        match page.last() {
            Some((last, _)) if page.len() == PAGE as usize => {
                start = last.clone();
                start.push(0);
            }
            _ => return,
        }
    }
}
