//! From an engine's outcome to a status, an error and what to do about it.

use super::report::Status;
use pink_capi::types::Outcome;

/// Status, error and hint; `decoded` is what the contract returned.
pub(super) fn outcome(
    outcome: &Outcome,
    decoded: Option<&str>,
) -> (Status, Option<String>, Option<String>) {
    match outcome {
        Outcome::Success => (Status::Success, None, None),
        Outcome::Reverted => {
            let error = match decoded {
                Some(decoded) => format!("the contract reverted: {decoded}"),
                None => "the contract reverted".into(),
            };
            (Status::Reverted, Some(error), None)
        }
        Outcome::Trapped(why) => {
            let error = format!("the contract trapped: {why}");
            (Status::Trapped, Some(error), hint(&why.error))
        }
        Outcome::OutOfGas => (
            Status::OutOfGas,
            Some("the gas limit was used up".into()),
            hint("OutOfGas"),
        ),
        Outcome::Rejected(why) => {
            let error = format!("the cluster rejected it: {why}");
            (Status::Error, Some(error), hint(&why.error))
        }
    }
}

/// What to do about an error of an engine, by its name.
fn hint(error: &str) -> Option<String> {
    let hint = match error {
        "OutOfGas" => "give a higher --gas-limit; `estimate` says how much it takes",
        "ContractNotFound" => "check the address: `instantiate` printed it",
        "CodeNotFound" => "upload the code first, or instantiate with --code FILE",
        "CodeInUse" => "end the contracts made of it first, or give them other code",
        "BadOrigin" => {
            "sign with --from as who has the right to it: code, for example, is its uploader's"
        }
        "DuplicateContract" => "give another --salt: the same code was instantiated with this one",
        "CodeRejected" => {
            "build the contract for WebAssembly of the first version, without floats, with \
             cargo-contract or contracts/build.sh"
        }
        "CodeTooLarge" => "shrink the code, with `wasm-opt -Oz` for example",
        "StorageDepositLimitExhausted" => "give a higher --storage-deposit-limit",
        "StorageDepositNotEnoughFunds" | "InsufficientBalance" | "TransferFailed" => {
            "bring money into the cluster with `transfer`, or lower --value and --gas-limit"
        }
        "Unsupported" => "use another engine: this version has no such message",
        _ => return None,
    };
    Some(hint.into())
}
