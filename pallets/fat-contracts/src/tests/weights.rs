//! Each call is weighed by what it does itself.

use super::mock::*;
use crate::weights::WeightInfo;
use frame_support::{
    dispatch::GetDispatchInfo, traits::GetCallName, weights::Weight as ChainWeight,
};
use std::collections::BTreeSet;

type Weights = <Test as Config>::WeightInfo;

/// The word behind each `before` of a source.
fn words(source: &str, before: &str) -> BTreeSet<String> {
    let name = |rest: &str| -> String {
        rest.chars()
            .take_while(|it| it.is_ascii_alphanumeric() || *it == '_')
            .collect()
    };
    source.split(before).skip(1).map(name).collect()
}

/// Every call of the metadata has a benchmark of its own, a function of the weights' trait, and is
/// declared with that function and no other.
#[test]
fn every_call_has_a_weight_of_its_own() {
    let calls: BTreeSet<String> = Call::<Test>::get_call_names()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert!(calls.len() > 30, "{calls:?}");

    let source = include_str!("../benchmarking.rs");
    let benchmarks: BTreeSet<String> = source
        .split("#[benchmark]")
        .skip(1)
        .filter(|benchmark| benchmark.contains("#[extrinsic_call]"))
        .flat_map(|benchmark| {
            words(benchmark, "fn ")
                .into_iter()
                .take(1)
                .collect::<Vec<_>>()
        })
        .collect();
    let source = include_str!("../weights/mod.rs");
    let (source, _) = source.split_once("struct Measured").expect("the trait");
    let functions = words(source, "    fn ");

    let source = include_str!("../calls.rs");
    for declared in source.split("#[pallet::call_index").skip(1) {
        let (weight, rest) = declared.split_once("pub fn ").expect("a call");
        let name: String = rest.chars().take_while(|it| *it != '(').collect();
        let used = words(weight, "WeightInfo::");
        assert_eq!(used, BTreeSet::from([name]), "{weight}");
    }
    let missing =
        |from: &BTreeSet<String>| -> Vec<String> { calls.difference(from).cloned().collect() };
    assert_eq!(
        missing(&benchmarks),
        Vec::<String>::new(),
        "without a benchmark"
    );
    assert_eq!(
        missing(&functions),
        Vec::<String>::new(),
        "without a weight"
    );
}

/// The benchmarks' names, as a chain that measures them sees them.
#[cfg(feature = "runtime-benchmarks")]
#[test]
fn every_call_is_measured() {
    use frame_benchmarking::Benchmarking;
    let names: BTreeSet<String> = FatContracts::benchmarks(true)
        .iter()
        .map(|it| String::from_utf8_lossy(&it.name).into_owned())
        .collect();
    for call in Call::<Test>::get_call_names() {
        assert!(names.contains(*call), "{call}");
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
        let slope = Weights::acknowledge(1, 3, 0, 0, 0) - Weights::acknowledge(1, 0, 0, 0, 0);
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
