//! What it costs to have a message ordered.
//!
//! What a message does is paid inside its cluster. A sender without money there is refused by the
//! engine and pays nothing, but its message took room in the queue and in a block's weight. So every
//! signed message pays for its place, on the chain, whatever becomes of it: calls, instantiations,
//! uploads, claims and removals, and deposits and withdrawals as well, because a place is a place. What
//! governance and the pallet itself append pays nothing: nobody else can bring it about.
//!
//! The fee is [`Config::OrderingFee`] of the weight that the message takes of a block, times the
//! cluster's *congestion*. That weight is its gas limit, and a base for the message and for each of its
//! bytes, so whoever crowds a block with messages that have no limit pays as much for it as others.
//! (A withdrawal takes none; their number is bounded.) The congestion is 1 for a
//! cluster whose blocks are at most half full. After a block whose messages took more than half of
//! `MaxBlockWeight`, in either dimension, it rises by an eighth, after every other it falls by an
//! eighth, and never below 1. (An eighth and a half are EIP-1559's.) Twenty crowded blocks make it
//! ten times as dear, forty a hundred times: keeping a cluster crowded costs as much as anyone in it
//! is ready to pay, in every block. A sender says the most that it pays.
//!
//! It is worked out from the numbers of blocks when it is asked for: quiet blocks cost the chain
//! nothing.

use crate::{tiers::within, Config, Error, Event, Pallet, Queue, Queues};
use fat_contracts_primitives::{
    AccountId, Balance, BlockNumber, ClusterId, Seq, Weight as GasWeight,
};
use frame_support::{
    ensure,
    traits::{
        fungible::Balanced,
        tokens::{Fortitude, Precision, Preservation},
        Get, OnUnbalanced,
    },
};
use sp_runtime::{traits::Convert, DispatchError, FixedPointNumber, FixedU128};

/// The congestion after a block, from that of the block.
fn next(congestion: FixedU128, crowded: bool) -> FixedU128 {
    let now = congestion.into_inner();
    let eighth = now / 8;
    let after = if crowded {
        now.saturating_add(eighth)
    } else {
        now.saturating_sub(eighth)
    };
    FixedU128::from_inner(after).max(FixedU128::from_u32(1))
}

impl<T: Config> Pallet<T> {
    /// The congestion in `block`, that of the newest queue checkpoint or a later one.
    pub(crate) fn congestion_at(queue: &Queue, block: BlockNumber) -> FixedU128 {
        let least = FixedU128::from_u32(1);
        let mut congestion = queue.congestion.max(least);
        let mut quiet = block.saturating_sub(queue.block);
        if quiet == 0 {
            return congestion;
        }
        congestion = next(congestion, crowded::<T>(queue));
        quiet = quiet.saturating_sub(1);
        // It takes less than 400 steps from the highest there can be.
        while quiet > 0 && congestion > least {
            congestion = next(congestion, false);
            quiet = quiet.saturating_sub(1);
        }
        congestion
    }

    /// The factor by which ordering in the cluster is dearer than usual in the block after this one.
    pub fn congestion(cluster: ClusterId) -> FixedU128 {
        Self::congestion_at(&Queues::<T>::get(cluster), Self::now().saturating_add(1))
    }

    /// What it costs to have a message that takes so much of a block, by
    /// [`Pallet::queued_weight`], ordered in the block after this one: what somebody who has seen
    /// this block's state is going to pay, at least, as `max_ordering_fee`.
    pub fn ordering_fee(cluster: ClusterId, weight: GasWeight) -> Balance {
        Self::fee_at(Self::congestion(cluster), weight)
    }

    fn fee_at(congestion: FixedU128, weight: GasWeight) -> Balance {
        congestion.saturating_mul_int(T::OrderingFee::convert(weight))
    }

    /// Takes the fee for a message that was queued in this block. The sender's account stays open.
    ///
    /// # Errors
    /// `OrderingFeeTooHigh`; the currency's if the sender can't pay.
    pub(crate) fn charge_ordering(
        who: &AccountId,
        cluster: ClusterId,
        seq: Seq,
        weight: GasWeight,
        most: Balance,
    ) -> Result<(), DispatchError> {
        let congestion = Self::congestion_at(&Queues::<T>::get(cluster), Self::now());
        let fee = Self::fee_at(congestion, weight);
        ensure!(fee <= most, Error::<T>::OrderingFeeTooHigh);
        if fee == 0 {
            return Ok(());
        }
        let paid = T::Currency::withdraw(
            who,
            fee,
            Precision::Exact,
            Preservation::Preserve,
            Fortitude::Polite,
        )?;
        T::OrderingFeeTo::on_unbalanced(paid);
        Self::deposit_event(Event::OrderingFeePaid {
            cluster,
            seq,
            who: who.clone(),
            fee,
        });
        Ok(())
    }
}

/// Whether the block of the newest queue checkpoint was more than half full, of weight or of withdrawals:
/// these have no limit, and who fills their places keeps others' money in.
fn crowded<T: Config>(queue: &Queue) -> bool {
    let whole = T::MaxBlockWeight::get();
    let half = GasWeight {
        ref_time: whole.ref_time / 2,
        proof_size: whole.proof_size / 2,
    };
    let withdrawals = Pallet::<T>::max_block_withdrawals() / 2;
    !within(&queue.block_weight, &half) || queue.block_withdrawals > withdrawals
}
