//! What it costs a stranger to keep the owner out of a cluster for an hour. Nothing is timed: the
//! composed chain makes the blocks of that hour, and the fees are counted.

use crate::{report::Row, Setting};
use anyhow::{ensure, Context};
use fat_contracts_primitives::{AccountId, Artefact, Balance, EngineVersion, Permission, Weight};
use pallet_fat_contracts::Call;
use runtime_mock::{
    account,
    runtime::{FatContracts, MaxBlockWeight, Runtime},
    Extrinsic, Genesis, MockChain, UNIT,
};

/// An hour of six-second blocks.
const HOUR: u32 = 600;
/// What the owner asks for in every block: a second, whose gas costs one unit in the cluster.
const OWNERS: Weight = Weight {
    ref_time: 1_000_000_000_000,
    proof_size: 65_536,
};
/// What it is ready to pay for its order: as much as for its gas.
const READY: Balance = UNIT;
const STRANGERS: [&str; 3] = ["//Bob", "//Charlie", "//Dave"];

fn who(name: &str) -> anyhow::Result<AccountId> {
    account(name).context("a development account")
}

/// The bytes of a call without input, as it is queued: block and kind (5), sender and contract (64),
/// no input (1), value (16), limits (16), no deposit limit (1), the gas price (16).
const CALL_BYTES: u64 = 119;

/// The gas limit of a call that takes so much time of a block.
fn taking(ref_time: u64) -> Weight {
    let own = FatContracts::queued_weight(&Weight::default(), CALL_BYTES);
    Weight {
        ref_time: ref_time.saturating_sub(own.ref_time),
        proof_size: 0,
    }
}

fn call(from: &str, gas_limit: Weight, max_ordering_fee: Balance) -> anyhow::Result<Extrinsic> {
    let call = Call::<Runtime>::call_contract {
        cluster: 1,
        contract: AccountId::new([5; 32]),
        input: Vec::new(),
        value: 0,
        gas_limit,
        storage_deposit_limit: None,
        max_gas_price: None,
        max_ordering_fee,
    };
    Ok(Extrinsic::signed(who(from)?, call))
}

/// A chain with the owner's cluster.
fn chain() -> anyhow::Result<MockChain> {
    let version = EngineVersion::new(1, 0);
    let owner = who("//Alice")?;
    let register = Call::<Runtime>::register_engine {
        version,
        abi: 1,
        upgrades_from: Vec::new(),
        artefacts: vec![Artefact {
            target: "any".into(),
            hash: Default::default(),
            size: 1,
        }],
    };
    let add = Call::<Runtime>::add_cluster {
        engine: version,
        owner: owner.clone(),
        permission: Permission::Public,
        workers: Vec::new(),
        deposit: 0,
        gas_price: 1,
        deposit_per_item: 1,
        deposit_per_byte: 1,
        treasury_account: AccountId::new([9; 32]),
        existential_deposit: 1,
        engine_config: Vec::new(),
    };
    let mut chain = Genesis::development().build()?;
    let first = vec![
        Extrinsic::governance(register),
        Extrinsic::governance(Call::<Runtime>::set_pink_runtime_version { version }),
        Extrinsic::signed(owner, add),
    ];
    let block = chain.build_block(6_000, first)?;
    let made = block.applied.iter().all(|applied| applied.result.is_ok());
    ensure!(made, "the cluster wasn't made");
    Ok(chain)
}

/// Strangers' calls come first, then the owner's. Says whether the owner's was ordered.
fn block(chain: &mut MockChain, strangers: &[Weight], ready: Balance) -> anyhow::Result<bool> {
    let mut all = Vec::new();
    for (from, gas) in STRANGERS.iter().zip(strangers) {
        all.push(call(from, *gas, Balance::MAX)?);
    }
    all.push(call("//Alice", OWNERS, ready)?);
    let block = chain.build_block(chain.head().now_ms + 6_000, all)?;
    let (owners, others) = block.applied.split_last().context("the owner's call")?;
    let filled = others.iter().all(|applied| applied.result.is_ok());
    ensure!(filled, "a stranger was refused: {others:?}");
    Ok(owners.result.is_ok())
}

fn wealth(chain: &MockChain) -> anyhow::Result<Balance> {
    let amounts = STRANGERS.iter().map(|name| Ok(chain.balance(&who(name)?)));
    amounts.sum()
}

/// Units, for people.
fn units(amount: Balance) -> f64 {
    amount as f64 / UNIT as f64
}

/// Three strangers fill all that they are given, in as many blocks as an hour has; the owner pays
/// whatever it costs. Returns in how many it was kept out: for want of room, that is.
fn by_room() -> anyhow::Result<u32> {
    let mut chain = chain()?;
    let (share, whole) = (FatContracts::sender_share(), MaxBlockWeight::get());
    let last = whole.ref_time - whole.ref_time.div_ceil(4) - whole.ref_time.div_ceil(8);
    let strangers = [
        taking(share.ref_time),
        taking(share.ref_time),
        taking(last - 2 * share.ref_time),
    ];
    let (mut kept_out, mut filled) = (0, 0);
    while filled < HOUR {
        // They rest when it got too dear for anybody, which the price is about and not the room.
        let crowd = chain.query(|| FatContracts::ordering_fee(1, whole)) < 100 * UNIT;
        let strangers = if crowd { &strangers[..] } else { &[] };
        let heard = block(&mut chain, strangers, Balance::MAX)?;
        filled += u32::from(crowd);
        kept_out += u32::from(!heard);
    }
    Ok(kept_out)
}

/// They crowd blocks, just so much that the fee stays above what the owner is ready to pay. Returns
/// what that costs them, from the first block on, for an hour in which the owner isn't heard once.
fn by_price() -> anyhow::Result<(Balance, u32)> {
    let mut chain = chain()?;
    let before = wealth(&chain)?;
    let share = FatContracts::sender_share();
    let half = MaxBlockWeight::get().ref_time / 2;
    // A picosecond more than half of a block makes the next one dearer.
    let crowd = [
        taking(share.ref_time),
        taking(half - share.ref_time),
        Weight {
            ref_time: 1,
            proof_size: 0,
        },
    ];
    let owners = FatContracts::queued_weight(&OWNERS, CALL_BYTES);
    let (mut silent, mut preparing) = (0, 0);
    while silent < HOUR {
        let fee = chain.query(|| FatContracts::ordering_fee(1, owners));
        // After a quiet block it would be an eighth less.
        let strangers = if fee - fee / 8 <= READY {
            &crowd[..]
        } else {
            &[]
        };
        let heard = block(&mut chain, strangers, READY)?;
        ensure!(!heard || silent == 0, "the owner was heard in between");
        silent += u32::from(!heard);
        preparing += u32::from(heard);
    }
    Ok((before - wealth(&chain)?, preparing))
}

/// What an hour costs a stranger, over what the owner was ready to pay in it.
pub(crate) fn hour(_: &Setting) -> anyhow::Result<Row> {
    let kept_out = by_room()?;
    let (cost, preparing) = by_price()?;
    let ready = READY.saturating_mul(HOUR.into());
    let note = format!(
        "{:.0} units, of an owner that is ready to pay {:.0}, after {preparing} blocks in which it is \
         still heard; by room alone: out in {kept_out} of {HOUR} blocks. Before: 0 units, 3 calls a block",
        units(cost),
        units(ready),
    );
    Ok(Row::at_least_times("siege", 1.0, units(cost) / units(ready)).with_note(note))
}

#[cfg(test)]
mod tests {
    use super::{by_price, by_room, HOUR, READY};

    /// The composed chain keeps an owner's room, and a siege costs strangers more than the owner was
    /// ready to pay.
    #[test]
    fn a_siege_costs_more_than_it_keeps_out() -> anyhow::Result<()> {
        assert_eq!(by_room()?, 0);
        let (cost, preparing) = by_price()?;
        assert!(cost >= READY * u128::from(HOUR), "{cost}");
        assert!(preparing > 0);
        Ok(())
    }
}
