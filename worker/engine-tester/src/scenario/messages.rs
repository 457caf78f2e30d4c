//! The messages of the scenario.

use crate::engine::Work;
use pink_capi::{
    calls::view,
    types::{
        AccountId, Balance, Block, Call, Code, Deposit, Determinism, Env, Instantiate, Message,
        Mode, Setup, UpdatePrices, Upgrade, Upload, Version, Weight, Withdraw,
    },
    v2::Kind,
};
use std::borrow::Cow;

/// The contract for engines that run ink! 5.
const FLIPPER: &[u8] = include_bytes!("../../../../contracts/artifacts/flipper.wasm");
/// The contract for engines of era 1; `switch.wat` is its text.
pub(super) const SWITCH: &[u8] = include_bytes!("switch.wasm");

pub(crate) const OWNER: AccountId = [0x0A; 32];
pub(super) const BOB: AccountId = [0x0B; 32];
const TREASURY: AccountId = [0x7E; 32];

/// Enough for every step.
const MONEY: Balance = 1_000_000_000_000_000_000;
/// What an execution may use: a tenth of a second and a megabyte.
const GAS: Weight = Weight::new(100_000_000_000, 1 << 20);

/// A block of the scenario.
pub(crate) fn block(number: u32) -> Block {
    Block {
        number,
        now_ms: 1_700_000_000_000_u64.saturating_add(u64::from(number).saturating_mul(6_000)),
        entropy: [0xE0; 32],
        upgrade_targets: Vec::new(),
        system_code: None,
    }
}

/// The first work of a block.
pub(super) fn begin(number: u32) -> Work {
    Work::BeginBlock(Cow::Owned(block(number)))
}

/// The last work of a block.
pub(super) fn end(number: u32) -> Work {
    Work::EndBlock(Cow::Owned(block(number)))
}

/// A message as a transaction.
pub(crate) fn message(seq: u64, message: Message) -> Work {
    tried(Mode::Transaction, seq, message)
}

/// A message in any mode.
pub(crate) fn tried(mode: Mode, seq: u64, message: Message) -> Work {
    let block = block(1);
    Work::Message(Cow::Owned(Env { mode, block, seq }), Cow::Owned(message))
}

/// The message that brings the cluster into being.
pub(crate) fn setup(system_code: Option<[u8; 32]>) -> Message {
    Message::Setup(Setup {
        cluster: [0xC1; 32],
        owner: OWNER,
        deposit: MONEY,
        gas_price: 1,
        deposit_per_item: 1,
        deposit_per_byte: 1,
        treasury: TREASURY,
        existential_deposit: 1,
        engine_config: Vec::new(),
        system_code,
    })
}

pub(super) fn deposit() -> Message {
    Message::Deposit(Deposit {
        dest: BOB,
        amount: MONEY,
    })
}

pub(super) fn prices() -> Message {
    Message::UpdatePrices(UpdatePrices {
        gas_price: 1,
        deposit_per_item: 2,
        deposit_per_byte: 2,
    })
}

pub(super) fn withdraw() -> Message {
    Message::Withdraw(Withdraw {
        from: BOB,
        amount: 1_000,
        max_gas_price: Balance::MAX,
    })
}

/// The code of the contract.
pub(crate) fn code(version: Version) -> &'static [u8] {
    match version.major {
        0 | 1 => SWITCH,
        _ => FLIPPER,
    }
}

pub(super) fn upload(version: Version) -> Message {
    Message::Upload(Upload {
        origin: OWNER,
        code: code(version).to_vec(),
        storage_deposit_limit: None,
        determinism: Determinism::Enforced,
        max_gas_price: Balance::MAX,
    })
}

pub(super) fn instantiate(version: Version, stored: Option<[u8; 32]>) -> Message {
    let code = match stored {
        Some(hash) => Code::Existing(hash),
        None => Code::Upload(code(version).to_vec()),
    };
    // ink!'s `new(false)`; the other contract has no arguments.
    let mut input = selector(version, [0x9b, 0xae, 0x9d, 0x5e]);
    if !input.is_empty() {
        input.push(0);
    }
    Message::Instantiate(Instantiate {
        origin: OWNER,
        code,
        input,
        salt: vec![1],
        value: endowment(version),
        gas_limit: GAS,
        storage_deposit_limit: None,
        max_gas_price: Balance::MAX,
    })
}

/// Rent is paid from a contract's own money; ink!'s constructors take none unless they say so.
fn endowment(version: Version) -> Balance {
    match version.major {
        0 | 1 => MONEY / 100,
        _ => 0,
    }
}

pub(super) fn call(contract: AccountId, input: Vec<u8>) -> Message {
    Message::Call(Call {
        origin: OWNER,
        contract,
        input,
        value: 0,
        gas_limit: GAS,
        storage_deposit_limit: None,
        max_gas_price: Balance::MAX,
        query_deposit: 0,
    })
}

pub(super) fn selector(version: Version, selector: [u8; 4]) -> Vec<u8> {
    match version.major {
        0 | 1 => Vec::new(),
        _ => selector.to_vec(),
    }
}

/// An input of this kind that is in order.
pub(crate) fn sample(kind: Kind) -> Work {
    match kind {
        Kind::Begin => begin(1),
        Kind::Idle => end(1),
        Kind::View => Work::View(view::TotalIssuance {}.into()),
        Kind::Tx => message(1, deposit()),
        Kind::Query => tried(Mode::Query, 1, deposit()),
        Kind::Estimate => tried(Mode::Estimating, 1, deposit()),
        Kind::Upgrade => message(
            1,
            Message::Upgrade(Upgrade {
                from: Version::new(0, 9),
                system_code: None,
            }),
        ),
    }
}
