//! The chain's runtime changes while a worker follows.

use crate::{harness::*, support::fake::key};
use frame_metadata::{RuntimeMetadata, RuntimeMetadataPrefixed};
use parity_scale_codec::{Compact, Decode, Encode};
use pink_rpc_source::{Config, RpcSource, Signal};
use pink_worker_core::source::{ChainSource, PermanentError};
use runtime_mock::{runtime::Runtime, Genesis};

fn honest() -> Vec<u8> {
    let chain = Genesis::development().build().expect("a genesis");
    chain.query(Runtime::metadata).encode()
}

/// The runtime's metadata with something else in it.
fn metadata(change: impl FnOnce(&mut frame_metadata::v14::RuntimeMetadataV14)) -> Vec<u8> {
    let bytes = honest();
    let mut prefixed = RuntimeMetadataPrefixed::decode(&mut &bytes[..]).expect("metadata");
    let RuntimeMetadata::V14(metadata) = &mut prefixed.1 else {
        panic!("another version");
    };
    change(metadata);
    prefixed.encode()
}

impl Harness {
    /// From the next block on the runtime is another one.
    fn upgrade(&self, spec_version: u32, metadata: Vec<u8>) {
        self.fake.with(|state| {
            let info = (Compact(spec_version), "mock").encode();
            state
                .extra
                .insert(key("System", "LastRuntimeUpgrade"), info);
            let next = state.blocks.len() as u32;
            state.metadata.push((next, metadata));
        });
        self.fake.idle(1);
    }
}

fn unsupported<T: std::fmt::Debug>(
    result: Result<T, pink_worker_core::source::SourceError>,
) -> (String, String) {
    match standing(result) {
        PermanentError::Unsupported { what, reason } => (what, reason),
        other => panic!("{other}"),
    }
}

fn pallet(
    metadata: &mut frame_metadata::v14::RuntimeMetadataV14,
) -> &mut frame_metadata::v14::PalletMetadata<scale_info::form::PortableForm> {
    let mut all = metadata.pallets.iter_mut();
    all.find(|it| it.name == "FatContracts")
        .expect("the pallet")
}

#[test]
fn an_upgrade_that_changes_nothing_is_looked_at_once() {
    let harness = Harness::begin();
    let source = harness.source();
    from_the_start(&source).expect("honest");
    let asked = |harness: &Harness| {
        let asked = harness.endpoint.asked();
        asked.iter().filter(|it| *it == "state_getMetadata").count()
    };
    assert_eq!(asked(&harness), 1);
    harness.fake.idle(3);
    from_the_start(&source).expect("honest");
    assert_eq!(asked(&harness), 0);
    harness.upgrade(2, metadata(|_| {}));
    from_the_start(&source).expect("honest");
    from_the_start(&source).expect("honest");
    assert_eq!(asked(&harness), 1);
}

/// Each proof is a way there and back: what a block's state says of its runtime is asked for once.
#[test]
fn a_block_is_asked_for_its_runtime_once() {
    let harness = Harness::begin();
    let source = harness.source();
    from_the_start(&source).expect("honest");
    harness.endpoint.asked();
    source.constants().expect("honest");
    assert_eq!(harness.endpoint.asked(), Vec::<String>::new());
    harness.fake.idle(1);
    source.finalized().expect("honest");
    harness.endpoint.asked();
    for asked in [vec!["state_getReadProof".to_string()], vec![]] {
        source.constants().expect("honest");
        assert_eq!(harness.endpoint.asked(), asked);
    }
}

#[test]
fn a_constant_may_change() {
    let harness = Harness::begin();
    let source = harness.source();
    assert_eq!(source.constants().expect("honest").checkpoint_interval, 100);
    let changed = metadata(|metadata| {
        let mut all = pallet(metadata).constants.iter_mut();
        let interval = all.find(|it| it.name == "CheckpointInterval").expect("it");
        interval.value = 50u32.encode();
    });
    harness.upgrade(2, changed);
    source.finalized().expect("honest");
    assert_eq!(source.constants().expect("honest").checkpoint_interval, 50);
}

#[test]
fn a_type_that_changed_is_named() {
    let harness = Harness::begin();
    let source = harness.source();
    from_the_start(&source).expect("honest");
    let changed = metadata(|metadata| {
        let of = |it: &scale_info::PortableType| it.ty.path.ident().as_deref() == Some("Queue");
        let mut types = metadata.types.types.iter_mut();
        let queue = types.find(|it| of(it)).expect("the type");
        let scale_info::TypeDef::Composite(fields) = &mut queue.ty.type_def else {
            panic!("no struct");
        };
        fields.fields[1].name = Some("following".into());
    });
    harness.upgrade(2, changed);
    let (what, reason) = unsupported(from_the_start(&source));
    assert_eq!(what, "storage FatContracts.Queues");
    assert_eq!(reason, "expected the field next, found following");
    // It stands until the chain or the program is another one.
    unsupported(source.constants());
    harness.upgrade(3, metadata(|_| {}));
    from_the_start(&source).expect("honest");
}

#[test]
fn a_pallet_that_is_absent_or_newer_is_named() {
    let harness = Harness::begin();
    let source = harness.source();
    let names = [
        (
            "pallet FatContracts",
            metadata(|it| it.pallets.retain(|it| it.name != "FatContracts")),
        ),
        (
            "storage FatContracts.Progress",
            metadata(|it| {
                let storage = pallet(it).storage.as_mut().expect("storage");
                storage.entries.retain(|it| it.name != "Progress");
            }),
        ),
        (
            "storage FatContracts.Messages",
            metadata(|it| {
                let storage = pallet(it).storage.as_mut().expect("storage");
                let mut all = storage.entries.iter_mut();
                let entry = all.find(|it| it.name == "Messages").expect("it");
                let frame_metadata::v14::StorageEntryType::Map { hashers, .. } = &mut entry.ty
                else {
                    panic!("no map");
                };
                hashers[0] = frame_metadata::v14::StorageHasher::Identity;
            }),
        ),
        (
            "constant FatContracts.MaxCheckpoints",
            metadata(|it| {
                pallet(it)
                    .constants
                    .retain(|it| it.name != "MaxCheckpoints")
            }),
        ),
        ("metadata", vec![1, 2, 3]),
        ("metadata", {
            let mut bytes = honest();
            bytes[4] = 13;
            bytes
        }),
    ];
    for (at, (name, metadata)) in names.into_iter().enumerate() {
        harness.upgrade(2 + at as u32, metadata);
        let (what, reason) = unsupported(from_the_start(&source));
        assert_eq!(what, name, "{reason}");
    }
}

/// A runtime may be older than what it doesn't have to have; what it has, it has as it is known.
#[test]
fn a_chain_may_be_older_than_the_modes_of_engines() {
    let harness = Harness::begin();
    let source = harness.source();
    let entries = |it: &mut frame_metadata::v14::RuntimeMetadataV14| {
        std::mem::take(&mut pallet(it).storage.as_mut().expect("storage").entries)
    };
    let older = metadata(|it| {
        let mut all = entries(it);
        let before = all.len();
        all.retain(|it| it.name != "InterpretedEngines");
        assert_eq!(all.len(), before - 1);
        pallet(it).storage.as_mut().expect("storage").entries = all;
    });
    harness.upgrade(2, older);
    from_the_start(&source).expect("an older chain");
    assert_eq!(source.interpreted().expect("nothing there"), []);
    let other = metadata(|it| {
        let mut all = entries(it);
        let mut found = all.iter_mut();
        let entry = found.find(|it| it.name == "InterpretedEngines");
        entry.expect("it").modifier = frame_metadata::v14::StorageEntryModifier::Optional;
        pallet(it).storage.as_mut().expect("storage").entries = all;
    });
    harness.upgrade(3, other);
    let (what, _) = unsupported(from_the_start(&source));
    assert_eq!(what, "storage FatContracts.InterpretedEngines");
}

/// A constant that an endpoint made up is noticed by what the chain says to it, and asked for elsewhere. Otherwise
/// whoever was told it once would pay for being refused until the runtime is upgraded.
#[test]
fn a_constant_that_gets_refusals_is_asked_for_elsewhere() {
    let harness = Harness::begin();
    let liar = crate::support::Endpoint::start(harness.fake.clone());
    let made_up = metadata(|metadata| {
        let mut all = pallet(metadata).constants.iter_mut();
        let interval = all.find(|it| it.name == "CheckpointInterval").expect("it");
        interval.value = 50u32.encode();
    });
    liar.lie(move |method, _, answer| match method {
        "state_getMetadata" => Ok(crate::support::fake::hex0x(&made_up)),
        _ => answer,
    });
    let config = config(&[&liar, &harness.endpoint]);
    let source = RpcSource::new(config, Signal::new()).expect("a thread");
    assert_eq!(
        source.constants().expect("it says so").checkpoint_interval,
        50
    );
    // An acknowledgement was refused.
    source.doubt_runtime();
    assert_eq!(source.constants().expect("honest").checkpoint_interval, 100);
}

/// With such constants a worker would say nothing at all, for ever and without a word: it takes them from nobody.
#[test]
fn a_constant_that_makes_no_sense_is_named() {
    for name in ["CheckpointInterval", "MaxCheckpoints", "MaxAnnounced"] {
        let harness = Harness::begin();
        let liar = crate::support::Endpoint::start(harness.fake.clone());
        let made_up = metadata(|metadata| {
            let mut all = pallet(metadata).constants.iter_mut();
            all.find(|it| it.name == name).expect("it").value = 0u32.encode();
        });
        liar.lie(move |method, _, answer| match method {
            "state_getMetadata" => Ok(crate::support::fake::hex0x(&made_up)),
            _ => answer,
        });
        let (what, reason) = unsupported(crate::harness::source(config(&[&liar])).constants());
        assert_eq!(what, format!("constant FatContracts.{name}"));
        assert_eq!(reason, "it is 0");
        let both = crate::harness::source(config(&[&liar, &harness.endpoint]));
        both.constants().expect("the other one");
    }
}

impl Harness {
    /// The runtime's code, from the next block on.
    fn code(&self, code: u8) {
        self.fake.with(|state| {
            let code = vec![code; 100_000];
            state.extra.insert(b":code".to_vec(), code);
        });
        self.fake.idle(1);
    }
}

fn interval(blocks: u32) -> Vec<u8> {
    metadata(|metadata| {
        let mut all = pallet(metadata).constants.iter_mut();
        let interval = all.find(|it| it.name == "CheckpointInterval").expect("it");
        interval.value = blocks.encode();
    })
}

/// Nothing makes a chain count its versions up when it sets new code.
#[test]
fn new_code_under_the_same_version_is_noticed() {
    let harness = Harness::begin();
    harness.code(1);
    let source = harness.source();
    assert_eq!(source.constants().expect("honest").checkpoint_interval, 100);
    harness.fake.with(|state| {
        let next = state.blocks.len() as u32;
        state.metadata.push((next, interval(50)));
    });
    harness.code(2);
    source.finalized().expect("honest");
    assert_eq!(source.constants().expect("honest").checkpoint_interval, 50);
}

/// That costs no more than what was asked before: the code itself stays where it is.
#[test]
fn code_is_compared_by_its_hash() {
    let harness = Harness::begin();
    harness.code(1);
    let source = harness.source();
    let longest = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let noted = longest.clone();
    harness.endpoint.lie(move |method, _, answer| {
        if let ("state_getReadProof", Ok(answer)) = (method, &answer) {
            let bytes = answer["proof"].to_string().len();
            noted.fetch_max(bytes, std::sync::atomic::Ordering::SeqCst);
        }
        answer
    });
    source.constants().expect("honest");
    let longest = longest.load(std::sync::atomic::Ordering::SeqCst);
    assert!(longest > 0 && longest < 20_000, "{longest}");
}

/// What one node said of a runtime is what every node has to say of it, in this run and in the next one.
#[test]
fn metadata_is_the_same_as_long_as_the_code_is() {
    let harness = Harness::begin();
    harness.code(1);
    let source = harness.source();
    source.constants().expect("honest");
    let described = source.described().expect("it is proven");
    let again = |described| {
        crate::harness::source(Config {
            described,
            ..harness.config()
        })
    };
    again(Some(described)).constants().expect("the same");
    let made_up = interval(50);
    harness.endpoint.lie(move |method, _, answer| match method {
        "state_getMetadata" => Ok(crate::support::fake::hex0x(&made_up)),
        _ => answer,
    });
    let (what, reason) = unproven(again(Some(described)).constants());
    assert_eq!(what, "metadata");
    assert!(reason.contains("the same code"), "{reason}");
    // Of other code it says something else.
    harness.code(2);
    let after = again(Some(described));
    assert_eq!(after.constants().expect("new").checkpoint_interval, 50);
    assert_ne!(after.described(), Some(described));
}

/// What one endpoint made up, in a run before or in this one, isn't held against all others for ever: where they agree
/// among themselves, it is that one that is wrong. A constant like this gets no refusal that would raise doubts: the
/// worker only says nothing of most blocks.
#[test]
fn what_one_endpoint_made_up_is_not_held_against_all_others() {
    let harness = Harness::begin();
    harness.code(1);
    let liar = crate::support::Endpoint::start(harness.fake.clone());
    let made_up = interval(1_000_000);
    liar.lie(move |method, _, answer| match method {
        "state_getMetadata" => Ok(crate::support::fake::hex0x(&made_up)),
        _ => answer,
    });
    let deceived = crate::harness::source(config(&[&liar]));
    let told = deceived.constants().expect("it says so");
    assert_eq!(told.checkpoint_interval, 1_000_000);
    let described = deceived.described();
    assert!(described.is_some());
    // The next run, with two honest ones.
    let other = crate::support::Endpoint::start(harness.fake.clone());
    let again = crate::harness::source(Config {
        described,
        ..config(&[&harness.endpoint, &other])
    });
    let constants = again.constants().expect("both say the same");
    assert_eq!(constants.checkpoint_interval, 100);
    assert_ne!(again.described(), described);
}

/// Nor does it need an earlier run: of three it is the one that nobody else agrees with. Of two nobody knows which one
/// lies, so what the first says isn't kept for later.
#[test]
fn most_endpoints_say_what_a_runtime_is() {
    let harness = Harness::begin();
    harness.code(1);
    let liar = crate::support::Endpoint::start(harness.fake.clone());
    let made_up = interval(1_000_000);
    liar.lie(move |method, _, answer| match method {
        "state_getMetadata" => Ok(crate::support::fake::hex0x(&made_up)),
        _ => answer,
    });
    let other = crate::support::Endpoint::start(harness.fake.clone());
    let three = crate::harness::source(config(&[&liar, &harness.endpoint, &other]));
    let constants = three.constants().expect("two agree");
    assert_eq!(constants.checkpoint_interval, 100);
    let honest = three.described();
    assert!(honest.is_some());
    let two = crate::harness::source(config(&[&liar, &harness.endpoint]));
    two.constants().expect("the first says so");
    assert_eq!(two.described(), None);
    // What two said before stands against one.
    let again = crate::harness::source(Config {
        described: honest,
        ..config(&[&liar, &harness.endpoint])
    });
    let constants = again.constants().expect("one says the same");
    assert_eq!(constants.checkpoint_interval, 100);
    assert_eq!(again.described(), honest);
}
