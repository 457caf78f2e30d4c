//! `blocks` and `status`.

use super::super::{
    args::BlocksArgs,
    failure::Failure,
    report::{hex0x, BlockLine, Report},
};
use crate::{
    dev::{DevError, DevNode, CLUSTER},
    exec::BlockRecord,
};
use parity_scale_codec::DecodeAll;
use runtime_mock::runtime::FatContracts;
use serde_json::json;

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

/// `state` is `running` or `parked`; `block` is the last one that was executed.
pub(super) fn status(node: &DevNode) -> Result<Report, Failure> {
    let report = super::start::head(node)?;
    let parked = node.parked();
    let cluster = node.chain().query(|| FatContracts::cluster(CLUSTER));
    let pending = cluster.and_then(|cluster| cluster.pending);
    let pending = pending.map(|pending| json!({ "to": pending.to.to_string(), "at": pending.at }));
    let state = match parked {
        Some(_) => "parked",
        None => "running",
    };
    Ok(report
        .with("state", state)
        .with("reason", parked.map(ToString::to_string))
        .with("hint", parked.map(|parked| parked.reason.hint()))
        .with("chain_block", node.chain().head().number)
        .with("waiting_blocks", node.behind())
        .with("pending_upgrade", pending))
}
