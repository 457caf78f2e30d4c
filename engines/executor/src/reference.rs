//! The interpreter: what every contract's code does, at once and for ever.

use crate::{
    host::{self, HostExit, Import},
    module_info::ModuleInfo,
    typed, CallEnd, Code, Executor, Host, Instance, Limits, LoadError, Outcome, Settings, Trap,
    Value,
};
use pink_engine_meter::{Metered, EXPORTS, GAS, HEIGHT};
use pink_engine_sdk::wipe;
use std::sync::Arc;
use wasmi::{
    AsContext, AsContextMut, Caller, CompilationMode, Config, EnforcedLimits, Engine, Error,
    ExternType, Func, FuncType, Global, Memory, Module, Store, TrapCode, TypedFunc, Val, ValType,
    F32, F64,
};

/// The interpreter.
#[derive(Clone, Copy, Debug)]
pub struct Reference {
    settings: Settings,
}

impl Reference {
    /// With these settings.
    pub fn new(settings: Settings) -> Self {
        Self { settings }
    }

    /// What the interpreter is asked for. As 2.0 does, but that it counts nothing, and has bulk
    /// operators, which stand for loops that are known.
    pub fn config(&self) -> Config {
        let stack = &self.settings.rules.stack;
        let mut config = Config::default();
        // Never reached: a frame takes `frame` units at least, and the last one isn't counted. A
        // unit is a cell of 8 bytes; the meter's own operands, and what the interpreter keeps of a
        // call, are why there are four times as many.
        let frames = stack.limit.checked_div(stack.frame).unwrap_or(stack.limit);
        let cells = (stack.limit as usize).saturating_mul(4);
        config
            .set_max_recursion_depth((frames as usize).saturating_add(8))
            .set_max_stack_height(cells.saturating_mul(8))
            .set_min_stack_height(16 * 1024)
            .set_max_cached_stacks(2)
            // The meter's are exported; a contract's module with exported or imported ones was refused.
            .wasm_mutable_global(true)
            .wasm_sign_extension(true)
            .wasm_saturating_float_to_int(false)
            .wasm_multi_value(false)
            .wasm_multi_memory(false)
            .wasm_bulk_memory(true)
            .wasm_reference_types(false)
            .wasm_tail_call(false)
            .wasm_extended_const(false)
            .wasm_custom_page_sizes(false)
            .wasm_wide_arithmetic(false)
            .floats(self.settings.floats)
            .consume_fuel(false)
            .allow_start_fn(true)
            .ignore_custom_sections(true)
            .compilation_mode(CompilationMode::Eager)
            // The meter's own limits were checked before; these can't be set one by one.
            .enforced_limits(EnforcedLimits::default());
        config
    }
}

impl Executor for Reference {
    fn name(&self) -> &'static str {
        "wasmi"
    }

    fn load(&self, code: &Metered) -> Result<Box<dyn Code>, LoadError> {
        // An engine never forgets code: dropping it is the only way to free it.
        let engine = Engine::new(&self.config());
        let module =
            Module::new(&engine, &code.code).map_err(|error| LoadError::Code(error.to_string()))?;
        Ok(Box::new(Translated(Arc::new(Shared {
            module,
            code: ModuleInfo::of(code),
        }))))
    }
}

#[derive(Debug)]
struct Shared {
    module: Module,
    code: ModuleInfo,
}

#[derive(Debug)]
struct Translated(Arc<Shared>);

/// What a store knows.
#[derive(Debug, Default)]
struct Data {
    memory: Option<Memory>,
    gas: Option<Global>,
    left: Option<HostExit>,
}

#[derive(Debug)]
struct Interpreted {
    shared: Arc<Shared>,
    store: Store<Data>,
    instance: wasmi::Instance,
    gas: Global,
    height: Global,
    own: Vec<(Global, Val)>,
    initial: u64,
    /// Entry points that were called.
    entries: Vec<(String, TypedFunc<(), ()>)>,
}

impl Code for Translated {
    fn instance(&self) -> Result<Box<dyn Instance>, LoadError> {
        let shared = &self.0;
        let mut store = Store::new(shared.module.engine(), Data::default());
        let mut imports = Vec::new();
        let mut functions = 0u32;
        let failed = |error: Error| LoadError::Instance(error.to_string());
        for import in shared.module.imports() {
            imports.push(match import.ty() {
                ExternType::Func(ty) => {
                    let which = Import::of(import.module(), import.name(), functions);
                    if which != Import::OutOfGas {
                        functions = functions.saturating_add(1);
                    }
                    function(&mut store, which, ty).into()
                }
                // A memory is the module's own.
                _ => {
                    let name = format!("{}.{}", import.module(), import.name());
                    return Err(LoadError::Import(name));
                }
            });
        }
        let instance =
            wasmi::Instance::new(&mut store, &shared.module, &imports).map_err(failed)?;
        let global = |name: &str| {
            let found = instance.get_global(&store, name);
            found.ok_or_else(|| LoadError::Import(name.to_owned()))
        };
        let (gas, height) = (global(GAS)?, global(HEIGHT)?);
        let own = (0..shared.code.globals)
            .map(|number| {
                let global = global(&format!("{EXPORTS}{number}"))?;
                Ok((global, global.get(&store)))
            })
            .collect::<Result<_, LoadError>>()?;
        let exported = instance
            .exports(&store)
            .find_map(|export| export.into_memory());
        let initial = exported.map_or(0, |memory| memory.size(&store));
        let data = store.data_mut();
        (data.memory, data.gas) = (exported, Some(gas));
        Ok(Box::new(Interpreted {
            shared: Arc::clone(shared),
            store,
            instance,
            gas,
            height,
            own,
            initial,
            entries: Vec::new(),
        }))
    }
}

fn leave(caller: &mut Caller<'_, Data>, why: HostExit) -> Error {
    caller.data_mut().left = Some(why);
    // Why is remembered; the interpreter only has to stop.
    Error::i32_exit(0)
}

/// The gas that a store's code has left, by its global.
fn gas_of(store: &impl AsContext, global: Option<Global>) -> (Option<Global>, i64) {
    match global.map(|global| global.get(store)) {
        Some(Val::I64(gas)) => (global, gas),
        _ => (global, 0),
    }
}

fn out_of_gas(mut caller: Caller<'_, Data>) -> Result<(), Error> {
    let (global, gas) = gas_of(&caller, caller.data().gas);
    match (global, host::refill(gas)) {
        (Some(global), Some(gas)) => global
            .set(&mut caller, Val::I64(gas))
            .map_err(|error| Error::new(error.to_string())),
        _ => Err(leave(&mut caller, HostExit::OutOfGas)),
    }
}

fn function(store: &mut Store<Data>, which: Import, ty: &FuncType) -> Func {
    let Import::Function(number) = which else {
        return Func::wrap(store, out_of_gas);
    };
    let narrow = ty.params().iter().all(|ty| *ty == ValType::I32);
    let (nothing, result) = match ty.params().len() {
        0 => typed!(store, number,),
        1 if narrow => typed!(store, number, a),
        2 if narrow => typed!(store, number, a b),
        3 if narrow => typed!(store, number, a b c),
        4 if narrow => typed!(store, number, a b c d),
        5 if narrow => typed!(store, number, a b c d e),
        _ => return untyped(store, number, ty),
    };
    match ty.results() {
        [] => nothing,
        [ValType::I32] => result,
        _ => untyped(store, number, ty),
    }
}

fn untyped(store: &mut Store<Data>, number: u32, ty: &FuncType) -> Func {
    Func::new(store, ty.clone(), move |mut caller, args, results| {
        let args: Vec<Value> = args.iter().map(value).collect();
        let result = serve(&mut caller, number, &args)?;
        if let (Some(to), Some(result)) = (results.first_mut(), result) {
            *to = val(result);
        }
        Ok(())
    })
}

/// Does the work of an imported function.
fn serve(
    caller: &mut Caller<'_, Data>,
    number: u32,
    args: &[Value],
) -> Result<Option<Value>, Error> {
    let (global, gas) = gas_of(&*caller, caller.data().gas);
    let bytes = match caller.data().memory {
        Some(memory) => memory.data_mut(caller.as_context_mut()),
        None => &mut [],
    };
    let Ok((result, gas)) = host::serve(number, args, bytes, gas) else {
        return Err(leave(caller, HostExit::Stopped));
    };
    if let Some(global) = global {
        let set = global.set(caller.as_context_mut(), Val::I64(gas));
        set.map_err(|error| Error::new(error.to_string()))?;
    }
    Ok(result)
}

fn value(val: &Val) -> Value {
    match val {
        Val::I64(value) => Value::I64(*value as u64),
        Val::F32(value) => Value::F32(value.to_bits()),
        Val::F64(value) => Value::F64(value.to_bits()),
        Val::I32(value) => Value::I32(*value as u32),
        // Contracts have no references.
        _ => Value::I32(0),
    }
}

fn val(value: Value) -> Val {
    match value {
        Value::I32(value) => Val::I32(value as i32),
        Value::I64(value) => Val::I64(value as i64),
        Value::F32(value) => Val::F32(F32::from_bits(value)),
        Value::F64(value) => Val::F64(F64::from_bits(value)),
    }
}

fn trap(code: TrapCode) -> Option<Trap> {
    Some(match code {
        TrapCode::UnreachableCodeReached => Trap::Unreachable,
        TrapCode::MemoryOutOfBounds => Trap::Memory,
        TrapCode::TableOutOfBounds => Trap::Table,
        TrapCode::IndirectCallToNull => Trap::Null,
        TrapCode::BadSignature => Trap::Signature,
        TrapCode::IntegerDivisionByZero => Trap::Division,
        TrapCode::IntegerOverflow => Trap::Overflow,
        TrapCode::BadConversionToInteger => Trap::Conversion,
        _ => return None,
    })
}

impl Interpreted {
    fn enter(&mut self, name: &str, args: &[Value]) -> Result<Option<Value>, Error> {
        if args.is_empty() {
            if let Some((_, entry)) = self.entries.iter().find(|(known, _)| known == name) {
                return entry.call(&mut self.store, ()).map(|()| None);
            }
            if let Ok(entry) = self.instance.get_typed_func::<(), ()>(&self.store, name) {
                self.entries.push((name.to_owned(), entry));
                return entry.call(&mut self.store, ()).map(|()| None);
            }
        }
        let function = self.instance.get_func(&self.store, name);
        let function = function.ok_or_else(|| Error::new(format!("no function {name}")))?;
        let args: Vec<Val> = args.iter().copied().map(val).collect();
        let mut results = vec![Val::I32(0); function.ty(&self.store).results().len()];
        function.call(&mut self.store, &args, &mut results)?;
        Ok(results.first().map(value))
    }
}

impl Instance for Interpreted {
    fn call(&mut self, name: &str, args: &[Value], limits: Limits, host: &mut dyn Host) -> Outcome {
        let gas = self
            .gas
            .set(&mut self.store, Val::I64(host::signed(limits.gas)));
        let height = i32::try_from(limits.height).unwrap_or(i32::MAX);
        let set = gas.and_then(|()| self.height.set(&mut self.store, Val::I32(height)));
        self.store.data_mut().left = None;
        let ended = set
            .map_err(|error| Error::new(error.to_string()))
            .and_then(|()| host::with(host, || self.enter(name, args)));
        let (_, gas) = gas_of(&self.store, Some(self.gas));
        let height = match self.height.get(&self.store) {
            Val::I32(height) => height,
            _ => 0,
        };
        let ended = match ended {
            Ok(value) => CallEnd::Returned(value),
            Err(error) => CallEnd::of(
                self.store.data().left,
                error.as_trap_code().and_then(trap),
                height,
                || error.to_string(),
            ),
        };
        Outcome::new(ended, gas, height)
    }

    fn memory(&self) -> &[u8] {
        let memory = self.store.data().memory;
        memory.map_or(&[], |memory| memory.data(&self.store))
    }

    fn globals(&mut self) -> Vec<Value> {
        let globals = self.own.iter();
        globals
            .map(|(global, _)| value(&global.get(&self.store)))
            .collect()
    }

    fn clean(&mut self) -> bool {
        let memory = self.store.data().memory;
        let size = memory.map_or(0, |memory| memory.size(&self.store));
        if self.shared.code.has_start || size != self.initial {
            return false;
        }
        for (global, value) in &self.own {
            // Constants can't be set, and needn't be.
            if global.ty(&self.store).mutability().is_mut()
                && global.set(&mut self.store, value.clone()).is_err()
            {
                return false;
            }
        }
        let Some(memory) = memory else {
            return true;
        };
        let bytes = memory.data_mut(&mut self.store);
        wipe(bytes);
        self.shared.code.write_data(bytes)
    }
}
