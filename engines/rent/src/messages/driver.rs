//! The way of every message that its sender pays for, in one place: accept the price, validate,
//! charge, execute, settle.
//!
//! All of it is one transaction of the state. What a message is rejected for, before or after the
//! charge, leaves nothing changed and nobody charged.

use crate::{core::Execution, escrow::Used};
use pink_engine_sdk::types::{AccountId, Balance, Failure, Hash, Mode, Outcome, Receipt, Weight};

/// What a valid message is charged, before it is executed.
#[derive(Debug)]
pub(super) struct Charge {
    pub payer: AccountId,
    /// The gas of the message itself, by the sizes that it may have.
    pub base: u64,
    /// What the sender allows beside the base.
    pub limit: Weight,
    /// Money that a query has on its payer's account for as long as it lasts; nobody has it else.
    pub query_deposit: Balance,
}

/// How a message's execution ended, before it is settled.
#[derive(Debug)]
pub(super) struct Executed {
    pub outcome: Outcome,
    pub used: Used,
    pub output: Vec<u8>,
    pub address: Option<AccountId>,
    pub code_hash: Hash,
}

/// A step of a message, from what the one before found.
type Step<Exec, From, To> = fn(&mut Exec, From) -> Result<To, Failure>;

impl Execution<'_, '_> {
    /// Takes a message through its steps.
    ///
    /// `validate` does the checks that cost nothing, and says what is charged and what the execution
    /// needs to know. `execute` runs after the charge; what it fails with rejects the message, and
    /// the charge is undone with the rest.
    pub(super) fn drive<M, V>(
        &mut self,
        max_gas_price: Balance,
        message: M,
        validate: Step<Self, M, (Charge, V)>,
        execute: Step<Self, V, Executed>,
    ) -> Receipt {
        self.transaction(
            |exec| exec.driven(max_gas_price, message, validate, execute),
            Result::is_ok,
        )
        .unwrap_or_else(Receipt::rejected)
    }

    fn driven<M, V>(
        &mut self,
        max_gas_price: Balance,
        message: M,
        validate: Step<Self, M, (Charge, V)>,
        execute: Step<Self, V, Executed>,
    ) -> Result<Receipt, Failure> {
        // Before anything is looked up, so that who names too low a price hears of that.
        self.accept_price(max_gas_price)?;
        let (charge, valid) = validate(self, message)?;
        if self.mode == Mode::Query {
            self.credit(&charge.payer, charge.query_deposit);
        }
        let escrow = self.escrow(charge.payer, charge.base, charge.limit)?;
        let Executed {
            outcome,
            used,
            output,
            address,
            code_hash,
        } = execute(self, valid)?;
        Ok(Receipt {
            output,
            address,
            code_hash: Some(code_hash),
            ..self.settle(escrow, &used, outcome)
        })
    }
}
