//! The bytes of every call into an engine, through both ABIs, as another encoder made them. They
//! never change: recorded blocks and released engines hold to them.

use pink_capi::{
    calls::{view, Ecall, ECALLS},
    types::*,
    v2::Kind,
    Fault,
};
use std::{borrow::Cow, collections::BTreeSet};

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
        Message::ActivateCode(ActivateCode {
            origin: [0x0E; 32],
            code_hash: [0xC1; 32],
            gas_limit: Weight::new(26, 27),
            max_gas_price: 28,
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
        query_deposit: 20,
    })
}

fn ecalls() -> Vec<Ecall<'static>> {
    let of = |mode, message| Ecall::Message(Cow::Owned(env(mode)), Cow::Owned(message));
    let mut all = vec![
        Ecall::BeginBlock(Cow::Owned(block())),
        Ecall::EndBlock(Cow::Owned(block())),
    ];
    all.extend(messages().into_iter().map(|it| of(Mode::Transaction, it)));
    all.push(of(Mode::Query, call()));
    all.push(of(Mode::Estimating, call()));
    all.push(Ecall::View(view::Describe {}.into()));
    all.push(Ecall::View(view::Account { who: [1; 32] }.into()));
    all.push(Ecall::View(view::TotalIssuance {}.into()));
    all.push(Ecall::View(view::Cluster {}.into()));
    all.push(Ecall::View(view::Contract { address: [2; 32] }.into()));
    let (address, key) = ([3; 32], b"key".to_vec());
    all.push(Ecall::View(view::ContractStorage { address, key }.into()));
    let (block, address) = (block(), [4; 32]);
    all.push(Ecall::View(view::Rent { block, address }.into()));
    all
}

/// `9 0a0b`, as a row of the file has it.
fn text(number: u32, bytes: &[u8]) -> String {
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{number} {}", if hex.is_empty() { "-" } else { &hex })
}

#[test]
fn every_call_has_its_bytes_in_both_abis() {
    let rows: Vec<_> = WIRE
        .lines()
        .map(|line| line.split(" | ").collect::<Vec<_>>())
        .collect();
    let ecalls = ecalls();
    assert_eq!(rows.len(), ecalls.len());
    for (row, ecall) in rows.iter().zip(&ecalls) {
        let [name, first, second] = row[..] else {
            panic!("three columns: {row:?}");
        };
        let (args, kind, input) = (ecall.args(), ecall.kind(), ecall.input());
        assert_eq!(text(ecall.id(), &args), first, "{name}, ABI 1");
        assert_eq!(text(kind as u32, &input), second, "{name}, ABI 2");
        // And back, from those very bytes.
        assert_eq!(Ecall::from_args(ecall.id(), &args).as_ref(), Ok(ecall));
        assert_eq!(Ecall::from_input(kind, &input).as_ref(), Ok(ecall));
        assert_eq!(ecall.info().id, ecall.id());
    }
    let shown: BTreeSet<u32> = ecalls.iter().map(Ecall::id).collect();
    assert!(
        ECALLS.iter().map(|row| row.id).eq(shown),
        "a call has no row here"
    );
}

#[test]
fn what_isn_t_a_call_is_refused() {
    let next = ECALLS.last().map_or(0, |row| row.id + 1);
    for id in [0, 17, 19, next, u32::MAX] {
        assert_eq!(Ecall::from_args(id, &[]), Err(Fault::UnknownCall { id }));
    }
    for view in [0u8, 2, 19, next as u8, 255] {
        let id = u32::from(view);
        assert_eq!(
            Ecall::from_input(Kind::View, &[view]),
            Err(Fault::UnknownCall { id })
        );
    }
    for ecall in ecalls() {
        let (kind, mut input, mut args) = (ecall.kind(), ecall.input(), ecall.args());
        input.push(0);
        args.push(0);
        let refused = |fault| matches!(fault, Err(Fault::BadArguments { .. }));
        assert!(refused(Ecall::from_input(kind, &input)), "{ecall:?}");
        assert!(refused(Ecall::from_args(ecall.id(), &args)), "{ecall:?}");
    }
}

/// Every kind with every mode, with an upgrade and without.
#[test]
fn kind_mode_and_message_belong_together() {
    let upgrade = Message::Upgrade(Upgrade {
        from: Version::new(1, 1),
        system_code: None,
    });
    for mode in [Mode::Query, Mode::Estimating, Mode::Transaction] {
        for (message, right) in [
            (
                upgrade.clone(),
                (mode == Mode::Transaction).then_some(Kind::Upgrade),
            ),
            (
                call(),
                Some(match mode {
                    Mode::Query => Kind::Query,
                    Mode::Estimating => Kind::Estimate,
                    Mode::Transaction => Kind::Tx,
                }),
            ),
        ] {
            let ecall = Ecall::Message(Cow::Owned(env(mode)), Cow::Owned(message));
            let input = ecall.input();
            for kind in [Kind::Upgrade, Kind::Tx, Kind::Query, Kind::Estimate] {
                let decoded = Ecall::from_input(kind, &input);
                assert_eq!(decoded.is_ok(), Some(kind) == right, "{kind:?} {ecall:?}");
            }
        }
    }
}

/// Name | id and arguments of ABI 1 | kind and input of ABI 2; of no bytes, `-`.
const WIRE: &str = "\
begin_block | 2 070000000068e5cf8b010000eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee040200000000000000015c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c | 2 070000000068e5cf8b010000eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee040200000000000000015c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c
end_block | 3 070000000068e5cf8b010000eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee040200000000000000015c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c | 4 070000000068e5cf8b010000eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee040200000000000000015c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c
setup | 4 02070000000068e5cf8b010000eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee040200000000000000015c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c0900000000000000c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c10101010101010101010101010101010101010101010101010101010101010101e803000000000000000000000000000002000000000000000000000000000000030000000000000000000000000000000400000000000000000000000000000002020202020202020202020202020202020202020202020202020202020202020500000000000000000000000000000008cafe015c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c | 3 02070000000068e5cf8b010000eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee040200000000000000015c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c090000000000000000c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c10101010101010101010101010101010101010101010101010101010101010101e803000000000000000000000000000002000000000000000000000000000000030000000000000000000000000000000400000000000000000000000000000002020202020202020202020202020202020202020202020202020202020202020500000000000000000000000000000008cafe015c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c
deposit | 5 02070000000068e5cf8b010000eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee040200000000000000015c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c0900000000000000030303030303030303030303030303030303030303030303030303030303030306000000000000000000000000000000 | 3 02070000000068e5cf8b010000eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee040200000000000000015c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c090000000000000001030303030303030303030303030303030303030303030303030303030303030306000000000000000000000000000000
withdraw | 6 02070000000068e5cf8b010000eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee040200000000000000015c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c090000000000000004040404040404040404040404040404040404040404040404040404040404040700000000000000000000000000000008000000000000000000000000000000 | 3 02070000000068e5cf8b010000eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee040200000000000000015c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c09000000000000000204040404040404040404040404040404040404040404040404040404040404040700000000000000000000000000000008000000000000000000000000000000
upload | 7 02070000000068e5cf8b010000eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee040200000000000000015c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c09000000000000000505050505050505050505050505050505050505050505050505050505050505100061736d0109000000000000000000000000000000010a000000000000000000000000000000 | 3 02070000000068e5cf8b010000eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee040200000000000000015c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c0900000000000000030505050505050505050505050505050505050505050505050505050505050505100061736d0109000000000000000000000000000000010a000000000000000000000000000000
instantiate | 8 02070000000068e5cf8b010000eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee040200000000000000015c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c0900000000000000060606060606060606060606060606060606060606060606060606060606060601c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c008696e1073616c740b0000000000000000000000000000000c000000000000000d00000000000000000e000000000000000000000000000000 | 3 02070000000068e5cf8b010000eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee040200000000000000015c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c090000000000000004060606060606060606060606060606060606060606060606060606060606060601c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c008696e1073616c740b0000000000000000000000000000000c000000000000000d00000000000000000e000000000000000000000000000000
call | 9 02070000000068e5cf8b010000eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee040200000000000000015c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c09000000000000000707070707070707070707070707070707070707070707070707070707070707080808080808080808080808080808080808080808080808080808080808080808696e0f0000000000000000000000000000001000000000000000110000000000000001120000000000000000000000000000001300000000000000000000000000000014000000000000000000000000000000 | 3 02070000000068e5cf8b010000eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee040200000000000000015c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c0900000000000000050707070707070707070707070707070707070707070707070707070707070707080808080808080808080808080808080808080808080808080808080808080808696e0f0000000000000000000000000000001000000000000000110000000000000001120000000000000000000000000000001300000000000000000000000000000014000000000000000000000000000000
upgrade | 10 02070000000068e5cf8b010000eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee040200000000000000015c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c0900000000000000010000000100000000 | 1 02070000000068e5cf8b010000eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee040200000000000000015c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c090000000000000006010000000100000000
update_prices | 11 02070000000068e5cf8b010000eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee040200000000000000015c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c0900000000000000150000000000000000000000000000001600000000000000000000000000000017000000000000000000000000000000 | 3 02070000000068e5cf8b010000eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee040200000000000000015c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c090000000000000007150000000000000000000000000000001600000000000000000000000000000017000000000000000000000000000000
update_schedule | 12 02070000000068e5cf8b010000eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee040200000000000000015c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c0900000000000000080102 | 3 02070000000068e5cf8b010000eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee040200000000000000015c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c090000000000000008080102
claim_surcharge | 13 02070000000068e5cf8b010000eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee040200000000000000015c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c090000000000000009090909090909090909090909090909090909090909090909090909090909090a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0118000000000000000000000000000000 | 3 02070000000068e5cf8b010000eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee040200000000000000015c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c09000000000000000909090909090909090909090909090909090909090909090909090909090909090a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0118000000000000000000000000000000
destroy | 14 02070000000068e5cf8b010000eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee040200000000000000015c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c0900000000000000 | 3 02070000000068e5cf8b010000eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee040200000000000000015c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c09000000000000000a
remove_code | 15 02070000000068e5cf8b010000eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee040200000000000000015c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c09000000000000000b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0bc0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c019000000000000000000000000000000 | 3 02070000000068e5cf8b010000eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee040200000000000000015c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c09000000000000000b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0bc0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c019000000000000000000000000000000
activate_code | 16 02070000000068e5cf8b010000eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee040200000000000000015c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c09000000000000000e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0ec1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c11a000000000000001b000000000000001c000000000000000000000000000000 | 3 02070000000068e5cf8b010000eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee040200000000000000015c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c09000000000000000c0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0ec1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c11a000000000000001b000000000000001c000000000000000000000000000000
query | 9 00070000000068e5cf8b010000eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee040200000000000000015c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c09000000000000000707070707070707070707070707070707070707070707070707070707070707080808080808080808080808080808080808080808080808080808080808080808696e0f0000000000000000000000000000001000000000000000110000000000000001120000000000000000000000000000001300000000000000000000000000000014000000000000000000000000000000 | 5 00070000000068e5cf8b010000eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee040200000000000000015c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c0900000000000000050707070707070707070707070707070707070707070707070707070707070707080808080808080808080808080808080808080808080808080808080808080808696e0f0000000000000000000000000000001000000000000000110000000000000001120000000000000000000000000000001300000000000000000000000000000014000000000000000000000000000000
estimate | 9 01070000000068e5cf8b010000eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee040200000000000000015c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c09000000000000000707070707070707070707070707070707070707070707070707070707070707080808080808080808080808080808080808080808080808080808080808080808696e0f0000000000000000000000000000001000000000000000110000000000000001120000000000000000000000000000001300000000000000000000000000000014000000000000000000000000000000 | 6 01070000000068e5cf8b010000eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee040200000000000000015c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c0900000000000000050707070707070707070707070707070707070707070707070707070707070707080808080808080808080808080808080808080808080808080808080808080808696e0f0000000000000000000000000000001000000000000000110000000000000001120000000000000000000000000000001300000000000000000000000000000014000000000000000000000000000000
describe | 1 - | 7 01
account | 20 0101010101010101010101010101010101010101010101010101010101010101 | 7 140101010101010101010101010101010101010101010101010101010101010101
total_issuance | 21 - | 7 15
cluster | 22 - | 7 16
contract | 23 0202020202020202020202020202020202020202020202020202020202020202 | 7 170202020202020202020202020202020202020202020202020202020202020202
contract_storage | 24 03030303030303030303030303030303030303030303030303030303030303030c6b6579 | 7 1803030303030303030303030303030303030303030303030303030303030303030c6b6579
rent | 25 070000000068e5cf8b010000eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee040200000000000000015c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c0404040404040404040404040404040404040404040404040404040404040404 | 7 19070000000068e5cf8b010000eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee040200000000000000015c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c0404040404040404040404040404040404040404040404040404040404040404
";
