use std::{io, path::PathBuf};

pub(crate) type Result<T> = std::result::Result<T, Error>;

/// What can go wrong, each with what to do about it where that isn't obvious.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("{}: {source}", path.display())]
    File { path: PathBuf, source: io::Error },
    #[error("modules of {library} import each other in a circle:\n{modules}")]
    Circles { library: String, modules: String },
    #[error(
        "{library}: '{import}' is listed as a known circle in xtask/src/circles, but it closes none any more: take it \
         from the list"
    )]
    NoCircle { library: String, import: String },
    #[error("mdbook gave or took something else than a book: {0}")]
    Book(String),
    #[error("can't start `{command}`: {source}")]
    Start { command: String, source: io::Error },
    #[error("`{command}` failed ({status})")]
    Failed { command: String, status: String },
    #[error("`{command}` printed what isn't text")]
    NotText { command: String },
    #[error("'{0}' is no engine version: it is written MAJOR.MINOR")]
    BadVersion(String),
    #[error("there is no engine {version}; there are: {known}")]
    UnknownEngine { version: String, known: String },
    #[error("engine {version}: {reason}")]
    BadEngine { version: String, reason: String },
    #[error(
        "the dependencies of engine {version} are not those of engines/v{version}/{file}:\n{changes}\
         if this is meant and {version} isn't released: cargo xtask deps --write --only {version}"
    )]
    Dependencies {
        version: String,
        file: &'static str,
        changes: String,
    },
    #[error("engine {0} is released: what it is built from never changes")]
    Released(String),
    #[error(
        "a release is built from a commit, but these files aren't as in the last one:\n{changed}\
         commit them, or take them away"
    )]
    DirtyTree { changed: String },
    #[error("{} isn't a list of releases: {reason}", path.display())]
    ReleaseList { path: PathBuf, reason: String },
    #[error(
        "engine {version} is released, and its {what} isn't that of the release: {now} instead of \
         {then}; restore it from the release's commit, or begin a new version"
    )]
    ReleaseChanged {
        version: String,
        what: &'static str,
        now: String,
        then: String,
    },
    #[error("engine {0} isn't released: engines/RELEASES.toml doesn't name it")]
    NotReleased(String),
    #[error(
        "engine {version} was released from commit {commit}, which isn't in this checkout's history: \
         git fetch --unshallow, or fetch from where the release was made"
    )]
    NoCommit { version: String, commit: String },
    #[error(
        "engine {version}, built from the commit of its release, is {found}; the release is {then}. It was \
         built by {by}; here is {now}: the file comes from the same compiler and linker alone"
    )]
    ReleaseDiffers {
        version: String,
        found: String,
        then: String,
        by: String,
        now: String,
    },
    #[error(
        "engine {version} isn't the same in {} and in {} (one in target/engines may be of older \
         sources: cargo xtask engines)",
        first.display(),
        second.display()
    )]
    NotReproducible {
        version: String,
        first: PathBuf,
        second: PathBuf,
    },
    #[error("there is no step '{0}'; `cargo xtask test --list` names them")]
    UnknownStep(String),
    #[error("step '{step}' failed: {source}")]
    Step {
        step: &'static str,
        source: Box<Error>,
    },
    #[error(
        "there is no valgrind, which counts instructions: install it from your system's packages"
    )]
    NoValgrind,
    #[error("{} isn't a table of instructions: {reason}", path.display())]
    CountTable { path: PathBuf, reason: String },
    #[error(
        "calls take other numbers of instructions than benches/instructions/table.toml says:\n{off}\
         if this is meant: cargo xtask bench instructions --write"
    )]
    Instructions { off: String },
    #[error("{} isn't a list of survivors: {reason}", path.display())]
    Survivors { path: PathBuf, reason: String },
    #[error(
        "{caught} of {tried} changes were noticed by a test, and {unknown} survivors have no reason: give each \
         a test, or a reason in xtask/survivors.toml; target/mutants/mutants.out has the details"
    )]
    Mutants {
        caught: usize,
        tried: usize,
        unknown: usize,
    },
    #[error("there is no protoc, which the node's network is built with: install protobuf-compiler, or run .ci/install")]
    NoProtoc,
    #[error("no compiler has the target {0}: rustup target add {0}, set RUSTC_WASM to one that has it, or run .ci/install")]
    NoWasm(&'static str),
    #[error("there is no node at {}: cargo xtask node builds it, or PINK_NODE names another", .0.display())]
    NoNode(PathBuf),
    #[error("{0}")]
    Up(String),
    #[error("cargo built no program `pink-worker`")]
    NoWorker,
    #[error("the demo doesn't show what it claims: `pink-worker dev {command}`: {reason}")]
    Scene { command: String, reason: String },
    #[error("{0}")]
    Json(#[from] serde_json::Error),
}

/// Names the file that an input or output failed on.
pub(crate) trait OnPath<T> {
    fn on(self, path: impl Into<PathBuf>) -> Result<T>;
}

impl<T> OnPath<T> for io::Result<T> {
    fn on(self, path: impl Into<PathBuf>) -> Result<T> {
        self.map_err(|source| Error::File {
            path: path.into(),
            source,
        })
    }
}
