//! What to do about an error: from its name, where it came from, and what was asked for.

use super::{amount::units, asked::Asked};
use fat_contracts_primitives::Weight;
use runtime_mock::{
    runtime::{FatContracts, MaxMessageWeight},
    EXISTENTIAL_DEPOSIT,
};

/// Where an error arose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Raised {
    /// The engine rejected the message: what the sender asked for can't be.
    ByEngine,
    /// Contracts were running: it is about what they did, not about the sender's options.
    InContract,
}

/// What to do about an error of an engine.
pub(super) fn of_engine(error: &str, raised: Raised, asked: &Asked) -> Option<String> {
    match raised {
        Raised::ByEngine => of_rejection(error, asked),
        Raised::InContract => of_trap(error, asked),
    }
}

/// What to do when the gas limit was used up.
pub(super) fn of_gas(asked: &Asked) -> Option<String> {
    let estimate = match asked.command {
        "instantiate" => "; `estimate-instantiate` says how much it takes",
        "call" => "; `estimate` says how much it takes",
        _ => "",
    };
    let limit = asked.options(&["gas-limit"])?;
    Some(format!("give a higher {limit}{estimate}"))
}

fn of_rejection(error: &str, asked: &Asked) -> Option<String> {
    let hint = match error {
        "ContractNotFound" => "check the address: `instantiate` printed it".into(),
        "CodeNotFound" => match asked.command {
            "instantiate" | "estimate-instantiate" => {
                "upload the code first, or give the file with --code FILE".into()
            }
            "remove-code" => "check the hash: `upload` printed it".into(),
            _ => return None,
        },
        "CodeInUse" => "end the contracts made of it first, or give them other code".into(),
        "BadOrigin" => match asked.options(&["from"]) {
            Some(from) => format!("sign with {from} as who uploaded the code"),
            None => return None,
        },
        "DuplicateContract" => another_salt(asked)?,
        "ReservedSalt" => another_salt(asked)?,
        "CodeRejected" => match asked.command {
            "upload" | "instantiate" | "estimate-instantiate" => {
                "build the contract for WebAssembly of the first version, without floats, with \
                 cargo-contract or contracts/build.sh"
                    .into()
            }
            _ => "this engine doesn't take the contract's code: build it anew, and make another \
                  contract with `instantiate`"
                .into(),
        },
        "CodeTooLarge" => "shrink the code, with `wasm-opt -Oz` for example".into(),
        "StorageDepositNotEnoughFunds" => {
            let limit = asked.options(&["storage-deposit-limit"]);
            let lower = limit.map_or_else(String::new, |it| format!(", or give a lower {it}"));
            format!("{}{lower}", bring_money(asked))
        }
        "StorageDepositLimitExhausted" => {
            let limit = asked.options(&["storage-deposit-limit"])?;
            format!("give a higher {limit}")
        }
        "InsufficientBalance" | "TransferFailed" => too_little(asked),
        "GasPriceTooHigh" => "the price has changed: `prices` shows it; send it again".into(),
        "Unsupported" => {
            "use another engine: this version has no such message; see `engines`".into()
        }
        "NotCallable" => not_callable(),
        _ => return None,
    };
    Some(hint)
}

/// Contracts that ran: the sender's options change nothing of most of it.
fn of_trap(error: &str, asked: &Asked) -> Option<String> {
    let hint = match error {
        "OutOfGas" => return of_gas(asked),
        "ContractTrapped" => {
            "a panic, an overflow, or input that the contract can't read; a `query` shows what it \
             logs"
                .into()
        }
        "ContractNotFound" => "a contract called an address at which there is none".into(),
        "CodeNotFound" => "a contract needs code that the cluster hasn't got: `upload` it".into(),
        "BadOrigin" => "a contract asked for what only the system contract may".into(),
        "DuplicateContract" => match asked.command {
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
            let limit = asked.options(&["storage-deposit-limit"])?;
            format!("give a higher {limit}")
        }
        "StorageDepositNotEnoughFunds" => bring_money(asked),
        "InsufficientBalance" | "TransferFailed" => {
            "a contract, or the sender, was to pay more than it has: `accounts ADDRESS` shows what \
             there is"
                .into()
        }
        "NotCallable" => not_callable(),
        "BelowSubsistenceThreshold" | "NewContractNotFunded" => match asked.options(&["value"]) {
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

fn another_salt(asked: &Asked) -> Option<String> {
    let salt = asked.options(&["salt"])?;
    Some(format!(
        "give another {salt}: the same code was instantiated with this one"
    ))
}

fn bring_money(asked: &Asked) -> String {
    let who = match &asked.from {
        Some(_) => asked.sender(),
        None => "WHO".into(),
    };
    format!("bring money into the cluster with `transfer {who} AMOUNT`")
}

/// The sender has too little in the cluster.
fn too_little(asked: &Asked) -> String {
    match asked.command {
        "withdraw" => format!(
            "{} has less than that and the fee in the cluster: `accounts` shows how much; take out less",
            asked.sender()
        ),
        _ => {
            let lower = asked.options(&["value", "gas-limit"]);
            let lower = lower.map_or_else(String::new, |it| format!(", or lower {it}"));
            format!("{}{lower}", bring_money(asked))
        }
    }
}

/// What to do when the chain refuses an extrinsic.
pub(super) fn of_refusal(error: &str, asked: &Asked) -> Option<String> {
    let from = || asked.options(&["from"]);
    let hint = match error {
        "ZeroGasLimit" => format!(
            "leave out {}, or find out what it takes with `estimate`",
            asked.options(&["gas-limit"])?
        ),
        "GasLimitTooHigh" => {
            let (most, share) = (MaxMessageWeight::get(), FatContracts::sender_share());
            let own = FatContracts::queued_weight(&Weight::default(), 0);
            let limit = asked.options(&["gas-limit"])?;
            format!(
                "give at most {limit} {},{}; whoever doesn't own the cluster, {},{}, less what the \
                 message's bytes take",
                most.ref_time,
                most.proof_size,
                most.ref_time.min(share.ref_time.saturating_sub(own.ref_time)),
                most.proof_size.min(share.proof_size.saturating_sub(own.proof_size))
            )
        }
        "FeeOverflow" => match asked.options(&["value", "gas-limit"]) {
            Some(options) => format!("lower {options}, or have the cluster's gas price lowered"),
            None => "have the cluster's gas price lowered with `prices`".into(),
        },
        "BlockGasExhausted"
        | "SenderGasExhausted"
        | "TooManyWithdrawals"
        | "TooManyOwnWithdrawals" => "try again: the next block has room".into(),
        "OrderingFeeTooHigh" => "try again: the fee of the moment is asked for anew".into(),
        "NotCurrentVersion" => "name the version that new clusters start on: see `engines`".into(),
        "QueueFull" => "let the worker catch up with `advance 1`, and try again".into(),
        "MessageTooLong" => match asked.command {
            "upload" | "instantiate" | "estimate-instantiate" => {
                "shrink the code, with `wasm-opt -Oz` for example".into()
            }
            _ => "shorten the input".into(),
        },
        "AmountTooLow" => match asked.command {
            "withdraw" => format!("take out at least {}", units(EXISTENTIAL_DEPOSIT)),
            _ => format!("send at least {}", units(EXISTENTIAL_DEPOSIT)),
        },
        "ReservedSalt" => format!("give another {}", asked.options(&["salt"])?),
        "TooSoon" => format!(
            "leave out {}: then it is the earliest block allowed",
            asked.options(&["at"])?
        ),
        "TooManyUpgrades" => match asked.options(&["at"]) {
            Some(at) => format!("take another block with {at}"),
            None => "try again in the next block: `advance 1`".into(),
        },
        "NotEnoughWorkersReady" => {
            "put the recorded file of that engine into the engine directory: see `engines`".into()
        }
        "EngineNotFound" => "record it first: build it, then `engines --accept X.Y`".into(),
        "UpgradePending" => "wait for it: see `status`".into(),
        "PricesPending" => "wait for it: `prices` says in which block they come".into(),
        "NotParked" => "only a message that the worker is parked at: see `status`".into(),
        "ClusterDiverged" => "workers disagree: see `status`, then `resolve`".into(),
        "NotClusterOwner" | "ClusterPermissionDenied" => {
            format!("sign with {} //Alice, who owns the cluster", from()?)
        }
        "Underflow" | "FundsUnavailable" | "BelowMinimum" | "NotExpendable" => format!(
            "{} has too little on the chain: `accounts {}` shows how much; send less",
            asked.sender(),
            match &asked.from {
                Some(_) => asked.sender(),
                None => "WHO".into(),
            },
        ),
        _ => return None,
    };
    Some(hint)
}

#[cfg(test)]
mod tests {
    use super::{super::args::Cli, *};
    use clap::CommandFactory;
    use scale_info::{TypeDef, TypeInfo};
    use std::collections::BTreeSet;

    /// Programs that aren't ours.
    const OTHERS: [&str; 1] = ["wasm-opt"];

    fn commands() -> Vec<clap::Command> {
        let cli = Cli::command();
        let dev = cli.find_subcommand("dev").expect("dev");
        dev.get_subcommands().cloned().collect()
    }

    /// The errors that an engine's sources name.
    fn named(source: &str, beginning: &str) -> BTreeSet<String> {
        let (_, body) = source.split_once(beginning).expect("the enum");
        let (body, _) = body.split_once("\n}").expect("its end");
        let lines = body
            .lines()
            .map(str::trim)
            .filter(|it| !it.starts_with(['/', '#']));
        let names = lines.map(|it| it.split(['(', ',', ' ', '{']).next().unwrap_or_default());
        names.filter(|it| !it.is_empty()).map(Into::into).collect()
    }

    fn engine_errors() -> BTreeSet<String> {
        let mut all = named(
            include_str!("../../../engines/deposit/src/error.rs"),
            "pub enum Error {",
        );
        all.extend(named(
            include_str!("../../../engines/rent/src/error.rs"),
            "\nerrors! {",
        ));
        assert!(
            all.contains("DuplicateContract") && all.contains("NotCallable"),
            "{all:?}"
        );
        let more = [
            "InsufficientBalance",
            "GasPriceTooHigh",
            "BadOrigin",
            "CodeInUse",
            "Unsupported",
            "NoCluster",
            "Amended",
        ];
        all.extend(more.map(Into::into));
        all
    }

    fn refusals() -> Vec<String> {
        let info = pallet_fat_contracts::Error::<runtime_mock::runtime::Runtime>::type_info();
        let TypeDef::Variant(errors) = info.type_def else {
            panic!("an enum");
        };
        let mut all: Vec<String> = errors.variants.iter().map(|it| it.name.into()).collect();
        let tokens = ["Underflow", "FundsUnavailable", "BelowMinimum", "BadOrigin"];
        all.extend(tokens.map(Into::into));
        all
    }

    /// An option or a command that a hint names has to be one that this command, or the command
    /// line, has.
    fn check(hint: &str, command: &clap::Command, what: &str) {
        // What another command has may stand with that command in one pair of back ticks.
        let mut outside = String::new();
        for (n, part) in hint.split('`').enumerate() {
            if n % 2 == 0 {
                outside.push_str(part);
                continue;
            }
            let name = part.split_whitespace().next().unwrap_or_default();
            let known = commands().iter().any(|it| it.get_name() == name);
            assert!(
                known || OTHERS.contains(&name),
                "{what}: there is no `{name}`: {hint}"
            );
        }
        for word in outside.split(|c: char| !(c.is_alphanumeric() || c == '-')) {
            if let Some(option) = word.strip_prefix("--") {
                let has = command
                    .get_arguments()
                    .any(|it| it.get_long() == Some(option));
                assert!(has, "{what} has no {word}: {hint}");
            }
        }
    }

    #[test]
    fn every_hint_fits_its_command() {
        let alice = runtime_mock::account("//Alice").expect("a development account");
        let mut hints = 0;
        for command in commands() {
            let name: &'static str = command.get_name().to_owned().leak();
            for asked in [Asked::of(name, &alice), Asked::unsigned(name)] {
                for error in engine_errors() {
                    for raised in [Raised::ByEngine, Raised::InContract] {
                        if let Some(hint) = of_engine(&error, raised, &asked) {
                            check(&hint, &command, &format!("{name}, {error}, {raised:?}"));
                            hints += 1;
                        }
                    }
                }
                for error in refusals() {
                    if let Some(hint) = of_refusal(&error, &asked) {
                        check(&hint, &command, &format!("{name}, {error}"));
                        hints += 1;
                    }
                }
                if let Some(hint) = of_gas(&asked) {
                    check(&hint, &command, name);
                }
            }
        }
        assert!(hints > 500, "{hints}");
    }

    /// An error inside a contract isn't mended by the sender's options.
    #[test]
    fn what_a_contract_did_is_not_the_sender_s_doing() {
        let bob = runtime_mock::account("//Bob").expect("a development account");
        let call = Asked::of("call", &bob);
        for error in ["BadOrigin", "DuplicateContract", "InsufficientBalance"] {
            let hint = of_engine(error, Raised::InContract, &call).expect(error);
            assert!(!hint.contains("--"), "{error}: {hint}");
            assert!(hint.contains("a contract"), "{error}: {hint}");
        }
        let make = Asked::of("instantiate", &bob);
        let hint = of_engine("DuplicateContract", Raised::ByEngine, &make);
        assert!(hint.is_some_and(|it| it.contains("--salt")));
        let hint = of_engine("InsufficientBalance", Raised::ByEngine, &call);
        let hint = hint.expect("a hint");
        assert!(hint.contains("transfer //Bob") && hint.contains("--value or --gas-limit"));
        let withdraw = Asked::of("withdraw", &bob);
        let hint = of_engine("InsufficientBalance", Raised::ByEngine, &withdraw);
        assert_eq!(
            hint.as_deref(),
            Some(
                "//Bob has less than that and the fee in the cluster: `accounts` shows how much; take out less"
            )
        );
        let remove = Asked::of("remove-code", &bob);
        let hint = of_engine("BadOrigin", Raised::ByEngine, &remove);
        assert!(hint.is_some_and(|it| it.contains("--from")));
    }
}
