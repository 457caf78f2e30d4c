//! What there is to see.

use super::super::{
    args::BlocksArgs,
    failure::Failure,
    report::{hex0x, BlockLine, Report},
};
use crate::{
    dev::{DevError, DevNode},
    exec::BlockRecord,
};
use parity_scale_codec::DecodeAll;

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
