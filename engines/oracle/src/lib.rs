//! Drawn programs by `wasmtime`.
#![forbid(unsafe_code)]

use pink_executor_tests::{
    programs::{Program, Value},
    recorded::{hash, CallEnd, RunResult, Trap},
};
use wasmtime::{Engine, Instance, Memory, MemoryType, Module, Store, Val};

/// What a program does.
///
/// # Errors
/// It isn't valid, which would be the fault of what draws them.
pub fn run(program: &Program) -> Result<RunResult, wasmtime::Error> {
    let engine = Engine::default();
    let module = Module::new(&engine, &program.code)?;
    let mut store = Store::new(&engine, ());
    let memory = Memory::new(&mut store, MemoryType::new(1, Some(2)))?;
    let instance = Instance::new(&mut store, &module, &[memory.into()])?;
    let mut ended = Vec::new();
    for call in &program.calls {
        let function = instance
            .get_func(&mut store, &call.name)
            .ok_or_else(|| wasmtime::Error::msg("it exports what it says"))?;
        let args: Vec<Val> = call.args.iter().map(|arg| val(*arg)).collect();
        let mut results = vec![Val::I32(0); function.ty(&store).results().len()];
        ended.push(match function.call(&mut store, &args, &mut results) {
            Err(error) => CallEnd::Trap(error.downcast_ref().map_or(Trap::Other, trap)),
            Ok(()) => match results.first() {
                Some(Val::I32(value)) => CallEnd::Value(Value::I32(*value as u32)),
                Some(Val::I64(value)) => CallEnd::Value(Value::I64(*value as u64)),
                _ => CallEnd::Nothing,
            },
        });
    }
    Ok(RunResult {
        ended,
        memory: hash(memory.data(&store)),
    })
}

fn val(value: Value) -> Val {
    match value {
        Value::I32(value) => Val::I32(value as i32),
        Value::I64(value) => Val::I64(value as i64),
    }
}

fn trap(trap: &wasmtime::Trap) -> Trap {
    match trap {
        wasmtime::Trap::UnreachableCodeReached => Trap::Unreachable,
        wasmtime::Trap::MemoryOutOfBounds => Trap::Memory,
        wasmtime::Trap::TableOutOfBounds => Trap::Table,
        wasmtime::Trap::IndirectCallToNull => Trap::Null,
        wasmtime::Trap::IntegerDivisionByZero => Trap::Division,
        wasmtime::Trap::IntegerOverflow => Trap::Overflow,
        wasmtime::Trap::BadSignature => Trap::Signature,
        _ => Trap::Other,
    }
}
