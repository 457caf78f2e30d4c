//! Figures of queries, rounded up, where the cluster asks for it.
//!
//! What a query used can tell what it looked at: a secret that decides how long a loop is shows
//! in the gas to the picosecond. So a cluster may have the figures of its queries rounded up to
//! nine significant bits, and small ones to a floor. Never down: what is shown suffices.
//! Estimates and transactions are exact, whatever the cluster asks for.

use pink_engine_sdk::types::{Balance, Receipt, StorageDeposit, Weight};

/// Bits that stay.
const SIGNIFICANT: u32 = 9;
/// Bits of ref time that never show: a quarter of a millisecond.
const REF_TIME_FLOOR: u32 = 28;
/// Bits of proof size that never show: 64 KiB.
const PROOF_SIZE_FLOOR: u32 = 16;
/// Bytes of storage whose deposit never shows.
const DEPOSIT_FLOOR_BYTES: Balance = 256;

/// Sets all bits below the significant ones, at least `floor` of them.
fn up(value: u128, floor: u32) -> u128 {
    let bits = u128::BITS.saturating_sub(value.leading_zeros());
    let hidden = bits.saturating_sub(SIGNIFICANT).max(floor).min(127);
    value | (1u128 << hidden).saturating_sub(1)
}

/// As [`up`], for what fits 64 bits and goes on doing so.
fn up_64(value: u64, floor: u32) -> u64 {
    u64::try_from(up(value.into(), floor)).unwrap_or(u64::MAX)
}

/// Rounds the figures of a query's receipt. The limit was the asker's own, and bounds them.
pub(crate) fn quantise(receipt: &mut Receipt, deposit_per_byte: Balance) {
    let limit = receipt.gas_limit;
    let rounded = |used: Weight| {
        Weight::new(
            up_64(used.ref_time, REF_TIME_FLOOR).min(limit.ref_time),
            up_64(used.proof_size, PROOF_SIZE_FLOOR).min(limit.proof_size),
        )
    };
    receipt.gas_consumed = rounded(receipt.gas_consumed);
    receipt.gas_required = rounded(receipt.gas_required);
    let largest_hidden = deposit_per_byte.saturating_mul(DEPOSIT_FLOOR_BYTES);
    let floor = u128::BITS.saturating_sub(largest_hidden.leading_zeros());
    receipt.storage_deposit = match receipt.storage_deposit {
        StorageDeposit::Charge(amount) => StorageDeposit::Charge(up(amount, floor)),
        StorageDeposit::Refund(amount) => StorageDeposit::Refund(up(amount, floor)),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_go_up_and_keep_nine_bits() {
        assert_eq!(up(0, 8), 255);
        assert_eq!(up(256, 8), 511);
        assert_eq!(up(0x1234, 0), 0x123f);
        assert_eq!(up(0x1230, 0), 0x123f);
        assert_eq!(up(u128::MAX, 28), u128::MAX);
        assert_eq!(up_64(u64::MAX, 28), u64::MAX);
        for value in 0..5_000 {
            assert!(up(value, 4) >= value);
            assert_eq!(up(up(value, 4), 4), up(value, 4));
        }
    }
}
