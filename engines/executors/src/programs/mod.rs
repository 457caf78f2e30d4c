//! Programs drawn from a seed: integers alone, with many compares, selects and branches.
//!
//! They are valid for every version (WebAssembly 1.0), deterministic, and end: whatever could go
//! on is counted by a global that runs out. They trap where drawn programs trap.

mod draw;
mod expression;
mod statement;

use draw::Draw;
use expression::Body;
use wasm_encoder::{
    CodeSection, ConstExpr, DataSection, ElementSection, Elements, EntityType, ExportKind,
    ExportSection, Function, FunctionSection, GlobalSection, GlobalType, ImportSection,
    Instruction as I, MemArg, MemoryType, Module, RefType, TableSection, TableType, TypeSection,
    ValType,
};

/// A program, and what is called of it, in order, on one instance.
#[derive(Debug)]
pub struct Program {
    /// The module. It imports a memory of one page, at most two, as `env.memory`.
    pub code: Vec<u8>,
    /// The calls. The last one writes the globals into the memory.
    pub calls: Vec<Call>,
}

/// A call of an exported function.
#[derive(Debug)]
pub struct Call {
    /// The name that it is exported under.
    pub name: String,
    /// What it is given.
    pub args: Vec<Value>,
}

/// A number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// 32 bits.
    I32(u32),
    /// 64 bits.
    I64(u64),
}

/// The type of a drawn function.
#[derive(Clone, Debug)]
struct Type {
    params: Vec<ValType>,
    result: ValType,
}

/// Drawn functions of a program.
const MIN_FUNCTIONS: u32 = 3;
/// Places of the table; the last ones are empty.
const TABLE: u32 = 8;
/// Turns and calls until a program traps.
const BUDGET: i32 = 20_000;
/// Global that counts them down.
const BUDGET_GLOBAL: u32 = 0;
/// Globals that programs write: i32 and i64.
const GLOBALS: [(u32, ValType); 2] = [(1, ValType::I32), (2, ValType::I64)];
/// Constant globals: the interpreter knows what they are.
const CONSTANTS: [(u32, i32); 2] = [(3, 0), (4, 5)];
/// Where the globals are written at the end.
const FLUSHED: i32 = 1_024;

/// The program of a seed.
pub fn program(seed: u64) -> Program {
    let mut draw = Draw::new(seed);
    let types: Vec<Type> = (0..MIN_FUNCTIONS + draw.below(3))
        .map(|_| Type {
            params: (0..draw.below(4)).map(|_| draw.ty()).collect(),
            result: draw.ty(),
        })
        .collect();
    let functions: Vec<Function> = (0..types.len() as u32)
        .map(|number| Body::function(&mut draw, &types, number))
        .collect();
    let data: Vec<u8> = (0..64).map(|_| draw.constant(ValType::I32) as u8).collect();
    let mut calls = Vec::new();
    for (number, ty) in types.iter().enumerate() {
        for _ in 0..3 {
            calls.push(Call {
                name: format!("f{number}"),
                args: ty.params.iter().map(|ty| value(&mut draw, *ty)).collect(),
            });
        }
    }
    calls.push(Call {
        name: "flush".into(),
        args: Vec::new(),
    });
    Program {
        code: assemble(&types, &functions, &data),
        calls,
    }
}

fn value(draw: &mut Draw, ty: ValType) -> Value {
    let bits = draw.constant(ty);
    match ty {
        ValType::I64 => Value::I64(bits as u64),
        _ => Value::I32(bits as u32),
    }
}

fn assemble(types: &[Type], functions: &[Function], data: &[u8]) -> Vec<u8> {
    let mut module = Module::new();
    let mut section = TypeSection::new();
    for ty in types {
        section
            .ty()
            .function(ty.params.iter().copied(), [ty.result]);
    }
    let flush_type = types.len() as u32;
    section.ty().function([], []);
    module.section(&section);

    let mut section = ImportSection::new();
    let memory = MemoryType {
        minimum: 1,
        maximum: Some(2),
        memory64: false,
        shared: false,
        page_size_log2: None,
    };
    section.import("env", "memory", EntityType::Memory(memory));
    module.section(&section);

    let mut section = FunctionSection::new();
    for ty in 0..=flush_type {
        section.function(ty);
    }
    module.section(&section);

    let mut section = TableSection::new();
    section.table(TableType {
        element_type: RefType::FUNCREF,
        table64: false,
        minimum: TABLE.into(),
        maximum: Some(TABLE.into()),
        shared: false,
    });
    module.section(&section);

    let mut section = GlobalSection::new();
    let mut global = |val_type, mutable, init: ConstExpr| {
        let ty = GlobalType {
            val_type,
            mutable,
            shared: false,
        };
        section.global(ty, &init);
    };
    global(ValType::I32, true, ConstExpr::i32_const(BUDGET));
    global(ValType::I32, true, ConstExpr::i32_const(0));
    global(ValType::I64, true, ConstExpr::i64_const(3));
    for (_, value) in CONSTANTS {
        global(ValType::I32, false, ConstExpr::i32_const(value));
    }
    module.section(&section);

    let mut section = ExportSection::new();
    for number in 0..flush_type {
        section.export(&format!("f{number}"), ExportKind::Func, number);
    }
    section.export("flush", ExportKind::Func, flush_type);
    module.section(&section);

    // The first function calls through the table and isn't in it: nothing calls itself.
    let mut section = ElementSection::new();
    let listed: Vec<u32> = (1..flush_type).collect();
    section.active(
        None,
        &ConstExpr::i32_const(1),
        Elements::Functions(listed.into()),
    );
    module.section(&section);

    let mut section = CodeSection::new();
    for function in functions {
        section.function(function);
    }
    section.function(&flush());
    module.section(&section);

    let mut section = DataSection::new();
    section.active(0, &ConstExpr::i32_const(0), data.iter().copied());
    module.section(&section);
    module.finish()
}

/// Writes the globals into the memory, where they are compared.
fn flush() -> Function {
    let mut function = Function::new([]);
    let at = |offset| MemArg {
        offset,
        align: 2,
        memory_index: 0,
    };
    function.instruction(&I::I32Const(FLUSHED));
    function.instruction(&I::GlobalGet(BUDGET_GLOBAL));
    function.instruction(&I::I32Store(at(0)));
    for (global, ty) in GLOBALS {
        function.instruction(&I::I32Const(FLUSHED));
        function.instruction(&I::GlobalGet(global));
        function.instruction(&match ty {
            ValType::I64 => I::I64Store(at(8)),
            _ => I::I32Store(at(16)),
        });
    }
    function.instruction(&I::End);
    function
}
