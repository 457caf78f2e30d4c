//! The system contract's messages and who has a right to them, row by row, with the committed
//! artefact: outcome, output and gas.

mod common;

use common::*;
use parity_scale_codec::Encode;
use pink_engine_sdk::types::*;

/// The owner deploys it; the administrator was made one by him.
const OWNER: AccountId = ALICE;
const ADMINISTRATOR: AccountId = CHARLIE;
const SOMEBODY: AccountId = BOB;

/// A message by its selector in the agreement with tools.
fn input(selector: u32, args: impl Encode) -> Vec<u8> {
    [selector.to_be_bytes().to_vec(), args.encode()].concat()
}

/// What a message that may fail gives back: ink!'s layer, then the contract's own result.
const FINE: &[u8] = &[0, 0];
const DENIED: &[u8] = &[0, 1, 0];
const NO_CODE: &[u8] = &[0, 1, 2];
const CONDITION: &[u8] = &[0, 1, 3];

fn fixture() -> (Chain, AccountId, Hash) {
    let (mut chain, system) = with_system_contract();
    chain.deposit(ADMINISTRATOR, MONEY);
    let grant = chain.call(system, &input(0x6761_2061, ADMINISTRATOR));
    assert_eq!(grant.outcome, Outcome::Success, "{grant:?}");
    let driver = chain.call(system, &input(0xaa1e_2030, ("a driver", BOB)));
    assert_eq!(driver.outcome, Outcome::Success, "{driver:?}");
    let next = artefact("system-next");
    let hash: Hash = blake2b_simd::Params::new()
        .hash_length(32)
        .hash(&next)
        .as_bytes()
        .try_into()
        .unwrap();
    chain.host.system_codes.insert(hash, next);
    (chain, system, hash)
}

#[test]
fn rights_row_by_row() {
    let (mut chain, system, next) = fixture();
    let code = chain.contract(system).unwrap().code_hash;
    let total = chain.free(BOB) + chain.held(BOB);
    // Who asks has its gas limit, 200 milliseconds and the base of the call, at 3 for a picosecond, in the
    // escrow.
    let asking = total - (200_000_000_000 + 150_396_000) * 3;
    let of = |value: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = vec![0];
        value(&mut bytes);
        bytes
    };
    let version = of(&|out| (1u16, 0u16).encode_to(out));
    let owner = of(&|out| OWNER.encode_to(out));
    let driver = of(&|out| Some(BOB).encode_to(out));
    let money = [vec![0], total.encode()].concat();
    let asking = [vec![0], asking.encode()].concat();
    type Row<'a> = (&'a str, Vec<u8>, [&'a [u8]; 3], [u64; 3]);
    let rows: Vec<Row<'_>> = vec![
        ("version", input(0x87c9_8a8d, ()), [&version; 3], GAS_OF[0]),
        ("owner", input(0x9e4f_64f5, ()), [&owner; 3], GAS_OF[1]),
        (
            "grant_admin",
            input(0x6761_2061, BOB),
            [FINE, DENIED, DENIED],
            GAS_OF[2],
        ),
        (
            "revoke_admin",
            input(0x1058_6a73, ADMINISTRATOR),
            [FINE, DENIED, DENIED],
            GAS_OF[3],
        ),
        (
            "is_admin",
            input(0xf06f_050a, ADMINISTRATOR),
            [&[0, 1]; 3],
            GAS_OF[4],
        ),
        (
            "set_driver",
            input(0xaa1e_2030, ("other", BOB)),
            [FINE, FINE, DENIED],
            GAS_OF[5],
        ),
        (
            "set_driver of logs",
            input(0xaa1e_2030, ("PinkLogger", BOB)),
            [FINE, FINE, DENIED],
            GAS_OF[6],
        ),
        (
            "get_driver",
            input(0x2740_cf0a, "a driver"),
            [&driver; 3],
            GAS_OF[7],
        ),
        (
            "get_driver of nobody",
            input(0x2740_cf0a, "none"),
            [&[0, 0]; 3],
            GAS_OF[8],
        ),
        (
            "upgrade_system_contract",
            input(0xaf69_ca03, ()),
            [NO_CODE, DENIED, DENIED],
            GAS_OF[9],
        ),
        (
            "do_upgrade",
            input(0x667e_0041, (0u16, 9u16)),
            [DENIED; 3],
            GAS_OF[10],
        ),
        (
            "upgrade_runtime",
            input(0x317f_6bf3, (2u32, NEWER.minor)),
            [FINE, DENIED, DENIED],
            GAS_OF[11],
        ),
        (
            "upgrade_runtime to the same",
            input(0x317f_6bf3, (2u32, RULES.version.minor)),
            [CONDITION, DENIED, DENIED],
            GAS_OF[12],
        ),
        (
            "total_balance_of",
            input(0x5a98_f226, BOB),
            [&money, &money, &asking],
            GAS_OF[13],
        ),
        (
            "free_balance_of",
            input(0x8a0d_40d7, BOB),
            [&money, &money, &asking],
            GAS_OF[14],
        ),
        (
            "code_exists",
            input(0x6fc5_8436, code),
            [&[0, 1]; 3],
            GAS_OF[15],
        ),
        (
            "code_exists of none",
            input(0x6fc5_8436, next),
            [&[0, 0]; 3],
            GAS_OF[16],
        ),
    ];
    let mut found = Vec::new();
    for (name, input, expected, gas) in &rows {
        let mut used = [0; 3];
        for (who, caller) in [OWNER, ADMINISTRATOR, SOMEBODY].into_iter().enumerate() {
            let mut message = call(system, input);
            message.origin = caller;
            let receipt = chain.execute(Mode::Estimating, Message::Call(message));
            assert_eq!(
                receipt.output, expected[who],
                "{name} by {who}: {receipt:?}"
            );
            let failed = [DENIED, NO_CODE, CONDITION].contains(&expected[who]);
            let outcome = if failed && !matches!(*name, "is_admin" | "code_exists") {
                Outcome::Reverted
            } else {
                Outcome::Success
            };
            assert_eq!(receipt.outcome, outcome, "{name} by {who}");
            // Only what the owner asks for becomes an effect.
            let asked = *name == "upgrade_runtime" && caller == OWNER;
            assert_eq!(!receipt.effects.is_empty(), asked, "{name} by {who}");
            used[who] = receipt.gas_consumed.ref_time;
        }
        found.push((*name, used, *gas));
    }
    let differs: Vec<_> = found
        .iter()
        .enumerate()
        .filter(|(row, (_, used, gas))| {
            let (row, mut pairs) = (*row as u64, used.iter().zip(gas));
            // Two rows of one figure in 2.0 needn't be that in 2.1.
            pairs.any(|(used, gas)| (*used, row) != figure(*gas, row))
        })
        .collect();
    assert!(differs.is_empty(), "name, used, expected: {differs:#?}");
}

/// With the chain's newer code there, the owner alone replaces the contract's; what it knew stays.
#[test]
fn the_owner_alone_replaces_the_code() {
    let (mut chain, system, next) = fixture();
    chain.block.system_code = Some(next);
    let upgrade = input(0xaf69_ca03, ());
    for who in [ADMINISTRATOR, SOMEBODY] {
        let mut message = call(system, &upgrade);
        message.origin = who;
        let receipt = chain.send(Message::Call(message));
        assert_eq!(receipt.outcome, Outcome::Reverted);
        assert_eq!(receipt.output, DENIED);
    }
    let receipt = chain.call(system, &upgrade);
    assert_eq!(receipt.outcome, Outcome::Success, "{receipt:?}");
    assert_eq!(chain.contract(system).unwrap().code_hash, next);
    let is_admin = chain.query(system, &input(0xf06f_050a, ADMINISTRATOR));
    assert_eq!(is_admin.output, [0, 1]);
    // Once more: the same version isn't newer.
    let again = chain.call(system, &upgrade);
    assert_eq!(again.outcome, Outcome::Reverted, "{again:?}");
    assert_eq!(again.output, CONDITION);
}

/// A version that the block doesn't allow ends the call, the owner's too.
#[test]
fn an_engine_that_isnt_allowed() {
    let (mut chain, system, _) = fixture();
    let receipt = chain.call(system, &input(0x317f_6bf3, (9u32, 9u32)));
    assert_eq!(error(&receipt), "UnsupportedUpgradeTarget");
    assert!(receipt.effects.is_empty() && receipt.events.is_empty());
}

/// An order that is the system contract's to give ends the call of any other contract; the rest
/// are events, and none has an effect.
#[test]
fn others_give_no_privileged_orders() {
    let (mut chain, _, _) = fixture();
    let contract = chain.make_wat(&module(
        r#"(import "seal0" "deposit_event" (func $event (param i32 i32 i32 i32)))
           (data (i32.const 8100) "\04\40phala.pink.event\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00")"#,
        "(call $event (i32.const 8100) (i32.const 33) (i32.const 4) (i32.load (i32.const 0)))",
    ));
    for index in 0..=12u8 {
        let receipt = chain.call(contract, &(index, 2u32, 1u32, [0u8; 32]).encode());
        match index {
            2 | 3 | 7..=10 => assert_eq!(error(&receipt), "BadOrigin", "{index}"),
            _ => {
                assert_eq!(receipt.outcome, Outcome::Success, "{index}");
                assert!(matches!(receipt.events[0], Event::ContractEmitted { .. }));
            }
        }
        assert!(receipt.effects.is_empty(), "{index}");
        assert!(receipt.gas_consumed.ref_time > 0);
    }
}

/// Ref time of each row, by the owner, an administrator, somebody.
const GAS_OF: [[u64; 3]; 17] = [
    [2_658_386_740, 2_658_386_740, 2_658_386_740],
    [2_659_093_540, 2_659_093_540, 2_659_093_540],
    [2_810_108_600, 2_659_167_740, 2_659_167_740],
    [2_809_018_600, 2_659_167_740, 2_659_167_740],
    [2_664_464_040, 2_664_464_040, 2_664_464_040],
    [2_817_393_800, 2_821_616_200, 2_666_844_740],
    [2_828_639_300, 2_832_861_700, 2_667_042_240],
    [2_666_753_980, 2_666_753_980, 2_666_753_980],
    [2_664_780_540, 2_664_780_540, 2_664_780_540],
    [2_662_626_840, 2_658_350_540, 2_658_350_540],
    [2_659_306_940, 2_659_306_940, 2_659_306_940],
    [2_737_773_600, 2_658_973_340, 2_658_973_340],
    [2_661_572_140, 2_658_973_340, 2_658_973_340],
    [2_663_753_540, 2_663_753_540, 2_663_753_540],
    [2_663_753_540, 2_663_753_540, 2_663_753_540],
    [2_663_550_040, 2_663_550_040, 2_663_550_040],
    [2_663_550_040, 2_663_550_040, 2_663_550_040],
];
