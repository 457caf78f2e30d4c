//! The chain's runtime changes while a worker follows.

use crate::{support::fake::key, world::*};
use frame_metadata::{RuntimeMetadata, RuntimeMetadataPrefixed};
use parity_scale_codec::{Compact, Decode, Encode};
use pink_worker_core::source::{ChainSource, Standing};
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

impl World {
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
        Standing::Unsupported { what, reason } => (what, reason),
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
    let world = World::begin();
    let source = world.source();
    from_the_start(&source).expect("honest");
    let asked = |world: &World| {
        let asked = world.endpoint.asked();
        asked.iter().filter(|it| *it == "state_getMetadata").count()
    };
    assert_eq!(asked(&world), 1);
    world.fake.idle(3);
    from_the_start(&source).expect("honest");
    assert_eq!(asked(&world), 0);
    world.upgrade(2, metadata(|_| {}));
    from_the_start(&source).expect("honest");
    from_the_start(&source).expect("honest");
    assert_eq!(asked(&world), 1);
}

#[test]
fn a_constant_may_change() {
    let world = World::begin();
    let source = world.source();
    assert_eq!(source.constants().expect("honest").checkpoint_interval, 100);
    let changed = metadata(|metadata| {
        let mut all = pallet(metadata).constants.iter_mut();
        let interval = all.find(|it| it.name == "CheckpointInterval").expect("it");
        interval.value = 50u32.encode();
    });
    world.upgrade(2, changed);
    source.finalized().expect("honest");
    assert_eq!(source.constants().expect("honest").checkpoint_interval, 50);
}

#[test]
fn a_type_that_changed_is_named() {
    let world = World::begin();
    let source = world.source();
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
    world.upgrade(2, changed);
    let (what, reason) = unsupported(from_the_start(&source));
    assert_eq!(what, "storage FatContracts.Queues");
    assert_eq!(reason, "expected the field next, found following");
    // It stands until the chain or the program is another one.
    unsupported(source.constants());
    world.upgrade(3, metadata(|_| {}));
    from_the_start(&source).expect("honest");
}

#[test]
fn a_pallet_that_is_absent_or_newer_is_named() {
    let world = World::begin();
    let source = world.source();
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
        world.upgrade(2 + at as u32, metadata);
        let (what, reason) = unsupported(from_the_start(&source));
        assert_eq!(what, name, "{reason}");
    }
}
