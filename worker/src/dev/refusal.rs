//! Explains why the chain refused an extrinsic, in the pallet's own words.

use pallet_fat_contracts::Error;
use parity_scale_codec::Decode;
use runtime_mock::runtime::{FatContracts, MaxMessageWeight, Runtime, EXISTENTIAL_DEPOSIT};
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
                    meaning: match Some(module.index) == pallet_index() {
                        true => documentation(name),
                        false => String::new(),
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

impl Refusal {
    /// What the caller can do about it.
    pub fn hint(&self) -> Option<String> {
        let (most, share) = (MaxMessageWeight::get(), FatContracts::sender_share());
        let hint = match self.name.as_str() {
            "ZeroGasLimit" => "leave out --gas-limit, or find out with `estimate`".into(),
            "GasLimitTooHigh" => format!(
                "give at most --gas-limit {},{}; whoever doesn't own the cluster, {},{}",
                most.ref_time,
                most.proof_size,
                most.ref_time.min(share.ref_time),
                most.proof_size.min(share.proof_size)
            ),
            "FeeOverflow" => "lower --value or --gas-limit, or the cluster's gas price".into(),
            "BlockGasExhausted"
            | "SenderGasExhausted"
            | "TooManyWithdrawals"
            | "TooManyOwnWithdrawals" => "try again: the next block has room".into(),
            "OrderingFeeTooHigh" => "try again: the fee of the moment is asked for anew".into(),
            "NotCurrentVersion" => {
                "name the version that new clusters start on: see `engines`".into()
            }
            "MessageTooLong" => "shrink the code, with `wasm-opt -Oz` for example".into(),
            "AmountTooLow" => format!("send at least {EXISTENTIAL_DEPOSIT}"),
            "TooSoon" => "leave out --at: then it is the earliest block allowed".into(),
            "NotEnoughWorkersReady" => {
                "put the recorded file of that engine into the engine directory: see `engines`"
                    .into()
            }
            "EngineNotFound" => "record it first: build it, then `engines --accept X.Y`".into(),
            "UpgradePending" => "wait for it: see `status`".into(),
            "NotParked" => "only a message that the worker is parked at: see `status`".into(),
            "NotClusterOwner" => "sign with --from //Alice, who owns the cluster".into(),
            "Underflow" | "FundsUnavailable" | "BelowMinimum" | "NotExpendable" => {
                "the account has too little on the chain: see `accounts`, and send less".into()
            }
            _ => return None,
        };
        Some(hint)
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
        assert!(refusal.hint().is_some());
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
