//! The program that runs is asked what its own OpenRPC document allows and what it doesn't, over real connections, by
//! somebody who knows nothing else of it.

use crate::{deposit, rpc::address, support::following::who, Harness};
use fat_contracts_primitives::{contract_address, CodeHash, CodeSource, Weight};
use pallet_fat_contracts::Call;
use pink_worker_core::accounts::ss58;
use runtime_mock::{runtime::Runtime, Extrinsic, Genesis, UNIT};
use serde_json::Value;
use sp_crypto_hashing::blake2_256;
use std::{
    env, fs,
    path::Path,
    process::{Command, Stdio},
};
use tempfile::TempDir;

/// A contract that every version takes.
const CODE: &[u8] = include_bytes!("../../../contracts/artifacts/flipper-ink3.wasm");
/// `new(true)`.
const CONSTRUCTOR: [u8; 5] = [0x9b, 0xae, 0x9d, 0x5e, 1];

fn instantiate() -> Extrinsic {
    let call = Call::<Runtime>::instantiate_contract {
        cluster: 1,
        code: CodeSource::Code(CODE.to_vec()),
        input: CONSTRUCTOR.to_vec(),
        salt: b"fuzz".to_vec(),
        value: 20 * UNIT,
        gas_limit: Weight {
            ref_time: 100_000_000_000,
            proof_size: 1 << 20,
        },
        storage_deposit_limit: None,
        max_gas_price: None,
        max_ordering_fee: 100 * UNIT,
    };
    Extrinsic::signed(who("//Bob"), call)
}

/// `PINK_FUZZ_REQUESTS` and `PINK_FUZZ_SECONDS` say how much, if they say.
#[test]
#[ignore = "takes python3 with worker/rpc/tests/fuzz/requirements.txt: run by the step `fuzz`"]
fn it_is_what_its_document_says() {
    let said = |name: &str, usual: &str| env::var(name).unwrap_or_else(|_| usual.into());
    let python = said("PINK_FUZZ_PYTHON", "python3");
    let mut harness = Harness::begin(Genesis::development());
    harness.block(vec![deposit(100 * UNIT)]);
    harness.block(vec![instantiate()]);
    let made = harness.worker(&harness.made);
    let receipts = made.receipts(harness.head()).expect("a store");
    let outcome = &receipts.last().expect("a receipt").receipt.outcome;
    assert_eq!(*outcome, pink_capi::types::Outcome::Success);
    let hash = CodeHash::from(blake2_256(CODE));
    let contract = contract_address(&who("//Bob"), &hash, 1, b"fuzz");
    let base = TempDir::new().expect("a directory");
    // Queries that don't end would be most of the time.
    let limits = "[query]\ntimeout_ms = 300\nmax_ref_time = 200000000000\n";
    fs::write(base.path().join("worker.toml"), limits).expect("a file");
    let mut running = harness.start(base.path(), &["--rpc-port", "0"]);
    let url = address(&mut running);
    running.until(&format!("followed block={}", harness.head()));
    let newest = harness
        .fake
        .with(|state| state.blocks.last().map(|it| it.hash));
    let selector = |message: &str| {
        let selector = &blake2_256(message.as_bytes())[..4];
        format!("0x{}", hex::encode(selector))
    };
    let remembered = TempDir::new().expect("a directory");
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("rpc/tests/fuzz/fuzz.py");
    let done = Command::new(python)
        .arg(fuzz)
        .arg(&url)
        .args(["--requests", &said("PINK_FUZZ_REQUESTS", "1000000")])
        .args(["--seconds", &said("PINK_FUZZ_SECONDS", "45")])
        .args(["--known", &ss58(&contract), &ss58(&who("//Bob"))])
        .args([
            format!("{:?}", newest.expect("a block")),
            format!("0x{}", hex::encode(hash)),
        ])
        .args(["get", "flip"].map(selector))
        .env("HYPOTHESIS_STORAGE_DIRECTORY", remembered.path())
        .stdin(Stdio::null())
        .output()
        .expect("python3: PINK_FUZZ_PYTHON names another one");
    let (out, errors) = (
        String::from_utf8_lossy(&done.stdout),
        String::from_utf8_lossy(&done.stderr),
    );
    assert!(done.status.success(), "{out}\n{errors}");
    println!("{}", out.trim());
    let counts: Value = serde_json::from_str(out.trim()).expect("counts");
    let count = |name: &str| counts[name].as_u64().unwrap_or_default();
    // It is no fuzzing if everything is refused at the door, and none if everything is right.
    let requests = count("requests");
    assert!(requests > 500, "{counts}");
    assert!(count("result") > requests / 20, "{counts}");
    assert!(
        count("-32602") > requests / 20 && count("-32700") > 0,
        "{counts}"
    );
    let (status, report, log) = running.stop_saying("TERM");
    assert_eq!(status, 0, "{report}");
    assert!(!log.contains("panicked"), "{log}");
}
