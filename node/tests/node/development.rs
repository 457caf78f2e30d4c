use crate::{
    process::Node,
    rpc::Rpc,
    sign::{pair, send},
};
use fat_contracts_primitives::{
    AccountId, ClusterRecord, CodeSource, EngineRecord, EngineVersion, Hash,
};
use parity_scale_codec::{DecodeAll, Encode};
use runtime_mock::{runtime::presets, RuntimeCall, UNIT};
use serde_json::{json, Value};
use sp_core::Pair;
use sp_runtime::MultiAddress;

fn ask<T: DecodeAll>(rpc: &Rpc, function: &str, arguments: impl Encode) -> T {
    let given = rpc.runtime(function, &arguments.encode());
    T::decode_all(&mut &given[..]).expect("what the function gives")
}

/// Blocks are made and finalized, each with its justification; a transfer arrives; the cluster of the preset is there;
/// the runtime's own presets are those that the node starts from.
#[test]
fn a_development_chain_runs() {
    let node = Node::start(&["--alice", "--validator", "--force-authoring"]);
    let (engine, _) = node.finalized(2);
    assert_eq!(engine, b"FRNK");

    let to = [7; 32];
    let before = node.rpc.balance(&pair("//Alice").public().0);
    let transfer = RuntimeCall::Balances(pallet_balances::Call::transfer_keep_alive {
        dest: MultiAddress::Id(to.into()),
        value: 3 * UNIT,
    });
    send(&node.rpc, "//Alice", transfer);
    node.wait("the transfer", |rpc| {
        (rpc.balance(&to) == 3 * UNIT).then_some(())
    });
    let after = node.rpc.balance(&pair("//Alice").public().0);
    let fee = before - after - 3 * UNIT;
    assert!(fee > 0 && fee < UNIT, "the fee is {fee}");

    engines_and_cluster(&node.rpc);
    presets_are_the_nodes(&node.rpc);
}

fn engines_and_cluster(rpc: &Rpc) {
    let engines: Vec<(EngineVersion, EngineRecord)> = ask(rpc, "FatContractsApi_engines", ());
    let told: Vec<_> = engines
        .iter()
        .map(|(version, record)| (*version, record.abi, record.artefacts[0].hash))
        .collect();
    let (old, new) = (EngineVersion::new(1, 0), EngineVersion::new(2, 0));
    assert_eq!(
        told,
        [
            (old, 1, Hash::repeat_byte(0x10)),
            (new, 2, Hash::repeat_byte(0x20))
        ]
    );
    assert_eq!(engines[1].1.upgrades_from, [old]);
    let interpreted: Vec<EngineVersion> = ask(rpc, "FatContractsApi_interpreted_engines", ());
    assert_eq!(interpreted, []);

    let cluster: Option<ClusterRecord> = ask(rpc, "FatContractsApi_cluster", 1u64);
    let cluster = cluster.expect("the cluster of the first block");
    assert_eq!(cluster.owner, AccountId::new(pair("//Alice").public().0));
    assert_eq!((cluster.engine, cluster.created_at), (new, 1));
    // The Setup, and what five other accounts brought in.
    let blocks: Vec<fat_contracts_primitives::ClusterBlock> =
        ask(rpc, "FatContractsApi_pending_inputs", (1u64, 0u32, 10u32));
    assert_eq!(blocks.len(), 1);
    assert_eq!((blocks[0].number, blocks[0].messages.len()), (1, 6));

    // The row of the protocol.
    let code: Hash = "0xa3f91e98edc8ccfb035946133027dd5a3f8694c70e7a27ffdf8056f7b9cc40ab"
        .parse()
        .expect("a hash");
    let parts = (
        AccountId::new([1; 32]),
        0u64,
        CodeSource::Hash(code),
        Vec::<u8>::new(),
    );
    let address: AccountId = ask(rpc, "FatContractsApi_contract_address", parts);
    let bytes: &[u8] = address.as_ref();
    assert_eq!(bytes[..8], [0x35, 0xdb, 0x55, 0xbc, 0x9f, 0x81, 0xc9, 0xb1]);
}

fn presets_are_the_nodes(rpc: &Rpc) {
    let names: Vec<String> = ask(rpc, "GenesisBuilder_preset_names", ());
    assert_eq!(names, [presets::DEVELOPMENT, presets::LOCAL]);
    for name in names {
        let preset: Option<Vec<u8>> = ask(rpc, "GenesisBuilder_get_preset", Some(&name));
        let preset: Value =
            serde_json::from_slice(&preset.expect("a preset")).expect("a preset is JSON");
        assert_eq!(Some(preset), presets::patch(&name), "{name}");
    }
}
