//! Moves to newer engines: who may ask, when they take place, what can come between.

use super::mock::*;

fn pending() -> Option<PendingUpgrade> {
    FatContracts::cluster(1).and_then(|record| record.pending)
}

fn users(version: EngineVersion) -> u32 {
    Engines::<Test>::get(version).map_or(0, |engine| engine.users)
}

#[test]
fn a_move_takes_place_between_two_messages() {
    ready_chain().execute_with(|| {
        assert_ok!(upgrade(ALICE, V1_1, 13));
        let event = Event::UpgradeScheduled {
            cluster: 1,
            from: V1_0,
            to: V1_1,
            at: 13,
        };
        assert_eq!(last_event(), event);
        assert_eq!(
            pending(),
            Some(PendingUpgrade {
                to: V1_1,
                at: 13,
                seq: None
            })
        );
        // Workers are warned from the first block on.
        let block = FatContracts::cluster_block(1).expect("a block");
        let known: Vec<_> = block.engines.iter().map(|(version, _)| *version).collect();
        assert_eq!(known, [V1_0, V1_1]);
        advance_to(12);
        assert_ok!(call(BOB, GAS, None));
        next_block();
        assert_ok!(call(BOB, GAS, None));
        let block = FatContracts::cluster_block(1).expect("a block");
        let message = ClusterMessage::Upgrade {
            from: V1_0,
            to: V1_1,
            system_code: None,
        };
        assert_eq!(block.messages[0], (2, message));
        assert_eq!(block.messages.len(), 2);
        // The upgrade is this block's: from here on only 2.0 is newer.
        assert_eq!(block.upgrade_targets, [V2_0]);
        assert_eq!(
            pending(),
            Some(PendingUpgrade {
                to: V1_1,
                at: 13,
                seq: Some(2)
            })
        );
        // Until it is confirmed, both are in use.
        assert_eq!((users(V1_0), users(V1_1)), (1, 1));
        assert_noop!(upgrade(ALICE, V2_0, 50), Error::<Test>::UpgradePending);
        let cancel = || FatContracts::cancel_upgrade(signed(ALICE), 1);
        assert_noop!(cancel(), Error::<Test>::NoPendingUpgrade);

        next_block();
        ack_all(&[1, 2, 3], 13, &[], V1_1);
        assert_eq!(confirmed(), 13);
        let record = FatContracts::cluster(1).expect("a cluster");
        assert_eq!((record.engine, record.pending), (V1_1, None));
        assert_eq!((users(V1_0), users(V1_1)), (0, 1));
        let event = Event::RuntimeUpgraded {
            cluster: 1,
            from: V1_0,
            to: V1_1,
        };
        assert!(events().contains(&event));
        // Never backwards.
        announce(1..=4, &[V1_0]);
        assert_noop!(upgrade(ALICE, V1_0, 50), Error::<Test>::NotNewer);
    });
}

#[test]
fn a_failed_move_corrects_the_record() {
    ready_chain().execute_with(|| {
        assert_ok!(upgrade(ALICE, V1_1, 13));
        advance_to(14);
        ack_all(&[1, 2, 3], 13, &[Effect::UpgradeFailed { seq: 1 }], V1_0);
        let record = FatContracts::cluster(1).expect("a cluster");
        assert_eq!((record.engine, record.pending), (V1_0, None));
        assert_eq!((users(V1_0), users(V1_1)), (1, 0));
        let event = Event::UpgradeFailed { cluster: 1, seq: 1 };
        assert!(events().contains(&event));
        assert!(!events()
            .iter()
            .any(|event| matches!(event, Event::RuntimeUpgraded { .. })));
        // It may be tried again.
        assert_ok!(upgrade(ALICE, V1_1, 24));
    });
}

#[test]
fn who_may_move_a_cluster_and_when() {
    ready_chain().execute_with(|| {
        assert_noop!(upgrade(BOB, V1_1, 13), Error::<Test>::NotClusterOwner);
        let nowhere = || FatContracts::upgrade_runtime(root(), 2, V1_1, 13);
        assert_noop!(
            nowhere().map_err(|e| e.error),
            Error::<Test>::ClusterNotFound
        );
        for at in [0, 2, 3, 12] {
            assert_noop!(upgrade(ALICE, V1_1, at), Error::<Test>::TooSoon);
        }
        assert_noop!(upgrade(ALICE, V1_0, 13), Error::<Test>::NotNewer);
        let unknown = EngineVersion::new(9, 9);
        assert_noop!(upgrade(ALICE, unknown, 13), Error::<Test>::EngineNotFound);
        for status in [EngineStatus::Deprecated, EngineStatus::Revoked] {
            assert_ok!(FatContracts::set_engine_status(root(), V1_1, status, false));
            assert_noop!(upgrade(ALICE, V1_1, 13), Error::<Test>::EngineNotActive);
        }
        assert_ok!(FatContracts::set_engine_status(
            root(),
            V1_1,
            EngineStatus::Active,
            false
        ));
        // 2.0 needs a system contract, 1.2 knows no way.
        announce(1..=4, &[V1_1, V2_0, EngineVersion::new(1, 2)]);
        assert_noop!(upgrade(ALICE, V2_0, 13), Error::<Test>::NoPinkSystemCode);
        let v1_2 = EngineVersion::new(1, 2);
        let files = vec![artefact(v1_2)];
        assert_ok!(FatContracts::register_engine(
            root(),
            v1_2,
            1,
            vec![V1_1],
            files
        ));
        assert_noop!(
            upgrade(ALICE, v1_2, 13),
            Error::<Test>::UnsupportedUpgradePath
        );
        // Governance may, and the owner may, once.
        assert_ok!(FatContracts::upgrade_runtime(root(), 1, V1_1, 13));
        assert_noop!(upgrade(ALICE, V1_1, 14), Error::<Test>::UpgradePending);
    });
}

/// ⌈2/3 of n⌉ of the members, and at least one.
#[test]
fn workers_have_to_be_ready() {
    chain().execute_with(|| {
        let not_ready = |have, need| Error::<Test>::NotEnoughWorkersReady { have, need };
        assert_noop!(upgrade(ALICE, V1_1, 13), not_ready(0, 1));
        join(1..=4);
        announce([1], &[V1_1]);
        announce([2, 3], &[V1_0, V2_0]);
        assert_noop!(upgrade(ALICE, V1_1, 13), not_ready(1, 3));
        announce([2], &[V1_1]);
        assert_noop!(upgrade(ALICE, V1_1, 13), not_ready(2, 3));
        // The error fits into what an extrinsic can carry.
        let error: DispatchError = not_ready(2, 3).into();
        let DispatchError::Module(error) = error else {
            panic!("{error:?}")
        };
        assert_eq!(error.error[1..3], [2, 3]);
        // Readiness of those who don't work here doesn't count.
        admit(5);
        announce([5], &[V1_1]);
        assert_noop!(upgrade(ALICE, V1_1, 13), not_ready(2, 3));
        announce([3], &[V1_1]);
        assert_ok!(upgrade(ALICE, V1_1, 13));
        // It isn't asked again: who isn't ready parks.
        announce([1, 2, 3], &[]);
        advance_to(13);
        assert_eq!(pending().and_then(|pending| pending.seq), Some(1));
    });
}

#[test]
fn a_scheduled_move_can_be_cancelled() {
    ready_chain().execute_with(|| {
        let cancel = |origin| FatContracts::cancel_upgrade(origin, 1);
        assert_noop!(cancel(signed(ALICE)), Error::<Test>::NoPendingUpgrade);
        assert_ok!(upgrade(ALICE, V1_1, 13));
        assert_noop!(cancel(signed(BOB)), Error::<Test>::NotClusterOwner);
        assert_ok!(cancel(signed(ALICE)));
        let dropped = |reason| Event::UpgradeDropped {
            cluster: 1,
            to: V1_1,
            reason,
        };
        assert_eq!(last_event(), dropped(DropReason::Cancelled));
        assert_eq!(pending(), None);
        assert!(!UpgradesAt::<Test>::contains_key(13));
        advance_to(13);
        assert_eq!(Queues::<Test>::get(1).next, 1);
        assert_ok!(upgrade(ALICE, V1_1, 23));
        assert_ok!(cancel(root()));
    });
}

#[test]
fn a_move_to_what_was_revoked_is_dropped() {
    ready_chain().execute_with(|| {
        assert_ok!(upgrade(ALICE, V1_1, 13));
        assert_ok!(FatContracts::set_engine_status(
            root(),
            V1_1,
            EngineStatus::Revoked,
            false
        ));
        advance_to(13);
        let dropped = Event::UpgradeDropped {
            cluster: 1,
            to: V1_1,
            reason: DropReason::Revoked,
        };
        assert_eq!(last_event(), dropped);
        assert_eq!(pending(), None);
        assert_eq!(Queues::<Test>::get(1).next, 1);
        assert_eq!(users(V1_1), 0);
    });
}

/// Payouts and upgrades wait while nobody knows which state is right.
#[test]
fn a_move_of_a_diverged_cluster_is_dropped() {
    ready_chain().execute_with(|| {
        assert_ok!(upgrade(ALICE, V1_1, 13));
        for (number, byte) in [(1, 1), (2, 2), (3, 3)] {
            assert_ok!(ack(number, byte));
        }
        assert_eq!(FatContracts::cluster(1).and_then(|c| c.diverged), Some(1));
        advance_to(13);
        let dropped = Event::UpgradeDropped {
            cluster: 1,
            to: V1_1,
            reason: DropReason::Diverged,
        };
        assert_eq!(last_event(), dropped);
    });
}

#[test]
fn a_block_moves_so_many_clusters() {
    ready_chain().execute_with(|| {
        for (number, cluster) in [(5, 2), (6, 3)] {
            admit(number);
            announce([number], &[V1_1]);
            assert_ok!(add_cluster(
                ALICE,
                Permission::Public,
                vec![worker(number)],
                0
            ));
            assert_ok!(FatContracts::upgrade_runtime(
                signed(ALICE),
                cluster,
                V1_1,
                13
            ));
        }
        assert_noop!(upgrade(ALICE, V1_1, 13), Error::<Test>::TooManyUpgrades);
        assert_ok!(upgrade(ALICE, V1_1, 14));
        advance_to(14);
        for cluster in 1..=3 {
            assert_eq!(Queues::<Test>::get(cluster).next, 2);
        }
    });
}

/// A full queue has a slot for this.
#[test]
fn an_upgrade_finds_room_in_a_full_queue() {
    ready_chain().execute_with(|| {
        assert_ok!(upgrade(ALICE, V1_1, 13));
        advance_to(12);
        let cheap = Weight {
            ref_time: 1,
            proof_size: 0,
        };
        while call(ALICE, cheap, None).is_ok() {}
        assert_noop!(call(ALICE, cheap, None), Error::<Test>::QueueFull);
        next_block();
        assert!(matches!(last_event(), Event::UpgradeQueued { .. }));
    });
}

#[test]
fn a_move_carries_the_system_code_of_its_day() {
    ready_chain().execute_with(|| {
        announce(1..=4, &[V2_0]);
        assert_ok!(FatContracts::set_pink_system_code(root(), vec![1]));
        next_block();
        assert_ok!(upgrade(ALICE, V2_0, 14));
        assert_ok!(FatContracts::set_pink_system_code(root(), vec![2]));
        advance_to(14);
        let message = FatContracts::message(1, 1).map(|queued| queued.message);
        let expected = ClusterMessage::Upgrade {
            from: V1_0,
            to: V2_0,
            system_code: Some(FatContracts::code_hash(&[2])),
        };
        assert_eq!(message, Some(expected));
    });
}

/// The system contract's request is an effect, and treated as the owner's call.
#[test]
fn the_system_contract_may_ask() {
    ready_chain().execute_with(|| {
        assert_ok!(call(BOB, GAS, None));
        next_block();
        let request = |seq, to| Effect::UpgradeRequested { seq, to };
        ack_all(&[1, 2, 3], 3, &[request(1, V1_1)], V1_0);
        assert_eq!(confirmed(), 3);
        // At the earliest block.
        assert_eq!(
            pending(),
            Some(PendingUpgrade {
                to: V1_1,
                at: 14,
                seq: None
            })
        );

        // What can't be is said, and changes nothing.
        assert_ok!(call(BOB, GAS, None));
        next_block();
        ack_all(&[1, 2, 3], 4, &[request(2, V1_1)], V1_0);
        assert_eq!(confirmed(), 4);
        let rejected = Event::UpgradeRequestRejected {
            cluster: 1,
            to: V1_1,
            reason: Error::<Test>::UpgradePending.into(),
        };
        assert_eq!(last_event(), rejected);
        assert_eq!(pending().map(|pending| pending.at), Some(14));
    });
}

/// Revoking parks a cluster; moving it away is what is left to do, and possible.
#[test]
fn a_revoked_engine_can_be_left() {
    ready_chain().execute_with(|| {
        assert_ok!(FatContracts::set_engine_status(
            root(),
            V1_0,
            EngineStatus::Revoked,
            true
        ));
        assert_noop!(call(BOB, GAS, None), Error::<Test>::EngineRevoked);
        assert_ok!(upgrade(ALICE, V1_1, 13));
        advance_to(13);
        assert_ok!(call(BOB, GAS, None));
        next_block();
        ack_all(&[1, 2, 3], 13, &[], V1_1);
        assert_eq!(
            FatContracts::cluster(1).map(|record| record.engine),
            Some(V1_1)
        );
    });
}
