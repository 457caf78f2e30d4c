//! Compiled code.

use pink_engine_executor::{
    parts::{self, HostExit, Import},
    typed, CallEnd, Code, Compiler, Executor, Host, Instance, Limits, LoadError, ModuleInfo,
    Outcome, Settings, Trap, Value,
};
use pink_engine_meter::{Metered, Rules, EXPORTS, GAS, HEIGHT};
use pink_engine_sdk::{compile_module, host_memories, load_module, wipe, Artefact};
use std::{
    hash::{Hash, Hasher},
    sync::Arc,
};
use wasmtime::{
    AsContextMut, Caller, Config, Engine, Error, ExternType, Func, FuncType, Global, Memory,
    Module, Mutability, OptLevel, ResourceLimiter, Store, Strategy, TypedFunc, Val, ValType,
    WasmFeatures,
};

/// Bytes of a page.
const PAGE: u64 = 64 * 1024;

/// Bytes of stack that a unit of height stands for.
const UNIT: usize = 8;

/// Memories that an executor keeps: a little more than frames can be open at once. Not a rule.
const MEMORIES: usize = 32;

host_memories!(Memories);

/// What compiles.
#[derive(Clone, Debug)]
pub struct Native {
    settings: Settings,
    engine: Engine,
}

impl Native {
    /// With these settings.
    ///
    /// # Errors
    /// The compiler doesn't know this processor.
    pub fn new(settings: Settings) -> Result<Self, LoadError> {
        let pages = u64::from(settings.rules.limits.memory_pages);
        let bytes = usize::try_from(pages.saturating_mul(PAGE)).unwrap_or(usize::MAX);
        let mut config = Self::config(&settings);
        config.with_host_memory(Arc::new(Memories::new(bytes, MEMORIES)));
        let engine = Engine::new(&config);
        let engine = engine.map_err(|error| LoadError::Code(error.to_string()))?;
        Ok(Self { settings, engine })
    }

    /// Bytes of stack that an instance's code needs besides what its host does. The thread has to have
    /// them: the code's own check lies here, behind the rules' limit, and is never reached.
    pub const fn stack_bytes(rules: &Rules) -> usize {
        (rules.reserved_units() as usize).saturating_mul(UNIT)
    }

    /// What the compiler is asked for. Nothing that follows is left to what a later version of it
    /// takes for a good default.
    pub fn config(settings: &Settings) -> Config {
        let mut config = Config::new();
        config
            .strategy(Strategy::Cranelift)
            .cranelift_opt_level(OptLevel::Speed)
            .cranelift_nan_canonicalization(settings.floats)
            // No handler of signals in a worker's process: every check is code.
            .signals_based_traps(false)
            .memory_reservation(u64::from(settings.rules.limits.memory_pages).saturating_mul(PAGE))
            .memory_reservation_for_growth(0)
            .memory_guard_size(0)
            .guard_before_linear_memory(false)
            .memory_may_move(false)
            .memory_init_cow(false)
            .max_wasm_stack(Self::stack_bytes(settings.rules))
            .consume_fuel(false)
            .epoch_interruption(false)
            .wasm_backtrace_max_frames(None)
            .native_unwind_info(false)
            .generate_address_map(false)
            .wasm_features(WasmFeatures::all(), false)
            .wasm_features(features(settings.floats), true);
        config
    }

    fn ready(&self, module: Module, kept: ModuleInfo) -> Box<dyn Code> {
        Box::new(Compiled(Arc::new(Shared { module, code: kept })))
    }
}

/// What is hashed, for a digest that is more than a table's.
struct Digest(blake2b_simd::State);

impl Hasher for Digest {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&self) -> u64 {
        0
    }
}

impl Compiler for Native {
    /// The meter's rules, whether there are floats, and all that the compiler itself says that its output
    /// depends on: its version, its settings, and the processor's features, found out here.
    fn id(&self) -> [u8; 32] {
        let mut digest = Digest(blake2b_simd::Params::new().hash_length(32).to_state());
        digest.write(&self.settings.rules.hash());
        digest.write_u8(u8::from(self.settings.floats));
        self.engine
            .precompile_compatibility_hash()
            .hash(&mut digest);
        let mut id = [0; 32];
        id.copy_from_slice(digest.0.finalize().as_bytes());
        id
    }

    fn compile(&self, code: &Metered) -> Result<Artefact<'static>, LoadError> {
        let artefact = compile_module!(&self.engine, &code.code);
        artefact.map_err(|error| LoadError::Code(format!("{error:?}")))
    }

    fn load_artefact(
        &self,
        artefact: Artefact<'_>,
        kept: ModuleInfo,
    ) -> Result<Box<dyn Code>, LoadError> {
        let module = load_module!(&self.engine, &artefact);
        let module = module.map_err(|error| LoadError::Code(format!("{error:?}")))?;
        Ok(self.ready(module, kept))
    }
}

fn features(floats: bool) -> WasmFeatures {
    let mut features =
        WasmFeatures::SIGN_EXTENSION | WasmFeatures::MUTABLE_GLOBAL | WasmFeatures::BULK_MEMORY;
    features.set(WasmFeatures::FLOATS, floats);
    features
}

impl Executor for Native {
    fn name(&self) -> &'static str {
        "wasmtime"
    }

    fn load(&self, code: &Metered) -> Result<Box<dyn Code>, LoadError> {
        let module = Module::new(&self.engine, &code.code);
        let module = module.map_err(|error| LoadError::Code(error.to_string()))?;
        Ok(self.ready(module, ModuleInfo::of(code)))
    }
}

struct Shared {
    module: Module,
    code: ModuleInfo,
}

struct Compiled(Arc<Shared>);

/// What a store knows.
#[derive(Debug, Default)]
struct Data {
    memory: Option<Memory>,
    gas: Option<Global>,
    left: Option<HostExit>,
}

/// What of growing is the code's: its own limit. That this machine has no memory is a fault of its own, as it
/// is where the interpreter's memory grows, and never told to the code: what others tell it is something else.
impl ResourceLimiter for Data {
    fn memory_growing(
        &mut self,
        _: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        Ok(maximum.is_none_or(|maximum| desired <= maximum))
    }

    fn memory_grow_failed(&mut self, error: Error) -> wasmtime::Result<()> {
        Err(error)
    }

    /// No code has an operator for it.
    fn table_growing(&mut self, _: usize, _: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        Ok(true)
    }
}

struct Running {
    shared: Arc<Shared>,
    store: Store<Data>,
    instance: wasmtime::Instance,
    gas: Global,
    height: Global,
    own: Vec<(Global, Val)>,
    initial: u64,
    /// Entry points that were called.
    entries: Vec<(String, TypedFunc<(), ()>)>,
}

impl Code for Compiled {
    fn instance(&self) -> Result<Box<dyn Instance>, LoadError> {
        let shared = &self.0;
        let mut store = Store::new(shared.module.engine(), Data::default());
        store.limiter(|data| data);
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
                    function(&mut store, which, &ty).into()
                }
                // A memory is the module's own.
                _ => {
                    let name = format!("{}.{}", import.module(), import.name());
                    return Err(LoadError::Import(name));
                }
            });
        }
        let instance = wasmtime::Instance::new(&mut store, &shared.module, &imports);
        let instance = instance.map_err(failed)?;
        let mut global = |name: &str| {
            let found = instance.get_global(&mut store, name);
            found.ok_or_else(|| LoadError::Import(name.to_owned()))
        };
        let (gas, height) = (global(GAS)?, global(HEIGHT)?);
        let own: Vec<Global> = (0..shared.code.globals)
            .map(|number| global(&format!("{EXPORTS}{number}")))
            .collect::<Result<_, LoadError>>()?;
        let own = own.into_iter();
        let own = own.map(|global| (global, global.get(&mut store))).collect();
        let exported = instance
            .exports(&mut store)
            .find_map(|export| export.into_memory());
        let initial = exported.map_or(0, |memory| memory.size(&store));
        let data = store.data_mut();
        (data.memory, data.gas) = (exported, Some(gas));
        Ok(Box::new(Running {
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

/// The host ends the call; the store knows why.
fn leave(caller: &mut Caller<'_, Data>, why: HostExit) -> Error {
    caller.data_mut().left = Some(why);
    Error::msg("ended by the host")
}

fn gas_of(store: &mut impl AsContextMut, global: Option<Global>) -> (Option<Global>, i64) {
    match global.map(|global| global.get(store)) {
        Some(Val::I64(gas)) => (global, gas),
        _ => (global, 0),
    }
}

fn out_of_gas(mut caller: Caller<'_, Data>) -> Result<(), Error> {
    let global = caller.data().gas;
    let (global, gas) = gas_of(&mut caller, global);
    match (global, parts::refill(gas)) {
        (Some(global), Some(gas)) => global.set(&mut caller, Val::I64(gas)),
        _ => Err(leave(&mut caller, HostExit::OutOfGas)),
    }
}

fn function(store: &mut Store<Data>, which: Import, ty: &FuncType) -> Func {
    let Import::Function(number) = which else {
        return Func::wrap(store, out_of_gas);
    };
    let narrow = ty.params().all(|ty| matches!(ty, ValType::I32));
    let (nothing, result) = match ty.params().len() {
        0 => typed!(store, number,),
        1 if narrow => typed!(store, number, a),
        2 if narrow => typed!(store, number, a b),
        3 if narrow => typed!(store, number, a b c),
        4 if narrow => typed!(store, number, a b c d),
        5 if narrow => typed!(store, number, a b c d e),
        _ => return untyped(store, number, ty.clone()),
    };
    let mut results = ty.results();
    match (results.next(), results.next()) {
        (None, _) => nothing,
        (Some(ValType::I32), None) => result,
        _ => untyped(store, number, ty.clone()),
    }
}

fn untyped(store: &mut Store<Data>, number: u32, ty: FuncType) -> Func {
    Func::new(store, ty, move |mut caller, args, results| {
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
    let Data { memory, gas, .. } = *caller.data();
    let (global, gas) = gas_of(caller, gas);
    let bytes = match &memory {
        Some(memory) => memory.data_mut(&mut *caller),
        None => &mut [],
    };
    let Ok((result, gas)) = parts::serve(number, args, bytes, gas) else {
        return Err(leave(caller, HostExit::Stopped));
    };
    if let Some(global) = global {
        global.set(&mut *caller, Val::I64(gas))?;
    }
    Ok(result)
}

fn value(val: &Val) -> Value {
    match val {
        Val::I64(value) => Value::I64(*value as u64),
        Val::F32(value) => Value::F32(*value),
        Val::F64(value) => Value::F64(*value),
        Val::I32(value) => Value::I32(*value as u32),
        // Contracts have no others.
        _ => Value::I32(0),
    }
}

fn val(value: Value) -> Val {
    match value {
        Value::I32(value) => Val::I32(value as i32),
        Value::I64(value) => Val::I64(value as i64),
        Value::F32(value) => Val::F32(value),
        Value::F64(value) => Val::F64(value),
    }
}

fn trap(error: &Error) -> Option<Trap> {
    use wasmtime::Trap as Code;
    Some(match error.downcast_ref::<Code>()? {
        Code::UnreachableCodeReached => Trap::Unreachable,
        Code::MemoryOutOfBounds => Trap::Memory,
        Code::TableOutOfBounds => Trap::Table,
        Code::IndirectCallToNull => Trap::Null,
        Code::BadSignature => Trap::Signature,
        Code::IntegerDivisionByZero => Trap::Division,
        Code::IntegerOverflow => Trap::Overflow,
        Code::BadConversionToInteger => Trap::Conversion,
        _ => return None,
    })
}

impl Running {
    fn enter(&mut self, name: &str, args: &[Value]) -> Result<Option<Value>, Error> {
        if args.is_empty() {
            if let Some((_, entry)) = self.entries.iter().find(|(known, _)| known == name) {
                return entry.call(&mut self.store, ()).map(|()| None);
            }
            let entry = self
                .instance
                .get_typed_func::<(), ()>(&mut self.store, name);
            if let Ok(entry) = entry {
                self.entries.push((name.to_owned(), entry.clone()));
                return entry.call(&mut self.store, ()).map(|()| None);
            }
        }
        let function = self.instance.get_func(&mut self.store, name);
        let function = function.ok_or_else(|| Error::msg(format!("no function {name}")))?;
        let args: Vec<Val> = args.iter().copied().map(val).collect();
        let mut results = vec![Val::I32(0); function.ty(&self.store).results().len()];
        function.call(&mut self.store, &args, &mut results)?;
        Ok(results.first().map(value))
    }
}

impl Instance for Running {
    fn call(&mut self, name: &str, args: &[Value], limits: Limits, host: &mut dyn Host) -> Outcome {
        let gas = Val::I64(parts::signed(limits.gas));
        let height = Val::I32(i32::try_from(limits.height).unwrap_or(i32::MAX));
        let set = self.gas.set(&mut self.store, gas);
        let set = set.and_then(|()| self.height.set(&mut self.store, height));
        self.store.data_mut().left = None;
        let ended = set.and_then(|()| parts::with(host, || self.enter(name, args)));
        let (_, gas) = gas_of(&mut self.store, Some(self.gas));
        let height = match self.height.get(&mut self.store) {
            Val::I32(height) => height,
            _ => 0,
        };
        let ended = match ended {
            Ok(value) => CallEnd::Returned(value),
            Err(error) => CallEnd::of(self.store.data().left, trap(&error), height, || {
                format!("{error:?}")
            }),
        };
        Outcome::new(ended, gas, height)
    }

    fn memory(&self) -> &[u8] {
        let memory = self.store.data().memory;
        memory
            .as_ref()
            .map_or(&[], |memory| memory.data(&self.store))
    }

    fn globals(&mut self) -> Vec<Value> {
        let store = &mut self.store;
        let globals = self.own.iter();
        globals
            .map(|(global, _)| value(&global.get(&mut *store)))
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
            if global.ty(&self.store).mutability() == Mutability::Var
                && global.set(&mut self.store, *value).is_err()
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
