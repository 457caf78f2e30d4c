//! What keeps contracts from a fault of the interpreter.
//!
//! wasmi 2.0.0 fuses a `select` with the compare with zero that it translated last, if that wrote
//! the register in which the condition is. It drops the compare, and then takes the register for
//! what was compared, also where that lies in a slot: `select(a, b, x == 0)` with `x` in a local
//! or in a call's result looks at whatever the register held before.
//!
//! An empty block ends the interpreter's memory of what it translated last. A compiler makes
//! nothing of it, so that it can stand in the one module that both run; and it costs no gas. A
//! charge between the two does the same, because it ends with a block.

use wasmparser::Operator;

/// `block end`.
pub(crate) const BARRIER: [u8; 3] = [0x02, 0x40, 0x0B];

/// Whether a `select` right behind this operator may be fused with a compare with zero.
///
/// What is not known to be safe needs the barrier: besides `eqz`, `eq` and `ne` themselves, a
/// compare reaches the `select` through everything that the interpreter translates to nothing,
/// such as a shift by zero, an extension to 64 bits before one more compare, or a loop's end.
pub(crate) fn precedes_fusion(operator: &Operator<'_>) -> bool {
    use Operator::*;
    !matches!(
        operator,
        // The condition is a local or a constant, and no operator's result.
        LocalGet { .. } | LocalTee { .. } | I32Const { .. }
        // It is the result of an operator that isn't fused. Those of calls lie in slots.
        | GlobalGet { .. } | Call { .. } | CallIndirect { .. }
        | I32Load { .. } | I32Load8S { .. } | I32Load8U { .. } | I32Load16S { .. } | I32Load16U { .. }
        | I32LtS | I32LtU | I32GtS | I32GtU | I32LeS | I32LeU | I32GeS | I32GeU
        | I64LtS | I64LtU | I64GtS | I64GtU | I64LeS | I64LeU | I64GeS | I64GeU
    )
}
