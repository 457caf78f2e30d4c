//! Arguments by their types: how a type is called, and the bytes of a value of it.
//!
//! The types are those of the contract's metadata. Errors name what the type takes and what was
//! given, and never repeat more of it than helps.

use super::{
    syntax::Literal,
    values::{parse_who, shortened},
};
use parity_scale_codec::{Compact, Encode};
use scale_info::{form::PortableForm, Field, PortableRegistry, Type, TypeDef, TypeDefPrimitive};

/// How deep types may nest: deeper than arguments can, which is 32.
const MAX_DEPTH: usize = 64;

/// How deep a type's name is spelled out.
const NAME_DEPTH: usize = 5;

/// A value that isn't of the type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}, found {found}")]
pub struct TypeError {
    /// What the type takes.
    pub expected: String,
    /// What was given.
    pub found: String,
}

/// How a type is called, with its parameters, as in `Vec<u8>`.
pub fn name_of(types: &PortableRegistry, id: u32) -> String {
    name(types, id, NAME_DEPTH)
}

/// The name that the contract gave to a type, if that says more than the type's own: `Balance`
/// and not `u128`, but `Vec<u8>` and not `Vec`.
pub fn display_name(types: &PortableRegistry, id: u32, display: Option<&String>) -> String {
    let own = name_of(types, id);
    match display {
        Some(alias) if !own.starts_with(alias.as_str()) && !own.contains(['<', '[', '(']) => {
            alias.clone()
        }
        _ => own,
    }
}

fn name(types: &PortableRegistry, id: u32, depth: usize) -> String {
    let Some(ty) = types.resolve(id) else {
        return "?".into();
    };
    let Some(depth) = depth.checked_sub(1) else {
        return "…".into();
    };
    let list = |ids: Vec<u32>| -> String {
        let all: Vec<_> = ids.into_iter().map(|id| name(types, id, depth)).collect();
        all.join(", ")
    };
    match &ty.type_def {
        TypeDef::Primitive(primitive) => primitive_name(primitive).into(),
        TypeDef::Sequence(it) => format!("Vec<{}>", name(types, it.type_param.id, depth)),
        TypeDef::Array(it) => format!("[{}; {}]", name(types, it.type_param.id, depth), it.len),
        TypeDef::Tuple(it) => format!("({})", list(it.fields.iter().map(|f| f.id).collect())),
        TypeDef::Compact(it) => format!("Compact<{}>", name(types, it.type_param.id, depth)),
        TypeDef::BitSequence(_) => "BitVec".into(),
        TypeDef::Composite(_) | TypeDef::Variant(_) => {
            let params: Vec<_> = ty.type_params.iter().filter_map(|it| it.ty).collect();
            let own = ty.path.ident().unwrap_or_else(|| "?".into());
            match params.is_empty() {
                true => own,
                false => format!("{own}<{}>", list(params.iter().map(|it| it.id).collect())),
            }
        }
    }
}

fn primitive_name(primitive: &TypeDefPrimitive) -> &'static str {
    match primitive {
        TypeDefPrimitive::Bool => "bool",
        TypeDefPrimitive::Char => "char",
        TypeDefPrimitive::Str => "String",
        TypeDefPrimitive::U8 => "u8",
        TypeDefPrimitive::U16 => "u16",
        TypeDefPrimitive::U32 => "u32",
        TypeDefPrimitive::U64 => "u64",
        TypeDefPrimitive::U128 => "u128",
        TypeDefPrimitive::U256 => "U256",
        TypeDefPrimitive::I8 => "i8",
        TypeDefPrimitive::I16 => "i16",
        TypeDefPrimitive::I32 => "i32",
        TypeDefPrimitive::I64 => "i64",
        TypeDefPrimitive::I128 => "i128",
        TypeDefPrimitive::I256 => "I256",
    }
}

/// Appends the bytes of a value of a type.
///
/// # Errors
/// The value isn't of the type.
pub fn encode(
    types: &PortableRegistry,
    id: u32,
    value: &Literal,
    out: &mut Vec<u8>,
) -> Result<(), TypeError> {
    Encoder { types }.encode(id, value, out, 0)
}

struct Encoder<'t> {
    types: &'t PortableRegistry,
}

impl Encoder<'_> {
    fn encode(
        &self,
        id: u32,
        value: &Literal,
        out: &mut Vec<u8>,
        depth: usize,
    ) -> Result<(), TypeError> {
        let deeper = depth.saturating_add(1);
        let wrong = |expected: &str| {
            Err(TypeError {
                expected: expected.into(),
                found: describe(value),
            })
        };
        let ty = match self.types.resolve(id) {
            Some(ty) if depth <= MAX_DEPTH => ty,
            _ => return wrong("a type that can be written: give the input as --data HEX"),
        };
        if is_account(ty) {
            return account(value, out);
        }
        match &ty.type_def {
            TypeDef::Primitive(primitive) => self.primitive(primitive, value, out),
            TypeDef::Compact(compact) => self.compact(compact.type_param.id, value, out, deeper),
            TypeDef::Sequence(sequence) => {
                let item = sequence.type_param.id;
                match value {
                    Literal::Hex(bytes) if self.is_byte(item) => bytes.encode_to(out),
                    Literal::List(items) => {
                        length(items.len()).encode_to(out);
                        self.all(items.iter().map(|it| (item, it)), out, deeper)?;
                    }
                    _ => return wrong(&self.list_of(item)),
                }
                Ok(())
            }
            TypeDef::Array(array) => {
                let (item, len) = (array.type_param.id, array.len as usize);
                let expected = || format!("{len} of them: {}", self.list_of(item));
                let count = |found: usize| TypeError {
                    expected: expected(),
                    found: format!("{found}"),
                };
                match value {
                    Literal::Hex(bytes) if self.is_byte(item) => {
                        if bytes.len() != len {
                            return Err(count(bytes.len()));
                        }
                        out.extend_from_slice(bytes);
                        Ok(())
                    }
                    Literal::List(items) => {
                        if items.len() != len {
                            return Err(count(items.len()));
                        }
                        self.all(items.iter().map(|it| (item, it)), out, deeper)
                    }
                    _ => wrong(&expected()),
                }
            }
            TypeDef::Tuple(tuple) => match value {
                Literal::Tuple(None, items) if items.len() == tuple.fields.len() => {
                    let fields = tuple.fields.iter().map(|it| it.id);
                    self.all(fields.zip(items), out, deeper)
                }
                _ => match &tuple.fields[..] {
                    [only] => self.encode(only.id, value, out, deeper),
                    _ => wrong(&name_of(self.types, id)),
                },
            },
            TypeDef::Composite(composite) => {
                let own = ty.path.ident().unwrap_or_default();
                match value {
                    Literal::Fields(Some(given), _) | Literal::Tuple(Some(given), _)
                        if *given != own =>
                    {
                        self.only(&composite.fields, value, out, deeper)
                            .unwrap_or_else(|| wrong(&own))
                    }
                    _ => self.fields(&own, &composite.fields, value, out, deeper),
                }
            }
            TypeDef::Variant(variants) => {
                let given = match value {
                    Literal::Word(name)
                    | Literal::Tuple(Some(name), _)
                    | Literal::Fields(Some(name), _) => name.as_str(),
                    _ => "",
                };
                let found = variants.variants.iter().find(|it| it.name == given);
                let Some(variant) = found else {
                    let all: Vec<_> = variants.variants.iter().map(|it| &*it.name).collect();
                    return wrong(&format!("one of {}", all.join(", ")));
                };
                out.push(variant.index);
                match value {
                    Literal::Word(_) if variant.fields.is_empty() => Ok(()),
                    _ => self.fields(given, &variant.fields, value, out, deeper),
                }
            }
            TypeDef::BitSequence(_) => wrong("bits, which can only be given with --data HEX"),
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
            (Literal::Fields(_, given), Some(names)) if !names.is_empty() => {
                let same = given.len() == names.len()
                    && names
                        .iter()
                        .all(|name| given.iter().any(|(it, _)| it == name));
                if same {
                    let of = |name: &str| given.iter().find(|(it, _)| it == name);
                    let values = names.iter().zip(fields).filter_map(|(name, field)| {
                        of(name).map(|(_, value)| (field.ty.id, value))
                    });
                    return self.all(values, out, depth);
                }
            }
            (Literal::Tuple(_, given), _) if given.len() == fields.len() => {
                let ids = fields.iter().map(|field| field.ty.id);
                return self.all(ids.zip(given), out, depth);
            }
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
        Err(TypeError {
            expected: self.form(own, fields),
            found: describe(value),
        })
    }

    /// How something with fields is written.
    fn form(&self, own: &str, fields: &[Field<PortableForm>]) -> String {
        let named = fields.iter().all(|it| it.name.is_some());
        let all: Vec<_> = fields
            .iter()
            .map(|field| {
                let of = name_of(self.types, field.ty.id);
                match &field.name {
                    Some(name) => format!("{name}: {of}"),
                    None => of,
                }
            })
            .collect();
        match (all.is_empty(), named) {
            (true, _) => own.into(),
            (false, true) => format!("{own} {{ {} }}", all.join(", ")),
            (false, false) => format!("{own}({})", all.join(", ")),
        }
    }

    fn list_of(&self, item: u32) -> String {
        match self.is_byte(item) {
            true => "bytes: 0x and hex, or [1, 2]".into(),
            false => format!("a list in brackets of {}", name_of(self.types, item)),
        }
    }

    fn is_byte(&self, id: u32) -> bool {
        let primitive = |ty: &Type<PortableForm>| ty.type_def == TypeDefPrimitive::U8.into();
        self.types.resolve(id).is_some_and(primitive)
    }

    fn primitive(
        &self,
        primitive: &TypeDefPrimitive,
        value: &Literal,
        out: &mut Vec<u8>,
    ) -> Result<(), TypeError> {
        use TypeDefPrimitive as P;
        let wrong = |expected: &str| {
            Err(TypeError {
                expected: expected.into(),
                found: describe(value),
            })
        };
        match (primitive, value) {
            (P::Bool, Literal::Word(word)) if word == "true" || word == "false" => {
                (word == "true").encode_to(out);
                Ok(())
            }
            (P::Bool, _) => wrong("true or false"),
            (P::Str, Literal::Text(text)) => {
                text.encode_to(out);
                Ok(())
            }
            (P::Str, _) => wrong("text in double quotes; for the shell: '\"text\"'"),
            (P::Char | P::U256 | P::I256, _) => {
                wrong("a type that can be written: give the input as --data HEX")
            }
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

    fn compact(
        &self,
        id: u32,
        value: &Literal,
        out: &mut Vec<u8>,
        depth: usize,
    ) -> Result<(), TypeError> {
        let mut plain = Vec::new();
        self.encode(id, value, &mut plain, depth)?;
        // Compact is for unsigned numbers, and for what wraps one.
        let mut bytes = [0; 16];
        match bytes.get_mut(..plain.len()) {
            Some(low) => low.copy_from_slice(&plain),
            None => {
                return Err(TypeError {
                    expected: "a number".into(),
                    found: describe(value),
                })
            }
        }
        Compact(u128::from_le_bytes(bytes)).encode_to(out);
        Ok(())
    }
}

fn length(len: usize) -> Compact<u32> {
    Compact(u32::try_from(len).unwrap_or(u32::MAX))
}

/// A number of so many bytes, low byte first.
fn unsigned(value: &Literal, bytes: usize, out: &mut Vec<u8>) -> Result<(), TypeError> {
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
        found: describe(value),
    })?;
    out.extend(number.to_le_bytes().into_iter().take(bytes));
    Ok(())
}

/// A number of so many bytes with a sign, low byte first.
fn signed(value: &Literal, bytes: usize, out: &mut Vec<u8>) -> Result<(), TypeError> {
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
        found: describe(value),
    })?;
    out.extend(number.to_le_bytes().into_iter().take(bytes));
    Ok(())
}

/// Whether a type is an account: 32 bytes under that name.
fn is_account(ty: &Type<PortableForm>) -> bool {
    let name = ty.path.ident();
    matches!(name.as_deref(), Some("AccountId" | "AccountId32"))
        && matches!(&ty.type_def, TypeDef::Composite(it) if it.fields.len() == 1)
}

fn account(value: &Literal, out: &mut Vec<u8>) -> Result<(), TypeError> {
    let account = match value {
        Literal::Account(account) => Some(account.clone()),
        Literal::Word(text) | Literal::Text(text) => {
            let found = parse_who(text);
            Some(found.map_err(|error| error.as_typed())?)
        }
        Literal::Hex(bytes) => <[u8; 32]>::try_from(&bytes[..]).ok().map(Into::into),
        _ => None,
    };
    let account = account.ok_or_else(|| TypeError {
        expected: "an account: //Name, an SS58 address, or 0x and 64 hex digits".into(),
        found: describe(value),
    })?;
    out.extend_from_slice(account.as_ref());
    Ok(())
}

/// A value as an error repeats it: what kind it is, and as much of it as helps.
fn describe(value: &Literal) -> String {
    match value {
        Literal::Number { negative, digits } => {
            let sign = if *negative { "-" } else { "" };
            shortened(&format!("{sign}{digits}")).replace('"', "")
        }
        Literal::Hex(bytes) if bytes.is_empty() => "0x, which is no byte".into(),
        Literal::Hex(bytes) => {
            let text = shortened(&format!("0x{}", hex::encode(bytes))).replace('"', "");
            format!("{text}, {} bytes", bytes.len())
        }
        Literal::Text(text) => format!("the text {}", shortened(text)),
        Literal::Word(word) => shortened(word),
        Literal::Account(_) => "an account".into(),
        Literal::List(items) => format!("a list of {}", items.len()),
        Literal::Tuple(Some(name), items) => format!("{}(…) of {}", bare(name), items.len()),
        Literal::Tuple(None, items) => format!("a tuple of {}", items.len()),
        Literal::Fields(_, fields) => {
            let names: Vec<_> = fields.iter().map(|(name, _)| name.as_str()).collect();
            format!("the fields {}", shortened(&names.join(", ")))
        }
    }
}

fn bare(name: &str) -> String {
    shortened(name).replace('"', "")
}
