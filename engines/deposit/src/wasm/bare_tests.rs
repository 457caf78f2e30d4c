//! The executor alone: WebAssembly's own tests, and drawn programs whose results another
//! implementation gave.

use super::{known, linker::Handles, module::config, rewrite::rewrite, validate::Checked};
use crate::rules::Rules;
use pink_engine_sdk::types::Determinism;
use pink_executor_tests::{
    random,
    suite::{suite, Excuse, SpecVersion},
    Executor,
};
use wasmi::{Config, Extern, ExternType, Memory, Store};

/// That of 2.0.
struct V2_0;

impl Executor for V2_0 {
    type Data = Handles;

    /// With floats, as code may have them that queries reach by delegate call.
    fn config(&self) -> Config {
        let checked = Checked {
            determinism: Determinism::Relaxed,
            initial_pages: 1,
            maximum_pages: 2,
            largest_frame: 16,
            functions: 8,
            deprecated: false,
        };
        config(&Rules::V2_0, &checked)
    }

    fn rewrite(&self, code: &[u8]) -> Result<Vec<u8>, String> {
        let rewritten = rewrite(code).map_err(|error| error.to_string())?;
        Ok(rewritten.code)
    }

    fn import(
        &self,
        store: &mut Store<Handles>,
        module: &str,
        name: &str,
        _: &ExternType,
    ) -> Option<Extern> {
        let native = match module {
            known::MODULE => known::host_function(store, name, &Rules::V2_0.operators),
            _ => None,
        };
        native.map(Extern::Func)
    }

    fn memory(&self, store: &mut Store<Handles>, memory: Memory) {
        store.data_mut().memory = Some(memory);
    }
}

/// Nothing differs from the specification.
const EXCUSES: &[Excuse] = &[];

#[test]
fn webassemblys_own_tests() {
    let report = suite(&V2_0, SpecVersion::V1, |_| true, EXCUSES).expect("it can be read");
    assert_eq!(report.failed, Vec::<String>::new());
    println!("{report:#?}");
    assert_eq!(report.directives(), 0);
}

#[test]
fn drawn_programs_do_what_another_implementation_says() {
    let different = random::differences(&V2_0).expect("recorded");
    assert_eq!(different, Vec::<String>::new());
}
