//! Why a command did nothing, and what to do about it.

use super::{abi::AbiError, code::FileError, db::DbError, invocation::Invocation};
#[cfg(feature = "dev")]
use super::{amount::units, hints};
#[cfg(feature = "chain")]
use super::{config::SettingsError, logging::LogError, run::OperatingError};
#[cfg(feature = "dev")]
use fat_contracts_primitives::Balance;
use fat_contracts_primitives::{BlockNumber, CodeHash, Seq};
#[cfg(feature = "chain")]
use fat_contracts_primitives::{ClusterId, Hash};
#[cfg(feature = "dev")]
use pink_devchain::DevError;
#[cfg(feature = "chain")]
use pink_snapshot::{compare::CompareError, fetch::FetchError, SnapshotError};
use pink_worker_core::{
    history::WitnessError, io_hint::io_hint, query::QueryError, store::StoreError, InstalledError,
    KeyFileError, WorkerError,
};
#[cfg(feature = "chain")]
use pink_worker_core::{
    source::{PermanentError, SourceError, TransientError},
    ConfigError,
};
#[cfg(feature = "dev")]
use runtime_mock::EXISTENTIAL_DEPOSIT;
use std::path::PathBuf;

/// Why a command failed. Exit status 2.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// The development node.
    #[cfg(feature = "dev")]
    #[error(transparent)]
    Dev(Box<DevError>),
    /// The development chain that is served.
    #[cfg(feature = "serve")]
    #[error(transparent)]
    Serve(Box<pink_dev_serve::ServeError>),
    /// The worker.
    #[error(transparent)]
    Worker(Box<WorkerError>),
    /// The engines.
    #[error(transparent)]
    Engines(Box<InstalledError>),
    /// A key.
    #[error(transparent)]
    Key(Box<KeyFileError>),
    /// Something isn't said to a chain.
    #[cfg(feature = "chain")]
    #[error(transparent)]
    Chain(Box<pink_sender::Error>),
    /// A query.
    #[error(transparent)]
    Query(Box<QueryError>),
    /// A file.
    #[error(transparent)]
    File(#[from] FileError),
    /// The contract's interface, or what was given by name.
    #[error(transparent)]
    Abi(Box<AbiError>),
    /// A witness.
    #[error(transparent)]
    Witness(Box<WitnessError>),
    /// A snapshot.
    #[cfg(feature = "chain")]
    #[error(transparent)]
    Snapshot(Box<SnapshotError>),
    /// A snapshot that was to be fetched.
    #[cfg(feature = "chain")]
    #[error(transparent)]
    Fetch(Box<FetchError>),
    /// Two workers that were to be compared.
    #[cfg(feature = "chain")]
    #[error(transparent)]
    Compare(Box<CompareError>),
    /// A file can't be written.
    #[error("can't write {path}: {error}", path = path.display())]
    NotWritten {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// Something is given by name, and nothing is known about the contract.
    #[error("nothing is known about the messages of {0}")]
    NoMetadata(String),
    /// There is no contract at the address.
    #[error("there is no contract at {0}")]
    NoContract(String),
    /// The contract couldn't pay its rent.
    #[error("{contract} is a tombstone{}: it couldn't pay its rent, and its storage is gone",
        since.map(|block| format!(" since block {block}")).unwrap_or_default())]
    Tombstone {
        /// Its address.
        contract: String,
        /// The block in which it was evicted, if that is still known.
        since: Option<BlockNumber>,
    },
    /// The key isn't as long as the engine's contracts use it.
    #[error("no contract of this engine uses a key of that length")]
    BadKey,
    /// The engine has no such thing.
    #[error("the cluster's engine knows no rent")]
    Unsupported,
    /// Sudo did it in root's name, and it failed.
    #[cfg(feature = "chain")]
    #[error("the chain doesn't admit the worker")]
    NotAdmitted,
    /// Neither before nor after the command.
    #[cfg(feature = "chain")]
    #[error("--keystore is missing: where the keys are kept")]
    NoKeystore,
    /// A chain that is followed.
    #[cfg(feature = "chain")]
    #[error(transparent)]
    Source(Box<SourceError>),
    /// What the program is to be run with.
    #[cfg(feature = "chain")]
    #[error(transparent)]
    Operating(Box<OperatingError>),
    /// Where the options of `run` stand.
    #[cfg(feature = "chain")]
    #[error(transparent)]
    Settings(Box<SettingsError>),
    /// Words that are no command, read again while it runs.
    #[cfg(feature = "chain")]
    #[error("{0}")]
    Arguments(Box<clap::Error>),
    /// Something with a store as a whole.
    #[error(transparent)]
    Db(Box<DbError>),
    /// The worker's JSON-RPC can't be served.
    #[cfg(feature = "chain")]
    #[error(transparent)]
    Rpc(Box<pink_worker_rpc::StartError>),
    /// A worker that signs would be reached from everywhere.
    #[cfg(feature = "chain")]
    #[error("--rpc-external isn't for a worker that signs: who reaches it keeps it from its work")]
    RpcExternal,
    /// A worker that is asked doesn't answer.
    #[cfg(feature = "chain")]
    #[error(transparent)]
    Client(Box<pink_worker_rpc::client::ClientError>),
    /// The base path's configuration.
    #[cfg(feature = "chain")]
    #[error(transparent)]
    Config(Box<ConfigError>),
    /// The system gives no thread.
    #[cfg(any(feature = "chain", feature = "dev"))]
    #[error("the system gives no thread: {0}")]
    NoThread(std::io::Error),
    /// A worker would say nothing to its chain any more.
    #[cfg(feature = "chain")]
    #[error(transparent)]
    Speaker(#[from] pink_daemon::NobodySpeaks),
    /// The base path is another cluster's.
    #[cfg(feature = "chain")]
    #[error("{} is of cluster {expected}, not {found}", path.display())]
    OtherCluster {
        /// The base path.
        path: PathBuf,
        /// Its cluster.
        expected: ClusterId,
        /// The one that was named.
        found: ClusterId,
    },
    /// The base path is another chain's.
    #[cfg(feature = "chain")]
    #[error("{} is of the chain {expected:?}, not {found:?}", path.display())]
    OtherGenesis {
        /// The base path.
        path: PathBuf,
        /// Its chain's genesis block.
        expected: Hash,
        /// The one that was named.
        found: Hash,
    },
    /// The base path is a development node's.
    #[cfg(feature = "chain")]
    #[error("{} is a development node's: its chain is in there", .0.display())]
    DevelopmentPath(PathBuf),
    /// What the base path says of its chain was kept by another program.
    #[cfg(feature = "chain")]
    #[error("what {} says of its chain has format {found}; this program knows {expected}", path.display())]
    ChainFormat {
        /// The base path.
        path: PathBuf,
        /// Its format.
        found: u32,
        /// This program's.
        expected: u32,
    },
    /// Neither before nor after the command.
    #[error("--base-path is missing: where chain and worker are kept")]
    NoBasePath,
    #[cfg(feature = "dev")]
    /// Somebody can't pay, on the chain, for what the cluster is to do.
    #[error("{}: {who} has {} there, having it ordered costs at most {}{}, and at least {} stays",
        short(refused), units(*has), units(*fee),
        amount.map(|it| format!(", {} is to come in", units(it))).unwrap_or_default(),
        units(EXISTENTIAL_DEPOSIT))]
    TooPoor {
        /// What the chain said.
        refused: Box<DevError>,
        /// Who.
        who: String,
        /// What it has on the chain.
        has: Balance,
        /// What it costs to have the message ordered.
        fee: Balance,
        /// What is to go from the chain into the cluster.
        amount: Option<Balance>,
    },
    #[cfg(feature = "dev")]
    /// One change of prices at a time.
    #[error(
        "{}: the announced prices come in block {at}, the last block is {now}",
        short(refused)
    )]
    PricesPending {
        /// What the chain said.
        refused: Box<DevError>,
        /// When they come.
        at: BlockNumber,
        /// The last block.
        now: BlockNumber,
    },
}

/// What can be done where there is no contract.
pub(super) const CHECK_ADDRESS: &str = "check the address: `instantiate` printed it";

/// What can be done about a tombstone.
pub(super) const RESTORE: &str =
    "another contract can restore it, with the same code and storage: see contracts/restorer";

/// An error that more is said about, without the point at its end.
#[cfg(feature = "dev")]
fn short(error: &DevError) -> String {
    error.to_string().trim_end_matches('.').into()
}

#[cfg(feature = "dev")]
impl From<DevError> for Failure {
    fn from(error: DevError) -> Self {
        Self::Dev(error.into())
    }
}

#[cfg(feature = "chain")]
impl From<pink_sender::Error> for Failure {
    fn from(error: pink_sender::Error) -> Self {
        Self::Chain(error.into())
    }
}

#[cfg(feature = "chain")]
impl From<pink_sender::KeystoreError> for Failure {
    fn from(error: pink_sender::KeystoreError) -> Self {
        pink_sender::Error::from(error).into()
    }
}

#[cfg(feature = "chain")]
impl From<OperatingError> for Failure {
    fn from(error: OperatingError) -> Self {
        Self::Operating(error.into())
    }
}

#[cfg(feature = "chain")]
impl From<LogError> for Failure {
    fn from(error: LogError) -> Self {
        OperatingError::from(error).into()
    }
}

#[cfg(feature = "chain")]
impl From<SettingsError> for Failure {
    fn from(error: SettingsError) -> Self {
        Self::Settings(error.into())
    }
}

impl From<DbError> for Failure {
    fn from(error: DbError) -> Self {
        Self::Db(error.into())
    }
}

#[cfg(feature = "chain")]
impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::Config(error.into())
    }
}

impl From<AbiError> for Failure {
    fn from(error: AbiError) -> Self {
        Self::Abi(error.into())
    }
}

impl From<QueryError> for Failure {
    fn from(error: QueryError) -> Self {
        match error {
            QueryError::Worker(error) => error.into(),
            error => Self::Query(error.into()),
        }
    }
}

#[cfg(feature = "chain")]
impl From<CompareError> for Failure {
    fn from(error: CompareError) -> Self {
        Self::Compare(error.into())
    }
}

impl From<WorkerError> for Failure {
    fn from(error: WorkerError) -> Self {
        Self::Worker(error.into())
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        WorkerError::from(error).into()
    }
}

impl From<InstalledError> for Failure {
    fn from(error: InstalledError) -> Self {
        Self::Engines(error.into())
    }
}

impl From<KeyFileError> for Failure {
    fn from(error: KeyFileError) -> Self {
        Self::Key(error.into())
    }
}

#[cfg(feature = "chain")]
/// What can be done about a chain that gives nothing, on a line of its own; empty where waiting is all.
pub(super) fn chain_hint(error: &SourceError) -> &'static str {
    match error {
        SourceError::Transient(TransientError::StateGone { .. }) => {
            "\n  hint: name a newer final block with --from-block, or ask a node that keeps old states"
        }
        SourceError::Transient(TransientError::NotJustified { .. }) => {
            "\n  hint: it may come with the next block; a node that never proves anything needs --trust-node"
        }
        SourceError::Permanent(PermanentError::OtherChain { .. }) => {
            "\n  hint: the base path stays with its chain: give a node of that one, or another --base-path"
        }
        SourceError::Permanent(PermanentError::Unproven { .. }) => {
            "\n  hint: nothing of it was executed; give another node with --chain. A development chain that was begun anew is another \
             chain: give it another --base-path"
        }
        SourceError::Permanent(PermanentError::Pruned { .. }) => {
            "\n  hint: begin with a snapshot of another worker: --sync-from URL, with a base path that has no blocks"
        }
        SourceError::Permanent(PermanentError::Unsupported { .. }) => {
            "\n  hint: the chain's runtime is older or newer than this program: use the program of its release"
        }
        _ => "",
    }
}

impl Failure {
    /// What the caller can do about it.
    #[cfg_attr(not(feature = "dev"), allow(unused_variables))] // Only the chain refuses what was asked for.
    pub fn hint(&self, invocation: &Invocation) -> Option<String> {
        match self {
            #[cfg(feature = "serve")]
            Self::Serve(error) => error.hint(),
            Self::Worker(error) => Some(error.hint()),
            Self::Engines(error) => Some(error.hint()),
            Self::Key(error) => Some(error.hint()),
            #[cfg(feature = "chain")]
            Self::Chain(error) => Some(super::chain::hint(error)),
            #[cfg(feature = "chain")]
            Self::NotAdmitted => {
                Some("is it admitted already? Then go on with `worker serve`".into())
            }
            #[cfg(feature = "chain")]
            Self::NoKeystore => Some("give --keystore DIR, before or after the command".into()),
            #[cfg(feature = "dev")]
            Self::Dev(error) => match &**error {
                DevError::Refused(refusal) => hints::of_refusal(&refusal.name, invocation),
                error => error.hint(),
            },
            #[cfg(feature = "chain")]
            Self::Source(error) => {
                let hint = chain_hint(error);
                (!hint.is_empty()).then(|| hint.trim_start_matches("\n  hint: ").into())
            }
            #[cfg(feature = "chain")]
            Self::Operating(error) => Some(error.hint()),
            #[cfg(feature = "chain")]
            Self::Settings(error) => Some(error.hint()),
            #[cfg(feature = "chain")]
            Self::Arguments(_) => Some("`pink-worker config check` says more".into()),
            Self::Db(error) => Some(error.hint()),
            #[cfg(feature = "chain")]
            Self::Rpc(error) => Some(error.hint().into()),
            #[cfg(feature = "chain")]
            Self::RpcExternal => Some(
                "put a proxy in front of it that filters, or serve from another worker without a key, or give --unsafe-rpc-external"
                    .into(),
            ),
            #[cfg(feature = "chain")]
            Self::Client(error) => Some(error.hint()),
            #[cfg(feature = "chain")]
            Self::Config(error) => Some(error.hint()),
            #[cfg(any(feature = "chain", feature = "dev"))]
            Self::NoThread(_) => Some("try again when the machine has less to do".into()),
            #[cfg(feature = "chain")]
            Self::Speaker(_) => {
                Some("start it again: it says then what it hasn't; its log says what failed".into())
            }
            #[cfg(feature = "chain")]
            Self::OtherCluster { .. } => {
                Some("leave --cluster out, or choose another --base-path".into())
            }
            #[cfg(feature = "chain")]
            Self::OtherGenesis { .. } => Some(
                "leave --genesis out if the base path is right, or choose another --base-path"
                    .into(),
            ),
            #[cfg(feature = "chain")]
            Self::DevelopmentPath(_) => {
                Some("choose another --base-path; `dev` commands work on this one".into())
            }
            #[cfg(feature = "chain")]
            Self::ChainFormat { .. } => {
                Some("use the program that made it, or a newer one; it was left as it is".into())
            }
            Self::NoBasePath => Some("give --base-path DIR, before or after the command".into()),
            #[cfg(feature = "dev")]
            Self::PricesPending { at, now, .. } => Some(format!(
                "`advance {}`, then announce again",
                at.saturating_sub(*now)
            )),
            #[cfg(feature = "dev")]
            Self::TooPoor {
                who,
                has,
                fee,
                amount,
                ..
            } => {
                let left = has.saturating_sub(EXISTENTIAL_DEPOSIT).saturating_sub(*fee);
                Some(match amount {
                    Some(_) if left >= EXISTENTIAL_DEPOSIT => {
                        format!("send at most {}", units(left))
                    }
                    _ if who == "//Alice" => {
                        format!("bring it money there: `withdraw 1u --from //Bob --to {who}`")
                    }
                    _ => format!("bring it money there: `withdraw 1u --to {who}`"),
                })
            }
            Self::Query(error) => Some(error.hint()),
            Self::File(error) => Some(error.hint().into()),
            Self::Abi(error) => Some(error.hint().into()),
            Self::Witness(error) => Some(match &**error {
                WitnessError::Format(_) => "give a file that `witness record` wrote".into(),
                WitnessError::NoMessage { .. } => {
                    "`blocks` says which blocks have messages; receipts name their numbers".into()
                }
                WitnessError::NotExecuted { .. } => "its receipt says why".into(),
                _ => "look at `status`, and at the engine files".into(),
            }),
            #[cfg(feature = "chain")]
            Self::Snapshot(error) => Some(error.hint()),
            #[cfg(feature = "chain")]
            Self::Fetch(error) => Some(error.hint()),
            #[cfg(feature = "chain")]
            Self::Compare(error) => Some(error.hint()),
            Self::NotWritten { error, .. } => Some(match error.kind() {
                std::io::ErrorKind::AlreadyExists => "name a file that isn't there yet".into(),
                _ => io_hint(error).into(),
            }),
            Self::NoMetadata(_) => Some("give --metadata FILE, or the input as --data HEX".into()),
            Self::NoContract(_) => Some(CHECK_ADDRESS.into()),
            Self::Tombstone { .. } => Some(RESTORE.into()),
            Self::BadKey => Some("engines 1.x take keys of 32 bytes".into()),
            Self::Unsupported => Some("only engines 1.x have it: see `engines`".into()),
        }
    }

    /// Where the chain ordered it, if it did.
    pub fn ordered(&self) -> Option<(BlockNumber, Seq)> {
        match self {
            #[cfg(feature = "dev")]
            Self::Dev(error) => match &**error {
                DevError::Waiting { ordered, .. } => *ordered,
                _ => None,
            },
            _ => None,
        }
    }

    /// Nothing is known about the contracts of a code.
    pub fn no_metadata_of(code_hash: &CodeHash) -> Self {
        Self::NoMetadata(format!("contracts with the code {code_hash:?}"))
    }
}

#[cfg(feature = "serve")]
impl From<pink_dev_serve::ServeError> for Failure {
    fn from(error: pink_dev_serve::ServeError) -> Self {
        Self::Serve(Box::new(error))
    }
}
