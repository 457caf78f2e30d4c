//! What to do when a chain doesn't do what it was told.

use pink_sender::Error;

/// What to do about it: of what the pallet refuses, by the error's name.
pub(in super::super) fn hint(error: &Error) -> String {
    let name = match error {
        Error::Refused { error: name, .. } => name,
        Error::Underfunded { .. } => {
            return format!(
                "{}, with a wallet: `transfer` brings money into the cluster, and that pays no fees",
                error.hint()
            );
        }
        _ => return error.hint(),
    };
    if let Some((_, hint)) = NOT_THE_PALLETS.iter().find(|(known, _)| name == known) {
        return (*hint).into();
    }
    let name = name.strip_prefix("FatContracts::").unwrap_or_default();
    let mut known = HINTS.iter();
    let known = known.find(|(names, _)| names.contains(&name));
    known.map_or_else(|| error.hint(), |(_, hint)| (*hint).into())
}

/// What the runtime refuses before the pallet does, or in another one, as the chain's metadata says it.
const NOT_THE_PALLETS: &[(&str, &str)] = &[
    (
        "Bad origin.",
        "only governance may: its council by a motion, or on a development chain //Alice with `--sudo`",
    ),
    (
        "Sudo::RequireSudo",
        "sign with Sudo's key: on a development chain //Alice's",
    ),
    (
        "Arithmetic error: Underflow.",
        "the signer has less than that on the chain: name a lower amount",
    ),
];

/// The pallet's errors that somebody can do something about.
const HINTS: &[(&[&str], &str)] = &[
    (
        &["ClusterNotFound"],
        "there is no such cluster: name another with --cluster",
    ),
    (
        &["ClusterClosing"],
        "it takes money out only, with `withdraw`",
    ),
    (
        &["ClusterPermissionDenied", "NotClusterOwner"],
        "only the cluster's owner may: sign with its key",
    ),
    (
        &["OrderingFeeTooHigh"],
        "give a higher --max-ordering-fee, or wait: it falls when fewer messages come",
    ),
    (
        &["QueueFull"],
        "wait for the workers to catch up, and send it again",
    ),
    (
        &[
            "BlockGasExhausted",
            "SenderGasExhausted",
            "TooManyWithdrawals",
            "TooManyOwnWithdrawals",
        ],
        "send it again: the next block has room",
    ),
    (&["ZeroGasLimit"], "leave out --gas-limit"),
    (&["GasLimitTooHigh"], "give a lower --gas-limit"),
    (&["FeeOverflow"], "give a lower --gas-limit or --value"),
    (
        &["MessageTooLong"],
        "shorten the input; shrink the code, with `wasm-opt -Oz` for example",
    ),
    (&["AmountTooLow"], "name a higher amount"),
    (&["ReservedSalt"], "give another --salt"),
    (&["TooSoon"], "give a later block with --at"),
    (&["TooManyUpgrades"], "give another block with --at"),
    (
        &["NotEnoughWorkersReady"],
        "the workers don't have that engine's file yet",
    ),
    (
        &["EngineNotFound"],
        "governance has to record that engine first",
    ),
    (
        &["EngineNotActive", "EngineRevoked"],
        "governance doesn't allow that engine any more",
    ),
    (
        &["NotNewer"],
        "the cluster runs that version, or a newer one",
    ),
    (
        &["UnsupportedUpgradePath"],
        "move by way of another version, from which that one can take over",
    ),
    (&["UpgradePending"], "wait until the cluster has moved"),
    (
        &["WorkerNotFound"],
        "governance has to admit the worker first: `worker admit`",
    ),
    (
        &["WorkerIsBusy"],
        "it is a member of a cluster already, this one or another",
    ),
    (
        &["WorkerServesAnother"],
        "the worker has to name the cluster's owner first: `worker serve`",
    ),
];

#[cfg(all(test, feature = "dev"))]
mod tests {
    use super::*;
    use pallet_fat_contracts::Error as PalletError;
    use runtime_mock::runtime::Runtime;
    use scale_info::{TypeDef, TypeInfo};

    /// An error that the pallet renames leaves no hint behind that never comes.
    #[test]
    fn every_hint_is_about_an_error_of_the_pallet() {
        let TypeDef::Variant(errors) = PalletError::<Runtime>::type_info().type_def else {
            panic!("the pallet's errors are an enum");
        };
        for name in HINTS.iter().flat_map(|(names, _)| *names) {
            let known = errors.variants.iter().any(|it| it.name == *name);
            assert!(known, "{name}");
        }
    }

    #[test]
    fn a_refusal_has_the_hint_of_its_name() {
        let refused = |error: &str| Error::Refused {
            call: "call_contract",
            error: error.into(),
            block: 1,
            fee: None,
        };
        let found = hint(&refused("FatContracts::OrderingFeeTooHigh"));
        assert!(found.contains("--max-ordering-fee"), "{found}");
        let found = hint(&refused("Bad origin."));
        assert!(found.contains("--sudo"), "{found}");
        // Another pallet's error of the same name is another one.
        let other = hint(&refused("Council::QueueFull"));
        assert_eq!(other, refused("x").hint());
    }
}
