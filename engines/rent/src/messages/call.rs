//! The message that calls a contract.

use crate::{
    core::Execution,
    error::{Error, ExecError},
    escrow::{failed, Used},
    ext::{Called, Frame},
    gas::Meter,
    state::alive,
};
use pink_engine_sdk::types::{Call, Failure, Mode, Outcome, Receipt};

impl Execution<'_, '_> {
    /// The base is that of the longest code; what the contract's own saves goes back.
    ///
    /// Differs from 2021: an address without a living contract is rejected and costs nothing;
    /// there it cost the base for no code. One whose rent is due traps, and costs its base.
    pub(super) fn execute_call(&mut self, message: Call) -> Receipt {
        if let Err(failure) = self.accept_price(message.max_gas_price) {
            return Receipt::rejected(failure);
        }
        let Some(contract) = alive(self.state, &message.contract) else {
            let mut failure = Failure::from(Error::NotCallable);
            failure.detail = "there is no living contract at this address".into();
            return Receipt::rejected(failure);
        };
        if self.mode == Mode::Query {
            self.credit(&message.origin, message.lent);
        }
        let base = self.rules.base.call(self.config.max_code_size);
        let escrow = match self.escrow(message.origin, base, message.gas_limit) {
            Ok(escrow) => escrow,
            Err(failure) => return Receipt::rejected(failure),
        };
        let mut meter = Meter::new(message.gas_limit.ref_time);
        let sender = Frame::top_level(message.origin);
        let leaves_traces = self.rules.failure_leaves_traces;
        let Called { result, code_len } = self.transaction(
            |exec| {
                let (to, value) = (&message.contract, message.value);
                exec.call(&sender, to, value, &mut meter, message.input)
            },
            |called| leaves_traces || matches!(&called.result, Ok(output) if !output.is_reverted()),
        );
        let (outcome, output) = match result {
            Ok(output) if output.is_reverted() => (Outcome::Reverted, output.data),
            Ok(output) => (Outcome::Success, output.data),
            // That it lives was seen above.
            Err(ExecError {
                error: error @ Error::NotCallable,
                ..
            }) => (
                Outcome::Trapped(Failure {
                    detail: "the contract can't pay its rent".into(),
                    ..error.into()
                }),
                Vec::new(),
            ),
            Err(error) => (failed(error.error, &meter), Vec::new()),
        };
        let used = Used::metered(&meter, base, self.rules.base.call(code_len));
        Receipt {
            output,
            code_hash: Some(contract.code_hash),
            ..self.settle(escrow, &used, outcome)
        }
    }
}
