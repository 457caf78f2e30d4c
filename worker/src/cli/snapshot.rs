//! `snapshot …`: a cluster's state as a file that proves itself: written, looked at, served, fetched, and
//! begun with.

use super::{
    args::COMMON,
    closing::close,
    failure::Failure,
    history::{open, warned},
    report::{hex0x, Report},
    values::parse_root,
};
use clap::{Args, Subcommand};
use fat_contracts_primitives::{BlockNumber, ClusterId, Hash, StateRoot};
use indicatif::{ProgressBar, ProgressStyle};
use pink_snapshot::{
    export_file,
    fetch::{fetch, sync_from, FetchConfig},
    install,
    serve::{Offer, ServeConfig, Server},
    verify, Confirmed, Expected, Header, SnapshotError, SnapshotReader,
};
use pink_worker_core::{store::StoreOptions, Worker};
use std::{
    fs::File,
    io::BufReader,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
};

/// The arguments of `snapshot`.
#[derive(Clone, Debug, Args)]
pub struct SnapshotArgs {
    /// Print one JSON object on stdout, whatever happens.
    #[arg(long, global = true, help_heading = COMMON)]
    pub json: bool,
    /// What to do.
    #[command(subcommand)]
    pub command: SnapshotCommand,
}

/// What can be done with snapshots.
#[derive(Clone, Debug, Subcommand)]
#[non_exhaustive]
pub enum SnapshotCommand {
    /// Write a worker's state after a block to a file. Changes nothing else.
    Export {
        /// Where the worker's data is kept.
        #[arg(long, value_name = "DIR")]
        base_path: PathBuf,
        /// The block, one that the chain has confirmed, so that others can check it [default: the last
        /// one].
        #[arg(long, value_name = "N")]
        block: Option<BlockNumber>,
        /// The hash of the chain's genesis block, to be named in the file [default: that of the chain which the worker
        /// followed].
        #[arg(long, value_name = "HEX", value_parser = parse_root)]
        genesis: Option<Hash>,
        /// The file to write; there must be none.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Begin a worker with a snapshot, in a base path without a store, if it is what the chain
    /// confirmed.
    Import {
        /// Where the worker's data will be kept.
        #[arg(long, value_name = "DIR")]
        base_path: PathBuf,
        /// The snapshot.
        file: PathBuf,
        /// What it has to be.
        #[command(flatten)]
        expected: ExpectedArgs,
    },
    /// Show what a file is a snapshot of.
    Info {
        /// The snapshot.
        file: PathBuf,
        /// Read it to its end, and compute the root over its pairs.
        #[arg(long)]
        verify: bool,
    },
    /// Fetch a snapshot from workers that serve one: from the first that has what the chain confirmed.
    ///
    /// A connection that breaks is made again; what is there already isn't fetched twice.
    Fetch {
        /// The workers' addresses, like http://192.168.7.2:9734.
        #[arg(required = true, value_name = "URL")]
        urls: Vec<String>,
        /// Where to keep it.
        #[command(flatten)]
        to: FetchTo,
        /// The longest file and state that is taken, in bytes.
        #[arg(long, value_name = "N", default_value_t = FetchConfig::default().max_bytes)]
        max_bytes: u64,
        /// What it has to be.
        #[command(flatten)]
        expected: ExpectedArgs,
    },
    /// Serve a snapshot, and what is kept of each block, until it is ended. For `snapshot fetch` and
    /// `compare`.
    Serve {
        /// Where the worker's data is kept; it is read as it is now.
        #[arg(long, value_name = "DIR")]
        base_path: PathBuf,
        /// The block whose state is served, one that the chain has confirmed [default: the last one].
        #[arg(long, value_name = "N")]
        block: Option<BlockNumber>,
        /// The hash of the chain's genesis block, to be named [default: that of the chain which the worker followed].
        #[arg(long, value_name = "HEX", value_parser = parse_root)]
        genesis: Option<Hash>,
        /// Where to listen.
        #[arg(long, value_name = "ADDRESS:PORT", default_value_t = ServeConfig::default().listen)]
        listen: SocketAddr,
    },
}

/// Where a fetched snapshot goes.
#[derive(Clone, Debug, Args)]
#[group(required = true, multiple = false)]
pub struct FetchTo {
    /// Into this file; there must be none.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Begin a worker with it, in a base path without a store.
    #[arg(long, value_name = "DIR")]
    pub base_path: Option<PathBuf>,
}

/// Who says what is confirmed.
#[derive(Clone, Debug, Args)]
pub struct ExpectedArgs {
    /// The state root that was confirmed for the snapshot's block, as a chain that you trust has it.
    #[arg(long, value_name = "HEX", value_parser = parse_root, required_unless_present = "confirmed_by")]
    pub confirmed_root: Option<StateRoot>,
    /// Ask the development chain at this base path.
    #[cfg(feature = "dev")]
    #[arg(long, value_name = "DIR", conflicts_with = "confirmed_root")]
    pub confirmed_by: Option<PathBuf>,
    /// Nobody but a person says what is confirmed, here.
    #[cfg(not(feature = "dev"))]
    #[arg(long, hide = true, value_name = "DIR")]
    confirmed_by: Option<PathBuf>,
    /// The cluster that it has to be of.
    #[arg(long, value_name = "N")]
    pub cluster: Option<ClusterId>,
    /// The hash of the genesis block that it has to be of, if it names one.
    #[arg(long, value_name = "HEX", value_parser = parse_root)]
    pub genesis: Option<Hash>,
}

/// Does one command. A server is to be kept until the process ends.
pub(super) fn run(args: SnapshotArgs) -> Result<(Report, Option<Server>), Failure> {
    let report = match args.command {
        SnapshotCommand::Export {
            base_path,
            block,
            genesis,
            out,
        } => {
            let (worker, warnings) = open(&base_path, None)?;
            let genesis = known_genesis(&worker, genesis)?;
            let exported = export_file(&worker, genesis, block, &out).map_err(boxed);
            let report = exported.map(|exported| {
                about(&exported.header)
                    .with("file_bytes", exported.length)
                    .with("digest", hex0x(exported.digest))
            });
            warned(close(worker.store(), report), &warnings)?
        }
        SnapshotCommand::Import {
            base_path,
            file,
            expected,
        } => import(&base_path, &file, &expected)?,
        SnapshotCommand::Info { file, verify: deep } => {
            let snapshot = read(&file)?;
            let header = if deep {
                shown(|progress| verify(snapshot, progress)).map_err(boxed)?
            } else {
                snapshot.header().clone()
            };
            about(&header).with("verified", deep)
        }
        SnapshotCommand::Fetch {
            urls,
            to,
            max_bytes,
            expected,
        } => fetched(&urls, &to, max_bytes, &expected)?,
        SnapshotCommand::Serve {
            base_path,
            block,
            genesis,
            listen,
        } => return serve(&base_path, block, genesis, listen),
    };
    Ok((report, None))
}

fn boxed(error: SnapshotError) -> Failure {
    Failure::Snapshot(error.into())
}

fn read(path: &Path) -> Result<SnapshotReader<BufReader<File>>, Failure> {
    let file = File::open(path).map_err(|source| SnapshotError::Io {
        doing: format!("read {}", path.display()),
        source,
    });
    let snapshot = file.and_then(|file| SnapshotReader::new(BufReader::new(file)));
    snapshot.map_err(boxed)
}

fn import(base: &Path, file: &Path, expected: &ExpectedArgs) -> Result<Report, Failure> {
    let snapshot = read(file)?;
    let expected = expected.of(snapshot.header()).map_err(boxed)?;
    let installed =
        shown(|progress| install(base, StoreOptions::default(), snapshot, &expected, progress));
    Ok(about(&installed.map_err(boxed)?))
}

fn fetched(
    urls: &[String],
    to: &FetchTo,
    max_bytes: u64,
    expected: &ExpectedArgs,
) -> Result<Report, Failure> {
    let config = FetchConfig {
        max_bytes,
        ..FetchConfig::default()
    };
    let mut confirmed = |header: &Header| expected.of(header);
    let header = shown(|mut progress| match (&to.out, &to.base_path) {
        (Some(file), _) => fetch(urls, &mut confirmed, file, &config, &mut progress),
        (None, Some(base)) => sync_from(
            base,
            StoreOptions::default(),
            urls,
            &mut confirmed,
            &config,
            &mut progress,
        ),
        (None, None) => Err(pink_snapshot::fetch::FetchError::NoSource),
    });
    header
        .map(|header| about(&header))
        .map_err(|error| Failure::Fetch(error.into()))
}

/// The genesis block of the chain that a worker followed, unless one is named.
fn known_genesis(worker: &Worker, named: Option<Hash>) -> Result<Option<Hash>, Failure> {
    match named {
        Some(genesis) => Ok(Some(genesis)),
        None => Ok(pink_daemon::rows::genesis(worker.store().reader())?),
    }
}

fn serve(
    base: &Path,
    block: Option<BlockNumber>,
    genesis: Option<Hash>,
    listen: SocketAddr,
) -> Result<(Report, Option<Server>), Failure> {
    let (worker, warnings) = open(base, None)?;
    let genesis = known_genesis(&worker, genesis)?;
    let offer = Offer::new(Some(worker.store().reader().clone()), genesis);
    let kept = || -> Result<Header, SnapshotError> {
        let cant = |source| SnapshotError::Io {
            doing: "make a folder for the snapshot".into(),
            source,
        };
        // The file stays there for as long as it is open, and needs no name.
        let folder = tempfile::tempdir().map_err(cant)?;
        let file = folder.path().join("snapshot");
        export_file(&worker, genesis, block, &file)?;
        offer.put(&file)
    };
    let header = kept().map_err(boxed)?;
    let config = ServeConfig {
        listen,
        ..ServeConfig::default()
    };
    let server = Server::start(config, Arc::new(offer));
    let server = server.map_err(|source| {
        boxed(SnapshotError::Io {
            doing: format!("listen at {listen}"),
            source,
        })
    })?;
    let report = about(&header).with("listening", format!("http://{}", server.address()));
    Ok((warned(Ok(report), &warnings)?, Some(server)))
}

/// Does something with a bar that shows how many chunks there were.
fn shown<T>(work: impl FnOnce(&mut dyn FnMut(u32, u32)) -> T) -> T {
    let bar = ProgressBar::no_length();
    let bar = match ProgressStyle::with_template("{bar:40} {pos}/{len} chunks, {eta} left") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    };
    let done = work(&mut |done, all| {
        bar.set_length(all.into());
        bar.set_position(done.into());
    });
    bar.finish_and_clear();
    done
}

fn about(header: &Header) -> Report {
    let checkpoint = &header.checkpoint;
    Report {
        engine: Some(checkpoint.engine.to_string()),
        block: Some(checkpoint.block),
        seq: Some(checkpoint.last_seq),
        cluster: Some(header.cluster),
        state_root: Some(hex0x(checkpoint.root)),
        ..Report::success()
    }
    .with("genesis", header.genesis.map(hex0x))
    .with("message_hash", hex0x(checkpoint.message_hash))
    .with("receipts_root", hex0x(checkpoint.receipts_root))
    .with("tuple_hash", hex0x(header.tuple_hash()))
    .with("pairs", header.pairs)
    .with("state_bytes", header.bytes)
    .with("chunks", header.chunks)
}

impl ExpectedArgs {
    /// What a snapshot with this header has to be.
    fn of(&self, header: &Header) -> Result<Expected, SnapshotError> {
        let block = header.checkpoint.block;
        let confirmed = match (self.confirmed_root, &self.confirmed_by) {
            (Some(root), _) => Confirmed::Root {
                block: None,
                root,
                queue: None,
            },
            (None, Some(chain)) => self.said_by(chain, header)?,
            (None, None) => {
                let why = "nobody was asked".into();
                return Err(SnapshotError::NotConfirmed { block, why });
            }
        };
        Ok(Expected {
            genesis: self.genesis,
            cluster: self.cluster,
            confirmed,
        })
    }

    #[cfg(feature = "dev")]
    fn said_by(&self, chain: &Path, header: &Header) -> Result<Confirmed, SnapshotError> {
        use pallet_fat_contracts::Confirmation;
        let block = header.checkpoint.block;
        let unknown = |why: String| SnapshotError::NotConfirmed { block, why };
        let registry = pink_engine_host::EngineRegistry::new(super::engines_dir::choose(None));
        let node = pink_devchain::DevNode::open_read_only(chain, registry);
        let node = node.map_err(|error| unknown(error.to_string()))?;
        match node.confirmation(header.cluster, block) {
            Some(Confirmation::Tuple(hash)) => Ok(Confirmed::Tuple { block, hash }),
            Some(Confirmation::Root {
                root: Some(root), ..
            }) => {
                let queue = node.queue_at(header.cluster, block);
                let (last_seq, message_hash) = queue
                    .ok_or_else(|| unknown("what was ordered up to there is pruned".into()))?;
                Ok(Confirmed::Root {
                    block: Some(block),
                    root,
                    queue: Some(pink_snapshot::ConfirmedQueue {
                        last_seq,
                        message_hash,
                    }),
                })
            }
            Some(Confirmation::Root { root: None, .. }) | None => {
                let newest = node.confirmed_block(header.cluster);
                let newest = newest.map_or("none".into(), |block| block.to_string());
                Err(unknown(format!(
                    "the newest block that it confirmed is {newest}"
                )))
            }
        }
    }

    #[cfg(not(feature = "dev"))]
    fn said_by(&self, _: &Path, header: &Header) -> Result<Confirmed, SnapshotError> {
        let block = header.checkpoint.block;
        let why = "this program has no development chain".into();
        Err(SnapshotError::NotConfirmed { block, why })
    }
}
