//! Loops that every ink! contract has, done by bulk operators.
//!
//! ink! up to version 5 links `rlibc`, whose `memcpy`, `memset` and `memcmp` go byte by byte: more
//! than half of what a token transfer has the interpreter do. The optimizer of cargo-contract
//! brings each into one form (the same in its versions 101 to 123), so that they are known by the
//! bytes of their bodies and by their types. (`memmove`
//! isn't known to 2.0 either.)
//!
//! The body is exchanged, and nothing else: whoever calls the function, also through the table,
//! calls the new body, which is metered like any other. What it does is what the loop did:
//!
//! * nothing is touched, and nothing traps, where the length is zero;
//! * a copy that overlaps what it reads later goes byte by byte, as the loop went, because a bulk
//!   operator would copy what was there before;
//! * bytes are compared by eights only where all of them lie inside of the memory, because the loop
//!   ends at a difference and never sees what lies behind.
//!
//! Where the loop would trap the new body traps. What it wrote before that, nobody sees: a trap ends
//! the frame and all that it did.

use wasm_encoder::{BlockType, Function, Instruction, MemArg, ValType};
use wasmparser::FuncType;

/// A loop that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Loop {
    /// `memcpy(to, from, length)`, forwards; returns `to`.
    Copy,
    /// The same without a result.
    CopyOnly,
    /// `memset(to, byte, length)`; returns `to`.
    Fill,
    /// The same without a result.
    FillOnly,
    /// `memcmp(left, right, length)`.
    Compare,
}

/// loop if (local 2 == local 3) local 0; else *(local 0 + local 3) = the value; local 3 += 1; again
macro_rules! counted {
    ([$($value:literal)*] $($end:literal)*) => {
        &[
            1, 1, 0x7F, 0x03, 0x7F, 0x20, 2, 0x20, 3, 0x46, 0x04, 0x7F, 0x20, 0, 0x05, 0x20, 0, 0x20, 3, 0x6A,
            $($value,)* 0x3A, 0, 0, 0x20, 3, 0x41, 1, 0x6A, 0x21, 3, 0x0C, 1, 0x0B, 0x0B, $($end),*
        ]
    };
}

impl Loop {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Copy,
        Self::CopyOnly,
        Self::Fill,
        Self::FillOnly,
        Self::Compare,
    ];

    /// Locals and operators of the function that is known.
    pub const fn body(self) -> &'static [u8] {
        match self {
            Self::Copy => counted!([0x20 1 0x20 3 0x6A 0x2D 0 0] 0x0B),
            Self::CopyOnly => counted!([0x20 1 0x20 3 0x6A 0x2D 0 0] 0x1A 0x0B),
            Self::Fill => counted!([0x20 1] 0x0B),
            Self::FillOnly => counted!([0x20 1] 0x1A 0x0B),
            // loop if (local 2 == 0) return 0; local 2 -= 1; local 3 = *(local 1); local 4 = *(local 0);
            // local 1 += 1; local 0 += 1; again if (local 3 == local 4); end; local 4 - local 3
            Self::Compare => &[
                1, 2, 0x7F, 0x03, 0x40, 0x20, 2, 0x45, 0x04, 0x40, 0x41, 0, 0x0F, 0x0B, 0x20, 2,
                0x41, 1, 0x6B, 0x21, 2, 0x20, 1, 0x2D, 0, 0, 0x21, 3, 0x20, 0, 0x2D, 0, 0, 0x21, 4,
                0x20, 1, 0x41, 1, 0x6A, 0x21, 1, 0x20, 0, 0x41, 1, 0x6A, 0x21, 0, 0x20, 3, 0x20, 4,
                0x46, 0x0D, 0, 0x0B, 0x20, 4, 0x20, 3, 0x6B, 0x0B,
            ],
        }
    }

    /// Whether there is a result.
    pub const fn has_result(self) -> bool {
        !matches!(self, Self::CopyOnly | Self::FillOnly)
    }

    /// The loop with this body and this type. A body doesn't tell the type: with a parameter more
    /// the same bytes are valid, and mean something else.
    pub(crate) fn find(body: &[u8], ty: &FuncType) -> Option<Self> {
        use wasmparser::ValType;
        Self::ALL.into_iter().find(|known| {
            let results: &[ValType] = if known.has_result() {
                &[ValType::I32]
            } else {
                &[]
            };
            known.body() == body && ty.params() == [ValType::I32; 3] && ty.results() == results
        })
    }

    /// Locals and operators of what is put in its place.
    pub(crate) fn replacement(self) -> Vec<u8> {
        let mut function = match self {
            Self::Copy | Self::CopyOnly => copy(),
            Self::Fill | Self::FillOnly => fill(),
            Self::Compare => return self.compare(),
        };
        if self.has_result() {
            function.instruction(&Instruction::LocalGet(0));
        }
        function.instruction(&Instruction::End);
        function.into_raw_body()
    }

    /// Eights that are equal are skipped, and the loop as it was does the rest.
    fn compare(self) -> Vec<u8> {
        use Instruction::*;
        let wide = MemArg {
            offset: 0,
            align: 0,
            memory_index: 0,
        };
        // Two locals as in the loop, and one for the size of the memory.
        let mut function = Function::new([(2, ValType::I32), (1, ValType::I64)]);
        let mut write = |all: &[Instruction<'_>]| {
            for one in all {
                function.instruction(one);
            }
        };
        write(&[
            MemorySize(0),
            I64ExtendI32U,
            I64Const(16),
            I64Shl,
            LocalSet(5),
        ]);
        write(&[Block(BlockType::Empty)]);
        for side in [0, 1] {
            write(&[
                LocalGet(side),
                I64ExtendI32U,
                LocalGet(2),
                I64ExtendI32U,
                I64Add,
            ]);
            write(&[LocalGet(5), I64GtU, BrIf(0)]);
        }
        write(&[
            Loop(BlockType::Empty),
            LocalGet(2),
            I32Const(8),
            I32LtU,
            BrIf(1),
        ]);
        write(&[
            LocalGet(0),
            I64Load(wide),
            LocalGet(1),
            I64Load(wide),
            I64Ne,
            BrIf(1),
        ]);
        for (local, step) in [(0, 8), (1, 8), (2, -8)] {
            write(&[LocalGet(local), I32Const(step), I32Add, LocalSet(local)]);
        }
        write(&[Br(0), End, End]);
        // Without the declaration of its locals, which are the same.
        let rest = self.body().get(3..).unwrap_or_default();
        function.raw(rest.iter().copied());
        function.into_raw_body()
    }
}

/// Copies, and leaves nothing there. The source is read later than it is written where it lies
/// behind by less than the length; if it is the target itself, the loop does no harm either.
fn copy() -> Function {
    use Instruction::*;
    let mut function = Function::new([(1, ValType::I32)]);
    for one in [
        LocalGet(0),
        LocalGet(1),
        I32Sub,
        LocalGet(2),
        I32LtU,
        If(BlockType::Empty),
    ] {
        function.instruction(&one);
    }
    // The loop as it was, up to its own `end`.
    let body = self::Loop::CopyOnly.body();
    let looped = body
        .get(3..body.len().saturating_sub(1))
        .unwrap_or_default();
    function.raw(looped.iter().copied());
    for one in [
        Else,
        LocalGet(2),
        If(BlockType::Empty),
        LocalGet(0),
        LocalGet(1),
        LocalGet(2),
        MemoryCopy {
            src_mem: 0,
            dst_mem: 0,
        },
        End,
        End,
    ] {
        function.instruction(&one);
    }
    function
}

fn fill() -> Function {
    use Instruction::*;
    let mut function = Function::new([]);
    for one in [
        LocalGet(2),
        If(BlockType::Empty),
        LocalGet(0),
        LocalGet(1),
        LocalGet(2),
        MemoryFill(0),
        End,
    ] {
        function.instruction(&one);
    }
    function
}
