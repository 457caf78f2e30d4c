//! The executors alone: WebAssembly's own tests, and drawn programs whose results another
//! implementation gave.

use crate::{code::instrument, rules::Rules, wasm};
use parity_wasm::elements;
use pink_executor_tests::{
    random,
    suite::{suite, Excuse, Report, SpecVersion},
    Executor,
};
use std::cell::Cell;
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
        wasm::config(self.rules)
    }

    fn rewrite(&self, code: &[u8]) -> Result<Vec<u8>, String> {
        let module: elements::Module = elements::deserialize_buffer(code)
            .map_err(|error: elements::Error| error.to_string())?;
        let schedule = &self.rules.schedule;
        let instrumented = instrument(code, module, schedule, self.rules).unwrap_or_else(|_| {
            self.bare.set(self.bare.get() + 1);
            code.to_vec()
        });
        let code = wasm::with_barriers(&instrumented).ok_or("it can't be decoded")?;
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

fn own_tests(rules: &'static Rules, excuses: &[Excuse]) -> (Report, u32) {
    let executor = Of::new(rules);
    let report = suite(&executor, SpecVersion::V1, |_| true, excuses).expect("it can be read");
    assert_eq!(report.failed, Vec::<String>::new());
    println!("{report:#?}");
    (report, executor.bare.get())
}

#[test]
fn webassemblys_own_tests_on_1_0() {
    let (report, bare) = own_tests(&Rules::V1_0, &[]);
    assert_eq!((report.directives(), bare), (0, 0));
}

#[test]
fn webassemblys_own_tests_on_1_1() {
    let (report, bare) = own_tests(&Rules::V1_1, &[]);
    assert_eq!((report.directives(), bare), (0, 0));
}

#[test]
fn drawn_programs_do_what_another_implementation_says() {
    for rules in [&Rules::V1_0, &Rules::V1_1] {
        let executor = Of::new(rules);
        let different = random::differences(&executor).expect("recorded");
        assert_eq!(different, Vec::<String>::new(), "{}", rules.version);
        assert_eq!(executor.bare.get(), 0);
    }
}
