//! `chain_…`: headers, blocks and hashes.

use super::{
    args::{hex0x, invalid, number, Args},
    Answer, Handler,
};
use crate::{chain::Block, shared::Shared};
use fat_contracts_primitives::BlockNumber;
use parity_scale_codec::Encode;
use runtime_mock::runtime::Header;
use serde_json::{json, Value};

/// How many hashes may be asked for at once.
const MOST_HASHES: usize = 1_000;

pub(super) const METHODS: &[(&str, Handler)] = &[
    ("chain_getBlock", block),
    ("chain_getBlockHash", block_hash),
    ("chain_getFinalizedHead", finalized_head),
    ("chain_getHead", block_hash),
    ("chain_getHeader", header),
];

/// A header as JSON has it.
pub(super) fn header_json(header: &Header) -> Value {
    let logs = header.digest.logs.iter().map(|log| hex0x(log.encode()));
    json!({
        "parentHash": header.parent_hash,
        "number": format!("0x{:x}", header.number),
        "stateRoot": header.state_root,
        "extrinsicsRoot": header.extrinsics_root,
        "digest": { "logs": logs.collect::<Vec<_>>() },
    })
}

/// The block that is named, or the newest one.
fn with_block(shared: &Shared, mut args: Args, said: fn(&Block) -> Value) -> Answer {
    let at = args.at()?;
    let chain = shared.chain();
    let block = match at {
        Some(hash) => chain.block(&hash),
        None => Some(chain.best()),
    };
    Ok(block.map_or(Value::Null, said))
}

fn header(shared: &Shared, args: Args) -> Answer {
    with_block(shared, args, |block| header_json(&block.kept.header))
}

fn block(shared: &Shared, args: Args) -> Answer {
    with_block(shared, args, |block| {
        let extrinsics: Vec<_> = block.kept.body.iter().map(hex0x).collect();
        json!({
            "block": { "header": header_json(&block.kept.header), "extrinsics": extrinsics },
            "justifications": null,
        })
    })
}

fn block_hash(shared: &Shared, mut args: Args) -> Answer {
    let chain = shared.chain();
    let of = |value: &Value| -> Answer {
        let number = number(value).ok_or_else(|| invalid("a block's number is a number"))?;
        let hash = BlockNumber::try_from(number)
            .ok()
            .and_then(|it| chain.hash(it));
        Ok(json!(hash))
    };
    match args.next() {
        Value::Null => Ok(json!(chain.best().hash)),
        Value::Array(all) if all.len() > MOST_HASHES => Err(invalid(format!(
            "{} numbers are more than {MOST_HASHES}",
            all.len()
        ))),
        Value::Array(all) => all
            .iter()
            .map(of)
            .collect::<Result<Vec<_>, _>>()
            .map(Value::Array),
        value => of(&value),
    }
}

fn finalized_head(shared: &Shared, _: Args) -> Answer {
    let chain = shared.chain();
    Ok(json!(chain.hash(chain.finalized())))
}
