//! Metered code, run by the interpreter.
#![allow(
    dead_code,
    missing_docs,
    unreachable_pub,
    missing_debug_implementations
)]

use pink_engine_meter::{meter, Language, Metered, Rules, GAS, HEIGHT};
use wasmi::{
    Caller, Config, Engine, Error, Extern, ExternType, Func, Instance, Memory, MemoryType, Module,
    Store, TrapCode, Val,
};

/// Both things that a contract may have besides.
pub const BOTH: Language = Language {
    floats: true,
    bulk: true,
};

pub fn metered(text: &str) -> Metered {
    let code = wat::parse_str(text).expect("a literal");
    meter(&code, BOTH, &Rules::V2_1).expect("valid")
}

/// An instance of metered code that has as much height as the version gives.
pub struct Run {
    pub store: Store<()>,
    pub instance: Instance,
    pub memory: Memory,
}

fn out_of_gas(_: Caller<'_, ()>) -> Result<(), Error> {
    Err(Error::i32_exit(1))
}

impl Run {
    pub fn new(code: &[u8]) -> Self {
        let mut config = Config::default();
        config.set_max_recursion_depth(100_000);
        config.set_max_stack_height(64 * 1024 * 1024);
        let engine = Engine::new(&config);
        let module = Module::new(&engine, code).expect("valid");
        let mut store = Store::new(&engine, ());
        let memory = Memory::new(&mut store, MemoryType::new(1, Some(2))).expect("small");
        let imports: Vec<Extern> = module
            .imports()
            .map(|import| match import.ty() {
                ExternType::Memory(_) => memory.into(),
                _ if import.module() == "meter" => Func::wrap(&mut store, out_of_gas).into(),
                ExternType::Func(ty) => Func::new(&mut store, ty.clone(), |_, _, _| Ok(())).into(),
                other => panic!("{other:?}"),
            })
            .collect();
        let instance = Instance::new(&mut store, &module, &imports).expect("fits");
        // The module's own, where the meter made it.
        let own = instance.get_memory(&store, "meter:memory");
        let memory = own.unwrap_or(memory);
        Self {
            store,
            instance,
            memory,
        }
    }

    /// Calls with this much gas. What it returned, or why it trapped (`None`: the host), and what is
    /// left of gas, and of height.
    pub fn call(
        &mut self,
        name: &str,
        args: &[Val],
        gas: i64,
        height: i32,
    ) -> (Result<Option<i64>, Option<TrapCode>>, i64, i32) {
        let counters = [(GAS, Val::I64(gas)), (HEIGHT, Val::I32(height))];
        for (name, value) in counters {
            let global = self.instance.get_global(&self.store, name);
            let global = global.expect("exported");
            global.set(&mut self.store, value).expect("mutable");
        }
        let function = self.instance.get_func(&self.store, name).expect("exported");
        let mut results = vec![Val::I32(0); function.ty(&self.store).results().len()];
        let ended = function.call(&mut self.store, args, &mut results);
        let ended = match ended {
            Ok(()) => Ok(results.first().map(|value| match value {
                Val::I32(value) => (*value).into(),
                Val::I64(value) => *value,
                other => panic!("{other:?}"),
            })),
            Err(error) => Err(error.as_trap_code()),
        };
        let left = |name| {
            let global = self.instance.get_global(&self.store, name);
            match global.expect("exported").get(&self.store) {
                Val::I64(left) => left,
                Val::I32(left) => left.into(),
                other => panic!("{other:?}"),
            }
        };
        (ended, left(GAS), left(HEIGHT) as i32)
    }

    /// The gas that a call takes which ends well or traps.
    pub fn takes(&mut self, args: &[i32]) -> i64 {
        let args: Vec<Val> = args.iter().map(|arg| Val::I32(*arg)).collect();
        let (ended, left, _) = self.call("f", &args, 1 << 40, 65_536);
        assert_ne!(ended.err(), Some(None), "out of gas");
        (1 << 40) - left
    }
}
