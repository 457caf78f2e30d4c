//! What to do when a chain doesn't do what it was told.

use pink_sender::Error;

/// What to do about it: of what the pallet refuses, by the error's name.
pub(in super::super) fn hint(error: &Error) -> String {
    let Error::Refused { error: name, .. } = error else {
        return error.hint();
    };
    let known = name.strip_prefix("FatContracts::").and_then(of_pallet);
    known.map_or_else(|| error.hint(), Into::into)
}

fn of_pallet(name: &str) -> Option<&'static str> {
    Some(match name {
        "ClusterNotFound" => "there is no such cluster: name another with --cluster",
        "ClusterClosing" => "it takes money out only, with `withdraw`",
        "ClusterPermissionDenied" | "NotClusterOwner" => {
            "only the cluster's owner may: sign with its key"
        }
        "OrderingFeeTooHigh" => {
            "give a higher --max-ordering-fee, or wait: it falls when fewer messages come"
        }
        "QueueFull" => "wait for the workers to catch up, and send it again",
        "BlockGasExhausted"
        | "SenderGasExhausted"
        | "TooManyWithdrawals"
        | "TooManyOwnWithdrawals" => "send it again: the next block has room",
        "ZeroGasLimit" => "leave out --gas-limit",
        "GasLimitTooHigh" => "give a lower --gas-limit",
        "FeeOverflow" => "give a lower --gas-limit or --value",
        "MessageTooLong" => "shorten the input; shrink the code, with `wasm-opt -Oz` for example",
        "AmountTooLow" => "name a higher amount",
        "ReservedSalt" => "give another --salt",
        "TooSoon" => "give a later block with --at",
        "TooManyUpgrades" => "give another block with --at",
        "NotEnoughWorkersReady" => "the workers don't have that engine's file yet",
        "EngineNotFound" => "governance has to record that engine first",
        "EngineNotActive" | "EngineRevoked" => "governance doesn't allow that engine any more",
        "NotNewer" => "the cluster runs that version, or a newer one",
        "UnsupportedUpgradePath" => {
            "move by way of another version, from which that one can take over"
        }
        "UpgradePending" => "wait until the cluster has moved",
        _ => return None,
    })
}
