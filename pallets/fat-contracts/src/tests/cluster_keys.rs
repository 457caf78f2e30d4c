//! The key that a cluster's workers share: who commits to it, who seals it to whom, and what goes with
//! whom.

use super::mock::*;
use frame_support::dispatch::{GetDispatchInfo, Pays};
use sp_runtime::{traits::Dispatchable, DispatchResult};

/// Dispatches a call as a block does.
fn dispatch(who: u8, call: Call<Test>) -> DispatchResult {
    let call = RuntimeCall::FatContracts(call);
    let before = call.get_dispatch_info().pays_fee;
    let done = call.dispatch(signed(worker(who)));
    // Nothing is given back: whoever shares pays for it.
    let after = done.map_or_else(|refused| refused.post_info.pays_fee, |done| done.pays_fee);
    assert_eq!((before, after), (Pays::Yes, Pays::Yes));
    done.map(|_| ()).map_err(|refused| refused.error)
}

fn set_key(who: u8, key: u8) -> DispatchResult {
    dispatch(who, Call::set_worker_key { key: [key; 32] })
}

fn commit(who: u8, commitment: u8) -> DispatchResult {
    let commitment = Hash::repeat_byte(commitment);
    dispatch(
        who,
        Call::commit_cluster_key {
            cluster: 1,
            commitment,
        },
    )
}

fn share(who: u8, to: u8, sealed: u8) -> DispatchResult {
    let (to, sealed) = (worker(to), [sealed; 80]);
    dispatch(
        who,
        Call::share_cluster_key {
            cluster: 1,
            to,
            sealed,
        },
    )
}

/// Who sealed something to a worker, and what, in order.
fn envelopes(to: u8) -> Vec<(AccountId, u8)> {
    let sealed = SealedKeys::<Test>::get(1, worker(to));
    sealed
        .into_iter()
        .map(|it| (it.from, it.sealed[0]))
        .collect()
}

fn leave(who: u8) {
    let leave = FatContracts::remove_worker_from_cluster(signed(worker(who)), 1, worker(who));
    assert_ok!(leave);
}

#[test]
fn the_first_member_commits_once_for_ever() {
    staffed_chain().execute_with(|| {
        let commitment = Hash::repeat_byte(7);
        let call = |origin| FatContracts::commit_cluster_key(origin, 1, commitment);
        assert_noop!(call(root()), DispatchError::BadOrigin);
        assert_noop!(call(signed(ALICE)), Error::<Test>::NotMember);
        assert_noop!(
            FatContracts::commit_cluster_key(signed(worker(1)), 9, commitment),
            Error::<Test>::NotMember
        );
        assert_noop!(commit(2, 7), Error::<Test>::NotFirstMember);
        assert_ok!(commit(1, 7));
        let event = Event::ClusterKeyCommitted {
            cluster: 1,
            worker: worker(1),
            commitment,
        };
        assert_eq!(last_event(), event);
        for (who, other) in [(1, 7), (1, 8), (2, 8)] {
            assert_noop!(commit(who, other), Error::<Test>::ClusterKeyExists);
        }
        // Not even when everybody went who had it.
        for who in 1..=4 {
            leave(who);
        }
        join([5]);
        assert_noop!(commit(5, 8), Error::<Test>::ClusterKeyExists);
        assert_eq!(ClusterKeys::<Test>::get(1), Some(commitment));
    });
}

/// Who is silent for too long, lies or goes isn't the first any more.
#[test]
fn the_next_member_commits_when_the_first_one_fails() {
    staffed_chain().execute_with(|| {
        for number in [1, 3, 4] {
            assert_ok!(ack(number, 7));
        }
        assert_ok!(ack(2, 8));
        leave(1);
        assert!(member(2).diverged.is_some());
        assert_noop!(commit(2, 7), Error::<Test>::WorkerDiverged);
        assert_eq!(FatContracts::first_member(1), Some(worker(3)));
        // The third is silent, the fourth isn't.
        assert_ok!(call(BOB, GAS, None));
        for _ in 0..60 {
            next_block();
        }
        assert_ok!(ack(4, 7));
        assert!(member(3).lapsed.is_some());
        assert_noop!(commit(3, 7), Error::<Test>::NotFirstMember);
        assert_ok!(commit(4, 7));
    });
}

#[test]
fn a_member_seals_the_key_to_another_one() {
    staffed_chain().execute_with(|| {
        assert_ok!(set_key(2, 2));
        assert_noop!(share(1, 2, 1), Error::<Test>::NoClusterKey);
        assert_ok!(commit(1, 7));
        assert_noop!(share(1, 3, 1), Error::<Test>::NoWorkerKey);
        assert_noop!(share(1, 9, 1), Error::<Test>::NotMember);
        assert_noop!(share(9, 2, 1), Error::<Test>::NotMember);
        let call = |origin| FatContracts::share_cluster_key(origin, 1, worker(2), [1; 80]);
        assert_noop!(call(root()), DispatchError::BadOrigin);
        assert_ok!(share(1, 2, 1));
        let event = Event::ClusterKeyShared {
            cluster: 1,
            from: worker(1),
            to: worker(2),
        };
        assert_eq!(last_event(), event);
        assert_ok!(share(3, 2, 3));
        assert_eq!(envelopes(2), [(worker(1), 1), (worker(3), 3)]);
        // Instead of what it sealed before.
        assert_ok!(share(1, 2, 9));
        assert_eq!(envelopes(2), [(worker(3), 3), (worker(1), 9)]);
        // Who lied isn't told any more, and tells nothing.
        next_block();
        for number in [1, 2, 4] {
            assert_ok!(ack(number, 7));
        }
        assert_ok!(ack(3, 8));
        assert_ok!(set_key(3, 3));
        assert_noop!(share(1, 3, 1), Error::<Test>::WorkerDiverged);
        assert_noop!(share(3, 2, 1), Error::<Test>::WorkerDiverged);
    });
}

/// One envelope in all would do for who lies: nobody's envelope is in the way of another's.
#[test]
fn nobody_replaces_what_another_one_sealed() {
    staffed_chain().execute_with(|| {
        assert_ok!(set_key(4, 4));
        assert_ok!(commit(1, 7));
        assert_ok!(share(2, 4, 2));
        for garbage in 10..30 {
            assert_ok!(share(1, 4, garbage));
            assert_ok!(share(3, 4, garbage));
        }
        assert!(envelopes(4).contains(&(worker(2), 2)));
        assert_eq!(envelopes(4).len(), 3);
    });
}

/// There is room for as many as members; who left makes room first, and only when it has to.
#[test]
fn what_a_leaver_sealed_stays_as_long_as_there_is_room() {
    staffed_chain().execute_with(|| {
        assert_ok!(set_key(4, 4));
        assert_ok!(commit(1, 7));
        for from in 1..=3 {
            assert_ok!(share(from, 4, from));
        }
        leave(1);
        assert_eq!(envelopes(4).len(), 3);
        leave(2);
        join([5]);
        assert_ok!(share(5, 4, 5));
        assert_eq!(envelopes(4).len(), 4);
        // Four are the most. The two that left make room.
        leave(5);
        join([6]);
        assert_ok!(share(6, 4, 6));
        assert_eq!(envelopes(4), [(worker(3), 3), (worker(6), 6)]);
    });
}

/// Else a member could have all the others pay for new envelopes, as often as it likes.
#[test]
fn a_key_that_something_was_sealed_to_stays() {
    staffed_chain().execute_with(|| {
        assert_noop!(set_key(9, 1), Error::<Test>::WorkerNotFound);
        assert_noop!(
            FatContracts::set_worker_key(root(), [1; 32]),
            DispatchError::BadOrigin
        );
        assert_ok!(set_key(2, 1));
        assert_ok!(set_key(2, 2));
        let event = Event::WorkerKeySet {
            worker: worker(2),
            key: [2; 32],
        };
        assert_eq!(last_event(), event);
        assert_ok!(commit(1, 7));
        assert_ok!(share(1, 2, 1));
        assert_noop!(set_key(2, 3), Error::<Test>::WorkerKeyInUse);
        let before = events().len();
        assert_ok!(set_key(2, 2));
        assert_eq!(events().len(), before, "the same key is no news");
        // What was sealed to it goes with it; then it may take another one, and is served anew.
        leave(2);
        assert_eq!(envelopes(2), []);
        assert_ok!(FatContracts::add_worker_to_cluster(
            signed(ALICE),
            1,
            worker(2)
        ));
        // Nobody seals to the old one before it has said another.
        assert_noop!(share(1, 2, 8), Error::<Test>::NoWorkerKey);
        assert_ok!(set_key(2, 3));
        assert_ok!(share(1, 2, 8));
        assert_eq!(envelopes(2), [(worker(1), 8)]);
    });
}

#[test]
fn a_worker_s_key_goes_with_its_admission() {
    staffed_chain().execute_with(|| {
        leave(2);
        assert_ok!(set_key(2, 2));
        assert_ok!(FatContracts::unregister_worker(root(), worker(2)));
        assert_eq!(WorkerKeys::<Test>::get(worker(2)), None);
    });
}

/// A first member that committed and never shares leaves no cluster without a key for ever.
#[test]
fn governance_clears_a_key_that_nobody_hands_over() {
    staffed_chain().execute_with(|| {
        let clear = |origin| FatContracts::clear_cluster_key(origin, 1);
        assert_noop!(clear(root()), Error::<Test>::NoClusterKey);
        for who in 1..=4 {
            assert_ok!(set_key(who, who));
        }
        assert_ok!(commit(1, 7));
        for to in 2..=4 {
            assert_ok!(share(1, to, to));
        }
        for not in [signed(ALICE), signed(worker(1))] {
            assert_noop!(clear(not), DispatchError::BadOrigin);
        }
        let nowhere = FatContracts::clear_cluster_key(root(), 9);
        assert_noop!(nowhere, Error::<Test>::NoClusterKey);
        // Who commits first may do the same again: its owner takes it out, here before.
        leave(1);
        assert_ok!(clear(root()));
        let event = Event::ClusterKeyCleared {
            cluster: 1,
            commitment: Hash::repeat_byte(7),
        };
        assert_eq!(last_event(), event);
        assert_eq!(ClusterKeys::<Test>::get(1), None);
        assert_eq!(SealedKeys::<Test>::iter().count(), 0);
        assert_noop!(clear(root()), Error::<Test>::NoClusterKey);
        // X25519 keys stay, and may be changed again; nothing is sealed before the next one commits.
        assert_ok!(set_key(3, 33));
        assert_noop!(share(2, 3, 1), Error::<Test>::NoClusterKey);
        assert_noop!(commit(3, 8), Error::<Test>::NotFirstMember);
        assert_ok!(commit(2, 8));
        assert_ok!(share(2, 3, 1));
        assert_eq!(envelopes(3), [(worker(2), 1)]);
        assert_eq!(ClusterKeys::<Test>::get(1), Some(Hash::repeat_byte(8)));
    });
}

/// What is another cluster's stays.
#[test]
fn a_key_is_cleared_in_one_cluster() {
    staffed_chain().execute_with(|| {
        assert_ok!(commit(1, 7));
        ClusterKeys::<Test>::insert(2, Hash::repeat_byte(2));
        assert_ok!(FatContracts::clear_cluster_key(root(), 1));
        assert_eq!(ClusterKeys::<Test>::get(2), Some(Hash::repeat_byte(2)));
        // There is no second cluster: its invariants would say so.
        ClusterKeys::<Test>::remove(2);
    });
}

#[test]
fn nothing_of_a_key_outlasts_its_cluster() {
    staffed_chain().execute_with(|| {
        for who in 1..=4 {
            assert_ok!(set_key(who, who));
        }
        assert_ok!(commit(1, 7));
        for to in 2..=4 {
            assert_ok!(share(1, to, to));
        }
        assert_ok!(FatContracts::cluster_destroy(root(), 1, None));
        // While people take out what is theirs, newcomers are told still.
        assert_ok!(share(2, 3, 9));
        for _ in 0..21 {
            next_block();
        }
        assert_ok!(FatContracts::cluster_destroy(root(), 1, Some(BOB)));
        assert_eq!(ClusterKeys::<Test>::iter().count(), 0);
        assert_eq!(SealedKeys::<Test>::iter().count(), 0);
        assert_eq!(WorkerKeys::<Test>::iter().count(), 0);
        assert_noop!(share(1, 2, 1), Error::<Test>::NotMember);
    });
}

/// The indices and the forms are what other clients have: never another meaning, nor another length.
#[test]
fn the_calls_have_their_bytes() {
    use parity_scale_codec::Encode;
    let set = Call::<Test>::set_worker_key { key: [9; 32] }.encode();
    assert_eq!(set, [vec![32], vec![9; 32]].concat());
    let commitment = Hash::repeat_byte(7);
    let commit = Call::<Test>::commit_cluster_key {
        cluster: 258,
        commitment,
    }
    .encode();
    assert_eq!(
        commit,
        [vec![33, 2, 1, 0, 0, 0, 0, 0, 0], vec![7; 32]].concat()
    );
    let (to, sealed) = (worker(2), [5; 80]);
    let share = Call::<Test>::share_cluster_key {
        cluster: 1,
        to,
        sealed,
    }
    .encode();
    let parts = [vec![34, 1, 0, 0, 0, 0, 0, 0, 0], vec![102; 32], vec![5; 80]];
    assert_eq!(share, parts.concat());
    let clear = Call::<Test>::clear_cluster_key { cluster: 258 }.encode();
    assert_eq!(clear, [35, 2, 1, 0, 0, 0, 0, 0, 0]);
}
