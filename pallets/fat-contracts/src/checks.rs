//! What must hold: of the configuration always, of the storage after every block.

use crate::{
    tiers::{within, QueuePriority},
    Config, Pallet,
};
use fat_contracts_primitives::Weight as GasWeight;
use frame_support::traits::Get;

impl<T: Config> Pallet<T> {
    /// Refuses bounds that contradict each other. Runs in tests, never on a chain.
    pub(crate) fn check_bounds() {
        let slots = T::ReservedSlots::get();
        assert!(slots >= 16, "each tier of the reserve needs a few slots");
        assert!(
            slots < T::MaxQueueMessages::get(),
            "all of the queue is reserved"
        );
        let (bytes, all) = (T::ReservedBytes::get(), T::MaxQueueBytes::get());
        // The pallet's own tier is a quarter; an Upgrade and new prices take less than 256 bytes.
        assert!(bytes >= 1024, "the pallet's own messages need room");
        let message = u64::from(T::MaxMessageBytes::get());
        assert!(
            bytes.saturating_add(message) <= all,
            "the longest message doesn't fit into the queue"
        );
        let (one, block) = (T::MaxMessageWeight::get(), T::MaxBlockWeight::get());
        assert!(
            one.ref_time <= block.ref_time && one.proof_size <= block.proof_size,
            "the heaviest message doesn't fit into a block"
        );
        assert!(
            block.ref_time >= 8 && block.proof_size >= 8,
            "a block is too small to be shared out"
        );
        let longest = Self::queued_weight(&GasWeight::default(), message);
        let share = Self::sender_share();
        assert!(
            within(&longest, &share),
            "the longest message without a gas limit takes more than anybody may fill of a block"
        );
        let heaviest = Self::queued_weight(&one, message);
        let owners = QueuePriority::Privileged;
        assert!(
            heaviest.ref_time <= owners.fills(block.ref_time)
                && heaviest.proof_size <= owners.fills(block.proof_size),
            "the owner's heaviest message doesn't fit into a block"
        );
        // An Upgrade, new prices, a Destroy; a Setup comes first in its cluster.
        let own = Self::queued_weight(&GasWeight::default(), 256);
        assert!(
            own.ref_time <= block.ref_time / 32 && own.proof_size <= block.proof_size / 32,
            "the pallet's own messages don't fit into its part of a block"
        );
        // A quarter and an eighth are rounded up: of four, two are left.
        assert!(
            Self::max_block_withdrawals() >= 4,
            "a block has no withdrawal for everybody"
        );
        let members = T::MaxMembers::get();
        assert!(members > 0, "a cluster needs workers");
        let (leaving, liveness) = (T::LeavingPeriod::get(), T::LivenessPeriod::get());
        assert!(
            leaving > 0 && liveness > 0,
            "a worker needs time to be heard"
        );
        assert!(
            members <= u32::from(u8::MAX),
            "NotEnoughWorkersReady counts members in a byte"
        );
        assert!(T::CheckpointInterval::get() > 0, "zero is no interval");
        assert!(T::MinUpgradeNotice::get() > 0, "an upgrade needs notice");
        assert!(T::MinPriceNotice::get() > 0, "new prices need notice");
        assert!(T::MaxCheckpoints::get() > 0, "nothing can be acknowledged");
        assert!(T::MaxPrune::get() > 0, "nothing can be pruned");
        assert!(
            T::MaxEngineConfigBytes::get() < T::MaxMessageBytes::get(),
            "an engine configuration doesn't fit into a message"
        );
    }
}
