//! The chain in process: order, time, persistence, governance.

use fat_contracts_primitives::{
    contract_address, fold_input, fold_message, AccountId, Artefact, ClusterMessage, CodeHash,
    CodeSource, EngineVersion, Hash, Permission, Weight,
};
use pallet_fat_contracts::{Call, Error, Event};
use runtime_mock::{
    account, runtime::FatContracts, runtime::Runtime, Block, ChainError, Extrinsic, Genesis,
    MockChain, RuntimeEvent, UNIT,
};
use sp_runtime::DispatchError;
use std::collections::BTreeMap;

const V1: EngineVersion = EngineVersion::new(1, 0);
const GAS: Weight = Weight {
    ref_time: 1_000_000_000,
    proof_size: 65_536,
};

fn who(name: &str) -> AccountId {
    account(name).expect("a development account")
}

fn register(version: EngineVersion) -> Extrinsic {
    let artefact = Artefact {
        target: "x86_64-unknown-linux-gnu".into(),
        hash: Hash::repeat_byte(version.major as u8 * 16 + version.minor as u8),
        size: 1_000,
    };
    Extrinsic::governance(Call::register_engine {
        version,
        abi: 1,
        upgrades_from: vec![],
        artefacts: vec![artefact],
    })
}

fn add_cluster() -> Extrinsic {
    Extrinsic::signed(
        who("//Alice"),
        Call::add_cluster {
            engine: V1,
            owner: who("//Alice"),
            permission: Permission::Public,
            workers: vec![],
            deposit: 100 * UNIT,
            gas_price: 1,
            deposit_per_item: 2,
            deposit_per_byte: 3,
            treasury_account: AccountId::new([9; 32]),
            existential_deposit: 1_000,
            engine_config: vec![],
        },
    )
}

fn call() -> Extrinsic {
    Extrinsic::signed(
        who("//Bob"),
        Call::call_contract {
            cluster: 1,
            contract: AccountId::new([5; 32]),
            input: vec![1, 2, 3],
            value: 0,
            gas_limit: GAS,
            storage_deposit_limit: None,
            max_gas_price: None,
            max_ordering_fee: u128::MAX,
        },
    )
}

/// A chain with cluster 1, at block 1.
fn chain() -> (MockChain, Block) {
    let mut chain = Genesis::development().build().expect("a genesis");
    let set = Extrinsic::governance(Call::set_pink_runtime_version { version: V1 });
    let block = chain
        .build_block(6_000, vec![register(V1), set, add_cluster()])
        .expect("a block");
    for applied in &block.applied {
        applied.result.as_ref().expect("an extrinsic that succeeds");
    }
    (chain, block)
}

#[test]
fn a_block_gives_the_engine_its_messages_in_order() {
    let (mut chain, first) = chain();
    let setup = &first.clusters[0];
    assert_eq!((setup.cluster, setup.number, setup.now_ms), (1, 1, 6_000));
    assert!(matches!(
        setup.messages[0],
        (0, ClusterMessage::Setup { engine: V1, .. })
    ));
    assert_eq!(setup.engines[0].0, V1);

    let code_hash = CodeHash::repeat_byte(7);
    let instantiate = Extrinsic::signed(
        who("//Bob"),
        Call::instantiate_contract {
            cluster: 1,
            code: CodeSource::Hash(code_hash),
            input: vec![4],
            salt: vec![5],
            value: 6,
            gas_limit: GAS,
            storage_deposit_limit: None,
            max_gas_price: Some(8),
            max_ordering_fee: u128::MAX,
        },
    );
    let block = chain
        .build_block(12_000, vec![instantiate, call()])
        .expect("a block");
    let address = contract_address(&who("//Bob"), &code_hash, 1, &[5]);
    let foretold = block.applied[0].events.iter().any(|event| {
        matches!(event, RuntimeEvent::FatContracts(Event::InstantiationQueued { seq: 1, address: told, .. })
            if *told == address)
    });
    assert!(foretold, "{:?}", block.applied[0].events);

    let given = &block.clusters[0];
    let seqs: Vec<_> = given.messages.iter().map(|(seq, _)| *seq).collect();
    assert_eq!(seqs, [1, 2]);
    let mut hash = setup.message_hash;
    let folded = fold_message(&Hash::zero(), 1, 1, 0, &setup.messages[0].1);
    assert_eq!(hash, fold_input(&folded, &setup.block_input()));
    for (seq, message) in &given.messages {
        hash = fold_message(&hash, 1, 2, *seq, message);
    }
    hash = fold_input(&hash, &given.block_input());
    assert_eq!(given.message_hash, hash);

    let empty = chain.build_block(18_000, vec![]).expect("a block");
    assert_eq!(empty.clusters[0].messages, vec![]);
    assert_eq!(empty.clusters[0].message_hash, hash);
    assert_ne!(empty.clusters[0].entropy, given.entropy);
}

#[test]
fn a_motion_gives_the_result_of_its_call() {
    let (mut chain, _) = chain();
    let block = chain
        .build_block(12_000, vec![register(V1), call()])
        .expect("a block");
    assert_eq!(
        block.applied[0].result.map_err(|error| error.error),
        Err(Error::<Runtime>::EngineExists.into())
    );
    // The next extrinsic isn't touched by it, and its events are its own.
    assert!(block.applied[1].result.is_ok());
    assert!(block.applied[1]
        .events
        .iter()
        .any(|event| matches!(event, RuntimeEvent::FatContracts(Event::CallQueued { .. }))));
    assert!(!block.applied[0]
        .events
        .iter()
        .any(|event| matches!(event, RuntimeEvent::FatContracts(_))));
}

#[test]
fn a_stranger_is_not_the_council() {
    let (mut chain, _) = chain();
    let mut register = register(EngineVersion::new(1, 1));
    register.origin = runtime_mock::Origin::Signed(who("//Alice"));
    let block = chain.build_block(12_000, vec![register]).expect("a block");
    assert_eq!(
        block.applied[0].result.map_err(|error| error.error),
        Err(DispatchError::BadOrigin)
    );
}

#[test]
fn time_goes_on() {
    let (mut chain, _) = chain();
    let before = chain.export();
    let last_ms = 6_000;
    for next_ms in [0, 5_999, 6_000] {
        assert_eq!(
            chain.build_block(next_ms, vec![]).err(),
            Some(ChainError::Time { last_ms, next_ms })
        );
    }
    assert_eq!(chain.export(), before);
    assert!(chain.build_block(6_001, vec![]).is_ok());
}

/// A caller keeps the changes of each block and nothing else.
#[test]
fn the_changes_of_all_blocks_are_the_chain() {
    let (mut live, _) = chain();
    let mut kept: BTreeMap<_, _> = live.export().into_iter().collect();
    for height in 2..20u64 {
        let extrinsics = if height % 3 == 0 {
            vec![call()]
        } else {
            vec![]
        };
        let block = live
            .build_block(height * 6_000, extrinsics)
            .expect("a block");
        for (key, value) in block.changes {
            match value {
                Some(value) => kept.insert(key, value),
                None => kept.remove(&key),
            };
        }
    }
    let mut again = MockChain::import(kept).expect("a chain");
    assert_eq!(again.export(), live.export());
    assert_eq!(again.head(), live.head());
    let (one, other) = (
        live.build_block(120_000, vec![call()]).expect("a block"),
        again.build_block(120_000, vec![call()]).expect("a block"),
    );
    assert_eq!(one.head, other.head);
    assert_eq!(one.clusters, other.clusters);
}

#[test]
fn what_is_no_chain_is_not_imported() {
    assert!(matches!(
        MockChain::import(vec![]),
        Err(ChainError::NoChain(_))
    ));
    let (chain, _) = chain();
    let mut cut: Vec<_> = chain.export();
    cut.retain(|(key, _)| key.starts_with(b":"));
    assert!(matches!(
        MockChain::import(cut),
        Err(ChainError::NoChain(_))
    ));
}

/// The journal of an empty block is small, and ten thousand of them take seconds.
#[test]
fn empty_blocks_are_cheap() {
    let (mut chain, _) = chain();
    let start = std::time::Instant::now();
    let mut bytes = 0;
    for height in 2..10_002u64 {
        let block = chain.build_block(height * 6_000, vec![]).expect("a block");
        bytes += block
            .changes
            .iter()
            .map(|(key, value)| key.len() + value.as_ref().map_or(0, Vec::len))
            .sum::<usize>();
    }
    eprintln!("{:?}, {} bytes a block", start.elapsed(), bytes / 10_000);
    assert!(bytes / 10_000 < 2_000, "{} bytes a block", bytes / 10_000);
    assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
}

#[test]
fn views_are_of_the_last_block() {
    let (chain, _) = chain();
    let record = chain.query(|| FatContracts::cluster(1)).expect("a cluster");
    assert_eq!(record.owner, who("//Alice"));
    assert_eq!(record.engine, V1);
    assert_eq!(record.prices.deposit_per_byte, 3);
    assert_eq!(chain.query(|| FatContracts::cluster(2)), None);
    assert_eq!(
        chain.balance(&FatContracts::escrow_account(1)),
        100 * UNIT + runtime_mock::EXISTENTIAL_DEPOSIT
    );
}

/// A block's entropy is made of the hash by which the block before it is known, also after an export; and a chain that
/// begins with another one's genesis has its blocks as that one's.
#[test]
fn a_chain_follows_another_ones_hashes() {
    let (mut chain, _) = chain();
    let mut pairs = chain.export();
    pairs.retain(|(key, _)| key != b":head");
    let begun = MockChain::with_genesis(pairs, Hash::repeat_byte(7));
    assert_eq!(begun.head().hash, Hash::repeat_byte(7));
    let entropy = |chain: &MockChain| {
        let now_ms = chain.head().now_ms + 6_000;
        let made = chain.clone().build_block(now_ms, vec![]).expect("a block");
        assert_eq!(made.parent, chain.head().hash);
        made.clusters[0].entropy
    };
    let own = entropy(&chain);
    let hash = Hash::repeat_byte(9);
    chain.set_head_hash(hash);
    assert_ne!(entropy(&chain), own);
    // The protocol's, of this chain's randomness, which is drawn for a subject of no bytes.
    let drawn = sp_crypto_hashing::blake2_256(&[hash.as_ref(), &[0][..]].concat());
    let expected = sp_crypto_hashing::blake2_256(&[&drawn[..], hash.as_ref()].concat());
    assert_eq!(entropy(&chain), expected.into());
    let again = MockChain::import(chain.export()).expect("a chain");
    assert_eq!(entropy(&again), expected.into());
}
