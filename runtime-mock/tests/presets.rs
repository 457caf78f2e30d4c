//! What chains of a node start with, and how their validators change.

use fat_contracts_primitives::{
    AccountId, ClusterMessage, EngineVersion, DEV_ACCOUNTS, DEV_ED25519_KEYS,
};
use frame_support::{
    assert_noop, assert_ok,
    dispatch::RawOrigin,
    genesis_builder_helper::get_preset,
    traits::{Get, OnFinalize, OnInitialize},
};
use pallet_fat_contracts::{GenesisArtefact, GenesisEngine};
use parity_scale_codec::Encode;
use runtime_mock::{
    account, bootstrap,
    runtime::{
        consensus::SlotDuration, presets, AllPalletsWithSystem, Balances, FatContracts, Grandpa,
        Runtime, RuntimeGenesisConfig, RuntimeOrigin, Session, System, Timestamp, Validators,
    },
    validators::{Error, SessionBlocks},
    RuntimeEvent, UNIT,
};
use serde_json::Value;
use sp_consensus_aura::{Slot, AURA_ENGINE_ID};
use sp_io::TestExternalities;
use sp_runtime::{BuildStorage, Digest, DigestItem};

/// A preset on top of the default, as whoever starts a chain reads it.
fn config(name: &str) -> RuntimeGenesisConfig {
    fn merge(into: &mut Value, more: Value) {
        match (into, more) {
            (Value::Object(into), Value::Object(more)) => {
                for (key, value) in more {
                    merge(into.entry(key).or_insert(Value::Null), value);
                }
            }
            (into, more) => *into = more,
        }
    }
    let default = get_preset::<RuntimeGenesisConfig>(&None, |_| None).expect("a default");
    let mut whole: Value = serde_json::from_slice(&default).expect("JSON");
    let patch = presets::get(&name.into()).expect("a preset");
    merge(&mut whole, serde_json::from_slice(&patch).expect("JSON"));
    serde_json::from_value(whole).expect("a genesis")
}

fn chain(config: &RuntimeGenesisConfig) -> TestExternalities {
    config.build_storage().expect("a state").into()
}

fn with_engine(name: &str) -> RuntimeGenesisConfig {
    let mut config = config(name);
    config.fat_contracts.engines = vec![engine("2.0", &[], 2)];
    config.fat_contracts.runtime_version = Some("2.0".into());
    config
}

fn engine(version: &str, upgrades_from: &[&str], hash: u8) -> GenesisEngine {
    GenesisEngine {
        version: version.into(),
        abi: 2,
        upgrades_from: upgrades_from.iter().map(|from| (*from).into()).collect(),
        artefacts: vec![GenesisArtefact {
            target: "x86_64-unknown-linux-gnu".into(),
            hash: [hash; 32].into(),
            size: 1,
        }],
    }
}

/// The next block, as a node makes it: its slot is in the header, its time is the first extrinsic.
fn block(then: impl FnOnce()) {
    let number = System::block_number() + 1;
    let slot = Slot::from(1_000 + u64::from(number));
    let said = DigestItem::PreRuntime(AURA_ENGINE_ID, slot.encode());
    System::reset_events();
    System::initialize(&number, &Default::default(), &Digest { logs: vec![said] });
    AllPalletsWithSystem::on_initialize(number);
    let now = *slot * SlotDuration::get();
    assert_ok!(Timestamp::set(RawOrigin::None.into(), now));
    then();
    AllPalletsWithSystem::on_finalize(number);
}

/// The authorities, for blocks and for votes, by their place among the development accounts.
fn authorities() -> (Vec<usize>, Vec<usize>) {
    let aura = pallet_aura::Authorities::<Runtime>::get();
    let blocks = aura.iter().map(|key| {
        let bytes: &[u8] = key.as_ref();
        DEV_ACCOUNTS
            .iter()
            .position(|(_, known)| known == bytes)
            .expect("a development account")
    });
    let votes = Grandpa::grandpa_authorities();
    let votes = votes.iter().map(|(key, _)| {
        let bytes: &[u8] = key.as_ref();
        DEV_ED25519_KEYS
            .iter()
            .position(|known| known == bytes)
            .expect("a development account")
    });
    (blocks.collect(), votes.collect())
}

fn validators(names: &[&str]) -> Vec<AccountId> {
    let known = names.iter().map(|name| account(name));
    known.map(|who| who.expect("a development name")).collect()
}

#[test]
fn presets_are_what_they_say() {
    for (name, slot_ms, count) in [(presets::DEVELOPMENT, 1_000, 1), (presets::LOCAL, 2_000, 2)] {
        chain(&config(name)).execute_with(|| {
            assert_eq!(SlotDuration::get(), slot_ms);
            let all: Vec<_> = (0..count).collect();
            assert_eq!(authorities(), (all.clone(), all));
            for (who, _) in DEV_ACCOUNTS {
                let who = account(who).expect("a development name");
                assert_eq!(Balances::free_balance(who), 10_000_000 * UNIT);
            }
            // Without engines there is no cluster to make, and nothing fails.
            block(|| ());
            assert!(FatContracts::cluster(1).is_none());
            assert!(System::read_events_no_consensus()
                .all(|it| !matches!(it.event, RuntimeEvent::Bootstrap(_))));
        });
    }
    assert_eq!(presets::get(&"main".into()), None);
}

#[test]
fn the_first_block_makes_the_cluster() {
    chain(&with_engine(presets::DEVELOPMENT)).execute_with(|| {
        block(|| ());
        let cluster = FatContracts::cluster(1).expect("a cluster");
        assert_eq!(Some(cluster.owner), account("//Alice"));
        assert_eq!(cluster.engine, EngineVersion::new(2, 0));
        let given = FatContracts::block_of(1, 1).expect("what the block gives");
        let brought = given.messages.iter().map(|(_, message)| match message {
            ClusterMessage::Setup { deposit, .. } => *deposit,
            ClusterMessage::Deposit { amount, .. } => *amount,
            other => panic!("{other:?}"),
        });
        assert_eq!(brought.collect::<Vec<_>>(), [1_000_000 * UNIT; 6]);
        // Once.
        block(|| ());
        assert_eq!(pallet_fat_contracts::ClusterCount::<Runtime>::get(), 1);
    });
}

/// A cluster that can't be made is told, and leaves nothing behind: the chain starts without.
#[test]
fn a_bootstrap_that_fails_changes_nothing() {
    let mut config = with_engine(presets::DEVELOPMENT);
    let first = config.bootstrap.cluster.as_mut().expect("a cluster");
    // The last of those who bring something hasn't got it.
    first.deposits.last_mut().expect("somebody").1 = 20_000_000 * UNIT;
    chain(&config).execute_with(|| {
        let owned = |name| Balances::free_balance(account(name).expect("a development name"));
        block(|| ());
        assert_eq!(FatContracts::cluster(1), None);
        assert_eq!(owned("//Alice"), 10_000_000 * UNIT);
        let told = System::read_events_no_consensus().any(|it| {
            let failed = bootstrap::Event::BootstrapFailed::<Runtime> {
                error: sp_runtime::TokenError::FundsUnavailable.into(),
            };
            it.event == RuntimeEvent::Bootstrap(failed)
        });
        assert!(told);
    });
}

fn refused(change: impl FnOnce(&mut RuntimeGenesisConfig)) -> String {
    let mut config = with_engine(presets::DEVELOPMENT);
    change(&mut config);
    let panicked = std::panic::catch_unwind(|| config.build_storage().map(drop))
        .expect_err("such a chain must not start");
    panicked
        .downcast_ref::<String>()
        .cloned()
        .expect("a message")
}

#[test]
fn a_genesis_with_wrong_engines_is_refused() {
    let text = refused(|config| config.fat_contracts.engines[0].version = "2".into());
    assert!(text.contains("an engine version is two numbers"), "{text}");
    let text = refused(|config| config.fat_contracts.runtime_version = Some("2.1".into()));
    assert!(text.contains("runtime version 2.1 can't be set"), "{text}");
    let text = refused(|config| {
        let twice = engine("2.0", &[], 3);
        config.fat_contracts.engines.push(twice);
    });
    assert!(text.contains("2.0 can't be registered"), "{text}");
    let text = refused(|config| config.fat_contracts.engines[0] = engine("2.0", &["2.0"], 2));
    assert!(text.contains("2.0 can't be registered"), "{text}");
}

/// Two blocks after governance named them they make blocks and vote, and the set has the next number.
#[test]
fn named_validators_are_at_work_two_blocks_later() {
    chain(&config(presets::DEVELOPMENT)).execute_with(|| {
        let set = pallet_grandpa::CurrentSetId::<Runtime>::get;
        block(|| {
            let named = validators(&["//Alice", "//Charlie"]);
            assert_ok!(Validators::set_validators(RuntimeOrigin::root(), named));
        });
        block(|| ());
        assert_eq!((authorities(), set()), ((vec![0], vec![0]), 0));
        block(|| ());
        assert_eq!((authorities(), set()), ((vec![0, 2], vec![0, 2]), 1));
        // No session ends after that, until its time has come.
        let session = Session::current_index();
        block(|| ());
        assert_eq!((Session::current_index(), session), (2, 2));
    });
}

/// The end of a session alone changes no set: nodes count sets by what changed.
#[test]
fn a_session_that_ends_by_itself_changes_no_set() {
    let mut config = config(presets::DEVELOPMENT);
    config.validators.session_blocks = 3;
    chain(&config).execute_with(|| {
        assert_eq!(SessionBlocks::<Runtime>::get(), 3);
        let mut ended = vec![];
        for _ in 0..7 {
            let before = Session::current_index();
            block(|| ());
            if Session::current_index() != before {
                ended.push(System::block_number());
            }
        }
        assert_eq!(ended, [3, 6]);
        assert_eq!(pallet_grandpa::CurrentSetId::<Runtime>::get(), 0);
        assert_eq!(authorities(), (vec![0], vec![0]));
    });
}

#[test]
fn wrong_validators_are_refused() {
    chain(&config(presets::DEVELOPMENT)).execute_with(|| {
        let set = |named| Validators::set_validators(RuntimeOrigin::root(), named);
        block(|| {
            assert_noop!(set(vec![]), Error::<Runtime>::NoValidators);
            let twice = validators(&["//Alice", "//Bob", "//Alice"]);
            assert_noop!(set(twice), Error::<Runtime>::DuplicateValidator);
            let nobody = vec![AccountId::new([9; 32])];
            assert_noop!(set(nobody), Error::<Runtime>::NoSessionKeys);
            let many = (0..33).map(|n| AccountId::new([n; 32])).collect();
            assert_noop!(set(many), Error::<Runtime>::TooManyValidators);
            let alice = RuntimeOrigin::signed(account("//Alice").expect("a development name"));
            assert_noop!(
                Validators::set_validators(alice, validators(&["//Bob"])),
                sp_runtime::DispatchError::BadOrigin
            );
        });
    });
}

/// A block whose time isn't in its slot isn't made: the chain in process keeps to it as well.
#[test]
#[should_panic(expected = "Timestamp slot must match")]
fn a_block_outside_its_slot_is_refused() {
    chain(&config(presets::DEVELOPMENT)).execute_with(|| {
        let said = DigestItem::PreRuntime(AURA_ENGINE_ID, Slot::from(7).encode());
        System::initialize(&1, &Default::default(), &Digest { logs: vec![said] });
        AllPalletsWithSystem::on_initialize(1);
        let _ = Timestamp::set(RawOrigin::None.into(), 8_000);
    });
}
