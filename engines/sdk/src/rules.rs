//! A version's numbers as rows of a name and a value.
//!
//! A chain knows an engine's rules by a hash. Were it over the plain encoding of a struct, no later
//! version could have one rule more without changing the hash of all that share the struct. So the
//! hash is over rows, each with its name, in the order of the names; and a rule that came later has
//! a value by which a version says that it hasn't got it: it then has no row. What an older
//! version's rows are, and with them its hash, never depends on what newer ones added.

use parity_scale_codec::{Encode, Output};
use pink_capi::types::{Version, Weight};
use std::collections::BTreeMap;

/// The rows of a version: the SCALE of each value under its name, `limits.code_len` for example.
///
/// Its encoding is that of a list of (name, value) in ascending order of the names, and is what a
/// version's cost-table hash is made of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    rows: BTreeMap<String, Vec<u8>>,
}

impl Table {
    /// The table of one set of rules.
    pub fn of(rules: &impl Rule) -> Self {
        let mut table = Self::default();
        rules.add_to("", &mut table);
        table
    }

    /// Adds a row. Names are paths of fields, so that there is one of each.
    pub fn row(&mut self, name: &str, value: &impl Encode) {
        let before = self.rows.insert(name.to_owned(), value.encode());
        debug_assert_eq!(before, None, "two rows are named {name}");
    }

    /// The rows, for whoever prints or compares them.
    pub fn rows(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.rows
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_slice()))
    }
}

impl Encode for Table {
    fn encode_to<O: Output + ?Sized>(&self, out: &mut O) {
        self.rows.encode_to(out);
    }
}

/// A number of a version, or a group of them.
pub trait Rule {
    /// Adds its row under this name, or the rows of its parts under names that begin with it.
    fn add_to(&self, name: &str, table: &mut Table);
}

/// A group that a version may lack as a whole.
impl<T: Rule> Rule for Option<T> {
    fn add_to(&self, name: &str, table: &mut Table) {
        if let Some(rule) = self {
            rule.add_to(name, table);
        }
    }
}

/// Makes types one row each: their SCALE.
#[macro_export]
macro_rules! single_rules {
    ($($ty:ty),* $(,)?) => {
        $(impl $crate::rules::Rule for $ty {
            fn add_to(&self, name: &str, table: &mut $crate::rules::Table) {
                table.row(name, self);
            }
        })*
    };
}

single_rules!(bool, u8, u32, u64, u128, Version, Weight, &[Version]);

/// Declares a group of rules: a struct, each field a [`Rule`](crate::rules::Rule).
///
/// A field that came after the first release of the struct ends with `= VALUE`: the value by which
/// older versions say that they haven't got it. They behave as that value says, and have no row.
///
/// ```
/// pink_engine_sdk::rules! {
///     /// Bounds on code.
///     #[derive(Clone, Debug)]
///     pub struct Limits {
///         /// Bytes of code.
///         pub code_len: u32,
///         /// Bytes of one name; there were no names before 2.1.
///         pub name_len: u32 = 0,
///     }
/// }
/// ```
#[macro_export]
macro_rules! rules {
    (
        $(#[$doc:meta])*
        $vis:vis struct $Name:ident {
            $($(#[$field_doc:meta])* $field_vis:vis $field:ident: $ty:ty $(= $absent:expr)?,)*
        }
    ) => {
        $(#[$doc])*
        $vis struct $Name {
            $($(#[$field_doc])* $field_vis $field: $ty,)*
        }

        impl $crate::rules::Rule for $Name {
            fn add_to(&self, name: &str, table: &mut $crate::rules::Table) {
                $(
                    let has_it = true $(&& self.$field != $absent)?;
                    if has_it {
                        let name = $crate::rules::path(name, stringify!($field));
                        $crate::rules::Rule::add_to(&self.$field, &name, table);
                    }
                )*
            }
        }
    };
}

/// The name of a group's part. A raw identifier is named without its mark.
#[doc(hidden)]
pub fn path(group: &str, field: &str) -> String {
    let field = field.strip_prefix("r#").unwrap_or(field);
    if group.is_empty() {
        field.to_owned()
    } else {
        format!("{group}.{field}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    rules! {
        struct Old {
            fee: u64,
            version: Version,
        }
    }

    rules! {
        struct New {
            version: Version,
            doubled: bool = false,
            names: Option<Names>,
            fee: u64,
            r#loop: u8 = 7,
        }
    }

    rules! {
        struct Names {
            len: u32,
        }
    }

    /// What the old version is in the terms of the new struct.
    fn as_before() -> New {
        New {
            version: Version::new(2, 0),
            doubled: false,
            names: None,
            fee: 5,
            r#loop: 7,
        }
    }

    #[test]
    fn what_a_version_hasnt_got_has_no_row() {
        let old = Table::of(&Old {
            fee: 5,
            version: Version::new(2, 0),
        });
        assert_eq!(Table::of(&as_before()), old);
        // By hand: two rows; the length of each name and value times four, as SCALE has it.
        let mut expected = vec![2 << 2, 3 << 2];
        expected.extend(b"fee");
        expected.extend([8 << 2, 5, 0, 0, 0, 0, 0, 0, 0, 7 << 2]);
        expected.extend(b"version");
        expected.extend([8 << 2, 2, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(old.encode(), expected);
    }

    #[test]
    fn what_a_version_has_is_named() {
        let new = New {
            doubled: true,
            names: Some(Names { len: 9 }),
            r#loop: 0,
            ..as_before()
        };
        let table = Table::of(&new);
        let names: Vec<_> = table.rows().map(|(name, _)| name).collect();
        assert_eq!(names, ["doubled", "fee", "loop", "names.len", "version"]);
        assert_ne!(table, Table::of(&as_before()));
    }
}
