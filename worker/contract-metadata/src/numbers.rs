//! Numbers: their bytes, low byte first, and their ranges.

use crate::{types::MAX_TYPE_DEPTH, Literal, TypeError};
use scale_info::{PortableRegistry, TypeDef, TypeDefPrimitive};

/// Appends a number of `bytes` bytes without a sign. It may be given as hex.
pub(crate) fn unsigned(value: &Literal, bytes: usize, out: &mut Vec<u8>) -> Result<(), TypeError> {
    let bits = bytes.saturating_mul(8);
    let most = u128::MAX >> 128usize.saturating_sub(bits);
    let number = match value {
        Literal::Number {
            negative: false,
            digits,
        } => digits.parse().ok(),
        Literal::Hex(hex) if !hex.is_empty() && hex.len() <= 16 => Some(
            hex.iter()
                .fold(0u128, |number, byte| (number << 8) | u128::from(*byte)),
        ),
        _ => None,
    };
    let number = number.filter(|it| *it <= most).ok_or_else(|| TypeError {
        expected: format!("a number from 0 to {most} (u{bits})"),
        found: value.describe(),
    })?;
    out.extend(number.to_le_bytes().into_iter().take(bytes));
    Ok(())
}

/// Appends a number of `bytes` bytes with a sign.
pub(crate) fn signed(value: &Literal, bytes: usize, out: &mut Vec<u8>) -> Result<(), TypeError> {
    let bits = bytes.saturating_mul(8);
    let most = i128::MAX >> 128usize.saturating_sub(bits);
    let least = most.saturating_neg().saturating_sub(1);
    let number: Option<i128> = match value {
        Literal::Number { negative, digits } => {
            let sign = if *negative { "-" } else { "" };
            format!("{sign}{digits}").parse().ok()
        }
        _ => None,
    };
    let number = number.filter(|it| (least..=most).contains(it));
    let number = number.ok_or_else(|| TypeError {
        expected: format!("a number from {least} to {most} (i{bits})"),
        found: value.describe(),
    })?;
    out.extend(number.to_le_bytes().into_iter().take(bytes));
    Ok(())
}

/// The bytes of a number without a sign. None for everything else.
pub(crate) fn unsigned_bytes(primitive: &TypeDefPrimitive) -> Option<usize> {
    match primitive {
        TypeDefPrimitive::U8 => Some(1),
        TypeDefPrimitive::U16 => Some(2),
        TypeDefPrimitive::U32 => Some(4),
        TypeDefPrimitive::U64 => Some(8),
        TypeDefPrimitive::U128 => Some(16),
        _ => None,
    }
}

/// The bytes of a number that can be written compactly: one without a sign, or what wraps one. None
/// for everything else.
pub(crate) fn compact_bytes(types: &PortableRegistry, id: u32) -> Option<usize> {
    let mut id = id;
    for _ in 0..MAX_TYPE_DEPTH {
        match &types.resolve(id)?.type_def {
            TypeDef::Primitive(primitive) => return unsigned_bytes(primitive),
            TypeDef::Composite(it) => match &it.fields[..] {
                [only] => id = only.ty.id,
                _ => return None,
            },
            _ => return None,
        }
    }
    None
}
