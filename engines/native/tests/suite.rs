//! The tests that come with the specification of WebAssembly, metered, by both executors.
#![allow(missing_docs)]

#[path = "suite/compiled.rs"]
mod compiled;

use pink_engine_executor::{Reference, Settings};
use pink_engine_meter::{meter, Language, Limits, Rules, GAS, HEIGHT, MODULE, START};
use pink_executor_tests::{
    suite::{suite, Report, SpecVersion},
    Executor,
};
use wasmi::{Caller, Config, Extern, ExternType, Func, Instance, Store, Val};

/// Those of 2.1, for memories and functions as large as the specification's.
static RULES: Rules = Rules {
    limits: Limits {
        memory_pages: 65_536,
        locals: 2_048,
        ..Rules::V2_1.limits
    },
    ..Rules::V2_1
};

const SETTINGS: Settings = Settings {
    rules: &RULES,
    floats: true,
};

/// Gas that there is whenever there is none.
const GIVEN: i64 = 1 << 40;

fn metered(code: &[u8]) -> Result<Vec<u8>, String> {
    let language = Language {
        floats: true,
        bulk: false,
    };
    let made = meter(code, language, &RULES).map_err(|error| error.to_string())?;
    Ok(made.code)
}

struct Interpreted;

impl Executor for Interpreted {
    type Data = ();

    /// Without bulk operators: what the tests say of invalid modules is of a language without
    /// them, and here the interpreter is asked. In an engine the meter is.
    fn config(&self) -> Config {
        let mut config = Reference::new(SETTINGS).config();
        config.wasm_bulk_memory(false);
        config
    }

    fn rewrite(&self, code: &[u8]) -> Result<Vec<u8>, String> {
        metered(code)
    }

    fn start(&self) -> Option<&'static str> {
        Some(START)
    }

    fn import(
        &self,
        store: &mut Store<()>,
        module: &str,
        _: &str,
        _: &ExternType,
    ) -> Option<Extern> {
        let refill = |mut caller: Caller<'_, ()>| -> Result<(), wasmi::Error> {
            let gas = caller.get_export(GAS).and_then(Extern::into_global);
            let gas = gas.ok_or_else(|| wasmi::Error::new("it is exported"))?;
            let set = gas.set(&mut caller, Val::I64(GIVEN));
            set.map_err(|error| wasmi::Error::new(error.to_string()))
        };
        (module == MODULE).then(|| Func::wrap(store, refill).into())
    }

    fn begin(&self, store: &mut Store<()>, instance: &Instance) {
        if let Some(height) = instance.get_global(&*store, HEIGHT) {
            let limit = RULES.stack.limit as i32;
            height.set(store, Val::I32(limit)).expect("mutable");
        }
    }
}

fn skipped(report: &Report) -> u32 {
    report.skipped.values().sum()
}

/// As many as 2.0 runs, and nothing differs from the specification.
#[test]
fn webassemblys_own_tests_by_the_interpreter() {
    let report = suite(&Interpreted, SpecVersion::V1, |_| true, &[]).expect("it can be read");
    assert_eq!(report.failed, Vec::<String>::new());
    assert_eq!((report.directives(), skipped(&report)), (19_245, 430));
    let integers = |name: &str| ["i32", "i64"].contains(&name.trim_end_matches(".wast"));
    let report = suite(&Interpreted, SpecVersion::V2, integers, &[]).expect("it can be read");
    assert_eq!(report.failed, Vec::<String>::new());
    assert_eq!((report.directives(), skipped(&report)), (876, 4));
}

#[test]
fn webassemblys_own_tests_compiled() {
    let report = compiled::suite(SpecVersion::V1, |_| true);
    assert_eq!(report.failed, Vec::<String>::new());
    assert_eq!(
        (report.passed + report.skipped, report.skipped),
        (19_245, 430)
    );
    let integers = |name: &str| ["i32", "i64"].contains(&name.trim_end_matches(".wast"));
    let report = compiled::suite(SpecVersion::V2, integers);
    assert_eq!(report.failed, Vec::<String>::new());
    assert_eq!((report.passed + report.skipped, report.skipped), (876, 4));
}
