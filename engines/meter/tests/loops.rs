//! Loops that are known do what they did: results, memory, and whether they trap.
#![allow(missing_docs)]

mod common;

use common::Run;
use pink_engine_meter::{meter, Language, Loop, Rules};
use proptest::prelude::*;
use wasm_encoder::{
    CodeSection, EntityType, ExportKind, ExportSection, FunctionSection, ImportSection, MemoryType,
    Module, TypeSection, ValType,
};
use wasmi::Val;

const PAGE: u32 = 65_536;

/// A module that exports a function with a loop's body, and these types.
fn module(body: &[u8], params: &[ValType], results: &[ValType]) -> Vec<u8> {
    let mut module = Module::new();
    let mut types = TypeSection::new();
    types
        .ty()
        .function(params.iter().copied(), results.iter().copied());
    module.section(&types);
    let mut imports = ImportSection::new();
    let memory = MemoryType {
        minimum: 1,
        maximum: Some(2),
        memory64: false,
        shared: false,
        page_size_log2: None,
    };
    imports.import("env", "memory", EntityType::Memory(memory));
    module.section(&imports);
    let mut functions = FunctionSection::new();
    functions.function(0);
    module.section(&functions);
    let mut exports = ExportSection::new();
    exports.export("f", ExportKind::Func, 0);
    module.section(&exports);
    let mut code = CodeSection::new();
    code.raw(body);
    module.section(&code);
    module.finish()
}

fn own(known: Loop) -> Vec<u8> {
    let results: &[ValType] = if known.has_result() {
        &[ValType::I32]
    } else {
        &[]
    };
    module(known.body(), &[ValType::I32; 3], results)
}

/// The body as it was, counting nothing.
fn original(code: &[u8]) -> Run {
    use wasm_encoder::{ConstExpr, GlobalSection, GlobalType, RawSection};
    // With globals under the names that are asked for.
    let mut module = Module::new();
    for payload in wasmparser::Parser::new(0).parse_all(code) {
        let payload = payload.expect("valid");
        if let wasmparser::Payload::ExportSection(_) = &payload {
            let mut globals = GlobalSection::new();
            let ty = |val_type| GlobalType {
                val_type,
                mutable: true,
                shared: false,
            };
            globals.global(ty(ValType::I64), &ConstExpr::i64_const(0));
            globals.global(ty(ValType::I32), &ConstExpr::i32_const(0));
            module.section(&globals);
            let mut exports = ExportSection::new();
            exports.export("f", ExportKind::Func, 0);
            exports.export("meter:gas", ExportKind::Global, 0);
            exports.export("meter:height", ExportKind::Global, 1);
            module.section(&exports);
        } else if let Some((id, range)) = payload.as_section() {
            let data = &code[range];
            module.section(&RawSection { id, data });
        }
    }
    Run::new(&module.finish())
}

fn fill(run: &mut Run, pattern: &[u8]) {
    let bytes = run.memory.data_mut(&mut run.store);
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = pattern[at % pattern.len()];
    }
}

fn compare(known: Loop, args: [u32; 3], pattern: &[u8]) -> Result<(), TestCaseError> {
    let code = own(known);
    let made = meter(&code, Language::default(), &Rules::V2_1).expect("valid");
    prop_assert_eq!(&made.loops, &[known]);
    let (mut new, mut old) = (Run::new(&made.code), original(&code));
    fill(&mut new, pattern);
    fill(&mut old, pattern);
    let args = args.map(|arg| Val::I32(arg as i32));
    let (ended, left, _) = new.call("f", &args, 1 << 40, 65_536);
    let (expected, ..) = old.call("f", &args, 1 << 40, 65_536);
    prop_assert_eq!(ended, expected, "{:?} {:?}", known, args);
    prop_assert!(left < 1 << 40);
    if ended.is_ok() {
        prop_assert!(new.memory.data(&new.store) == old.memory.data(&old.store));
    }
    Ok(())
}

/// Addresses and lengths, many of them near an edge.
fn number() -> impl Strategy<Value = u32> {
    prop_oneof![
        0..40u32,
        0..300u32,
        PAGE - 40..PAGE + 3,
        any::<u32>(),
        Just(u32::MAX),
    ]
}

fn known() -> impl Strategy<Value = Loop> {
    prop::sample::select(Loop::ALL.to_vec())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_known_loop_does_what_it_did(
        known in known(),
        args in [number(), number(), number()],
        pattern in prop::collection::vec(0..3u8, 1..40),
    ) {
        compare(known, args, &pattern)?;
    }

    /// Sides that are equal up to somewhere, or overlap.
    #[test]
    fn near_sides(
        known in known(),
        at in 0..200u32,
        distance in 0..40u32,
        before in any::<bool>(),
        len in 0..80u32,
        pattern in prop::collection::vec(0..2u8, 1..20),
    ) {
        let (one, other) = (at + 100, if before { at + 100 - distance } else { at + 100 + distance });
        compare(known, [one, other, len], &pattern)?;
    }

    /// The same bytes under another type mean something else, and stay what they are.
    #[test]
    fn another_type_isnt_known(
        known in known(),
        params in prop::collection::vec(prop::sample::select(vec![ValType::I32, ValType::I64]), 0..6),
        result in prop::option::of(prop::sample::select(vec![ValType::I32, ValType::I64])),
    ) {
        let results: Vec<_> = result.into_iter().collect();
        let code = module(known.body(), &params, &results);
        let own = params == [ValType::I32; 3]
            && results == vec![ValType::I32; usize::from(known.has_result())];
        if let Ok(made) = meter(&code, Language::default(), &Rules::V2_1) {
            prop_assert_eq!(made.loops.is_empty(), !own);
        } else {
            prop_assert!(!own);
        }
    }
}

/// What a bulk operator takes is in proportion to the bytes, far less than the loop's turns.
#[test]
fn bulk_operators_are_cheaper_by_the_byte() {
    let takes = |known: Loop, args: [i32; 3]| {
        let made = meter(&own(known), Language::default(), &Rules::V2_1).expect("valid");
        Run::new(&made.code).takes(&args)
    };
    // Apart: 5 + 3 and six operators; the arm: 3 + 2; a block 3, three gets, 20, and 1,600 / 16. The
    // result: 3 + 1.
    assert_eq!(
        takes(Loop::Copy, [0, 20_000, 1_600]),
        8 + 6 + 5 + 26 + 100 + 4
    );
    // A copy into what is read later goes byte by byte.
    assert!(takes(Loop::Copy, [20_001, 20_000, 1_600]) > 1_600 * 15);
    assert_eq!(takes(Loop::FillOnly, [0, 1, 1_600]), 8 + 2 + 26 + 100);
}
