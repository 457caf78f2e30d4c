//! Statements.

use super::{expression::Body, GLOBALS};
use wasm_encoder::{BlockType, Instruction as I, ValType};

/// How deep loops and branches nest.
pub(super) const NESTED: u32 = 2;
/// How deep the expressions in statements nest.
const DEPTH: u32 = 3;

impl Body<'_> {
    /// One statement, so deep in others.
    pub(super) fn statement(&mut self, nested: u32) {
        let kinds = if nested < NESTED { 12 } else { 7 };
        match self.draw.below(kinds) {
            0..=2 => {
                let ty = self.draw.ty();
                self.expression(ty, DEPTH);
                let local = self.local(ty);
                self.emit(I::LocalSet(local));
            }
            3 | 4 => self.store(),
            5 => {
                let (global, ty) = self.draw.of(&GLOBALS);
                self.expression(ty, DEPTH);
                self.emit(I::GlobalSet(global));
            }
            6 => {
                let ty = self.draw.ty();
                self.expression(ty, DEPTH);
                self.emit(I::Drop);
            }
            7 | 8 => {
                self.condition(DEPTH);
                self.emit(I::If(BlockType::Empty));
                self.statements(nested + 1);
                if self.draw.one_in(2) {
                    self.emit(I::Else);
                    self.statements(nested + 1);
                }
                self.emit(I::End);
            }
            9 => {
                self.emit(I::Block(BlockType::Empty));
                self.statements(nested + 1);
                self.condition(DEPTH);
                self.emit(I::BrIf(0));
                self.statements(nested + 1);
                self.emit(I::End);
            }
            10 => self.table(nested),
            _ => self.turns(nested),
        }
    }

    fn statements(&mut self, nested: u32) {
        for _ in 0..1 + self.draw.below(2) {
            self.statement(nested);
        }
    }

    fn store(&mut self) {
        let ty = self.draw.ty();
        self.address(1);
        self.expression(ty, DEPTH);
        let at = self.at();
        let which = self.draw.below(4);
        self.emit(match (ty == ValType::I64, which) {
            (false, 0) => I::I32Store8(at),
            (false, 1) => I::I32Store16(at),
            (false, _) => I::I32Store(at),
            (true, 0) => I::I64Store8(at),
            (true, 1) => I::I64Store32(at),
            (true, _) => I::I64Store(at),
        });
    }

    /// A branch by a number.
    fn table(&mut self, nested: u32) {
        for _ in 0..3 {
            self.emit(I::Block(BlockType::Empty));
        }
        self.expression(ValType::I32, 1);
        self.emit(I::BrTable((&[0, 1]).into(), 2));
        self.emit(I::End);
        self.statements(nested + 1);
        self.emit(I::End);
        self.statements(nested + 1);
        self.emit(I::End);
    }

    /// A few turns of a loop, or until something holds.
    fn turns(&mut self, nested: u32) {
        let counter = self.counter(nested);
        let turns = 1 + self.draw.below(4) as i32;
        self.emit(I::I32Const(turns));
        self.emit(I::LocalSet(counter));
        self.emit(I::Loop(BlockType::Empty));
        self.count();
        self.statements(nested + 1);
        self.emit(I::LocalGet(counter));
        self.emit(I::I32Const(1));
        self.emit(I::I32Sub);
        self.emit(I::LocalTee(counter));
        if self.draw.one_in(3) {
            self.condition(1);
            self.emit(I::I32And);
        }
        self.emit(I::BrIf(0));
        self.emit(I::End);
    }
}
