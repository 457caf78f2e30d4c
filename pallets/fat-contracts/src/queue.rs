//! The queue of a cluster: order, bounds, running hash.

use crate::{tiers::QueuePriority, Config, Error, Messages, Pallet, Queues, Shares};
use fat_contracts_primitives::{
    fold_message, AccountId, Balance, ClusterId, ClusterMessage, QueuedMessage, Seq,
    Weight as GasWeight,
};
use frame_support::{ensure, traits::Get, BoundedVec};
use frame_system::Phase;
use parity_scale_codec::Encode;
use sp_runtime::DispatchError;

impl<T: Config> Pallet<T> {
    /// Appends a message. Nothing is written when it is refused.
    ///
    /// # Errors
    /// `BlockOver`, `MessageTooLong`, `QueueFull`, `GasLimitTooHigh`, `BlockGasExhausted`,
    /// `SenderGasExhausted`, `TooManyWithdrawals`, `TooManyOwnWithdrawals`.
    pub(crate) fn enqueue(
        cluster: ClusterId,
        message: ClusterMessage,
        priority: QueuePriority<'_>,
        gas_limit: GasWeight,
    ) -> Result<Seq, Error<T>> {
        Self::append(cluster, message, priority, gas_limit).map(|(seq, _)| seq)
    }

    /// The same. Returns also what the message takes of the block.
    fn append(
        cluster: ClusterId,
        message: ClusterMessage,
        priority: QueuePriority<'_>,
        gas_limit: GasWeight,
    ) -> Result<(Seq, GasWeight), Error<T>> {
        let block = Self::now();
        let mut queue = Queues::<T>::get(cluster);
        let opened = Self::open_queue_checkpoint(&mut queue);
        ensure!(!queue.sealed, Error::<T>::BlockOver);
        let withdrawals = u32::from(matches!(message, ClusterMessage::Withdraw { .. }));

        let seq = queue.next;
        let next = seq.checked_add(1).ok_or(Error::<T>::QueueFull)?;
        let own_bytes = (block, &message).encoded_size() as u64;
        let queued = QueuedMessage {
            block,
            message,
            extrinsic: Self::current_extrinsic(),
        };
        let bytes: BoundedVec<u8, T::MaxMessageBytes> =
            BoundedVec::try_from(queued.encode()).map_err(|_| Error::<T>::MessageTooLong)?;
        queue.bytes = queue.bytes.saturating_add(bytes.len() as u64);
        queue.block_bytes = queue.block_bytes.saturating_add(bytes.len() as u64);
        queue.next = next;

        let reserved_slots = priority.leaves(u64::from(T::ReservedSlots::get()));
        let slots = u64::from(T::MaxQueueMessages::get()).saturating_sub(reserved_slots);
        let room = T::MaxQueueBytes::get().saturating_sub(priority.leaves(T::ReservedBytes::get()));
        ensure!(
            queue.len() <= slots && queue.bytes <= room,
            Error::<T>::QueueFull
        );
        // What bounds withdrawals is their number. The extrinsic's index is the chain's alone: no engine is given it.
        let weight = match withdrawals {
            0 => Self::queued_weight(&gas_limit, own_bytes),
            _ => gas_limit,
        };
        let share = Self::take_share(cluster, &mut queue, priority, &weight, withdrawals)?;

        queue.hash = fold_message(&queue.hash, cluster, block, seq, &queued.message);
        if let Some((who, share)) = share {
            Shares::<T>::insert(cluster, who, share);
        }
        Self::write_queue_checkpoint(cluster, opened);
        Messages::<T>::insert(cluster, seq, bytes);
        Queues::<T>::insert(cluster, queue);
        Ok((seq, weight))
    }

    /// The extrinsic that is being applied, by the phase in which events are told: FRAME's own index is 0 in the
    /// hooks of a block's beginning, too.
    fn current_extrinsic() -> Option<u32> {
        match frame_system::Pallet::<T>::execution_phase() {
            Some(Phase::ApplyExtrinsic(index)) => Some(index),
            _ => None,
        }
    }

    /// Appends a message that somebody signed, and takes the fee for its place: first the place,
    /// then the money.
    ///
    /// # Errors
    /// Those of [`Pallet::enqueue`] and [`Pallet::charge_ordering`]. The caller's storage layer
    /// takes the message back when the fee can't be taken.
    pub(crate) fn order(
        cluster: ClusterId,
        who: &AccountId,
        message: ClusterMessage,
        priority: QueuePriority<'_>,
        gas_limit: GasWeight,
        max_ordering_fee: Balance,
    ) -> Result<Seq, DispatchError> {
        let (seq, weight) = Self::append(cluster, message, priority, gas_limit)?;
        Self::charge_ordering(who, cluster, seq, weight, max_ordering_fee)?;
        Ok(seq)
    }
}
