//! What queries take of memory is theirs, and no block's.

use crate::harness::registry;
use fat_contracts_primitives::{CodeSource, EngineVersion, StateRoot};
use pallet_fat_contracts::Call;
use pink_capi::types::{Outcome, Weight};
use pink_devchain::{owner, DevConfig, DevNode, CLUSTER, GAS_LIMIT};
use pink_worker_core::query::{InkMessage, Queries, QueryConfig, QueryError, QueryOptions};
use runtime_mock::runtime::Runtime;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

/// What each query may take: more than four of them together would be, if they answered for each
/// other, and less than what they ask for by far.
const LIMIT: u64 = 16 << 20;

/// Blocks that are made while queries run.
const BLOCKS: u32 = 12;

/// Without input it counts how often it was called. With input it writes 16 KiB under one key after
/// another.
fn contract(version: EngineVersion) -> Vec<u8> {
    let (import, count, fill) = match version.major {
        1 => (
            r#"(import "seal0" "seal_set_storage" (func $set (param i32 i32 i32)))"#,
            "(call $set (i32.const 256) (i32.const 512) (i32.const 4))",
            "(call $set (i32.const 256) (i32.const 1024) (i32.const 16384))",
        ),
        _ => (
            r#"(import "seal2" "set_storage" (func $set (param i32 i32 i32 i32) (result i32)))"#,
            "(drop (call $set (i32.const 256) (i32.const 32) (i32.const 512) (i32.const 4)))",
            "(drop (call $set (i32.const 256) (i32.const 32) (i32.const 1024) (i32.const 16384)))",
        ),
    };
    let get = match version.major {
        1 => r#"(import "seal0" "seal_get_storage" (func $get (param i32 i32 i32) (result i32)))"#,
        _ => r#"(import "seal1" "get_storage" (func $get (param i32 i32 i32 i32) (result i32)))"#,
    };
    let read = match version.major {
        1 => "(drop (call $get (i32.const 256) (i32.const 512) (i32.const 520)))",
        _ => "(drop (call $get (i32.const 256) (i32.const 32) (i32.const 512) (i32.const 520)))",
    };
    let text = format!(
        r#"(module
            (import "seal0" "seal_input" (func $input (param i32 i32)))
            {import} {get}
            (import "env" "memory" (memory 1 1))
            (data (i32.const 0) "\04")
            (data (i32.const 520) "\04")
            (func (export "deploy"))
            (func (export "call")
                (call $input (i32.const 4) (i32.const 0))
                (if (i32.eqz (i32.load (i32.const 0))) (then
                    {read}
                    (i32.store (i32.const 512)
                        (i32.add (i32.load (i32.const 512)) (i32.const 1)))
                    {count}
                    (return)))
                (loop $more
                    (i32.store (i32.const 256)
                        (i32.add (i32.load (i32.const 256)) (i32.const 1)))
                    {fill}
                    (br $more))))"#
    );
    wat::parse_str(text).expect("a module")
}

/// Ends the queries, also when a block isn't what it should be.
struct Stops<'s>(&'s AtomicBool);

impl Drop for Stops<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

/// The roots of the blocks, and how many queries ended meanwhile.
fn blocks(version: EngineVersion, queries: bool) -> (Vec<StateRoot>, u32) {
    let base = tempfile::TempDir::new().expect("a folder for the test");
    let dev = DevConfig {
        engine: Some(version),
        ..DevConfig::default()
    };
    let (mut node, _) = DevNode::init(base.path(), registry(), &dev).expect("a chain");
    let call = Call::<Runtime>::instantiate_contract {
        cluster: CLUSTER,
        code: CodeSource::Code(contract(version)),
        input: Vec::new(),
        salt: Vec::new(),
        value: runtime_mock::UNIT * 1_000,
        gas_limit: GAS_LIMIT,
        storage_deposit_limit: None,
        max_gas_price: None,
        max_ordering_fee: u128::MAX,
    };
    let done = node.submit(owner(), call, Vec::new()).expect("executed");
    let contract = done.receipt.receipt.address.expect("a contract");
    let config = QueryConfig {
        threads: 4,
        max_memory_bytes: LIMIT,
        ..QueryConfig::default()
    };
    let asked = Queries::new(node.worker().handle().clone(), config);
    let (stop, ended) = (AtomicBool::new(!queries), AtomicU32::new(0));
    let ask = || {
        while !stop.load(Ordering::Acquire) {
            let message = InkMessage {
                payload: vec![1],
                deposit: u128::MAX / 4,
                ..InkMessage::default()
            };
            let options = QueryOptions {
                gas_limit: Some(Weight::new(9_000_000_000_000, 64 << 20)),
                storage_deposit_limit: Some(u128::MAX / 8),
                ..QueryOptions::default()
            };
            let answer = asked.query([7; 32], contract, message, options);
            assert!(
                matches!(answer, Err(QueryError::Memory { most: LIMIT })),
                "{answer:?}"
            );
            ended.fetch_add(1, Ordering::Release);
        }
    };
    let roots = std::thread::scope(|scope| {
        let askers: Vec<_> = (0..4).map(|_| scope.spawn(ask)).collect();
        let stops = Stops(&stop);
        let mut roots = Vec::new();
        for block in 0..BLOCKS {
            // At least one query ends during each block's making, or between two of them.
            while queries && ended.load(Ordering::Acquire) < block {
                std::thread::yield_now();
            }
            let call = Call::<Runtime>::call_contract {
                cluster: CLUSTER,
                contract: contract.into(),
                input: Vec::new(),
                value: 0,
                gas_limit: GAS_LIMIT,
                storage_deposit_limit: None,
                max_gas_price: None,
                max_ordering_fee: u128::MAX,
            };
            let done = node.submit(owner(), call, Vec::new()).expect("not parked");
            assert_eq!(done.receipt.receipt.outcome, Outcome::Success);
            roots.push(done.root);
        }
        drop(stops);
        for asker in askers {
            asker.join().expect("its queries ended as they should");
        }
        roots
    });
    (roots, ended.into_inner())
}

#[test]
fn four_queries_at_their_limit_don_t_disturb_blocks() {
    for version in [EngineVersion::new(1, 0), EngineVersion::new(2, 0)] {
        let (undisturbed, none) = blocks(version, false);
        assert_eq!(none, 0);
        assert!(undisturbed.windows(2).all(|pair| pair[0] != pair[1]));
        let (roots, ended) = blocks(version, true);
        assert!(ended >= BLOCKS - 1, "{ended}");
        assert_eq!(roots, undisturbed, "{version}");
    }
}
