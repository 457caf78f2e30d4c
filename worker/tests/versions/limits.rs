//! What a message may give a worker to keep: at each bound it is kept, one byte beyond it parks
//! every worker alike, at the message, and governance can amend it. Nothing ends in an error of the
//! store. The sums over a block are counted in the unit tests of `exec`.
//!
//! The engine is one that gives whatever it is asked for: real ones have rules below these bounds.

use crate::{
    amendments::{all_park, amend, report},
    cluster::{account, run, Cluster, ID},
    files::{built, panics_at_a_message, V1_0},
};
use fat_contracts_primitives::{contract_address, CodeSource, ParkCause, Remedy, Weight};
use pallet_fat_contracts::Call;
use pink_capi::types::{Event, Outcome};
use pink_worker_core::exec::{
    self, MAX_CHANGED_KEY_BYTES, MAX_CHANGED_VALUE_BYTES, MAX_RECEIPT_BYTES,
};
use runtime_mock::UNIT;
use std::{fs, path::Path};

/// The page names every bound with the value that it has.
#[test]
fn every_bound_is_on_the_page() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(here.join("../docs/limits.md")).expect("the page");
    let valued = [
        ("MAX_CHANGED_KEY_BYTES", exec::MAX_CHANGED_KEY_BYTES),
        ("MAX_CHANGED_VALUE_BYTES", exec::MAX_CHANGED_VALUE_BYTES),
        ("MAX_BLOCK_CHANGED_KEYS", exec::MAX_BLOCK_CHANGED_KEYS),
        ("MAX_BLOCK_CHANGED_BYTES", exec::MAX_BLOCK_CHANGED_BYTES),
        ("MAX_RECEIPT_BYTES", exec::MAX_RECEIPT_BYTES),
        ("MAX_BLOCK_RECEIPTS_BYTES", exec::MAX_BLOCK_RECEIPTS_BYTES),
        ("MAX_INPUT_BYTES", exec::MAX_INPUT_BYTES),
        ("MAX_AMENDED_LATER", exec::MAX_AMENDED_LATER),
    ];
    for (name, value) in valued {
        let row = page
            .lines()
            .find(|line| line.starts_with(&format!("| `{name}`")));
        let row = row.unwrap_or_else(|| panic!("{name} has no row"));
        let cell = row.split('|').nth(2).expect("a cell").trim();
        let digits: String = cell.chars().filter(char::is_ascii_digit).collect();
        assert_eq!(digits, value.to_string(), "{row}");
    }
    // And none is in the sources that isn't on the page.
    let mut found = 0;
    for source in [
        "core/src/exec/bounds.rs",
        "core/src/exec/order.rs",
        "core/src/exec/promises.rs",
        "core/src/store/mod.rs",
    ] {
        let text = fs::read_to_string(here.join(source)).expect("a source");
        for line in text
            .lines()
            .filter_map(|line| line.strip_prefix("pub const "))
        {
            let (name, _) = line.split_once(':').expect("a constant");
            let named = page.contains(&format!("`{name}`"));
            assert!(
                named || !name.starts_with("MAX_"),
                "{source}: {name} isn't on the page"
            );
            found += 1;
        }
    }
    assert!(found >= 11, "{found} constants");
}

/// The value of a constant, written in numbers, products and shifts.
fn value(text: &str) -> u64 {
    let product = |text: &str| -> u64 {
        let factors = text.split('*').map(|it| it.trim().replace('_', ""));
        factors
            .map(|it| it.parse::<u64>().unwrap_or_else(|_| panic!("{text}")))
            .product()
    };
    match text.split_once("<<") {
        Some((number, by)) => product(number) << product(by),
        None => product(text),
    }
}

/// The constants of the sources below a folder whose name begins so, with their values.
fn constants(folder: &Path, found: &mut Vec<(String, u64)>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            constants(&path, found);
            continue;
        }
        let text = fs::read_to_string(&path).expect("a source");
        // Some of them are longer than a line.
        for text in text.split("const ").skip(1) {
            let Some((name, rest)) = text.split_once(':') else {
                continue;
            };
            if name.starts_with("MAX_") || name == "TRANSACTION_MEMORY_BYTES" {
                let (_, rest) = rest.split_once('=').expect("a value");
                let (text, _) = rest.split_once(';').expect("its end");
                found.push((name.into(), value(text)));
            }
        }
    }
}

/// Those of what one call may take, too: with the values that they have.
#[test]
fn every_bound_of_a_call_is_on_the_page() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(here.join("../docs/limits.md")).expect("the page");
    let mut found = Vec::new();
    constants(&here.join("engine-host/src"), &mut found);
    constants(&here.join("../capi/src"), &mut found);
    assert!(found.len() >= 11, "{found:?}");
    for (name, value) in found {
        let place = page.find(&format!("`{name}`"));
        let place = place.unwrap_or_else(|| panic!("{name} isn't on the page"));
        let behind = &page[place + name.len() + 2..];
        let number = behind.trim_start_matches([')', ' ', '|']);
        let digits: String = number
            .chars()
            .take_while(|it| it.is_ascii_digit() || *it == ',')
            .filter(char::is_ascii_digit)
            .collect();
        assert_eq!(digits, value.to_string(), "{name}");
    }
}

const MIB_64: u32 = 67_108_864;

/// A receipt without its output: seq and version (8 + 8), outcome (1), three weights (48), gas
/// price, fee and refund (48), storage deposit (17), the output's length (4), and four absent or
/// empty parts (4).
const RECEIPT: u32 = 8 + 8 + 1 + 48 + 48 + 17 + 4 + 4;

fn asks(what: &str, length: u32) -> Vec<u8> {
    [what.as_bytes(), &length.to_le_bytes()].concat()
}

#[test]
fn at_a_bound_it_is_kept_and_beyond_it_can_be_amended() {
    let cases = [
        ("output", MIB_64 - RECEIPT, ParkCause::ReceiptsTooLarge),
        ("key", 512, ParkCause::ChangesTooLarge),
        ("value", MIB_64, ParkCause::ChangesTooLarge),
    ];
    assert_eq!(MAX_RECEIPT_BYTES, u64::from(MIB_64));
    assert_eq!(MAX_CHANGED_VALUE_BYTES, u64::from(MIB_64));
    assert_eq!(MAX_CHANGED_KEY_BYTES, 512);
    let mut cluster = Cluster::new(vec![panics_at_a_message()], 3);
    for (what, most, cause) in cases {
        let kept = cluster.call(&asks(what, most));
        cluster.all_run();
        let receipt = cluster.nodes[0].receipt(kept).receipt;
        assert_eq!(receipt.outcome, Outcome::Success, "{what}");
        let output = if what == "output" { most as usize } else { 0 };
        assert_eq!(receipt.output.len(), output);

        let fatal = cluster.call(&asks(what, most + 1));
        let later = cluster.call(&[1]);
        all_park(&mut cluster, fatal, cause);
        let parked = cluster.turn(0).expect("it stands there").to_string();
        let found = match what {
            "output" => most + RECEIPT + 1,
            _ => most + 1,
        };
        assert!(
            parked.contains(&format!("{found} bytes of one")),
            "{parked}"
        );
        report(&mut cluster, 0..3);
        cluster.block(vec![amend(fatal, Remedy::Skip)]);
        cluster.block(Vec::new());
        cluster.all_run();
        for node in &cluster.nodes {
            let skipped = node.receipt(fatal).receipt.outcome;
            assert!(matches!(&skipped, Outcome::Rejected(why) if why.error == "Amended"));
            let next = node.receipt(later).receipt;
            assert_eq!(next.outcome, Outcome::Success);
            assert!(next.gas_consumed.ref_time > 0);
        }
        cluster.all_acknowledge();
        assert_eq!(cluster.record().diverged, None);
    }
    cluster.money_is_right();
    cluster.nodes[0].replays();
}

/// 4,200 events of 16 KiB, for the price of a fifth of a second, would be a receipt of 68,972,568 bytes. The
/// rules end it at the 256th, with 4 MiB of events: a trap, a receipt without any, and nothing parks.
#[test]
fn cheap_events_never_end_in_an_error_of_the_store() {
    let mut cluster = Cluster::new(vec![built(V1_0)], 3);
    let text = r#"(module
        (import "seal0" "seal_deposit_event" (func $event (param i32 i32 i32 i32)))
        (import "env" "memory" (memory 1 1))
        (func (export "deploy"))
        (func (export "call")
            (local $left i32)
            (local.set $left (i32.const 4200))
            (loop $again
                (call $event (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 16384))
                (local.set $left (i32.sub (local.get $left) (i32.const 1)))
                (br_if $again (local.get $left)))))"#;
    let code = wat::parse_str(text).expect("a literal");
    let code_hash = sp_crypto_hashing::blake2_256(&code).into();
    let gas_limit = Weight {
        ref_time: 300_000_000_000,
        proof_size: 0,
    };
    let make = Call::instantiate_contract {
        cluster: ID,
        code: CodeSource::Code(code),
        input: Vec::new(),
        salt: vec![1],
        value: 10 * UNIT,
        gas_limit,
        storage_deposit_limit: None,
        max_gas_price: None,
        max_ordering_fee: u128::MAX,
    };
    cluster.signed(0, make);
    let contract = contract_address(&account(0), &code_hash, ID, &[1]);
    cluster.all_run();
    let call = Call::call_contract {
        cluster: ID,
        contract,
        input: Vec::new(),
        value: 0,
        gas_limit,
        storage_deposit_limit: None,
        max_gas_price: None,
        max_ordering_fee: u128::MAX,
    };
    cluster.signed(0, call);
    let loud = cluster.last_seq();
    cluster.all_run();
    for node in &cluster.nodes {
        let receipt = node.receipt(loud).receipt;
        assert!(
            matches!(&receipt.outcome, Outcome::Trapped(why) if why.error == "OutOfEvents"),
            "{:?}",
            receipt.outcome
        );
        let emitted = |event: &Event| matches!(event, Event::ContractEmitted { .. });
        assert!(!receipt.events.iter().any(emitted));
        // A call, and 256 turns with an event each: 9,371,260 ps and 2,451 for each of 16,384 bytes. A turn's
        // operators take less than 2,000,000.
        let least = 509_326_000 + 256 * (9_371_260 + 2_451 * 16_384);
        let paid = receipt.gas_consumed.ref_time;
        assert!((least..least + 256 * 2_000_000).contains(&paid), "{paid}");
    }
    let quiet = cluster.call(&[1]);
    cluster.all_run();
    let receipt = cluster.nodes[0].receipt(quiet).receipt;
    assert_eq!(receipt.outcome, Outcome::Success);
    cluster.all_acknowledge();
    cluster.money_is_right();
    let mut newcomer = cluster.newcomer();
    assert!(run(&mut newcomer, &cluster.chain, &cluster.history).is_none());
}
