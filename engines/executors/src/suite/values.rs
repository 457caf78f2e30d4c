//! Numbers of the tests' text, and what results are compared with.

use wasmi::{Val, F32, F64};
use wast::{
    core::{NanPattern, WastArgCore, WastRetCore},
    WastArg, WastRet,
};

/// An argument. None if it isn't one of WebAssembly 1.0.
pub(super) fn argument(arg: &WastArg<'_>) -> Option<Val> {
    Some(match arg {
        WastArg::Core(WastArgCore::I32(value)) => Val::I32(*value),
        WastArg::Core(WastArgCore::I64(value)) => Val::I64(*value),
        WastArg::Core(WastArgCore::F32(value)) => Val::F32(F32::from_bits(value.bits)),
        WastArg::Core(WastArgCore::F64(value)) => Val::F64(F64::from_bits(value.bits)),
        _ => return None,
    })
}

/// Whether a result is what a test expects.
pub(super) fn matches(value: &Val, expected: &WastRet<'_>) -> bool {
    match (value, expected) {
        (Val::I32(value), WastRet::Core(WastRetCore::I32(wanted))) => value == wanted,
        (Val::I64(value), WastRet::Core(WastRetCore::I64(wanted))) => value == wanted,
        (Val::F32(value), WastRet::Core(WastRetCore::F32(wanted))) => match wanted {
            NanPattern::Value(wanted) => value.to_bits() == wanted.bits,
            NanPattern::CanonicalNan => value.to_bits() & 0x7fff_ffff == 0x7fc0_0000,
            NanPattern::ArithmeticNan => value.to_bits() & 0x7fc0_0000 == 0x7fc0_0000,
        },
        (Val::F64(value), WastRet::Core(WastRetCore::F64(wanted))) => match wanted {
            NanPattern::Value(wanted) => value.to_bits() == wanted.bits,
            NanPattern::CanonicalNan => {
                value.to_bits() & 0x7fff_ffff_ffff_ffff == 0x7ff8_0000_0000_0000
            }
            NanPattern::ArithmeticNan => {
                value.to_bits() & 0x7ff8_0000_0000_0000 == 0x7ff8_0000_0000_0000
            }
        },
        _ => false,
    }
}
