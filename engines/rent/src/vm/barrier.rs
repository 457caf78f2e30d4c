//! What keeps contracts from a fault of the interpreter.
//!
//! wasmi 2.0.0 fuses a `select` with the compare with zero that it translated last, if that wrote
//! the register in which the condition is. It drops the compare, and then takes the register for
//! what was compared, also where that lies in a slot: `select(a, b, x == 0)` with `x` in a local
//! or in a call's result looks at whatever the register held before.
//!
//! An empty block ends the interpreter's memory of what it translated last, so that nothing is
//! fused across it. The interpreter alone is given it: rent and prices count the bytes before, and
//! gas is counted by calls that were injected before.

use parity_wasm::elements::{self, BlockType, Instruction};
use std::borrow::Cow;

/// The code with barriers, as the interpreter is given it. None if it isn't code.
pub(crate) fn with_barriers(code: &[u8]) -> Option<Cow<'_, [u8]>> {
    let mut module: elements::Module = elements::deserialize_buffer(code).ok()?;
    let mut changed = false;
    if let Some(section) = module.code_section_mut() {
        for body in section.bodies_mut() {
            changed |= add(body.code_mut().elements_mut());
        }
    }
    if changed {
        elements::serialize(module).ok().map(Cow::Owned)
    } else {
        Some(Cow::Borrowed(code))
    }
}

fn add(code: &mut Vec<Instruction>) -> bool {
    let exposed = |at: usize| {
        let before = at.checked_sub(1).and_then(|before| code.get(before));
        matches!(code.get(at), Some(Instruction::Select)) && before.is_some_and(precedes_fusion)
    };
    let selects: Vec<usize> = (0..code.len()).filter(|at| exposed(*at)).collect();
    let mut new = Vec::with_capacity(code.len().saturating_add(selects.len().saturating_mul(2)));
    let mut copied = 0;
    for at in &selects {
        new.extend(code.get(copied..*at).unwrap_or_default().iter().cloned());
        new.extend([Instruction::Block(BlockType::NoResult), Instruction::End]);
        copied = *at;
    }
    new.extend(code.get(copied..).unwrap_or_default().iter().cloned());
    *code = new;
    !selects.is_empty()
}

/// Whether a `select` right behind this instruction may be fused with a compare with zero.
///
/// What is not known to be safe needs the barrier: besides `eqz`, `eq` and `ne` themselves, a
/// compare reaches the `select` through everything that the interpreter translates to nothing,
/// such as a shift by zero, an extension to 64 bits before one more compare, or a loop's end.
fn precedes_fusion(instruction: &Instruction) -> bool {
    use Instruction::*;
    !matches!(
        instruction,
        // The condition is a local or a constant, and no instruction's result.
        GetLocal(_) | TeeLocal(_) | I32Const(_)
        // It is the result of an instruction that isn't fused. Those of calls lie in slots.
        | GetGlobal(_) | Call(_) | CallIndirect(..)
        | I32Load(..) | I32Load8S(..) | I32Load8U(..) | I32Load16S(..) | I32Load16U(..)
        | I32LtS | I32LtU | I32GtS | I32GtU | I32LeS | I32LeU | I32GeS | I32GeU
        | I64LtS | I64LtU | I64GtS | I64GtU | I64LeS | I64LeU | I64GeS | I64GeU
    )
}
