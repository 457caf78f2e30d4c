//! The executor alone: WebAssembly's own tests, and drawn programs whose results another
//! implementation gave.

use super::rewrite::rewrite;
use crate::{
    versions::Rules,
    vm::{config, intrinsics, Handles, Shape, START},
};
use pink_engine_sdk::types::Determinism;
use pink_executor_tests::{
    random,
    suite::{suite, Report, SpecVersion},
    Executor,
};
use wasmi::{Config, Extern, ExternType, Memory, Store};

/// That of 2.0.
struct V2_0;

impl Executor for V2_0 {
    type Data = Handles;

    /// With floats, as code may have them that queries reach by delegate call.
    fn config(&self) -> Config {
        let shape = Shape {
            determinism: Determinism::Relaxed,
            initial_pages: 1,
            maximum_pages: 2,
            largest_frame: 16,
        };
        config(&Rules::V2_0, &shape)
    }

    fn rewrite(&self, code: &[u8]) -> Result<Vec<u8>, String> {
        let rewritten = rewrite(code).map_err(|error| error.to_string())?;
        Ok(rewritten.code)
    }

    fn start(&self) -> Option<&'static str> {
        Some(START)
    }

    fn import(
        &self,
        store: &mut Store<Handles>,
        module: &str,
        name: &str,
        _: &ExternType,
    ) -> Option<Extern> {
        let native = match module {
            intrinsics::MODULE => intrinsics::host_function(store, name, &Rules::V2_0.operators),
            _ => None,
        };
        native.map(Extern::Func)
    }

    fn memory(&self, store: &mut Store<Handles>, memory: Memory) {
        store.data_mut().memory = Some(memory);
    }
}

/// The interpreter without what it is given besides.
struct Bare;

impl Executor for Bare {
    type Data = Handles;

    fn config(&self) -> Config {
        V2_0.config()
    }

    fn rewrite(&self, code: &[u8]) -> Result<Vec<u8>, String> {
        Ok(code.to_vec())
    }

    fn import(&self, _: &mut Store<Handles>, _: &str, _: &str, _: &ExternType) -> Option<Extern> {
        None
    }
}

/// Nothing differs from the specification: there is no excuse. What is skipped are texts.
#[test]
fn webassemblys_own_tests() {
    let report = suite(&V2_0, SpecVersion::V1, |_| true, &[]).expect("it can be read");
    assert_eq!(report.failed, Vec::<String>::new());
    assert_eq!((report.directives(), skipped(&report)), (19_245, 430));
    // What 2.0 has besides the first version of WebAssembly.
    let integers = |name: &str| ["i32", "i64"].contains(&name.trim_end_matches(".wast"));
    let report = suite(&V2_0, SpecVersion::V2, integers, &[]).expect("it can be read");
    assert_eq!(report.failed, Vec::<String>::new());
    assert_eq!((report.directives(), skipped(&report)), (876, 4));
}

fn skipped(report: &Report) -> u32 {
    report.skipped.values().sum()
}

#[test]
fn drawn_programs_do_what_another_implementation_says() {
    let different = random::differences(&V2_0).expect("recorded");
    assert_eq!(different, Vec::<String>::new());
}

/// The fault is there, and many of the programs show it: they aren't too tame.
#[test]
fn drawn_programs_need_barriers() {
    let different = random::differences(&Bare).expect("recorded");
    assert!(different.len() >= 100, "{}", different.len());
}

/// The smallest modules that show it, by each of the ways that a compare comes to a `select`. What
/// keeps contracts from it costs no fuel.
#[test]
fn every_way_to_a_select_has_a_barrier() {
    use pink_executor_tests::{
        programs::{Call, Program, Value},
        recorded::CallEnd,
    };
    let ways = [
        ("(i32.eqz (local.get 0))", 0),
        ("(i32.eq (local.get 0) (i32.const 0))", 0),
        ("(i32.eq (i32.const 0) (local.get 0))", 0),
        ("(i32.ne (local.get 0) (i32.const 0))", 1),
        ("(i32.eqz (i32.eqz (local.get 0)))", 1),
        ("(i32.eqz (i32.ne (local.get 0) (i32.const 0)))", 0),
        ("(i32.shl (i32.eqz (local.get 0)) (i32.const 0))", 0),
        ("(i64.eqz (i64.extend_i32_u (i32.eqz (local.get 0))))", 1),
        ("(loop (result i32) (i32.eqz (local.get 0)))", 0),
        ("(i32.eqz (call $same (local.get 0)))", 0),
    ];
    let mut shown = 0;
    for (condition, when) in ways {
        let code = wat::parse_str(format!(
            r#"(module (import "env" "memory" (memory 1 2))
                (func $same (param i32) (result i32) (local.get 0))
                (func (export "f") (param i32) (result i32)
                    (select (i32.const 1) (i32.const 2) {condition})))"#
        ))
        .expect("a literal");
        let calls = [0, 1, 7, u32::MAX].map(|arg| Call {
            name: "f".into(),
            args: vec![Value::I32(arg)],
        });
        let program = Program {
            code,
            calls: calls.into(),
        };
        let expected = [0, 1, 7, u32::MAX].map(|arg| {
            let holds = u32::from(arg != 0) == when;
            CallEnd::Value(Value::I32(if holds { 1 } else { 2 }))
        });
        let (done, fuel) = random::run_metered(&V2_0, &program).expect("valid");
        assert_eq!(done.ended, expected, "{condition}");
        let (bare, bare_fuel) = random::run_metered(&Bare, &program).expect("valid");
        shown += u32::from(bare.ended != expected);
        assert!(fuel > 0);
        assert_eq!(fuel, bare_fuel, "{condition}");
    }
    // All but the shift.
    assert_eq!(shown, 9);
}
