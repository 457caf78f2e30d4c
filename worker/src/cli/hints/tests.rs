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
        include_str!("../../../../engines/deposit/src/error.rs"),
        "pub enum Error {",
    );
    all.extend(named(
        include_str!("../../../../engines/rent/src/error.rs"),
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

/// The pallet's errors, by its metadata.
fn of_pallet() -> BTreeSet<&'static str> {
    let info = pallet_fat_contracts::Error::<runtime_mock::runtime::Runtime>::type_info();
    let TypeDef::Variant(errors) = info.type_def else {
        panic!("an enum");
    };
    errors.variants.iter().map(|it| it.name).collect()
}

fn refusals() -> BTreeSet<&'static str> {
    let tokens = ["Underflow", "FundsUnavailable", "BelowMinimum", "BadOrigin"];
    of_pallet().into_iter().chain(tokens).collect()
}

/// Commands that have a message ordered.
const ORDERS: &[&str] = &[
    "upload",
    "remove-code",
    "instantiate",
    "call",
    "estimate",
    "estimate-instantiate",
    "transfer",
    "withdraw",
    "claim",
];

/// Those among them that execute contracts.
const CALLS: &[&str] = &["instantiate", "call", "estimate", "estimate-instantiate"];

/// Which commands can meet which error of the pallet.
const MET: &[(&str, &[&str])] = &[
    ("EngineNotFound", &["upgrade", "amend", "engine-mode"]),
    ("EngineModeUnchanged", &["engine-mode"]),
    ("EngineExists", &["register"]),
    ("TooManyEngines", &["register", "engines"]),
    ("ClusterNotFound", ORDERS),
    ("NotClusterOwner", &["prices", "upgrade"]),
    ("ClusterClosing", ORDERS),
    ("ClusterClosing", &["prices", "upgrade", "add-worker"]),
    (
        "MessageTooLong",
        &[
            "upload",
            "instantiate",
            "call",
            "estimate",
            "estimate-instantiate",
        ],
    ),
    ("QueueFull", ORDERS),
    ("ZeroGasLimit", CALLS),
    ("GasLimitTooHigh", CALLS),
    ("BlockGasExhausted", ORDERS),
    ("SenderGasExhausted", ORDERS),
    ("OrderingFeeTooHigh", ORDERS),
    ("FeeOverflow", CALLS),
    ("ReservedSalt", &["instantiate", "estimate-instantiate"]),
    ("AmountTooLow", &["transfer", "withdraw"]),
    ("WorkerExists", &["add-worker"]),
    ("TooManyMembers", &["add-worker"]),
    ("UpgradePending", &["upgrade"]),
    ("NotNewer", &["upgrade", "amend"]),
    ("UnsupportedUpgradePath", &["upgrade", "amend"]),
    ("TooSoon", &["upgrade"]),
    ("NotEnoughWorkersReady", &["upgrade"]),
    ("TooManyUpgrades", &["upgrade", "prices"]),
    ("ClusterDiverged", &["upgrade"]),
    ("NothingToResolve", &["resolve"]),
    ("WorkersParked", &["resolve"]),
    ("WorkerDiverged", &["acknowledge"]),
    ("NotWaiting", &["amend"]),
    ("NotParked", &["amend"]),
    ("PricesPending", &["prices"]),
    ("TooManyWithdrawals", &["withdraw"]),
    ("TooManyOwnWithdrawals", &["withdraw"]),
    ("AlreadySkipped", &["amend"]),
];

/// Those that no command meets, and why.
const NOT_MET: &[(&str, &[&str])] = &[
    (
        "no command changes an engine's status, takes one away, or sets bounds for prices",
        &[
            "EngineNotActive",
            "EngineInUse",
            "EngineRevoked",
            "PricesOutOfBounds",
        ],
    ),
    (
        "an engine is recorded by one file, which was loaded before: it says its own version, and \
         an ABI that this program speaks",
        &[
            "NoArtefact",
            "TooManyArtefacts",
            "TargetTooLong",
            "DuplicateTarget",
            "ArtefactInUse",
            "TooManyUpgradePaths",
            "UpgradePathNotOlder",
            "UnknownAbi",
        ],
    ),
    (
        "what `init` makes is the same each time but for prices and accounts: a development chain \
         with an engine, a system contract and one cluster that everybody may use",
        &[
            "NotDevelopmentChain",
            "NoRuntimeVersion",
            "NotCurrentVersion",
            "NoPinkSystemCode",
            "BadSystemCode",
            "ZeroExistentialDeposit",
            "DepositWithoutPayer",
            "EngineConfigTooLong",
            "TooManyClusters",
            "ClusterPermissionDenied",
        ],
    ),
    (
        "a block has the extrinsics of one command, in an order that the program chooses",
        &["BlockOver", "TooManyAmendments", "AmendmentPending"],
    ),
    (
        "nobody amends the messages of one block a thousand times on a development chain",
        &["TooManyAmendmentsOfBlock"],
    ),
    (
        "a worker is admitted, announced and taken in by one command, for the cluster's owner, and \
         none takes it out",
        &[
            "WorkerNotFound",
            "WorkerServesAnother",
            "WorkerIsBusy",
            "NotMember",
            "TooManyMembershipChanges",
        ],
    ),
    (
        "the program asks what is to be acknowledged, and says all of it but a root itself",
        &[
            "TooManyCheckpoints",
            "CheckpointNotThere",
            "NotNextCheckpoint",
            "WrongHistory",
            "TooManyEffects",
            "ImpossibleEffect",
            "AmendmentMissing",
            "OtherAmendment",
            "AmendedSince",
        ],
    ),
    (
        "no command calls for it: moves aren't cancelled, payouts come by themselves, clusters \
         aren't closed, and acknowledgements prune",
        &[
            "NoPendingUpgrade",
            "NothingDue",
            "EscrowShort",
            "ClosingPeriodNotOver",
            "ClusterNotEmpty",
            "NothingToPrune",
        ],
    ),
    (
        "the cluster's key is committed to and shared by workers alone",
        &[
            "ClusterKeyExists",
            "NotFirstMember",
            "NoClusterKey",
            "NoWorkerKey",
            "WorkerKeyInUse",
        ],
    ),
];

/// Every error has its place: a hint where a command meets it, or a reason why none does.
#[test]
fn every_error_of_the_pallet_has_a_hint_or_a_reason() {
    let alice = runtime_mock::account("//Alice").expect("a development account");
    let commands: BTreeSet<_> = commands()
        .iter()
        .map(|it| it.get_name().to_owned())
        .collect();
    let mut known = BTreeSet::new();
    for (error, met_by) in MET {
        known.insert(*error);
        for command in *met_by {
            assert!(commands.contains(*command), "there is no `{command}`");
            let hint = of_refusal(error, &Invocation::of(command, &alice));
            assert!(hint.is_some(), "{command} says nothing about {error}");
        }
    }
    let not_met: Vec<_> = NOT_MET
        .iter()
        .flat_map(|(_, errors)| *errors)
        .copied()
        .collect();
    for error in &not_met {
        assert!(known.insert(*error), "{error} has two places");
    }
    let all = of_pallet();
    let missing: Vec<_> = all.difference(&known).collect();
    assert!(missing.is_empty(), "neither hint nor reason: {missing:?}");
    let gone: Vec<_> = known.difference(&all).collect();
    assert!(gone.is_empty(), "the pallet has no {gone:?}");
}

/// A hint is about what was asked for.
#[test]
fn hints_name_what_was_asked_for() {
    let alice = runtime_mock::account("//Alice").expect("a development account");
    let upgrade = Invocation::of("upgrade", &alice).about("9.7".parse().ok());
    let hint = of_refusal("EngineNotFound", &upgrade).expect("a hint");
    assert!(
        hint.contains("`register 9.7`") && !hint.contains("--accept"),
        "{hint}"
    );
    let make = Invocation::of("instantiate", &alice);
    let code = |detail: &str| {
        let why = Failure::new("CodeRejected", detail);
        of_engine(&why, Raised::ByEngine, &make).expect("a hint")
    };
    // In the words of both eras.
    for (detail, word) in [
        ("module imports a non-existent function", "ink! 3"),
        ("Invalid module for imported function", "ink! 3"),
        (
            "module uses chain extensions but chain extensions are disabled",
            "ink! 3",
        ),
        (
            "the module imports a function that only contracts of earlier times may use",
            "ink! 3",
        ),
        (
            "module imports `seal_println` but debug features disabled",
            "debug",
        ),
        (
            "use of floating point type in locals is forbidden",
            "without floats",
        ),
        (
            "floats aren't deterministic, and contracts must be (at byte 7)",
            "without floats",
        ),
        ("deploy function isn't exported", "cargo-contract"),
    ] {
        let hint = code(detail);
        assert!(hint.contains(word), "{detail}: {hint}");
        assert_eq!(
            hint.contains("float"),
            word == "without floats",
            "{detail}: {hint}"
        );
    }
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
            let cli = Cli::command();
            let dev = cli.find_subcommand("dev").expect("dev");
            let everywhere = dev.get_arguments().filter(|it| it.is_global_set());
            let has = command.get_arguments().chain(everywhere);
            let has = has.into_iter().any(|it| it.get_long() == Some(option));
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
        for invocation in [Invocation::of(name, &alice), Invocation::unsigned(name)] {
            for error in engine_errors() {
                for raised in [Raised::ByEngine, Raised::InContract] {
                    let why = Failure::new(error.clone(), "");
                    if let Some(hint) = of_engine(&why, raised, &invocation) {
                        check(&hint, &command, &format!("{name}, {error}, {raised:?}"));
                        hints += 1;
                    }
                }
            }
            for error in refusals() {
                if let Some(hint) = of_refusal(error, &invocation) {
                    check(&hint, &command, &format!("{name}, {error}"));
                    hints += 1;
                }
            }
            if let Some(hint) = of_gas(&invocation) {
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
    let call = Invocation::of("call", &bob);
    for error in ["BadOrigin", "DuplicateContract", "InsufficientBalance"] {
        let hint = of_engine(&Failure::new(error, ""), Raised::InContract, &call).expect(error);
        assert!(!hint.contains("--"), "{error}: {hint}");
        assert!(hint.contains("a contract"), "{error}: {hint}");
    }
    let make = Invocation::of("instantiate", &bob);
    let hint = of_engine(
        &Failure::new("DuplicateContract", ""),
        Raised::ByEngine,
        &make,
    );
    assert!(hint.is_some_and(|it| it.contains("--salt")));
    let hint = of_engine(
        &Failure::new("InsufficientBalance", ""),
        Raised::ByEngine,
        &call,
    );
    let hint = hint.expect("a hint");
    assert!(hint.contains("transfer //Bob") && hint.contains("--value or --gas-limit"));
    let withdraw = Invocation::of("withdraw", &bob);
    let why = Failure::new("InsufficientBalance", "2 to withdraw, 1 free after the fee");
    let hint = of_engine(&why, Raised::ByEngine, &withdraw);
    assert_eq!(
        hint.as_deref(),
        Some(
            "//Bob has less than that and the fee in the cluster: `accounts` shows how much; take out less"
        )
    );
    let remove = Invocation::of("remove-code", &bob);
    let hint = of_engine(&Failure::new("BadOrigin", ""), Raised::ByEngine, &remove);
    assert!(hint.is_some_and(|it| it.contains("--from")));
}
