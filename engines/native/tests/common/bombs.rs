//! Code that takes a compiler long.
#![allow(
    dead_code,
    missing_docs,
    missing_debug_implementations,
    unreachable_pub
)]

use wasm_encoder::{
    BlockType, CodeSection, EntityType, ExportKind, ExportSection, Function, FunctionSection,
    ImportSection, Instruction as I, MemArg, MemoryType, Module, TypeSection, ValType,
};

/// A module of these functions, each () -> ().
pub fn module(functions: Vec<Function>) -> Vec<u8> {
    let mut module = Module::new();
    let mut types = TypeSection::new();
    types.ty().function([], []);
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
    let mut section = FunctionSection::new();
    for _ in &functions {
        section.function(0);
    }
    module.section(&section);
    let mut exports = ExportSection::new();
    exports.export("call", ExportKind::Func, 0);
    module.section(&exports);
    let mut code = CodeSection::new();
    for function in &functions {
        code.function(function);
    }
    module.section(&code);
    module.finish()
}

const WORD: MemArg = MemArg {
    offset: 0,
    align: 2,
    memory_index: 0,
};

/// Gives locals values that nobody knows.
fn set(f: &mut Function, locals: u32) {
    for local in 0..locals {
        for one in [
            I::I32Const(local as i32 * 4),
            I::I32Load(WORD),
            I::LocalSet(local),
        ] {
            f.instruction(&one);
        }
    }
}

/// Mixes one local into another.
fn mix(f: &mut Function, turn: u32, locals: u32) {
    let (a, b) = (turn % locals, (turn * 7 + 3) % locals);
    for one in [I::LocalGet(a), I::LocalGet(b), I::I32Add, I::LocalSet(a)] {
        f.instruction(&one);
    }
}

/// Uses all of them at the end, so that none is forgotten before.
fn keep(f: &mut Function, locals: u32) {
    for local in 0..locals {
        for one in [
            I::I32Const(local as i32 * 4),
            I::LocalGet(local),
            I::I32Store(WORD),
        ] {
            f.instruction(&one);
        }
    }
}

/// Loops in loops, each of which changes a few locals.
pub fn loops(depth: u32, locals: u32, mixes: u32) -> Function {
    let mut f = Function::new([(locals, ValType::I32)]);
    set(&mut f, locals);
    for at in 0..depth {
        f.instruction(&I::Loop(BlockType::Empty));
        for turn in 0..mixes {
            mix(&mut f, at * mixes + turn, locals);
        }
    }
    for at in 0..depth {
        mix(&mut f, at, locals);
        f.instruction(&I::LocalGet(at % locals));
        f.instruction(&I::BrIf(0));
        f.instruction(&I::End);
    }
    keep(&mut f, locals);
    f.instruction(&I::End);
    f
}

/// A switch, each case of which changes a few locals.
pub fn switches(count: u32, cases: u32, locals: u32, mixes: u32) -> Function {
    let mut f = Function::new([(locals, ValType::I32)]);
    set(&mut f, locals);
    for switch in 0..count {
        for _ in 0..=cases {
            f.instruction(&I::Block(BlockType::Empty));
        }
        f.instruction(&I::LocalGet(switch % locals));
        f.instruction(&I::BrTable((0..cases).collect::<Vec<_>>().into(), cases));
        f.instruction(&I::End);
        for case in 0..cases {
            for turn in 0..mixes {
                mix(&mut f, case * mixes + turn, locals);
            }
            // To the end of the switch.
            f.instruction(&I::Br(cases - case - 1));
            f.instruction(&I::End);
        }
    }
    keep(&mut f, locals);
    f.instruction(&I::End);
    f
}

/// A loop around many conditions, each of which changes a few locals in one arm.
pub fn conditions(count: u32, locals: u32, mixes: u32) -> Function {
    let mut f = Function::new([(locals, ValType::I32)]);
    set(&mut f, locals);
    f.instruction(&I::Loop(BlockType::Empty));
    for at in 0..count {
        f.instruction(&I::LocalGet(at % locals));
        f.instruction(&I::If(BlockType::Empty));
        for turn in 0..mixes {
            mix(&mut f, at * mixes + turn, locals);
        }
        f.instruction(&I::End);
    }
    f.instruction(&I::LocalGet(0));
    f.instruction(&I::BrIf(0));
    f.instruction(&I::End);
    keep(&mut f, locals);
    f.instruction(&I::End);
    f
}

/// A loop around many ways out of blocks.
pub fn exits(count: u32, locals: u32, depth: u32) -> Function {
    let mut f = Function::new([(locals, ValType::I32)]);
    set(&mut f, locals);
    f.instruction(&I::Loop(BlockType::Empty));
    for _ in 0..depth {
        f.instruction(&I::Block(BlockType::Empty));
    }
    for at in 0..count {
        mix(&mut f, at, locals);
        f.instruction(&I::LocalGet(at % locals));
        f.instruction(&I::BrIf(at % (depth + 1)));
    }
    for at in 0..depth {
        f.instruction(&I::End);
        mix(&mut f, at, locals);
    }
    f.instruction(&I::End);
    keep(&mut f, locals);
    f.instruction(&I::End);
    f
}

/// Straight on, with as many values alive as there are locals and operands.
pub fn straight(operators: u32, locals: u32, operands: u32) -> Function {
    let mut f = Function::new([(locals, ValType::I32)]);
    set(&mut f, locals);
    for at in 0..operands {
        f.instruction(&I::I32Const(at as i32 * 4));
        f.instruction(&I::I32Load(WORD));
    }
    for at in 0..operators / 4 {
        mix(&mut f, at, locals);
    }
    for _ in 0..operands {
        f.instruction(&I::LocalSet(0));
    }
    keep(&mut f, locals);
    f.instruction(&I::End);
    f
}

/// Loads and stores, which are checked one by one.
pub fn accesses(count: u32, locals: u32) -> Function {
    let mut f = Function::new([(locals, ValType::I32)]);
    for at in 0..count {
        let (to, from) = (at % locals, (at * 3 + 1) % locals);
        for one in [
            I::LocalGet(to),
            I::LocalGet(from),
            I::I32Load8U(WORD_BYTE),
            I::I32Store8(WORD_BYTE),
        ] {
            f.instruction(&one);
        }
    }
    f.instruction(&I::End);
    f
}

const WORD_BYTE: MemArg = MemArg {
    offset: 0,
    align: 0,
    memory_index: 0,
};

/// Calls of functions that do nothing.
pub fn calls(count: u32) -> Function {
    let mut f = Function::new([]);
    for _ in 0..count {
        f.instruction(&I::Call(0));
    }
    f.instruction(&I::End);
    f
}

pub fn nothing() -> Function {
    let mut f = Function::new([]);
    f.instruction(&I::End);
    f
}

/// Puts each local's value into another one: all of them change at once.
fn rotate(f: &mut Function, locals: u32, by: u32) {
    for local in 0..locals {
        f.instruction(&I::LocalGet(local));
    }
    for local in 0..locals {
        f.instruction(&I::LocalSet((local * by + 1) % locals));
    }
}

/// Loops in loops, each of which puts all locals elsewhere, twice.
pub fn rotating_loops(depth: u32, locals: u32) -> Function {
    let mut f = Function::new([(locals, ValType::I32)]);
    set(&mut f, locals);
    for _ in 0..depth {
        f.instruction(&I::Loop(BlockType::Empty));
        rotate(&mut f, locals, 1);
    }
    for at in 0..depth {
        rotate(&mut f, locals, locals - 1);
        f.instruction(&I::LocalGet(at % locals));
        f.instruction(&I::BrIf(0));
        f.instruction(&I::End);
    }
    keep(&mut f, locals);
    f.instruction(&I::End);
    f
}

/// Conditions, each of which puts all locals elsewhere or doesn't, in a loop.
pub fn rotating_conditions(count: u32, locals: u32, loops: u32) -> Function {
    let mut f = Function::new([(locals, ValType::I32)]);
    set(&mut f, locals);
    for _ in 0..loops {
        f.instruction(&I::Loop(BlockType::Empty));
    }
    for at in 0..count {
        f.instruction(&I::LocalGet(at % locals));
        f.instruction(&I::If(BlockType::Empty));
        rotate(&mut f, locals, 1);
        f.instruction(&I::End);
    }
    for at in 0..loops {
        f.instruction(&I::LocalGet(at % locals));
        f.instruction(&I::BrIf(0));
        f.instruction(&I::End);
    }
    keep(&mut f, locals);
    f.instruction(&I::End);
    f
}

/// A switch, each case of which puts all locals elsewhere and goes on, in loops.
pub fn rotating_switch(cases: u32, locals: u32, loops: u32) -> Function {
    let mut f = Function::new([(locals, ValType::I32)]);
    set(&mut f, locals);
    for _ in 0..loops {
        f.instruction(&I::Loop(BlockType::Empty));
    }
    for _ in 0..=cases {
        f.instruction(&I::Block(BlockType::Empty));
    }
    f.instruction(&I::LocalGet(0));
    f.instruction(&I::BrTable((0..cases).collect::<Vec<_>>().into(), cases));
    f.instruction(&I::End);
    for _ in 0..cases {
        rotate(&mut f, locals, 1);
        f.instruction(&I::End);
    }
    for at in 0..loops {
        f.instruction(&I::LocalGet(at % locals));
        f.instruction(&I::BrIf(0));
        f.instruction(&I::End);
    }
    keep(&mut f, locals);
    f.instruction(&I::End);
    f
}

/// As many of a function as there are bytes.
pub fn repeated(function: Function, bytes: usize) -> Vec<u8> {
    let count = (bytes / (function.byte_len() + 4)).max(1);
    module(vec![function; count])
}

/// Those of the notes, and those at the limits of what is compiled. With their names.
pub fn all() -> Vec<(String, Vec<u8>)> {
    let mut all: Vec<(String, Vec<u8>)> = vec![
        (
            "4,000 tiny functions".into(),
            module(vec![nothing(); 4_000]),
        ),
        (
            "one function of 128 KiB, 1,000 locals".into(),
            module(vec![straight(44_000, 1_000, 0)]),
        ),
        (
            "256 nested loops over 100 locals".into(),
            module(vec![loops(256, 100, 1)]),
        ),
        (
            "64 nested loops over 1,000 locals".into(),
            module(vec![loops(64, 1_000, 8)]),
        ),
        (
            "4 switches of 256 cases over 256 locals".into(),
            module(vec![switches(4, 256, 256, 1)]),
        ),
    ];
    let bytes = 32 * 1024;
    for locals in [8, 24, 64] {
        let locals_of = format!("{locals} locals");
        for (name, function) in [
            ("16 loops", loops(16, locals, 1)),
            ("16 loops, more in each", loops(16, locals, 20)),
            (
                "switches of 60 cases",
                switches(1, 60.min(4_096 / (locals + 1)), locals, 1),
            ),
            ("conditions", conditions(3_900 / (locals + 1), locals, 1)),
            (
                "many conditions",
                conditions(7_800 / 2 / (locals + 1), locals, 8),
            ),
            ("exits", exits(7_800 / (locals + 1), locals, 15)),
            ("straight", straight(15_000 / 7 * 4 / 2, locals, 0)),
            ("rotating loops", rotating_loops(16, locals)),
            (
                "rotating conditions",
                rotating_conditions(3_900 / (locals + 1), locals, 1),
            ),
            (
                "rotating conditions in loops",
                rotating_conditions(3_900 / (locals + 1), locals, 16),
            ),
            (
                "rotating switch",
                rotating_switch(60.min(7_600 / (locals + 1) / 2), locals, 8),
            ),
            ("operands", straight(100, locals, 1_500)),
            ("accesses", accesses(1_600, locals)),
        ] {
            all.push((format!("{name}, {locals_of}"), repeated(function, bytes)));
        }
    }
    // What lies beyond.
    for times in [2, 4] {
        let cells = 8_192 * times;
        for locals in [24, 64, 200] {
            for (name, function) in [
                (
                    "conditions",
                    conditions(cells / 2 / (locals + 1), locals, 1),
                ),
                ("exits", exits(cells / (locals + 1), locals, 15)),
                (
                    "switches",
                    switches(1, (cells / 2 / (locals + 1)).min(250), locals, 1),
                ),
                (
                    "loops",
                    loops((cells / 2 / (locals + 1)).min(200), locals, 1),
                ),
            ] {
                let name = format!("{name}, {locals} locals, {times} times the cells");
                all.push((name, repeated(function, 8 * 1024)));
            }
        }
    }
    all.push(("calls".into(), repeated(calls(7_000), bytes)));
    all.push(("small functions".into(), module(vec![loops(1, 2, 1); 700])));
    all
}
