//! The executors alone: WebAssembly's own tests, and drawn programs whose results another
//! implementation gave.

use crate::{code::instrument, versions::Rules, vm};
use parity_wasm::elements;
use pink_executor_tests::{
    random,
    suite::{suite, Excuse, SpecVersion},
    Executor,
};
use std::{cell::Cell, collections::BTreeMap};
use wasmi::{Config, Extern, ExternType, Func, Store, Val, ValType};

/// That of one version.
struct Of {
    rules: &'static Rules,
    /// Modules that weren't instrumented: floats have no price, and contracts have none.
    bare: Cell<u32>,
}

impl Of {
    fn new(rules: &'static Rules) -> Self {
        Self {
            rules,
            bare: Cell::new(0),
        }
    }
}

impl Executor for Of {
    type Data = ();

    fn config(&self) -> Config {
        vm::config(self.rules)
    }

    fn rewrite(&self, code: &[u8]) -> Result<Vec<u8>, String> {
        let module: elements::Module = elements::deserialize_buffer(code)
            .map_err(|error: elements::Error| error.to_string())?;
        let schedule = &self.rules.schedule;
        let instrumented = instrument(code, module, schedule, self.rules).unwrap_or_else(|_| {
            self.bare.set(self.bare.get() + 1);
            code.to_vec()
        });
        let code = vm::with_barriers(&instrumented).ok_or("it can't be decoded")?;
        Ok(code.into_owned())
    }

    /// Gas without a bound.
    fn import(
        &self,
        store: &mut Store<()>,
        module: &str,
        name: &str,
        ty: &ExternType,
    ) -> Option<Extern> {
        match (module, name, ty) {
            ("seal0", "gas", ExternType::Func(ty)) => {
                assert!(matches!(ty.params(), [ValType::I32 | ValType::I64]));
                let gas = |_: wasmi::Caller<'_, ()>, _: &[Val], _: &mut [Val]| Ok(());
                Some(Extern::Func(Func::new(store, ty.clone(), gas)))
            }
            _ => None,
        }
    }
}

/// Contracts neither import nor export globals that can be set: these versions haven't got them.
const GLOBALS: &str = "the version has no mutable globals that others see";
/// Nor do they import others, which the stack counters count as if they were the module's.
const COUNTER: &str = "the stack counter is a global, and imported ones aren't expected before it";

const fn excuse(file: &'static str, lines: &'static [usize], reason: &'static str) -> Excuse {
    Excuse {
        file,
        lines,
        reason,
    }
}

const EXCUSES: &[Excuse] = &[
    excuse("globals.wast", &[248, 249], GLOBALS),
    excuse("linking.wast", &[39, 50, 90], GLOBALS),
    excuse("imports.wast", &[208], COUNTER),
    // The older counter copes with these.
    excuse("elem.wast", &[53, 60], COUNTER),
];

/// Directives, those that there was nothing to run of, excused ones, and modules that weren't
/// instrumented.
fn own_tests(rules: &'static Rules, excuses: &[Excuse]) -> (u32, u32, u32, u32) {
    let executor = Of::new(rules);
    let report = suite(&executor, SpecVersion::V1, |_| true, excuses).expect("it can be read");
    assert_eq!(report.failed, Vec::<String>::new());
    let sum = |of: &BTreeMap<&str, u32>| of.values().sum();
    (
        report.directives(),
        sum(&report.skipped),
        sum(&report.excused),
        executor.bare.get(),
    )
}

#[test]
fn webassemblys_own_tests_on_1_0() {
    let (_, needed) = EXCUSES.split_last().expect("there are some");
    let came = own_tests(&Rules::V1_0, needed);
    assert_eq!(came, (19_245, 450, 6, 477));
}

#[test]
fn webassemblys_own_tests_on_1_1() {
    let came = own_tests(&Rules::V1_1, EXCUSES);
    assert_eq!(came, (19_245, 450, 8, 476));
}

#[test]
fn drawn_programs_do_what_another_implementation_says() {
    for rules in Rules::ALL {
        let executor = Of::new(rules);
        let different = random::differences(&executor).expect("recorded");
        assert_eq!(different, Vec::<String>::new(), "{}", rules.version);
        assert_eq!(executor.bare.get(), 0);
    }
}

/// A program whose traps add up to more than the stack counter of 1.1 allows: what `wasmtime` and the
/// other executors say of it is what this one says with room for them.
#[test]
fn traps_dont_add_up_to_another_one() {
    struct Bare;

    impl Executor for Bare {
        type Data = ();

        fn config(&self) -> Config {
            crate::bare::config::<crate::V1_1>()
        }

        fn rewrite(&self, code: &[u8]) -> Result<Vec<u8>, String> {
            crate::bare::rewrite::<crate::V1_1>(code)
        }

        fn import(
            &self,
            store: &mut Store<()>,
            module: &str,
            name: &str,
            ty: &ExternType,
        ) -> Option<Extern> {
            Of::new(&Rules::V1_1).import(store, module, name, ty)
        }
    }

    let program = pink_executor_tests::programs::program(144_044_816_262_115_073);
    let done = random::run(&Bare, &program).expect("valid");
    assert_eq!(done.memory, 0x25a4_cc97_2d5e_7eee_u64.to_le_bytes());
}
