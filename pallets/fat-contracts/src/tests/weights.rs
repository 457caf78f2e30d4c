//! Each call is weighed by what it does itself.

use super::mock::*;
use crate::{weighing::acknowledged, weights::WeightInfo};
use frame_support::{
    dispatch::GetDispatchInfo,
    traits::{GetCallIndex, GetCallName},
    weights::Weight as ChainWeight,
};
use parity_scale_codec::Decode;
use std::collections::{BTreeMap, BTreeSet};

type Weights = <Test as Config>::WeightInfo;

/// No call borrows the weight of another: their smallest forms differ in weight. (`replace_engine`
/// and `remove_code` were once weighed as others.)
#[test]
fn every_call_has_a_weight_of_its_own() {
    let names = Call::<Test>::get_call_names();
    let indices = Call::<Test>::get_call_indices();
    assert!(names.len() > 30, "{names:?}");
    let mut weighed: BTreeMap<(u64, u64), &str> = BTreeMap::new();
    for (name, index) in names.iter().zip(indices) {
        // Every argument is the one that encodes as zeros: nothing, 0, the first of its kind.
        let bytes = [&[*index][..], &[0; 1024]].concat();
        let call = Call::<Test>::decode(&mut &bytes[..]).expect("arguments of zeros");
        let weight = call.get_dispatch_info().call_weight;
        assert!(weight.ref_time() > 0, "{name} weighs nothing");
        let other = weighed.insert((weight.ref_time(), weight.proof_size()), name);
        assert_eq!(other, None, "weighed as {name}");
    }
}

/// Every call of the metadata has a benchmark of its name, and a weight; what else is benchmarked is what
/// calls and blocks add up from. (By the sources: with the benchmarks compiled in, FRAME is another one.)
#[test]
fn every_call_has_a_benchmark_of_its_own() {
    let source = include_str!("../benchmarking.rs");
    let marked: Vec<_> = source
        .split("#[benchmark")
        .skip(1)
        .filter(|behind| behind.starts_with([']', '(']))
        .map(|behind| name(behind.split("\n    fn ").nth(1).expect("a function")))
        .collect();
    let benchmarks: BTreeSet<_> = marked.iter().copied().collect();
    assert_eq!(benchmarks.len(), marked.len());
    let calls = Call::<Test>::get_call_names().iter().copied();
    let parts = [
        "acknowledge_effects",
        "confirm",
        "on_initialize",
        "on_finalize",
    ];
    let expected: BTreeSet<&str> = calls.chain(parts).collect();
    assert_eq!(benchmarks, expected);
    let weighed = include_str!("../weights.rs");
    let (_, weighed) = weighed.split_once("pub trait WeightInfo {").expect("it");
    let (weighed, _) = weighed.split_once('}').expect("its end");
    let weighed: BTreeSet<_> = weighed.split("fn ").skip(1).map(name).collect();
    assert_eq!(weighed, expected);
}

fn name(function: &str) -> &str {
    function.split('(').next().expect("a name")
}

/// The writes to the database that a weight counts, as many as it takes once and as many for each.
fn counted_writes(call: &str) -> [u64; 2] {
    let source = include_str!("../weights.rs");
    let (_, body) = source
        .split_once("for SubstrateWeight<T> {")
        .expect("the weights");
    let (_, body) = body.split_once(&format!("fn {call}(")).expect("its weight");
    let (body, _) = body.split_once("\n\t}\n").expect("its end");
    let mut counted = [0, 0];
    for writes in body.split("writes(").skip(1) {
        let digits: String = writes
            .chars()
            .skip_while(|it| *it == '(')
            .take_while(char::is_ascii_digit)
            .collect();
        let digits: u64 = digits.parse().expect("a number");
        counted[usize::from(writes.starts_with('('))] += digits;
    }
    counted
}

/// How many keys something changes, but for what FRAME counts itself at each extrinsic.
fn changes(chain: &mut Chain, what: impl FnOnce()) -> u64 {
    let of_frame = ["Number", "ExecutionPhase", "EventCount", "Events"];
    let of_frame =
        of_frame.map(|it| frame_support::storage::storage_prefix(b"System", it.as_bytes()));
    chain.commit();
    chain.execute_with(what);
    let changed = chain.changed();
    // What begins with a colon is the machine's, as the depth of transactions.
    let counted =
        |key: &&Vec<u8>| !key.starts_with(b":") && !of_frame.iter().any(|it| key[..] == it[..]);
    changed.iter().filter(counted).count() as u64
}

/// With everything there that they remove, a worker's key and what was sealed to it too.
#[test]
fn what_is_removed_with_a_worker_is_weighed() {
    let key = |number| {
        let from = signed(worker(number));
        assert_ok!(FatContracts::set_worker_key(from, [number; 32]));
    };
    let mut chain = staffed_chain();
    chain.execute_with(|| {
        admit(9);
        key(9);
        (1..=4).for_each(key);
        let commitment = Hash::repeat_byte(1);
        assert_ok!(FatContracts::commit_cluster_key(
            signed(worker(1)),
            1,
            commitment
        ));
        for to in 1..=4 {
            for from in 1..=4 {
                let (from, to) = (signed(worker(from)), worker(to));
                assert_ok!(FatContracts::share_cluster_key(from, 1, to, [7; 80]));
            }
        }
    });
    let found = changes(&mut chain, || {
        assert_ok!(FatContracts::unregister_worker(root(), worker(9)));
    });
    assert_eq!([found, 0], counted_writes("unregister_worker"));
    let found = changes(&mut chain, || {
        let removed = FatContracts::remove_worker_from_cluster(root(), 1, worker(3));
        assert_ok!(removed);
    });
    assert_eq!([found, 0], counted_writes("remove_worker_from_cluster"));

    chain.execute_with(|| {
        assert_ok!(FatContracts::cluster_destroy(root(), 1, None));
        advance_to(FatContracts::now() + 20);
    });
    let found = changes(&mut chain, || {
        assert_ok!(FatContracts::cluster_destroy(root(), 1, Some(BOB)));
    });
    let [once, each] = counted_writes("cluster_destroy");
    assert_eq!(found, once + 3 * each);
}

/// What a chain has that names no weights of its own is the same, with the database of FRAME's default.
#[test]
fn the_weights_for_no_chain_are_the_same() {
    macro_rules! all {
        ($($weight:ident($($of:literal)?);)+) => {
            [$((stringify!($weight), <() as WeightInfo>::$weight($($of)?), Weights::$weight($($of)?))),+]
        };
    }
    let all = all! {
        register_engine(7);
        replace_engine(7);
        set_engine_status();
        set_pink_runtime_version();
        set_pink_system_code(7);
        add_cluster(7);
        cluster_upload_resource(7);
        instantiate_contract(7);
        call_contract(7);
        transfer_to_cluster();
        withdraw_from_cluster();
        upgrade_runtime(7);
        cancel_upgrade();
        register_worker();
        unregister_worker();
        serve_owner();
        announce_engines();
        add_worker_to_cluster();
        remove_worker_from_cluster();
        acknowledge(7);
        acknowledge_effects(7);
        confirm(7);
        resolve_divergence();
        resolve_in_favour();
        set_worker_key();
        commit_cluster_key();
        share_cluster_key();
        clear_cluster_key();
        report_parked();
        amend();
        update_prices();
        claim_withdrawal();
        claim_surcharge();
        remove_code();
        activate_code();
        set_engine_mode();
        update_schedule(7);
        cluster_destroy(7);
        set_price_bounds();
        prune(7);
        on_initialize(7);
        on_finalize(7);
    };
    let source = include_str!("../weights.rs");
    let (_, weighed) = source.split_once("pub trait WeightInfo {").expect("it");
    let (weighed, _) = weighed.split_once('}').expect("its end");
    assert_eq!(all.len(), weighed.matches("fn ").count());
    for (name, default, ours) in all {
        assert!(default.ref_time() > 0 && ours.ref_time() > 0, "{name}");
        assert_eq!(default.proof_size(), ours.proof_size(), "{name}");
    }
}

/// Three effects or none weighed the same: what is told is read, checked and kept.
#[test]
fn an_acknowledgement_is_weighed_by_its_effects() {
    staffed_chain().execute_with(|| {
        for _ in 0..3 {
            let (from, to) = (signed(ALICE), BOB);
            assert_ok!(FatContracts::withdraw_from_cluster(
                from, 1, to, ED, None, MOST
            ));
        }
        next_block();
        for number in [1, 2] {
            assert_ok!(ack(number, 7));
        }
        let weigh = |number: u8, effects: Vec<Effect>| -> (ChainWeight, ChainWeight) {
            let told = vec![checkpoint(number, 7, effects)];
            let call = Call::<Test>::acknowledge {
                cluster: 1,
                checkpoints: told.clone(),
            };
            let before = call.get_dispatch_info().total_weight();
            let done = FatContracts::acknowledge(signed(worker(number)), 1, told);
            (
                before,
                done.expect("taken").actual_weight.expect("a weight"),
            )
        };
        let effects: Vec<_> = (1..=3)
            .map(|seq| Effect::Withdrawn {
                seq,
                outcome: WithdrawOutcome::Refused,
            })
            .collect();
        let (none_before, none) = weigh(1, vec![]);
        let (three_before, three) = weigh(2, effects);
        let slope = acknowledged::<Test>(1, 3, 0, 0, 0) - acknowledged::<Test>(1, 0, 0, 0, 0);
        assert!(slope.ref_time() > 0 && slope.proof_size() > 0);
        assert_eq!(three - none, slope);
        assert_eq!(three_before - none_before, slope);
        assert!(none.all_lte(none_before) && three.all_lte(three_before));
    });
}

/// A call that queues a message pays for the end of its block.
#[test]
fn the_end_of_a_block_is_paid_by_what_it_had() {
    let end = Weights::on_finalize(1) - Weights::on_finalize(0);
    assert!(end.ref_time() > 0);
    let call = Call::<Test>::call_contract {
        cluster: 1,
        contract: CONTRACT,
        input: vec![0; 5],
        value: 0,
        gas_limit: GAS,
        storage_deposit_limit: None,
        max_gas_price: None,
        max_ordering_fee: 0,
    };
    let weight = call.get_dispatch_info().total_weight();
    assert_eq!(weight, Weights::call_contract(5) + end);
}

/// An instantiation is weighed by all the bytes that it brings: code or its hash, input, salt.
#[test]
fn an_instantiation_is_weighed_by_what_it_brings() {
    let weight = |code, input, salt| {
        let call = Call::<Test>::instantiate_contract {
            cluster: 1,
            code,
            input: vec![0; input],
            salt: vec![0; salt],
            value: 0,
            gas_limit: GAS,
            storage_deposit_limit: None,
            max_gas_price: None,
            max_ordering_fee: 0,
        };
        call.get_dispatch_info().call_weight
    };
    let end = Weights::on_finalize(1) - Weights::on_finalize(0);
    let of = |bytes| Weights::instantiate_contract(bytes) + end;
    assert!(of(1) != of(2));
    assert_eq!(weight(CodeSource::Code(vec![0; 1_000]), 20, 4), of(1_024));
    assert_eq!(weight(CodeSource::Hash(Hash::zero()), 7, 3), of(32 + 10));
}
