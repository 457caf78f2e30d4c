//! Invariants of queued messages, each by itself.

use crate::{Config, Pallet, Queues};
use fat_contracts_primitives::ClusterId;
use frame_support::ensure;
use sp_runtime::DispatchError;

impl<T: Config> Pallet<T> {
    /// Every message that is kept can be read, and they stand in the order in which blocks and their extrinsics
    /// queued them.
    pub(crate) fn check_order(cluster: ClusterId) -> Result<(), DispatchError> {
        let other = DispatchError::Other;
        let queue = Queues::<T>::get(cluster);
        let (mut block, mut extrinsic) = (0, None);
        for seq in queue.first..queue.next {
            let queued =
                Self::message(cluster, seq).ok_or(other("a message that can't be read"))?;
            ensure!(
                queued.block >= block && queued.block <= queue.block,
                other("a message behind one of a later block")
            );
            if queued.block > block {
                extrinsic = None;
            }
            // Hooks queue at both ends of a block.
            ensure!(
                queued.extrinsic.is_none() || queued.extrinsic >= extrinsic,
                other("a message behind one of a later extrinsic")
            );
            block = queued.block;
            extrinsic = queued.extrinsic.or(extrinsic);
        }
        Ok(())
    }
}
