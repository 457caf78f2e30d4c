use crate::{error::Result, process, tree};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Prints one JSON object
    #[arg(long)]
    json: bool,
    /// Fewer repetitions
    #[arg(long)]
    quick: bool,
}

/// Builds the engines, then runs the benchmarks against them.
pub(crate) fn run(args: &Args) -> Result<()> {
    crate::engines::build(&[])?;
    let mut command = process::cargo();
    command.current_dir(tree::root());
    command.args([
        "run",
        "--quiet",
        "--release",
        "--package",
        "pink-benches",
        "--",
    ]);
    command.args(args.json.then_some("--json"));
    command.args(args.quick.then_some("--quick"));
    process::run(&mut command)
}
