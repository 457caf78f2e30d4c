//! The same WebAssembly in bare `wasmi`: what no engine can be faster than.
//!
//! It uses the tricks of the interpreter that the engine uses: the module is compiled and its
//! imports are made beforehand, and one instance with its memory serves all calls, cleaned and
//! set back after each.

use anyhow::{anyhow, Context};
use pink_engine_sdk::wipe;
use std::collections::BTreeMap;
use wasm_encoder::{ExportKind, ExportSection, RawSection};
use wasmi::{
    Caller, CompilationMode, Config, Engine, Error, Extern, Func, Global, Instance, Memory,
    MemoryType, Module, Store, TypedFunc, Val,
};
use wasmparser::{Parser, Payload};

#[derive(Debug, Default)]
struct Host {
    input: Vec<u8>,
    storage: BTreeMap<Vec<u8>, Vec<u8>>,
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
    /// The memory's beginnings that aren't zero.
    data: Vec<(usize, Vec<u8>)>,
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
        let bytes = memory.data(&store).iter().enumerate();
        let data = bytes
            .filter(|(_, byte)| **byte != 0)
            .map(|(at, byte)| (at, vec![*byte]));
        let data = data.fold(Vec::new(), joined);
        let deploy = instance.get_typed_func::<(), ()>(&store, "deploy")?;
        let call = instance.get_typed_func::<(), ()>(&store, "call")?;
        let mut floor = Self {
            store,
            memory,
            call: deploy,
            globals,
            data,
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
        self.store.data_mut().input = input.to_vec();
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
        let bytes = self.memory.data_mut(&mut self.store);
        wipe(bytes);
        for (at, data) in &self.data {
            bytes
                .get_mut(*at..*at + data.len())
                .context("it was there before")?
                .copy_from_slice(data);
        }
        Ok(())
    }
}

/// Bytes that follow each other as one piece.
fn joined(
    mut pieces: Vec<(usize, Vec<u8>)>,
    (at, byte): (usize, Vec<u8>),
) -> Vec<(usize, Vec<u8>)> {
    match pieces.last_mut() {
        Some((start, piece)) if *start + piece.len() == at => piece.extend(byte),
        _ => pieces.push((at, byte)),
    }
    pieces
}

/// The module with its globals exported under their numbers, and how many they are.
fn with_globals(code: &[u8]) -> anyhow::Result<(Vec<u8>, u32)> {
    let mut module = wasm_encoder::Module::new();
    let mut globals = 0;
    for payload in Parser::new(0).parse_all(code) {
        let payload = payload?;
        if let Payload::GlobalSection(section) = &payload {
            globals = section.count();
        }
        if let Payload::ExportSection(section) = payload {
            let mut exports = ExportSection::new();
            for export in section {
                let export = export?;
                exports.export(export.name, ExportKind::Func, export.index);
            }
            for global in 0..globals {
                exports.export(&global.to_string(), ExportKind::Global, global);
            }
            module.section(&exports);
        } else if let Some((id, range)) = payload.as_section() {
            let data = code.get(range).context("a section lies in its module")?;
            module.section(&RawSection { id, data });
        }
    }
    Ok((module.finish(), globals))
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
