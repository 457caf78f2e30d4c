use crate::{
    engines::{self, Version},
    error::Result,
    fixtures::{self, DEPOSIT_V1, READERS},
    instructions, process, tree, up,
};
use clap::Subcommand;
use std::{
    ffi::{OsStr, OsString},
    fs,
    path::{Path, PathBuf},
};

/// The row that has a side which is a workspace of its own.
const NATIVE: &str = "floor21";

#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    what: Option<What>,
    #[command(flatten)]
    how: How,
    /// Only the row of this name; may be given again
    #[arg(long, value_name = "ROW")]
    only: Vec<String>,
    /// Draws the plots too, into benches/plots
    #[arg(long)]
    plots: bool,
}

#[derive(clap::Args)]
struct How {
    /// Prints one JSON object
    #[arg(long)]
    json: bool,
    /// Fewer repetitions, and a million keys instead of ten
    #[arg(long)]
    quick: bool,
}

#[derive(Subcommand)]
enum What {
    /// Derives engine 2.0's costs by measuring, beside the frozen ones
    Weights {
        #[command(flatten)]
        how: How,
        /// Writes the frozen table anew; never for a released version
        #[arg(long)]
        write: bool,
    },
    /// Counts instructions of calls, and refuses calls that got dearer
    Instructions {
        /// Writes the table of counts anew
        #[arg(long)]
        write: bool,
    },
    /// Measures each phase of the work by itself, with criterion
    Phases {
        /// Only what has this in its name, `execute/flip` for example
        name: Option<String>,
    },
    /// Asks a worker that runs, beside a real node: `soak capacity`, `soak hour`; `soak --help` says how
    Soak {
        /// What the program `pink-soak` takes
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        words: Vec<OsString>,
    },
    /// Looks for what takes an engine longest for its gas
    Worst {
        /// This engine: 2.0, or 2.1 both interpreted and compiled
        #[arg(long, value_name = "X.Y", default_value = "2.0")]
        engine: Version,
        /// Of 2.1, only what has this in its name
        #[arg(long, value_name = "NAME")]
        only: Option<String>,
        #[command(flatten)]
        how: How,
    },
}

/// Builds the engines, then runs the benchmarks against them.
pub(crate) fn run(args: &Args) -> Result<()> {
    engines::build(&[])?;
    match &args.what {
        None => rows(args),
        Some(What::Weights { how, write: false }) => start("pink-weights", &["weights"], how),
        Some(What::Weights { how, write: true }) => {
            start("pink-weights", &["weights", "--write"], how)
        }
        Some(What::Instructions { write }) => instructions::run(*write),
        Some(What::Phases { name }) => phases(name.as_deref()),
        Some(What::Soak { words }) => soak(words),
        Some(What::Worst { engine, only, how }) => {
            let mut what = vec!["worst".to_owned(), "--engine".into(), engine.to_string()];
            what.extend(only.iter().flat_map(|name| ["--only".into(), name.clone()]));
            start("pink-weights", &what, how)
        }
    }
}

fn start(package: &str, what: &[impl AsRef<OsStr>], how: &How) -> Result<()> {
    let mut command = process::cargo();
    command.current_dir(tree::root());
    command.args(["run", "--quiet", "--release", "--package", package, "--"]);
    command.args(what);
    command.args(how.json.then_some("--json"));
    command.args(how.quick.then_some("--quick"));
    process::run(&mut command)
}

/// Measures the rows of the table of what is to be reached.
fn rows(args: &Args) -> Result<()> {
    let root = tree::root();
    let mut what: Vec<OsString> =
        vec!["--fixtures".into(), fixtures::build(&root, READERS)?.into()];
    for row in &args.only {
        what.extend(["--only".into(), row.into()]);
    }
    if args.only.is_empty() || args.only.iter().any(|row| row == NATIVE) {
        what.extend(["--native".into(), native(&root)?.into()]);
    }
    let measured = root.join("target/bench-plots.json");
    if args.plots {
        what.extend(["--plots".into(), measured.clone().into()]);
    }
    start("pink-benches", &what, &args.how)?;
    if args.plots {
        draw(&root, &measured)
    } else {
        Ok(())
    }
}

/// Builds the side of the row [`NATIVE`] that has a compiler of its own.
fn native(root: &Path) -> Result<PathBuf> {
    let target = root.join("target/native-floor");
    let mut cargo = process::cargo();
    cargo.current_dir(root.join("benches/native"));
    cargo.args(["build", "--quiet", "--release", "--locked"]);
    process::run(cargo.env("CARGO_TARGET_DIR", &target))?;
    Ok(target.join("release/pink-native-floor"))
}

/// Measures the phases.
fn phases(name: Option<&str>) -> Result<()> {
    let root = tree::root();
    fixtures::build(&root, &[READERS, &[DEPOSIT_V1]].concat())?;
    let mut cargo = process::cargo();
    cargo.current_dir(&root);
    cargo.args(["bench", "--quiet", "--bench", "phases"]);
    cargo.args(["--package", "pink-engine-benches"]);
    cargo.args(["--package", "pink-benches", "--"]);
    process::run(cargo.args(name))
}

/// Asks a worker as it is released. The node is that of `cargo xtask node`.
fn soak(words: &[OsString]) -> Result<()> {
    let root = tree::root();
    let node = up::node(&root)?;
    let mut cargo = process::cargo();
    cargo.current_dir(&root);
    cargo.args([
        "build",
        "--quiet",
        "--release",
        "--locked",
        "--package=pink-worker",
    ]);
    process::run(cargo.args(["--no-default-features", "--features=chain"]))?;
    let measured = root.join("target/soak-plots.json");
    let _ = fs::remove_file(&measured);
    let mut cargo = process::cargo();
    cargo.current_dir(&root);
    cargo.args([
        "run",
        "--quiet",
        "--release",
        "--locked",
        "--manifest-path=benches/soak/Cargo.toml",
    ]);
    cargo.env("CARGO_TARGET_DIR", root.join("target/soak"));
    cargo.arg("--").arg("--node").arg(node);
    cargo.arg("--plots").arg(&measured);
    process::run(cargo.args(words))?;
    if measured.exists() {
        draw(&root, &measured)
    } else {
        Ok(())
    }
}

fn draw(root: &Path, measured: &Path) -> Result<()> {
    let mut cargo = process::cargo();
    cargo.current_dir(root.join("benches/plots"));
    cargo.args(["run", "--quiet", "--release", "--locked", "--"]);
    cargo.arg(measured).arg(".");
    cargo.env("CARGO_TARGET_DIR", root.join("target/plots"));
    process::run(&mut cargo)
}
