//! Money from the chain and back to it.

use crate::core::Execution;
use pink_engine_sdk::types::{Deposit, Effect, Failure, Receipt, Withdraw};

impl Execution<'_, '_> {
    /// Never fails: what is too little for an account of its own is dust.
    pub(super) fn execute_deposit(&mut self, message: &Deposit) -> Receipt {
        self.deposit(&message.dest, message.amount);
        Receipt::free()
    }

    /// Free of gas: 2021 knows no such message, so it has no weight. What is left below the
    /// existential deposit goes to the treasury.
    pub(super) fn execute_withdraw(&mut self, message: &Withdraw) -> Receipt {
        let debited = self.withdraw(&message.from, message.amount).is_ok();
        let receipt = if debited {
            Receipt::free()
        } else {
            let has = self.free(&message.from);
            let detail = format!("the account has {has}, {} were asked", message.amount);
            Receipt::rejected(Failure::new("InsufficientBalance", detail))
        };
        Receipt {
            effects: vec![Effect::Withdrawn { debited }],
            ..receipt
        }
    }
}
