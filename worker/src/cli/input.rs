//! What a contract is given: encoded by its metadata, or as it is.

use super::{
    abi::{Abi, AbiError, Entry},
    args::{InputArgs, OfferArgs},
    failure::Failure,
    values::GasLimit,
};
use fat_contracts_primitives::{Balance, Weight};

/// What the execution may use, if nothing else is said.
const GAS_LIMIT: Weight = Weight {
    ref_time: 500_000_000_000,
    proof_size: 2_097_152,
};

impl InputArgs {
    /// The input's bytes; `unknown` says what is missing when there is no metadata.
    pub(super) fn encode(
        &self,
        entry: Entry,
        abi: Option<&Abi>,
        unknown: impl FnOnce() -> Failure,
    ) -> Result<Vec<u8>, Failure> {
        match (&self.message, abi) {
            (Some(name), Some(abi)) => Ok(abi.encode(entry, name, &self.args)?),
            (Some(_), None) => Err(unknown()),
            (None, _) => Ok(self.data.clone().unwrap_or_default().0),
        }
    }
}

/// A limit as it is given, with what isn't filled in.
pub(super) fn gas_limit(given: Option<GasLimit>) -> Weight {
    given.map_or(GAS_LIMIT, |limit| limit.or(GAS_LIMIT))
}

impl OfferArgs {
    /// What the execution may use.
    pub(super) fn gas_limit(&self) -> Weight {
        gas_limit(self.gas_limit)
    }
}

/// Refuses money for what traps if it is given any, where the metadata knows.
pub(super) fn check_payable(
    entry: Entry,
    abi: Option<&Abi>,
    input: &[u8],
    value: Balance,
) -> Result<(), Failure> {
    match abi.and_then(|abi| abi.payable(entry, input)) {
        Some((name, false)) if value > 0 => Err(AbiError::NotPayable {
            kind: entry.name(),
            name,
        }
        .into()),
        _ => Ok(()),
    }
}

#[cfg(all(test, feature = "dev"))]
mod tests {
    #[test]
    fn the_limit_is_that_of_the_development_chain() {
        assert_eq!(super::GAS_LIMIT, pink_devchain::GAS_LIMIT);
    }
}
