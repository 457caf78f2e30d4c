//! The same WebAssembly in bare `wasmi`: what no engine can be faster than.
//!
//! It uses the tricks of the interpreter that the engine uses: the module is compiled and its
//! imports are made beforehand, and a store with its memory serves many calls.

use anyhow::anyhow;
use std::collections::BTreeMap;
use wasmi::{
    Caller, CompilationMode, Config, Engine, Error, Extern, Func, Instance, Memory, MemoryType,
    Module, Store,
};

/// Calls that one store serves: instances pile up in it. As many as in the engine.
const MAX_USES: u32 = 64;

#[derive(Debug, Default)]
struct Host {
    input: Vec<u8>,
    storage: BTreeMap<Vec<u8>, Vec<u8>>,
    memory: Option<Memory>,
}

#[derive(Debug)]
struct Surroundings {
    store: Store<Host>,
    imports: Vec<Extern>,
    memory: Memory,
    uses: u32,
}

/// One contract in the bare interpreter.
#[derive(Debug)]
pub struct Floor {
    module: Module,
    around: Surroundings,
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
        let module = Module::new(&engine, code)?;
        let around = surroundings(&module, BTreeMap::new())?;
        let mut floor = Self { module, around };
        floor.run("deploy", constructor)?;
        Ok(floor)
    }

    /// Calls it.
    ///
    /// # Errors
    /// It trapped or reverted.
    pub fn call(&mut self, input: &[u8]) -> anyhow::Result<()> {
        self.run("call", input)
    }

    fn run(&mut self, export: &str, input: &[u8]) -> anyhow::Result<()> {
        if self.around.uses >= MAX_USES {
            let storage = std::mem::take(&mut self.around.store.data_mut().storage);
            self.around = surroundings(&self.module, storage)?;
        }
        let Surroundings {
            store,
            imports,
            memory,
            uses,
        } = &mut self.around;
        *uses += 1;
        store.data_mut().input = input.to_vec();
        store.set_fuel(1_000_000_000)?;
        let instance = Instance::new(&mut *store, &self.module, imports)?;
        let entry = instance.get_typed_func::<(), ()>(&*store, export)?;
        // `seal_return` ends a contract with its flags as an exit status.
        match entry.call(&mut *store, ()) {
            Ok(()) => {}
            Err(error) if error.i32_exit_status() == Some(0) => {}
            Err(error) => return Err(anyhow!("{error}")),
        }
        for part in memory.data_mut(&mut *store).chunks_mut(4096) {
            if !is_zero(part) {
                part.fill(0);
            }
        }
        Ok(())
    }
}

/// The engine's own way of finding out.
fn is_zero(bytes: &[u8]) -> bool {
    let (words, rest) = bytes.as_chunks::<64>();
    words.iter().all(|word| *word == [0; 64]) && rest.iter().all(|byte| *byte == 0)
}

fn surroundings(
    module: &Module,
    storage: BTreeMap<Vec<u8>, Vec<u8>>,
) -> anyhow::Result<Surroundings> {
    let mut store = Store::new(
        module.engine(),
        Host {
            storage,
            ..Host::default()
        },
    );
    let memory = Memory::new(&mut store, MemoryType::new(2, Some(16)))?;
    store.data_mut().memory = Some(memory);
    let mut imports = Vec::new();
    for import in module.imports() {
        imports.push(match (import.module(), import.name()) {
            ("env", "memory") => Extern::Memory(memory),
            ("seal0", "input") => Extern::Func(Func::wrap(&mut store, input)),
            ("seal0", "value_transferred") => Extern::Func(Func::wrap(&mut store, value)),
            ("seal0", "seal_return") => Extern::Func(Func::wrap(&mut store, exit)),
            ("seal1", "get_storage") => Extern::Func(Func::wrap(&mut store, get_storage)),
            ("seal2", "set_storage") => Extern::Func(Func::wrap(&mut store, set_storage)),
            (module, name) => return Err(anyhow!("the floor has no {module}.{name}")),
        });
    }
    Ok(Surroundings {
        store,
        imports,
        memory,
        uses: 0,
    })
}

fn out_of_bounds() -> Error {
    Error::new("out of bounds")
}

/// The memory and the host of a call.
fn parts<'c>(caller: &'c mut Caller<'_, Host>) -> Result<(&'c mut [u8], &'c mut Host), Error> {
    let memory = caller.data().memory.ok_or_else(out_of_bounds)?;
    Ok(memory.data_and_store_mut(caller))
}

fn slice(memory: &[u8], at: u32, len: u32) -> Result<&[u8], Error> {
    memory
        .get(at as usize..(at as usize) + (len as usize))
        .ok_or_else(out_of_bounds)
}

/// Writes to a buffer whose length is in memory too.
fn output(memory: &mut [u8], at: u32, len_at: u32, bytes: &[u8]) -> Result<(), Error> {
    let (at, len_at) = (at as usize, len_at as usize);
    let len = (bytes.len() as u32).to_le_bytes();
    memory
        .get_mut(at..at + bytes.len())
        .ok_or_else(out_of_bounds)?
        .copy_from_slice(bytes);
    memory
        .get_mut(len_at..len_at + 4)
        .ok_or_else(out_of_bounds)?
        .copy_from_slice(&len);
    Ok(())
}

fn input(mut caller: Caller<'_, Host>, at: u32, len_at: u32) -> Result<(), Error> {
    let (memory, host) = parts(&mut caller)?;
    output(memory, at, len_at, &host.input)
}

fn value(mut caller: Caller<'_, Host>, at: u32, len_at: u32) -> Result<(), Error> {
    let (memory, _) = parts(&mut caller)?;
    output(memory, at, len_at, &[0; 16])
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
    let Some(value) = host.storage.get(slice(memory, key, key_len)?) else {
        return Ok(3);
    };
    output(memory, at, len_at, value)?;
    Ok(0)
}

fn set_storage(
    mut caller: Caller<'_, Host>,
    key: u32,
    key_len: u32,
    at: u32,
    len: u32,
) -> Result<u32, Error> {
    let (memory, host) = parts(&mut caller)?;
    let key = slice(memory, key, key_len)?.to_vec();
    let old = host.storage.insert(key, slice(memory, at, len)?.to_vec());
    Ok(old.map_or(u32::MAX, |old| old.len() as u32))
}
