//! What operators cost.

use pink_engine_sdk::rules;
use wasmparser::Operator;

rules! {
    /// What operators cost, in units of gas. One unit of interpreted code is about the simplest step of
    /// the interpreter; one of compiled code is a tenth of a nanosecond.
    #[derive(Clone, Debug)]
    pub struct Costs {
        /// A block, besides its operators: the charge itself. A block without an operator that
        /// costs something costs nothing, unless it begins a function or a loop.
        pub block: u32,
        /// The frame of a call, paid by the function that is called when it begins.
        pub frame: u32,
        /// Cells of that frame (parameters, locals, operands) that take one unit more.
        pub frame_cells_per_unit: u32,
        /// `local.get`, `local.set`, `local.tee`, constants.
        pub local: u32,
        /// `global.get`, `global.set`.
        pub global: u32,
        /// Integers: all but multiplying and dividing.
        pub arithmetic: u32,
        /// `mul`.
        pub multiply: u32,
        /// `div` and `rem` of 32 bits.
        pub divide: u32,
        /// `div` and `rem` of 64 bits.
        pub divide_wide: u32,
        /// Loads.
        pub load: u32,
        /// Stores.
        pub store: u32,
        /// `select`.
        pub select: u32,
        /// `br`, `br_if`, `if`, `return`.
        pub branch: u32,
        /// `br_table`.
        pub branch_table: u32,
        /// Targets of a `br_table` that take one unit more.
        pub targets_per_unit: u32,
        /// `call`, without the frame.
        pub call: u32,
        /// `call_indirect`, without the frame.
        pub call_indirect: u32,
        /// `memory.size`.
        pub memory_size: u32,
        /// `memory.grow`.
        pub memory_grow: u32,
        /// Each page by which a memory is asked to grow, if it may ever have as many.
        pub memory_page: u32,
        /// `memory.copy`.
        pub memory_copy: u32,
        /// `memory.fill`.
        pub memory_fill: u32,
        /// Bytes copied or filled that take one unit more.
        pub bytes_per_unit: u32,
        /// Floats: all but what is dearer. Only queries reach such code.
        pub float: u32,
        /// Floats: dividing, square roots, conversions.
        pub float_slow: u32,
    }
}

impl Costs {
    /// Those of 2.1. Like 2.0's where there is nothing new; `block` is what a charge takes in the
    /// interpreter.
    pub(crate) const V2_1: Self = Self {
        block: 3,
        frame: 4,
        frame_cells_per_unit: 8,
        local: 1,
        global: 1,
        arithmetic: 1,
        multiply: 1,
        divide: 5,
        divide_wide: 8,
        load: 1,
        store: 1,
        select: 1,
        branch: 1,
        branch_table: 3,
        targets_per_unit: 16,
        call: 8,
        call_indirect: 12,
        memory_size: 2,
        memory_grow: 200,
        memory_page: 16_384,
        memory_copy: 20,
        memory_fill: 20,
        bytes_per_unit: 16,
        float: 1,
        float_slow: 8,
    };

    /// Those of 2.1 for compiled code, in tenths of a nanosecond. In compiled code most operators are
    /// an instruction or none, and what takes long is what the processor waits for: memory behind its
    /// nearest cache, a branch that it didn't foresee, a division. So what is charged for those is the longest
    /// that was found of each (`cargo xtask bench worst`), not what it mostly takes.
    pub(crate) const V2_1_COMPILED: Self = Self {
        block: 12,
        frame: 24,
        frame_cells_per_unit: 1,
        local: 1,
        global: 6,
        arithmetic: 3,
        multiply: 10,
        divide: 52,
        divide_wide: 64,
        load: 80,
        store: 40,
        select: 3,
        branch: 20,
        branch_table: 30,
        targets_per_unit: 16,
        call: 20,
        call_indirect: 60,
        memory_size: 6,
        memory_grow: 1_000,
        memory_page: 60_000,
        memory_copy: 160,
        memory_fill: 160,
        bytes_per_unit: 2,
        float: 15,
        float_slow: 80,
    };

    /// What an operator costs, without what depends on its operands. None if no contract can have
    /// it.
    pub(crate) fn of(&self, operator: &Operator<'_>) -> Option<u32> {
        use Operator::*;
        Some(match operator {
            // What no executor does anything for.
            Nop | Block { .. } | Loop { .. } | Else | End | Drop | Unreachable => 0,
            If { .. } | Br { .. } | BrIf { .. } | Return => self.branch,
            BrTable { targets } => {
                let more = targets.len().div_ceil(self.targets_per_unit.max(1));
                self.branch_table.saturating_add(more)
            }
            Call { .. } => self.call,
            CallIndirect { .. } => self.call_indirect,
            Select => self.select,
            LocalGet { .. } | LocalSet { .. } | LocalTee { .. } => self.local,
            I32Const { .. } | I64Const { .. } | F32Const { .. } | F64Const { .. } => self.local,
            GlobalGet { .. } | GlobalSet { .. } => self.global,
            I32Load { .. } | I64Load { .. } | F32Load { .. } | F64Load { .. } => self.load,
            I32Load8S { .. } | I32Load8U { .. } | I32Load16S { .. } | I32Load16U { .. } => {
                self.load
            }
            I64Load8S { .. } | I64Load8U { .. } | I64Load16S { .. } | I64Load16U { .. } => {
                self.load
            }
            I64Load32S { .. } | I64Load32U { .. } => self.load,
            I32Store { .. } | I64Store { .. } | F32Store { .. } | F64Store { .. } => self.store,
            I32Store8 { .. } | I32Store16 { .. } => self.store,
            I64Store8 { .. } | I64Store16 { .. } | I64Store32 { .. } => self.store,
            MemorySize { .. } => self.memory_size,
            MemoryGrow { .. } => self.memory_grow,
            MemoryCopy { .. } => self.memory_copy,
            MemoryFill { .. } => self.memory_fill,
            other => return self.of_number(other),
        })
    }

    fn of_number(&self, operator: &Operator<'_>) -> Option<u32> {
        use Operator::*;
        Some(match operator {
            I32Mul | I64Mul => self.multiply,
            I32DivS | I32DivU | I32RemS | I32RemU => self.divide,
            I64DivS | I64DivU | I64RemS | I64RemU => self.divide_wide,
            I32Eqz | I32Eq | I32Ne | I32LtS | I32LtU | I32GtS | I32GtU | I32LeS | I32LeU
            | I32GeS | I32GeU | I64Eqz | I64Eq | I64Ne | I64LtS | I64LtU | I64GtS | I64GtU
            | I64LeS | I64LeU | I64GeS | I64GeU | I32Clz | I32Ctz | I32Popcnt | I32Add | I32Sub
            | I32And | I32Or | I32Xor | I32Shl | I32ShrS | I32ShrU | I32Rotl | I32Rotr | I64Clz
            | I64Ctz | I64Popcnt | I64Add | I64Sub | I64And | I64Or | I64Xor | I64Shl | I64ShrS
            | I64ShrU | I64Rotl | I64Rotr | I32WrapI64 | I64ExtendI32S | I64ExtendI32U
            | I32Extend8S | I32Extend16S | I64Extend8S | I64Extend16S | I64Extend32S => {
                self.arithmetic
            }
            F32Eq | F32Ne | F32Lt | F32Gt | F32Le | F32Ge | F64Eq | F64Ne | F64Lt | F64Gt
            | F64Le | F64Ge | F32Abs | F32Neg | F32Add | F32Sub | F32Mul | F32Min | F32Max
            | F32Copysign | F64Abs | F64Neg | F64Add | F64Sub | F64Mul | F64Min | F64Max
            | F64Copysign | I32ReinterpretF32 | I64ReinterpretF64 | F32ReinterpretI32
            | F64ReinterpretI64 => self.float,
            F32Ceil | F32Floor | F32Trunc | F32Nearest | F32Sqrt | F32Div | F64Ceil | F64Floor
            | F64Trunc | F64Nearest | F64Sqrt | F64Div | I32TruncF32S | I32TruncF32U
            | I32TruncF64S | I32TruncF64U | I64TruncF32S | I64TruncF32U | I64TruncF64S
            | I64TruncF64U | F32ConvertI32S | F32ConvertI32U | F32ConvertI64S | F32ConvertI64U
            | F32DemoteF64 | F64ConvertI32S | F64ConvertI32U | F64ConvertI64S | F64ConvertI64U
            | F64PromoteF32 => self.float_slow,
            _ => return None,
        })
    }

    /// What a function costs when it begins, by the cells of its frame.
    pub(crate) fn entry(&self, cells: u32) -> u64 {
        let more = cells.div_ceil(self.frame_cells_per_unit.max(1));
        u64::from(self.frame).saturating_add(more.into())
    }
}
