//! The way from the interpreter to the machine that runs the frame.
//!
//! A module's host functions are made once and used by many frames, so they can't hold the
//! machine, which lives for one message. It is put in scope on the thread while code runs, and a
//! host function takes it from there; while it has it, nobody else can.

use crate::host_fns::{self, HostFn, Type};
use scoped_tls_hkt::{scoped_thread_local, ReborrowMut};
use wasmi::{AsContextMut, Caller, Error, Func, FuncType, Memory, Store, Val, ValType};

/// What a store knows of its frame.
#[derive(Debug, Default)]
pub(super) struct Handles {
    /// The memory.
    pub memory: Option<Memory>,
}

/// Who serves the host functions of the running frame.
pub(crate) trait Calls {
    /// Serves one call. `fuel` is what the interpreter has left; the answer is what it has from
    /// now on, and the result, or nothing if the frame ends here.
    fn host_call(
        &mut self,
        id: HostFn,
        args: &[u64],
        memory: &mut [u8],
        fuel: u64,
    ) -> (u64, Option<u64>);

    /// The code has used up the fuel that it was given, but for `left`. The answer is what it has
    /// from now on, if it may go on.
    fn more_fuel(&mut self, left: u64) -> Option<u64>;
}

/// The machine, for as long as code of its top frame runs.
pub(super) struct Scope<'a>(pub(super) &'a mut (dyn Calls + 'a));

impl<'short, 'long: 'short> ReborrowMut<'short> for Scope<'long> {
    type Result = Scope<'short>;

    fn reborrow_mut(&'short mut self) -> Scope<'short> {
        Scope(self.0)
    }
}

scoped_thread_local!(pub(super) static mut MACHINE: for<'a> Scope<'a>);

/// More than any host function takes.
const MAX_ARGS: usize = 16;

/// Functions with few integers, which are called most, need nobody to sort out their arguments.
macro_rules! typed {
    ($store:ident, $id:ident, $def:ident; $($($arg:ident)* => $result:tt;)*) => {
        match ($def.params, $def.result) {
            $((&[$(typed!(@param $arg)),*], typed!(@result $result)) => Func::wrap(
                $store,
                move |mut caller: Caller<'_, Handles>, $($arg: u32),*| {
                    let value = serve(&mut caller, $id, &[$(u64::from($arg)),*])?;
                    Ok::<_, Error>(typed!(@give value $result))
                },
            ),)*
            _ => untyped($store, $id),
        }
    };
    (@param $arg:ident) => { Type::I32 };
    (@result i32) => { Some(Type::I32) };
    (@result ()) => { None };
    // Truncation: the machine gives what the type holds.
    (@give $value:ident i32) => { $value as u32 };
    (@give $value:ident ()) => {{ let _ = $value; }};
}

/// A host function for the stores of a module.
pub(super) fn host_function(store: &mut Store<Handles>, id: HostFn) -> Func {
    let def = host_fns::definition(id);
    typed!(store, id, def;
        a => ();
        a => i32;
        a b => ();
        a b => i32;
        a b c => ();
        a b c => i32;
        a b c d => ();
        a b c d => i32;
    )
}

/// A host function of any signature.
fn untyped(store: &mut Store<Handles>, id: HostFn) -> Func {
    let def = host_fns::definition(id);
    let ty = FuncType::new(
        def.params.iter().copied().map(value_type),
        def.result.map(value_type),
    );
    let result = def.result;
    Func::new(store, ty, move |mut caller, params, results| {
        let mut args = [0u64; MAX_ARGS];
        for (arg, param) in args.iter_mut().zip(params) {
            *arg = match param {
                Val::I32(value) => u64::from(*value as u32),
                Val::I64(value) => *value as u64,
                _ => 0,
            };
        }
        let args = args.get(..params.len()).unwrap_or(&args);
        let value = serve(&mut caller, id, args)?;
        if let (Some(ty), [slot]) = (result, results) {
            *slot = match ty {
                // Truncation: the machine gives what the type holds.
                Type::I32 => Val::I32(value as u32 as i32),
                Type::I64 => Val::I64(value as i64),
            };
        }
        Ok(())
    })
}

fn serve(caller: &mut Caller<'_, Handles>, id: HostFn, args: &[u64]) -> Result<u64, Error> {
    let fuel = caller.get_fuel()?;
    let memory = caller.data().memory;
    let bytes = match memory {
        Some(memory) => memory.data_mut(caller.as_context_mut()),
        None => &mut [],
    };
    let (fuel, value) = MACHINE.with(|machine| machine.0.host_call(id, args, bytes, fuel));
    caller.set_fuel(fuel)?;
    // The machine remembers why; the interpreter only has to stop.
    value.ok_or_else(|| Error::i32_exit(0))
}

fn value_type(ty: Type) -> ValType {
    match ty {
        Type::I32 => ValType::I32,
        Type::I64 => ValType::I64,
    }
}
