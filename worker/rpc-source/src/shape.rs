//! Whether two types have the same SCALE form and mean the same by it.
//!
//! Compared are the names of fields and variants, their order and indices, and what they are made of
//! down to the primitives. A struct of one field without a name is that field, so bounds and
//! wrappers make no difference; nor do the names of types.

use scale_info::{form::PortableForm, Field, PortableRegistry, Type, TypeDef, TypeDefPrimitive};

/// How deep types are compared. The pallet's deepest has five levels.
const DEEPEST: u32 = 32;

/// A type in a registry.
#[derive(Clone, Copy)]
pub(crate) struct Of<'r> {
    pub(crate) types: &'r PortableRegistry,
    pub(crate) id: u32,
}

impl<'r> Of<'r> {
    /// Without wrappers.
    fn inner(self, left: u32) -> Result<&'r Type<PortableForm>, String> {
        let ty = self.types.resolve(self.id);
        let ty = ty.ok_or_else(|| format!("there is no type {}", self.id))?;
        let left = left.checked_sub(1).ok_or("it is nested too deep")?;
        let types = self.types;
        match &ty.type_def {
            TypeDef::Composite(it) => match &it.fields[..] {
                [Field { name: None, ty, .. }] => Of { types, id: ty.id }.inner(left),
                _ => Ok(ty),
            },
            TypeDef::Tuple(it) => match &it.fields[..] {
                [one] => Of { types, id: one.id }.inner(left),
                _ => Ok(ty),
            },
            _ => Ok(ty),
        }
    }

    fn other(self, id: u32) -> Self {
        Self { id, ..self }
    }
}

/// Compares a type with the one that is expected.
///
/// # Errors
/// Where they differ, and how.
pub(crate) fn same(expected: Of<'_>, found: Of<'_>) -> Result<(), String> {
    compare(expected, found, DEEPEST)
}

fn compare(expected: Of<'_>, found: Of<'_>, left: u32) -> Result<(), String> {
    let (one, other) = (expected.inner(left)?, found.inner(left)?);
    let left = left.checked_sub(1).ok_or("it is nested too deep")?;
    let both = |one: u32, other: u32| compare(expected.other(one), found.other(other), left);
    match (&one.type_def, &other.type_def) {
        (TypeDef::Composite(one), TypeDef::Composite(other)) => {
            fields(&one.fields, &other.fields, both)
        }
        (TypeDef::Variant(one), TypeDef::Variant(other)) => {
            differ(one.variants.len(), other.variants.len(), "variants")?;
            for (one, other) in one.variants.iter().zip(&other.variants) {
                if (&one.name, one.index) != (&other.name, other.index) {
                    return Err(format!(
                        "expected the variant {} {}, found {} {}",
                        one.index, one.name, other.index, other.name
                    ));
                }
                fields(&one.fields, &other.fields, both)
                    .map_err(|why| format!("{}: {why}", one.name))?;
            }
            Ok(())
        }
        (TypeDef::Sequence(one), TypeDef::Sequence(other)) => {
            both(one.type_param.id, other.type_param.id)
        }
        (TypeDef::Array(one), TypeDef::Array(other)) => {
            differ(one.len, other.len, "elements")?;
            both(one.type_param.id, other.type_param.id)
        }
        (TypeDef::Tuple(one), TypeDef::Tuple(other)) => {
            differ(one.fields.len(), other.fields.len(), "parts")?;
            let mut pairs = one.fields.iter().zip(&other.fields);
            pairs.try_for_each(|(one, other)| both(one.id, other.id))
        }
        (TypeDef::Compact(one), TypeDef::Compact(other)) => {
            both(one.type_param.id, other.type_param.id)
        }
        (TypeDef::Primitive(one), TypeDef::Primitive(other)) if one == other => Ok(()),
        (one, other) => Err(format!("expected {}, found {}", kind(one), kind(other))),
    }
}

fn fields(
    expected: &[Field<PortableForm>],
    found: &[Field<PortableForm>],
    mut both: impl FnMut(u32, u32) -> Result<(), String>,
) -> Result<(), String> {
    for (one, other) in expected.iter().zip(found) {
        let name = one.name.as_deref().unwrap_or("a field");
        if one.name != other.name {
            let found = other.name.as_deref().unwrap_or("one without a name");
            return Err(format!("expected the field {name}, found {found}"));
        }
        both(one.ty.id, other.ty.id).map_err(|why| format!("{name}: {why}"))?;
    }
    differ(expected.len(), found.len(), "fields")
}

fn differ<N: PartialEq + std::fmt::Display>(expected: N, found: N, of: &str) -> Result<(), String> {
    if expected == found {
        Ok(())
    } else {
        Err(format!("expected {expected} {of}, found {found}"))
    }
}

fn kind(of: &TypeDef<PortableForm>) -> &'static str {
    match of {
        TypeDef::Composite(_) => "a struct",
        TypeDef::Variant(_) => "an enum",
        TypeDef::Sequence(_) => "a list",
        TypeDef::Array(_) => "an array",
        TypeDef::Tuple(_) => "a tuple",
        TypeDef::Compact(_) => "a compact number",
        TypeDef::BitSequence(_) => "bits",
        TypeDef::Primitive(it) => match it {
            TypeDefPrimitive::Bool => "bool",
            TypeDefPrimitive::Char => "char",
            TypeDefPrimitive::Str => "str",
            TypeDefPrimitive::U8 => "u8",
            TypeDefPrimitive::U16 => "u16",
            TypeDefPrimitive::U32 => "u32",
            TypeDefPrimitive::U64 => "u64",
            TypeDefPrimitive::U128 => "u128",
            TypeDefPrimitive::U256 => "u256",
            TypeDefPrimitive::I8 => "i8",
            TypeDefPrimitive::I16 => "i16",
            TypeDefPrimitive::I32 => "i32",
            TypeDefPrimitive::I64 => "i64",
            TypeDefPrimitive::I128 => "i128",
            TypeDefPrimitive::I256 => "i256",
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use scale_info::{meta_type, Registry, TypeInfo};

    fn compared<A: TypeInfo + 'static, B: TypeInfo + 'static>() -> Result<(), String> {
        let of = |ty| {
            let mut registry = Registry::new();
            let id = registry.register_type(&ty).id;
            (PortableRegistry::from(registry), id)
        };
        let (one, other) = (of(meta_type::<A>()), of(meta_type::<B>()));
        let of = |(types, id): &(PortableRegistry, u32)| {
            same(
                Of {
                    types: &one.0,
                    id: one.1,
                },
                Of { types, id: *id },
            )
        };
        of(&other)
    }

    #[derive(TypeInfo)]
    #[allow(dead_code)]
    struct Known {
        number: u32,
        list: Vec<(u8, Option<u64>)>,
    }

    mod other {
        use super::*;

        #[derive(TypeInfo)]
        #[allow(dead_code)]
        pub(super) struct Bounded<T>(Vec<T>);

        #[derive(TypeInfo)]
        #[allow(dead_code)]
        pub(super) struct Same {
            number: u32,
            list: Bounded<(u8, Option<u64>)>,
        }

        #[derive(TypeInfo)]
        #[allow(dead_code)]
        pub(super) struct Renamed {
            count: u32,
            list: Vec<(u8, Option<u64>)>,
        }

        #[derive(TypeInfo)]
        #[allow(dead_code)]
        pub(super) struct Wider {
            number: u64,
            list: Vec<(u8, Option<u64>)>,
        }

        #[derive(TypeInfo)]
        #[allow(dead_code)]
        pub(super) struct Longer {
            number: u32,
            list: Vec<(u8, Option<u64>)>,
            more: bool,
        }

        #[derive(TypeInfo)]
        #[allow(dead_code)]
        pub(super) struct Deeper {
            number: u32,
            list: Vec<(u8, Option<u32>)>,
        }
    }

    #[test]
    fn what_differs_is_named() {
        assert_eq!(compared::<Known, other::Same>(), Ok(()));
        let differs = [
            (
                compared::<Known, other::Renamed>(),
                "expected the field number, found count",
            ),
            (
                compared::<Known, other::Wider>(),
                "number: expected u32, found u64",
            ),
            (
                compared::<Known, other::Longer>(),
                "expected 2 fields, found 3",
            ),
            (
                compared::<Known, other::Deeper>(),
                "list: Some: a field: expected u64, found u32",
            ),
            (
                compared::<[u8; 4], [u8; 5]>(),
                "expected 4 elements, found 5",
            ),
            (compared::<Known, u8>(), "expected a struct, found u8"),
        ];
        for (found, expected) in differs {
            assert_eq!(found, Err(expected.into()));
        }
        #[derive(TypeInfo)]
        #[allow(dead_code)]
        enum One {
            #[codec(index = 1)]
            A,
        }
        #[derive(TypeInfo)]
        #[allow(dead_code)]
        enum Two {
            #[codec(index = 2)]
            A,
        }
        assert_eq!(
            compared::<One, Two>(),
            Err("expected the variant 1 A, found 2 A".into())
        );
    }
}
