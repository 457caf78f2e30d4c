//! What each operator costs, in units of fuel.
//!
//! All operators of the version's WebAssembly (MVP and sign extension) have a row; the floats
//! too, since code that queries reach by delegate call may have them. Operators of features that
//! the version hasn't got never pass validation.

use pink_engine_sdk::rules;
use wasmi::OperatorCost;

macro_rules! operator_costs {
    ($($op:ident)*) => {
        rules! {
            /// What each operator costs, in units of fuel.
            #[derive(Clone, Copy, Debug)]
            #[allow(missing_docs)] // named like the operators
            pub struct OperatorCosts {
                $(pub $op: u8,)*
                /// Cells of a call's frame (parameters and locals) that one unit of fuel pays for.
                pub frame_cells_per_fuel: u32,
                /// The way out of the interpreter to a loop that is done natively, and back.
                pub native_loop: u32,
            }
        }

        impl OperatorCosts {
            /// The interpreter's table for a module whose largest frame has `largest_frame` cells.
            pub(crate) fn table(&self, largest_frame: u32) -> OperatorCost {
                let mut table = OperatorCost::default();
                $(table.$op = self.$op;)*
                table.call = self.call_cost(self.call, largest_frame);
                table.call_indirect = self.call_cost(self.call_indirect, largest_frame);
                table
            }
        }

        /// All at the same price, to begin with.
        pub(super) const fn all(cost: u8) -> OperatorCosts {
            OperatorCosts { $($op: cost,)* frame_cells_per_fuel: 1, native_loop: 0 }
        }
    };
}

operator_costs! {
    unreachable nop block loop_ if_ else_ end br br_if br_table return_ call call_indirect
    drop select local_get local_set local_tee global_get global_set
    i32_load i64_load f32_load f64_load i32_load8_s i32_load8_u i32_load16_s i32_load16_u
    i64_load8_s i64_load8_u i64_load16_s i64_load16_u i64_load32_s i64_load32_u
    i32_store i64_store f32_store f64_store i32_store8 i32_store16 i64_store8 i64_store16
    i64_store32 memory_size memory_grow i32_const i64_const f32_const f64_const
    i32_eqz i32_eq i32_ne i32_lt_s i32_lt_u i32_gt_s i32_gt_u i32_le_s i32_le_u i32_ge_s i32_ge_u
    i64_eqz i64_eq i64_ne i64_lt_s i64_lt_u i64_gt_s i64_gt_u i64_le_s i64_le_u i64_ge_s i64_ge_u
    f32_eq f32_ne f32_lt f32_gt f32_le f32_ge f64_eq f64_ne f64_lt f64_gt f64_le f64_ge
    i32_clz i32_ctz i32_popcnt i32_add i32_sub i32_mul i32_div_s i32_div_u i32_rem_s i32_rem_u
    i32_and i32_or i32_xor i32_shl i32_shr_s i32_shr_u i32_rotl i32_rotr
    i64_clz i64_ctz i64_popcnt i64_add i64_sub i64_mul i64_div_s i64_div_u i64_rem_s i64_rem_u
    i64_and i64_or i64_xor i64_shl i64_shr_s i64_shr_u i64_rotl i64_rotr
    f32_abs f32_neg f32_ceil f32_floor f32_trunc f32_nearest f32_sqrt f32_add f32_sub f32_mul
    f32_div f32_min f32_max f32_copysign
    f64_abs f64_neg f64_ceil f64_floor f64_trunc f64_nearest f64_sqrt f64_add f64_sub f64_mul
    f64_div f64_min f64_max f64_copysign
    i32_wrap_i64 i32_trunc_f32_s i32_trunc_f32_u i32_trunc_f64_s i32_trunc_f64_u
    i64_extend_i32_s i64_extend_i32_u i64_trunc_f32_s i64_trunc_f32_u i64_trunc_f64_s
    i64_trunc_f64_u f32_convert_i32_s f32_convert_i32_u f32_convert_i64_s f32_convert_i64_u
    f32_demote_f64 f64_convert_i32_s f64_convert_i32_u f64_convert_i64_s f64_convert_i64_u
    f64_promote_f32 i32_reinterpret_f32 i64_reinterpret_f64 f32_reinterpret_i32
    f64_reinterpret_i64
    i32_extend8_s i32_extend16_s i64_extend8_s i64_extend16_s i64_extend32_s
}

impl OperatorCosts {
    /// The price of a call, by the largest frame that the module has: setting up a frame takes
    /// time in proportion to its cells, and the table has one price for all calls.
    pub const fn call_cost(&self, base: u8, largest_frame: u32) -> u8 {
        let cost = (base as u32).saturating_add(largest_frame.div_ceil(self.frame_cells_per_fuel));
        if cost > u8::MAX as u32 {
            u8::MAX
        } else {
            cost as u8
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::versions::Rules;

    /// Were it cut off at 255, frames beyond that would be set up for less than they take.
    #[test]
    fn the_largest_legal_frame_has_its_price() {
        let costs = OperatorCosts::V2_0;
        let largest = Rules::V2_0.limits.locals;
        assert_eq!(costs.call_cost(costs.call, largest), 136);
        assert_eq!(costs.call_cost(costs.call_indirect, largest), 140);
    }
}
