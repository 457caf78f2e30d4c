//! The block after the last, as far as it can be known before the chain makes it.

use pink_capi::types::{Block, Hash};

/// The entropy of a block that isn't made yet: BLAKE2b-256 of
/// `pink: the entropy of an estimate`. A contract whose gas depends on entropy can't be estimated
/// exactly; the development chain's next block is known whole, there it has the right one.
pub const UNKNOWN_ENTROPY: Hash = [
    0x4b, 0x3b, 0xab, 0xe1, 0x6c, 0x9c, 0x90, 0x70, 0xd2, 0xb1, 0xee, 0x44, 0x8f, 0xaf, 0x7a, 0x14,
    0x8a, 0x86, 0xf4, 0x07, 0x75, 0xf8, 0x04, 0x47, 0x51, 0x96, 0x6d, 0xd4, 0x34, 0x32, 0x1f, 0xf6,
];

/// The block after `last`, as far as it can be known: `step_ms` later.
pub(crate) fn next_block(last: &Block, step_ms: u64) -> Block {
    Block {
        number: last.number.saturating_add(1),
        now_ms: last.now_ms.saturating_add(step_ms),
        entropy: UNKNOWN_ENTROPY,
        ..last.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_block_is_one_step_later_and_nobody_knows_its_entropy() {
        let text = b"pink: the entropy of an estimate";
        assert_eq!(UNKNOWN_ENTROPY, sp_crypto_hashing::blake2_256(text));
        let last = Block {
            number: 7,
            now_ms: 50,
            entropy: [1; 32],
            upgrade_targets: Vec::new(),
            system_code: Some([2; 32]),
        };
        let next = next_block(&last, 6);
        assert_eq!((next.number, next.now_ms), (8, 56));
        assert_eq!(next.entropy, UNKNOWN_ENTROPY);
        assert_eq!(next.system_code, last.system_code);
    }
}
