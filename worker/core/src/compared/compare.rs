use crate::exec::MessageReceipt;
use fat_contracts_primitives::{BlockNumber, Seq};
use pink_capi::types::{Outcome, Receipt};

/// A message that does something else under another engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The block.
    pub block: BlockNumber,
    /// The message.
    pub seq: Seq,
    /// How it ended.
    pub outcome: Outcome,
    /// How it ends under the other engine.
    pub other_outcome: Outcome,
    /// What the contract returned is another value.
    pub output: bool,
    /// What was emitted by contracts differs.
    pub events: bool,
}

impl Difference {
    /// Whether it ends in another way. Of two failures the words aren't compared: engines may choose others.
    pub fn ends_otherwise(&self) -> bool {
        std::mem::discriminant(&self.outcome) != std::mem::discriminant(&self.other_outcome)
    }
}

/// How many messages ended in each way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Endings {
    /// Their changes are kept.
    pub success: u64,
    /// Undone by the contract.
    pub reverted: u64,
    /// The contract couldn't go on.
    pub trapped: u64,
    /// The gas limit was used up.
    pub out_of_gas: u64,
    /// Not begun.
    pub rejected: u64,
}

impl Endings {
    fn add(&mut self, outcome: &Outcome) {
        let count = match outcome {
            Outcome::Success => &mut self.success,
            Outcome::Reverted => &mut self.reverted,
            Outcome::Trapped(_) => &mut self.trapped,
            Outcome::OutOfGas => &mut self.out_of_gas,
            Outcome::Rejected(_) => &mut self.rejected,
        };
        *count = count.saturating_add(1);
    }
}

/// The same messages under two engines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// Messages that both executed.
    pub messages: u64,
    /// How they ended.
    pub endings: Endings,
    /// How they end under the other engine.
    pub other_endings: Endings,
    /// Messages that do something else.
    pub differences: Vec<Difference>,
    /// Gas under the other engine by gas as it was.
    pub gas: GasRatios,
}

impl Comparison {
    /// Adds a block's receipts. A message that one side alone executed (an upgrade) isn't compared.
    pub(crate) fn add(
        &mut self,
        block: BlockNumber,
        was: &[MessageReceipt],
        other: &[MessageReceipt],
    ) {
        for other in other {
            let Some(was) = was.iter().find(|was| was.seq == other.seq) else {
                continue;
            };
            self.messages = self.messages.saturating_add(1);
            self.endings.add(&was.receipt.outcome);
            self.other_endings.add(&other.receipt.outcome);
            self.differences.extend(difference(block, was, other));
            self.gas.add(&was.receipt, &other.receipt);
        }
    }
}

/// Compares two receipts of one message. Engines may describe a failure in other words and may
/// emit other events about the ledger; what counts is how it ended, what came back, and what
/// contracts said.
pub(crate) fn difference(
    block: BlockNumber,
    was: &MessageReceipt,
    other: &MessageReceipt,
) -> Option<Difference> {
    let (a, b) = (&was.receipt, &other.receipt);
    let outcome = std::mem::discriminant(&a.outcome) != std::mem::discriminant(&b.outcome);
    let output = a.output != b.output;
    let events = emitted(a).ne(emitted(b));
    (outcome || output || events).then(|| Difference {
        block,
        seq: was.seq,
        outcome: a.outcome.clone(),
        other_outcome: b.outcome.clone(),
        output,
        events,
    })
}

fn emitted(receipt: &Receipt) -> impl Iterator<Item = &pink_capi::types::Event> {
    use pink_capi::types::Event;
    receipt
        .events
        .iter()
        .filter(|event| matches!(event, Event::ContractEmitted { .. }))
}

/// Ratios of gas under another engine to gas as it was, in thousandths.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GasRatios {
    thousandths: Vec<u64>,
}

impl GasRatios {
    fn add(&mut self, was: &Receipt, other: &Receipt) {
        let (was, other) = (was.gas_consumed.ref_time, other.gas_consumed.ref_time);
        if was > 0 && other > 0 {
            let ratio = u128::from(other).saturating_mul(1000) / u128::from(was);
            let ratio = u64::try_from(ratio).unwrap_or(u64::MAX);
            let at = self.thousandths.partition_point(|it| *it <= ratio);
            self.thousandths.insert(at, ratio);
        }
    }

    /// How many messages were compared.
    pub fn count(&self) -> usize {
        self.thousandths.len()
    }

    /// The ratio that `percent` of the messages don't exceed, in thousandths.
    pub fn percentile(&self, percent: u8) -> Option<u64> {
        let last = self.thousandths.len().checked_sub(1)?;
        let rank = self
            .thousandths
            .len()
            .saturating_mul(usize::from(percent.min(100)));
        let at = rank.div_ceil(100).saturating_sub(1).min(last);
        self.thousandths.get(at).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pink_capi::types::Weight;

    fn used(gas: u64) -> Receipt {
        Receipt {
            gas_consumed: Weight::new(gas, 0),
            ..Receipt::free()
        }
    }

    #[test]
    fn percentiles_are_by_nearest_rank() {
        let mut ratios = GasRatios::default();
        assert_eq!(ratios.percentile(50), None);
        for other in [300, 100, 200, 400] {
            ratios.add(&used(100), &used(other));
        }
        ratios.add(&used(0), &used(5));
        assert_eq!(ratios.count(), 4);
        assert_eq!(ratios.percentile(50), Some(2000));
        assert_eq!(ratios.percentile(99), Some(4000));
        assert_eq!(ratios.percentile(0), Some(1000));
    }
}
