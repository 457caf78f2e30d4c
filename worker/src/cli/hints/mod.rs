//! What to do about an error: from its name, where it came from, and what was asked for.

#[cfg(feature = "dev")]
mod refusal;
#[cfg(all(test, feature = "dev"))]
mod tests;

#[cfg(feature = "dev")]
pub(super) use refusal::of_refusal;

use super::invocation::Invocation;
use pink_capi::types::Failure;

/// What to do about a cluster that is no more.
pub(super) const ENDED: &str =
    "nothing can be done in it any more: make another chain with `init`, in another --base-path";

/// Where an error arose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Raised {
    /// The engine rejected the message: what the sender asked for can't be.
    ByEngine,
    /// Contracts were running: it is about what they did, not about the sender's options.
    InContract,
}

/// What to do about an error of an engine.
pub(super) fn of_engine(why: &Failure, raised: Raised, invocation: &Invocation) -> Option<String> {
    match raised {
        Raised::ByEngine => of_rejection(&why.error, &why.detail, invocation),
        Raised::InContract => of_trap(&why.error, invocation),
    }
}

/// What to do when the gas limit was used up.
pub(super) fn of_gas(invocation: &Invocation) -> Option<String> {
    let estimate = match invocation.command {
        "instantiate" => "; `estimate-instantiate` says how much it takes",
        "call" => "; `estimate` says how much it takes",
        _ => "",
    };
    let limit = invocation.options(&["gas-limit"])?;
    Some(format!("give a higher {limit}{estimate}"))
}

fn of_rejection(error: &str, detail: &str, invocation: &Invocation) -> Option<String> {
    let hint = match error {
        "ContractNotFound" => super::failure::CHECK_ADDRESS.into(),
        "CodeNotFound" => match invocation.command {
            "instantiate" | "estimate-instantiate" => {
                "upload the code first, or give the file with --code FILE".into()
            }
            "remove-code" => "check the hash: `upload` printed it".into(),
            _ => return None,
        },
        "CodeInUse" => "end the contracts made of it first, or give them other code".into(),
        "BadOrigin" => match invocation.options(&["from"]) {
            Some(from) => format!("sign with {from} as who uploaded the code"),
            None => return None,
        },
        "DuplicateContract" => another_salt(invocation)?,
        "ReservedSalt" => another_salt(invocation)?,
        "CodeRejected" => match invocation.command {
            "upload" | "instantiate" | "estimate-instantiate" => better_code(detail).into(),
            _ => "this engine doesn't take the contract's code: build it anew, and make another \
                  contract with `instantiate`"
                .into(),
        },
        "CodeTooLarge" => "shrink the code, with `wasm-opt -Oz` for example".into(),
        "StorageDepositNotEnoughFunds" => {
            let limit = invocation.options(&["storage-deposit-limit"]);
            let lower = limit.map_or_else(String::new, |it| format!(", or give a lower {it}"));
            format!("{}{lower}", bring_money(invocation))
        }
        "StorageDepositLimitExhausted" => {
            let limit = invocation.options(&["storage-deposit-limit"])?;
            format!("give a higher {limit}")
        }
        "InsufficientBalance" | "TransferFailed" => too_little(detail, invocation),
        "GasPriceTooHigh" => "the price has changed: `prices` shows it; send it again".into(),
        "Unsupported" => {
            "use another engine: this version has no such message; see `engines`".into()
        }
        "NotCallable" => not_callable(),
        "ContractNotEvictable" => not_evictable(),
        "ClusterDestroyed" => ENDED.into(),
        _ => return None,
    };
    Some(hint)
}

/// Contracts that ran: the sender's options change nothing of most of it.
fn of_trap(error: &str, invocation: &Invocation) -> Option<String> {
    let hint = match error {
        "OutOfGas" => return of_gas(invocation),
        "ContractTrapped" => {
            "a panic, an overflow, or input that the contract can't read; a `query` shows what it \
             logs"
                .into()
        }
        "ContractNotFound" => "a contract called an address at which there is none".into(),
        "CodeNotFound" => "a contract needs code that the cluster hasn't got: `upload` it".into(),
        "BadOrigin" => "a contract asked for what only the system contract may".into(),
        "DuplicateContract" => match invocation.command {
            // 1.x doesn't tell the first frame from those below.
            "instantiate" | "estimate-instantiate" => {
                "this code was instantiated with this salt before: give another --salt; if it is \
                 the constructor that instantiates, it has to choose another salt"
                    .into()
            }
            _ => "a contract instantiates code with a salt that it used before: it has to choose \
                  another"
                .into(),
        },
        "StorageDepositLimitExhausted" => {
            let limit = invocation.options(&["storage-deposit-limit"])?;
            format!("give a higher {limit}")
        }
        "StorageDepositNotEnoughFunds" => bring_money(invocation),
        "InsufficientBalance" | "TransferFailed" => {
            "a contract, or the sender, was to pay more than it has: `accounts ADDRESS` shows what \
             there is"
                .into()
        }
        "NotCallable" => not_callable(),
        "ContractNotEvictable" => not_evictable(),
        "InvalidTombstone" => {
            "code and storage have to be what the tombstone had, to the byte: see contracts/restorer"
                .into()
        }
        "InvalidDestinationContract" => "only a tombstone can be restored".into(),
        "BelowSubsistenceThreshold" | "NewContractNotFunded" => match invocation.options(&["value"]) {
            Some(value) => format!("give the contract more with {value}"),
            None => return None,
        },
        _ => return None,
    };
    Some(hint)
}

fn not_callable() -> String {
    "there is no living contract at the address, or its rent is due: `rent ADDRESS` says which"
        .into()
}

fn not_evictable() -> String {
    "only a living contract that can't pay its rent any more: `rent ADDRESS` says until when it can"
        .into()
}

fn another_salt(invocation: &Invocation) -> Option<String> {
    let salt = invocation.options(&["salt"])?;
    Some(format!(
        "give another {salt}: the same code was instantiated with this one"
    ))
}

fn bring_money(invocation: &Invocation) -> String {
    let who = match &invocation.from {
        Some(_) => invocation.sender(),
        None => "WHO".into(),
    };
    format!("bring money into the cluster with `transfer {who} AMOUNT`")
}

/// What is wrong with code is the engine's to say; what to build instead depends on it.
fn better_code(detail: &str) -> &'static str {
    let detail = detail.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| detail.contains(word));
    match () {
        () if has(&["debug features"]) => "build the contract for release, without debug messages",
        () if has(&["import", "chain extension"]) => {
            "it is for another engine: contracts of ink! 3 are for 1.x, those of ink! 4 and 5 for \
             2.x, and only those that call nothing older or newer; `engines` shows which one runs"
        }
        () if has(&["float"]) => "build the contract without floats: no result may depend on them",
        () => {
            "build the contract for WebAssembly of the first version, with cargo-contract or \
             contracts/build.sh"
        }
    }
}

/// The sender has too little in the cluster.
fn too_little(detail: &str, invocation: &Invocation) -> String {
    match invocation.command {
        // Of 2.x and 1.x, in this order. Where it isn't the amount, it is the fee alone.
        "withdraw" if detail.contains("to withdraw") || detail.ends_with("were asked") => format!(
            "{} has less than that and the fee in the cluster: `accounts` shows how much; take out less",
            invocation.sender()
        ),
        "withdraw" => format!(
            "the fee alone is more than {} has in the cluster, however little is taken out: \
             `prices` shows what gas costs; have it made cheaper, or {}",
            invocation.sender(),
            bring_money(invocation)
        ),
        _ => {
            let lower = invocation.options(&["value", "gas-limit"]);
            let lower = lower.map_or_else(String::new, |it| format!(", or lower {it}"));
            format!("{}{lower}", bring_money(invocation))
        }
    }
}
