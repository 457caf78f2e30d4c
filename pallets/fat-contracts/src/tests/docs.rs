//! What the crate's page shows.

use super::mock::*;

#[docify::export]
#[test]
fn a_call_is_ordered() {
    chain().execute_with(|| {
        let (cluster, input) = (1, vec![7]);
        assert_ok!(FatContracts::call_contract(
            signed(BOB),
            cluster,
            CONTRACT,
            input.clone(),
            0,
            GAS,
            None,
            None,
            MOST
        ));
        // Message 0 was the cluster's Setup. The block's input is sealed when it is over.
        next_block();
        let block = FatContracts::block_of(cluster, 2).expect("not pruned");
        let (seq, message) = &block.messages[0];
        assert_eq!(*seq, 1);
        assert!(matches!(message, ClusterMessage::Call { input: queued, .. } if *queued == input));
    });
}

#[docify::export]
#[test]
fn a_cluster_is_upgraded() {
    ready_chain().execute_with(|| {
        let (cluster, at) = (1, 13);
        assert_ok!(FatContracts::upgrade_runtime(
            signed(ALICE),
            cluster,
            V1_1,
            at
        ));
        // The Upgrade is the first message of that block: what comes behind it runs under 1.1.
        advance_to(at);
        let block = FatContracts::cluster_block(cluster).expect("a cluster");
        let (_, first) = &block.messages[0];
        assert!(matches!(first, ClusterMessage::Upgrade { to: V1_1, .. }));
        // Until workers confirm what came of it, the cluster runs the old version.
        let record = FatContracts::cluster(cluster).expect("a cluster");
        assert_eq!(record.engine, V1_0);
        assert_eq!(record.engine_of_the_tail(), V1_1);
    });
}
