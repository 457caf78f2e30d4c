//! Vectors of proofs, messages, receipts and checkpoints as JSON, for verifiers in other languages: those of the client
//! in TypeScript.
//!
//! Everything in it is made by `sp-trie` and `parity-scale-codec` from fixed inputs, so that it comes out
//! the same each time. Proofs are plain lists of nodes, as `state_getReadProof` and a worker give them.
//! `UPDATE_DOCS=1 cargo test --workspace --test proof_vectors` writes it.

use fat_contracts_primitives::{
    contract_address, Checkpoint, ClusterMessage, CodeSource, Effect, EngineVersion, QueuedMessage,
    Weight as Limit, WithdrawOutcome,
};
use hash_db::HashDB;
use hash_db::EMPTY_PREFIX;
use parity_scale_codec::{Compact, Encode};
use pink_capi::types::{
    Effect as Asked, Event, Failure, Outcome, Receipt, StorageDeposit, Version, Weight,
};
use sp_core::{Blake2Hasher, H256};
use sp_trie::{
    LayoutV1, MemoryDB, Recorder, Trie, TrieConfiguration, TrieDBBuilder, TrieDBMutBuilder, TrieMut,
};
use std::{collections::BTreeMap, env, fs, path::Path};

type Layout = LayoutV1<Blake2Hasher>;
type Pairs = BTreeMap<Vec<u8>, Vec<u8>>;

#[test]
fn those_of_the_client_are_current() {
    let tries: Vec<_> = tries().iter().map(trie).collect();
    let receipts: Vec<_> = [1, 2, 16, 17, 70, 300].into_iter().map(block).collect();
    let made = format!(
        "{{\n\"tries\": {},\n\"receipts\": {},\n\"decoded\": {},\n\"checkpoint\": {},\n\"addresses\": {},\n\"messages\": {}\n}}\n",
        list(&tries),
        list(&receipts),
        list(&decoded()),
        checkpoint(),
        list(&addresses()),
        list(&messages()),
    );
    let name = "clients/typescript/test/vectors/proofs.json";
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(name);
    if env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, &made).expect("the tree can be written");
    }
    // Not by `assert_eq`: half a megabyte says nothing to anybody.
    assert!(
        fs::read_to_string(&path).expect("it is in the tree") == made,
        "{name} isn't current: UPDATE_DOCS=1 cargo test --workspace --test proof_vectors"
    );
}

fn text(bytes: impl AsRef<[u8]>) -> String {
    format!("\"0x{}\"", hex::encode(bytes))
}

fn list(items: &[String]) -> String {
    format!("[\n{}\n]", items.join(",\n"))
}

/// A trie's database and root.
fn build(pairs: &Pairs) -> (MemoryDB<Blake2Hasher>, H256) {
    let mut nodes = MemoryDB::<Blake2Hasher>::default();
    let mut root = H256::zero();
    let mut trie = TrieDBMutBuilder::<Layout>::new(&mut nodes, &mut root).build();
    for (key, value) in pairs {
        trie.insert(key, value).expect("a trie in memory");
    }
    drop(trie);
    (nodes, root)
}

/// What is read of a trie for some keys: its nodes, each whole.
fn read(nodes: &MemoryDB<Blake2Hasher>, root: &H256, keys: &[&[u8]]) -> Vec<String> {
    let mut recorder = Recorder::<Layout>::new();
    for key in keys {
        let trie = TrieDBBuilder::<Layout>::new(nodes, root)
            .with_recorder(&mut recorder)
            .build();
        trie.get(key).expect("a trie in memory");
    }
    let mut seen = std::collections::BTreeSet::new();
    let read = recorder.drain().into_iter();
    read.filter(|node| seen.insert(node.hash))
        .map(|node| text(node.data))
        .collect()
}

/// What a proof shows, by sp-trie's own word: the value, its absence, or that nodes are missing.
fn shown(proof: &[String], root: &H256, key: &[u8]) -> Option<Option<Vec<u8>>> {
    let mut nodes = MemoryDB::<Blake2Hasher>::default();
    for node in proof {
        let node = hex::decode(node.trim_matches('"').trim_start_matches("0x")).expect("hex");
        nodes.insert(EMPTY_PREFIX, &node);
    }
    let trie = TrieDBBuilder::<Layout>::new(&nodes, root).build();
    trie.get(key).ok()
}

struct Case {
    name: &'static str,
    pairs: Pairs,
    absent: Vec<Vec<u8>>,
}

fn bytes(len: usize, seed: u8) -> Vec<u8> {
    (0..len)
        .map(|at| (at as u8).wrapping_mul(31).wrapping_add(seed))
        .collect()
}

fn case(name: &'static str, pairs: &[(&[u8], Vec<u8>)], absent: &[&[u8]]) -> Case {
    Case {
        name,
        pairs: pairs
            .iter()
            .map(|(key, value)| (key.to_vec(), value.clone()))
            .collect(),
        absent: absent.iter().map(|key| key.to_vec()).collect(),
    }
}

fn tries() -> Vec<Case> {
    let mut all = vec![
        case("empty", &[], &[b"", b"key"]),
        case(
            "one leaf",
            &[(b"key", b"value".to_vec())],
            &[b"", b"ke", b"kez", b"keyy", b"z"],
        ),
        case("empty value", &[(b"a", vec![]), (b"b", vec![1])], &[b"c"]),
        case(
            "the empty key",
            &[(b"", vec![9]), (b"\x10", vec![8])],
            &[b"\x11", b"\x10\x00"],
        ),
        case(
            "children inside their parent",
            &[
                (b"\x12\x30", vec![1]),
                (b"\x12\x31", vec![2]),
                (b"\x12\x40", vec![3]),
                (b"\x52", vec![4]),
            ],
            &[b"\x12", b"\x12\x32", b"\x12\x50", b"\x53", b"\x12\x30\x00"],
        ),
        case(
            "keys that are prefixes of others",
            &[
                (b"\x01", vec![1; 5]),
                (b"\x01\x02", vec![2; 40]),
                (b"\x01\x02\x03", vec![3; 5]),
                (b"\x01\x02\x04", vec![4; 64]),
                (b"\x01\x12", vec![5; 33]),
            ],
            &[b"\x01\x02\x03\x04", b"\x01\x02\x05", b"\x01\x13", b"\x00"],
        ),
        case(
            "a branch without a value",
            &[(b"\xab\xc0", vec![7; 40]), (b"\xab\xd0", vec![8; 40])],
            &[b"\xab", b"", b"\xab\xe0", b"\xac\xc0"],
        ),
    ];
    for len in [31, 32, 33, 64, 16384, 70_000] {
        let name = match len {
            31 => "a value of 31 bytes",
            32 => "a value of 32 bytes",
            33 => "a value of 33 bytes",
            64 => "a value of 64 bytes",
            16384 => "a value of 16 KiB",
            _ => "a value of 70000 bytes",
        };
        let mut pairs = Pairs::new();
        pairs.insert(b"leaf".to_vec(), bytes(len, 1));
        pairs.insert(b"le".to_vec(), bytes(len, 2));
        all.push(Case {
            name,
            pairs,
            absent: vec![b"lea".to_vec()],
        });
    }
    // Partial keys whose length doesn't fit into the first byte of a node (63 nibbles), nor into the second (318).
    for (name, len) in [
        ("31 nibbles and more", 16usize),
        ("63 nibbles", 32),
        ("80 nibbles", 40),
        ("318 nibbles", 160),
        ("800 nibbles", 400),
    ] {
        let mut pairs = Pairs::new();
        let key = bytes(len, 3);
        let mut other = key.clone();
        *other.last_mut().expect("not empty") ^= 1;
        let mut absent = key.clone();
        *absent.last_mut().expect("not empty") ^= 2;
        let mut early = key.clone();
        early[0] ^= 0x10;
        pairs.insert(key, bytes(50, 4));
        pairs.insert(other, bytes(3, 5));
        pairs.insert(early.clone(), bytes(35, 6));
        early.push(0);
        all.push(Case {
            name,
            pairs,
            absent: vec![absent, early],
        });
    }
    // Values that are themselves nodes of a trie, the trie's own among them.
    let (nodes, root) = build(&all[4].pairs);
    let node = nodes.get(&root, EMPTY_PREFIX).expect("its root");
    let mut pairs = Pairs::new();
    pairs.insert(b"\x11".to_vec(), node.clone());
    pairs.insert(b"\x12".to_vec(), [node, vec![0; 40]].concat());
    all.push(Case {
        name: "values that look like nodes",
        pairs,
        absent: vec![b"\x13".to_vec()],
    });
    let many = (0..400u32).map(|n| (n.encode(), bytes((n % 70) as usize, n as u8)));
    all.push(Case {
        name: "four hundred keys",
        pairs: many.collect(),
        absent: vec![400u32.encode(), vec![1], vec![255; 4]],
    });
    all
}

fn trie(case: &Case) -> String {
    let (nodes, root) = build(&case.pairs);
    let every = (case.pairs.len() / 20).max(1);
    let present = case.pairs.keys().step_by(every);
    let keys: Vec<&[u8]> = present.chain(&case.absent).map(Vec::as_slice).collect();
    let read_one = |key: &&[u8]| {
        let proof = read(&nodes, &root, &[key]);
        let value = case.pairs.get(*key);
        assert_eq!(
            shown(&proof, &root, key),
            Some(value.cloned()),
            "{}",
            case.name
        );
        format!(
            "{{\"key\": {}, \"value\": {}, \"nodes\": [{}]}}",
            text(key),
            value.map_or("null".into(), text),
            proof.join(", ")
        )
    };
    let reads: Vec<_> = keys.iter().map(read_one).collect();
    // Of all at once as well, unless that is long.
    let all = match case.pairs.values().map(Vec::len).sum::<usize>() {
        0..=4096 => read(&nodes, &root, &keys).join(", "),
        _ => String::new(),
    };
    format!(
        "{{\"name\": \"{}\", \"root\": {}, \"reads\": {}, \"together\": [{all}]}}",
        case.name,
        text(root),
        list(&reads)
    )
}

fn receipt(index: u32) -> Receipt {
    let event = Event::ContractEmitted {
        contract: [0xc0; 32],
        topics: vec![[1; 32], [2; 32]],
        data: bytes(index as usize % 50, 7),
    };
    let outcome = match index % 5 {
        0 => Outcome::Success,
        1 => Outcome::Reverted,
        2 => Outcome::Trapped(Failure::new("ContractTrapped", "unreachable")),
        3 => Outcome::OutOfGas,
        _ => Outcome::Rejected(Failure::new("ContractNotFound", "")),
    };
    Receipt {
        outcome,
        gas_limit: Weight::new(5_000_000_000, 65_536),
        gas_consumed: Weight::new(1_234_567_890, 4_321),
        gas_required: Weight::new(2_345_678_901, 5_432),
        gas_price: 10,
        fee: 12_345_678_900,
        refund: 37_654_321_100,
        storage_deposit: match index % 2 {
            0 => StorageDeposit::Charge(u128::from(index)),
            _ => StorageDeposit::Refund(1 << 100),
        },
        output: bytes(index as usize % 40, 8),
        address: index.is_multiple_of(3).then_some([0xad; 32]),
        code_hash: index.is_multiple_of(4).then_some([0xcd; 32]),
        events: vec![event; index as usize % 3],
        effects: match index % 7 {
            0 => vec![Asked::Withdrawn { debited: true }],
            1 => vec![Asked::UpgradeRequested {
                to: Version::new(2, 1),
            }],
            2 => vec![Asked::UpgradeFailed],
            _ => vec![],
        },
    }
}

/// The canonical bytes of a message's receipt: sequence number, engine, receipt.
fn canonical(index: u32) -> Vec<u8> {
    (
        u64::from(index) + 1000,
        EngineVersion::new(2, 0),
        receipt(index),
    )
        .encode()
}

fn block(count: u32) -> String {
    let receipts: Vec<_> = (0..count).map(canonical).collect();
    let pairs: Pairs = (0u32..)
        .zip(&receipts)
        .map(|(index, receipt)| (Compact(index).encode(), receipt.clone()))
        .collect();
    let (nodes, root) = build(&pairs);
    assert_eq!(root, Layout::ordered_trie_root(&receipts));
    let indices = [0, 1, 15, 16, 63, 64, 65, 255, 256, 299];
    let proven: Vec<_> = indices
        .into_iter()
        .filter(|index| *index < count)
        .map(|index| {
            let key = Compact(index).encode();
            format!(
                "{{\"index\": {index}, \"receipt\": {}, \"nodes\": [{}]}}",
                text(&receipts[index as usize]),
                read(&nodes, &root, &[&key]).join(", ")
            )
        })
        .collect();
    format!(
        "{{\"count\": {count}, \"root\": {}, \"proofs\": {}}}",
        text(root),
        list(&proven)
    )
}

/// Receipts of every outcome and every event, with their debug form to compare by eye.
fn decoded() -> Vec<String> {
    let who = [0xaa; 32];
    let to = [0xbb; 32];
    let hash = [0xcc; 32];
    let events = vec![
        Event::NewAccount { account: who },
        Event::Endowed {
            account: who,
            amount: 1,
        },
        Event::Transfer {
            from: who,
            to,
            amount: 2,
        },
        Event::KilledAccount { account: who },
        Event::DustLost {
            account: who,
            amount: 3,
        },
        Event::Deposited {
            account: who,
            amount: 4,
        },
        Event::Withdrawn {
            account: who,
            amount: 5,
        },
        Event::Instantiated {
            deployer: who,
            contract: to,
        },
        Event::ContractEmitted {
            contract: who,
            topics: vec![hash],
            data: vec![1, 2],
        },
        Event::CodeStored {
            code_hash: hash,
            deposit_held: 6,
            uploader: who,
        },
        Event::CodeRemoved {
            code_hash: hash,
            deposit_released: 7,
            remover: who,
        },
        Event::Terminated {
            contract: who,
            beneficiary: to,
        },
        Event::Called {
            caller: who,
            contract: to,
        },
        Event::DelegateCalled {
            contract: who,
            code_hash: hash,
        },
        Event::ContractCodeUpdated {
            contract: who,
            new_code_hash: hash,
            old_code_hash: [0xdd; 32],
        },
        Event::StorageDepositTransferredAndHeld {
            from: who,
            to,
            amount: 8,
        },
        Event::StorageDepositTransferredAndReleased {
            from: who,
            to,
            amount: 9,
        },
        Event::Evicted { contract: who },
        Event::Restored {
            restorer: who,
            dest: to,
            code_hash: hash,
            rent_allowance: 10,
        },
        Event::ScheduleUpdated { version: 11 },
        Event::Upgraded {
            from: Version::new(1, 0),
            to: Version::new(2, 0),
        },
        Event::TombstoneRemoved {
            contract: who,
            balance: 12,
        },
        Event::CodeDisabled {
            code_hash: hash,
            reason: "why".into(),
        },
    ];
    let mut all: Vec<_> = (0..35).map(receipt).collect();
    all.push(Receipt {
        events,
        ..Receipt::free()
    });
    all.iter()
        .map(|receipt| {
            let names: Vec<_> = receipt
                .events
                .iter()
                .map(|event| {
                    let debug = format!("{event:?}");
                    let name = debug.split([' ', '(']).next().unwrap_or_default();
                    format!("\"{name}\"")
                })
                .collect();
            let outcome = format!("{:?}", receipt.outcome);
            let outcome = outcome.split('(').next().unwrap_or_default();
            format!(
                "{{\"scale\": {}, \"outcome\": \"{outcome}\", \"fee\": \"{}\", \"refund\": \"{}\", \"events\": [{}]}}",
                text(receipt.encode()),
                receipt.fee,
                receipt.refund,
                names.join(", ")
            )
        })
        .collect()
}

fn checkpoint() -> String {
    let checkpoint = Checkpoint {
        block: 77,
        last_seq: 12,
        engine: EngineVersion::new(2, 0),
        root: [1; 32].into(),
        receipts_root: [2; 32].into(),
        message_hash: [3; 32].into(),
        effects: vec![
            Effect::Withdrawn {
                seq: 9,
                outcome: WithdrawOutcome::Debited,
            },
            Effect::Withdrawn {
                seq: 10,
                outcome: WithdrawOutcome::Refused,
            },
            Effect::UpgradeRequested {
                seq: 11,
                to: EngineVersion::new(2, 1),
            },
            Effect::UpgradeFailed { seq: 12 },
            Effect::SetupFailed { seq: 0 },
            Effect::Amended { seq: 5, by: 70 },
        ],
    };
    let scale = checkpoint.encode();
    format!(
        "{{\"scale\": {}, \"hash\": {}, \"block\": 77, \"last_seq\": 12, \"effects\": 6}}",
        text(&scale),
        text(sp_crypto_hashing::blake2_256(&scale))
    )
}

fn addresses() -> Vec<String> {
    let of = |deployer: u8, code: u8, cluster: u64, salt: &[u8]| {
        let address = contract_address(&[deployer; 32].into(), &[code; 32].into(), cluster, salt);
        format!(
            "{{\"deployer\": {}, \"code_hash\": {}, \"cluster\": \"{cluster}\", \"salt\": {}, \"address\": {}}}",
            text([deployer; 32]),
            text([code; 32]),
            text(salt),
            text(address)
        )
    };
    vec![
        of(1, 2, 0, b""),
        of(1, 2, 1, b"salt"),
        of(3, 4, u64::MAX, &[0; 32]),
        of(3, 4, 0x0102_0304, b"x"),
    ]
}

/// A message of each kind, as the chain keeps it, with what is told of it.
fn messages() -> Vec<String> {
    let [origin, dest, contract] = [[1u8; 32], [2; 32], [3; 32]];
    let (code, input, salt) = (bytes(70, 4), bytes(9, 5), bytes(3, 6));
    let hash = H256([7; 32]);
    let (version, next) = (EngineVersion::new(2, 0), EngineVersion::new(2, 1));
    let (value, gas_price, most) = (1u128 << 90, 10u128, 12u128);
    let gas_limit = Limit {
        ref_time: 5_000_000_000,
        proof_size: 65_536,
    };
    let number = |number: u128| format!("\"{number}\"");
    let code_hash = text(sp_crypto_hashing::blake2_256(&code));
    let gas = "[\"5000000000\", \"65536\"]".to_string();
    let of = |message: ClusterMessage, facts: &[(&str, String)]| {
        let queued = QueuedMessage {
            block: 77,
            message,
            extrinsic: Some(3),
        };
        let scale = queued.encode();
        let facts: Vec<_> = facts
            .iter()
            .map(|(name, value)| format!("\"{name}\": {value}"))
            .collect();
        format!(
            "{{\"scale\": {}, \"facts\": {{{}}}}}",
            text(scale),
            facts.join(", ")
        )
    };
    let kind = |kind: &str| ("kind", format!("\"{kind}\""));
    let limit = ("storageDepositLimit", number(1_000));
    let price = ("maxGasPrice", number(most));
    vec![
        of(
            ClusterMessage::Setup {
                engine: version,
                owner: origin.into(),
                deposit: value,
                gas_price,
                deposit_per_item: 20,
                deposit_per_byte: 30,
                treasury: dest.into(),
                existential_deposit: 40,
                engine_config: vec![1, 2, 3],
                system_code: Some(hash),
            },
            &[
                kind("setup"),
                ("origin", text(origin)),
                ("value", number(value)),
                ("engine", "\"2.0\"".into()),
            ],
        ),
        of(
            ClusterMessage::Deposit {
                from: origin.into(),
                dest: dest.into(),
                amount: value,
            },
            &[
                kind("deposit"),
                ("origin", text(origin)),
                ("dest", text(dest)),
                ("value", number(value)),
            ],
        ),
        of(
            ClusterMessage::Withdraw {
                from: origin.into(),
                dest: dest.into(),
                amount: value,
                max_gas_price: most,
            },
            &[
                kind("withdraw"),
                ("origin", text(origin)),
                ("dest", text(dest)),
                ("value", number(value)),
                price.clone(),
            ],
        ),
        of(
            ClusterMessage::Upload {
                origin: origin.into(),
                code: code.clone(),
                storage_deposit_limit: None,
                max_gas_price: most,
            },
            &[
                kind("upload"),
                ("origin", text(origin)),
                ("codeHash", code_hash.clone()),
                ("codeBytes", "70".into()),
                price.clone(),
            ],
        ),
        of(
            ClusterMessage::Instantiate {
                origin: origin.into(),
                code: CodeSource::Code(code),
                input: input.clone(),
                salt: salt.clone(),
                value,
                gas_limit,
                storage_deposit_limit: Some(1_000),
                max_gas_price: most,
            },
            &[
                kind("instantiate"),
                ("origin", text(origin)),
                ("codeHash", code_hash),
                ("codeBytes", "70".into()),
                ("input", text(&input)),
                ("salt", text(salt)),
                ("value", number(value)),
                ("gasLimit", gas.clone()),
                limit.clone(),
                price.clone(),
            ],
        ),
        of(
            ClusterMessage::Instantiate {
                origin: origin.into(),
                code: CodeSource::Hash(hash),
                input: input.clone(),
                salt: vec![],
                value: 0,
                gas_limit,
                storage_deposit_limit: None,
                max_gas_price: most,
            },
            &[
                kind("instantiate"),
                ("origin", text(origin)),
                ("codeHash", text(hash)),
                ("input", text(&input)),
                ("salt", text([])),
                ("value", number(0)),
                ("gasLimit", gas.clone()),
                price.clone(),
            ],
        ),
        of(
            ClusterMessage::Call {
                origin: origin.into(),
                contract: contract.into(),
                input: input.clone(),
                value,
                gas_limit,
                storage_deposit_limit: Some(1_000),
                max_gas_price: most,
            },
            &[
                kind("call"),
                ("origin", text(origin)),
                ("contract", text(contract)),
                ("input", text(&input)),
                ("value", number(value)),
                ("gasLimit", gas.clone()),
                limit,
                price.clone(),
            ],
        ),
        of(
            ClusterMessage::Upgrade {
                from: version,
                to: next,
                system_code: None,
            },
            &[kind("upgrade"), ("engine", "\"2.1\"".into())],
        ),
        of(
            ClusterMessage::UpdatePrices {
                gas_price,
                deposit_per_item: 20,
                deposit_per_byte: 30,
            },
            &[kind("updatePrices")],
        ),
        of(
            ClusterMessage::UpdateSchedule {
                schedule: vec![1, 2],
            },
            &[kind("updateSchedule")],
        ),
        of(
            ClusterMessage::ClaimSurcharge {
                origin: origin.into(),
                contract: contract.into(),
                by_worker: true,
                max_gas_price: most,
            },
            &[
                kind("claimSurcharge"),
                ("origin", text(origin)),
                ("contract", text(contract)),
                price.clone(),
            ],
        ),
        of(
            ClusterMessage::Destroy {
                sweep_to: Some(dest.into()),
            },
            &[kind("destroy"), ("dest", text(dest))],
        ),
        of(
            ClusterMessage::Destroy { sweep_to: None },
            &[kind("destroy")],
        ),
        of(
            ClusterMessage::RemoveCode {
                origin: origin.into(),
                code_hash: hash,
                max_gas_price: most,
            },
            &[
                kind("removeCode"),
                ("origin", text(origin)),
                ("codeHash", text(hash)),
                price.clone(),
            ],
        ),
        of(
            ClusterMessage::ActivateCode {
                origin: origin.into(),
                code_hash: hash,
                gas_limit,
                max_gas_price: most,
            },
            &[
                kind("activateCode"),
                ("origin", text(origin)),
                ("codeHash", text(hash)),
                ("gasLimit", gas),
                price,
            ],
        ),
    ]
}
