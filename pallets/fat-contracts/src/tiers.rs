//! Who may fill how much of a queue, and of a block.
//!
//! A message that can't be paid for in its cluster costs its sender little, so room is never given
//! to whoever comes first alone. What a message takes is its gas limit, and a base for itself and for
//! each of its bytes: uploads, deposits, claims and removals have no limit and are work all the same.
//! (Withdrawals have room of their own, by their number.) An eighth of a block's weight and withdrawals is the pallet's own,
//! and a quarter the owner's and governance's; of the five eighths that are left no sender has more
//! than a quarter of the whole. Each bound holds in both dimensions of weight.

use crate::{Config, Error, Pallet, Queue, Shares};
use fat_contracts_primitives::{AccountId, ClusterId, ClusterRecord, Weight as GasWeight};
use frame_support::{ensure, pallet_prelude::*, traits::Get};

/// How many withdrawals an account that isn't the cluster's owner may ask for in one block. An
/// exchange that pays out in batches needs a few; a crowd needs as many accounts as it has slots.
pub const MAX_ACCOUNT_WITHDRAWALS: u32 = 4;

/// What one sender had of the current block.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Share {
    /// The sum of what its messages take.
    pub weight: GasWeight,
    /// How many withdrawals it asked for.
    pub withdrawals: u32,
}

/// How far into what is reserved a message may go, so that a crowd of one kind never keeps out a
/// kind that matters more.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum QueuePriority<'a> {
    /// This account's message, it being anybody: the whole reserve stays free.
    Open(&'a AccountId),
    /// This account's withdrawal: half of the queue's reserve stays free.
    Withdrawal(&'a AccountId),
    /// The owner and governance: a quarter of the queue's reserve stays free.
    Privileged,
    /// What the pallet appends by itself.
    System,
}

impl<'a> QueuePriority<'a> {
    /// The priority of a message of `who` in a cluster.
    pub(crate) fn of(who: &'a AccountId, cluster: &ClusterRecord) -> Self {
        if *who == cluster.owner {
            Self::Privileged
        } else {
            Self::Open(who)
        }
    }

    /// The priority of a withdrawal of `who`.
    pub(crate) fn of_withdrawal(who: &'a AccountId, cluster: &ClusterRecord) -> Self {
        match Self::of(who, cluster) {
            Self::Open(who) => Self::Withdrawal(who),
            owner => owner,
        }
    }

    /// The part of the queue's `reserve` that this kind leaves free.
    pub(crate) fn leaves(self, reserve: u64) -> u64 {
        match self {
            Self::Open(_) => reserve,
            Self::Withdrawal(_) => reserve / 2,
            Self::Privileged => reserve / 4,
            Self::System => 0,
        }
    }

    /// Up to where this kind may fill a block of which there is so much. What is reserved is
    /// rounded up, so that there is something of little.
    pub(crate) fn fills(self, whole: u64) -> u64 {
        let system = whole.div_ceil(8);
        let privileged = whole.div_ceil(4);
        match self {
            Self::Open(_) | Self::Withdrawal(_) => {
                whole.saturating_sub(system).saturating_sub(privileged)
            }
            Self::Privileged => whole.saturating_sub(system),
            Self::System => whole,
        }
    }

    /// The sender, if it is one of many.
    fn sender(self) -> Option<&'a AccountId> {
        match self {
            Self::Open(who) | Self::Withdrawal(who) => Some(who),
            Self::Privileged | Self::System => None,
        }
    }
}

impl<T: Config> Pallet<T> {
    /// Takes a message's part of the current block, and says what is to be written about its
    /// sender. Nothing is written here.
    ///
    /// # Errors
    /// `GasLimitTooHigh`, `BlockGasExhausted`, `SenderGasExhausted`, `TooManyWithdrawals`,
    /// `TooManyOwnWithdrawals`.
    pub(crate) fn take_share<'a>(
        cluster: ClusterId,
        queue: &mut Queue,
        priority: QueuePriority<'a>,
        weight: &GasWeight,
        withdrawals: u32,
    ) -> Result<Option<(&'a AccountId, Share)>, Error<T>> {
        queue.block_withdrawals = queue.block_withdrawals.saturating_add(withdrawals);
        let most = priority.fills(Self::max_block_withdrawals().into());
        let room = withdrawals == 0 || u64::from(queue.block_withdrawals) <= most;
        ensure!(room, Error::<T>::TooManyWithdrawals);

        // What no block has room for is no matter of this block. (Without a limit it always has: see
        // `check_bounds`.)
        ensure!(
            priority.sender().is_none() || within(weight, &Self::sender_share()),
            Error::<T>::GasLimitTooHigh
        );
        add(&mut queue.block_weight, weight);
        // What takes no room is never refused for want of it: others may have more than it could.
        let none = *weight == GasWeight::default();
        let whole = T::MaxBlockWeight::get();
        let most = GasWeight {
            ref_time: priority.fills(whole.ref_time),
            proof_size: priority.fills(whole.proof_size),
        };
        ensure!(
            none || within(&queue.block_weight, &most),
            Error::<T>::BlockGasExhausted
        );

        let Some(who) = priority.sender().filter(|_| !none || withdrawals > 0) else {
            return Ok(None);
        };
        let mut share = Shares::<T>::get(cluster, who);
        add(&mut share.weight, weight);
        share.withdrawals = share.withdrawals.saturating_add(withdrawals);
        ensure!(
            within(&share.weight, &Self::sender_share()),
            Error::<T>::SenderGasExhausted
        );
        ensure!(
            share.withdrawals <= MAX_ACCOUNT_WITHDRAWALS,
            Error::<T>::TooManyOwnWithdrawals
        );
        Ok(Some((who, share)))
    }

    /// What a message with this gas limit, encoded in `bytes` bytes, takes of a block. (A withdrawal
    /// takes nothing.)
    pub fn queued_weight(gas_limit: &GasWeight, bytes: u64) -> GasWeight {
        let (base, byte) = (T::MessageBase::get(), T::MessageByte::get());
        let of_bytes = GasWeight {
            ref_time: byte.ref_time.saturating_mul(bytes),
            proof_size: byte.proof_size.saturating_mul(bytes),
        };
        let mut weight = *gas_limit;
        add(&mut weight, &base);
        add(&mut weight, &of_bytes);
        weight
    }

    /// How much of a block one sender may fill that isn't the owner: a quarter.
    pub fn sender_share() -> GasWeight {
        let whole = T::MaxBlockWeight::get();
        GasWeight {
            ref_time: whole.ref_time / 4,
            proof_size: whole.proof_size / 4,
        }
    }

    /// The highest gas limit of a message of this kind: `MaxMessageWeight`, or the most that its
    /// sender may fill of a block. (Of the latter the message itself takes a little: `take_share`
    /// looks again.)
    pub(crate) fn max_gas_limit(priority: QueuePriority<'_>) -> GasWeight {
        let one = T::MaxMessageWeight::get();
        match priority {
            QueuePriority::Open(_) | QueuePriority::Withdrawal(_) => {
                let share = Self::sender_share();
                GasWeight {
                    ref_time: one.ref_time.min(share.ref_time),
                    proof_size: one.proof_size.min(share.proof_size),
                }
            }
            QueuePriority::Privileged | QueuePriority::System => one,
        }
    }

    /// How many withdrawals one block may have: as many as a checkpoint has room for,
    /// beside a failed upgrade and a request for another.
    pub(crate) fn max_block_withdrawals() -> u32 {
        T::MaxEffects::get().saturating_sub(2)
    }
}

/// Adds to a sum of weights.
fn add(sum: &mut GasWeight, weight: &GasWeight) {
    sum.ref_time = sum.ref_time.saturating_add(weight.ref_time);
    sum.proof_size = sum.proof_size.saturating_add(weight.proof_size);
}

/// Whether a weight keeps to a bound in both dimensions.
pub(crate) fn within(weight: &GasWeight, bound: &GasWeight) -> bool {
    weight.ref_time <= bound.ref_time && weight.proof_size <= bound.proof_size
}
