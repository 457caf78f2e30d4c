//! What the tests draw, and how they look at two executors at once.
#![allow(
    dead_code,
    missing_docs,
    missing_debug_implementations,
    unreachable_pub
)]

use pink_engine_executor::{
    CallEnd, Code, Context, Executor, Host, Instance, Limits, LoadError, Outcome, Reference,
    Settings, Stop, Value,
};
use pink_engine_meter::{meter, Language, Metered, Rules};
use pink_engine_native::Native;
use wasmparser::{CompositeInnerType, ExternalKind, FuncType, Parser, Payload, TypeRef, ValType};

pub static RULES: Rules = Rules::V2_1;

pub const SETTINGS: Settings = Settings {
    rules: &RULES,
    floats: false,
};

/// Everything that a version gives.
pub const ALL: Limits = Limits {
    gas: 100_000,
    height: RULES.stack.limit,
};

/// SplitMix64.
#[derive(Clone, Debug)]
pub struct Draw(pub u64);

impl Draw {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let word = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ (word >> 31)
    }

    pub fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    pub fn value(&mut self, ty: ValType) -> Value {
        let bits = match self.below(6) {
            0 => 0,
            1 => u64::MAX,
            2 => self.below(70_000),
            3 => 1 << self.below(64),
            _ => self.next(),
        };
        match ty {
            ValType::I64 => Value::I64(bits),
            _ => Value::I32(bits as u32),
        }
    }

    pub fn limits(&mut self) -> Limits {
        Limits {
            gas: match self.below(4) {
                0 => self.below(64),
                1 => self.below(1_000),
                2 => self.below(20_000),
                _ => 60_000,
            },
            height: match self.below(3) {
                0 => self.below(400) as u32,
                1 => self.below(5_000) as u32,
                _ => RULES.stack.limit,
            },
        }
    }
}

/// What drawn modules can import.
fn imports() -> Vec<u8> {
    wat::parse_str(
        r#"(module
            (import "env" "memory" (memory 1 3))
            (import "env" "a" (func))
            (import "env" "b" (func (param i32) (result i32)))
            (import "env" "c" (func (param i64 i32) (result i64)))
            (import "env" "d" (func (param i32 i32 i32))))"#,
    )
    .expect("a literal")
}

/// A module that nobody would write.
pub fn smith(seed: u64) -> Option<Vec<u8>> {
    let mut draw = Draw(seed);
    let bytes: Vec<u8> = (0..1_000 + draw.below(3_000))
        .map(|_| draw.next() as u8)
        .collect();
    let config = wasm_smith::Config {
        available_imports: Some(imports()),
        export_everything: true,
        allow_floats: false,
        bulk_memory_enabled: false,
        exceptions_enabled: false,
        gc_enabled: false,
        generate_custom_sections: false,
        max_data_segments: 3,
        max_element_segments: 3,
        max_imports: 6,
        max_instructions: 300,
        max_memories: 1,
        max_memory32_bytes: 4 * 65_536,
        max_tables: 1,
        max_table_elements: 32,
        max_tags: 0,
        memory64_enabled: false,
        memory_max_size_required: true,
        min_funcs: 2,
        max_funcs: 8,
        multi_value_enabled: false,
        reference_types_enabled: false,
        relaxed_simd_enabled: false,
        saturating_float_to_int_enabled: false,
        simd_enabled: false,
        tail_call_enabled: false,
        threads_enabled: false,
        wide_arithmetic_enabled: false,
        extended_const_enabled: false,
        custom_page_sizes_enabled: false,
        shared_everything_threads_enabled: false,
        compact_imports_enabled: false,
        custom_descriptors_enabled: false,
        ..wasm_smith::Config::default()
    };
    let mut unstructured = arbitrary::Unstructured::new(&bytes);
    wasm_smith::Module::new(config, &mut unstructured)
        .ok()
        .map(|module| module.to_bytes())
}

/// A host that does something with everything that it is given, the same to whoever calls it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stub {
    /// What was asked of it, mixed.
    pub seen: u64,
    /// Gas that it gives besides, in parts.
    pub more: u64,
    pub slice: u64,
}

impl Stub {
    pub fn new() -> Self {
        Self {
            seen: 7,
            more: 0,
            slice: 0,
        }
    }

    fn mix(&mut self, word: u64) {
        self.seen = Draw(self.seen ^ word).next();
    }
}

impl Host for Stub {
    fn call(
        &mut self,
        import: u32,
        args: &[Value],
        context: &mut Context<'_>,
    ) -> Result<Option<Value>, Stop> {
        self.mix(import.into());
        self.mix(context.gas);
        for arg in args {
            self.mix(match arg {
                Value::I32(value) | Value::F32(value) => u64::from(*value),
                Value::I64(value) | Value::F64(value) => *value,
            });
        }
        let len = context.memory.len() as u64;
        if let Some(at) = self.seen.checked_rem(len) {
            self.mix(context.memory[at as usize].into());
            context.memory[at as usize] = self.seen as u8;
        }
        context.gas = context.gas.saturating_sub(self.seen % 50);
        if self.seen.is_multiple_of(97) {
            return Err(Stop);
        }
        Ok(match import_result(args) {
            Some(ValType::I64) => Some(Value::I64(self.seen)),
            Some(_) => Some(Value::I32(self.seen as u32)),
            None => None,
        })
    }

    fn more_gas(&mut self, missing: u64) -> Option<u64> {
        let more = self.slice.max(missing).min(self.more);
        if more < missing {
            return None;
        }
        self.more -= more;
        Some(more)
    }
}

/// Of the functions of [`imports`], by what they are given.
fn import_result(args: &[Value]) -> Option<ValType> {
    match args {
        [_] => Some(ValType::I32),
        [_, _] => Some(ValType::I64),
        _ => None,
    }
}

/// The functions that a module exports, with their types.
pub fn functions(code: &[u8]) -> Vec<(String, FuncType)> {
    let (mut types, mut of, mut found) = (Vec::new(), Vec::new(), Vec::new());
    for payload in Parser::new(0).parse_all(code) {
        match payload.expect("valid code") {
            Payload::TypeSection(section) => {
                for group in section {
                    for ty in group.expect("valid").into_types() {
                        if let CompositeInnerType::Func(ty) = ty.composite_type.inner {
                            types.push(ty);
                        }
                    }
                }
            }
            Payload::ImportSection(section) => {
                for import in section {
                    if let TypeRef::Func(ty) = import.expect("valid").ty {
                        of.push(ty);
                    }
                }
            }
            Payload::FunctionSection(section) => of.extend(section.into_iter().flatten()),
            Payload::ExportSection(section) => {
                for export in section {
                    let export = export.expect("valid");
                    if export.kind == ExternalKind::Func {
                        let ty = types[of[export.index as usize] as usize].clone();
                        found.push((export.name.to_owned(), ty));
                    }
                }
            }
            _ => {}
        }
    }
    found
}

pub fn metered(code: &[u8]) -> Metered {
    meter(code, Language::default(), &RULES).expect("a contract's code")
}

pub fn hash(bytes: &[u8]) -> [u8; 32] {
    let mut digest = [0; 32];
    let hash = blake2b_simd::Params::new().hash_length(32).hash(bytes);
    digest.copy_from_slice(hash.as_bytes());
    digest
}

/// Both executors.
pub struct Both {
    pub reference: Reference,
    pub native: Native,
}

impl Both {
    pub fn new() -> Self {
        Self {
            reference: Reference::new(SETTINGS),
            native: Native::new(SETTINGS).expect("a known processor"),
        }
    }

    /// An instance by each, or the reason why neither makes one.
    pub fn load(&self, code: &Metered) -> Result<Pair, LoadError> {
        let codes: [Box<dyn Code>; 2] = [self.reference.load(code)?, self.native.load(code)?];
        match (codes[0].instance(), codes[1].instance()) {
            (Ok(one), Ok(other)) => Ok(Pair {
                instances: [one, other],
                codes,
            }),
            (Err(LoadError::Instance(one)), Err(LoadError::Instance(_))) => {
                Err(LoadError::Instance(one))
            }
            (one, other) => panic!("{:?} and {:?}", one.err(), other.err()),
        }
    }
}

/// The same instance twice.
pub struct Pair {
    pub instances: [Box<dyn Instance>; 2],
    pub codes: [Box<dyn Code>; 2],
}

impl Pair {
    /// The same call of both, which does the same.
    pub fn call(
        &mut self,
        name: &str,
        args: &[Value],
        limits: Limits,
        host: &Stub,
    ) -> (Outcome, Stub) {
        let [one, other] = &mut self.instances;
        let [one, other] = [one, other].map(|instance| {
            let mut host = host.clone();
            let outcome = instance.call(name, args, limits, &mut host);
            (outcome, host, hash(instance.memory()), instance.globals())
        });
        assert_eq!(one, other, "{name} {args:?} {limits:?}");
        assert!(!matches!(one.0.ended, CallEnd::Fault(_)), "{one:?}");
        (one.0, one.1)
    }

    /// Cleans both, if that can be; they are like new ones then.
    pub fn clean(&mut self) -> bool {
        let [one, other] = &mut self.instances;
        let cleaned = one.clean();
        assert_eq!(cleaned, other.clean());
        if cleaned {
            for (instance, code) in self.instances.iter_mut().zip(&self.codes) {
                let mut new = code.instance().expect("as before");
                assert!(instance.memory() == new.memory());
                assert_eq!(instance.globals(), new.globals());
            }
        }
        cleaned
    }
}
