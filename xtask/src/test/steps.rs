use super::{Runs, Step, StepOutcome};
use crate::{
    console, engines,
    error::Result,
    instructions, node,
    process::{answers, cargo, run},
    tools, up, wasm,
};
use std::{path::Path, process::Command};

/// The steps, what is cheap first. Everything that compiles FRAME does so in the dev profile.
pub(super) const ALL: &[Step] = &[
    Step {
        name: "format",
        about: "the sources are formatted",
        leaves: &[],
        ahead: nothing,
        runs: Runs::Each,
        minutes: 0,
        run: format,
    },
    Step {
        name: "contracts",
        about: "the contracts' artefacts belong to their sources",
        leaves: &[],
        ahead: nothing,
        runs: Runs::Each,
        minutes: 0,
        run: contracts,
    },
    Step {
        name: "dependencies",
        about: "each engine's dependency tree is the committed one",
        leaves: &[],
        ahead: nothing,
        runs: Runs::Each,
        minutes: 0,
        run: dependencies,
    },
    Step {
        name: "engines",
        about: "the engines build and are what a worker takes",
        leaves: &[],
        ahead: nothing,
        runs: Runs::Each,
        minutes: 16,
        run: build_engines,
    },
    Step {
        name: "releases",
        about:
            "what is released has the lock file, blocks and rules of its release; by turns one is made again, or today's sources in another folder",
        leaves: &["released-build"],
        ahead: nothing,
        runs: Runs::InTurn,
        minutes: 6,
        run: releases,
    },
    Step {
        name: "clippy",
        about: "no lint finds anything, those for determinism included",
        leaves: &[],
        ahead: nothing,
        runs: Runs::InTurn,
        minutes: 9,
        run: clippy,
    },
    Step {
        name: "tests",
        about: "the tests of all crates, through the engines just built",
        leaves: &[],
        ahead: build_tests,
        runs: Runs::Each,
        minutes: 27,
        run: tests,
    },
    Step {
        name: "node",
        about:
            "the node builds and makes blocks, and workers follow it, speak to it and stay equal",
        leaves: &["node-build", "wasm"],
        ahead: node::builds,
        runs: Runs::OnNode,
        minutes: 26,
        run: test_node,
    },
    Step {
        name: "client",
        about: "the TypeScript client has right types, passes its tests, and can be used as it is packed",
        leaves: &[],
        ahead: nothing,
        runs: Runs::OnNode,
        minutes: 3,
        run: client,
    },
    Step {
        name: "console",
        about: "the worker's page is what its sources build to, and a browser lives through a first hour on it",
        leaves: &[],
        ahead: nothing,
        runs: Runs::OnNode,
        minutes: 4,
        run: page,
    },
    Step {
        name: "native",
        about: "compiled code does what the interpreter does",
        leaves: &["native", "engines-check"],
        ahead: build_native,
        runs: Runs::InTurn,
        minutes: 7,
        run: native,
    },
    Step {
        name: "instructions",
        about: "no call takes more instructions than it did",
        leaves: &["instructions"],
        ahead: nothing,
        runs: Runs::InTurn,
        minutes: 4,
        run: count_instructions,
    },
    Step {
        name: "docs",
        about: "the documentation builds, every link in it leads somewhere",
        leaves: &["doc"],
        ahead: nothing,
        runs: Runs::InTurn,
        minutes: 4,
        run: docs,
    },
    Step {
        name: "no-std",
        about: "pallet and primitives build for a runtime on the chain",
        leaves: &["no-std"],
        ahead: nothing,
        runs: Runs::InTurn,
        minutes: 2,
        run: no_std,
    },
    Step {
        name: "tutorial",
        about: "the book's way from a contract's sources to a page in a browser leads there",
        leaves: &[],
        ahead: nothing,
        runs: Runs::InTurn,
        minutes: 4,
        run: tutorial,
    },
    Step {
        name: "fuzz",
        about: "a worker that runs is what its OpenRPC document says, whatever it is asked over HTTP",
        leaves: &[],
        ahead: nothing,
        runs: Runs::InTurn,
        minutes: 2,
        run: fuzz,
    },
    Step {
        name: "image",
        about: "the steps that make the image give a program that an operator starts; the image, where docker is",
        leaves: &[],
        ahead: nothing,
        runs: Runs::InTurn,
        minutes: 5,
        run: image,
    },
    Step {
        name: "deny",
        about: "licences, advisories and sources of all dependencies",
        leaves: &["tools/build"],
        ahead: nothing,
        runs: Runs::InTurn,
        minutes: 6,
        run: deny,
    },
    Step {
        name: "unused",
        about: "sources name every dependency that a manifest names",
        leaves: &["tools/build"],
        ahead: nothing,
        runs: Runs::InTurn,
        minutes: 2,
        run: unused,
    },
];

/// Programs that are workspaces of their own, so that they don't change what the chain's libraries
/// are built from.
const APART: &[&str] = &[
    "benches/instructions",
    "benches/native",
    "benches/plots",
    "benches/soak",
    "engines/native",
    "engines/oracle",
];

/// What a step builds that nothing of it can be built ahead of.
fn nothing(_: &Path) -> Vec<Command> {
    Vec::new()
}

fn at(root: &Path, args: &[&str]) -> Command {
    let mut cargo = cargo();
    cargo.current_dir(root).args(args);
    cargo
}

/// Where engines are looked at by lints.
const ENGINES_CHECK: &str = "target/engines-check";

/// Cargo in the folder of each engine, which is a workspace of its own. What isn't the library
/// itself is built apart from it, by the same settings for all engines.
fn in_engines(root: &Path, args: &[&str]) -> Result<()> {
    for folder in engines::folders(root)? {
        run(at(&folder, args).env("CARGO_TARGET_DIR", root.join(ENGINES_CHECK)))?;
    }
    Ok(())
}

fn format(root: &Path) -> Result<StepOutcome> {
    run(&mut at(root, &["fmt", "--all", "--check"]))?;
    in_engines(root, &["fmt", "--check"])?;
    run(&mut node::in_node(root, &["fmt", "--check"]))?;
    for folder in APART {
        run(&mut at(&root.join(folder), &["fmt", "--check"]))?;
    }
    Ok(StepOutcome::Passed)
}

fn contracts(root: &Path) -> Result<StepOutcome> {
    let check = root.join("contracts/check.sh");
    if !check.exists() {
        return Ok(StepOutcome::Skipped(
            "there is no contracts/check.sh".into(),
        ));
    }
    run(Command::new(check).current_dir(root))?;
    Ok(StepOutcome::Passed)
}

fn dependencies(_: &Path) -> Result<StepOutcome> {
    engines::deps(&[], false)?;
    Ok(StepOutcome::Passed)
}

fn build_engines(_: &Path) -> Result<StepOutcome> {
    engines::build(&[])?;
    Ok(StepOutcome::Passed)
}

fn releases(root: &Path) -> Result<StepOutcome> {
    engines::check_releases(root)?;
    match engines::build_by_turns()? {
        Some(engines::Turn::Release(version)) => engines::make_released(&[version])?,
        Some(engines::Turn::Reproduce(version)) => engines::reproduce(version)?,
        None => {}
    }
    Ok(StepOutcome::Passed)
}

fn clippy(root: &Path) -> Result<StepOutcome> {
    run(&mut at(
        root,
        &[
            "clippy",
            "--locked",
            "--workspace",
            "--all-targets",
            "--",
            "--deny=warnings",
        ],
    ))?;
    // What an operator builds, without the development chain and with all it may have, and what the demo does, without a client of a chain.
    for feature in ["--features=chain,otel", "--features=dev"] {
        run(&mut at(
            root,
            &[
                "clippy",
                "--locked",
                "--package=pink-worker",
                "--no-default-features",
                feature,
                "--",
                "--deny=warnings",
            ],
        ))?;
    }
    in_engines(root, &["clippy", "--locked", "--", "--deny=warnings"])?;
    Ok(StepOutcome::Passed)
}

/// What property tests draw from here, so that a run says something of the sources and not of the day. Whoever runs them by
/// hand draws anew each time.
const DRAWN_FROM: (&str, &str) = ("PROPTEST_RNG_SEED", "20260");

fn build_tests(root: &Path) -> Vec<Command> {
    vec![at(root, &["test", "--locked", "--workspace", "--no-run"])]
}

fn tests(root: &Path) -> Result<StepOutcome> {
    let at = |args: &[&str]| {
        let mut cargo = at(root, args);
        cargo.env(DRAWN_FROM.0, DRAWN_FROM.1);
        cargo
    };
    if answers(&mut at(&["nextest", "--version"])) {
        run(&mut at(&["nextest", "run", "--locked", "--workspace"]))?;
        // The other runner knows no examples in the documentation.
        run(&mut at(&["test", "--locked", "--workspace", "--doc"]))?;
    } else {
        run(&mut at(&["test", "--locked", "--workspace"]))?;
    }
    Ok(StepOutcome::Passed)
}

fn in_native(root: &Path, args: &[&str], folder: &str) -> Command {
    let mut cargo = at(&root.join("engines/native"), args);
    cargo.env("CARGO_TARGET_DIR", root.join(folder));
    cargo
}

/// What tests the two executors of metered code. Built for speed, as an engine is: what compiles contracts would take
/// longer than it is built faster.
fn test_native(root: &Path) -> Command {
    in_native(root, &["test", "--locked", "--release"], "target/native")
}

fn build_native(root: &Path) -> Vec<Command> {
    let mut build = test_native(root);
    build.arg("--no-run");
    vec![build]
}

fn native(root: &Path) -> Result<StepOutcome> {
    run(&mut test_native(root))?;
    // Lints need no optimization, and a part of what they need has been looked at for the engine that has it.
    let clippy = ["clippy", "--locked", "--all-targets"];
    run(in_native(root, &clippy, ENGINES_CHECK).args(["--", "--deny=warnings"]))?;
    Ok(StepOutcome::Passed)
}

fn count_instructions(root: &Path) -> Result<StepOutcome> {
    if !instructions::can_count() {
        return Ok(StepOutcome::Skipped("valgrind isn't there".into()));
    }
    if instructions::runner(root).is_err() {
        return Ok(StepOutcome::Skipped(
            "what starts valgrind isn't there and can't be installed".into(),
        ));
    }
    engines::build(&[])?;
    instructions::run(false)?;
    Ok(StepOutcome::Passed)
}

fn docs(root: &Path) -> Result<StepOutcome> {
    run(at(root, &["doc", "--locked", "--workspace", "--no-deps"])
        .env("RUSTDOCFLAGS", "--deny=warnings"))?;
    Ok(StepOutcome::Passed)
}

fn no_std(root: &Path) -> Result<StepOutcome> {
    let Some(rustc) = wasm::compiler(root) else {
        return Ok(StepOutcome::Skipped(format!(
            "no compiler has the target {0}: rustup target add {0}, or set RUSTC_WASM to one that has it",
            wasm::TARGET
        )));
    };
    let mut check = at(
        root,
        &[
            "check",
            "--locked",
            "--no-default-features",
            "--package=pallet-fat-contracts",
            "--package=fat-contracts-primitives",
            "--package=fat-contracts-runtime-api",
            "--target",
            wasm::TARGET,
        ],
    );
    check.env("CARGO_TARGET_WASM32V1_NONE_RUSTFLAGS", wasm::FLAGS);
    if rustc != "rustc" {
        // Another compiler's output doesn't mix with that of the pinned one.
        check.env("RUSTC", rustc);
        check.env("CARGO_TARGET_DIR", root.join("target/no-std"));
    }
    run(&mut check)?;
    Ok(StepOutcome::Passed)
}

fn test_node(root: &Path) -> Result<StepOutcome> {
    node::test(root)?;
    engines::build(&[])?;
    // A client that isn't ours, for one of the tests.
    let foreign = root.join("node/tests/foreign");
    run(Command::new("npm").args(["ci"]).current_dir(foreign))?;
    // The tests that need a node, which the step `tests` leaves out. With the features that it built them with.
    let args = ["test", "--locked", "--workspace"];
    let mut tests = at(root, &args);
    tests.args(["--test=node", "--test=book", "--", "--ignored"]);
    // That is the step `tutorial`.
    tests.args(["--skip", PAGE]);
    tests.env("PINK_NODE", up::node(root)?);
    tests.env("PINK_ENGINES", root.join("target/engines"));
    run(&mut tests)?;
    Ok(StepOutcome::Passed)
}

/// The TypeScript client, and whether it works on a real node and a real worker, where they are built: the step `node`
/// builds both.
fn client(root: &Path) -> Result<StepOutcome> {
    let npm = |args: &[&str]| {
        let mut npm = Command::new("npm");
        npm.current_dir(root.join("clients/typescript")).args(args);
        npm
    };
    if !answers(&mut npm(&["--version"])) {
        return Ok(StepOutcome::Skipped("npm isn't there".into()));
    }
    run(&mut npm(&[
        "ci",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
    ]))?;
    // `packed` builds it, packs it, and uses it from an empty folder.
    for script in ["check", "test", "packed", "docs"] {
        run(&mut npm(&["run", script]))?;
    }
    let mut untried = Vec::new();
    let worker = root.join("target/debug/pink-worker");
    let engines = root.join("target/engines");
    if worker.is_file() && engines.is_dir() {
        let mut tests = npm(&["run", "test:serve"]);
        tests
            .env("PINK_WORKER", &worker)
            .env("PINK_ENGINES", engines);
        run(&mut tests)?;
    } else {
        untried.push("not tried on `dev serve`: the step `tests` builds it".into());
    }
    match up::node(root) {
        Ok(node) if worker.is_file() => {
            let mut tests = npm(&["run", "test:e2e"]);
            tests.env("PINK_NODE", node).env("PINK_WORKER", worker);
            tests.env("PINK_ENGINES", root.join("target/engines"));
            run(&mut tests)?;
        }
        _ => untried.push("not tried on a node and a worker: the step `node` builds them".into()),
    }
    Ok(StepOutcome::of(&untried))
}

/// The test of the tutorial that takes npm, a compiler for contracts, and a browser.
const PAGE: &str = "a_page_calls_a_contract";

fn tutorial(root: &Path) -> Result<StepOutcome> {
    let there = |program: &str| answers(Command::new(program).arg("--version"));
    let missing = ["npm", "wasm-opt", "python3", "curl"]
        .into_iter()
        .find(|it| !there(it));
    let browser = console::browser();
    let missing = match (missing, wasm::compiler(root), &browser) {
        (Some(program), ..) => Some(program.to_owned()),
        (None, None, _) => Some(format!("a compiler for {}", wasm::TARGET)),
        (None, Some(_), None) => Some("Chromium".into()),
        (None, Some(_), Some(_)) => None,
    };
    if let Some(missing) = missing {
        return Ok(StepOutcome::Skipped(format!("{missing} isn't there")));
    }
    engines::build(&[])?;
    // With the features that the step `tests` built them with.
    let mut test = at(root, &["test", "--locked", "--workspace", "--test=book"]);
    test.args(["--", "--ignored", PAGE]);
    test.env("PINK_ENGINES", root.join("target/engines"));
    test.envs(browser.map(|path| ("CHROMIUM", path)));
    run(&mut test)?;
    Ok(StepOutcome::Passed)
}

fn page(root: &Path) -> Result<StepOutcome> {
    if !console::has_npm(root) {
        return Ok(StepOutcome::Skipped("npm isn't there".into()));
    }
    Ok(StepOutcome::of(&console::test(root)?))
}

/// Bounded by the script: 45 seconds of questions.
fn fuzz(root: &Path) -> Result<StepOutcome> {
    let needed = root.join("worker/rpc/tests/fuzz/requirements.txt");
    let place = root.join("target/tools/fuzz");
    let python = place.join("bin/python3");
    let made = run(Command::new("python3").args(["-m", "venv"]).arg(&place)).and_then(|()| {
        let mut pip = Command::new(&python);
        pip.args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--no-deps",
            "--requirement",
        ]);
        run(pip.arg(&needed))
    });
    if made.is_err() {
        return Ok(StepOutcome::Skipped(
            "python3 with venv isn't there, or can't install what is in worker/rpc/tests/fuzz/requirements.txt".into(),
        ));
    }
    engines::build(&[])?;
    let name = "fuzz::it_is_what_its_document_says";
    let args = [
        "test",
        "--locked",
        "--workspace",
        "--test=run",
        "--",
        "--ignored",
        "--exact",
        "--nocapture",
        name,
    ];
    run(at(root, &args).env("PINK_FUZZ_PYTHON", python))?;
    Ok(StepOutcome::Passed)
}

fn image(root: &Path) -> Result<StepOutcome> {
    // Optimized it is the same program, and takes ten minutes.
    run(Command::new(root.join("ops/docker/check.sh")).env("PROFILE", "dev"))?;
    Ok(StepOutcome::Passed)
}

/// The version whose findings are ours: a newer one may find something else.
const DENY: &str = "0.20.2";

fn deny(root: &Path) -> Result<StepOutcome> {
    let Ok(program) = tools::install(root, "cargo-deny", DENY) else {
        return Ok(StepOutcome::Skipped(format!(
            "cargo-deny {DENY} isn't there and can't be installed"
        )));
    };
    let at = |folder: &Path, args: &[&str]| {
        let mut deny = Command::new(&program);
        deny.current_dir(folder).args(args);
        deny
    };
    let mut checks = vec!["licenses", "bans", "sources"];
    let mut untried = Vec::new();
    if answers(&mut at(root, &["fetch", "db"])) {
        checks.push("advisories");
    } else {
        untried.push("not the advisories: their database can't be fetched".into());
    }
    run(at(root, &["--workspace", "check"]).args(&checks))?;
    // What is handed on as a binary.
    let handed_on = ["--config", "deny.toml", "check", "licenses"];
    run(&mut at(&root.join("worker"), &handed_on))?;
    for folder in APART {
        let mut deny = at(&root.join(folder), &["--config"]);
        deny.arg(root.join("deny.toml"));
        run(deny.arg("check").args(&checks))?;
    }
    // With the one exception that lets a program be linked with what it names.
    let linked = ["--config", "deny.toml", "check"];
    run(at(&root.join("node"), &linked).args(&checks))?;
    for folder in engines::folders(root)? {
        let mut deny = at(&folder, &["--config"]);
        deny.arg(root.join("engines/deny.toml"));
        run(deny.arg("check").args(&checks))?;
    }
    Ok(StepOutcome::of(&untried))
}

/// What only macros name is listed in the manifest that has it.
const MACHETE: &str = "0.9.1";

/// Where it looks: everywhere but at contracts, whose artefacts belong to their manifests as they are.
const USED: &[&str] = &[
    "benches",
    "capi",
    "engines",
    "node",
    "pallets",
    "runtime-mock",
    "worker",
    "xtask",
];

fn unused(root: &Path) -> Result<StepOutcome> {
    let Ok(program) = tools::install(root, "cargo-machete", MACHETE) else {
        return Ok(StepOutcome::Skipped(format!(
            "cargo-machete {MACHETE} isn't there and can't be installed"
        )));
    };
    run(Command::new(program).current_dir(root).args(USED))?;
    Ok(StepOutcome::Passed)
}
