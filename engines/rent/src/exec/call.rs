//! Calling a contract.

use super::run::Run;
use crate::{
    core::Execution,
    error::{Error, ErrorOrigin, ExecError},
    ext::{Called, ExportedFunction, Frame},
    gas::GasMeter,
    state::alive,
};
use pink_engine_sdk::types::{AccountId, Balance};

impl Called {
    fn failed(error: Error, code_len: u32) -> Self {
        Self {
            result: Err(error.into()),
            code_len,
        }
    }
}

impl Execution<'_, '_> {
    /// Calls a contract. Loading its code and collecting its rent come before the transaction
    /// that a failure of its code rolls back.
    pub(crate) fn call(
        &mut self,
        from: &Frame<'_>,
        to: &AccountId,
        value: Balance,
        meter: &mut GasMeter,
        input: Vec<u8>,
    ) -> Called {
        if from.depth >= self.config.max_depth {
            return Called::failed(Error::MaxCallDepthReached, 0);
        }
        let Some(contract) = alive(self.state, to) else {
            return Called::failed(Error::NotCallable, 0);
        };
        let code = match self.load_code(&contract.code_hash, meter) {
            Ok(code) => code,
            Err(error) => return Called::failed(error, 0),
        };
        let code_len = code.code_len();
        let share = code.prefab.occupied_storage();
        let Some(contract) = self.charge_rent(to, contract, share) else {
            return Called::failed(Error::NotCallable, code_len);
        };
        let nested = from.nested(*to, contract.prefix);
        let result = self.transaction(
            |exec| {
                if value > 0 {
                    exec.pay(from, to, value)?;
                }
                let run = Run {
                    code: &code,
                    entry: ExportedFunction::Call,
                    value,
                    input,
                };
                exec.run(&nested, run, meter).map_err(|error| ExecError {
                    error,
                    origin: ErrorOrigin::Callee,
                })
            },
            |result| matches!(result, Ok(output) if !output.is_reverted()),
        );
        Called { result, code_len }
    }
}
