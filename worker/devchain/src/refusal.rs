//! Explains why the chain refused an extrinsic, in the pallet's own words.

use pallet_fat_contracts::Error;
use parity_scale_codec::Decode;
use runtime_mock::runtime::Runtime;
use scale_info::{TypeDef, TypeInfo};
use sp_runtime::{ArithmeticError, DispatchError, ModuleError};
use std::fmt;

/// Why the chain refused an extrinsic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The error's name, like `ZeroGasLimit`.
    pub name: String,
    /// What it means; may be empty.
    pub meaning: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.meaning.as_str() {
            "" => f.write_str(&self.name),
            meaning => write!(f, "{}: {meaning}", self.name),
        }
    }
}

impl From<DispatchError> for Refusal {
    fn from(error: DispatchError) -> Self {
        match error {
            DispatchError::Module(module) => {
                let name = name_of(&module);
                if name == "NotEnoughWorkersReady" {
                    let [_, have, need, _] = module.error;
                    return Self {
                        name: name.into(),
                        meaning: format!("{} Ready: {have}, needed: {need}.", documentation(name)),
                    };
                }
                Self {
                    name: name.into(),
                    meaning: if Some(module.index) == pallet_index() {
                        documentation(name)
                    } else {
                        String::new()
                    },
                }
            }
            DispatchError::Token(error) => Self {
                name: format!("{error:?}"),
                meaning: <&str>::from(error).into(),
            },
            DispatchError::Arithmetic(ArithmeticError::Underflow) => Self {
                name: "Underflow".into(),
                meaning: "the account has less than that".into(),
            },
            DispatchError::BadOrigin => Self {
                name: "BadOrigin".into(),
                meaning: "who signed may not do this".into(),
            },
            other => Self {
                name: <&str>::from(other).into(),
                meaning: String::new(),
            },
        }
    }
}

/// An error's name. What came back from a motion of the council has lost it, but not its number.
fn name_of(module: &ModuleError) -> &'static str {
    let ours = Some(module.index) == pallet_index();
    let numbered = || Error::<Runtime>::decode(&mut &module.error[..]).ok();
    let known = module.message.or_else(|| {
        let error = ours.then(numbered).flatten()?;
        match DispatchError::from(error) {
            DispatchError::Module(named) => named.message,
            _ => None,
        }
    });
    known.unwrap_or("an error of another pallet")
}

/// Where the runtime has the pallet: in every error of it.
fn pallet_index() -> Option<u8> {
    match Error::<Runtime>::ClusterNotFound.into() {
        DispatchError::Module(module) => Some(module.index),
        _ => None,
    }
}

/// What the pallet's metadata says about an error.
fn documentation(name: &str) -> String {
    let info = Error::<Runtime>::type_info();
    let TypeDef::Variant(errors) = &info.type_def else {
        return String::new();
    };
    errors
        .variants
        .iter()
        .find(|variant| variant.name == name)
        .map(|variant| variant.docs.join(" "))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_the_pallet_are_explained_in_its_words() {
        let refusal = Refusal::from(DispatchError::from(Error::<Runtime>::ZeroGasLimit));
        assert_eq!(
            refusal.to_string(),
            "ZeroGasLimit: A gas limit of zero can execute nothing."
        );
        // As a motion of the council gives it back: encoded, without its name.
        let DispatchError::Module(mut module) = Error::<Runtime>::NotParked.into() else {
            panic!("an error of a pallet");
        };
        module.message = None;
        let refusal = Refusal::from(DispatchError::Module(module));
        assert_eq!(refusal.name, "NotParked");
        let other = Refusal::from(DispatchError::BadOrigin);
        assert_eq!(other.to_string(), "BadOrigin: who signed may not do this");
    }
}
