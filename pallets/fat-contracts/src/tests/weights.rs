//! Each call is weighed by what it does itself.

use super::mock::*;
use crate::{weighing::acknowledged, weights::WeightInfo};
use frame_support::{
    dispatch::GetDispatchInfo,
    traits::{GetCallIndex, GetCallName},
    weights::Weight as ChainWeight,
};
use parity_scale_codec::Decode;
use std::collections::BTreeMap;

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
        let other = weighed.insert((weight.ref_time(), weight.proof_size()), name);
        assert_eq!(other, None, "weighed as {name}");
    }
}

/// Every call of the metadata has a benchmark of its name; what else is benchmarked is what calls
/// and blocks add up from.
#[cfg(feature = "runtime-benchmarks")]
#[test]
fn every_call_has_a_benchmark_of_its_own() {
    use frame_benchmarking::Benchmarking;
    use std::collections::BTreeSet;
    let benchmarks: BTreeSet<String> = FatContracts::benchmarks(true)
        .iter()
        .map(|it| String::from_utf8_lossy(&it.name).into_owned())
        .collect();
    let calls = Call::<Test>::get_call_names().iter().copied();
    let parts = [
        "acknowledge_effects",
        "confirm",
        "on_initialize",
        "on_finalize",
    ];
    let expected: BTreeSet<String> = calls.chain(parts).map(String::from).collect();
    assert_eq!(benchmarks, expected);
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
