//! `init` and `advance`.

use super::super::{
    args::{AdvanceArgs, InitArgs},
    failure::Failure,
    report::{hex0x, Report},
};
use indicatif::{ProgressBar, ProgressStyle};
use pink_devchain::{DevConfig, DevError, DevNode, CLUSTER};
use pink_engine_host::EngineRegistry;
use pink_worker_core::{ClusterKey, WorkerError};
use std::path::Path;

pub(super) fn init(
    path: &Path,
    registry: EngineRegistry,
    args: &InitArgs,
) -> Result<Report, Failure> {
    let mut config = DevConfig {
        engine: args.engine,
        ..DevConfig::default()
    };
    config.gas_price = args.gas_price.unwrap_or(config.gas_price);
    config.deposit_per_byte = args.deposit_per_byte.unwrap_or(config.deposit_per_byte);
    config.deposit_per_item = args.deposit_per_item.unwrap_or(config.deposit_per_item);
    for endowment in &args.endow {
        config
            .endowed
            .insert(endowment.who.clone(), endowment.amount);
    }
    if let Some(file) = &args.cluster_key {
        config.cluster_key = ClusterKey::load(file).map_err(DevError::from)?;
    }
    let (_, first) = DevNode::init(path, registry, &config)?;
    Ok(Report {
        engine: first.record.engine.map(|engine| engine.to_string()),
        cluster: Some(CLUSTER),
        block: Some(first.number),
        state_root: Some(hex0x(first.root)),
        ..Report::success()
    })
}

pub(super) fn advance(mut node: DevNode, args: &AdvanceArgs) -> Result<Report, Failure> {
    let bar = progress(args.blocks);
    let step_ms = u64::from(args.seconds).saturating_mul(1_000);
    let made = node.advance(args.blocks, step_ms, |made| bar.set_position(made.into()));
    bar.finish_and_clear();
    made?;
    head(&node)
}

/// The block that the worker is at.
pub(super) fn head(node: &DevNode) -> Result<Report, Failure> {
    let head = node.worker().head()?;
    let (number, root, record) = head.ok_or(DevError::Worker(WorkerError::Empty))?;
    Ok(Report {
        engine: record.engine.map(|engine| engine.to_string()),
        block: Some(number),
        state_root: Some(hex0x(root)),
        ..Report::success()
    })
}

/// Shown on a terminal only, on stderr.
fn progress(blocks: u32) -> ProgressBar {
    let bar = ProgressBar::new(blocks.into());
    match ProgressStyle::with_template("{bar:40} {pos}/{len} blocks, {eta} left") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
