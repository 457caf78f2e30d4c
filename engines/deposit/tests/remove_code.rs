//! The end of code that nothing uses.

mod common;

use common::*;
use pink_engine_sdk::types::*;

fn removal(origin: AccountId, code_hash: Hash) -> Message {
    Message::RemoveCode(RemoveCode {
        origin,
        code_hash,
        max_gas_price: GAS_PRICE,
    })
}

fn base(code: &[u8]) -> Weight {
    RULES.bases.remove_code.of(code.len() as u32)
}

/// Everything is as it was before the upload, but for the fees, and the code may come again.
#[test]
fn who_uploaded_gets_the_deposit_back() {
    let mut chain = Chain::new();
    let before = chain.state();
    let code = artefact("flipper");
    let stored = chain.upload(&code);
    let (hash, deposit) = (stored.code_hash.unwrap(), chain.held(ALICE));
    assert!(deposit > 0);
    let removed = chain.send(removal(ALICE, hash));
    assert_eq!(removed.outcome, Outcome::Success, "{removed:?}");
    assert_eq!(removed.storage_deposit, StorageDeposit::Refund(deposit));
    assert_eq!(removed.code_hash, Some(hash));
    assert_eq!(
        (removed.gas_limit, removed.gas_consumed),
        (base(&code), base(&code))
    );
    assert_eq!(
        removed.events[..1],
        [Event::CodeRemoved {
            code_hash: hash,
            deposit_released: deposit,
            remover: ALICE,
        }]
    );
    assert_eq!(chain.held(ALICE), 0);
    assert_eq!(chain.free(ALICE), MONEY - stored.fee - removed.fee);
    let codes = |state: &std::collections::BTreeMap<Vec<u8>, Vec<u8>>| {
        state.keys().filter(|key| key.starts_with(b"code")).count()
    };
    assert_eq!((codes(&before), codes(&chain.state())), (0, 0));
    assert_eq!(chain.upload(&code).code_hash, Some(hash));
}

/// Each refusal by its name, in the order of the checks, with nothing changed.
#[test]
fn refusals() {
    let mut chain = Chain::new();
    let code = artefact("flipper");
    let refused = |chain: &mut Chain, origin, hash, name: &str| {
        let receipt = chain.send(removal(origin, hash));
        assert_eq!(error(&receipt), name, "{receipt:?}");
        assert_eq!(receipt.gas_consumed, Weight::default());
    };
    refused(&mut chain, ALICE, [7; 32], "CodeNotFound");
    let flipper = chain.make(&code, &message("default", ()));
    let hash = chain.contract(flipper).unwrap().code_hash;
    refused(&mut chain, BOB, hash, "CodeInUse");
    refused(&mut chain, ALICE, hash, "CodeInUse");

    let mut other = Chain::new();
    let hash = other.code(&code);
    refused(&mut other, BOB, hash, "BadOrigin");
    let mut dear = removal(ALICE, hash);
    if let Message::RemoveCode(message) = &mut dear {
        message.max_gas_price = GAS_PRICE - 1;
    }
    let receipt = other.send(dear);
    assert_eq!(error(&receipt), "GasPriceTooHigh");
}

/// An estimate costs what the transaction costs, and removes nothing.
#[test]
fn it_can_be_estimated() {
    let mut chain = Chain::new();
    let hash = chain.code(&artefact("flipper"));
    let estimate = chain.execute(Mode::Estimating, removal(ALICE, hash));
    let really = chain.send(removal(ALICE, hash));
    assert_eq!(estimate.gas_consumed, really.gas_consumed);
    assert_eq!(estimate.fee, really.fee);
    let again = chain.send(removal(ALICE, hash));
    assert_eq!(error(&again), "CodeNotFound");
}
