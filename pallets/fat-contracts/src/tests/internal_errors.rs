//! What can't be is told by an event, and stops a chain that is built with debug assertions.

use super::mock::*;
use crate::InternalError;
use frame_support::traits::Hooks;

fn told(what: InternalError) -> bool {
    System::events()
        .iter()
        .any(|record| record.event == Event::InternalError { what }.into())
}

#[test]
#[cfg_attr(
    debug_assertions,
    should_panic(expected = "a cluster that was touched is gone")
)]
fn a_cluster_that_is_lost_in_its_block() {
    chain().execute_with(|| {
        assert_ok!(call(BOB, GAS, None));
        Clusters::<Test>::remove(1);
        FatContracts::on_finalize(System::block_number());
        assert!(told(InternalError::LostCluster));
    });
}

#[test]
#[cfg_attr(
    debug_assertions,
    should_panic(expected = "a scheduled cluster has no upgrade pending")
)]
fn an_upgrade_that_is_lost_before_its_block() {
    ready_chain().execute_with(|| {
        assert_ok!(upgrade(ALICE, V1_1, 13));
        Clusters::<Test>::mutate(1, |record| {
            if let Some(record) = record {
                record.pending = None;
            }
        });
        advance_to(13);
        assert!(told(InternalError::LostUpgrade));
    });
}

/// Nothing is lost here: a quorum may say what it likes, so the chain goes on.
#[test]
fn a_version_that_nobody_knows() {
    chain().execute_with(|| {
        let before = FatContracts::cluster(1);
        FatContracts::engine_confirmed(1, 0, EngineVersion::new(9, 9));
        assert!(told(InternalError::UnknownEngine));
        assert_eq!(FatContracts::cluster(1), before);
    });
}
