//! Events of the chain as JSON: those of motions, engines, workers and checkpoints.

use super::super::{report::hex0x, values::name_of as who};
use fat_contracts_primitives::ExecutionMode;
use pallet_fat_contracts::Event;
use runtime_mock::{
    runtime::{CouncilEvent, Runtime},
    RuntimeEvent,
};
use serde_json::{json, Value};

/// The events of a block that say what was decided, in order; others are left out. The form is
/// that of a contract's events.
pub(super) fn chain_events(events: &[RuntimeEvent]) -> Vec<Value> {
    let known = events.iter().filter_map(|event| match event {
        RuntimeEvent::Council(event) => council(event),
        RuntimeEvent::FatContracts(event) => pallet(event),
        _ => None,
    });
    known.collect()
}

fn council(event: &CouncilEvent) -> Option<Value> {
    use CouncilEvent as Event;
    Some(match event {
        Event::Proposed {
            account,
            proposal_index,
            threshold,
            ..
        } => json!({
            "event": "Proposed", "by": who(account), "motion": proposal_index,
            "needs": threshold,
        }),
        Event::Voted {
            account,
            voted,
            yes,
            no,
            ..
        } => json!({
            "event": "Voted", "by": who(account), "aye": voted, "ayes": yes, "nays": no,
        }),
        Event::Closed { yes, no, .. } => json!({ "event": "Closed", "ayes": yes, "nays": no }),
        Event::Approved { .. } => json!({ "event": "Approved" }),
        Event::Disapproved { .. } => json!({ "event": "Disapproved" }),
        Event::Executed { result, .. } => json!({ "event": "Executed", "ok": result.is_ok() }),
        _ => return None,
    })
}

fn pallet(event: &Event<Runtime>) -> Option<Value> {
    Some(match event {
        Event::EngineRegistered { version } => json!({
            "event": "EngineRegistered", "version": version.to_string(),
        }),
        Event::EngineModeSet { version, mode } => json!({
            "event": "EngineModeSet", "version": version.to_string(), "mode": mode_name(*mode),
        }),
        Event::WorkerRegistered { worker } => json!({
            "event": "WorkerRegistered", "worker": who(worker),
        }),
        Event::WorkerAdded { worker, .. } => json!({
            "event": "WorkerAdded", "worker": who(worker),
        }),
        Event::CheckpointConfirmed {
            block,
            last_seq,
            root,
            receipts_root,
            ..
        } => json!({
            "event": "CheckpointConfirmed", "of_block": block, "last_seq": last_seq,
            "root": hex0x(root), "receipts_root": receipts_root.map(hex0x),
        }),
        Event::StateDiverged {
            block,
            worker,
            root,
            ..
        } => json!({
            "event": "StateDiverged", "of_block": block, "worker": who(worker),
            "root": hex0x(root),
        }),
        Event::WorkerDiverged { block, worker, .. } => json!({
            "event": "WorkerDiverged", "of_block": block, "worker": who(worker),
        }),
        Event::ClusterDiverged { block, .. } => json!({
            "event": "ClusterDiverged", "of_block": block,
        }),
        Event::DivergenceResolved { block, root, .. } => json!({
            "event": "DivergenceResolved", "of_block": block, "root": hex0x(root),
        }),
        Event::ResolvedInFavour { worker, block, .. } => json!({
            "event": "ResolvedInFavour", "of_block": block, "worker": who(worker),
        }),
        _ => return None,
    })
}

/// How contracts run, in the word by which it is asked for.
fn mode_name(mode: ExecutionMode) -> &'static str {
    match mode {
        ExecutionMode::Native => "native",
        ExecutionMode::Interpreted => "interpreted",
    }
}
