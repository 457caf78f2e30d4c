//! The same WebAssembly in bare `wasmtime`, under the settings that the engine gives it, without gas.
//!
//! Compiled and linked beforehand; one instance with its memory serves all calls, and is set back
//! after each.

use anyhow::{anyhow, Context};
use pink_engine_benches::bare::{with_globals, Bare, Beginning};
use wasmtime::{
    Caller, Config, Engine, Error, Extern, Func, Global, Instance, Memory, MemoryType, Module,
    OptLevel, Store, TypedFunc, Val,
};

#[derive(Debug, Default)]
struct Host {
    bare: Bare,
    memory: Option<Memory>,
    /// `seal_return` was called, with these flags.
    returned: Option<u32>,
}

/// One contract in the bare compiler.
pub(crate) struct Floor {
    store: Store<Host>,
    memory: Memory,
    call: TypedFunc<(), ()>,
    globals: Vec<(Global, Val)>,
    beginning: Beginning,
}

impl Floor {
    /// Compiles the contract and calls its constructor.
    pub(crate) fn new(code: &[u8], constructor: &[u8]) -> anyhow::Result<Self> {
        let engine = failed(Engine::new(&config()))?;
        let (code, globals) = with_globals(code)?;
        let module = failed(Module::new(&engine, &code))?;
        let mut store = Store::new(&engine, Host::default());
        let memory = failed(Memory::new(&mut store, MemoryType::new(2, Some(16))))?;
        store.data_mut().memory = Some(memory);
        let imports = imports(&mut store, &module, memory)?;
        let instance = failed(Instance::new(&mut store, &module, &imports))?;
        let globals = (0..globals)
            .map(|number| {
                let global = instance.get_global(&mut store, &number.to_string())?;
                Some((global, global.get(&mut store)))
            })
            .collect::<Option<Vec<_>>>()
            .context("every global is exported")?;
        // Constants can't be set, and needn't be.
        let globals = globals
            .into_iter()
            .filter(|(global, _)| global.ty(&store).mutability() == wasmtime::Mutability::Var)
            .collect();
        let beginning = Beginning::of(memory.data(&store));
        let deploy = failed(instance.get_typed_func::<(), ()>(&mut store, "deploy"))?;
        let call = failed(instance.get_typed_func::<(), ()>(&mut store, "call"))?;
        let mut floor = Self {
            store,
            memory,
            call: deploy,
            globals,
            beginning,
        };
        floor.call(constructor)?;
        floor.call = call;
        Ok(floor)
    }

    /// Calls it.
    pub(crate) fn call(&mut self, input: &[u8]) -> anyhow::Result<()> {
        let host = self.store.data_mut();
        host.bare.input = input.to_vec();
        host.returned = None;
        let ended = self.call.call(&mut self.store, ());
        match (ended, self.store.data().returned) {
            (Ok(()), _) | (Err(_), Some(0)) => {}
            (Err(error), _) => return Err(anyhow!("{error:?}")),
        }
        for (global, value) in &self.globals {
            failed(global.set(&mut self.store, *value))?;
        }
        self.beginning
            .restore(self.memory.data_mut(&mut self.store));
        Ok(())
    }
}

fn failed<T>(result: Result<T, Error>) -> anyhow::Result<T> {
    result.map_err(|error| anyhow!("{error:?}"))
}

/// As the engine has it, see `Native::config` there.
fn config() -> Config {
    let mut config = Config::new();
    config
        .cranelift_opt_level(OptLevel::Speed)
        .signals_based_traps(false)
        .memory_reservation(4 << 20)
        .memory_reservation_for_growth(0)
        .memory_guard_size(0)
        .guard_before_linear_memory(false)
        .memory_may_move(false)
        .memory_init_cow(false)
        .consume_fuel(false)
        .wasm_backtrace_max_frames(None)
        .native_unwind_info(false)
        .generate_address_map(false);
    config
}

fn imports(
    store: &mut Store<Host>,
    module: &Module,
    memory: Memory,
) -> anyhow::Result<Vec<Extern>> {
    module
        .imports()
        .map(|import| {
            let function = match (import.module(), import.name()) {
                ("env", "memory") => return Ok(Extern::Memory(memory)),
                ("seal0", "input") => Func::wrap(&mut *store, input),
                ("seal0", "value_transferred") => Func::wrap(&mut *store, value),
                ("seal0", "seal_return") => Func::wrap(&mut *store, exit),
                ("seal1", "get_storage") => Func::wrap(&mut *store, get_storage),
                ("seal2", "set_storage") => Func::wrap(&mut *store, set_storage),
                (module, name) => return Err(anyhow!("the floor has no {module}.{name}")),
            };
            Ok(Extern::Func(function))
        })
        .collect()
}

/// The memory and the host of a call.
fn parts<'c>(caller: &'c mut Caller<'_, Host>) -> Result<(&'c mut [u8], &'c mut Bare), Error> {
    let memory = caller.data().memory;
    let memory = memory.ok_or_else(|| Error::msg("no memory"))?;
    let (memory, host) = memory.data_and_store_mut(caller);
    Ok((memory, &mut host.bare))
}

fn outside() -> Error {
    Error::msg("out of bounds")
}

fn input(mut caller: Caller<'_, Host>, at: u32, len_at: u32) -> Result<(), Error> {
    let (memory, host) = parts(&mut caller)?;
    host.input(memory, at, len_at).ok_or_else(outside)
}

fn value(mut caller: Caller<'_, Host>, at: u32, len_at: u32) -> Result<(), Error> {
    let (memory, _) = parts(&mut caller)?;
    Bare::value(memory, at, len_at).ok_or_else(outside)
}

fn exit(mut caller: Caller<'_, Host>, flags: u32, _: u32, _: u32) -> Result<(), Error> {
    caller.data_mut().returned = Some(flags);
    Err(Error::msg("returned"))
}

fn get_storage(
    mut caller: Caller<'_, Host>,
    key: u32,
    key_len: u32,
    at: u32,
    len_at: u32,
) -> Result<u32, Error> {
    let (memory, host) = parts(&mut caller)?;
    host.get(memory, (key, key_len), (at, len_at))
        .ok_or_else(outside)
}

fn set_storage(
    mut caller: Caller<'_, Host>,
    key: u32,
    key_len: u32,
    at: u32,
    len: u32,
) -> Result<u32, Error> {
    let (memory, host) = parts(&mut caller)?;
    host.set(memory, (key, key_len), (at, len))
        .ok_or_else(outside)
}
