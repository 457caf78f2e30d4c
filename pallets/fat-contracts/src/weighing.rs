//! What calls weigh whose weight adds up from several benchmarks, and what it depends on.

use super::{weights::WeightInfo, *};
use alloc::vec::Vec;
use fat_contracts_primitives::{Checkpoint, CodeSource};
use frame_support::weights::Weight;

/// A call that queues a message: its own weight, and what the message adds to the end of the block.
pub(crate) fn ordered<T: Config>(own: Weight) -> Weight {
    let one = T::WeightInfo::on_finalize(1).saturating_sub(T::WeightInfo::on_finalize(0));
    own.saturating_add(one)
}

/// A call by which `confirmed` checkpoints with `effects` effects between them are confirmed.
pub(crate) fn settling<T: Config>(own: Weight, confirmed: u32, effects: u32) -> Weight {
    let one = T::WeightInfo::confirm(0);
    let payments = T::WeightInfo::confirm(effects).saturating_sub(one);
    own.saturating_add(one.saturating_mul(confirmed.into()))
        .saturating_add(payments)
}

/// `acknowledge` of `taken` checkpoints that tell of `told` effects, by which `confirmed` with
/// `effects` effects are confirmed, and `pruned` things pruned.
pub(crate) fn acknowledged<T: Config>(
    taken: u32,
    told: u32,
    confirmed: u32,
    effects: u32,
    pruned: u32,
) -> Weight {
    let none = T::WeightInfo::acknowledge_effects(0);
    let own = T::WeightInfo::acknowledge(taken)
        .saturating_add(T::WeightInfo::acknowledge_effects(told).saturating_sub(none))
        .saturating_add(T::WeightInfo::prune(pruned));
    settling::<T>(own, confirmed, effects)
}

/// How many effects checkpoints have between them.
pub(crate) fn effect_count(checkpoints: &[Checkpoint]) -> u32 {
    checkpoints.iter().fold(0, |sum: u32, checkpoint| {
        sum.saturating_add(checkpoint.effects.len() as u32)
    })
}

/// How much a sender brings with an instantiation, in bytes.
pub(crate) fn bytes_of(code: &CodeSource, parts: &[&Vec<u8>]) -> u32 {
    let code = match code {
        CodeSource::Code(code) => code.len(),
        CodeSource::Hash(_) => 32,
    };
    let all = parts
        .iter()
        .fold(code, |sum, part| sum.saturating_add(part.len()));
    u32::try_from(all).unwrap_or(u32::MAX)
}
