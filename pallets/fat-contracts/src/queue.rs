//! The queue of a cluster: order, bounds, running hash.

use crate::{
    history::Mark, Clusters, Config, Engines, Error, Marks, Messages, Pallet, Queue, Queues,
};
use fat_contracts_primitives::{
    fold_message, AccountId, Balance, BlockNumber, ClusterId, ClusterMessage, ClusterRecord,
    ClusterStatus, EngineStatus, QueuedMessage, Seq, Weight as GasWeight,
};
use frame_support::{ensure, traits::Get, BoundedVec};
use parity_scale_codec::Encode;
use sp_runtime::SaturatedConversion;

/// How far into the queue's reserve a message may go, so that a crowd of one kind never keeps
/// out a kind that matters more.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Slot {
    /// Anybody's message: the whole reserve stays free.
    Open,
    /// Withdrawals: half of it stays free.
    Withdrawal,
    /// The owner and governance: a quarter of it stays free.
    Privileged,
    /// What the pallet appends by itself.
    System,
}

impl Slot {
    /// The part of `reserve` that this kind leaves free.
    fn leaves(self, reserve: u64) -> u64 {
        match self {
            Self::Open => reserve,
            Self::Withdrawal => reserve / 2,
            Self::Privileged => reserve / 4,
            Self::System => 0,
        }
    }

    /// The slot for a message of `who` in a cluster.
    pub(crate) fn of(who: &AccountId, cluster: &ClusterRecord) -> Self {
        if *who == cluster.owner {
            Self::Privileged
        } else {
            Self::Open
        }
    }
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
    /// `ClusterNotFound`; `ClusterClosing` unless the message is a withdrawal; `ClusterParked`.
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
        ensure!(!revoked, Error::<T>::ClusterParked);
        Ok(record)
    }

    /// Appends a message. Nothing is written when it is refused.
    ///
    /// # Errors
    /// `MessageTooLong`, `QueueFull`, `BlockGasExhausted`, `TooManyWithdrawals`.
    pub(crate) fn enqueue(
        cluster: ClusterId,
        message: ClusterMessage,
        slot: Slot,
        gas_limit: GasWeight,
    ) -> Result<Seq, Error<T>> {
        let block = Self::now();
        let mut queue = Queues::<T>::get(cluster);
        let closed = Self::open_mark(&mut queue);
        if matches!(message, ClusterMessage::Withdraw { .. }) {
            queue.block_withdrawals = queue.block_withdrawals.saturating_add(1);
            ensure!(
                queue.block_withdrawals <= Self::max_block_withdrawals(),
                Error::<T>::TooManyWithdrawals
            );
        }

        let seq = queue.next;
        let next = seq.checked_add(1).ok_or(Error::<T>::QueueFull)?;
        let queued = QueuedMessage { block, message };
        let bytes: BoundedVec<u8, T::MaxMessageBytes> =
            BoundedVec::try_from(queued.encode()).map_err(|_| Error::<T>::MessageTooLong)?;
        queue.bytes = queue.bytes.saturating_add(bytes.len() as u64);
        queue.block_bytes = queue.block_bytes.saturating_add(bytes.len() as u64);
        queue.next = next;

        let reserved_slots = slot.leaves(u64::from(T::ReservedSlots::get()));
        let slots = u64::from(T::MaxQueueMessages::get()).saturating_sub(reserved_slots);
        let room = T::MaxQueueBytes::get().saturating_sub(slot.leaves(T::ReservedBytes::get()));
        ensure!(
            queue.len() <= slots && queue.bytes <= room,
            Error::<T>::QueueFull
        );

        let spent = &mut queue.block_weight;
        spent.ref_time = spent.ref_time.saturating_add(gas_limit.ref_time);
        spent.proof_size = spent.proof_size.saturating_add(gas_limit.proof_size);
        ensure!(
            within(spent, &T::MaxBlockWeight::get()),
            Error::<T>::BlockGasExhausted
        );

        queue.hash = fold_message(&queue.hash, cluster, block, seq, &queued.message);
        if let Some((of, mark)) = closed {
            Marks::<T>::insert(cluster, of, mark);
        }
        Messages::<T>::insert(cluster, seq, bytes);
        Queues::<T>::insert(cluster, queue);
        Ok(seq)
    }

    /// Makes the current block the newest mark of the queue. Gives the mark that ended thereby,
    /// to be written.
    pub(crate) fn open_mark(queue: &mut Queue) -> Option<(BlockNumber, Mark)> {
        let block = Self::now();
        if queue.block == block {
            return None;
        }
        let closed = Mark {
            first: queue.block_first,
            end: queue.next,
            bytes: queue.block_bytes,
            message_hash: queue.hash,
            next: Some(block),
        };
        let of = queue.block;
        queue.block = block;
        queue.block_first = queue.next;
        queue.block_weight = GasWeight::default();
        queue.block_withdrawals = 0;
        queue.block_bytes = 0;
        (queue.next > 0).then_some((of, closed))
    }

    /// How many withdrawals one block may have: so many that a checkpoint has room for all of
    /// them, a failed upgrade, and a request for another.
    pub(crate) fn max_block_withdrawals() -> u32 {
        T::MaxEffects::get().saturating_sub(2)
    }

    /// Checks what a sender offers for gas, and gives the gas price to put into the message.
    ///
    /// # Errors
    /// `ZeroGasLimit`, `GasLimitTooHigh`, `FeeOverflow`.
    pub(crate) fn accept_offer(
        record: &ClusterRecord,
        gas_limit: &GasWeight,
        value: Balance,
        max_gas_price: Option<Balance>,
    ) -> Result<Balance, Error<T>> {
        ensure!(gas_limit.ref_time > 0, Error::<T>::ZeroGasLimit);
        ensure!(
            within(gas_limit, &T::MaxMessageWeight::get()),
            Error::<T>::GasLimitTooHigh
        );
        let price = max_gas_price.unwrap_or(record.prices.gas_price);
        Balance::from(gas_limit.ref_time)
            .checked_mul(price)
            .and_then(|fee| fee.checked_add(value))
            .ok_or(Error::<T>::FeeOverflow)?;
        Ok(price)
    }
}

/// Whether a weight keeps to a bound in both dimensions.
fn within(weight: &GasWeight, bound: &GasWeight) -> bool {
    weight.ref_time <= bound.ref_time && weight.proof_size <= bound.proof_size
}
