//! The same WebAssembly in bare `wasmi`: what no engine can be faster than.
//!
//! It uses the tricks of the interpreter that the engine uses: the module is compiled and its
//! imports are made beforehand, and one instance with its memory serves all calls, cleaned and
//! set back after each.

use crate::bare::{with_globals, Bare, Beginning};
use anyhow::{anyhow, Context};
use wasmi::{
    Caller, CompilationMode, Config, Engine, Error, Extern, Func, Global, Instance, Memory,
    MemoryType, Module, Store, TypedFunc, Val,
};

#[derive(Debug, Default)]
struct Host {
    bare: Bare,
    memory: Option<Memory>,
}

/// One contract in the bare interpreter.
#[derive(Debug)]
pub struct Floor {
    store: Store<Host>,
    memory: Memory,
    call: TypedFunc<(), ()>,
    /// Globals, and what they begin with.
    globals: Vec<(Global, Val)>,
    beginning: Beginning,
}

impl Floor {
    /// Compiles the contract and calls its constructor.
    ///
    /// # Errors
    /// The interpreter refused something.
    pub fn new(code: &[u8], constructor: &[u8]) -> anyhow::Result<Self> {
        let mut config = Config::default();
        config
            .consume_fuel(true)
            .compilation_mode(CompilationMode::Eager);
        let engine = Engine::new(&config);
        let (code, globals) = with_globals(code)?;
        let module = Module::new(&engine, &code)?;
        let mut store = Store::new(&engine, Host::default());
        let memory = Memory::new(&mut store, MemoryType::new(2, Some(16)))?;
        store.data_mut().memory = Some(memory);
        let imports = imports(&mut store, &module, memory)?;
        let instance = Instance::new(&mut store, &module, &imports)?;
        let globals = (0..globals)
            .map(|number| {
                let global = instance.get_global(&store, &number.to_string())?;
                Some((global, global.get(&store)))
            })
            .collect::<Option<_>>()
            .context("every global is exported")?;
        let beginning = Beginning::of(memory.data(&store));
        let deploy = instance.get_typed_func::<(), ()>(&store, "deploy")?;
        let call = instance.get_typed_func::<(), ()>(&store, "call")?;
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
    ///
    /// # Errors
    /// It trapped or reverted.
    pub fn call(&mut self, input: &[u8]) -> anyhow::Result<()> {
        self.store.data_mut().bare.input = input.to_vec();
        self.store.set_fuel(1_000_000_000)?;
        // `seal_return` ends a contract with its flags as an exit status.
        match self.call.call(&mut self.store, ()) {
            Ok(()) => {}
            Err(error) if error.i32_exit_status() == Some(0) => {}
            Err(error) => return Err(anyhow!("{error}")),
        }
        for (global, value) in &self.globals {
            global.set(&mut self.store, value.clone())?;
        }
        self.beginning
            .restore(self.memory.data_mut(&mut self.store));
        Ok(())
    }
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
    let memory = caller
        .data()
        .memory
        .ok_or_else(|| Error::new("no memory"))?;
    let (memory, host) = memory.data_and_store_mut(caller);
    Ok((memory, &mut host.bare))
}

fn outside() -> Error {
    Error::new("out of bounds")
}

fn input(mut caller: Caller<'_, Host>, at: u32, len_at: u32) -> Result<(), Error> {
    let (memory, host) = parts(&mut caller)?;
    host.input(memory, at, len_at).ok_or_else(outside)
}

fn value(mut caller: Caller<'_, Host>, at: u32, len_at: u32) -> Result<(), Error> {
    let (memory, _) = parts(&mut caller)?;
    Bare::value(memory, at, len_at).ok_or_else(outside)
}

fn exit(_: Caller<'_, Host>, flags: u32, _: u32, _: u32) -> Result<(), Error> {
    Err(Error::i32_exit(flags as i32))
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
