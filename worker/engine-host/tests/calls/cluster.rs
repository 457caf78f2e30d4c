//! A cluster in memory under one engine, with a contract that takes all that it can get.

use fat_contracts_primitives::EngineVersion;
use pink_capi::{
    types::{Block, Call, Code, Env, Instantiate, Message, Mode, Outcome, Receipt, Setup, Weight},
    Fault,
};
use pink_engine_host::{
    with_stack, Changes, Engine, EngineRegistry, Session, TRANSACTION_MEMORY_BYTES,
};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// An engine is one for the whole process, and so is what it counts: one test after the other.
static ONE: Mutex<()> = Mutex::new(());

pub(crate) const V1_0: EngineVersion = EngineVersion::new(1, 0);
pub(crate) const V1_1: EngineVersion = EngineVersion::new(1, 1);
pub(crate) const V2_0: EngineVersion = EngineVersion::new(2, 0);
#[allow(dead_code)] // one test's alone
pub(crate) const V2_1: EngineVersion = EngineVersion::new(2, 1);

const OWNER: [u8; 32] = [1; 32];

/// What a message may use at most on this repository's runtime.
pub(crate) const GAS: Weight = Weight::new(2_000_000_000_000, 8 << 20);

/// What the contract does.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Work {
    /// Grows its memory to the largest allowed, fills it, and calls itself this many times more, each
    /// within the one before: the stack holds all frames at once.
    Nest(u8),
    /// Writes 16 KiB under one key after another, until its gas is gone.
    Fill,
    /// The same under one key.
    Rewrite,
    /// Emits events of 16 KiB, until its gas is gone.
    Emit,
    /// Counts, until its gas is gone.
    Spin,
}

impl Work {
    fn input(self) -> Vec<u8> {
        match self {
            Self::Nest(depth) => vec![0, depth],
            Self::Fill => vec![1],
            Self::Rewrite => vec![2],
            Self::Emit => vec![3],
            Self::Spin => vec![4],
        }
    }
}

/// The contract. `salt` makes it another one, which no engine has compiled yet.
pub(crate) fn contract(version: EngineVersion, salt: u32) -> Vec<u8> {
    let (imports, call, set) = match version.major {
        1 => (
            r#"(import "seal0" "seal_call"
                (func $call (param i32 i32 i64 i32 i32 i32 i32 i32 i32) (result i32)))
               (import "seal0" "seal_set_storage" (func $set (param i32 i32 i32)))"#,
            "(call $call (i32.const 96) (i32.const 32) (i64.const 0) (i32.const 160)
                (i32.const 16) (i32.const 32) (i32.const 2) (i32.const -1) (i32.const 0))",
            "(call $set (i32.const 256) (i32.const 1024) (i32.const 16384))",
        ),
        _ => (
            r#"(import "seal1" "seal_call"
                (func $call (param i32 i32 i64 i32 i32 i32 i32 i32) (result i32)))
               (import "seal2" "set_storage" (func $set (param i32 i32 i32 i32) (result i32)))"#,
            // May be called back.
            "(call $call (i32.const 8) (i32.const 96) (i64.const 0) (i32.const 160)
                (i32.const 32) (i32.const 2) (i32.const -1) (i32.const 0))",
            "(drop (call $set (i32.const 256) (i32.const 32) (i32.const 1024) (i32.const 16384)))",
        ),
    };
    let text = format!(
        r#"(module
            (import "seal0" "seal_input" (func $input (param i32 i32)))
            (import "seal0" "seal_address" (func $address (param i32 i32)))
            (import "seal0" "seal_deposit_event" (func $event (param i32 i32 i32 i32)))
            {imports}
            (import "env" "memory" (memory 15 16))
            (data (i32.const 0) "\02")
            (data (i32.const 8) "\20")
            (global $salt (mut i32) (i32.const {salt}))
            (func (export "deploy"))
            (func $nest
                (drop (memory.grow (i32.const 1)))
                (i32.store8 (i32.const 1048575) (i32.const 1))
                (if (i32.eqz (i32.load8_u (i32.const 33))) (then (return)))
                (i32.store8 (i32.const 33)
                    (i32.sub (i32.load8_u (i32.const 33)) (i32.const 1)))
                (call $address (i32.const 96) (i32.const 8))
                (if {call} (then (unreachable))))
            (func $write (param $step i32)
                (loop $more
                    (i32.store (i32.const 256)
                        (i32.add (i32.load (i32.const 256)) (local.get $step)))
                    {set}
                    (br $more)))
            (func (export "call") (local $mode i32)
                (call $input (i32.const 32) (i32.const 0))
                (local.set $mode (i32.load8_u (i32.const 32)))
                (if (i32.eqz (local.get $mode)) (then (call $nest) (return)))
                (if (i32.eq (local.get $mode) (i32.const 1)) (then (call $write (i32.const 1))))
                (if (i32.eq (local.get $mode) (i32.const 2)) (then (call $write (i32.const 0))))
                (if (i32.eq (local.get $mode) (i32.const 3)) (then
                    (loop $more
                        (call $event (i32.const 0) (i32.const 0)
                            (i32.const 1024) (i32.const 16384))
                        (br $more))))
                (loop $more (br $more))))"#
    );
    wat::parse_str(text).unwrap()
}

/// A contract whose start function counts to half a million, and whose entry points do nothing.
fn with_start() -> Vec<u8> {
    let text = r#"(module
        (import "env" "memory" (memory 1 1))
        (func $start (local $turn i32)
            (loop $more
                (local.set $turn (i32.add (local.get $turn) (i32.const 1)))
                (br_if $more (i32.lt_u (local.get $turn) (i32.const 500000)))))
        (start $start)
        (func (export "deploy"))
        (func (export "call")))"#;
    wat::parse_str(text).unwrap()
}

/// A cluster under one engine, with the contract.
pub(crate) struct Cluster {
    pub(crate) engine: Arc<dyn Engine>,
    version: EngineVersion,
    pub(crate) state: BTreeMap<Vec<u8>, Vec<u8>>,
    contract: [u8; 32],
    /// The contract's.
    code: Vec<u8>,
    code_hash: [u8; 32],
    _one: MutexGuard<'static, ()>,
}

impl Cluster {
    pub(crate) fn new(version: EngineVersion) -> Self {
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
            version,
            state: BTreeMap::new(),
            contract: [0; 32],
            code: Vec::new(),
            code_hash: [0; 32],
            _one: one,
        };
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
        assert_eq!(cluster.keep(&setup).outcome, Outcome::Success);
        cluster.another_contract(0);
        cluster
    }

    /// One with a contract that has a long start function.
    pub(crate) fn with_start(version: EngineVersion) -> Self {
        let mut cluster = Self::new(version);
        cluster.instantiate(with_start());
        cluster
    }

    /// From now on calls go to a contract whose code the engine hasn't compiled.
    pub(crate) fn another_contract(&mut self, salt: u32) {
        self.instantiate(contract(self.version, salt));
    }

    /// From now on calls go to a contract of this code.
    pub(crate) fn instantiate(&mut self, code: Vec<u8>) {
        self.code = code.clone();
        let instantiate = Message::Instantiate(Instantiate {
            origin: OWNER,
            code: Code::Upload(code),
            input: Vec::new(),
            salt: Vec::new(),
            value: 1 << 60,
            gas_limit: GAS,
            storage_deposit_limit: None,
            max_gas_price: u128::MAX,
        });
        let made = self.keep(&instantiate);
        assert_eq!(made.outcome, Outcome::Success);
        self.contract = made.address.unwrap();
        self.code_hash = made.code_hash.unwrap();
    }

    /// Executes, and keeps what changed.
    pub(crate) fn keep(&mut self, message: &Message) -> Receipt {
        let (receipt, changes) = self.attempt(message).unwrap();
        for (key, value) in changes {
            match value {
                Some(value) => self.state.insert(key, value),
                None => self.state.remove(&key),
            };
        }
        receipt
    }

    /// Executes as a transaction.
    pub(crate) fn attempt(&self, message: &Message) -> Result<(Receipt, Changes), Fault> {
        self.attempt_within(message, TRANSACTION_MEMORY_BYTES)
    }

    /// Executes as a transaction that may take so much memory.
    pub(crate) fn attempt_within(
        &self,
        message: &Message,
        memory_bytes: u64,
    ) -> Result<(Receipt, Changes), Fault> {
        self.on(Mode::Transaction, |engine, env| {
            let session = Session::changing(&self.state, &());
            let mut session = session.with_memory_bytes(memory_bytes);
            let receipt = engine.execute(&mut session, env, message)?;
            Ok((receipt, session.finish().0))
        })
    }

    /// Does something with the engine, on a thread that has the stack for it.
    pub(crate) fn on<T: Send>(
        &self,
        mode: Mode,
        work: impl FnOnce(&dyn Engine, &Env) -> T + Send,
    ) -> T {
        let env = Self::env(mode);
        with_stack(|| work(&*self.engine, &env)).unwrap()
    }

    /// The same on a thread with so much stack.
    #[allow(dead_code)] // one test's alone
    pub(crate) fn on_stack_of<T: Send>(
        &self,
        bytes: usize,
        mode: Mode,
        work: impl FnOnce(&dyn Engine, &Env) -> T + Send,
    ) -> T {
        let env = Self::env(mode);
        std::thread::scope(|scope| {
            let thread = std::thread::Builder::new().stack_size(bytes);
            let thread = thread.spawn_scoped(scope, || work(&*self.engine, &env));
            thread.unwrap().join().unwrap()
        })
    }

    fn env(mode: Mode) -> Env {
        Env {
            mode,
            block: Block {
                number: 1,
                now_ms: 6_000,
                entropy: [0; 32],
                upgrade_targets: Vec::new(),
                system_code: None,
            },
            seq: 0,
        }
    }

    /// The contract's code.
    #[allow(dead_code)] // one test's alone
    pub(crate) fn code(&self) -> Vec<u8> {
        self.code.clone()
    }

    /// Its hash.
    #[allow(dead_code)] // one test's alone
    pub(crate) fn code_hash(&self) -> [u8; 32] {
        self.code_hash
    }

    /// A call of the contract with a gas limit.
    pub(crate) fn call_with(&self, work: Work, gas_limit: Weight) -> Message {
        self.call_bytes(work.input(), gas_limit)
    }

    /// A call of the contract with an input of any bytes.
    pub(crate) fn call_bytes(&self, input: Vec<u8>, gas_limit: Weight) -> Message {
        Message::Call(Call {
            origin: OWNER,
            contract: self.contract,
            input,
            value: 0,
            gas_limit,
            storage_deposit_limit: Some(u128::MAX / 8),
            max_gas_price: u128::MAX,
            query_deposit: 0,
        })
    }

    /// A call of the contract with as much gas as there may be.
    pub(crate) fn call(&self, work: Work) -> Message {
        self.call_with(work, GAS)
    }
}
