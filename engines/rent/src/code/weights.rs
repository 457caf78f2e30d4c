//! A schedule's weights as the rules of the two instrumenting libraries.

use super::checks::types;
use crate::versions::{CallIndirect, Schedule};
use parity_wasm::elements::{Instruction, Module, Type};
use wasm_instrument::parity_wasm::elements::Instruction as NewerInstruction;

/// The price of each instruction of one module.
pub(super) struct Prices<'s> {
    schedule: &'s Schedule,
    call_indirect: CallIndirect,
    /// The number of parameters of each of the module's function types.
    params: Vec<u32>,
}

impl<'s> Prices<'s> {
    pub(super) fn new(
        module: &Module,
        schedule: &'s Schedule,
        call_indirect: CallIndirect,
    ) -> Self {
        let params = types(module)
            .iter()
            .map(|Type::Function(ty)| u32::try_from(ty.params().len()).unwrap_or(u32::MAX))
            .collect();
        Self {
            schedule,
            call_indirect,
            params,
        }
    }

    fn call_indirect(&self, type_index: u32) -> u32 {
        let weights = &self.schedule.instruction_weights;
        let params = self
            .params
            .get(type_index as usize)
            .copied()
            .unwrap_or(self.schedule.limits.parameters);
        match self.call_indirect {
            CallIndirect::ParametersOnly => params,
            CallIndirect::Full => weights
                .call_indirect
                .saturating_add(weights.call_indirect_per_param.saturating_mul(params)),
        }
    }

    fn br_table(&self, targets: usize) -> u32 {
        let weights = &self.schedule.instruction_weights;
        let targets = u32::try_from(targets).unwrap_or(u32::MAX);
        weights
            .br_table
            .saturating_add(weights.br_table_per_entry.saturating_mul(targets))
    }
}

/// The two libraries have the same instructions as different types: one list prices both.
macro_rules! price {
    ($prices:expr, $Instruction:ident, $instruction:expr) => {{
        use $Instruction::*;
        let w = &$prices.schedule.instruction_weights;
        let weight = match $instruction {
            End | Unreachable | Return | Else => 0,
            I32Const(_) | I64Const(_) | Block(_) | Loop(_) | Nop | Drop => w.i64const,
            I32Load(..) | I32Load8S(..) | I32Load8U(..) | I32Load16S(..) | I32Load16U(..)
            | I64Load(..) | I64Load8S(..) | I64Load8U(..) | I64Load16S(..) | I64Load16U(..)
            | I64Load32S(..) | I64Load32U(..) => w.i64load,
            I32Store(..) | I32Store8(..) | I32Store16(..) | I64Store(..) | I64Store8(..)
            | I64Store16(..) | I64Store32(..) => w.i64store,
            Select => w.select,
            If(_) => w.r#if,
            Br(_) => w.br,
            BrIf(_) => w.br_if,
            BrTable(data) => $prices.br_table(data.table.len()),
            Call(_) => w.call,
            CallIndirect(index, _) => $prices.call_indirect(*index),
            GetLocal(_) => w.local_get,
            SetLocal(_) => w.local_set,
            TeeLocal(_) => w.local_tee,
            GetGlobal(_) => w.global_get,
            SetGlobal(_) => w.global_set,
            CurrentMemory(_) => w.memory_current,
            GrowMemory(_) => w.memory_grow,
            I32Clz | I64Clz => w.i64clz,
            I32Ctz | I64Ctz => w.i64ctz,
            I32Popcnt | I64Popcnt => w.i64popcnt,
            I32Eqz | I64Eqz => w.i64eqz,
            I64ExtendSI32 => w.i64extendsi32,
            I64ExtendUI32 => w.i64extendui32,
            I32WrapI64 => w.i32wrapi64,
            I32Eq | I64Eq => w.i64eq,
            I32Ne | I64Ne => w.i64ne,
            I32LtS | I64LtS => w.i64lts,
            I32LtU | I64LtU => w.i64ltu,
            I32GtS | I64GtS => w.i64gts,
            I32GtU | I64GtU => w.i64gtu,
            I32LeS | I64LeS => w.i64les,
            I32LeU | I64LeU => w.i64leu,
            I32GeS | I64GeS => w.i64ges,
            I32GeU | I64GeU => w.i64geu,
            I32Add | I64Add => w.i64add,
            I32Sub | I64Sub => w.i64sub,
            I32Mul | I64Mul => w.i64mul,
            I32DivS | I64DivS => w.i64divs,
            I32DivU | I64DivU => w.i64divu,
            I32RemS | I64RemS => w.i64rems,
            I32RemU | I64RemU => w.i64remu,
            I32And | I64And => w.i64and,
            I32Or | I64Or => w.i64or,
            I32Xor | I64Xor => w.i64xor,
            I32Shl | I64Shl => w.i64shl,
            I32ShrS | I64ShrS => w.i64shrs,
            I32ShrU | I64ShrU => w.i64shru,
            I32Rotl | I64Rotl => w.i64rotl,
            I32Rotr | I64Rotr => w.i64rotr,
            // Without a price an instruction is refused: everything with floats.
            _ => return None,
        };
        Some(weight)
    }};
}

impl pwasm_utils::rules::Rules for Prices<'_> {
    fn instruction_cost(&self, instruction: &Instruction) -> Option<u32> {
        price!(self, Instruction, instruction)
    }

    fn memory_grow_cost(&self) -> Option<pwasm_utils::rules::MemoryGrowCost> {
        None
    }
}

impl wasm_instrument::gas_metering::Rules for Prices<'_> {
    fn instruction_cost(&self, instruction: &NewerInstruction) -> Option<u32> {
        price!(self, NewerInstruction, instruction)
    }

    fn memory_grow_cost(&self) -> wasm_instrument::gas_metering::MemoryGrowCost {
        wasm_instrument::gas_metering::MemoryGrowCost::Free
    }

    fn call_per_local_cost(&self) -> u32 {
        self.schedule.instruction_weights.call_per_local
    }
}
