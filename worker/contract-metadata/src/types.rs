//! How types are called, and which of them mean more than their bytes.

use crate::text::MOST_ECHOED;
use scale_info::{form::PortableForm, PortableRegistry, Type, TypeDef, TypeDefPrimitive};

/// How deep types may nest: deeper than an argument's brackets can. A type may contain itself, so
/// without a bound a value of no bytes could be endless.
pub const MAX_TYPE_DEPTH: usize = 64;

/// How deep a type's name is spelled out.
const NAME_DEPTH: usize = 5;

/// How much of a type's name is spelled out, in bytes. Five deep a hostile one is longer than memory.
const MAX_NAME_BYTES: usize = 4 * MOST_ECHOED;

/// How a type is called, with its parameters, as in `Vec<u8>`.
pub(crate) fn name_of(types: &PortableRegistry, id: u32) -> String {
    let mut name = Name {
        types,
        text: String::new(),
    };
    name.write(id, NAME_DEPTH);
    name.text
}

/// The name that the contract gave to a type, if that says more than the type's own: `Balance`
/// and not `u128`, but `Vec<u8>` and not `Vec`.
pub(crate) fn display_name(types: &PortableRegistry, id: u32, display: Option<&String>) -> String {
    let own = name_of(types, id);
    match display {
        Some(alias) if !own.starts_with(alias.as_str()) && !own.contains(['<', '[', '(']) => {
            let mut name = Name {
                types,
                text: String::new(),
            };
            name.push(alias);
            name.text
        }
        _ => own,
    }
}

struct Name<'t> {
    types: &'t PortableRegistry,
    text: String,
}

impl Name<'_> {
    /// Whether there is room for more.
    fn has_room(&self) -> bool {
        self.text.len() < MAX_NAME_BYTES
    }

    fn push(&mut self, part: &str) {
        if !self.has_room() {
            return;
        }
        let room = MAX_NAME_BYTES.saturating_sub(self.text.len());
        if part.len() <= room {
            self.text.push_str(part);
        } else {
            let fits = part.char_indices().take_while(|(at, _)| *at < room);
            self.text.extend(fits.map(|(_, c)| c));
            self.text.push('…');
        }
    }

    fn list(&mut self, ids: impl Iterator<Item = u32>, depth: usize) {
        for (place, id) in ids.enumerate() {
            if !self.has_room() {
                return;
            }
            if place > 0 {
                self.push(", ");
            }
            self.write(id, depth);
        }
    }

    fn write(&mut self, id: u32, depth: usize) {
        let types = self.types;
        let Some(ty) = types.resolve(id) else {
            return self.push("?");
        };
        let Some(depth) = depth.checked_sub(1) else {
            return self.push("…");
        };
        let around = |name: &mut Self, before: &str, id: u32, after: &str| {
            name.push(before);
            name.write(id, depth);
            name.push(after);
        };
        match &ty.type_def {
            TypeDef::Primitive(primitive) => self.push(primitive_name(primitive)),
            TypeDef::Sequence(it) => around(self, "Vec<", it.type_param.id, ">"),
            TypeDef::Array(it) => around(self, "[", it.type_param.id, &format!("; {}]", it.len)),
            TypeDef::Compact(it) => around(self, "Compact<", it.type_param.id, ">"),
            TypeDef::BitSequence(_) => self.push("BitVec"),
            TypeDef::Tuple(it) => {
                self.push("(");
                self.list(it.fields.iter().map(|field| field.id), depth);
                self.push(")");
            }
            TypeDef::Composite(_) | TypeDef::Variant(_) => {
                self.push(ty.path.segments.last().map_or("?", String::as_str));
                let mut params = ty.type_params.iter().filter_map(|it| it.ty).peekable();
                if params.peek().is_some() {
                    self.push("<");
                    self.list(params.map(|it| it.id), depth);
                    self.push(">");
                }
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

/// Whether a type is a byte: lists of them are hex.
pub(crate) fn is_byte(types: &PortableRegistry, id: u32) -> bool {
    let byte = TypeDef::Primitive(TypeDefPrimitive::U8);
    types.resolve(id).is_some_and(|ty| ty.type_def == byte)
}

/// Whether a type is an account: 32 bytes under that name.
pub(crate) fn is_account(types: &PortableRegistry, ty: &Type<PortableForm>) -> bool {
    let name = ty.path.segments.last().map(String::as_str);
    matches!(name, Some("AccountId" | "AccountId32")) && is_32_bytes(types, ty)
}

/// Whether a type is a hash of ink!'s: it is shown as hex.
pub(crate) fn is_hash(types: &PortableRegistry, ty: &Type<PortableForm>) -> bool {
    let path = &ty.path.segments[..];
    let ink = matches!(path, [ink, module, name]
        if matches!(ink.as_str(), "ink_primitives" | "ink_env") && module == "types" && name == "Hash");
    ink && is_32_bytes(types, ty)
}

/// A type of one field, which is 32 bytes.
fn is_32_bytes(types: &PortableRegistry, ty: &Type<PortableForm>) -> bool {
    let TypeDef::Composite(it) = &ty.type_def else {
        return false;
    };
    let [field] = &it.fields[..] else {
        return false;
    };
    matches!(
        types.resolve(field.ty.id).map(|ty| &ty.type_def),
        Some(TypeDef::Array(array)) if array.len == 32 && is_byte(types, array.type_param.id)
    )
}
