//! What an extrinsic would do in the next block, which isn't kept.

use crate::{node::inputs_of, DevError, DevNode, Refusal, BLOCK_MS};
use fat_contracts_primitives::{AccountId, BlockNumber};
use pink_worker_core::{
    exec::{LogLine, MessageReceipt},
    source::Codes,
};
use runtime_mock::{runtime::RuntimeCall, Extrinsic};

/// What a message would give.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Estimate {
    /// The block that it would be in: the next one.
    pub block: BlockNumber,
    /// What it would give there.
    pub receipt: MessageReceipt,
    /// What would be logged in the block.
    pub log: Vec<LogLine>,
}

impl DevNode {
    /// What an extrinsic would do that queues a message for the cluster. The next block is made
    /// of it and executed, after those that wait, exactly as [`DevNode::submit`] would; then all
    /// of it is dropped.
    ///
    /// # Errors
    /// As [`DevNode::submit`].
    pub fn estimate(
        &self,
        who: AccountId,
        call: impl Into<RuntimeCall>,
    ) -> Result<Estimate, DevError> {
        let mut fork = self.source.fork();
        let now_ms = fork.chain.head().now_ms.saturating_add(BLOCK_MS);
        self.follower.report(&self.worker, &mut fork)?;
        let mut extrinsics = fork.take_said();
        extrinsics.push(Extrinsic::signed(who, call));
        let block = fork.chain.build_block(now_ms, extrinsics)?;
        if let Some(refused) = block.applied.iter().find_map(|it| it.result.err()) {
            return Err(DevError::Refused(Refusal::from(refused.error)));
        }
        let number = block.head.number;
        let waiting = self.source.waiting.iter().cloned();
        let mut inputs: Vec<_> = waiting.map(|input| fork.chain.amended(input)).collect();
        inputs.extend(inputs_of(vec![block]));
        let messages = inputs.last().map(|input| &input.messages);
        let seq = messages.and_then(|it| it.last()).map(|(seq, _)| *seq);
        let codes = Codes::of(&fork);
        let (mut outcomes, parked) = self.worker().try_out(&inputs, &codes)?;
        // Then the worker isn't parked.
        if let Some(error) = codes.failed() {
            return Err(error.into());
        }
        if let Some(parked) = parked {
            return Err(DevError::Waiting {
                ordered: None,
                parked: parked.into(),
            });
        }
        let executed = outcomes.pop().and_then(|outcome| {
            let mut receipts = outcome.receipts.into_iter();
            let receipt = receipts.find(|it| Some(it.seq) == seq)?;
            Some((receipt, outcome.log))
        });
        let (receipt, log) = executed.ok_or_else(|| {
            self.damaged(format!(
                "block {number} was executed without the message that it was made for"
            ))
        })?;
        Ok(Estimate {
            block: number,
            receipt,
            log,
        })
    }
}
