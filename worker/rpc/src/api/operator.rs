//! What is the operator's business.

use super::method::Nothing;
use crate::{
    bytes::Bytes,
    context::Context,
    error::{Code, RpcError},
};
use pink_engine_host::ExecutionMode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// An engine file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Engine {
    /// The version that its name claims.
    pub version: String,
    /// BLAKE2b-256 of each file of the version's, as a chain records it.
    pub files: Vec<Bytes>,
    /// The cluster runs it.
    pub current: bool,
    /// Bytes that it has allocated, if it is loaded.
    pub allocated_bytes: Option<u64>,
    /// The most that it had allocated.
    pub peak_bytes: Option<u64>,
    /// Whether it can compile contracts; null if the cluster didn't run it since the worker started.
    pub compiles: Option<bool>,
    /// How contracts run under it: `native` or `interpreted`; null if the cluster didn't run it since the worker
    /// started. One that can't compile interprets.
    pub mode: Option<String>,
}

pub(super) async fn engines(context: Arc<Context>, _: Nothing) -> Result<Vec<Engine>, RpcError> {
    context
        .read(|_, worker| {
            let registry = worker.registry();
            let unreadable = |error: &dyn std::error::Error| {
                tracing::error!(%error, "the engine files can't be read");
                RpcError::new(
                    Code::NoEngine,
                    "the engine files can't be read; the worker's log says why",
                )
            };
            let current = worker.head()?.and_then(|(_, _, record)| record.engine);
            let loaded = registry.loaded();
            let found = registry.scan().map_err(|error| unreadable(&error))?;
            let engine = |file: &pink_engine_host::FoundFile| {
                let record = file.record(Vec::new());
                let memory = loaded.iter().find(|(version, _)| *version == file.version);
                Engine {
                    version: file.version.to_string(),
                    files: record
                        .artefacts
                        .iter()
                        .map(|it| Bytes(it.hash.as_bytes().to_vec()))
                        .collect(),
                    current: Some(file.version) == current,
                    allocated_bytes: memory.map(|(_, memory)| memory.current),
                    peak_bytes: memory.map(|(_, memory)| memory.peak),
                    compiles: worker.modes().compiles(file.version),
                    mode: worker.modes().in_effect(file.version).map(|mode| {
                        match mode {
                            ExecutionMode::Native => "native",
                            ExecutionMode::Interpreted => "interpreted",
                        }
                        .into()
                    }),
                }
            };
            Ok(found.iter().map(engine).collect())
        })
        .await
}

/// What `system_addLogFilter` takes.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct FilterParams {
    /// Directives, with commas between: `target=level`.
    pub directives: String,
}

fn filter(context: &Context) -> Result<&Arc<dyn crate::LogFilter>, RpcError> {
    context.daemon.log_filter.as_ref().ok_or_else(|| {
        RpcError::new(
            Code::NotOffered,
            "the log filter of this program can't be changed while it runs",
        )
    })
}

pub(super) async fn add_log_filter(
    context: Arc<Context>,
    params: FilterParams,
) -> Result<(), RpcError> {
    let added = filter(&context)?.add(&params.directives);
    added.map_err(|why| RpcError::new(Code::BadFilter, why).hint("like `pink_worker=debug,info`"))
}

pub(super) async fn reset_log_filter(context: Arc<Context>, _: Nothing) -> Result<(), RpcError> {
    let reset = filter(&context)?.reset();
    reset.map_err(|why| RpcError::new(Code::BadFilter, why))
}
