//! The escrow: money on its way into and out of a cluster.
//!
//! Each cluster has one account on the chain. It holds the chain's existential deposit, which
//! keeps it open, and what the chain owes to the cluster: everything that was brought in and not
//! paid out. Where that money is inside the cluster is the ledger's business.

use crate::{
    payouts::Withdrawal, tiers::QueuePriority, Config, Error, Event, Held, Pallet, Withdrawals,
};
use fat_contracts_primitives::{
    AccountId, Balance, ClusterId, ClusterMessage, Weight as GasWeight,
};
use frame_support::{
    ensure,
    traits::{
        fungible::{Inspect, Mutate},
        tokens::Preservation,
        Get,
    },
};
use sp_runtime::{traits::AccountIdConversion, ArithmeticError, DispatchResult};

impl<T: Config> Pallet<T> {
    /// The escrow account of a cluster.
    pub fn escrow_account(cluster: ClusterId) -> AccountId {
        T::PalletId::get().into_sub_account_truncating(cluster)
    }

    /// Opens the escrow of a new cluster with the chain's existential deposit.
    pub(crate) fn open_escrow(cluster: ClusterId, payer: &AccountId) -> DispatchResult {
        let escrow = Self::escrow_account(cluster);
        let least = T::Currency::minimum_balance();
        T::Currency::transfer(payer, &escrow, least, Preservation::Preserve)?;
        Ok(())
    }

    /// Takes money from a chain account into the escrow.
    pub(crate) fn bring_in(
        cluster: ClusterId,
        from: &AccountId,
        amount: Balance,
    ) -> DispatchResult {
        if amount == 0 {
            return Ok(());
        }
        let held = Held::<T>::get(cluster)
            .checked_add(amount)
            .ok_or(ArithmeticError::Overflow)?;
        // The sender's account stays open: being reaped by a deposit would surprise everyone.
        let escrow = Self::escrow_account(cluster);
        T::Currency::transfer(from, &escrow, amount, Preservation::Preserve)?;
        Held::<T>::insert(cluster, held);
        Ok(())
    }

    pub(crate) fn do_transfer_to_cluster(
        from: AccountId,
        cluster: ClusterId,
        dest: AccountId,
        amount: Balance,
        max_ordering_fee: Balance,
    ) -> DispatchResult {
        let record = Self::open_cluster(cluster, false)?;
        ensure!(
            amount >= record.existential_deposit,
            Error::<T>::AmountTooLow
        );
        // First the place, then the money.
        let message = ClusterMessage::Deposit {
            from: from.clone(),
            dest: dest.clone(),
            amount,
        };
        let priority = QueuePriority::of(&from, &record);
        let limit = GasWeight::default();
        let seq = Self::order(cluster, &from, message, priority, limit, max_ordering_fee)?;
        Self::bring_in(cluster, &from, amount)?;
        Self::note_deposit(cluster, seq, from.clone(), amount);
        Self::deposit_event(Event::DepositQueued {
            cluster,
            seq,
            from,
            dest,
            amount,
        });
        Ok(())
    }

    pub(crate) fn do_withdraw_from_cluster(
        from: AccountId,
        cluster: ClusterId,
        dest: AccountId,
        amount: Balance,
        max_gas_price: Option<Balance>,
        max_ordering_fee: Balance,
    ) -> DispatchResult {
        let record = Self::open_cluster(cluster, true)?;
        ensure!(
            amount >= T::Currency::minimum_balance(),
            Error::<T>::AmountTooLow
        );
        let message = ClusterMessage::Withdraw {
            from: from.clone(),
            dest: dest.clone(),
            amount,
            max_gas_price: max_gas_price.unwrap_or(record.prices.gas_price),
        };
        let priority = QueuePriority::of_withdrawal(&from, &record);
        let limit = GasWeight::default();
        let seq = Self::order(cluster, &from, message, priority, limit, max_ordering_fee)?;
        let withdrawal = Withdrawal {
            dest: dest.clone(),
            amount,
            due: false,
        };
        Withdrawals::<T>::insert(cluster, seq, withdrawal);
        Self::deposit_event(Event::WithdrawalQueued {
            cluster,
            seq,
            from,
            dest,
            amount,
        });
        Ok(())
    }
}
