//! The command line: Substrate's own, and what this node has beside it.

use crate::{
    sealing::Sealing,
    service,
    spec::{self, SpecArgs},
};
use sc_cli::{RunCmd, SubstrateCli};
use sc_service::ChainSpec;

/// What the node is told.
#[derive(clap::Parser, Debug)]
pub(crate) struct Cli {
    #[command(subcommand)]
    subcommand: Option<Subcommand>,

    #[command(flatten)]
    spec: SpecArgs,

    /// Makes blocks without consensus: `instant`, one for each transaction; `manual`, one for each call of the RPC
    /// `engine_createBlock`. Such blocks have no justifications, and their time is that of their slots.
    #[arg(long, value_enum, value_name = "WHEN")]
    sealing: Option<Sealing>,

    #[command(flatten)]
    run: RunCmd,
}

/// What the node does instead of running.
#[derive(clap::Subcommand, Debug)]
#[allow(clippy::large_enum_variant)]
enum Subcommand {
    /// Makes, inserts and inspects keys.
    #[command(subcommand)]
    Key(sc_cli::KeySubcommand),

    /// Writes a chain's specification, with the engines of `--engines`.
    ExportChainSpec(sc_cli::ExportChainSpecCmd),

    /// Removes a chain's database.
    PurgeChain(sc_cli::PurgeChainCmd),
}

impl SubstrateCli for Cli {
    fn impl_name() -> String {
        "Pink Node".into()
    }

    fn impl_version() -> String {
        env!("CARGO_PKG_VERSION").into()
    }

    fn description() -> String {
        env!("CARGO_PKG_DESCRIPTION").into()
    }

    fn author() -> String {
        "the authors of pallet-fat-contracts".into()
    }

    fn support_url() -> String {
        "the repository's issues".into()
    }

    fn copyright_start_year() -> i32 {
        2026
    }

    fn load_spec(&self, id: &str) -> Result<Box<dyn ChainSpec>, String> {
        spec::load(id, &self.spec)
    }
}

/// Does what the node was told.
///
/// # Errors
/// It can't be done.
pub(crate) fn run(cli: Cli) -> sc_cli::Result<()> {
    match &cli.subcommand {
        Some(Subcommand::Key(command)) => command.run(&cli),
        Some(Subcommand::ExportChainSpec(command)) => {
            let spec = cli.load_spec(&command.chain)?;
            command.run(spec)
        }
        Some(Subcommand::PurgeChain(command)) => {
            let runner = cli.create_runner(command)?;
            runner.sync_run(|config| command.run(config.database))
        }
        None => {
            let runner = cli.create_runner(&cli.run)?;
            let sealing = cli.sealing;
            runner.run_node_until_exit(|config| async move {
                service::start(config, sealing).map_err(sc_cli::Error::Service)
            })
        }
    }
}
