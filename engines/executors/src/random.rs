//! Drawn programs by an engine's executor.

use crate::{
    programs::{Program, Value},
    recorded::{self, hash, CallEnd, RunResult, Trap},
    Executor,
};
use wasmi::{
    Engine, Extern, ExternType, Instance, Memory, MemoryType, Module, Store, TrapCode, Val,
};

/// Fuel for a call, where fuel is counted: more than a program can use up.
const FUEL: u64 = 1 << 40;

/// What a program does.
///
/// # Errors
/// The executor refuses it, though it is valid for every version.
pub fn run<E: Executor>(executor: &E, program: &Program) -> Result<RunResult, String> {
    run_metered(executor, program).map(|(done, _)| done)
}

/// The same with the fuel that it takes, where fuel is counted.
///
/// # Errors
/// As [`run`].
pub fn run_metered<E: Executor>(
    executor: &E,
    program: &Program,
) -> Result<(RunResult, u64), String> {
    let text = |error: wasmi::Error| error.to_string();
    let engine = Engine::new(&executor.config());
    Module::validate(&engine, &program.code).map_err(text)?;
    let module = Module::new(&engine, &executor.rewrite(&program.code)?).map_err(text)?;
    let mut store = Store::new(&engine, E::Data::default());
    // Where nothing counts fuel, none can be given.
    let fuel = store.set_fuel(FUEL).is_ok();
    let memory = Memory::new(&mut store, MemoryType::new(1, Some(2))).map_err(text)?;
    executor.memory(&mut store, memory);
    let mut imports = Vec::new();
    for import in module.imports() {
        imports.push(match import.ty() {
            ExternType::Memory(_) => Extern::Memory(memory),
            ty => executor
                .import(&mut store, import.module(), import.name(), ty)
                .ok_or_else(|| format!("unknown import {}", import.name()))?,
        });
    }
    let instance = Instance::new(&mut store, &module, &imports).map_err(text)?;
    let mut ended = Vec::new();
    let mut used = 0u64;
    for call in &program.calls {
        if fuel {
            store.set_fuel(FUEL).map_err(text)?;
        }
        let function = instance
            .get_func(&store, &call.name)
            .ok_or_else(|| format!("{} isn't exported", call.name))?;
        let args: Vec<Val> = call.args.iter().map(|arg| val(*arg)).collect();
        let mut results = vec![Val::I32(0); function.ty(&store).results().len()];
        ended.push(match function.call(&mut store, &args, &mut results) {
            Err(error) => CallEnd::Trap(error.as_trap_code().map_or(Trap::Other, trap)),
            Ok(()) => match results.first() {
                Some(Val::I32(value)) => CallEnd::Value(Value::I32(*value as u32)),
                Some(Val::I64(value)) => CallEnd::Value(Value::I64(*value as u64)),
                _ => CallEnd::Nothing,
            },
        });
        used = used.saturating_add(FUEL.saturating_sub(store.get_fuel().unwrap_or(FUEL)));
    }
    let done = RunResult {
        ended,
        memory: hash(memory.data(&store)),
    };
    Ok((done, used))
}

/// Runs all recorded programs, and says which of them did something else than was recorded.
///
/// # Errors
/// There is no record of these programs.
pub fn differences<E: Executor>(executor: &E) -> Result<Vec<String>, String> {
    let mut different = Vec::new();
    for (seed, (program, expected)) in recorded::read()?.into_iter().enumerate() {
        match run(executor, &program) {
            Ok(done) if done == expected => {}
            Ok(done) => {
                let calls = done.ended.iter().zip(&expected.ended);
                let first = calls.enumerate().find(|(_, (got, wanted))| got != wanted);
                different.push(match first {
                    Some((call, (got, wanted))) => {
                        format!("program {seed}, call {call}: {got:?}, expected {wanted:?}")
                    }
                    None => format!("program {seed}: another memory"),
                });
            }
            Err(error) => different.push(format!("program {seed}: {error}")),
        }
    }
    Ok(different)
}

fn val(value: Value) -> Val {
    match value {
        Value::I32(value) => Val::I32(value as i32),
        Value::I64(value) => Val::I64(value as i64),
    }
}

fn trap(code: TrapCode) -> Trap {
    match code {
        TrapCode::UnreachableCodeReached => Trap::Unreachable,
        TrapCode::MemoryOutOfBounds => Trap::Memory,
        TrapCode::TableOutOfBounds => Trap::Table,
        TrapCode::IndirectCallToNull => Trap::Null,
        TrapCode::IntegerDivisionByZero => Trap::Division,
        TrapCode::IntegerOverflow => Trap::Overflow,
        TrapCode::BadSignature => Trap::Signature,
        _ => Trap::Other,
    }
}
