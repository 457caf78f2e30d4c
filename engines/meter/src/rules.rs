//! Every number of a version's meter, as one value with named rows.

use crate::costs::Costs;
use parity_scale_codec::Encode;
use pink_engine_sdk::{rules, rules::Table, types::Version};

rules! {
    /// Every number of a version's meter.
    #[derive(Clone, Debug)]
    pub struct Rules {
        /// The version.
        pub version: Version,
        /// What operators cost, in units of gas, in code that is interpreted.
        pub costs: Costs,
        /// The same in code that counts as compiled, in units of its own.
        pub compiled_costs: Costs,
        /// What frames take of the stack, in units of height.
        pub stack: Stack,
        /// What can be metered.
        pub limits: Limits,
        /// What is compiled.
        pub compiled: Compiled,
    }
}

rules! {
    /// What a call's frame takes of the stack. A unit stands for a cell of 8 bytes, and the native
    /// executor reserves that for each.
    #[derive(Clone, Debug)]
    pub struct Stack {
        /// Of a frame, whatever the function: return address, saved registers, arguments.
        pub frame: u32,
        /// Of a parameter or a local.
        pub local: u32,
        /// Of an operand, where there are most of them.
        pub operand: u32,
        /// Operators that take a unit, in code that is compiled. A compiler keeps values that the
        /// function doesn't: addresses, what it took out of a loop. Each comes of an operator.
        pub operators_per_unit: u32,
        /// Of an imported function that the function calls, however often, in code that is compiled:
        /// a compiler looks up once where it is and what it belongs to, and keeps both.
        pub import: u32,
        /// A function that calls no function of the module and takes no more than this isn't
        /// counted. There is only ever one such frame, the last.
        pub leaf: u32,
        /// What all frames of an instance may take.
        pub limit: u32,
    }
}

rules! {
    /// What can be metered. Checked before anything is made of it. Those of 2.0, which has more.
    #[derive(Clone, Debug)]
    pub struct Limits {
        /// Bytes of code.
        pub code_len: u32,
        /// Functions, imported ones included.
        pub functions: u32,
        /// Bytes of one function's body.
        pub function_body: u32,
        /// Locals of a function, parameters included.
        pub locals: u32,
        /// Pages of 64 KiB that a memory may grow to: growing by more is refused, and costs no
        /// pages.
        pub memory_pages: u32,
    }
}

rules! {
    /// What is compiled: code for which the compiler's time is in proportion to its length. What
    /// has more of something is interpreted, and means the same.
    #[derive(Clone, Debug)]
    pub struct Compiled {
        /// Bytes of code.
        pub code_len: u32,
        /// Bytes of one function's body.
        pub function_body: u32,
        /// Locals of a function, parameters included.
        pub locals: u32,
        /// Operands of a function, where there are most.
        pub operands: u32,
        /// Loops around a loop, and itself.
        pub loop_depth: u32,
        /// Blocks around a block, and itself.
        pub block_depth: u32,
        /// Targets of one `br_table`.
        pub br_table_targets: u32,
        /// Imported functions that a function calls.
        pub imports: u32,
        /// Blocks of a function, times its locals and itself.
        pub cells: u32,
        /// Operators of a function, times its blocks.
        pub crossings: u32,
        /// Cells of all functions together, for each byte of code.
        pub cells_per_byte: u32,
        /// Functions that there may be whatever the length.
        pub free_functions: u32,
        /// Bytes of code that there must be for each function beyond those.
        pub bytes_per_function: u32,
    }
}

impl Rules {
    /// Those of version 2.1. It isn't released, and may change.
    pub const V2_1: Self = Self {
        version: Version::new(2, 1),
        costs: Costs::V2_1,
        compiled_costs: Costs::V2_1_COMPILED,
        stack: Stack {
            frame: 16,
            local: 1,
            operand: 1,
            operators_per_unit: 2,
            import: 2,
            leaf: 256,
            limit: 240 * 1024,
        },
        limits: Limits {
            code_len: 512 * 1024,
            functions: 8192,
            function_body: 128 * 1024,
            locals: 1024,
            memory_pages: 64,
        },
        compiled: Compiled {
            code_len: 128 * 1024,
            function_body: 16 * 1024,
            locals: 64,
            operands: 256,
            loop_depth: 16,
            block_depth: 64,
            br_table_targets: 64,
            imports: 256,
            cells: 8192,
            crossings: 4_000_000,
            cells_per_byte: 4,
            free_functions: 16,
            bytes_per_function: 24,
        },
    };

    /// BLAKE2b-256 of the named rows: see [`pink_engine_sdk::rules`](mod@pink_engine_sdk::rules).
    /// A later version's row leaves the hashes of those before it as they were.
    pub fn hash(&self) -> [u8; 32] {
        let mut digest = [0; 32];
        let hash = blake2b_simd::Params::new()
            .hash_length(32)
            .hash(&Table::of(self).encode());
        digest.copy_from_slice(hash.as_bytes());
        digest
    }

    /// Units of height that a native executor has to have room for: all that is counted, the frame
    /// that finds that there is no more, and a last one that isn't counted.
    pub const fn reserved_units(&self) -> u32 {
        self.stack
            .limit
            .saturating_add(self.largest_compiled_frame())
            .saturating_add(self.stack.leaf)
    }

    /// Units of the largest frame that compiled code can have. Each operator takes a byte at least.
    pub const fn largest_compiled_frame(&self) -> u32 {
        let operators = self.compiled.function_body;
        let stack = &self.stack;
        let locals = stack.local.saturating_mul(self.compiled.locals);
        stack
            .frame
            .saturating_add(locals)
            .saturating_add(stack.operand.saturating_mul(self.compiled.operands))
            .saturating_add(stack.import.saturating_mul(self.compiled.imports))
            .saturating_add(operators.div_ceil(at_least_one(stack.operators_per_unit)))
    }
}

/// What is divided by.
pub(crate) const fn at_least_one(number: u32) -> u32 {
    if number == 0 {
        1
    } else {
        number
    }
}
