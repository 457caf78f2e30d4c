//! The table of everything that is measured. Registration, `docs/metrics.md` and the tests of dashboard and alert
//! rules come from it.

use fat_contracts_primitives::{ClusterMessage, ParkCause};
use pink_capi::calls::ECALLS;
use pink_prepare::Prepared;
use pink_worker_core::QueryEnd;

/// What a metric is, as Prometheus calls it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// Only grows, as long as the program runs.
    Counter,
    /// Goes up and down.
    Gauge,
    /// How many took at most so long, in seconds.
    Histogram(&'static [f64]),
}

impl Kind {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram(_) => "histogram",
        }
    }
}

/// The values of a label. Nobody outside decides how many there are.
#[derive(Clone, Copy, Debug)]
pub enum Values {
    /// These and no others. Whatever else is given counts as the last.
    Of(fn() -> Vec<&'static str>),
    /// What the program says of itself or of its engines: a series appears when it is known.
    Own,
}

/// A label of a metric.
#[derive(Clone, Copy, Debug)]
pub struct Label {
    /// Its name.
    pub name: &'static str,
    /// Its values.
    pub values: Values,
}

/// A metric.
#[derive(Clone, Copy, Debug)]
pub struct Metric {
    /// Its name, with its unit.
    pub name: &'static str,
    /// What it is.
    pub kind: Kind,
    /// Its labels.
    pub labels: &'static [Label],
    /// What it says.
    pub help: &'static str,
}

/// Declares metrics, and the table of all of them.
macro_rules! metrics {
    ($($(#[$doc:meta])* $id:ident = $kind:expr, $name:literal $({ $($label:ident : $values:expr),* })?, $help:literal;)*) => {
        $(
            #[doc = $help]
            pub const $id: Metric = Metric {
                name: $name,
                kind: $kind,
                labels: &[$($(Label { name: stringify!($label), values: $values }),*)?],
                help: $help,
            };
        )*

        /// All metrics, in the order of the documentation.
        pub const TABLE: &[Metric] = &[$($id),*];
    };
}

use Kind::{Counter, Gauge};
use Values::{Of, Own};

/// From a millisecond to a minute.
const WORK: Kind = Kind::Histogram(&[
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0,
]);

/// From twenty microseconds to ten seconds.
const CALL: Kind = Kind::Histogram(&[
    0.00002, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5, 10.0,
]);

metrics! {
    BUILD_INFO = Gauge, "pink_build_info" {version: Own, commit: Own}, "Always 1; the program's version and commit.";
    CLUSTER_INFO = Gauge, "pink_cluster_info" {cluster: Own, genesis: Own}, "Always 1; which cluster of which chain, by its genesis block's hash.";
    ENGINE_INFO = Gauge, "pink_engine_info" {version: Own}, "Always 1 for each engine that is loaded.";
    PROCESS_START = Gauge, "pink_process_start_time_seconds", "When the program started, in seconds of the Unix epoch.";
    RESIDENT = Gauge, "pink_process_resident_memory_bytes", "Memory of the process that is in use now.";

    HEIGHT = Gauge, "pink_block_height" {status: Of(|| vec!["finalized", "executed", "acknowledged", "confirmed"])}, "The chain's newest final block, the last block that was executed, the last that this worker acknowledged, the last that the chain confirmed.";
    BEHIND = Gauge, "pink_blocks_behind", "Final blocks that aren't executed yet.";
    PROGRESS = Gauge, "pink_last_progress_timestamp_seconds" {stage: Of(|| vec!["looked", "finalized", "executed", "acknowledged", "confirmed"])}, "When it last went on, in seconds of the Unix epoch: the loop looked for blocks; a newer block was final; was executed; was acknowledged; was confirmed. 0 until then.";

    BLOCKS = Counter, "pink_blocks_executed_total", "Blocks that were executed and are kept.";
    MESSAGES = Counter, "pink_messages_total" {kind: Of(kinds), outcome: Of(outcomes)}, "Messages that were executed and are kept, by kind and by how they ended.";
    GAS = Counter, "pink_gas_consumed_total" {dimension: Of(|| vec!["ref_time", "proof_size"])}, "Gas of messages that are kept: picoseconds, and bytes of state.";
    BLOCK_SECONDS = WORK, "pink_block_execution_seconds", "How long a block took to execute.";
    COMMIT_SECONDS = WORK, "pink_commit_seconds", "How long it took to make a transaction of blocks durable.";
    WENT_BACK = Counter, "pink_went_back_total", "How often the worker went back, because governance decided otherwise about a message that it had executed.";

    PARKED = Gauge, "pink_parked" {cause: Of(causes)}, "1 for the cause for which the cluster is parked, 0 for all others.";
    DIVERGED = Gauge, "pink_diverged", "1 while the chain confirmed something else than this worker has.";
    STARTS = Gauge, "pink_starts_at_height", "How often in a row the program was started with the same last block. It is kept in the base path.";
    ENGINE_CALLS = Counter, "pink_engine_calls_total" {call: Of(calls), result: Of(|| vec!["ok", "cancelled", "panicked", "memory", "fault"])}, "Calls into engines, of blocks and of queries, by how they ended.";
    ENGINE_SECONDS = CALL, "pink_engine_call_seconds" {call: Of(calls)}, "How long a call into an engine took.";
    ENGINE_MEMORY = Gauge, "pink_engine_memory_bytes" {version: Own}, "What an engine has allocated now, in all its calls and caches.";
    ENGINE_PEAK = Gauge, "pink_engine_memory_peak_bytes" {version: Own}, "The most that an engine had allocated at a time.";

    ENGINE_MODE = Gauge, "pink_engine_mode" {version: Own, mode: Of(|| vec!["native", "interpreted"])}, "1 for how contracts run under an engine that the cluster ran since the program started, 0 for the other way. One that can't compile interprets.";
    COMPILE_QUEUE = Gauge, "pink_compile_queue", "Contract codes that wait to be compiled.";
    COMPILED = Counter, "pink_compiled_total" {result: Of(prepared)}, "Contract codes that were looked at to be compiled, by what became of them: compiled; found compiled on the disk; only ever interpreted, by their shape; failed; without room in memory.";
    COMPILE_SECONDS = WORK, "pink_compile_seconds", "How long it took to compile a contract's code, from when it was its turn.";
    ARTEFACT_BYTES = Gauge, "pink_artefact_cache_bytes", "What compiled contracts take on the disk.";

    SAID = Counter, "pink_chain_messages_total" {call: Of(|| vec!["acknowledge", "report_parked", "announce_engines", "register_worker", "set_worker_key", "commit_cluster_key", "share_cluster_key"]), result: Of(|| vec!["sent", "failed"])}, "What the worker said to the chain: sent, or not taken.";
    ACKNOWLEDGED = Gauge, "pink_acknowledgement_last_success_timestamp_seconds", "When an acknowledgement was last sent, in seconds of the Unix epoch. 0 until then.";
    BALANCE = Gauge, "pink_account_balance", "What the worker's account has on the chain for fees, in its smallest unit. It is looked up each minute.";
    SPEAKS = Gauge, "pink_speaks", "1 if the worker has a key to speak with.";

    SOURCE_REQUESTS = Counter, "pink_source_requests_total" {endpoint: Of(endpoints), result: Of(|| vec!["answered", "refused", "failed"])}, "Requests to the chain's nodes, by the node's place in the list and by how they ended: an answer, an error in place of one, none in time.";
    SOURCE_DISBELIEVED = Counter, "pink_source_disbelieved_total" {endpoint: Of(endpoints)}, "How often something that a node gave didn't hold: it wasn't proven, or couldn't be understood. It is left alone for ten minutes then.";

    UPGRADE_PENDING = Gauge, "pink_upgrade_pending", "1 while an upgrade to a newer engine is announced.";
    UPGRADE_PRESENT = Gauge, "pink_upgrade_engine_present", "1 while the engine of the announced upgrade is here; 0 if it isn't, or no upgrade is announced.";

    QUERIES = Counter, "pink_queries_total" {outcome: Of(ends)}, "Queries of contracts, by how they ended.";
    QUERY_SECONDS = WORK, "pink_query_seconds", "How long a query took, its wait for a thread included.";
    HTTP = Counter, "pink_http_requests_total" {result: Of(http)}, "Requests over HTTP that contracts made, by how they ended.";

    RPC_CALLS = Counter, "pink_rpc_calls_total" {method: Of(methods), is_error: Of(|| vec!["true", "false"])}, "Calls of the worker's RPC. Methods that there aren't count as one.";
    RPC_SECONDS = CALL, "pink_rpc_call_seconds" {method: Of(methods)}, "How long a call of the worker's RPC took.";
    RPC_CONNECTIONS = Gauge, "pink_rpc_connections", "Connections to the worker's RPC now.";
    RPC_LOST = Counter, "pink_rpc_notifications_lost_total" {subscription: Of(|| vec!["receipts", "logs"])}, "Notifications that subscribers lost, because they read too slowly.";

    STORE_ROWS = Gauge, "pink_store_rows" {table: Of(tables)}, "Rows of the store's tables.";
    STORE_BYTES = Gauge, "pink_store_file_bytes", "Size of the store's file.";
    DISK_FREE = Gauge, "pink_disk_free_bytes", "What is free on the disk of the base path.";
    PRUNED = Counter, "pink_pruned_blocks_total" {what: Of(|| vec!["blocks", "receipts"])}, "Blocks that were forgotten, and blocks whose receipts were, because the operator keeps a window.";
    SNAPSHOT = Gauge, "pink_snapshot_last_success_timestamp_seconds", "When the newest snapshot file that is served was written, in seconds of the Unix epoch. 0 if there is none.";
    RELOADS = Counter, "pink_config_reloads_total" {result: Of(|| vec!["ok", "failed"])}, "How often the configuration was read again.";
}

/// Kinds of messages.
fn kinds() -> Vec<&'static str> {
    let of_the_chain = ClusterMessage::KINDS.into_iter();
    of_the_chain.chain(["other"]).collect()
}

fn outcomes() -> Vec<&'static str> {
    vec!["success", "reverted", "trapped", "out_of_gas", "rejected"]
}

fn calls() -> Vec<&'static str> {
    ECALLS.iter().map(|call| call.name).collect()
}

fn ends() -> Vec<&'static str> {
    QueryEnd::ALL.iter().map(|end| end.name()).collect()
}

/// The chain's nodes, by their place in the operator's list: who names more than that has the rest counted as one.
fn endpoints() -> Vec<&'static str> {
    vec!["0", "1", "2", "3", "4", "5", "6", "7", "more"]
}

fn prepared() -> Vec<&'static str> {
    Prepared::ALL.iter().map(|it| it.name()).collect()
}

fn tables() -> Vec<&'static str> {
    pink_worker_core::store::TABLES.to_vec()
}

/// Methods of the worker's RPC.
fn methods() -> Vec<&'static str> {
    vec![
        "cluster_v1_contract",
        "cluster_v1_contracts",
        "cluster_v1_estimateActivate",
        "cluster_v1_estimateCall",
        "cluster_v1_estimateInstantiate",
        "cluster_v1_info",
        "cluster_v1_message",
        "cluster_v1_query",
        "cluster_v1_receipt",
        "cluster_v1_revokeSession",
        "cluster_v1_storage",
        "cluster_v1_subscribeLogs",
        "cluster_v1_subscribeReceipts",
        "cluster_v1_unsubscribeLogs",
        "cluster_v1_unsubscribeReceipts",
        "rpc.discover",
        "rpc_methods",
        "system_addLogFilter",
        "system_health",
        "system_resetLogFilter",
        "system_version",
        "worker_v1_engines",
        "worker_v1_rehearse",
        "worker_v1_rehearseMessage",
        "worker_v1_traffic",
        "worker_v1_witness",
        "unknown",
    ]
}

fn http() -> Vec<&'static str> {
    vec![
        "ok",
        "invalid",
        "not_allowed",
        "too_many",
        "timeout",
        "too_large",
        "network",
    ]
}

fn causes() -> Vec<&'static str> {
    vec![
        cause(Some(ParkCause::EngineMissing)),
        cause(Some(ParkCause::EnginePanicked)),
        cause(Some(ParkCause::EngineFault)),
        cause(Some(ParkCause::UpgradeImpossible)),
        cause(Some(ParkCause::Disorder)),
        cause(Some(ParkCause::ReceiptsTooLarge)),
        cause(Some(ParkCause::ChangesTooLarge)),
        cause(Some(ParkCause::OutOfMemory)),
        cause(None),
    ]
}

/// The label of a cause; none is what is this worker's alone.
pub(crate) fn cause(cause: Option<ParkCause>) -> &'static str {
    match cause {
        Some(ParkCause::EngineMissing) => "engine_missing",
        Some(ParkCause::EnginePanicked) => "engine_panicked",
        Some(ParkCause::EngineFault) => "engine_fault",
        Some(ParkCause::UpgradeImpossible) => "upgrade_impossible",
        Some(ParkCause::Disorder) => "disorder",
        Some(ParkCause::ReceiptsTooLarge) => "receipts_too_large",
        Some(ParkCause::ChangesTooLarge) => "changes_too_large",
        Some(ParkCause::OutOfMemory) => "out_of_memory",
        None => "own",
    }
}
