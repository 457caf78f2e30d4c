//! What happens, in order.

/// Something that happens, why, and what it has to show.
pub(super) struct Scene {
    pub(super) why: &'static str,
    pub(super) act: Act,
    /// The exit status that the command has to have: 0 = done, 1 = a contract failed, 2 = refused.
    pub(super) exit: i32,
    /// What it has to say, with one space for any white space.
    pub(super) shows: &'static [&'static str],
    /// How the contract that it makes is called from then on.
    pub(super) name: Option<&'static str>,
}

/// What is done.
#[derive(Clone, Copy)]
pub(super) enum Act {
    /// A command of `pink-worker dev`; `{name}` stands for a contract.
    Dev(&'static [&'static str]),
    /// The file of an engine is put where the worker looks for it.
    Bring(&'static str),
    /// It is taken away.
    Away(&'static str),
    /// It comes back.
    Back(&'static str),
}

/// A command that does what it is asked for.
pub(super) const fn dev(
    why: &'static str,
    command: &'static [&'static str],
    shows: &'static [&'static str],
) -> Scene {
    Scene {
        why,
        act: Act::Dev(command),
        exit: 0,
        shows,
        name: None,
    }
}

/// A command that makes a contract.
pub(super) const fn makes(
    name: &'static str,
    why: &'static str,
    command: &'static [&'static str],
    shows: &'static [&'static str],
) -> Scene {
    Scene {
        name: Some(name),
        ..dev(why, command, shows)
    }
}

/// A command that has to fail.
const fn fails(
    exit: i32,
    why: &'static str,
    command: &'static [&'static str],
    shows: &'static [&'static str],
) -> Scene {
    Scene {
        exit,
        ..dev(why, command, shows)
    }
}

/// Something that happens to files.
pub(super) const fn file(why: &'static str, act: Act) -> Scene {
    Scene {
        act,
        ..dev(why, &[], &[])
    }
}

/// Selectors of the old flipper, as bytes: whoever kept what was sent in March 2021 sends the same.
/// (By name it works as well: its metadata is read.)
const OLD_NEW: &str = "0x9bae9d5e01";
const OLD_FLIP: &str = "0x633aa551";
const OLD_GET: &str = "0x2f865bd9";
const OLD: &str = "contracts/artifacts/flipper-ink3.contract";
const TOKEN: &str = "contracts/artifacts/token.contract";
/// The only key that the old flipper uses, and `true` under it.
const KEY: &str = "0x0000000000000000000000000000000000000000000000000000000000000000";
const KEY_AND_TRUE: &str = "0x000000000000000000000000000000000000000000000000000000000000000001";
const FALSE_ROOT: &str = "0x1111111111111111111111111111111111111111111111111111111111111111";

pub(super) const SCENARIO: &[Scene] = &[
    // March 2021.
    file("In the beginning there is one engine", Act::Bring("1.0")),
    dev(
        "A chain, a worker, and a cluster under the rules of March 2021",
        &["init", "--engine", "1.0"],
        &["engine 1.0", "state root 0x"],
    ),
    dev(
        "The chain records every engine by the hash of its file",
        &["engines"],
        &["confirmed 1.0", "running: true", "status: active"],
    ),
    makes(
        "old",
        "A contract of those days, with money enough to live for ever",
        &[
            "instantiate",
            "--code",
            OLD,
            "--data",
            OLD_NEW,
            "--value",
            "2_000_000_000_000",
        ],
        &["engine 1.0", "event Instantiated"],
    ),
    dev(
        "Called: the fee and what is given back are the price of the limit",
        &["call", "{old}", "--data", OLD_FLIP],
        &["gas limit", "gas consumed", "fee", "refund"],
    ),
    dev(
        "Its value now",
        &["query", "{old}", "--data", OLD_GET],
        &["output 0x00"],
    ),
    // Rent.
    makes(
        "poor",
        "Another one of the same code, with twice the least that a contract may have",
        &[
            "instantiate",
            "--code",
            OLD,
            "--data",
            OLD_NEW,
            "--salt",
            "0x01",
            "--value",
            "202_000_000_000",
        ],
        &["event Instantiated"],
    ),
    dev(
        "It pays rent for its storage in every block, and can see its end",
        &["rent", "{poor}"],
        &["eviction at", "verdict exempt", "threshold 101000000000"],
    ),
    dev("Time goes by", &["advance", "5000"], &["engine 1.0"]),
    dev("Now it can't pay", &["rent", "{poor}"], &["verdict evict"]),
    fails(
        1,
        "Nobody can call it any more",
        &["call", "{poor}", "--data", OLD_FLIP],
        &["status trapped", "NotCallable", "can't pay its rent"],
    ),
    dev(
        "Bob claims it: he gets a reward, and a tombstone is left",
        &["claim", "{poor}", "--from", "//Bob"],
        &["event Evicted"],
    ),
    fails(
        2,
        "Its storage is gone",
        &["storage", "{poor}", KEY],
        &["is a tombstone"],
    ),
    makes(
        "restorer",
        "A contract that stores what the tombstone had: a key, and true",
        &[
            "instantiate",
            "--code",
            "contracts/restorer/restorer.wasm",
            "--data",
            KEY_AND_TRUE,
            "--value",
            "2_000_000_000_000",
        ],
        &["event Instantiated"],
    ),
    dev(
        "It gives that, and its money, to the tombstone, which lives again",
        &[
            "call",
            "{restorer}",
            "--data",
            "0x{poor.bytes}{poor.code}ffffffffffffffffffffffffffffffff",
        ],
        &["event Restored"],
    ),
    dev(
        "With the value that it had",
        &["query", "{poor}", "--data", OLD_GET],
        &["output 0x01"],
    ),
    // The repaired rules.
    file("A new engine is built, and fetched", Act::Bring("1.1")),
    dev(
        "The council votes for recording it, by the hash of its file",
        &["register", "1.1"],
        &[
            "Proposed { by: //Alice",
            "Voted { aye: true, ayes: 2",
            "Approved",
            "EngineRegistered { version: 1.1 }",
        ],
    ),
    dev(
        "What it would have done with the messages so far, on a fork",
        &["rehearse", "--to", "1.1"],
        &["messages that differ: 0", "codes that 1.1 refuses: 0"],
    ),
    dev(
        "The worker announces that it has it, the owner schedules the upgrade",
        &["upgrade", "1.1"],
        &["from 1.0", "to 1.1"],
    ),
    dev(
        "The chain goes on, and with the announced block the version changes",
        &["advance", "11"],
        &["engine 1.1"],
    ),
    dev(
        "The old contract goes on under the new rules; its code is instrumented again",
        &["call", "{old}", "--data", OLD_FLIP],
        &["engine 1.1", "gas consumed"],
    ),
    // Workers that disagree.
    dev(
        "A second worker: the council admits it, the owner takes it in",
        &["add-worker", "//Dave"],
        &["WorkerAdded { worker: //Dave }"],
    ),
    dev(
        "A message that both have to execute",
        &["call", "{old}", "--data", OLD_FLIP],
        &["engine 1.1"],
    ),
    dev(
        "The second worker names a root that isn't the state's",
        &["acknowledge", "//Dave", "--root", FALSE_ROOT],
        &["StateDiverged {", "worker: //Dave", "ClusterDiverged {"],
    ),
    file("Meanwhile today's rules are built", Act::Bring("2.0")),
    dev(
        "The council votes for them as well",
        &["register", "2.0"],
        &["EngineRegistered { version: 2.0 }"],
    ),
    fails(
        2,
        "But as long as workers disagree, nothing moves",
        &["upgrade", "2.0"],
        &["ClusterDiverged"],
    ),
    dev(
        "The council decides in favour of whoever replayed the history; who was wrong is out",
        &["resolve"],
        &["WorkerDiverged {", "worker: //Dave", "ResolvedInFavour {"],
    ),
    // Today's rules.
    dev(
        "What today's rules would have done with all of it",
        &["rehearse", "--to", "2.0"],
        &["messages that differ: 0", "codes that 2.0 refuses: 0"],
    ),
    dev(
        "The upgrade to today's rules",
        &["upgrade", "2.0"],
        &["from 1.1", "to 2.0"],
    ),
    dev("And its block comes", &["advance", "11"], &["engine 2.0"]),
    dev(
        "What was stored in March 2021, and restored, is still there",
        &["query", "{poor}", "--data", OLD_GET],
        &["engine 2.0", "output 0x01"],
    ),
    makes(
        "token",
        "A contract of today, called by name",
        &[
            "instantiate",
            "--code",
            TOKEN,
            "--constructor",
            "new",
            "--args",
            "1000",
        ],
        &["engine 2.0", "storage deposit"],
    ),
    dev(
        "What the next call will do; the gas that it consumes is exact, to the picosecond",
        &[
            "estimate",
            "{token}",
            "--message",
            "transfer",
            "--args",
            "//Bob",
            "10",
        ],
        &["gas required", "gas consumed"],
    ),
    dev(
        "The call",
        &[
            "call",
            "{token}",
            "--message",
            "transfer",
            "--args",
            "//Bob",
            "10",
        ],
        &["gas consumed", "event Transfer"],
    ),
    // A missing engine.
    file("The engine's file gets lost", Act::Away("2.0")),
    fails(
        2,
        "The chain orders the next call; the worker, which never guesses, doesn't execute it",
        &[
            "call",
            "{token}",
            "--message",
            "transfer",
            "--args",
            "//Bob",
            "10",
        ],
        &["ordered as message", "engine 2.0", "is missing"],
    ),
    dev(
        "It is parked, and says why",
        &["status"],
        &["state parked", "is missing", "waiting blocks 1"],
    ),
    file("The file is found", Act::Back("2.0")),
    dev(
        "It goes on as if nothing had happened",
        &["status"],
        &["state running", "waiting blocks 0"],
    ),
    dev(
        "With both transfers done",
        &[
            "query",
            "{token}",
            "--message",
            "balance_of",
            "--args",
            "//Bob",
        ],
        &["Ok(20)"],
    ),
    dev("The last blocks", &["blocks", "--last", "10"], &["2.0"]),
    dev(
        "And once more from the beginning, each message by the version of its time",
        &["replay", "--verify"],
        &["divergence none"],
    ),
];
