//! Native loops against the interpreter: results, traps, memory, and what is left of the fuel.

use super::{
    intrinsics::{Form, ALL},
    rewrite::rewrite,
};
use crate::{
    ext::stub::Stub,
    versions::Rules,
    vm::{
        config,
        intrinsics::{host_function, MODULE},
        with_runtime, Handles, Shape, START,
    },
};
use pink_engine_sdk::types::Determinism;
use proptest::prelude::*;
use wasmi::{Engine, Extern, Instance, Memory, MemoryType, Module, Store, TrapCode, Val};

/// Bytes of the memory.
const PAGE: u32 = 65_536;

/// The type of a form.
fn own_type(form: &Form) -> (Vec<wasm_encoder::ValType>, Vec<wasm_encoder::ValType>) {
    let result = usize::from(form.intrinsic.has_result());
    let narrow = wasm_encoder::ValType::I32;
    (vec![narrow; 3], vec![narrow; result])
}

/// A module whose `call` calls a function with this body and the form's type.
fn module(form: &Form) -> Vec<u8> {
    let (params, results) = own_type(form);
    typed(form, &params, &results)
}

/// A module whose `call` calls a function with this body and these parameters: its own three,
/// as often as it takes, widened or narrowed.
fn typed(
    form: &Form,
    params: &[wasm_encoder::ValType],
    results: &[wasm_encoder::ValType],
) -> Vec<u8> {
    use wasm_encoder::*;
    let mut module = Module::new();
    let mut types = TypeSection::new();
    types.ty().function([ValType::I32; 3], [ValType::I32]);
    types
        .ty()
        .function(params.iter().copied(), results.iter().copied());
    module.section(&types);
    let mut imports = ImportSection::new();
    let memory = wasm_encoder::MemoryType {
        minimum: 1,
        maximum: Some(1),
        memory64: false,
        shared: false,
        page_size_log2: None,
    };
    imports.import("env", "memory", EntityType::Memory(memory));
    module.section(&imports);
    let mut functions = FunctionSection::new();
    functions.function(0);
    functions.function(1);
    module.section(&functions);
    let mut exports = ExportSection::new();
    exports.export("call", ExportKind::Func, 0);
    exports.export("deploy", ExportKind::Func, 0);
    module.section(&exports);
    let mut code = CodeSection::new();
    let mut entry = Function::new([]);
    for (number, ty) in params.iter().enumerate() {
        entry.instruction(&Instruction::LocalGet(number as u32 % 3));
        if *ty == ValType::I64 {
            entry.instruction(&Instruction::I64ExtendI32U);
        }
    }
    entry.instruction(&Instruction::Call(1));
    match results {
        [] => entry.instruction(&Instruction::I32Const(7)),
        [ValType::I64] => entry.instruction(&Instruction::I32WrapI64),
        _ => &mut entry,
    };
    entry.instruction(&Instruction::End);
    code.function(&entry);
    code.raw(form.body);
    module.section(&code);
    module.finish()
}

/// What can be seen of a run.
#[derive(Debug, PartialEq)]
struct Seen {
    result: Result<i32, Option<TrapCode>>,
    /// Not if it ran out: then everything is taken.
    fuel: Option<u64>,
    /// A hash of it.
    memory: Option<[u8; 32]>,
}

fn run(code: &[u8], args: [u32; 3], given: u64, sliced: bool, fill: &[u8]) -> Seen {
    let rules = &Rules::V2_0;
    let shape = Shape {
        determinism: Determinism::Enforced,
        initial_pages: 1,
        maximum_pages: 1,
        largest_frame: 5,
    };
    let engine = Engine::new(&config(rules, &shape));
    let module = Module::new(&engine, code).expect("valid code");
    let mut store = Store::new(&engine, Handles::default());
    let memory = Memory::new(&mut store, MemoryType::new(1, Some(1))).expect("a page");
    store.data_mut().memory = Some(memory);
    for (at, byte) in memory.data_mut(&mut store).iter_mut().enumerate() {
        *byte = fill[at % fill.len()];
    }
    let imports: Vec<Extern> = module
        .imports()
        .map(|import| match import.module() {
            MODULE => host_function(&mut store, import.name(), &rules.operators).map(Extern::Func),
            _ => Some(Extern::Memory(memory)),
        })
        .collect::<Option<_>>()
        .expect("known");
    let (now, later) = if sliced {
        (given.min(500), given.saturating_sub(500))
    } else {
        (given, 0)
    };
    store.set_fuel(now).expect("metered");
    let mut results = [Val::I32(0)];
    let args = args.map(|arg| Val::I32(arg as i32));
    // A start function takes its part.
    let instance = Instance::new(&mut store, &module, &imports);
    let (ended, never_asked_for) = with_runtime(&mut Stub, later, 1_000, || {
        let instance = instance?;
        let call = instance.get_func(&store, "call").expect("exported");
        // Of the original the interpreter has run it.
        if let Some(start) = instance.get_func(&store, START) {
            start.call(&mut store, &[], &mut [])?;
        }
        call.call(&mut store, &args, &mut results)
    });
    let fuel = store.get_fuel().expect("metered") + never_asked_for;
    let result = match (ended, &results[0]) {
        (Ok(()), Val::I32(value)) => Ok(*value),
        (Ok(()), other) => panic!("{other:?}"),
        (Err(error), _) => Err(error.as_trap_code()),
    };
    Seen {
        fuel: (result != Err(Some(TrapCode::OutOfFuel))).then_some(fuel),
        memory: result
            .is_ok()
            .then(|| crate::hash::blake2_256(memory.data(&store))),
        result,
    }
}

/// Addresses and lengths, many of them near an edge.
fn number() -> impl Strategy<Value = u32> {
    prop_oneof![
        0..300u32,
        PAGE - 300..PAGE + 3,
        any::<u32>(),
        Just(u32::MAX),
    ]
}

fn drawn_type() -> impl Strategy<Value = wasm_encoder::ValType> {
    use wasm_encoder::ValType;
    prop_oneof![4 => Just(ValType::I32), 1 => Just(ValType::I64)]
}

/// What is valid is found if it has the form's type, and does what the interpreter does.
fn compare_types(
    form: &Form,
    params: &[wasm_encoder::ValType],
    results: &[wasm_encoder::ValType],
    args: [u32; 3],
    fuel: u64,
) -> Result<(), TestCaseError> {
    let original = typed(form, params, results);
    if wasmparser::validate(&original).is_err() {
        return Ok(());
    }
    let own = (params.to_vec(), results.to_vec()) == own_type(form);
    let rewritten = rewrite(&original).expect("valid code").code;
    let module = Module::new(&Engine::default(), &rewritten).expect("valid code");
    let found = module.imports().any(|import| import.module() == MODULE);
    prop_assert_eq!(found, own, "{:?} {:?}", params, results);
    let way = if own {
        u64::from(Rules::V2_0.operators.native_loop)
    } else {
        0
    };
    let native = run(&rewritten, args, fuel + way, false, &[1, 2, 0]);
    prop_assert_eq!(native, run(&original, args, fuel, false, &[1, 2, 0]));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_native_loop_is_the_interpreters(
        which in 0..ALL.len(),
        (to, from) in (number(), number()),
        len in prop_oneof![0..40u32, number()],
        fuel in prop_oneof![0..1_200u64, Just(10_000_000)],
        sliced in any::<bool>(),
        fill in proptest::collection::vec(0..3u8, 1..9),
    ) {
        let args = [to, from, len];
        let original = module(&ALL[which]);
        let rewritten = rewrite(&original).expect("valid code").code;
        // The way out is paid for besides.
        let way = u64::from(Rules::V2_0.operators.native_loop);
        let native = run(&rewritten, args, fuel + way, sliced, &fill);
        // The interpreter has its fuel at once: the slices must make no difference.
        prop_assert_eq!(native, run(&original, args, fuel, false, &fill));
    }

    /// The same bytes are valid with other types, and mean something else: then the interpreter
    /// runs them.
    #[test]
    fn a_form_has_one_type(
        which in 0..ALL.len(),
        params in proptest::collection::vec(drawn_type(), 0..7),
        results in proptest::collection::vec(drawn_type(), 0..2),
        (to, from) in (number(), number()),
        len in prop_oneof![0..40u32, number()],
        fuel in 0..1_200u64,
    ) {
        let form = &ALL[which];
        // One in a few is of the form's type but for what was added to it.
        for (params, results) in [
            (params.clone(), results.clone()),
            (params, own_type(form).1),
            (own_type(form).0, results),
        ] {
            compare_types(form, &params, &results, [to, from, len], fuel)?;
        }
        let mut params = own_type(form).0;
        params.extend([wasm_encoder::ValType::I32; 3]);
        for count in 3..=6 {
            compare_types(form, &params[..count], &own_type(form).1, [to, from, len], fuel)?;
        }
    }
}

#[test]
fn every_form_is_found_and_replaced() {
    for form in ALL {
        let original = module(form);
        let rewritten = rewrite(&original).expect("valid code");
        let engine = Engine::default();
        let module = Module::new(&engine, &rewritten.code).expect("valid code");
        let names: Vec<_> = module
            .imports()
            .map(|import| import.name().to_owned())
            .collect();
        assert_eq!(names, [form.intrinsic.name(), "memory"]);
    }
}

/// The forms are those that contracts have.
#[test]
fn contracts_have_them() {
    let contracts: [(&[u8], &[&str]); 4] = [
        (
            include_bytes!("../../../../contracts/artifacts/token.wasm"),
            &["copy"],
        ),
        (
            include_bytes!("../../../../contracts/artifacts/outside.wasm"),
            &["copy"],
        ),
        (
            include_bytes!("../../../../contracts/artifacts/bench.wasm"),
            &["copy_only", "fill"],
        ),
        (
            include_bytes!("../../../../contracts/artifacts/system.wasm"),
            &["compare", "copy"],
        ),
    ];
    for (code, expected) in contracts {
        let rewritten = rewrite(code).expect("valid code");
        let module = Module::new(&Engine::default(), &rewritten.code).expect("valid code");
        let mut found: Vec<_> = module
            .imports()
            .filter(|import| import.module() == MODULE)
            .map(|import| import.name().to_owned())
            .collect();
        found.sort_unstable();
        assert_eq!(found, expected);
    }
}

#[path = "../../tests/common/adversaries.rs"]
mod adversaries;

/// Those who look for the longest time per fuel do it through native loops as well.
#[test]
fn adversaries_have_native_loops() {
    let all = adversaries::adversaries();
    let native = all.iter().filter(|(name, _, _)| name.starts_with("native"));
    for (name, definitions, body) in native.clone() {
        let code = wat::parse_str(adversaries::module(definitions, body)).expect("a literal");
        let rewritten = rewrite(&code).expect("valid code");
        let module = Module::new(&Engine::default(), &rewritten.code).expect("valid code");
        let known = module.imports().filter(|import| import.module() == MODULE);
        assert_eq!(known.count(), 3, "{name}");
    }
    assert_eq!(native.count(), 21);
}

/// Everything that names a function by its number names the right one afterwards: calls, the
/// table, exports, the start function.
#[test]
fn other_functions_are_where_they_were() {
    let original = wat::parse_str(
        r#"(module
            (import "env" "memory" (memory 1 1))
            (type $three (func (param i32 i32 i32) (result i32)))
            (table 4 funcref)
            (elem (i32.const 1) $copy $last)
            (global $begun (mut i32) (i32.const 0))
            (func $first (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
            (func $copy (type $three) (local i32)
                loop (result i32)
                    (i32.eq (local.get 2) (local.get 3))
                    if (result i32)
                        local.get 0
                    else
                        (i32.add (local.get 0) (local.get 3))
                        (i32.load8_u (i32.add (local.get 1) (local.get 3)))
                        i32.store8
                        (local.set 3 (i32.add (local.get 3) (i32.const 1)))
                        br 1
                    end
                end)
            (func $begin (global.set $begun (i32.const 5)))
            (start $begin)
            (func $last (type $three) (i32.mul (local.get 2) (i32.const 3)))
            (func (export "deploy"))
            (func (export "call") (type $three)
                (drop (call $copy (local.get 0) (local.get 1) (i32.const 2)))
                (drop (call_indirect (type $three) (i32.const 100) (local.get 1) (local.get 2) (i32.const 1)))
                (i32.add (global.get $begun) (i32.add
                    (call $first (i32.load (i32.const 100)))
                    (call_indirect (type $three) (local.get 0) (local.get 1) (local.get 2) (i32.const 2))))))"#,
    )
    .expect("valid text");
    let rewritten = rewrite(&original).expect("valid code");
    assert!(rewritten.has_start);
    assert_eq!(rewritten.globals, 1);
    let module = Module::new(&Engine::default(), &rewritten.code).expect("valid code");
    let known = module.imports().filter(|import| import.module() == MODULE);
    assert_eq!(known.count(), 1);
    let fill = [1, 2, 3, 4, 5, 6, 7];
    for (len, fuel) in [(4, 10_000), (70_000, 10_000_000), (4, 100), (4, 20)] {
        let args = [8, 17, len];
        let expected = run(&original, args, fuel, false, &fill);
        // There are two ways out.
        let ways = 2 * u64::from(Rules::V2_0.operators.native_loop);
        let native = run(&rewritten.code, args, fuel + ways, false, &fill);
        assert_eq!(native, expected);
        if fuel == 10_000 {
            // What lay at 17, one more, three times four, and five.
            assert_eq!(expected.result, Ok(0x0706_0504 + 1 + 12 + 5));
        }
    }
}
