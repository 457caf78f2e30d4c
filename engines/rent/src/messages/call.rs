//! The message that calls a contract.

use super::driver::{Charge, Executed};
use crate::{
    core::Execution,
    error::{Error, ExecError},
    escrow::{failed, Used},
    ext::{Called, Frame},
    gas::GasMeter,
    state::{alive, Alive},
};
use pink_engine_sdk::types::{Call, Failure, Outcome, Receipt};

impl Execution<'_, '_> {
    /// The base is that of the longest code; what the contract's own saves goes back.
    ///
    /// Differs from 2021: an address without a living contract is rejected and costs nothing;
    /// there it cost the base for no code. One whose rent is due traps, and costs its base.
    pub(super) fn execute_call(&mut self, message: Call) -> Receipt {
        self.drive(
            message.max_gas_price,
            message,
            Self::validate_call,
            Self::call_contract,
        )
    }

    fn validate_call(&mut self, message: Call) -> Result<(Charge, (Call, Alive)), Failure> {
        let Some(contract) = alive(self.state, &message.contract) else {
            let mut failure = Failure::from(Error::NotCallable);
            failure.detail = "there is no living contract at this address".into();
            return Err(failure);
        };
        let charge = Charge {
            payer: message.origin,
            base: self.rules.base.call(self.config.max_code_size),
            limit: message.gas_limit,
            query_deposit: message.query_deposit,
        };
        Ok((charge, (message, contract)))
    }

    fn call_contract(&mut self, (message, contract): (Call, Alive)) -> Result<Executed, Failure> {
        let mut meter = GasMeter::new(message.gas_limit.ref_time);
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
        let longest = self.rules.base.call(self.config.max_code_size);
        Ok(Executed {
            outcome,
            used: Used::metered(&meter, longest, self.rules.base.call(code_len)),
            output,
            address: None,
            code_hash: contract.code_hash,
        })
    }
}
