//! What is around the code.

use crate::Value;
use pink_engine_meter::{MODULE, OUT_OF_GAS};
use scoped_tls_hkt::scoped_thread_local;

/// A function of the host ends the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stop;

/// What a function of the host finds.
#[derive(Debug)]
pub struct Context<'a> {
    /// The code's memory.
    pub memory: &'a mut [u8],
    /// Units of gas that the code has left, and goes on with.
    pub gas: u64,
}

/// Who serves the code.
pub trait Host {
    /// Does the work of an imported function, the contract's `import`th one.
    ///
    /// # Errors
    /// The call ends here. The host remembers why.
    fn call(
        &mut self,
        import: u32,
        args: &[Value],
        context: &mut Context<'_>,
    ) -> Result<Option<Value>, Stop>;

    /// The code lacks `missing` units of gas. The answer is what it gets, at least that, and goes
    /// on; or it has no more.
    fn more_gas(&mut self, missing: u64) -> Option<u64>;
}

scoped_thread_local!(static mut HOST: for<'a> &'a mut dyn Host);

/// Has code served by a host for as long as `run` takes.
pub fn with<T>(host: &mut dyn Host, run: impl FnOnce() -> T) -> T {
    HOST.set(host, run)
}

/// How a host ended a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostExit {
    /// There was no more gas.
    OutOfGas,
    /// A function of the host's said so.
    Stopped,
}

/// What the host says of gas that is below zero: what there is from now on.
pub fn refill(gas: i64) -> Option<i64> {
    let missing = gas.unsigned_abs();
    let more = HOST.with(|host| host.more_gas(missing))?;
    let gas = gas.saturating_add(i64::try_from(more).unwrap_or(i64::MAX));
    // One that gives less than is missing gives nothing.
    (gas >= 0).then_some(gas)
}

/// Does the work of an imported function, and says what gas there is from now on.
///
/// # Errors
/// The call ends here.
pub fn serve(
    import: u32,
    args: &[Value],
    memory: &mut [u8],
    gas: i64,
) -> Result<(Option<Value>, i64), Stop> {
    let gas = u64::try_from(gas).unwrap_or(0);
    let mut context = Context { memory, gas };
    let value = HOST.with(|host| host.call(import, args, &mut context))?;
    Ok((value, signed(context.gas)))
}

/// Gas as the code counts it.
pub fn signed(gas: u64) -> i64 {
    i64::try_from(gas).unwrap_or(i64::MAX)
}

/// What is imported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Import {
    /// The meter's own.
    OutOfGas,
    /// The contract's, by its number.
    Function(u32),
}

impl Import {
    /// What a function is that is imported after `before` functions of the contract's.
    pub fn of(module: &str, name: &str, before: u32) -> Self {
        match (module, name) {
            (MODULE, OUT_OF_GAS) => Self::OutOfGas,
            _ => Self::Function(before),
        }
    }
}
