//! A cluster's beginning and end, and the messages that are the owner's or governance's.

use crate::{
    fixtures,
    harness::{
        call, deploy, rejected, test_config, test_setup, Harness, Succeed, ALICE, BOB, OWNER,
        TREASURY,
    },
    tested::Tested,
};
use parity_scale_codec::Encode;
use pink_engine_rent::{Release, RentConfig, Rules, V1_0, V1_1};
use pink_engine_sdk::{
    types::{
        Block, ClusterView, Deposit, Destroy, Determinism, Effect, Env, Event, Message, Mode,
        Outcome, Receipt, UpdatePrices, Upgrade, Upload, Version, Withdraw,
    },
    Changes, Fault, MemoryHost, VERSION_KEY,
};

#[test]
fn setup() {
    let mut setup = test_setup(&test_config());
    setup.deposit = 777;
    let harness = Harness::<V1_0>::with(setup.clone());
    assert_eq!(harness.free(&OWNER), 777);
    assert_eq!(harness.free(&TREASURY), 0);
    assert!(harness
        .state()
        .contains_key(&[b"account/", &TREASURY[..]].concat()));
    assert_eq!(
        harness.get::<Version>(VERSION_KEY),
        Some(Version::new(1, 0))
    );
    assert_eq!(harness.get::<RentConfig>(b"config"), Some(test_config()));
    assert_eq!(
        harness.cluster_view(),
        Some(ClusterView {
            version: Version::new(1, 0),
            cluster: [0; 32],
            owner: OWNER,
            treasury: TREASURY,
            gas_price: 0,
            deposit_per_item: 10_000,
            deposit_per_byte: 10_000,
            existential_deposit: 50,
            system_contract: None,
        })
    );
    let mut harness = harness;
    let again = harness.execute(Message::Setup(setup));
    assert_eq!(rejected(&again).error, "AlreadySetUp");
}

#[test]
fn an_owner_below_the_existential_deposit_gives_to_the_treasury() {
    let mut setup = test_setup(&test_config());
    setup.deposit = 49;
    let harness = Harness::<V1_0>::with(setup);
    assert_eq!((harness.free(&OWNER), harness.free(&TREASURY)), (0, 49));
}

#[test]
fn configurations() {
    assert_eq!(RentConfig::from_bytes(&[]), Ok(RentConfig::DEVELOPMENT));
    let encoded = test_config().encode();
    assert_eq!(RentConfig::from_bytes(&encoded), Ok(test_config()));
    assert!(RentConfig::from_bytes(&encoded[1..]).is_err());
    assert!(RentConfig::from_bytes(&[&encoded[..], &[0]].concat()).is_err());
    for (name, change) in [
        (
            "rent_fraction",
            (|config| config.rent_fraction = 1_000_000_001) as fn(&mut RentConfig),
        ),
        ("deletion_queue_depth", |config| {
            config.deletion_queue_depth = 2_049
        }),
        ("max_depth", |config| config.max_depth = 101),
        ("max_value_size", |config| config.max_value_size = 16_385),
        ("max_code_size", |config| {
            config.max_code_size = (1 << 20) + 1
        }),
        ("deletion_weight_limit", |config| {
            config.deletion_weight_limit = 2_000_000_000_001
        }),
    ] {
        let mut config = test_config();
        change(&mut config);
        let reason = RentConfig::from_bytes(&config.encode()).unwrap_err();
        assert!(reason.starts_with(name), "{reason}");
    }
    // Each at its upper edge, and all of them together.
    let largest = RentConfig {
        rent_fraction: 1_000_000_000,
        deletion_queue_depth: 2_048,
        deletion_weight_limit: 2_000_000_000_000,
        max_depth: 100,
        max_value_size: 16_384,
        max_code_size: 1 << 20,
        ..test_config()
    };
    assert_eq!(
        RentConfig::from_bytes(&largest.encode()),
        Ok(largest.clone())
    );
    // With them a block's end deletes less than what a worker keeps to go back, a gigabyte:
    // 102,295,000 ps an item, of a key of 72 bytes and a value.
    let items = largest.deletion_weight_limit / 102_295_000;
    let deleted = items * (72 + u64::from(largest.max_value_size));
    assert_eq!((items, deleted), (19_551, 321_731_256));
    assert!(deleted < 1 << 30);
    let host = MemoryHost::default();
    let mut setup = test_setup(&test_config());
    setup.engine_config = vec![1];
    let (receipt, changes) = Tested::<V1_0>::new()
        .execute(&host, &env(), &Message::Setup(setup))
        .unwrap();
    assert_eq!(rejected(&receipt).error, "InvalidConfig");
    assert!(changes.is_empty());
}

fn env() -> Env {
    Env {
        mode: Mode::Transaction,
        block: Block {
            number: 1,
            now_ms: 0,
            entropy: [0; 32],
            upgrade_targets: vec![],
            system_code: None,
        },
        seq: 0,
    }
}

#[test]
fn money_in_and_out() {
    let mut harness = Harness::<V1_0>::new();
    harness.fund(ALICE, 1_000);
    // A deposit never fails, however small.
    let receipt = harness.fund(BOB, 49);
    assert_eq!(receipt.outcome, Outcome::Success);
    assert_eq!((harness.free(&BOB), harness.free(&TREASURY)), (0, 49));
    assert_eq!(
        receipt.events,
        [
            Event::DustLost {
                account: BOB,
                amount: 49
            },
            Event::Deposited {
                account: BOB,
                amount: 49
            },
        ]
    );
    let withdraw = |harness: &mut Harness<V1_0>, amount| {
        harness.execute(Message::Withdraw(Withdraw {
            from: ALICE,
            amount,
            max_gas_price: 0,
        }))
    };
    let receipt = withdraw(&mut harness, 1_001);
    assert_eq!(rejected(&receipt).error, "InsufficientBalance");
    assert_eq!(receipt.effects, [Effect::Withdrawn { debited: false }]);
    let receipt = withdraw(&mut harness, 900);
    assert_eq!(receipt.effects, [Effect::Withdrawn { debited: true }]);
    assert_eq!(
        receipt.events,
        [Event::Withdrawn {
            account: ALICE,
            amount: 900
        }]
    );
    assert_eq!(receipt.gas_consumed.ref_time, 0);
    // What is left falls below the existential deposit.
    let receipt = withdraw(&mut harness, 60);
    assert_eq!(
        receipt.events,
        [
            Event::DustLost {
                account: ALICE,
                amount: 40
            },
            Event::KilledAccount { account: ALICE },
            Event::Withdrawn {
                account: ALICE,
                amount: 60
            },
        ]
    );
    assert_eq!(harness.free(&TREASURY), 89);
    assert_eq!(harness.total_issuance(), 89);
}

#[test]
fn update_prices() {
    let mut harness = Harness::<V1_0>::new();
    let receipt = harness.execute(Message::UpdatePrices(UpdatePrices {
        gas_price: 4,
        deposit_per_item: 5,
        deposit_per_byte: 6,
    }));
    assert_eq!(receipt.outcome, Outcome::Success);
    let cluster = harness.cluster_view().unwrap();
    let prices = (
        cluster.gas_price,
        cluster.deposit_per_item,
        cluster.deposit_per_byte,
    );
    assert_eq!(prices, (4, 5, 6));
}

#[test]
fn uploads_are_of_another_era() {
    let mut harness = Harness::<V1_0>::new();
    harness.fund(ALICE, 1_000_000);
    let receipt = harness.execute(Message::Upload(Upload {
        origin: ALICE,
        code: fixtures::idle(),
        storage_deposit_limit: None,
        determinism: Determinism::Enforced,
        max_gas_price: u128::MAX,
    }));
    assert_eq!(rejected(&receipt).error, "Unsupported");
}

#[test]
fn a_destroyed_cluster_does_nothing_any_more() {
    let mut harness = Harness::<V1_0>::new();
    harness.fund(ALICE, 1_000_000);
    let address = harness
        .succeed(deploy(ALICE, &fixtures::idle(), 100_000))
        .address
        .unwrap();
    let receipt = harness.execute(Message::Destroy(Destroy {}));
    assert_eq!(receipt.outcome, Outcome::Success);
    assert_eq!(harness.free(&ALICE), 0);
    assert_eq!(harness.total_issuance(), 0);
    for message in [
        Message::Call(call(ALICE, address, &[])),
        Message::Destroy(Destroy {}),
        Message::UpdatePrices(UpdatePrices {
            gas_price: 4,
            deposit_per_item: 5,
            deposit_per_byte: 6,
        }),
    ] {
        let receipt = harness.execute(message);
        assert_eq!(rejected(&receipt).error, "ClusterDestroyed");
    }
    let receipt = harness.execute(Message::Withdraw(Withdraw {
        from: ALICE,
        amount: 1,
        max_gas_price: 0,
    }));
    assert_eq!(receipt.effects, [Effect::Withdrawn { debited: false }]);
    assert_eq!(harness.end_block(), Default::default());
}

#[test]
fn nothing_happens_before_the_setup() {
    let host = MemoryHost::default();
    let engine = Tested::<V1_0>::new();
    let deposit = Message::Deposit(Deposit {
        dest: ALICE,
        amount: 1_000,
    });
    let (receipt, changes) = engine.execute(&host, &env(), &deposit).unwrap();
    assert_eq!(rejected(&receipt).error, "NoCluster");
    assert!(changes.is_empty());
    assert_eq!(engine.end_block(&host, &env().block), Default::default());
    assert_eq!(engine.total_issuance(&host), 0);
    assert!(engine.cluster(&host).is_none());
}

#[test]
fn another_versions_state_is_a_fault() {
    let harness = Harness::<V1_0>::new();
    let message = Message::Call(call(ALICE, BOB, &[]));
    let done = Tested::<V1_1>::new().execute(&harness.host, &env(), &message);
    assert!(matches!(done, Err(Fault::BrokenState { .. })), "{done:?}");
}

/// A dry upgrade of this state.
fn upgrade<V: Release>(host: &MemoryHost, from: Version) -> (Receipt, Changes) {
    let message = Message::Upgrade(Upgrade {
        from,
        system_code: None,
    });
    let done = Tested::<V>::new().execute(host, &env(), &message);
    done.unwrap()
}

#[test]
fn upgrades() {
    let mut harness = Harness::<V1_0>::new();
    harness.fund(ALICE, 1_000_000);
    harness.update_schedule(|schedule| schedule.version = 7);
    let host = &harness.host;
    for (receipt, changes) in [
        upgrade::<V1_0>(host, Version::new(1, 0)),
        upgrade::<V1_1>(host, Version::new(1, 1)),
        upgrade::<V1_1>(host, Version::new(0, 9)),
        upgrade::<V1_1>(host, Version::new(2, 0)),
        upgrade::<V1_1>(&MemoryHost::default(), Version::new(1, 0)),
    ] {
        assert_eq!(rejected(&receipt).error, "UnsupportedUpgradePath");
        assert_eq!(receipt.effects, [Effect::UpgradeFailed]);
        assert!(changes.is_empty());
    }
    let (receipt, changes) = upgrade::<V1_1>(host, Version::new(1, 0));
    assert_eq!(
        receipt.events,
        [
            Event::ScheduleUpdated { version: 8 },
            Event::Upgraded {
                from: Version::new(1, 0),
                to: Version::new(1, 1)
            },
        ]
    );
    let keys: Vec<_> = changes.iter().map(|(key, _)| &key[..]).collect();
    assert_eq!(keys, [VERSION_KEY, b"schedule"]);
}

/// A changed rule or price is another hash: these are what a chain will have recorded.
#[test]
fn the_engines_say_what_they_are() {
    let hex = |hash: [u8; 32]| {
        hash.iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
    };
    let old = Tested::<V1_0>::new().info();
    let new = Tested::<V1_1>::new().info();
    assert_eq!(
        (old.version, new.version),
        (Version::new(1, 0), Version::new(1, 1))
    );
    assert_eq!(old.upgrades_from, []);
    assert_eq!(new.upgrades_from, [Version::new(1, 0)]);
    assert_ne!(old.cost_table_hash, new.cost_table_hash);
    assert_eq!(old.cost_table_hash, Rules::V1_0.hash());
    assert_eq!(
        hex(old.cost_table_hash),
        "ff3011cc4593355ff7cd3c237342e3b4a0948123fbfc3e100614796587870267"
    );
    assert_eq!(
        hex(new.cost_table_hash),
        "1a7f40951be7eded0576aca960fb42b646092f7fa1debad092f4da1b76a3a28e"
    );
}
