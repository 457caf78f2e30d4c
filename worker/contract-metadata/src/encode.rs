//! The bytes of an argument by its type.
//!
//! The types are those of the contract's metadata. Errors name what the type takes and what was
//! given, and never repeat more of it than helps.

use crate::{
    numbers::{compact_bytes, signed, unsigned},
    types::{is_account, is_byte, name_of, MAX_TYPE_DEPTH},
    Accounts, Literal, TypeError,
};
use parity_scale_codec::{Compact, Encode};
use scale_info::{PortableRegistry, TypeDef, TypeDefPrimitive};

/// What stands for a value that no text can be.
const WRITABLE: &str = "a type that can be written as text";

pub(crate) struct Encoder<'t> {
    pub(crate) types: &'t PortableRegistry,
    pub(crate) accounts: &'t dyn Accounts,
}

pub(crate) fn wrong(expected: &str, value: &Literal) -> TypeError {
    TypeError {
        expected: expected.into(),
        found: value.describe(),
    }
}

impl Encoder<'_> {
    /// Appends the bytes of a value of a type. `depth` is how many types contain it.
    pub(crate) fn encode(
        &self,
        id: u32,
        value: &Literal,
        out: &mut Vec<u8>,
        depth: usize,
    ) -> Result<(), TypeError> {
        let deeper = depth.saturating_add(1);
        let ty = match self.types.resolve(id) {
            Some(ty) if depth <= MAX_TYPE_DEPTH => ty,
            _ => return Err(wrong(WRITABLE, value)),
        };
        if is_account(self.types, ty) {
            return self.account(value, out);
        }
        match &ty.type_def {
            TypeDef::Primitive(primitive) => primitive_value(primitive, value, out),
            TypeDef::Compact(compact) => self.compact(compact.type_param.id, value, out, deeper),
            TypeDef::Sequence(sequence) => {
                let item = sequence.type_param.id;
                match value {
                    Literal::Hex(bytes) if is_byte(self.types, item) => {
                        bytes.encode_to(out);
                        Ok(())
                    }
                    Literal::List(items) => {
                        length(items.len()).encode_to(out);
                        self.all(items.iter().map(|it| (item, it)), out, deeper)
                    }
                    _ => Err(wrong(&self.list_of(item), value)),
                }
            }
            TypeDef::Array(array) => self.array(array.type_param.id, array.len, value, out, deeper),
            TypeDef::Tuple(tuple) => match value {
                Literal::Tuple(None, items) if items.len() == tuple.fields.len() => {
                    let fields = tuple.fields.iter().map(|it| it.id);
                    self.all(fields.zip(items), out, deeper)
                }
                _ => match &tuple.fields[..] {
                    [only] => self.encode(only.id, value, out, deeper),
                    _ => Err(wrong(&name_of(self.types, id), value)),
                },
            },
            TypeDef::Composite(composite) => {
                let own = ty.path.segments.last().map_or("", String::as_str);
                match value {
                    Literal::Fields(Some(given), _) | Literal::Tuple(Some(given), _)
                        if given != own =>
                    {
                        self.only(&composite.fields, value, out, deeper)
                            .unwrap_or_else(|| Err(wrong(own, value)))
                    }
                    _ => self.fields(own, &composite.fields, value, out, deeper),
                }
            }
            TypeDef::Variant(variants) => self.variant(variants, value, out, deeper),
            TypeDef::BitSequence(_) => Err(wrong(
                "bits, which can only be given with --data HEX",
                value,
            )),
        }
    }

    pub(crate) fn all<'v>(
        &self,
        values: impl Iterator<Item = (u32, &'v Literal)>,
        out: &mut Vec<u8>,
        depth: usize,
    ) -> Result<(), TypeError> {
        for (id, value) in values {
            self.encode(id, value, out, depth)?;
        }
        Ok(())
    }

    fn array(
        &self,
        item: u32,
        len: u32,
        value: &Literal,
        out: &mut Vec<u8>,
        depth: usize,
    ) -> Result<(), TypeError> {
        let expected = || format!("{len} of them: {}", self.list_of(item));
        let counted = |found: usize| {
            if u32::try_from(found) == Ok(len) {
                return Ok(());
            }
            Err(TypeError {
                expected: expected(),
                found: format!("{found}"),
            })
        };
        match value {
            Literal::Hex(bytes) if is_byte(self.types, item) => {
                counted(bytes.len())?;
                out.extend_from_slice(bytes);
                Ok(())
            }
            Literal::List(items) => {
                counted(items.len())?;
                self.all(items.iter().map(|it| (item, it)), out, depth)
            }
            _ => Err(wrong(&expected(), value)),
        }
    }

    fn list_of(&self, item: u32) -> String {
        if is_byte(self.types, item) {
            "bytes: 0x and hex, or [1, 2]".into()
        } else {
            format!("a list in brackets of {}", name_of(self.types, item))
        }
    }

    fn compact(
        &self,
        id: u32,
        value: &Literal,
        out: &mut Vec<u8>,
        depth: usize,
    ) -> Result<(), TypeError> {
        let Some(bytes) = compact_bytes(self.types, id) else {
            return Err(wrong(WRITABLE, value));
        };
        let mut plain = Vec::new();
        self.encode(id, value, &mut plain, depth)?;
        let mut number = [0; 16];
        match number.get_mut(..bytes) {
            Some(low) if plain.len() == bytes => low.copy_from_slice(&plain),
            _ => return Err(wrong("a number", value)),
        }
        Compact(u128::from_le_bytes(number)).encode_to(out);
        Ok(())
    }

    fn account(&self, value: &Literal, out: &mut Vec<u8>) -> Result<(), TypeError> {
        let account = match value {
            Literal::Account(text) | Literal::Word(text) | Literal::Text(text) => {
                Some(self.accounts.read(text)?)
            }
            Literal::Hex(bytes) => <[u8; 32]>::try_from(&bytes[..]).ok(),
            _ => None,
        };
        let account = account.ok_or_else(|| wrong(self.accounts.forms(), value))?;
        out.extend_from_slice(&account);
        Ok(())
    }
}

fn primitive_value(
    primitive: &TypeDefPrimitive,
    value: &Literal,
    out: &mut Vec<u8>,
) -> Result<(), TypeError> {
    use TypeDefPrimitive as P;
    match (primitive, value) {
        (P::Bool, Literal::Word(word)) if word == "true" || word == "false" => {
            (word == "true").encode_to(out);
            Ok(())
        }
        (P::Bool, _) => Err(wrong("true or false", value)),
        (P::Str, Literal::Text(text)) => {
            text.encode_to(out);
            Ok(())
        }
        (P::Str, _) => {
            let expected = "text in double quotes; for the shell: '\"text\"'";
            Err(wrong(expected, value))
        }
        (P::Char | P::U256 | P::I256, _) => Err(wrong(WRITABLE, value)),
        (P::U8, _) => unsigned(value, 1, out),
        (P::U16, _) => unsigned(value, 2, out),
        (P::U32, _) => unsigned(value, 4, out),
        (P::U64, _) => unsigned(value, 8, out),
        (P::U128, _) => unsigned(value, 16, out),
        (P::I8, _) => signed(value, 1, out),
        (P::I16, _) => signed(value, 2, out),
        (P::I32, _) => signed(value, 4, out),
        (P::I64, _) => signed(value, 8, out),
        (P::I128, _) => signed(value, 16, out),
    }
}

fn length(len: usize) -> Compact<u32> {
    Compact(u32::try_from(len).unwrap_or(u32::MAX))
}
