//! What to do when the chain refuses an extrinsic. What is said of money that is missing on the
//! chain has amounts: see [`Failure::TooPoor`](super::super::failure::Failure::TooPoor).

use super::{super::amount::units, Invocation, ENDED};
use fat_contracts_primitives::Weight;
use runtime_mock::{
    runtime::{FatContracts, MaxMessageWeight},
    EXISTENTIAL_DEPOSIT,
};

/// What to do when the chain refuses an extrinsic.
pub(in crate::cli) fn of_refusal(error: &str, invocation: &Invocation) -> Option<String> {
    let from = || invocation.options(&["from"]);
    let hint = match error {
        "ZeroGasLimit" => format!(
            "leave out {}, or find out what it takes with `estimate`",
            invocation.options(&["gas-limit"])?
        ),
        "GasLimitTooHigh" => {
            let (most, share) = (MaxMessageWeight::get(), FatContracts::sender_share());
            let own = FatContracts::queued_weight(&Weight::default(), 0);
            let limit = invocation.options(&["gas-limit"])?;
            format!(
                "give at most {limit} {},{}; whoever doesn't own the cluster, {},{}, less what the \
                 message's bytes take",
                most.ref_time,
                most.proof_size,
                most.ref_time.min(share.ref_time.saturating_sub(own.ref_time)),
                most.proof_size.min(share.proof_size.saturating_sub(own.proof_size))
            )
        }
        "FeeOverflow" => match invocation.options(&["value", "gas-limit"]) {
            Some(options) => format!("lower {options}, or have the cluster's gas price lowered"),
            None => "have the cluster's gas price lowered with `prices`".into(),
        },
        "BlockGasExhausted"
        | "SenderGasExhausted"
        | "TooManyWithdrawals"
        | "TooManyOwnWithdrawals" => "try again: the next block has room".into(),
        "OrderingFeeTooHigh" => "try again: the fee of the moment is asked for anew".into(),
        "QueueFull" => "let the worker catch up with `advance 1`, and try again".into(),
        "MessageTooLong" => match invocation.command {
            "upload" | "instantiate" | "estimate-instantiate" => {
                "shrink the code, with `wasm-opt -Oz` for example".into()
            }
            _ => "shorten the input".into(),
        },
        "AmountTooLow" => match invocation.command {
            "withdraw" => format!("take out at least {}", units(EXISTENTIAL_DEPOSIT)),
            _ => format!("send at least {}", units(EXISTENTIAL_DEPOSIT)),
        },
        "ReservedSalt" => format!("give another {}", invocation.options(&["salt"])?),
        "TooSoon" => format!(
            "leave out {}: then it is the earliest block allowed",
            invocation.options(&["at"])?
        ),
        "TooManyUpgrades" => match invocation.options(&["at"]) {
            Some(at) => format!("take another block with {at}"),
            None => "try again in the next block: `advance 1`".into(),
        },
        "NotEnoughWorkersReady" => {
            "put the recorded file of that engine into the engine directory: see `engines`".into()
        }
        "EngineNotFound" => {
            let version = invocation.version.map_or("X.Y".into(), |it| it.to_string());
            format!("put its file where the others are (see `engines`), then `register {version}`")
        }
        "EngineModeUnchanged" => "`engines` shows how contracts run under each".into(),
        "EngineExists" => {
            "`engines` shows what is recorded; `engines --accept X.Y` puts another build in its \
             place"
                .into()
        }
        "TooManyEngines" => "another chain has room, with fewer files in its --engines".into(),
        "NotNewer" => "`engines` shows which version runs, and which ones are newer".into(),
        "UnsupportedUpgradePath" => {
            "`engines` shows from which version each can take over: move by way of another".into()
        }
        "UpgradePending" => "wait for it: see `status`".into(),
        "PricesPending" => "wait for it: `prices` says in which block they come".into(),
        "WorkersParked" => {
            "no worker can execute a message there: `amend` it first, see `status`".into()
        }
        "NotParked" => "only a message that the worker is parked at: see `status`".into(),
        "NotWaiting" => {
            "it is executed, or was never ordered: only the message that the worker is parked at \
             can be amended, see `status`"
                .into()
        }
        "AlreadySkipped" => "go on with `advance 1`".into(),
        "WorkerExists" => {
            "it was added before: `acknowledge WHO` makes it speak; or name another account".into()
        }
        "TooManyMembers" => "go on with those that it has".into(),
        "WorkerDiverged" => "have another one speak: `add-worker` takes it in".into(),
        "NothingToResolve" => {
            "what came before has to be confirmed first: have a worker that is right say it with \
             `acknowledge WHO`"
                .into()
        }
        "ClusterClosing" => {
            "it takes money out only, with `withdraw`: make another chain with `init`, in another \
             --base-path"
                .into()
        }
        "ClusterNotFound" => ENDED.into(),
        "ClusterDiverged" => "workers disagree: see `status`, then `resolve`".into(),
        "NotClusterOwner" | "ClusterPermissionDenied" => {
            format!("sign with {} //Alice, who owns the cluster", from()?)
        }
        _ => return None,
    };
    Some(hint)
}
