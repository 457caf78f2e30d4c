//! What a worker tells the chain about a block is what the chain takes: both sides together.

use crate::{
    cluster::{account, Cluster, GAS, ID},
    codes::SYSTEM,
    files::{built, V2_0},
};
use fat_contracts_primitives::{
    contract_address, AccountId, Artefact, Effect, EngineVersion, SYSTEM_SALT,
};
use pallet_fat_contracts::{Call, Event};
use parity_scale_codec::Encode;
use pink_capi::types::Outcome;
use runtime_mock::{runtime::Runtime, Extrinsic, RuntimeEvent};

/// A version that the chain records, and nobody has.
const V2_1: EngineVersion = EngineVersion::new(2, 1);

/// The system contract of the cluster.
fn system() -> AccountId {
    let code_hash = sp_crypto_hashing::blake2_256(SYSTEM).into();
    contract_address(&account(0), &code_hash, ID, SYSTEM_SALT)
}

/// The owner has the system contract ask for a version.
fn ask(to: EngineVersion) -> Extrinsic {
    // `System::upgrade_runtime`, by its selector.
    let mut input = 0x317f_6bf3_u32.to_be_bytes().to_vec();
    (to.major, to.minor).encode_to(&mut input);
    let call = Call::<Runtime>::call_contract {
        cluster: ID,
        contract: system(),
        input,
        value: 0,
        gas_limit: GAS,
        storage_deposit_limit: None,
        max_gas_price: None,
        max_ordering_fee: u128::MAX,
    };
    Extrinsic::signed(account(0), call)
}

/// A cluster on 2.0 with this many workers, and a newer version that the chain has recorded.
fn with_a_newer_version(workers: usize) -> Cluster {
    let mut cluster = Cluster::new(vec![built(V2_0)], workers);
    let artefact = Artefact {
        target: "x86_64-unknown-linux-gnu".into(),
        hash: [0x21; 32].into(),
        size: 1,
    };
    cluster.block(vec![Extrinsic::governance(Call::register_engine {
        version: V2_1,
        abi: 2,
        upgrades_from: vec![V2_0],
        artefacts: vec![artefact],
    })]);
    cluster
}

/// The owner asks twice in one block: the first request is told, the chain takes it from every
/// worker, and the history goes on.
#[test]
fn of_two_requests_in_a_block_the_first_is_told() {
    let mut cluster = with_a_newer_version(4);
    cluster.block(vec![ask(V2_1), ask(V2_1)]);
    let second = cluster.last_seq();
    let asked = cluster.block_of(second);
    cluster.all_run();
    let first = second - 1;
    for node in &cluster.nodes {
        let used = [first, second].map(|seq| {
            let receipt = node.receipt(seq).receipt;
            assert_eq!(receipt.outcome, Outcome::Success);
            assert_eq!(receipt.effects.len(), 1, "each asks: {receipt:?}");
            receipt.gas_consumed.ref_time
        });
        assert!(used[0] > 0);
        assert_eq!(used[0], used[1], "the second costs what the first does");
        let record = node.worker.record(asked).expect("memory");
        let told = record.expect("executed").effects;
        let request = Effect::UpgradeRequested {
            seq: first,
            to: V2_1,
        };
        assert_eq!(told, [request]);
    }
    // The acknowledgement of every worker is taken, or this fails.
    let before = cluster.chain.head().number;
    cluster.all_acknowledge();
    assert!(cluster.chain.head().number > before);
    let record = cluster.record();
    assert_eq!((record.engine, record.diverged), (V2_0, None));
    cluster.money_is_right();
}

/// The request reaches the chain's own rules: nobody has the file, so it says why it does nothing.
#[test]
fn the_chain_answers_the_request_that_was_told() {
    let mut cluster = with_a_newer_version(3);
    cluster.block(vec![ask(V2_1), ask(V2_1)]);
    cluster.block(Vec::new());
    cluster.all_run();
    let chain = &cluster.chain;
    let said = cluster.nodes.iter();
    let said = said.filter_map(|node| crate::cluster::acknowledgement(node, chain));
    let said: Vec<_> = said.collect();
    let block = cluster.block(said);
    let events = block.applied.iter().flat_map(|applied| &applied.events);
    let rejected = events.filter(|event| {
        matches!(event, RuntimeEvent::FatContracts(Event::UpgradeRequestRejected { to, .. }) if *to == V2_1)
    });
    assert_eq!(rejected.count(), 1, "one request was told");
}
