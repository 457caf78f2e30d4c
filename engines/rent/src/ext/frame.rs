//! The stack of contracts.

use crate::state::Prefix;
use pink_engine_sdk::types::AccountId;

/// Bit 0 of the flags that a contract returns: undo what I did.
pub(crate) const REVERT: u32 = 1;

/// One frame of the stack: the sender at the bottom, then contracts.
#[derive(Debug)]
pub(crate) struct Frame<'c> {
    parent: Option<&'c Frame<'c>>,
    pub(crate) account: AccountId,
    /// Where its storage is; none for the sender.
    pub(crate) prefix: Option<Prefix>,
    pub(crate) depth: u32,
}

impl<'c> Frame<'c> {
    /// The sender.
    pub(crate) fn top_level(sender: AccountId) -> Self {
        Self {
            parent: None,
            account: sender,
            prefix: None,
            depth: 0,
        }
    }

    /// A contract that this frame calls or makes.
    pub(crate) fn nested<'n>(&'n self, account: AccountId, prefix: Prefix) -> Frame<'n> {
        Frame {
            parent: Some(self),
            account,
            prefix: Some(prefix),
            depth: self.depth.saturating_add(1),
        }
    }

    pub(crate) fn is_contract(&self) -> bool {
        self.parent.is_some()
    }

    /// The frame that called this one.
    pub(crate) fn caller(&self) -> Option<&AccountId> {
        self.parent.map(|parent| &parent.account)
    }

    /// Whether this frame's contract is live further down the stack as well.
    pub(crate) fn is_reentered(&self) -> bool {
        let mut frame = self.parent;
        while let Some(below) = frame {
            if below.account == self.account {
                return true;
            }
            frame = below.parent;
        }
        false
    }
}

/// What a contract returned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ExecReturnValue {
    pub(crate) flags: u32,
    pub(crate) data: Vec<u8>,
}

impl ExecReturnValue {
    pub(crate) fn is_reverted(&self) -> bool {
        self.flags & REVERT != 0
    }
}
