//! The bytes of an argument by its type.
//!
//! The types are those of the contract's metadata. Errors name what the type takes and what was
//! given, and never repeat more of it than helps.

use crate::{
    numbers::{compact_bytes, signed, unsigned},
    text::list,
    types::{is_account, is_byte, name_of, MAX_TYPE_DEPTH},
    Accounts, Literal, TypeError,
};
use parity_scale_codec::{Compact, Encode};
use scale_info::{
    form::PortableForm, Field, PortableRegistry, TypeDef, TypeDefPrimitive, TypeDefVariant,
};
use std::collections::BTreeMap;

/// What can't be written by name.
const BY_HAND: &str = "a type that can be written: give the input as --data HEX";

pub(crate) struct Encoder<'t> {
    pub(crate) types: &'t PortableRegistry,
    pub(crate) accounts: &'t dyn Accounts,
}

fn wrong(expected: &str, value: &Literal) -> TypeError {
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
            _ => return Err(wrong(BY_HAND, value)),
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

    fn all<'v>(
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
        let counted = |found: usize| match u32::try_from(found) == Ok(len) {
            true => Ok(()),
            false => Err(TypeError {
                expected: expected(),
                found: format!("{found}"),
            }),
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

    fn variant(
        &self,
        variants: &TypeDefVariant<PortableForm>,
        value: &Literal,
        out: &mut Vec<u8>,
        depth: usize,
    ) -> Result<(), TypeError> {
        let given = match value {
            Literal::Word(name)
            | Literal::Tuple(Some(name), _)
            | Literal::Fields(Some(name), _) => name.as_str(),
            _ => "",
        };
        let found = variants.variants.iter().find(|it| it.name == given);
        let Some(variant) = found else {
            let names = variants.variants.iter().map(|it| it.name.as_str());
            return Err(wrong(&format!("one of {}", list(names)), value));
        };
        out.push(variant.index);
        match value {
            Literal::Word(_) if variant.fields.is_empty() => Ok(()),
            _ => self.fields(given, &variant.fields, value, out, depth),
        }
    }

    /// The value of a type's only field, written without a name and brackets.
    fn only(
        &self,
        fields: &[Field<PortableForm>],
        value: &Literal,
        out: &mut Vec<u8>,
        depth: usize,
    ) -> Option<Result<(), TypeError>> {
        match fields {
            [only] => Some(self.encode(only.ty.id, value, out, depth)),
            _ => None,
        }
    }

    fn fields(
        &self,
        own: &str,
        fields: &[Field<PortableForm>],
        value: &Literal,
        out: &mut Vec<u8>,
        depth: usize,
    ) -> Result<(), TypeError> {
        let names: Option<Vec<&str>> = fields.iter().map(|it| it.name.as_deref()).collect();
        match (value, names) {
            (Literal::Fields(_, given), Some(names))
                if !names.is_empty() && given.len() == names.len() =>
            {
                let given: BTreeMap<&str, &Literal> =
                    given.iter().map(|(name, it)| (name.as_str(), it)).collect();
                let values: Option<Vec<_>> = (names.iter().zip(fields))
                    .map(|(name, field)| Some((field.ty.id, *given.get(name)?)))
                    .collect();
                if let Some(values) = values {
                    return self.all(values.into_iter(), out, depth);
                }
            }
            (Literal::Tuple(_, given), _) if given.len() == fields.len() => {
                let ids = fields.iter().map(|field| field.ty.id);
                return self.all(ids.zip(given), out, depth);
            }
            (Literal::Fields(..), Some(names)) if !names.is_empty() => {}
            _ => {
                let unnamed = !matches!(
                    value,
                    Literal::Tuple(Some(_), _) | Literal::Fields(Some(_), _)
                );
                if let Some(done) = self.only(fields, value, out, depth).filter(|_| unnamed) {
                    return done;
                }
            }
        }
        Err(wrong(&self.form(own, fields), value))
    }

    /// How something with fields is written.
    fn form(&self, own: &str, fields: &[Field<PortableForm>]) -> String {
        let named = fields.iter().all(|it| it.name.is_some());
        // Far more than `list` shows, and few enough to be named in no time.
        let all: Vec<_> = (fields.iter().take(1_000))
            .map(|field| {
                let of = name_of(self.types, field.ty.id);
                match &field.name {
                    Some(name) => format!("{name}: {of}"),
                    None => of,
                }
            })
            .collect();
        let listed = list(all.iter().map(String::as_str));
        match (all.is_empty(), named) {
            (true, _) => own.into(),
            (false, true) => format!("{own} {{ {listed} }}"),
            (false, false) => format!("{own}({listed})"),
        }
    }

    fn list_of(&self, item: u32) -> String {
        match is_byte(self.types, item) {
            true => "bytes: 0x and hex, or [1, 2]".into(),
            false => format!("a list in brackets of {}", name_of(self.types, item)),
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
            return Err(wrong(BY_HAND, value));
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
        (P::Char | P::U256 | P::I256, _) => Err(wrong(BY_HAND, value)),
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
