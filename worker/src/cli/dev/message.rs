//! What is said of a message that was executed.

use super::super::{
    invocation::Invocation,
    report::{hex0x, Decode, Report},
};
use pink_devchain::ExecutedMessage;
use pink_worker_core::exec::MessageReceipt;

impl Report {
    /// A message that was executed.
    pub(super) fn of_message(
        done: &ExecutedMessage,
        decode: &dyn Decode,
        invocation: &Invocation,
    ) -> Self {
        let MessageReceipt {
            seq,
            engine,
            receipt,
        } = &done.receipt;
        Self {
            seq: Some(*seq),
            state_root: Some(hex0x(done.root)),
            ..Self::of_receipt(*engine, done.block, receipt, decode, invocation)
        }
    }
}
