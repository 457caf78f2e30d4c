//! Code that means harm.
#![allow(missing_docs)]
// No part of an engine: it may ask the machine.
#![allow(clippy::disallowed_methods)]

mod common;
#[path = "common/shapes.rs"]
mod shapes;

use common::{metered, Both, Stub, ALL, RULES, SETTINGS};
use pink_engine_executor::{
    CallEnd, Context, Executor, Host, Limits, Reference, Settings, Stop, Trap, Value,
};
use pink_engine_meter::{meter, Class, Language};
use pink_engine_native::Native;
use std::{collections::BTreeMap, thread};

/// Notes where the stack is.
struct Probe {
    first: usize,
    last: usize,
    depth: usize,
}

impl Host for Probe {
    fn call(&mut self, _: u32, _: &[Value], _: &mut Context<'_>) -> Result<Option<Value>, Stop> {
        let here = 0u8;
        self.last = std::ptr::from_ref(&here) as usize;
        if self.first == 0 {
            self.first = self.last;
        }
        self.depth += 1;
        Ok(None)
    }

    fn more_gas(&mut self, _: u64) -> Option<u64> {
        None
    }
}

/// Bytes of stack that the test's host and the executor itself may take besides.
const AROUND: usize = 256 * 1024;

/// The deepest recursion, with the largest frames, on a stack of just the bytes that are stated. Each
/// frame is no larger than what is counted for it.
#[test]
fn the_deepest_recursion_fits_into_the_stated_stack() {
    let stack = Native::stack_bytes(&RULES) + AROUND;
    let run = move || {
        let both = Both::new();
        for (name, code) in shapes::all() {
            let metered = metered(&code);
            let pair = both.load(&metered).expect("valid");
            let mut ends = Vec::new();
            for (number, mut instance) in pair.instances.into_iter().enumerate() {
                let mut probe = Probe {
                    first: 0,
                    last: 0,
                    depth: 0,
                };
                let limits = Limits {
                    gas: 1 << 40,
                    ..ALL
                };
                let outcome = instance.call("f", &[], limits, &mut probe);
                assert_eq!(outcome.ended, CallEnd::Trapped(Trap::Height), "{name}");
                assert!(probe.depth > 1, "{name}");
                if number == 1 {
                    let bytes = (probe.first - probe.last) / (probe.depth - 1);
                    let units = RULES.stack.limit as usize / probe.depth;
                    println!(
                        "{name}: {:?}, depth {}, {bytes} bytes a frame for {units} units",
                        metered.class, probe.depth
                    );
                    if metered.class == Class::Compiled {
                        assert!(bytes <= 8 * units, "{name}");
                    }
                }
                ends.push((outcome, probe.depth));
            }
            assert_eq!(ends[0], ends[1], "{name}");
        }
    };
    let thread = thread::Builder::new().stack_size(stack).spawn(run);
    thread
        .expect("a thread")
        .join()
        .expect("it did all of them");
}

/// Each kind of end, again and again on four threads at once.
#[test]
fn every_kind_of_trap_on_four_threads_at_once() {
    let settings = Settings {
        floats: true,
        ..SETTINGS
    };
    let language = Language {
        floats: true,
        bulk: true,
    };
    let text = r#"(module (import "env" "memory" (memory 1 2)) (import "env" "d" (func $stop (param i32 i32 i32)))
        (table 3 funcref) (elem (i32.const 0) $rec) (global $g (mut i32) (i32.const 0))
        (type $empty (func)) (type $wide (func (param i64)))
        (func $rec (export "height") (call $rec))
        (func (export "unreachable") unreachable)
        (func (export "load") (drop (i32.load (i32.const 65533))))
        (func (export "store") (i64.store (i32.const -1) (i64.const 1)))
        (func (export "copy") (memory.copy (i32.const 0) (i32.const 1) (i32.const 65536)))
        (func (export "fill") (memory.fill (i32.const 65536) (i32.const 1) (i32.const 1)))
        (func (export "table") (call_indirect (type $empty) (i32.const 3)))
        (func (export "null") (call_indirect (type $empty) (i32.const 1)))
        (func (export "signature") (call_indirect (type $wide) (i64.const 1) (i32.const 0)))
        (func (export "division") (drop (i32.rem_u (i32.const 1) (global.get $g))))
        (func (export "overflow") (drop (i64.div_s (i64.const 0x8000000000000000) (i64.const -1))))
        (func (export "large") (drop (i32.trunc_f64_s (f64.const 1e30))))
        (func (export "conversion") (drop (i64.trunc_f32_u (f32.const nan))))
        (func (export "gas") (loop (br 0)))
        (func (export "stopped") (loop (call $stop (global.get $g) (i32.const 2) (i32.const 3))
            (global.set $g (i32.add (global.get $g) (i32.const 1))) (br 0))))"#;
    let code = meter(&wat::parse_str(text).expect("a literal"), language, &RULES).expect("valid");
    let expected = BTreeMap::from([
        ("height", CallEnd::Trapped(Trap::Height)),
        ("unreachable", CallEnd::Trapped(Trap::Unreachable)),
        ("load", CallEnd::Trapped(Trap::Memory)),
        ("store", CallEnd::Trapped(Trap::Memory)),
        ("copy", CallEnd::Trapped(Trap::Memory)),
        ("fill", CallEnd::Trapped(Trap::Memory)),
        ("table", CallEnd::Trapped(Trap::Table)),
        ("null", CallEnd::Trapped(Trap::Null)),
        ("signature", CallEnd::Trapped(Trap::Signature)),
        ("division", CallEnd::Trapped(Trap::Division)),
        ("overflow", CallEnd::Trapped(Trap::Overflow)),
        ("large", CallEnd::Trapped(Trap::Overflow)),
        ("conversion", CallEnd::Trapped(Trap::Conversion)),
        ("gas", CallEnd::OutOfGas),
        ("stopped", CallEnd::Stopped),
    ]);
    let native = Native::new(settings).expect("a known processor");
    let executors: [Box<dyn Executor>; 2] = [Box::new(Reference::new(settings)), Box::new(native)];
    // The gas is for a part of the stack.
    let limits = Limits {
        height: RULES.stack.limit / 4,
        ..ALL
    };
    for executor in executors {
        let code = executor.load(&code).expect("valid");
        thread::scope(|scope| {
            for _ in 0..4 {
                let build = thread::Builder::new().stack_size(4 * 1024 * 1024);
                let run = || {
                    let mut instance = code.instance().expect("fits");
                    for turn in 0..200 {
                        for (name, ended) in &expected {
                            let outcome = instance.call(name, &[], limits, &mut Stub::new());
                            assert_eq!(outcome.ended, *ended, "{name}");
                            // Now and then it is another instance.
                            if turn % 50 == 49 {
                                instance = code.instance().expect("fits");
                            } else {
                                assert!(instance.clean());
                            }
                        }
                    }
                };
                build.spawn_scoped(scope, run).expect("a thread");
            }
        });
    }
}

/// Growing as far as the version lets, and no further; what there is then can be used, and what isn't
/// there can't. An instance that has grown isn't used again.
#[test]
fn growth_is_refused_at_the_same_page_in_both() {
    let both = Both::new();
    for (declared, most) in [("1 64", 64), ("1 5", 5), ("1", 64), ("0 1", 1)] {
        let text = format!(
            r#"(module (import "env" "memory" (memory {declared}))
                (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
                (func (export "touch") (param i32) (i32.store8 (local.get 0) (i32.const 1))))"#
        );
        let code = wat::parse_str(text).expect("a literal");
        let mut pair = both.load(&metered(&code)).expect("fits");
        let limits = Limits {
            gas: 1 << 40,
            ..ALL
        };
        let mut pages = u32::from(!declared.starts_with('0'));
        for more in [0, 1, 3, 64, 100, u32::MAX, 59, 1] {
            let (outcome, _) = pair.call("grow", &[Value::I32(more)], limits, &Stub::new());
            let fits = pages.checked_add(more).is_some_and(|pages| pages <= most);
            let result = if fits { pages } else { u32::MAX };
            assert_eq!(
                outcome.ended,
                CallEnd::Returned(Some(Value::I32(result))),
                "{declared} {more}"
            );
            pages = if fits { pages + more } else { pages };
            let end = pages * 65_536;
            let (beyond, _) = pair.call("touch", &[Value::I32(end)], limits, &Stub::new());
            assert_eq!(beyond.ended, CallEnd::Trapped(Trap::Memory));
            if end > 0 {
                let (inside, _) = pair.call("touch", &[Value::I32(end - 1)], limits, &Stub::new());
                assert_eq!(inside.ended, CallEnd::Returned(None));
            }
        }
        assert!(!pair.clean());
    }
}
