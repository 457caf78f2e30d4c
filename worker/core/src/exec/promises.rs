//! What a chain source says about later amendments of a block's messages.
//!
//! The running hash doesn't cover it here: it does so in the block that delivers the amendment.
//! Until a worker is there, it is a promise, and all that can be checked of it is whether the
//! chain could have done so.

use super::Disorder;
use fat_contracts_primitives::{ClusterBlock, Remedy, Seq, MAX_AMENDMENTS_OF_BLOCK};

/// The most amendments of one block's messages that later blocks may have delivered: the chain refuses
/// to order one more.
pub const MAX_AMENDED_LATER: u64 = MAX_AMENDMENTS_OF_BLOCK as u64;

/// Checks what a block says about itself beside its part of the history.
///
/// # Errors
/// No chain could have said so.
pub(crate) fn check_promises(input: &ClusterBlock) -> Result<(), Disorder> {
    let (number, read_at) = (input.number, input.read_at);
    if read_at < number {
        return Err(Disorder::ReadAt {
            expected: number,
            found: read_at,
        });
    }
    let first = input.messages.first().map_or(Seq::MAX, |(seq, _)| *seq);
    let last = input.messages.last().map(|(seq, _)| *seq);
    let mut before = number;
    for (at, (by, amendment)) in input.amended_later.iter().enumerate() {
        let (seq, by) = (amendment.seq, *by);
        let wrong = |why| Err(Disorder::AmendedLater { seq, by, why });
        if at as u64 >= MAX_AMENDED_LATER {
            return wrong("there are too many");
        }
        if seq < first || last.is_none_or(|last| seq > last) {
            return wrong("the block has no such message");
        }
        if by <= number {
            return wrong("it isn't a later block");
        }
        if by > read_at {
            return wrong("that block wasn't there yet");
        }
        if by < before {
            return wrong("it isn't in the order of blocks");
        }
        before = by;
        let earlier = input.amended_later.iter().take(at);
        let of_it = earlier.rev().find(|(_, it)| it.seq == seq);
        match of_it {
            Some((last, _)) if *last == by => return wrong("a block decides about a message once"),
            Some((_, last)) if last.remedy == Remedy::Skip => {
                return wrong("it was skipped before");
            }
            _ => {}
        }
    }
    Ok(())
}
