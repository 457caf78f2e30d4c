//! Running one frame's metered code.

use super::Module;
use crate::{
    error::Error,
    ext::{ExecReturnValue, ExportedFunction, Ext, TrapReason},
    host_fns::{HostFn, Memory, Type, MAX_PARAMS},
};
use pink_engine_executor::{CallEnd, Context, Host, Instance, Limits, Outcome, Stop, Value};
use pink_engine_meter::START;
use pink_engine_sdk::{types::Mode, Fault};

/// The units after which the code of a query or an estimate is held, to ask whether anybody still
/// waits for it: two milliseconds by the interpreter's price. Not a rule: the gas doesn't know the
/// difference.
const SLICE: u64 = 1_000_000;

/// Runs an exported function in the current frame.
///
/// A start function runs first; if it ends the call, the exported function doesn't run.
///
/// # Errors
/// Why the code couldn't go on.
pub(crate) fn run(
    ext: &mut dyn Ext,
    module: &Module,
    entry: ExportedFunction,
) -> Result<ExecReturnValue, Error> {
    let mut instance = match module.instance() {
        Ok(instance) => instance,
        Err(error) => return fault(ext, &error.to_string()),
    };
    let slice = match ext.mode() {
        Mode::Transaction => u64::MAX,
        Mode::Query | Mode::Estimating => SLICE,
    };
    let given = ext.fuel()?;
    let mut serving = Serving {
        ext: &mut *ext,
        imports: &module.imports,
        given,
        withheld: 0,
        slice,
        trap: None,
    };
    let outcome = serving.run(&mut *instance, module, entry);
    let (given, withheld, trap) = (serving.given, serving.withheld, serving.trap);
    module.give_back(instance);
    match (outcome.ended, trap) {
        // Whoever stopped the code has accounted for what it took, and there is no counter any more.
        (CallEnd::Stopped, Some(TrapReason::Return(returned))) => Ok(returned),
        (CallEnd::Stopped, Some(TrapReason::Terminated)) => Ok(ExecReturnValue::default()),
        (CallEnd::Stopped | CallEnd::OutOfGas, Some(TrapReason::Error(error))) => Err(error),
        (CallEnd::OutOfGas, _) => {
            ext.drain_ref_time()?;
            Err(Error::OutOfGas)
        }
        (CallEnd::Returned(_), _) => {
            ext.burn(given, outcome.gas.saturating_add(withheld))?;
            Ok(ExecReturnValue::default())
        }
        (CallEnd::Trapped(_), _) => {
            ext.burn(given, outcome.gas.saturating_add(withheld))?;
            Err(Error::ContractTrapped)
        }
        (CallEnd::Fault(reason), _) => fault(ext, &reason),
        (CallEnd::Stopped, None) => fault(ext, "the code was stopped by nobody"),
    }
}

/// The executor failed, and the whole call is void: what code does is never this.
fn fault<T>(ext: &mut dyn Ext, reason: &str) -> Result<T, Error> {
    ext.set_fault(Fault::Host {
        reason: format!("the executor failed: {reason}"),
    });
    Err(Error::ContractTrapped)
}

/// The frame that runs, for as long as its code does.
struct Serving<'a> {
    ext: &'a mut dyn Ext,
    imports: &'a [HostFn],
    /// The units that the code had when it was last accounted for.
    given: u64,
    /// The part of them that its counter doesn't have yet.
    withheld: u64,
    /// The most units that its counter has at a time.
    slice: u64,
    /// Why the code was stopped.
    trap: Option<TrapReason>,
}

impl Serving<'_> {
    fn run(
        &mut self,
        instance: &mut dyn Instance,
        module: &Module,
        entry: ExportedFunction,
    ) -> Outcome {
        let mut gas = self.split(self.given);
        let height = module.height;
        if module.has_start {
            let started = instance.call(START, &[], Limits { gas, height }, self);
            match started.ended {
                CallEnd::Returned(_) => gas = started.gas,
                _ => return started,
            }
        }
        instance.call(entry.name(), &[], Limits { gas, height }, self)
    }

    /// Splits the units that the code has from now on: what its counter gets, and the rest.
    fn split(&mut self, units: u64) -> u64 {
        let now = units.min(self.slice);
        self.withheld = units.saturating_sub(now);
        now
    }

    fn serve(
        &mut self,
        function: HostFn,
        args: &[Value],
        context: &mut Context<'_>,
    ) -> Result<Option<u64>, TrapReason> {
        // What was taken since the last time, first: nothing runs on gas that was spent.
        let left = context.gas.saturating_add(self.withheld);
        self.ext.burn(self.given, left)?;
        let mut numbers = [0; MAX_PARAMS];
        for (number, arg) in numbers.iter_mut().zip(args) {
            *number = match *arg {
                Value::I32(value) | Value::F32(value) => value.into(),
                Value::I64(value) | Value::F64(value) => value,
            };
        }
        let served = function.serve(self.ext, &mut Memory(context.memory), &numbers)?;
        // Nothing of a call that is void is worth going on with, the frames around included.
        self.ext.poll()?;
        // From the meter, so that what the function cost lowers the counter.
        self.given = self.ext.fuel()?;
        context.gas = self.split(self.given);
        Ok(served)
    }
}

impl Host for Serving<'_> {
    fn call(
        &mut self,
        import: u32,
        args: &[Value],
        context: &mut Context<'_>,
    ) -> Result<Option<Value>, Stop> {
        // Resolved when the code was checked.
        let function = *self.imports.get(import as usize).ok_or(Stop)?;
        match self.serve(function, args, context) {
            Ok(result) => Ok(match function.definition().result {
                Some(Type::I32) => result.map(|result| Value::I32(result as u32)),
                Some(Type::I64) => result.map(Value::I64),
                None => None,
            }),
            Err(trap) => {
                self.trap = Some(trap);
                Err(Stop)
            }
        }
    }

    fn more_gas(&mut self, missing: u64) -> Option<u64> {
        if let Err(error) = self.ext.poll() {
            self.trap = Some(error.into());
            return None;
        }
        // A block may take more than a slice at once.
        let more = self.slice.max(missing).min(self.withheld);
        if more < missing {
            return None;
        }
        self.withheld = self.withheld.saturating_sub(more);
        Some(more)
    }
}
