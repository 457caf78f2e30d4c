//! The bytes of every call into an engine, through both ABIs, as another encoder made them
//! (`wire.txt`). They never change: recorded blocks and released engines hold to them.

use parity_scale_codec::Encode;
use pink_capi::{
    types::*,
    v1::{CrossCall, ECalls, ECallsClient},
    v2::{Kind, View},
    Fault,
};

fn block() -> Block {
    Block {
        number: 7,
        now_ms: 1_700_000_000_000,
        entropy: [0xEE; 32],
        upgrade_targets: vec![Version::new(2, 0)],
        system_code: Some([0x5C; 32]),
    }
}

fn env(mode: Mode) -> Env {
    Env {
        mode,
        block: block(),
        seq: 9,
    }
}

fn messages() -> Vec<Message> {
    vec![
        Message::Setup(Setup {
            cluster: [0xC1; 32],
            owner: [1; 32],
            deposit: 1000,
            gas_price: 2,
            deposit_per_item: 3,
            deposit_per_byte: 4,
            treasury: [2; 32],
            existential_deposit: 5,
            engine_config: vec![0xCA, 0xFE],
            system_code: Some([0x5C; 32]),
        }),
        Message::Deposit(Deposit {
            dest: [3; 32],
            amount: 6,
        }),
        Message::Withdraw(Withdraw {
            from: [4; 32],
            amount: 7,
            max_gas_price: 8,
        }),
        Message::Upload(Upload {
            origin: [5; 32],
            code: b"\0asm".to_vec(),
            storage_deposit_limit: Some(9),
            determinism: Determinism::Relaxed,
            max_gas_price: 10,
        }),
        Message::Instantiate(Instantiate {
            origin: [6; 32],
            code: Code::Existing([0xC0; 32]),
            input: b"in".to_vec(),
            salt: b"salt".to_vec(),
            value: 11,
            gas_limit: Weight::new(12, 13),
            storage_deposit_limit: None,
            max_gas_price: 14,
        }),
        call(),
        Message::Upgrade(Upgrade {
            from: Version::new(1, 1),
            system_code: None,
        }),
        Message::UpdatePrices(UpdatePrices {
            gas_price: 21,
            deposit_per_item: 22,
            deposit_per_byte: 23,
        }),
        Message::UpdateSchedule(UpdateSchedule {
            schedule: vec![1, 2],
        }),
        Message::ClaimSurcharge(ClaimSurcharge {
            origin: [9; 32],
            contract: [10; 32],
            by_worker: true,
            max_gas_price: 24,
        }),
        Message::Destroy(Destroy {}),
        Message::RemoveCode(RemoveCode {
            origin: [11; 32],
            code_hash: [0xC0; 32],
            max_gas_price: 25,
        }),
    ]
}

fn call() -> Message {
    Message::Call(Call {
        origin: [7; 32],
        contract: [8; 32],
        input: b"in".to_vec(),
        value: 15,
        gas_limit: Weight::new(16, 17),
        storage_deposit_limit: Some(18),
        max_gas_price: 19,
        lent: 20,
    })
}

/// A call, as a host makes it.
enum Ecall {
    Begin(Block),
    End(Block),
    Message(Env, Message),
    View(View),
}

fn ecalls() -> Vec<Ecall> {
    let transaction = |message| Ecall::Message(env(Mode::Transaction), message);
    let mut all = vec![Ecall::Begin(block()), Ecall::End(block())];
    all.extend(messages().into_iter().map(transaction));
    all.push(Ecall::Message(env(Mode::Query), call()));
    all.push(Ecall::Message(env(Mode::Estimating), call()));
    all.extend(
        [
            View::Describe,
            View::Account([1; 32]),
            View::TotalIssuance,
            View::Cluster,
            View::Contract([2; 32]),
            View::ContractStorage([3; 32], b"key".to_vec()),
            View::Rent(block(), [4; 32]),
        ]
        .map(Ecall::View),
    );
    all
}

#[derive(Default)]
struct Record(u32, Vec<u8>);

impl CrossCall for &mut Record {
    fn cross_call(&mut self, id: u32, args: &[u8]) -> Result<Vec<u8>, Fault> {
        **self = Record(id, args.to_vec());
        Err(Fault::NoHost)
    }
}

fn v1(ecall: &Ecall) -> (u32, Vec<u8>) {
    let mut record = Record::default();
    let mut client = ECallsClient(&mut record);
    let _ = match ecall {
        Ecall::Begin(block) => client.begin_block(block.clone()).map(drop),
        Ecall::End(block) => client.end_block(block.clone()).map(drop),
        Ecall::View(view) => match view.clone() {
            View::Describe => client.describe().map(drop),
            View::Account(who) => client.account(who).map(drop),
            View::TotalIssuance => client.total_issuance().map(drop),
            View::Cluster => client.cluster().map(drop),
            View::Contract(address) => client.contract(address).map(drop),
            View::ContractStorage(address, key) => client.contract_storage(address, key).map(drop),
            View::Rent(block, address) => client.rent(block, address).map(drop),
        },
        Ecall::Message(env, message) => {
            let env = env.clone();
            match message.clone() {
                Message::Setup(message) => client.setup(env, message),
                Message::Deposit(message) => client.deposit(env, message),
                Message::Withdraw(message) => client.withdraw(env, message),
                Message::Upload(message) => client.upload(env, message),
                Message::Instantiate(message) => client.instantiate(env, message),
                Message::Call(message) => client.call(env, message),
                Message::Upgrade(message) => client.upgrade(env, message),
                Message::UpdatePrices(message) => client.update_prices(env, message),
                Message::UpdateSchedule(message) => client.update_schedule(env, message),
                Message::ClaimSurcharge(message) => client.claim_surcharge(env, message),
                Message::Destroy(message) => client.destroy(env, message),
                Message::RemoveCode(message) => client.remove_code(env, message),
            }
            .map(drop)
        }
    };
    (record.0, record.1)
}

fn v2(ecall: &Ecall) -> (u32, Vec<u8>) {
    let (kind, input) = match ecall {
        Ecall::Begin(block) => (Kind::Begin, block.encode()),
        Ecall::End(block) => (Kind::Idle, block.encode()),
        Ecall::View(view) => (Kind::View, view.encode()),
        Ecall::Message(env, message) => {
            let kind = match (env.mode, message) {
                (Mode::Query, _) => Kind::Query,
                (Mode::Estimating, _) => Kind::Estimate,
                (Mode::Transaction, Message::Upgrade(_)) => Kind::Upgrade,
                (Mode::Transaction, _) => Kind::Tx,
            };
            (kind, (env, message).encode())
        }
    };
    (kind as u32, input)
}

/// `9 0a0b`, as a row of the file has it.
fn text((number, bytes): (u32, Vec<u8>)) -> String {
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{number} {}", if hex.is_empty() { "-" } else { &hex })
}

#[test]
fn every_call_has_its_bytes_in_both_abis() {
    let rows: Vec<_> = include_str!("wire.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.split(" | ").collect::<Vec<_>>())
        .collect();
    let ecalls = ecalls();
    assert_eq!(rows.len(), ecalls.len());
    for (row, ecall) in rows.iter().zip(&ecalls) {
        let [name, first, second] = row[..] else {
            panic!("three columns: {row:?}");
        };
        assert_eq!(text(v1(ecall)), first, "{name}, ABI 1");
        assert_eq!(text(v2(ecall)), second, "{name}, ABI 2");
    }
}
