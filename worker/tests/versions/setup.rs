//! A cluster that never comes into being.

use crate::{
    cluster::{account, Cluster, GAS, ID},
    codes::Codes,
    files::{built, V1_0, V2_0},
};
use pallet_fat_contracts::Call;
use pink_capi::types::Outcome;
use pink_worker_core::exec::NO_ENGINE;
use runtime_mock::UNIT;

/// The engine can't read its configuration: the setup is rejected, and so is everything behind it.
/// The chain hears of it as of any other block, so the cluster can be closed.
#[test]
fn after_a_rejected_setup_messages_are_rejected_too() {
    let mut cluster = Cluster::without_contract(vec![built(V1_0)], 3, vec![0xff; 3]);
    let transfer = Call::transfer_to_cluster {
        cluster: ID,
        dest: account(1),
        amount: UNIT,
        max_ordering_fee: u128::MAX,
    };
    cluster.signed(1, transfer);
    cluster.signed(
        1,
        Call::call_contract {
            cluster: ID,
            contract: account(1),
            input: Vec::new(),
            value: 0,
            gas_limit: GAS,
            storage_deposit_limit: None,
            max_gas_price: None,
            max_ordering_fee: u128::MAX,
        },
    );
    cluster.all_run();
    for node in &cluster.nodes {
        let setup = node.receipt(0);
        assert!(
            matches!(setup.receipt.outcome, Outcome::Rejected(_)),
            "{setup:?}"
        );
        for seq in 1..=2 {
            let behind = node.receipt(seq);
            assert_eq!(behind.engine, NO_ENGINE);
            let outcome = &behind.receipt.outcome;
            assert!(matches!(outcome, Outcome::Rejected(why) if why.error == "NoCluster"));
            assert_eq!(behind.receipt.gas_consumed.ref_time, 0);
        }
        node.replays();
    }
    // What the chain hears is no matter of the records that a source puts beside the blocks.
    let mut lied = cluster.history.clone();
    for block in &mut lied {
        let mut other = block.engines.first().expect("a record").clone();
        other.0 = V2_0;
        block.engines.insert(0, other);
    }
    let mut deceived = cluster.newcomer();
    let done = deceived.worker.import(&lied, Vec::new(), &Codes);
    assert!(done.expect("memory").parked.is_none());
    for block in 1..=deceived.head() {
        let said = deceived.worker.checkpoint(block).expect("memory");
        assert_eq!(said.as_ref().map(|it| it.engine), Some(V1_0));
        let right = cluster.nodes[0].worker.checkpoint(block).expect("memory");
        assert_eq!(said, right);
    }
    cluster.all_acknowledge();
    let on_chain = cluster.record();
    assert_eq!((on_chain.engine, on_chain.diverged), (V1_0, None));
    let confirmed = cluster.chain.query(|| {
        pallet_fat_contracts::Progress::<runtime_mock::runtime::Runtime>::get(ID).confirmed
    });
    assert!(confirmed.block >= cluster.block_of(2), "{confirmed:?}");
}
