//! `blocks` and `status`.

use super::super::{
    args::BlocksArgs,
    failure::Failure,
    report::{hex0x, BlockLine, Report},
};
use parity_scale_codec::DecodeAll;
use pink_devchain::{DevError, DevNode, CLUSTER};
use pink_worker_core::exec::BlockRecord;
use runtime_mock::runtime::FatContracts;
use serde_json::{json, Value};

pub(super) fn blocks(node: &DevNode, args: &BlocksArgs) -> Result<Report, Failure> {
    let last = usize::try_from(args.last).unwrap_or(usize::MAX);
    let stored = node
        .worker()
        .store()
        .last_blocks(last)
        .map_err(DevError::from)?;
    let lines = stored.into_iter().map(|block| {
        let record =
            BlockRecord::decode_all(&mut &block.record[..]).map_err(|error| DevError::Damaged {
                path: node.path().into(),
                what: format!("the record of block {}: {error}", block.number),
            })?;
        Ok::<_, DevError>(BlockLine {
            number: block.number,
            engine: record.engine.map(|engine| engine.to_string()),
            messages: record.messages,
            state_root: hex0x(block.root),
        })
    });
    Ok(Report {
        blocks: Some(lines.collect::<Result<_, _>>()?),
        ..Report::success()
    })
}

/// `state` is `running`, `parked` or, of a base path that can only be read, `waiting`; `block` is the last one that was executed; `diverged_at` the
/// one about which workers disagree, so that payouts and moves wait for `resolve`.
pub(super) fn status(node: &DevNode) -> Result<Report, Failure> {
    let report = super::start::head(node)?;
    let parked = node.parked();
    let cluster = node.chain().query(|| FatContracts::cluster(CLUSTER));
    let diverged = cluster.as_ref().and_then(|cluster| cluster.diverged);
    let pending = cluster.and_then(|cluster| cluster.pending);
    let pending = pending.map(|pending| json!({ "to": pending.to.to_string(), "at": pending.at }));
    let state = match (parked, node.behind()) {
        (Some(_), _) => "parked",
        (None, 0) => "running",
        // Looked at where nothing can be written.
        (None, _) => "waiting",
    };
    Ok(report
        .with("state", state)
        .with("reason", parked.map(ToString::to_string))
        .with(
            "hint",
            parked.map(|parked| pink_devchain::parked_hint(&parked.reason)),
        )
        .with("chain_block", node.chain().head().number)
        .with("waiting_blocks", node.behind())
        .with("pending_upgrade", pending)
        .with("diverged_at", diverged)
        .with("pending_engine", pending_engine(node)?)
        .with("shadow", shadow(node)?))
}

/// Whether the worker has the engine of the upgrade that is pending, and what to do if not.
fn pending_engine(node: &DevNode) -> Result<Option<Value>, Failure> {
    let pending = node.worker().pending_engine()?;
    Ok(pending.map(|pending| {
        json!({
            "version": pending.version.to_string(),
            "ready": pending.problem.is_none(),
            "problem": pending.problem.as_ref().map(ToString::to_string),
            "hint": pending.problem.as_ref().map(|problem| problem.hint()),
        })
    }))
}

/// What a pending engine made of the blocks that the current one executed.
fn shadow(node: &DevNode) -> Result<Option<Value>, Failure> {
    let summary = node.worker().shadow()?;
    Ok(summary.map(|summary| {
        let (block, seq) = summary.last_difference.unzip();
        json!({
            "to": summary.to.to_string(),
            "since_block": summary.since,
            "until_block": summary.until,
            "followed_blocks": summary.blocks,
            "messages": summary.messages,
            "differing_messages": summary.differing,
            "last_difference": block.map(|block| json!({ "block": block, "seq": seq })),
            "failure": summary.failure,
        })
    }))
}
