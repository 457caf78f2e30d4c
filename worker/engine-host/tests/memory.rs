//! What engines of both ABIs hold is counted, and a passed limit is a fault of the worker and
//! never a contract's outcome.

use fat_contracts_primitives::EngineVersion;
use pink_capi::{
    types::{Block, Call, Code, Env, Instantiate, Message, Mode, Outcome, Receipt, Setup, Weight},
    Fault,
};
use pink_engine_host::{
    with_stack, Engine, EngineRegistry, Session, ENGINE_MEMORY_LIMIT_BYTES, MEMORY_COUNT_BYTES,
};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// An engine is one for the whole process, and so is its limit: one test after the other.
static ONE: Mutex<()> = Mutex::new(());

const OWNER: [u8; 32] = [1; 32];
/// Enough for every call here, and for 1.x and 2.0 alike.
const GAS: Weight = Weight::new(2_000_000_000_000, 8 << 20);

/// Grows its memory to the largest allowed and fills it, and calls itself as deep as its input says:
/// the stack holds all frames at once. An engine keeps no memory that has grown for the next call.
fn deep(version: EngineVersion) -> Vec<u8> {
    let (import, call) = match version.major {
        1 => (
            r#"(import "seal0" "seal_call"
                (func $call (param i32 i32 i64 i32 i32 i32 i32 i32 i32) (result i32)))"#,
            "(call $call (i32.const 32) (i32.const 32) (i64.const 0) (i32.const 128)
                (i32.const 16) (i32.const 16) (i32.const 1) (i32.const -1) (i32.const 0))",
        ),
        _ => (
            r#"(import "seal1" "seal_call"
                (func $call (param i32 i32 i64 i32 i32 i32 i32 i32) (result i32)))"#,
            // May be called back.
            "(call $call (i32.const 8) (i32.const 32) (i64.const 0) (i32.const 128)
                (i32.const 16) (i32.const 1) (i32.const -1) (i32.const 0))",
        ),
    };
    let text = format!(
        r#"(module
            (import "seal0" "seal_input" (func $input (param i32 i32)))
            (import "seal0" "seal_address" (func $address (param i32 i32)))
            {import}
            (import "env" "memory" (memory 15 16))
            (data (i32.const 0) "\01")
            (data (i32.const 8) "\20")
            (func (export "deploy"))
            (func (export "call")
                (call $input (i32.const 16) (i32.const 0))
                (drop (memory.grow (i32.const 1)))
                (i32.store8 (i32.const 1048575) (i32.const 1))
                (if (i32.eqz (i32.load8_u (i32.const 16))) (then (return)))
                (i32.store8 (i32.const 16)
                    (i32.sub (i32.load8_u (i32.const 16)) (i32.const 1)))
                (call $address (i32.const 32) (i32.const 8))
                (if {call} (then (unreachable)))))"#
    );
    wat::parse_str(text).unwrap()
}

/// A cluster under one engine, with the contract.
struct Cluster {
    engine: Arc<dyn Engine>,
    state: BTreeMap<Vec<u8>, Vec<u8>>,
    contract: [u8; 32],
    _one: MutexGuard<'static, ()>,
}

impl Cluster {
    fn new(version: EngineVersion) -> Self {
        let one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
        let engines = match std::env::var_os("PINK_ENGINES") {
            Some(path) => PathBuf::from(path),
            None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/engines"),
        };
        let registry = EngineRegistry::new(engines);
        let files = registry
            .scan()
            .expect("the engines are built: run `cargo xtask engines`");
        let file = files.iter().find(|file| file.version == version).unwrap();
        let mut cluster = Self {
            engine: registry.get(version, &file.record(Vec::new())).unwrap(),
            state: BTreeMap::new(),
            contract: [0; 32],
            _one: one,
        };
        cluster.engine.set_memory_limit(ENGINE_MEMORY_LIMIT_BYTES);
        let setup = Message::Setup(Setup {
            cluster: [0; 32],
            owner: OWNER,
            deposit: u128::MAX / 4,
            gas_price: 1,
            deposit_per_item: 1,
            deposit_per_byte: 1,
            treasury: [9; 32],
            existential_deposit: 1,
            engine_config: Vec::new(),
            system_code: None,
        });
        assert_eq!(cluster.execute(&setup).unwrap().outcome, Outcome::Success);
        let instantiate = Message::Instantiate(Instantiate {
            origin: OWNER,
            code: Code::Upload(deep(version)),
            input: Vec::new(),
            salt: Vec::new(),
            value: 1 << 60,
            gas_limit: GAS,
            storage_deposit_limit: None,
            max_gas_price: u128::MAX,
        });
        let made = cluster.execute(&instantiate).unwrap();
        assert_eq!(made.outcome, Outcome::Success);
        cluster.contract = made.address.unwrap();
        cluster
    }

    /// Executes on threads that have the stack for it, and keeps what changed.
    fn execute(&mut self, message: &Message) -> Result<Receipt, Fault> {
        let (receipt, changes) = self.attempt(message)?;
        for (key, value) in changes {
            match value {
                Some(value) => self.state.insert(key, value),
                None => self.state.remove(&key),
            };
        }
        Ok(receipt)
    }

    fn attempt(&self, message: &Message) -> Result<(Receipt, pink_engine_host::Changes), Fault> {
        let env = Env {
            mode: Mode::Transaction,
            block: Block {
                number: 1,
                now_ms: 6_000,
                entropy: [0; 32],
                upgrade_targets: Vec::new(),
                system_code: None,
            },
            seq: 0,
        };
        with_stack(|| {
            let mut session = Session::changing(&self.state, &());
            let receipt = self.engine.execute(&mut session, &env, message)?;
            Ok((receipt, session.finish().0))
        })
        .unwrap()
    }

    /// A call that nests so many more.
    fn call(&self, depth: u8) -> Message {
        Message::Call(Call {
            origin: OWNER,
            contract: self.contract,
            input: vec![depth],
            value: 0,
            gas_limit: GAS,
            storage_deposit_limit: None,
            max_gas_price: u128::MAX,
            lent: 0,
        })
    }
}

/// The deepest that a version lets the contract go: found by trying, so that it stays true.
fn deepest(cluster: &Cluster) -> u8 {
    let succeeds = |depth: &u8| {
        let (receipt, _) = cluster.attempt(&cluster.call(*depth)).unwrap();
        receipt.outcome == Outcome::Success
    };
    (1..=u8::MAX)
        .take_while(succeeds)
        .last()
        .expect("one call can be nested")
}

fn counted(version: EngineVersion) {
    let mut cluster = Cluster::new(version);
    let before = cluster.engine.memory();
    assert!(before.current > 0 && before.peak >= before.current);
    let call = cluster.call(3);
    cluster.execute(&call).unwrap();
    let after = cluster.engine.memory();
    assert!(after.allocations > before.allocations);
    // Four frames of a MiB each were there at once.
    let noise = 4 * MEMORY_COUNT_BYTES;
    assert!(after.peak + noise >= 4 << 20, "{after:?}");
    assert!(after.peak >= after.current);
}

#[test]
fn what_1_0_holds_is_counted() {
    counted(EngineVersion::new(1, 0));
}

#[test]
fn what_2_0_holds_is_counted() {
    counted(EngineVersion::new(2, 0));
}

/// Gas and changes of the call that met the limit are the same once there is room: it left nothing.
fn limited(version: EngineVersion) {
    let cluster = Cluster::new(version);
    let call = cluster.call(5);
    let undisturbed = cluster.attempt(&call).unwrap();
    let limit = cluster.engine.memory().current + (2 << 20);
    cluster.engine.set_memory_limit(limit);
    match cluster.attempt(&call) {
        Err(Fault::Memory { used, limit: said }) => {
            assert!(used > limit);
            assert_eq!(said, limit);
        }
        other => panic!("{other:?}"),
    }
    // A smaller one isn't disturbed by what is over.
    let small = cluster.attempt(&cluster.call(0)).unwrap();
    assert_eq!(small.0.outcome, Outcome::Success);
    cluster.engine.set_memory_limit(ENGINE_MEMORY_LIMIT_BYTES);
    let again = cluster.attempt(&call).unwrap();
    assert_eq!(again.0.gas_consumed, undisturbed.0.gas_consumed);
    assert_eq!(again, undisturbed);
}

#[test]
fn a_passed_limit_is_a_fault_of_1_0() {
    limited(EngineVersion::new(1, 0));
}

#[test]
fn a_passed_limit_is_a_fault_of_2_0() {
    limited(EngineVersion::new(2, 0));
}

/// The deepest stack of the largest frames stays far below the limit that workers set.
fn unreachable(version: EngineVersion) {
    let cluster = Cluster::new(version);
    let before = cluster.engine.memory().current;
    // Every depth on the way there was tried, the one that fails too.
    let depth = deepest(&cluster);
    let peak = cluster.engine.memory().peak;
    assert!(depth >= 4, "{depth}");
    assert!(
        peak.saturating_sub(before) >= u64::from(depth) << 20,
        "{depth} deep, {peak} bytes"
    );
    assert!(peak < ENGINE_MEMORY_LIMIT_BYTES / 8, "{peak} bytes");
}

#[test]
fn no_contract_reaches_the_limit_of_1_0() {
    unreachable(EngineVersion::new(1, 0));
}

#[test]
fn no_contract_reaches_the_limit_of_2_0() {
    unreachable(EngineVersion::new(2, 0));
}
