//! Every `console` block of the book is run, page by page in a folder of its own, and answers what stands there.

use crate::{are_like, blocks, book, page, pages, root, server};
use std::{
    collections::BTreeSet,
    env, fs,
    net::TcpListener,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};
use tempfile::TempDir;

/// A command of a page, and what it is to answer.
struct Step<'t> {
    command: &'t str,
    answer: Vec<&'t str>,
    exit: i32,
}

/// The commands of a page. A block's mark may say how its last command ends: `console,exit=1`.
fn steps(text: &str) -> Vec<Step<'_>> {
    let mut found: Vec<Step<'_>> = Vec::new();
    for (mark, lines) in blocks(text, "console") {
        for line in lines {
            match (line.strip_prefix("$ "), found.last_mut()) {
                (Some(command), _) => found.push(Step {
                    command,
                    answer: Vec::new(),
                    exit: 0,
                }),
                (None, Some(step)) => step.answer.push(line),
                (None, None) => panic!("a block begins with an answer: {line}"),
            }
        }
        if let (Some(exit), Some(last)) = (mark.strip_prefix("exit="), found.last_mut()) {
            last.exit = exit.parse().expect("an exit status");
        }
    }
    found
}

/// Copies a folder without what was built in it.
fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).expect("a folder");
    for file in fs::read_dir(from).expect("a folder") {
        let file = file.expect("an entry");
        let (path, to) = (file.path(), to.join(file.file_name()));
        if !path.is_dir() {
            fs::copy(&path, &to).expect("a copy");
        } else if file.file_name() != "target" {
            copy(&path, &to);
        }
    }
}

/// A folder that looks as the repository does after the first page's commands.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        let dir = TempDir::new().expect("a folder for the test");
        let link = |from: PathBuf, to: &str| symlink(from, dir.path().join(to)).expect("a link");
        for file in fs::read_dir(root()).expect("the repository") {
            let name = file.expect("an entry").file_name();
            let name = name.to_str().expect("a name in UTF-8");
            match name {
                "target" => {}
                // A tutorial changes one.
                "contracts" => copy(&root().join(name), &dir.path().join(name)),
                // What isn't sources.
                hidden if hidden.starts_with('.') => {}
                _ => link(root().join(name), name),
            }
        }
        fs::create_dir(dir.path().join("target")).expect("a folder");
        let built = root().join("target/engines");
        let engines = env::var_os("PINK_ENGINES").map_or(built, PathBuf::from);
        let engines = engines
            .canonicalize()
            .expect("the engines: run `cargo xtask engines`");
        // Copies: a tutorial takes one away. And no file of a version that isn't released: one is registered later.
        let released = dir.path().join("target/released");
        fs::create_dir(&released).expect("a folder");
        let releases = fs::read_to_string(root().join("engines/RELEASES.toml"));
        let releases = releases.expect("the releases");
        let versions = releases
            .lines()
            .filter_map(|line| line.strip_prefix("version = \"")?.strip_suffix('"'));
        let files = versions.map(|version| format!("libpink.so.{version}"));
        for name in files.chain(["engines.json".into()]) {
            fs::copy(engines.join(&name), released.join(&name)).expect("a copy");
        }
        link(engines, "target/engines");
        if let Some(node) = env::var_os("PINK_NODE") {
            fs::create_dir(dir.path().join("target/node")).expect("a folder");
            link(node.into(), "target/node/pink-node");
        }
        Self(dir)
    }

    /// Runs a command as a shell does, for twenty minutes at most (one builds a contract from nothing); its exit status and all that it said.
    fn run(&self, command: &str, site: &str) -> (Option<i32>, String) {
        let program = Path::new(env!("CARGO_BIN_EXE_pink-worker"));
        let mut path = vec![program.parent().expect("its folder").to_owned()];
        path.extend(env::split_paths(&env::var_os("PATH").unwrap_or_default()));
        // What went wrong comes behind the answer, as on a terminal.
        let command = format!("exec 2>&1\n{command}");
        let done = Command::new("timeout")
            .args(["1200", "sh", "-c", &command])
            .current_dir(self.0.path())
            .env("PATH", env::join_paths(path).expect("a path"))
            .env("PINK_ENGINES", "target/released")
            .env("SITE", site)
            // What is only logged isn't part of an answer.
            .env("RUST_LOG", "off")
            .envs(
                ["AUDIT", "FUND", "UPDATE_NOTIFIER"]
                    .map(|it| (format!("NPM_CONFIG_{it}"), "false")),
            )
            .env("NPM_CONFIG_PREFER_OFFLINE", "true")
            .stdin(Stdio::null())
            .output()
            .expect("a shell");
        (
            done.status.code(),
            String::from_utf8_lossy(&done.stdout).into_owned(),
        )
    }
}

/// What a page started and didn't end.
impl Drop for Place {
    fn drop(&mut self) {
        let files = fs::read_dir(self.0.path().join("target/worker"));
        for file in files.into_iter().flatten().flatten() {
            let path = file.path();
            if path.to_string_lossy().ends_with("pid") {
                let id = fs::read_to_string(path).unwrap_or_default();
                // It may be gone.
                let _ = Command::new("kill")
                    .arg(id.trim())
                    .stderr(Stdio::null())
                    .status();
            }
        }
    }
}

fn free_port() -> u16 {
    let bound = TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr());
    bound.expect("a free port").port()
}

fn run(name: &str) {
    let mut text = page(name);
    // The ports of the page may be taken here.
    for port in ["9944", "9955", "30333", "8080"] {
        text = text.replace(port, &free_port().to_string());
    }
    let steps = steps(&text);
    assert!(!steps.is_empty(), "no command in {name}");
    let (place, site) = (Place::new(), server::start());
    for step in steps {
        let (exit, said) = place.run(step.command, &site);
        let lines: Vec<_> = said.lines().collect();
        assert!(
            exit == Some(step.exit) && are_like(&step.answer, &lines),
            "{name}: $ {}\nends with {exit:?} (the page: {}) and says\n{said}\nThe page:\n{}",
            step.command,
            step.exit,
            step.answer.join("\n")
        );
    }
}

macro_rules! run {
    ($($(#[$attribute:meta])* $test:ident: $page:literal,)*) => {
        $(#[test] $(#[$attribute])* fn $test() { run($page) })*

        #[test]
        fn every_page_with_commands_is_run() {
            let run = [$($page),*].map(|page| book().join(page)).into_iter().collect::<BTreeSet<_>>();
            let all = pages(&book()).into_iter();
            let with = all.filter(|path| !blocks(&fs::read_to_string(path).expect("a page"), "console").is_empty());
            assert_eq!(with.collect::<BTreeSet<_>>(), run);
        }
    };
}

run! {
    a_first_contract: "tutorials/first-contract.md",
    a_chain_is_served: "tutorials/dev-serve.md",
    #[ignore = "needs npm, a compiler for wasm32v1-none, wasm-opt, Python, Chromium: run by the step `tutorial`"]
    a_page_calls_a_contract: "tutorials/page.md",
    the_console_is_served: "tutorials/console.md",
    a_contract_asks_the_web: "tutorials/ask-http.md",
    #[ignore = "needs PINK_NODE: run by the step `node`"]
    a_worker_follows_a_node: "tutorials/run-a-worker.md",
    a_cluster_is_upgraded: "tutorials/upgrade.md",
    an_engine_is_tested: "tutorials/engine.md",
    an_engine_is_written_in_c: "tutorials/engine-in-c.md",
    a_contract_is_moved: "tutorials/from-pallet-contracts.md",
    money_is_counted: "concepts/gas.md",
    rent_is_due: "concepts/rent.md",
    evidence_is_kept: "runbooks/README.md",
    workers_disagree: "runbooks/diverged.md",
}
