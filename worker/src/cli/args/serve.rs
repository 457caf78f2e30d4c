//! Arguments of `dev serve`.

use clap::Args;
use fat_contracts_primitives::{BlockNumber, EngineVersion};
use pink_dev_serve::{Location, Mining, DEFAULT_CHAIN_PORT};
use pink_worker_rpc::DEFAULT_PORT;
use std::{path::PathBuf, time::Duration};

/// A development chain that is served.
#[derive(Clone, Debug, Args)]
pub struct ServeChainArgs {
    /// The port of the chain's JSON-RPC on 127.0.0.1; 0: any that is free.
    #[arg(long, value_name = "PORT", default_value_t = DEFAULT_CHAIN_PORT)]
    pub chain_port: u16,
    /// The port of the worker's JSON-RPC on 127.0.0.1; 0: any that is free.
    #[arg(long, value_name = "PORT", default_value_t = DEFAULT_PORT)]
    pub rpc_port: u16,
    /// The engine that the cluster starts on [default: the newest that is released].
    #[arg(long, value_name = "X.Y")]
    pub engine: Option<EngineVersion>,
    /// Make a block every MS milliseconds [default: one for each extrinsic, at once].
    #[arg(long, value_name = "MS", value_parser = clap::value_parser!(u64).range(1..=86_400_000))]
    pub block_time: Option<u64>,
    /// Make blocks only when `dev_mine` says so.
    #[arg(long, conflicts_with = "block_time")]
    pub no_mining: bool,
    /// After how many more blocks one is final.
    #[arg(long, value_name = "BLOCKS", default_value_t = 0, value_parser = clap::value_parser!(u32).range(..=256))]
    pub finality_delay: BlockNumber,
    /// After how many more blocks what the worker executed is confirmed.
    #[arg(long, value_name = "BLOCKS", default_value_t = 0, value_parser = clap::value_parser!(u32).range(..=256))]
    pub confirmation_delay: BlockNumber,
    /// Go on with the state in this file, if it is there, and write it when the program ends.
    #[arg(long, value_name = "FILE", conflicts_with = "base_path")]
    pub state: Option<PathBuf>,
    /// Write it every SECONDS seconds as well.
    #[arg(long, value_name = "SECONDS", requires = "state", value_parser = clap::value_parser!(u64).range(1..))]
    pub state_interval: Option<u64>,
    /// Write what a script has to know into this file, as JSON: URLs, accounts with their keys, cluster, engine.
    #[arg(long, value_name = "FILE")]
    pub config_out: Option<PathBuf>,
    /// Print nothing.
    #[arg(long)]
    pub silent: bool,
}

impl ServeChainArgs {
    /// When blocks are made.
    pub fn mining(&self) -> Mining {
        match (self.no_mining, self.block_time) {
            (true, _) => Mining::Manual,
            (false, Some(ms)) => Mining::Interval(ms),
            (false, None) => Mining::Instant,
        }
    }

    /// Where it is kept.
    pub fn place(&self, base_path: Option<PathBuf>) -> Location {
        match (&self.state, base_path) {
            (Some(path), _) => Location::File {
                path: path.clone(),
                every: self.state_interval.map(Duration::from_secs),
            },
            (None, Some(folder)) => Location::Folder(folder),
            (None, None) => Location::Nowhere,
        }
    }
}
