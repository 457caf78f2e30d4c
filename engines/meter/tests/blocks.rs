//! Gas by blocks against gas by operators: what is written here counts each operator when it runs,
//! by a table of its own, and knows nothing of blocks.
#![allow(missing_docs)]

mod common;

use common::Run;
use pink_engine_meter::{meter, Costs, Language, Rules};
use pink_executor_tests::programs::{program, Program, Value};
use wasm_encoder::{CodeSection, Encode, Instruction, Module, RawSection};
use wasmi::Val;
use wasmparser::{Operator, Parser, Payload, Validator};

/// What 2.1 has, without what blocks cost, and a unit for each frame, which all have some cell: what
/// is left is a sum over functions and operators.
fn without_blocks() -> Rules {
    let costs = Costs {
        block: 0,
        frame: 0,
        frame_cells_per_unit: u32::MAX,
        ..Rules::V2_1.costs
    };
    Rules {
        costs,
        ..Rules::V2_1
    }
}

/// By the names of operators.
fn cost(operator: &Operator<'_>) -> i64 {
    let text = format!("{operator:?}");
    let name = text.split([' ', '{', '(']).next().unwrap_or_default();
    match name {
        "Nop" | "Block" | "Loop" | "Else" | "End" | "Drop" | "Unreachable" => 0,
        "Call" => 8,
        "CallIndirect" => 12,
        "MemorySize" => 2,
        "MemoryGrow" => 200,
        "BrTable" => match operator {
            Operator::BrTable { targets } => 3 + i64::from(targets.len().div_ceil(16)),
            _ => 0,
        },
        _ if name.contains("Div") || name.contains("Rem") => {
            if name.starts_with("I64") {
                8
            } else {
                5
            }
        }
        _ => 1,
    }
}

/// The program with a count before each operator, in a global that it exports as the meter does.
fn counted(code: &[u8]) -> Vec<u8> {
    let mut module = Module::new();
    let mut bodies = CodeSection::new();
    let (mut count, mut functions) = (0, 0);
    let mut global = 0;
    for payload in Parser::new(0).parse_all(code) {
        match payload.expect("valid") {
            Payload::GlobalSection(section) => {
                global = section.count();
                let entries = &code[section.original_position()..section.range().end];
                let more = [0x7E, 1, 0x42, 0, 0x0B, 0x7F, 1, 0x41, 0, 0x0B];
                extended(&mut module, 6, global, entries, &more);
            }
            Payload::ExportSection(section) => {
                let entries = &code[section.original_position()..section.range().end];
                let mut more = Vec::new();
                for (name, index) in [("meter:gas", global), ("meter:height", global + 1)] {
                    name.encode(&mut more);
                    more.push(3);
                    index.encode(&mut more);
                }
                extended(&mut module, 7, section.count(), entries, &more);
            }
            Payload::CodeSectionStart { count: all, .. } => functions = all,
            Payload::CodeSectionEntry(body) => {
                let mut operators = body.get_operators_reader().expect("valid");
                let mut at = operators.original_position();
                let start = at;
                let mut function = code[body.range().start..at].to_vec();
                while !operators.eof() {
                    // The function's own unit comes before its first operator.
                    let first = i64::from(at == start);
                    let units = first + cost(&operators.read().expect("valid"));
                    if units > 0 {
                        for one in [
                            Instruction::GlobalGet(global),
                            Instruction::I64Const(units),
                            Instruction::I64Sub,
                            Instruction::GlobalSet(global),
                        ] {
                            one.encode(&mut function);
                        }
                    }
                    function.extend(&code[at..operators.original_position()]);
                    at = operators.original_position();
                }
                bodies.raw(&function);
                count += 1;
                if count == functions {
                    module.section(&bodies);
                }
            }
            other => {
                if let Some((id, range)) = other.as_section() {
                    let data = &code[range];
                    module.section(&RawSection { id, data });
                }
            }
        }
    }
    module.finish()
}

/// A section with two entries more.
fn extended(module: &mut Module, id: u8, count: u32, entries: &[u8], more: &[u8]) {
    let mut data = Vec::new();
    (count + 2).encode(&mut data);
    data.extend(entries);
    data.extend(more);
    module.section(&RawSection { id, data: &data });
}

fn args(values: &[Value]) -> Vec<Val> {
    let values = values.iter().map(|value| match value {
        Value::I32(value) => Val::I32(*value as i32),
        Value::I64(value) => Val::I64(*value as i64),
    });
    values.collect()
}

/// Of calls that return: one that traps has paid for the rest of its block.
#[test]
fn blocks_charge_for_what_runs() {
    const GIVEN: i64 = 1 << 40;
    let rules = without_blocks();
    let (mut returned, mut trapped) = (0, 0);
    for seed in 10_000..10_300 {
        let Program { code, calls } = program(seed);
        let metered = meter(&code, Language::default(), &rules).expect("valid");
        let counted = counted(&code);
        Validator::new().validate_all(&counted).expect("valid");
        let (mut by_blocks, mut by_operators) = (Run::new(&metered.code), Run::new(&counted));
        for call in calls {
            let args = args(&call.args);
            let (ended, left, _) = by_blocks.call(&call.name, &args, GIVEN, 65_536);
            let (expected, other, _) = by_operators.call(&call.name, &args, GIVEN, 65_536);
            // The interpreter's fault comes to light where there is no barrier.
            if ended.is_err() || expected != ended {
                trapped += 1;
                break;
            }
            assert_eq!(left, other, "program {seed}, {call:?}");
            returned += 1;
        }
    }
    println!("{returned} calls returned, {trapped} trapped");
    assert!(returned >= 1_000, "{returned}");
}
