//! Runs the program, and looks at what it said and at what it keeps.

use pink_engine_host::EngineRegistry;
use pink_worker_core::store::{Store, StoreOptions};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    env,
    fmt::Display,
    fs,
    path::{Path, PathBuf},
    process::Command,
};
use tempfile::TempDir;

/// Gas limit of a message that names none.
pub(crate) const DEFAULT_LIMIT: u64 = 500_000_000_000;

/// Price of a picosecond, unless told otherwise.
pub(crate) const GAS_PRICE: u128 = 10;

/// One unit of money.
pub(crate) const UNIT: u128 = 1_000_000_000_000;

/// Where the built engines are.
///
/// # Panics
/// If they aren't there.
pub(crate) fn engines() -> PathBuf {
    let built = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/engines");
    let engines = env::var_os("PINK_ENGINES").map_or(built, PathBuf::from);
    assert!(
        engines.join("libpink.so.2.0").is_file(),
        "there is no libpink.so.2.0 in {}: run `cargo xtask engines` first",
        engines.display()
    );
    engines
}

/// One of our own contracts.
pub(crate) fn artefact(name: &str) -> String {
    let artefacts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../contracts/artifacts");
    artefacts.join(name).display().to_string()
}

/// What a command said.
#[derive(Debug)]
pub(crate) struct Output {
    pub(crate) exit: i32,
    pub(crate) json: Value,
}

impl Output {
    /// A field, as text.
    pub(crate) fn text(&self, field: &str) -> &str {
        self.json[field]
            .as_str()
            .unwrap_or_else(|| panic!("no text in {field}: {}", self.json))
    }

    /// An amount of money.
    pub(crate) fn money(&self, field: &str) -> i128 {
        self.text(field).parse().expect("a decimal number")
    }

    /// The ref time of a weight.
    pub(crate) fn ref_time(&self, field: &str) -> u64 {
        self.json[field]["ref_time"]
            .as_u64()
            .unwrap_or_else(|| panic!("no weight in {field}: {}", self.json))
    }

    /// It did what was asked.
    #[track_caller]
    pub(crate) fn success(self) -> Self {
        assert_eq!(
            (self.exit, self.text("status")),
            (0, "success"),
            "{}",
            self.json
        );
        assert_eq!(self.json["error"], Value::Null, "{}", self.json);
        self
    }

    /// A contract failed, in this way.
    #[track_caller]
    pub(crate) fn failed(self, status: &str) -> Self {
        assert_eq!(
            (self.exit, self.text("status")),
            (1, status),
            "{}",
            self.json
        );
        self
    }

    /// It did nothing, and its words contain these.
    #[track_caller]
    pub(crate) fn error(self, words: &[&str]) -> Self {
        assert_eq!(
            (self.exit, self.text("status")),
            (2, "error"),
            "{}",
            self.json
        );
        let error = self.text("error");
        for word in words {
            assert!(error.contains(word), "{word:?} isn't in: {error}");
        }
        self
    }
}

/// A base path.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) dir: TempDir,
    pub(crate) engines: PathBuf,
}

/// What must stay as it is when a command fails.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Picture {
    pub(crate) root: String,
    state: BTreeMap<Vec<u8>, Vec<u8>>,
    accounts: Value,
    issuance: String,
}

impl Node {
    /// A base path without anything, and these engines.
    pub(crate) fn empty(engines: PathBuf) -> Self {
        let dir = TempDir::new().expect("a folder for the test");
        Self { dir, engines }
    }

    /// A cluster on 2.0.
    pub(crate) fn new() -> Self {
        Self::with(&[])
    }

    /// A cluster on 2.0, with more arguments.
    pub(crate) fn with(args: &[&str]) -> Self {
        let node = Self::empty(engines());
        let all = [&["init", "--engine", "2.0"], args].concat();
        node.run(&all).success();
        node
    }

    pub(crate) fn base_path(&self) -> PathBuf {
        self.dir.path().join("base")
    }

    /// Runs a command.
    pub(crate) fn run(&self, args: &[&str]) -> Output {
        let base_path = self.base_path().display().to_string();
        self.program(&[&["dev", "--base-path", &base_path], args].concat())
    }

    /// Runs the program, with this node's engines.
    pub(crate) fn program(&self, args: &[&str]) -> Output {
        let output = Command::new(env!("CARGO_BIN_EXE_pink-worker"))
            .args(args)
            .arg("--json")
            .env("PINK_ENGINES", &self.engines)
            .env_remove("RUST_LOG")
            .output()
            .expect("the program runs");
        let text = String::from_utf8(output.stdout).expect("text");
        assert_eq!(text.lines().count(), 1, "one line on stdout: {text}");
        Output {
            exit: output.status.code().expect("it wasn't killed"),
            json: serde_json::from_str(&text).expect("one JSON object"),
        }
    }

    /// What a command says to people, if it does what it was asked for.
    pub(crate) fn text(&self, args: &[&str]) -> String {
        let output = Command::new(env!("CARGO_BIN_EXE_pink-worker"))
            .args(["dev", "--base-path"])
            .arg(self.base_path())
            .args(args)
            .env("PINK_ENGINES", &self.engines)
            .output()
            .expect("the program runs");
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).expect("text")
    }

    /// Makes a contract from one of our own; its address.
    pub(crate) fn deploy(&self, name: &str, args: &[&str]) -> String {
        let code = artefact(&format!("{name}.contract"));
        let command = ["instantiate", "--code", &code, "--constructor", "new"];
        let args = [&["--args"], args].concat();
        let said = self.run(&[&command[..], &args].concat()).success();
        said.text("address").into()
    }

    /// Calls a message.
    pub(crate) fn call(&self, address: &str, message: &str, args: &[&str]) -> Output {
        let command = ["call", address, "--message", message, "--args"];
        self.run(&[&command[..], args].concat())
    }

    /// What a message returns, asked for free.
    pub(crate) fn ask(&self, address: &str, message: &str, args: &[&str]) -> String {
        let command = ["query", address, "--message", message, "--args"];
        let said = self.run(&[&command[..], args].concat()).success();
        said.text("decoded").into()
    }

    /// What an account can spend in the cluster.
    pub(crate) fn free(&self, who: &str) -> i128 {
        let said = self.run(&["accounts", who]).success();
        let free = said.json["accounts"][0]["free"].as_str().expect("text");
        free.parse().expect("a decimal number")
    }

    /// All money in the cluster.
    pub(crate) fn issuance(&self) -> i128 {
        self.run(&["accounts"]).success().money("total_issuance")
    }

    /// The roots of all blocks.
    pub(crate) fn roots(&self) -> Vec<String> {
        let said = self.run(&["blocks", "--last", "100000"]).success();
        let blocks = said.json["blocks"].as_array().expect("a list").iter();
        let root = |block: &Value| block["state_root"].as_str().expect("text").to_owned();
        blocks.map(root).collect()
    }

    /// The last root.
    pub(crate) fn root(&self) -> String {
        self.roots().pop().expect("a block")
    }

    /// The whole state.
    pub(crate) fn state(&self) -> BTreeMap<Vec<u8>, Vec<u8>> {
        let store = Store::open(&self.base_path(), StoreOptions::default()).expect("a store");
        let all = store
            .snapshot()
            .and_then(|snapshot| snapshot.range(&[], None, usize::MAX))
            .expect("the state");
        all.into_iter()
            .map(|(key, value)| (key.to_vec(), value.to_vec()))
            .collect()
    }

    /// What the accounts have on the chain, together.
    fn on_chain(&self) -> u128 {
        let accounts = self.run(&["accounts"]).success();
        let listed = accounts.json["accounts"].as_array().expect("a list");
        let amounts = listed.iter().map(|account| {
            let text = account["on_chain"].as_str().expect("text");
            text.parse::<u128>().expect("a decimal number")
        });
        amounts.sum()
    }

    /// State, root, accounts and money, as they are in the cluster: on the chain, having a message
    /// ordered costs something.
    pub(crate) fn picture(&self) -> Picture {
        let mut accounts = self.run(&["accounts"]).success();
        let listed = accounts.json["accounts"].as_array_mut().expect("a list");
        for account in listed {
            account["on_chain"] = serde_json::Value::Null;
        }
        Picture {
            root: self.root(),
            state: self.state(),
            accounts: accounts.json["accounts"].clone(),
            issuance: accounts.text("total_issuance").into(),
        }
    }

    /// Runs a command that has to fail in these words, and change nothing: at most, its message was
    /// ordered, which is paid on the chain.
    #[track_caller]
    pub(crate) fn refused(&self, args: &[&str], words: &[&str]) {
        let (before, on_chain) = (self.picture(), self.on_chain());
        self.run(args).error(words);
        assert_eq!(self.picture(), before, "{args:?} changed something");
        // A ten-thousandth of a unit, which is all for a withdrawal; a hundredth for a second: half a
        // second of gas or no limit, 290 µs, and 0.26 µs for each byte.
        let paid = on_chain - self.on_chain();
        let (slot, message, byte) = (UNIT / 10_000, 2_900_000, 2_600);
        let fair = [0, slot].contains(&paid)
            || [slot, slot + UNIT / 200].iter().any(|least| {
                let bytes = paid.checked_sub(least + message);
                bytes.is_some_and(|bytes| {
                    bytes % byte == 0 && (50..=1 << 20).contains(&(bytes / byte))
                })
            });
        assert!(fair, "{args:?} cost {paid}");
    }

    /// A file in the test's folder.
    pub(crate) fn file(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.dir.path().join(name);
        fs::write(&path, bytes).expect("a file for the test");
        path.display().to_string()
    }
}

/// All versions that are built.
pub(crate) fn all_versions() -> Vec<String> {
    let files = EngineRegistry::new(engines()).scan().expect("engines");
    let versions: Vec<_> = files.iter().map(|file| file.version.to_string()).collect();
    assert!(!versions.is_empty(), "no engine: run `cargo xtask engines`");
    versions
}

/// A folder with engine files of its own, to be damaged.
pub(crate) fn own_engines(versions: &[impl Display]) -> TempDir {
    let dir = TempDir::new().expect("a folder for the test");
    for version in versions {
        let name = format!("libpink.so.{version}");
        let built = engines().join(&name);
        fs::copy(&built, dir.path().join(&name)).unwrap_or_else(|error| {
            panic!(
                "{}: {error}: run `cargo xtask engines` first",
                built.display()
            )
        });
    }
    dir
}
