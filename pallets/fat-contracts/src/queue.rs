//! The queue of a cluster: order, bounds, running hash.

use crate::{
    contracts::Offer,
    history::QueueCheckpoint,
    tiers::{within, QueuePriority},
    Clusters, Config, Engines, Error, Messages, Pallet, Queue, QueueCheckpoints, Queues, Shares,
    TouchedClusters,
};
use fat_contracts_primitives::{
    fold_message, AccountId, Balance, BlockNumber, ClusterId, ClusterMessage, ClusterRecord,
    ClusterStatus, EngineStatus, QueuedMessage, Seq, Weight as GasWeight,
};
use frame_support::{ensure, traits::Get, BoundedVec};
use parity_scale_codec::Encode;
use sp_runtime::{DispatchError, SaturatedConversion};

/// What follows from a block's becoming the newest queue checkpoint.
pub(crate) struct Opened {
    /// The queue checkpoint that ended thereby, with its block; `None` if the queue was empty.
    closed: Option<(BlockNumber, QueueCheckpoint)>,
}

impl<T: Config> Pallet<T> {
    /// The number of the current block.
    pub(crate) fn now() -> BlockNumber {
        // A chain with wider numbers would have to run for centuries to reach the end of these.
        frame_system::Pallet::<T>::block_number().saturated_into()
    }

    /// A cluster that takes messages of users.
    ///
    /// # Errors
    /// `ClusterNotFound`; `ClusterClosing` unless the message is a withdrawal; `EngineRevoked`.
    pub(crate) fn open_cluster(
        cluster: ClusterId,
        withdrawal: bool,
    ) -> Result<ClusterRecord, Error<T>> {
        let record = Clusters::<T>::get(cluster).ok_or(Error::<T>::ClusterNotFound)?;
        let open = match record.status {
            ClusterStatus::Active => true,
            ClusterStatus::Closing { .. } => withdrawal,
            ClusterStatus::Destroyed { .. } => false,
        };
        ensure!(open, Error::<T>::ClusterClosing);
        let revoked = Engines::<T>::get(record.engine_of_the_tail())
            .is_some_and(|engine| engine.status == EngineStatus::Revoked);
        ensure!(!revoked, Error::<T>::EngineRevoked);
        Ok(record)
    }

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
        let queued = QueuedMessage { block, message };
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
        // What bounds withdrawals is their number.
        let weight = match withdrawals {
            0 => Self::queued_weight(&gas_limit, bytes.len() as u64),
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

    /// Makes the current block the newest queue checkpoint, if it isn't yet. What follows from
    /// that has to be written by [`Pallet::write_queue_checkpoint`].
    pub(crate) fn open_queue_checkpoint(queue: &mut Queue) -> Option<Opened> {
        let block = Self::now();
        if queue.block == block {
            return None;
        }
        let closed = QueueCheckpoint {
            first: queue.block_first,
            end: queue.next,
            bytes: queue.block_bytes,
            message_hash: queue.hash,
            next: Some(block),
        };
        let of = queue.block;
        queue.congestion = Self::congestion_at(queue, block);
        queue.block = block;
        queue.block_first = queue.next;
        queue.block_weight = GasWeight::default();
        queue.block_withdrawals = 0;
        queue.block_bytes = 0;
        queue.sealed = false;
        Some(Opened {
            closed: (queue.next > 0).then_some((of, closed)),
        })
    }

    /// Writes what [`Pallet::open_queue_checkpoint`] returned.
    pub(crate) fn write_queue_checkpoint(cluster: ClusterId, opened: Option<Opened>) {
        let Some(Opened { closed }) = opened else {
            return;
        };
        if let Some((of, checkpoint)) = closed {
            QueueCheckpoints::<T>::insert(cluster, of, checkpoint);
        }
        TouchedClusters::<T>::insert(cluster, ());
    }

    /// How many withdrawals one block may have: as many as a checkpoint has room for,
    /// beside a failed upgrade and a request for another.
    pub(crate) fn max_block_withdrawals() -> u32 {
        T::MaxEffects::get().saturating_sub(2)
    }

    /// Checks what a sender offers for gas, and returns the gas price to put into the message.
    ///
    /// # Errors
    /// `ZeroGasLimit`, `GasLimitTooHigh`, `FeeOverflow`.
    pub(crate) fn accept_offer(
        record: &ClusterRecord,
        priority: QueuePriority<'_>,
        offer: &Offer,
    ) -> Result<Balance, Error<T>> {
        let gas_limit = &offer.gas_limit;
        ensure!(gas_limit.ref_time > 0, Error::<T>::ZeroGasLimit);
        ensure!(
            within(gas_limit, &Self::max_gas_limit(priority)),
            Error::<T>::GasLimitTooHigh
        );
        let price = offer.max_gas_price.unwrap_or(record.prices.gas_price);
        Balance::from(gas_limit.ref_time)
            .checked_mul(price)
            .and_then(|fee| fee.checked_add(offer.value))
            .ok_or(Error::<T>::FeeOverflow)?;
        Ok(price)
    }
}
