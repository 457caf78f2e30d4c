//! Modules that nobody would write, as in `tests/smith.rs`, for as long as one likes: the engine
//! never panics, never leaves a fault, and two instances never differ.
//!
//! `ulimit -s 262144; cargo fuzz run modules` in `engines/deposit`: frames of a build that counts
//! coverage are larger than a main thread has stack for.
#![no_main]

#[path = "../../tests/smith/make.rs"]
mod make;

use libfuzzer_sys::fuzz_target;
use pink_engine_deposit::{DepositEngine, Release, Rules};
use pink_engine_sdk::{types::*, Engine, Host, MemoryHost, Overlay};

struct V2_0;

impl Release for V2_0 {
    const RULES: Rules = Rules::V2_0;
}

const USER: AccountId = [1; 32];

/// Two engines over two states; the second never has anything in its cache.
struct Pair {
    hosts: [MemoryHost; 2],
    first: DepositEngine<V2_0>,
    seq: u64,
}

impl Pair {
    fn send(&mut self, message: Message) -> Receipt {
        let env = Env {
            mode: Mode::Transaction,
            block: Block {
                number: 1,
                now_ms: 6_000,
                entropy: [0; 32],
                upgrade_targets: Vec::new(),
                system_code: None,
            },
            seq: self.seq,
        };
        self.seq += 1;
        let cold = DepositEngine::<V2_0>::new();
        let [one, other] = [(&self.first, 0), (&cold, 1)].map(|(engine, host)| {
            let mut state = Overlay::new(&self.hosts[host]);
            let receipt = engine.execute(&mut state, &env, message.clone());
            assert_eq!(state.fault(), None);
            assert_eq!(state.depth(), 0);
            (receipt, state.into_changes().unwrap())
        });
        assert_eq!(one, other);
        let (receipt, changes) = one;
        for host in &self.hosts {
            host.commit(changes.clone()).unwrap();
        }
        receipt
    }
}

fuzz_target!(|bytes: &[u8]| {
    let Some(code) = make::module(bytes) else {
        return;
    };
    let mut pair = Pair {
        hosts: Default::default(),
        first: DepositEngine::new(),
        seq: 0,
    };
    pair.send(Message::Setup(Setup {
        cluster: [0; 32],
        owner: USER,
        deposit: 1_000_000_000_000_000,
        gas_price: 1,
        deposit_per_item: 10,
        deposit_per_byte: 1,
        treasury: [9; 32],
        existential_deposit: 1_000,
        engine_config: Vec::new(),
        system_code: None,
    }));
    let gas_limit = Weight::new(2_000_000_000, 1 << 20);
    let made = pair.send(Message::Instantiate(Instantiate {
        origin: USER,
        code: Code::Upload(code),
        input: b"input".to_vec(),
        salt: Vec::new(),
        value: 0,
        gas_limit,
        storage_deposit_limit: None,
        max_gas_price: 1,
    }));
    if let Some(contract) = made.address {
        pair.send(Message::Call(Call {
            origin: USER,
            contract,
            input: b"some input".to_vec(),
            value: 5_000,
            gas_limit,
            storage_deposit_limit: None,
            max_gas_price: 1,
            query_deposit: 0,
        }));
    }
});
