//! The bytes of what has fields: structs and variants, with names or without.

use crate::{
    encode::{wrong, Encoder},
    text::list,
    types::name_of,
    Literal, TypeError,
};
use scale_info::{form::PortableForm, Field, TypeDefVariant};
use std::collections::BTreeMap;

impl Encoder<'_> {
    pub(crate) fn variant(
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
    pub(crate) fn only(
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

    pub(crate) fn fields(
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
}
