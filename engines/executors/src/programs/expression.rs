//! Expressions.

use super::{draw::Draw, Type, BUDGET_GLOBAL, CONSTANTS, GLOBALS, TABLE};
use wasm_encoder::{BlockType, Function, Instruction as I, MemArg, ValType};

/// Locals of each type that a function has besides its parameters.
const LOCALS: u32 = 2;
/// How deep expressions nest.
const DEPTH: u32 = 4;

/// A function that is being drawn.
pub(super) struct Body<'a> {
    pub(super) draw: &'a mut Draw,
    pub(super) out: Function,
    types: &'a [Type],
    number: u32,
    /// Types of parameters and locals, without the loops' counters.
    locals: Vec<ValType>,
}

impl<'a> Body<'a> {
    pub(super) fn function(draw: &'a mut Draw, types: &'a [Type], number: u32) -> Function {
        let ty = &types[number as usize];
        let mut locals = ty.params.clone();
        locals.extend([ValType::I32; LOCALS as usize]);
        locals.extend([ValType::I64; LOCALS as usize]);
        let declared = [
            (LOCALS, ValType::I32),
            (LOCALS, ValType::I64),
            // The counters of loops.
            (super::statement::NESTED, ValType::I32),
        ];
        let mut body = Body {
            out: Function::new(declared),
            draw,
            types,
            number,
            locals,
        };
        body.count();
        for _ in 0..1 + body.draw.below(4) {
            body.statement(0);
        }
        body.expression(ty.result, DEPTH);
        body.emit(I::End);
        body.out
    }

    pub(super) fn emit(&mut self, instruction: I<'_>) {
        self.out.instruction(&instruction);
    }

    /// The number of the counter of loops that are nested so deep.
    pub(super) fn counter(&self, nested: u32) -> u32 {
        self.locals.len() as u32 + nested
    }

    /// Traps if the program has gone on for long enough.
    pub(super) fn count(&mut self) {
        for instruction in [
            I::GlobalGet(BUDGET_GLOBAL),
            I::I32Const(1),
            I::I32Sub,
            I::GlobalSet(BUDGET_GLOBAL),
            I::GlobalGet(BUDGET_GLOBAL),
            I::I32Eqz,
            I::If(BlockType::Empty),
            I::Unreachable,
            I::End,
        ] {
            self.emit(instruction);
        }
    }

    pub(super) fn local(&mut self, ty: ValType) -> u32 {
        let all: Vec<u32> = (0..self.locals.len() as u32)
            .filter(|local| self.locals[*local as usize] == ty)
            .collect();
        self.draw.of(&all)
    }

    fn constant(&mut self, ty: ValType) {
        let value = self.draw.constant(ty);
        self.emit(match ty {
            ValType::I64 => I::I64Const(value),
            _ => I::I32Const(value as i32),
        });
    }

    fn zero(&mut self, ty: ValType) {
        self.emit(match ty {
            ValType::I64 => I::I64Const(0),
            _ => I::I32Const(0),
        });
    }

    /// Something that takes nothing to compute.
    fn leaf(&mut self, ty: ValType) {
        match (self.draw.below(6), ty) {
            (0, _) => self.constant(ty),
            (1, ValType::I32) => {
                let (constant, _) = self.draw.of(&CONSTANTS);
                self.emit(I::GlobalGet(constant));
            }
            (2, _) => {
                let global = GLOBALS.iter().find(|(_, other)| *other == ty);
                self.emit(I::GlobalGet(global.map_or(0, |(global, _)| *global)));
            }
            _ => {
                let local = self.local(ty);
                self.emit(I::LocalGet(local));
            }
        }
    }

    /// A value of this type.
    pub(super) fn expression(&mut self, ty: ValType, depth: u32) {
        if depth == 0 {
            return self.leaf(ty);
        }
        let less = depth - 1;
        match self.draw.below(20) {
            0..=2 => self.leaf(ty),
            3..=7 => {
                self.expression(ty, less);
                self.expression(ty, less);
                self.condition(less);
                self.emit(I::Select);
            }
            8 | 9 => self.binary(ty, less),
            10 => self.unary(ty, less),
            11 => {
                self.expression(ty, less);
                let local = self.local(ty);
                self.emit(I::LocalTee(local));
            }
            12 => {
                self.condition(less);
                self.emit(I::If(BlockType::Result(ty)));
                self.expression(ty, less);
                self.emit(I::Else);
                self.expression(ty, less);
                self.emit(I::End);
            }
            13 => {
                self.emit(I::Block(BlockType::Result(ty)));
                self.expression(ty, less);
                self.condition(less);
                self.emit(I::BrIf(0));
                self.emit(I::Drop);
                self.expression(ty, less);
                self.emit(I::End);
            }
            14 | 15 => self.load(ty, less),
            16 => self.call(ty, less),
            17 => self.call_indirect(ty, less),
            _ if ty == ValType::I32 => self.condition(less),
            _ => {
                self.condition(less);
                self.emit(I::I64ExtendI32U);
            }
        }
    }

    /// A value of 32 bits that says yes or no, in many ways that compare with zero.
    pub(super) fn condition(&mut self, depth: u32) {
        if depth == 0 {
            let ty = self.draw.ty();
            self.leaf(ty);
            return self.emit(match ty {
                ValType::I64 => I::I64Eqz,
                _ => I::I32Eqz,
            });
        }
        let less = depth - 1;
        let ty = self.draw.ty();
        let wide = ty == ValType::I64;
        match self.draw.below(20) {
            0..=2 => {
                self.expression(ty, less);
                self.emit(if wide { I::I64Eqz } else { I::I32Eqz });
            }
            3 | 4 => {
                self.expression(ty, less);
                self.zero(ty);
                self.equal(wide);
            }
            5 => {
                self.zero(ty);
                self.expression(ty, less);
                self.equal(wide);
            }
            6..=8 => self.compare(ty, less),
            9 => {
                // Nothing happens here, and the compare before is still what came last.
                self.condition(less);
                let nothing = self.draw.of(&[
                    (0, I32Op::Shl),
                    (32, I32Op::Rotl),
                    (0, I32Op::Or),
                    (0, I32Op::Add),
                    (-1, I32Op::And),
                ]);
                self.emit(I::I32Const(nothing.0));
                self.emit(nothing.1.instruction());
            }
            10 => {
                self.emit(I::Loop(BlockType::Result(ValType::I32)));
                self.condition(less);
                self.emit(I::End);
            }
            11 => {
                self.emit(I::Block(BlockType::Result(ValType::I32)));
                self.condition(less);
                self.emit(I::End);
            }
            12 => {
                self.condition(less);
                let local = self.local(ValType::I32);
                self.emit(I::LocalTee(local));
            }
            13 => {
                self.condition(less);
                self.emit(I::I64ExtendI32U);
                self.emit(I::I64Eqz);
            }
            14 => {
                self.condition(less);
                self.emit(I::I32Eqz);
            }
            15 => {
                self.condition(less);
                self.emit(I::I32Const(1));
                self.emit(I::I32Xor);
            }
            16 => {
                self.condition(less);
                self.condition(less);
                let joined = self.draw.of(&[I32Op::And, I32Op::Or, I32Op::Xor]);
                self.emit(joined.instruction());
            }
            17 => {
                self.expression(ValType::I64, less);
                self.emit(I::I32WrapI64);
            }
            18 => {
                self.condition(less);
                self.emit(I::Nop);
            }
            _ => self.leaf(ValType::I32),
        }
    }

    fn equal(&mut self, wide: bool) {
        let not = self.draw.one_in(2);
        self.emit(match (wide, not) {
            (true, true) => I::I64Ne,
            (true, false) => I::I64Eq,
            (false, true) => I::I32Ne,
            (false, false) => I::I32Eq,
        });
    }

    fn compare(&mut self, ty: ValType, depth: u32) {
        self.expression(ty, depth);
        self.expression(ty, depth);
        let which = self.draw.below(10);
        self.emit(match (ty == ValType::I64, which) {
            (false, 0) => I::I32Eq,
            (false, 1) => I::I32Ne,
            (false, 2) => I::I32LtS,
            (false, 3) => I::I32LtU,
            (false, 4) => I::I32GtS,
            (false, 5) => I::I32GtU,
            (false, 6) => I::I32LeS,
            (false, 7) => I::I32LeU,
            (false, 8) => I::I32GeS,
            (false, _) => I::I32GeU,
            (true, 0) => I::I64Eq,
            (true, 1) => I::I64Ne,
            (true, 2) => I::I64LtS,
            (true, 3) => I::I64LtU,
            (true, 4) => I::I64GtS,
            (true, 5) => I::I64GtU,
            (true, 6) => I::I64LeS,
            (true, 7) => I::I64LeU,
            (true, 8) => I::I64GeS,
            (true, _) => I::I64GeU,
        });
    }

    fn binary(&mut self, ty: ValType, depth: u32) {
        self.expression(ty, depth);
        // Division traps; more often than not it gets no zero.
        let which = self.draw.below(16);
        match which {
            11..=14 if !self.draw.one_in(4) => self.emit(match ty {
                ValType::I64 => I::I64Const(7),
                _ => I::I32Const(-3),
            }),
            _ => self.expression(ty, depth),
        }
        self.emit(match (ty == ValType::I64, which) {
            (false, 0 | 1) => I::I32Add,
            (false, 2 | 3) => I::I32Sub,
            (false, 4) => I::I32Mul,
            (false, 5) => I::I32And,
            (false, 6) => I::I32Or,
            (false, 7) => I::I32Xor,
            (false, 8) => I::I32Shl,
            (false, 9) => I::I32ShrS,
            (false, 10) => I::I32ShrU,
            (false, 11) => I::I32DivS,
            (false, 12) => I::I32DivU,
            (false, 13) => I::I32RemS,
            (false, 14) => I::I32RemU,
            (false, _) => I::I32Rotr,
            (true, 0 | 1) => I::I64Add,
            (true, 2 | 3) => I::I64Sub,
            (true, 4) => I::I64Mul,
            (true, 5) => I::I64And,
            (true, 6) => I::I64Or,
            (true, 7) => I::I64Xor,
            (true, 8) => I::I64Shl,
            (true, 9) => I::I64ShrS,
            (true, 10) => I::I64ShrU,
            (true, 11) => I::I64DivS,
            (true, 12) => I::I64DivU,
            (true, 13) => I::I64RemS,
            (true, 14) => I::I64RemU,
            (true, _) => I::I64Rotl,
        });
    }

    fn unary(&mut self, ty: ValType, depth: u32) {
        let which = self.draw.below(4);
        let from = match (ty, which) {
            (ValType::I64, 3) => ValType::I32,
            (ValType::I32, 3) => ValType::I64,
            (same, _) => same,
        };
        self.expression(from, depth);
        self.emit(match (ty == ValType::I64, which) {
            (false, 0) => I::I32Clz,
            (false, 1) => I::I32Ctz,
            (false, 2) => I::I32Popcnt,
            (false, _) => I::I32WrapI64,
            (true, 0) => I::I64Clz,
            (true, 1) => I::I64Ctz,
            (true, 2) => I::I64Popcnt,
            (true, _) => I::I64ExtendI32S,
        });
    }

    /// An address, most often one that is inside.
    pub(super) fn address(&mut self, depth: u32) {
        self.expression(ValType::I32, depth);
        if !self.draw.one_in(40) {
            self.emit(I::I32Const(0x3ff));
            self.emit(I::I32And);
        }
    }

    pub(super) fn at(&mut self) -> MemArg {
        MemArg {
            offset: self.draw.below(9).into(),
            align: 0,
            memory_index: 0,
        }
    }

    fn load(&mut self, ty: ValType, depth: u32) {
        self.address(depth);
        let at = self.at();
        let which = self.draw.below(6);
        self.emit(match (ty == ValType::I64, which) {
            (false, 0) => I::I32Load8S(at),
            (false, 1) => I::I32Load8U(at),
            (false, 2) => I::I32Load16S(at),
            (false, 3) => I::I32Load16U(at),
            (false, _) => I::I32Load(at),
            (true, 0) => I::I64Load8U(at),
            (true, 1) => I::I64Load16S(at),
            (true, 2) => I::I64Load32S(at),
            (true, 3) => I::I64Load32U(at),
            (true, _) => I::I64Load(at),
        });
    }

    /// A call of a later function, if one has the result.
    fn call(&mut self, ty: ValType, depth: u32) {
        let later: Vec<u32> = (self.number + 1..self.types.len() as u32)
            .filter(|number| self.types[*number as usize].result == ty)
            .collect();
        if later.is_empty() {
            return self.leaf(ty);
        }
        let number = self.draw.of(&later);
        for param in self.types[number as usize].params.clone() {
            self.expression(param, depth.min(1));
        }
        self.emit(I::Call(number));
    }

    /// A call through the table, of the first function alone: so nothing calls itself.
    fn call_indirect(&mut self, ty: ValType, depth: u32) {
        let fitting: Vec<u32> = (0..self.types.len() as u32)
            .filter(|number| self.types[*number as usize].result == ty)
            .collect();
        if self.number > 0 || fitting.is_empty() {
            return self.leaf(ty);
        }
        let type_index = self.draw.of(&fitting);
        for param in self.types[type_index as usize].params.clone() {
            self.expression(param, depth.min(1));
        }
        // A function of this type is behind it, or of another, or none, or it is outside.
        match self.draw.below(8) {
            0 => {
                let place = self.draw.below(TABLE + 1) as i32;
                self.emit(I::I32Const(place));
            }
            _ => self.emit(I::I32Const(type_index as i32)),
        }
        self.emit(I::CallIndirect {
            type_index,
            table_index: 0,
        });
    }
}

/// Some instructions of two operands.
#[derive(Clone, Copy)]
enum I32Op {
    Add,
    And,
    Or,
    Xor,
    Shl,
    Rotl,
}

impl I32Op {
    fn instruction(self) -> I<'static> {
        match self {
            Self::Add => I::I32Add,
            Self::And => I::I32And,
            Self::Or => I::I32Or,
            Self::Xor => I::I32Xor,
            Self::Shl => I::I32Shl,
            Self::Rotl => I::I32Rotl,
        }
    }
}
