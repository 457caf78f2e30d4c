//! The interpreter with fuel, as 2.0 has it, over code as it is.

use super::harness::Serving;
use pink_engine_executor::{Context, Host, Value};
use wasmi::{
    AsContextMut, Config, Engine, Extern, ExternType, Func, Instance, Memory, MemoryType, Module,
    Store, TypedFunc, Val,
};

struct Data {
    memory: Option<Memory>,
    serving: Serving,
}

pub(crate) struct Fuel {
    store: Store<Data>,
    instance: Instance,
    globals: Vec<(wasmi::Global, Val)>,
    entries: Vec<(String, TypedFunc<(), ()>)>,
    data: Vec<(u32, Vec<u8>)>,
}

impl Fuel {
    pub(crate) fn new(code: &[u8], data: Vec<(u32, Vec<u8>)>, serving: Serving) -> Self {
        let mut config = Config::default();
        config.consume_fuel(true);
        let engine = Engine::new(&config);
        let (code, own) = with_globals(code);
        let module = Module::new(&engine, &code).expect("a contract");
        let memory = None;
        let mut store = Store::new(&engine, Data { memory, serving });
        let mut imports = Vec::<Extern>::new();
        let mut functions = 0;
        for import in module.imports() {
            imports.push(match import.ty() {
                ExternType::Func(ty) => {
                    let number = functions;
                    functions += 1;
                    let serve = move |mut caller: wasmi::Caller<'_, Data>,
                                      args: &[Val],
                                      results: &mut [Val]| {
                        let args: Vec<Value> = args
                            .iter()
                            .map(|arg| match arg {
                                Val::I64(value) => Value::I64(*value as u64),
                                Val::I32(value) => Value::I32(*value as u32),
                                _ => Value::I32(0),
                            })
                            .collect();
                        let fuel = caller.get_fuel()?;
                        let memory = caller.data().memory.expect("imported");
                        let (memory, data) = memory.data_and_store_mut(caller.as_context_mut());
                        let mut context = Context { memory, gas: fuel };
                        let served = data.serving.call(number, &args, &mut context);
                        let left = context.gas;
                        caller.set_fuel(left)?;
                        let result = served.map_err(|_| wasmi::Error::i32_exit(0))?;
                        if let (Some(to), Some(Value::I32(value))) = (results.first_mut(), result) {
                            *to = Val::I32(value as i32);
                        }
                        Ok(())
                    };
                    Func::new(&mut store, ty.clone(), serve).into()
                }
                _ => {
                    let memory = Memory::new(&mut store, MemoryType::new(2, Some(16)));
                    let memory = memory.expect("small");
                    store.data_mut().memory = Some(memory);
                    memory.into()
                }
            });
        }
        let instance = Instance::new(&mut store, &module, &imports).expect("fits");
        let globals = (0..own).map(|number| {
            let global = instance.get_global(&store, &format!("g{number}"));
            let global = global.expect("exported");
            (global, global.get(&store))
        });
        let globals = globals.collect();
        Self {
            store,
            instance,
            globals,
            entries: Vec::new(),
            data,
        }
    }

    pub(crate) fn serving(&mut self) -> &mut Serving {
        &mut self.store.data_mut().serving
    }

    /// A call and the cleaning behind it.
    pub(crate) fn call(&mut self, name: &str) {
        self.store.set_fuel(1 << 40).expect("metered");
        if !self.entries.iter().any(|(known, _)| known == name) {
            let entry = self.instance.get_typed_func::<(), ()>(&self.store, name);
            self.entries
                .push((name.to_owned(), entry.expect("exported")));
        }
        let entry = self.entries.iter().find(|(known, _)| known == name);
        let entry = entry.expect("just there").1;
        let _ = entry.call(&mut self.store, ());
        for (global, value) in &self.globals {
            // Constants can't be set.
            let _ = global.set(&mut self.store, value.clone());
        }
        let memory = self.store.data().memory.expect("imported");
        let bytes = memory.data_mut(&mut self.store);
        pink_engine_sdk::wipe(bytes);
        for (offset, data) in &self.data {
            let start = *offset as usize;
            bytes[start..start + data.len()].copy_from_slice(data);
        }
    }
}

/// A module that exports its globals too, as 2.0 has it, and how many there are.
fn with_globals(code: &[u8]) -> (Vec<u8>, u32) {
    let mut module = wasm_encoder::Module::new();
    let mut globals = 0;
    for payload in wasmparser::Parser::new(0).parse_all(code) {
        let payload = payload.expect("valid");
        let mut data = Vec::new();
        match &payload {
            wasmparser::Payload::GlobalSection(section) => globals = section.count(),
            wasmparser::Payload::ExportSection(section) => {
                wasm_encoder::Encode::encode(&(section.count() + globals), &mut data);
                data.extend(&code[section.original_position()..section.range().end]);
                for number in 0..globals {
                    wasm_encoder::Encode::encode(format!("g{number}").as_str(), &mut data);
                    data.push(3);
                    wasm_encoder::Encode::encode(&number, &mut data);
                }
            }
            _ => {}
        }
        if let Some((id, range)) = payload.as_section() {
            let data = if data.is_empty() { &code[range] } else { &data };
            module.section(&wasm_encoder::RawSection { id, data });
        }
    }
    (module.finish(), globals)
}
