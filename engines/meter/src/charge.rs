//! The operators that count.
//!
//! Gas and height are counted down, in two globals behind the contract's own, and what is used up
//! shows as a number below zero. So the limits are the host's and no part of the code; a charge
//! compares with zero, which is the shortest; and a host that has more gas to give adds it to what
//! is missing, and what is left at the end is as if all had been there from the beginning.
//!
//! Neither can wrap around: a count is never below zero when something is taken from it, because
//! nothing goes on below zero; and what is taken at a time is less than 2^60 of gas, or 2^30 of
//! height.

use wasm_encoder::{BlockType, Encode, Instruction};

/// The indices of what counts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Counters {
    /// The global for gas.
    pub(crate) gas: u32,
    /// The global for height.
    pub(crate) height: u32,
    /// The function for when there is no more gas.
    pub(crate) out_of_gas: u32,
}

fn write(out: &mut Vec<u8>, instructions: &[Instruction<'_>]) {
    for instruction in instructions {
        instruction.encode(out);
    }
}

impl Counters {
    /// Takes gas, or leaves through the host.
    pub(crate) fn take_gas(&self, out: &mut Vec<u8>, units: u64) {
        write(out, &[Instruction::GlobalGet(self.gas)]);
        write(out, &[Instruction::I64Const(units as i64)]);
        self.taken(out);
    }

    /// The gas and what is taken from it lie there.
    fn taken(&self, out: &mut Vec<u8>) {
        write(
            out,
            &[
                Instruction::I64Sub,
                Instruction::GlobalSet(self.gas),
                Instruction::GlobalGet(self.gas),
                Instruction::I64Const(0),
                Instruction::I64LtS,
                Instruction::If(BlockType::Empty),
                Instruction::Call(self.out_of_gas),
                Instruction::End,
            ],
        );
    }

    /// Takes gas for a length, which lies there and is left there: a unit for each `bytes`.
    pub(crate) fn take_for_bytes(&self, out: &mut Vec<u8>, scratch: u32, bytes: u32) {
        write(
            out,
            &[
                Instruction::LocalTee(scratch),
                Instruction::GlobalGet(self.gas),
                Instruction::LocalGet(scratch),
                Instruction::I32Const(bytes as i32),
                Instruction::I32DivU,
                Instruction::I64ExtendI32U,
            ],
        );
        self.taken(out);
    }

    /// Takes gas for pages, whose number lies there and is left there, if there may be as many.
    pub(crate) fn take_for_pages(&self, out: &mut Vec<u8>, scratch: u32, units: u32, most: u32) {
        write(
            out,
            &[
                Instruction::LocalTee(scratch),
                Instruction::LocalGet(scratch),
                Instruction::I32Const(most as i32),
                Instruction::I32LeU,
                Instruction::If(BlockType::Empty),
                Instruction::GlobalGet(self.gas),
                Instruction::LocalGet(scratch),
                Instruction::I64ExtendI32U,
                Instruction::I64Const(units.into()),
                Instruction::I64Mul,
            ],
        );
        self.taken(out);
        write(out, &[Instruction::End]);
    }

    /// Takes height, or traps. Which of the contract's own traps it isn't shows the counter.
    pub(crate) fn take_height(&self, out: &mut Vec<u8>, units: u32) {
        write(
            out,
            &[
                Instruction::GlobalGet(self.height),
                Instruction::I32Const(units as i32),
                Instruction::I32Sub,
                Instruction::GlobalSet(self.height),
                Instruction::GlobalGet(self.height),
                Instruction::I32Const(0),
                Instruction::I32LtS,
                Instruction::If(BlockType::Empty),
                Instruction::Unreachable,
                Instruction::End,
            ],
        );
    }

    /// Gives height back.
    pub(crate) fn give_height(&self, out: &mut Vec<u8>, units: u32) {
        write(
            out,
            &[
                Instruction::GlobalGet(self.height),
                Instruction::I32Const(units as i32),
                Instruction::I32Add,
                Instruction::GlobalSet(self.height),
            ],
        );
    }
}
