//! Fields that were added to a record later, behind those that it had.

use parity_scale_codec::{Decode, Error, Input};

/// Reads a field that stands last and wasn't always there: what was written before ends ahead of it, and then it
/// is the default.
///
/// Between other values this can't be told from what follows. So whoever has a list of such records has one whose
/// writer knew of the field.
pub(crate) fn appended<T: Decode + Default, I: Input>(input: &mut I) -> Result<T, Error> {
    match input.remaining_len()? {
        Some(0) => Ok(T::default()),
        _ => T::decode(input),
    }
}

#[cfg(test)]
mod tests {
    use crate::{ClusterBlock, ClusterMessage, Hash, QueuedMessage};
    use alloc::{vec, vec::Vec};
    use parity_scale_codec::{DecodeAll, Encode};

    /// The last message of a cluster, of which nobody gets what is left: its kind, and no account.
    const MESSAGE: ClusterMessage = ClusterMessage::Destroy { sweep_to: None };
    const MESSAGE_BYTES: [u8; 2] = [10, 0];

    fn queued(extrinsic: Option<u32>) -> QueuedMessage {
        let (block, message) = (77, MESSAGE);
        QueuedMessage {
            block,
            message,
            extrinsic,
        }
    }

    #[test]
    fn a_message_that_was_queued_before_its_extrinsic_was_kept_is_read() {
        let read = |bytes: &[u8]| QueuedMessage::decode_all(&mut &bytes[..]);
        let before = [&[77, 0, 0, 0][..], &MESSAGE_BYTES].concat();
        assert_eq!(read(&before), Ok(queued(None)));
        let of_hook = [&before[..], &[0]].concat();
        assert_eq!(read(&of_hook), Ok(queued(None)));
        assert_eq!(queued(None).encode(), of_hook);
        let of_extrinsic = [&before[..], &[1, 3, 1, 0, 0]].concat();
        assert_eq!(read(&of_extrinsic), Ok(queued(Some(259))));
        assert_eq!(queued(Some(259)).encode(), of_extrinsic);
        for wrong in [
            &before[..5],
            &[&before[..], &[2]].concat(),
            &[&before[..], &[1, 3, 1, 0]].concat(),
            &[&of_hook[..], &[0]].concat(),
            &[&of_extrinsic[..], &[0]].concat(),
        ] {
            assert!(read(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_block_that_was_kept_before_it_named_extrinsics_is_read() {
        // Cluster 1, block 5 at 7 ms, entropy, no targets, no code; no engines, no amendments of either kind.
        let mut before = vec![1, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0];
        before.extend([9; 32]);
        before.extend([0; 5]);
        // Message 2, the running hash, the block of the state that it was read in.
        before.extend([4, 2, 0, 0, 0, 0, 0, 0, 0]);
        before.extend(MESSAGE_BYTES);
        before.extend([8; 32]);
        before.extend([6, 0, 0, 0]);
        let read = |bytes: &[u8]| ClusterBlock::decode_all(&mut &bytes[..]);
        let mut block = ClusterBlock {
            cluster: 1,
            number: 5,
            now_ms: 7,
            entropy: Hash::repeat_byte(9),
            upgrade_targets: vec![],
            system_code: None,
            engines: vec![],
            amendments: vec![],
            amended_later: vec![],
            messages: vec![(2, MESSAGE)],
            message_hash: Hash::repeat_byte(8),
            read_at: 6,
            extrinsics: vec![],
        };
        assert_eq!(read(&before), Ok(block.clone()));
        block.extrinsics = vec![(2, 3)];
        let mut after = before.clone();
        after.extend([4, 2, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0]);
        assert_eq!(read(&after), Ok(block.clone()));
        assert_eq!(block.encode(), after);
        assert!(read(&after[..after.len() - 1]).is_err());
        assert!(read(&[&after[..], &[0]].concat()).is_err());
        // In a list each has all of its fields.
        let two = vec![block.clone(), block];
        let list = [&[8][..], &after, &after].concat();
        assert_eq!(Vec::<ClusterBlock>::decode_all(&mut &list[..]), Ok(two));
    }

    /// What is said of extrinsics isn't in the running hash.
    #[test]
    fn the_running_hash_does_not_depend_on_extrinsics() {
        let bytes = [
            &[0; 20][..],
            &[9; 32],
            &[0; 5],
            &[4, 2, 0, 0, 0, 0, 0, 0, 0, 10, 0],
            &[0; 37],
        ];
        let mut block = ClusterBlock::decode_all(&mut &bytes.concat()[..]).expect("a block");
        let hash = block.fold(&Hash::zero());
        block.extrinsics = vec![(2, 3)];
        assert_eq!(block.fold(&Hash::zero()), hash);
        assert_eq!(block.queued_by(3).collect::<Vec<_>>(), [2]);
        assert_eq!(
            (block.extrinsic_of(2), block.extrinsic_of(3)),
            (Some(3), None)
        );
    }
}
