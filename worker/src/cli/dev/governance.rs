//! `register`, `engine-mode`, `add-worker`, `acknowledge`, `resolve`.

use super::{
    super::{
        args::{AcknowledgeArgs, AddWorkerArgs, EngineModeArgs, RegisterArgs, ResolveArgs},
        failure::Failure,
        report::Report,
    },
    chain_events::chain_events,
};
use pink_devchain::{DevError, DevNode, ProducedBlock};

pub(super) fn register(mut node: DevNode, args: &RegisterArgs) -> Result<Report, Failure> {
    let made = node.register(args.version)?;
    said(made)
}

pub(super) fn engine_mode(mut node: DevNode, args: &EngineModeArgs) -> Result<Report, Failure> {
    let made = node.set_engine_mode(args.version, args.mode.into())?;
    said(made)
}

pub(super) fn add_worker(mut node: DevNode, args: AddWorkerArgs) -> Result<Report, Failure> {
    let made = node.add_worker(args.worker)?;
    said(made)
}

pub(super) fn acknowledge(mut node: DevNode, args: AcknowledgeArgs) -> Result<Report, Failure> {
    let made = node.acknowledge(args.worker, args.root)?;
    said(made)
}

pub(super) fn resolve(mut node: DevNode, args: &ResolveArgs) -> Result<Report, Failure> {
    let made = node.resolve(args.root)?;
    said(made)
}

/// The block, and what the chain said in it. The block is made even if the worker is parked.
fn said(made: ProducedBlock) -> Result<Report, Failure> {
    if let Some(parked) = made.imported.parked {
        return Err(DevError::Waiting {
            ordered: None,
            parked: parked.into(),
        }
        .into());
    }
    Ok(Report {
        block: Some(made.number),
        events: Some(chain_events(&made.events)),
        ..Report::success()
    })
}
