//! Running a contract's code in a frame.

use crate::{
    code::Executable,
    core::Execution,
    error::Error,
    ext::{ExecReturnValue, ExportedFunction, Frame, TrapReason, REVERT},
    gas::GasMeter,
    host_fns::Runtime,
    vm,
};
use pink_engine_sdk::types::Balance;

/// What runs, and with what.
#[derive(Debug)]
pub(super) struct Run<'r> {
    pub(super) code: &'r Executable,
    pub(super) entry: ExportedFunction,
    pub(super) value: Balance,
    pub(super) input: Vec<u8>,
}

impl Execution<'_, '_> {
    /// Runs code in a fresh instance with zeroed memory.
    pub(super) fn run(
        &mut self,
        frame: &Frame<'_>,
        run: Run<'_>,
        meter: &mut GasMeter,
    ) -> Result<ExecReturnValue, Error> {
        let modules = self.modules;
        let rules = self.rules;
        let hash = run.code.prefab.instrumented_hash;
        let compiled = modules
            .get(&hash, rules, || self.instrumented(run.code))
            .ok_or(vm::INVALID)?;
        let rent_params = if rules.later_host_functions {
            self.rent_params(&frame.account, &run.code.prefab)
        } else {
            None
        };
        let pages = (run.code.prefab.initial, run.code.prefab.maximum);
        let runtime = Runtime {
            block_weight: self.schedule.host_fn_weights.gas,
            ext: self,
            frame,
            meter,
            value: run.value,
            input: Some(run.input),
            rent_params,
            memory: None,
            stop: None,
        };
        let (result, stop) = vm::run(runtime, &compiled, pages, run.entry);
        match stop {
            Some(TrapReason::Return(output)) if output.flags & !REVERT != 0 => {
                Err(Error::Other("used reserved bit in return flags"))
            }
            Some(TrapReason::Return(output)) => {
                self.check_output(frame, &output)?;
                Ok(output)
            }
            Some(TrapReason::Ended) => Ok(ExecReturnValue::default()),
            Some(TrapReason::Failed(error)) => Err(error),
            None => result.map(|()| ExecReturnValue::default()),
        }
    }
}
