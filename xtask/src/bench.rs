use crate::{error::Result, process, tree};
use clap::Subcommand;

#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    what: Option<What>,
    #[command(flatten)]
    how: How,
}

#[derive(clap::Args)]
struct How {
    /// Prints one JSON object
    #[arg(long)]
    json: bool,
    /// Fewer repetitions
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
    /// Looks for what takes engine 2.0 longest for its gas
    Worst {
        #[command(flatten)]
        how: How,
    },
}

/// Builds the engines, then runs the benchmarks against them.
pub(crate) fn run(args: &Args) -> Result<()> {
    crate::engines::build(&[])?;
    match &args.what {
        None => start("pink-benches", &[], &args.how),
        Some(What::Weights { how, write: false }) => start("pink-weights", &["weights"], how),
        Some(What::Weights { how, write: true }) => {
            start("pink-weights", &["weights", "--write"], how)
        }
        Some(What::Worst { how }) => start("pink-weights", &["worst"], how),
    }
}

fn start(package: &str, what: &[&str], how: &How) -> Result<()> {
    let mut command = process::cargo();
    command.current_dir(tree::root());
    command.args(["run", "--quiet", "--release", "--package", package, "--"]);
    command.args(what);
    command.args(how.json.then_some("--json"));
    command.args(how.quick.then_some("--quick"));
    process::run(&mut command)
}
