//! Drawn programs on every engine's executor and on `wasmtime`, for as long as one likes: results,
//! traps and memory are the same.
//!
//! `cargo fuzz run executors` in `engines/oracle`. What it is given are seeds.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pink_executor_tests::{programs, random, Executor};
use wasmi::{Config, Extern, ExternType, Func, Store, Val};

/// An engine's executor, by what the engine shows of it.
struct Of {
    config: fn() -> Config,
    rewrite: fn(&[u8]) -> Result<Vec<u8>, String>,
}

impl Executor for Of {
    type Data = ();

    fn config(&self) -> Config {
        (self.config)()
    }

    fn rewrite(&self, code: &[u8]) -> Result<Vec<u8>, String> {
        (self.rewrite)(code)
    }

    /// Gas without a bound.
    fn import(&self, store: &mut Store<()>, _: &str, _: &str, ty: &ExternType) -> Option<Extern> {
        let ty = ty.func()?.clone();
        let gas = |_: wasmi::Caller<'_, ()>, _: &[Val], _: &mut [Val]| Ok(());
        Some(Extern::Func(Func::new(store, ty, gas)))
    }
}

const ALL: [Of; 3] = [
    Of {
        config: pink_engine_rent::bare::config::<pink_engine_rent::V1_0>,
        rewrite: pink_engine_rent::bare::rewrite::<pink_engine_rent::V1_0>,
    },
    Of {
        config: pink_engine_rent::bare::config::<pink_engine_rent::V1_1>,
        rewrite: pink_engine_rent::bare::rewrite::<pink_engine_rent::V1_1>,
    },
    Of {
        config: pink_engine_deposit::bare::config,
        rewrite: pink_engine_deposit::bare::rewrite,
    },
];

fuzz_target!(|seed: u64| {
    let program = programs::program(seed);
    let expected = pink_oracle::run(&program).expect("it is valid");
    for executor in &ALL {
        assert_eq!(
            random::run(executor, &program).expect("it is valid"),
            expected,
            "{seed}"
        );
    }
});
