//! Money on its way out of a cluster: paid when workers confirmed the debit, once.

use crate::{
    Clusters, Config, Error, Event, Held, InternalError, Pallet, Progress, Refunds, Setup,
    Withdrawals, LOG_TARGET,
};
use fat_contracts_primitives::{AccountId, Balance, ClusterId, Seq, WithdrawOutcome};
use frame_support::{
    ensure,
    pallet_prelude::*,
    storage::with_storage_layer,
    traits::{fungible::Mutate, tokens::Preservation},
};
use sp_runtime::{DispatchError, DispatchResult};

/// A withdrawal that wasn't paid yet.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Withdrawal {
    /// Who is to be paid.
    pub dest: AccountId,
    /// How much.
    pub amount: Balance,
    /// The debit is confirmed: the chain owes the money, and anyone may have it paid.
    pub due: bool,
}

impl<T: Config> Pallet<T> {
    /// What workers confirmed about a withdrawal.
    pub(crate) fn withdrawn(cluster: ClusterId, seq: Seq, outcome: WithdrawOutcome) {
        // Nothing can be debited where there is no ledger.
        let failed = Progress::<T>::get(cluster).setup == Setup::Failed;
        let impossible = failed && outcome == WithdrawOutcome::Debited;
        let Some(withdrawal) =
            Withdrawals::<T>::get(cluster, seq).filter(|w| !w.due && !impossible)
        else {
            // A quorum that reports a debit of nothing: there is nothing to pay.
            Self::internal_error(InternalError::UnknownWithdrawal);
            return;
        };
        match outcome {
            WithdrawOutcome::Debited => {
                Self::owe(cluster, seq, withdrawal.dest, withdrawal.amount);
            }
            WithdrawOutcome::Refused => {
                Withdrawals::<T>::remove(cluster, seq);
                Self::deposit_event(Event::WithdrawalRefused { cluster, seq });
            }
        }
    }

    /// Pays somebody, or notes that it is due if it can't be paid now. Nothing is paid while
    /// workers disagree.
    pub(crate) fn owe(cluster: ClusterId, seq: Seq, dest: AccountId, amount: Balance) {
        let withdrawal = Withdrawal {
            dest,
            amount,
            due: true,
        };
        let diverged = Clusters::<T>::get(cluster).is_some_and(|record| record.diverged.is_some());
        if diverged || Self::pay(cluster, seq, &withdrawal).is_err() {
            Withdrawals::<T>::insert(cluster, seq, withdrawal);
            log::warn!(target: LOG_TARGET, "cluster {cluster}: withdrawal {seq} is due and could not be paid");
            Self::deposit_event(Event::WithdrawalDue { cluster, seq });
        }
    }

    /// Pays what is due and removes it, or changes nothing.
    fn pay(cluster: ClusterId, seq: Seq, withdrawal: &Withdrawal) -> DispatchResult {
        let Withdrawal { dest, amount, .. } = withdrawal;
        with_storage_layer(|| {
            let rest = Held::<T>::get(cluster)
                .checked_sub(*amount)
                .ok_or(DispatchError::from(Error::<T>::EscrowShort))?;
            let escrow = Self::escrow_account(cluster);
            T::Currency::transfer(&escrow, dest, *amount, Preservation::Preserve)?;
            Held::<T>::insert(cluster, rest);
            Withdrawals::<T>::remove(cluster, seq);
            Refunds::<T>::remove(cluster, seq);
            Self::deposit_event(Event::WithdrawalPaid {
                cluster,
                seq,
                dest: dest.clone(),
                amount: *amount,
            });
            Ok(())
        })
    }

    pub(crate) fn do_claim_withdrawal(cluster: ClusterId, seq: Seq) -> DispatchResult {
        let record = Clusters::<T>::get(cluster).ok_or(Error::<T>::ClusterNotFound)?;
        ensure!(record.diverged.is_none(), Error::<T>::ClusterDiverged);
        let due = Withdrawals::<T>::get(cluster, seq).filter(|withdrawal| withdrawal.due);
        let refund = || {
            let failed = Progress::<T>::get(cluster).setup == Setup::Failed;
            let refund = Refunds::<T>::get(cluster, seq).filter(|_| failed)?;
            Some(Withdrawal {
                dest: refund.to,
                amount: refund.amount,
                due: true,
            })
        };
        let withdrawal = due.or_else(refund).ok_or(Error::<T>::NothingDue)?;
        Self::pay(cluster, seq, &withdrawal)
    }
}
