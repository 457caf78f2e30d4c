//! `prices`.

use super::super::{args::PricesArgs, failure::Failure, report::Report};
use fat_contracts_primitives::{BlockNumber, Prices};
use pallet_fat_contracts::{Call, PendingPrices};
use pink_devchain::{DevError, DevNode, CLUSTER};
use runtime_mock::{
    runtime::{FatContracts, Runtime},
    Extrinsic,
};
use serde_json::{json, Value};

impl PricesArgs {
    /// Whether nothing is to be changed.
    pub(super) fn asks(&self) -> bool {
        let asked = [self.gas_price, self.deposit_per_byte, self.deposit_per_item];
        asked.iter().all(Option::is_none)
    }
}

/// What things cost, and what they will cost from which block on.
pub(super) fn prices(mut node: DevNode, args: PricesArgs) -> Result<Report, Failure> {
    let current = |node: &DevNode| {
        let cluster = node.chain().query(|| FatContracts::cluster(CLUSTER));
        cluster.map(|cluster| cluster.prices).unwrap_or_default()
    };
    let old = current(&node);
    let asked = [args.gas_price, args.deposit_per_byte, args.deposit_per_item];
    if asked.iter().any(Option::is_some) {
        let call = Call::<Runtime>::update_prices {
            cluster: CLUSTER,
            gas_price: args.gas_price.unwrap_or(old.gas_price),
            deposit_per_item: args.deposit_per_item.unwrap_or(old.deposit_per_item),
            deposit_per_byte: args.deposit_per_byte.unwrap_or(old.deposit_per_byte),
        };
        let sent = node.dispatch(vec![Extrinsic::signed(args.from, call)], Vec::new());
        sent.map_err(|error| when(&node, error))?;
    }
    let pending = announced(&node);
    let pending = pending.map(|(at, prices)| {
        let mut pending = describe(&prices);
        pending["from_block"] = at.into();
        pending
    });
    Ok(Report {
        block: Some(node.chain().head().number),
        ..Report::success()
    }
    .with("prices", describe(&current(&node)))
    .with("pending", pending))
}

/// The prices that were announced, and when they come.
fn announced(node: &DevNode) -> Option<(BlockNumber, Prices)> {
    node.chain()
        .query(|| PendingPrices::<Runtime>::get(CLUSTER))
}

/// That prices were announced before says little without when they come.
fn when(node: &DevNode, refused: DevError) -> Failure {
    match (&refused, announced(node)) {
        (DevError::Refused(why), Some((at, _))) if why.name == "PricesPending" => {
            Failure::PricesPending {
                refused: refused.into(),
                at,
                now: node.chain().head().number,
            }
        }
        _ => refused.into(),
    }
}

fn describe(prices: &Prices) -> Value {
    json!({
        "gas_price": prices.gas_price.to_string(),
        "deposit_per_byte": prices.deposit_per_byte.to_string(),
        "deposit_per_item": prices.deposit_per_item.to_string(),
    })
}
