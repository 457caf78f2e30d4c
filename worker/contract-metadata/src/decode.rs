//! Values from bytes, by their types.

use crate::{
    types::{is_account, is_byte, is_hash, name_of, MAX_TYPE_DEPTH},
    value::MAX_VALUE_BYTES,
    Accounts, DecodeError, Value,
};
use parity_scale_codec::{Compact, Decode};
use scale_info::{form::PortableForm, Field, PortableRegistry, TypeDef, TypeDefPrimitive};

/// What a value takes of the bound on text, beside the names in it: a long number, or a comma.
const VALUE_BYTES: usize = 16;

pub(crate) struct Decoder<'t> {
    types: &'t PortableRegistry,
    accounts: &'t dyn Accounts,
    input: &'t [u8],
    /// What is left of the bound on text.
    room: usize,
}

impl<'t> Decoder<'t> {
    pub(crate) fn new(
        types: &'t PortableRegistry,
        accounts: &'t dyn Accounts,
        input: &'t [u8],
    ) -> Self {
        Self {
            types,
            accounts,
            input,
            room: MAX_VALUE_BYTES,
        }
    }

    /// Nothing may be left.
    pub(crate) fn end(self) -> Result<(), DecodeError> {
        match self.input.len() {
            0 => Ok(()),
            bytes => Err(DecodeError::Trailing { bytes }),
        }
    }

    /// The next value. `depth` is how many values contain it.
    pub(crate) fn value(&mut self, id: u32, depth: usize) -> Result<Value, DecodeError> {
        if depth > MAX_TYPE_DEPTH {
            return Err(DecodeError::TooDeep);
        }
        self.take_room(VALUE_BYTES)?;
        let deeper = depth.saturating_add(1);
        let types = self.types;
        let Some(ty) = types.resolve(id) else {
            return Err(self.unsupported(id));
        };
        if is_account(types, ty) {
            let account = self.plain::<[u8; 32]>(id)?;
            return Ok(Value::Account(self.accounts.write(&account)));
        }
        if is_hash(types, ty) {
            return Ok(Value::Hex(self.plain::<[u8; 32]>(id)?.to_vec()));
        }
        match &ty.type_def {
            TypeDef::Primitive(primitive) => self.primitive(id, primitive),
            TypeDef::Compact(it) => self.compact(it.type_param.id, deeper),
            TypeDef::Sequence(it) => {
                let len = self.plain::<Compact<u32>>(id)?.0;
                self.list(it.type_param.id, len, deeper)
            }
            TypeDef::Array(it) => self.list(it.type_param.id, it.len, deeper),
            TypeDef::Tuple(it) => {
                let fields = it.fields.iter().map(|field| self.value(field.id, deeper));
                Ok(Value::Tuple(None, fields.collect::<Result<_, _>>()?))
            }
            TypeDef::Composite(it) => {
                let name = ty.path.segments.last();
                self.fields(id, name, &it.fields, deeper)
            }
            TypeDef::Variant(it) => {
                let index = self.plain::<u8>(id)?;
                let Some(variant) = it.variants.iter().find(|it| it.index == index) else {
                    return Err(self.invalid(id, format!("there is no variant {index}")));
                };
                self.fields(id, Some(&variant.name), &variant.fields, deeper)
            }
            TypeDef::BitSequence(_) => Err(self.unsupported(id)),
        }
    }

    fn list(&mut self, item: u32, len: u32, depth: usize) -> Result<Value, DecodeError> {
        if is_byte(self.types, item) {
            let len = usize::try_from(len).unwrap_or(usize::MAX);
            let Some((bytes, rest)) = self.input.split_at_checked(len) else {
                return Err(self.short(item));
            };
            self.take_room(len.saturating_mul("255, ".len()))?;
            self.input = rest;
            return Ok(Value::Bytes(bytes.into()));
        }
        // No memory by a length that was only claimed.
        let mut values = Vec::new();
        for _ in 0..len {
            values.push(self.value(item, depth)?);
        }
        Ok(Value::List(values))
    }

    fn fields(
        &mut self,
        id: u32,
        name: Option<&String>,
        fields: &[Field<PortableForm>],
        depth: usize,
    ) -> Result<Value, DecodeError> {
        if let Some(name) = name {
            self.take_room(name.len())?;
        }
        let names: Vec<_> = fields.iter().filter_map(|it| it.name.as_ref()).collect();
        if names.is_empty() {
            let values = fields.iter().map(|field| self.value(field.ty.id, depth));
            return Ok(Value::Tuple(
                name.cloned(),
                values.collect::<Result<_, _>>()?,
            ));
        }
        if names.len() != fields.len() {
            return Err(self.unsupported(id));
        }
        let values = names.into_iter().zip(fields).map(|(name, field)| {
            self.take_room(name.len())?;
            Ok((name.clone(), self.value(field.ty.id, depth)?))
        });
        Ok(Value::Fields(
            name.cloned(),
            values.collect::<Result<_, _>>()?,
        ))
    }

    fn primitive(&mut self, id: u32, primitive: &TypeDefPrimitive) -> Result<Value, DecodeError> {
        use TypeDefPrimitive as P;
        Ok(match primitive {
            P::Bool => Value::Bool(self.plain(id)?),
            P::Str => {
                let text: String = self.plain(id)?;
                self.take_room(text.len())?;
                Value::Text(text)
            }
            P::U8 => Value::UInt(self.plain::<u8>(id)?.into()),
            P::U16 => Value::UInt(self.plain::<u16>(id)?.into()),
            P::U32 => Value::UInt(self.plain::<u32>(id)?.into()),
            P::U64 => Value::UInt(self.plain::<u64>(id)?.into()),
            P::U128 => Value::UInt(self.plain(id)?),
            P::I8 => Value::Int(self.plain::<i8>(id)?.into()),
            P::I16 => Value::Int(self.plain::<i16>(id)?.into()),
            P::I32 => Value::Int(self.plain::<i32>(id)?.into()),
            P::I64 => Value::Int(self.plain::<i64>(id)?.into()),
            P::I128 => Value::Int(self.plain(id)?),
            P::Char | P::U256 | P::I256 => return Err(self.unsupported(id)),
        })
    }

    /// A number without a sign, written compactly, or what wraps one.
    fn compact(&mut self, id: u32, depth: usize) -> Result<Value, DecodeError> {
        if depth > MAX_TYPE_DEPTH {
            return Err(DecodeError::TooDeep);
        }
        use TypeDefPrimitive as P;
        let types = self.types;
        let Some(ty) = types.resolve(id) else {
            return Err(self.unsupported(id));
        };
        let number = match &ty.type_def {
            TypeDef::Primitive(P::U8) => self.plain::<Compact<u8>>(id)?.0.into(),
            TypeDef::Primitive(P::U16) => self.plain::<Compact<u16>>(id)?.0.into(),
            TypeDef::Primitive(P::U32) => self.plain::<Compact<u32>>(id)?.0.into(),
            TypeDef::Primitive(P::U64) => self.plain::<Compact<u64>>(id)?.0.into(),
            TypeDef::Primitive(P::U128) => self.plain::<Compact<u128>>(id)?.0,
            TypeDef::Composite(it) => {
                let [only] = &it.fields[..] else {
                    return Err(self.unsupported(id));
                };
                let own = ty.path.segments.last();
                let names = own.into_iter().chain(&only.name).map(String::len).sum();
                self.take_room(names)?;
                let value = self.compact(only.ty.id, depth.saturating_add(1))?;
                return Ok(match &only.name {
                    Some(name) => Value::Fields(own.cloned(), vec![(name.clone(), value)]),
                    None => Value::Tuple(own.cloned(), vec![value]),
                });
            }
            _ => return Err(self.unsupported(id)),
        };
        Ok(Value::UInt(number))
    }

    /// A value of a type of Rust; `id` is what the metadata calls it.
    fn plain<T: Decode>(&mut self, id: u32) -> Result<T, DecodeError> {
        let before = self.input.len();
        T::decode(&mut self.input).map_err(|error| match before {
            0 => self.short(id),
            _ => self.invalid(id, error.to_string()),
        })
    }

    fn take_room(&mut self, bytes: usize) -> Result<(), DecodeError> {
        self.room = self.room.checked_sub(bytes).ok_or(DecodeError::TooLong)?;
        Ok(())
    }

    fn short(&self, id: u32) -> DecodeError {
        DecodeError::Short {
            ty: name_of(self.types, id),
        }
    }

    fn invalid(&self, id: u32, reason: String) -> DecodeError {
        DecodeError::Invalid {
            ty: name_of(self.types, id),
            reason,
        }
    }

    fn unsupported(&self, id: u32) -> DecodeError {
        DecodeError::Unsupported {
            ty: name_of(self.types, id),
        }
    }
}
