//! Functions that are known by the bytes of their bodies.
//!
//! The optimizer of cargo-contract brings each of the loops that every ink! contract has into one
//! form (the same in its versions 101 to 123). What has such a form is done natively
//! ([`crate::vm::Intrinsic`]).

use crate::vm::Intrinsic;
use wasmparser::FuncType;

/// One form of one loop.
#[derive(Debug)]
pub(super) struct Form {
    /// What it does.
    pub(super) intrinsic: Intrinsic,
    /// Locals and operators of the function.
    pub(super) body: &'static [u8],
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

pub(super) const ALL: &[Form] = &[
    Form {
        intrinsic: Intrinsic::Copy,
        body: counted!([0x20 1 0x20 3 0x6A 0x2D 0 0] 0x0B),
    },
    Form {
        intrinsic: Intrinsic::CopyOnly,
        body: counted!([0x20 1 0x20 3 0x6A 0x2D 0 0] 0x1A 0x0B),
    },
    Form {
        intrinsic: Intrinsic::Fill,
        body: counted!([0x20 1] 0x0B),
    },
    Form {
        intrinsic: Intrinsic::FillOnly,
        body: counted!([0x20 1] 0x1A 0x0B),
    },
    Form {
        intrinsic: Intrinsic::Compare,
        // loop if (local 2 == 0) return 0; local 2 -= 1; local 3 = *(local 1); local 4 = *(local 0);
        // local 1 += 1; local 0 += 1; again if (local 3 == local 4); end; local 4 - local 3
        body: &[
            1, 2, 0x7F, 0x03, 0x40, 0x20, 2, 0x45, 0x04, 0x40, 0x41, 0, 0x0F, 0x0B, 0x20, 2, 0x41,
            1, 0x6B, 0x21, 2, 0x20, 1, 0x2D, 0, 0, 0x21, 3, 0x20, 0, 0x2D, 0, 0, 0x21, 4, 0x20, 1,
            0x41, 1, 0x6A, 0x21, 1, 0x20, 0, 0x41, 1, 0x6A, 0x21, 0, 0x20, 3, 0x20, 4, 0x46, 0x0D,
            0, 0x0B, 0x20, 4, 0x20, 3, 0x6B, 0x0B,
        ],
    },
];

/// The intrinsic with this body and this type. A body doesn't tell the type: with a parameter
/// more the same bytes are valid, and mean something else.
pub(super) fn find(body: &[u8], ty: &FuncType) -> Option<Intrinsic> {
    ALL.iter()
        .find(|form| form.body == body && form.intrinsic.has_type(ty))
        .map(|form| form.intrinsic)
}
