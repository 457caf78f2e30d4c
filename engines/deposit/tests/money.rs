//! Money: escrow, fees, deposits, withdrawals, and what is rejected for want of it.

mod common;

use common::*;
use pink_engine_sdk::types::*;

fn flipper(chain: &mut Chain) -> AccountId {
    chain.make(&artefact("flipper"), &message("new", false))
}

#[test]
fn a_payer_without_money_is_told_what_he_needs() {
    let mut chain = Chain::new();
    let flipper = flipper(&mut chain);
    let mut message_ = call(flipper, &message("flip", ()));
    message_.origin = NOBODY;
    let receipt = chain.send(Message::Call(message_.clone()));
    assert_eq!(error(&receipt), "InsufficientBalance");
    assert_eq!(
        detail(&receipt),
        "600450132000 needed, 0 can be spent above the existential deposit"
    );
    // To the unit: the fee of the whole limit, above the existential deposit.
    chain.deposit(NOBODY, 600_450_132_000 + MINIMUM - 1);
    let receipt = chain.send(Message::Call(message_.clone()));
    assert_eq!(error(&receipt), "InsufficientBalance");
    let free = chain.free(NOBODY);
    chain.deposit(NOBODY, 1);
    let receipt = chain.send(Message::Call(message_));
    assert_eq!(receipt.outcome, Outcome::Success);
    assert_eq!(chain.free(NOBODY), free + 1 - receipt.fee);
}

#[test]
fn limits_at_both_ends() {
    let mut chain = Chain::new();
    let flipper = flipper(&mut chain);
    let mut message_ = call(flipper, &message("flip", ()));
    message_.gas_limit = Weight::default();
    let receipt = chain.send(Message::Call(message_.clone()));
    assert_eq!(receipt.outcome, Outcome::OutOfGas);
    assert_eq!(receipt.gas_consumed, call_base(4));
    message_.gas_limit = Weight::new(u64::MAX, u64::MAX);
    let receipt = chain.send(Message::Call(message_));
    assert_eq!(error(&receipt), "InsufficientBalance");
}

#[test]
fn the_sender_names_his_price() {
    let mut chain = Chain::new();
    let flipper = flipper(&mut chain);
    let mut message_ = call(flipper, &message("flip", ()));
    message_.max_gas_price = GAS_PRICE - 1;
    let receipt = chain.send(Message::Call(message_.clone()));
    assert_eq!(error(&receipt), "GasPriceTooHigh");
    chain.send(Message::UpdatePrices(UpdatePrices {
        gas_price: GAS_PRICE - 1,
        deposit_per_item: 1,
        deposit_per_byte: 1,
    }));
    let receipt = chain.send(Message::Call(message_));
    assert_eq!(receipt.outcome, Outcome::Success);
    assert_eq!(receipt.gas_price, GAS_PRICE - 1);
}

#[test]
fn nobody_home() {
    let mut chain = Chain::new();
    assert_eq!(error(&chain.call(NOBODY, b"")), "ContractNotFound");
    // A plain account is nobody, too.
    assert_eq!(error(&chain.call(BOB, b"")), "ContractNotFound");
    let receipt = chain.instantiate(Code::Existing([5; 32]), b"");
    assert_eq!(error(&receipt), "CodeNotFound");
    assert!(detail(&receipt).contains("0x0505"));
}

#[test]
fn an_address_is_taken_once() {
    let mut chain = Chain::new();
    let input = message("new", false);
    let address = chain.make(&artefact("flipper"), &input);
    let receipt = chain.instantiate(Code::Upload(artefact("flipper")), &input);
    assert_eq!(error(&receipt), "DuplicateContract");
    // The input isn't part of the address.
    let receipt = chain.instantiate(Code::Upload(artefact("flipper")), &message("default", ()));
    assert_eq!(error(&receipt), "DuplicateContract");
    let mut other = instantiate(Code::Upload(artefact("flipper")), &input);
    other.salt = vec![1];
    let receipt = chain.send(Message::Instantiate(other.clone()));
    assert_ne!(receipt.address, Some(address));
    other.salt = b"pink:system".to_vec();
    let receipt = chain.send(Message::Instantiate(other.clone()));
    assert_eq!(error(&receipt), "ReservedSalt");
    other.salt = vec![0; 1025];
    assert_eq!(
        error(&chain.send(Message::Instantiate(other))),
        "ValueTooLarge"
    );
}

/// A constructor that fails leaves neither contract nor code, and can be tried again.
#[test]
fn a_failed_constructor_leaves_nothing() {
    let mut chain = Chain::new();
    let code = artefact("flipper");
    let before = chain.state().len();
    let receipt = chain.instantiate(Code::Upload(code.clone()), b"????");
    assert_eq!(receipt.outcome, Outcome::Reverted);
    assert_eq!(receipt.address, None);
    assert_eq!(receipt.storage_deposit, StorageDeposit::Charge(0));
    // The treasury's account is new, from the fee.
    assert_eq!(chain.state().len(), before + 1);
    assert_eq!(chain.held(ALICE), 0);
    let receipt = chain.instantiate(Code::Upload(code), &message("new", true));
    assert_eq!(receipt.outcome, Outcome::Success);
}

#[test]
fn an_instantiation_with_code_holds_for_both() {
    let mut chain = Chain::new();
    let code = artefact("flipper");
    let receipt = chain.instantiate(Code::Upload(code.clone()), &message("new", true));
    let code_deposit = PER_BYTE * (code.len() as Balance + 62) + 2 * PER_ITEM;
    let base = 107 * PER_BYTE + PER_ITEM;
    let storage = PER_BYTE + PER_ITEM;
    assert_eq!(
        receipt.storage_deposit,
        StorageDeposit::Charge(code_deposit + MINIMUM + base + storage)
    );
    let address = receipt.address.unwrap();
    assert_eq!(chain.held(ALICE), code_deposit);
    assert_eq!(chain.held(address), base + storage);
    assert_eq!(chain.free(address), MINIMUM);
    assert_eq!(
        chain.free(ALICE),
        MONEY - receipt.fee - code_deposit - MINIMUM - base - storage
    );
    // The limit of the deposit is for all of it.
    let all = code_deposit + MINIMUM + base + storage;
    for (limit, ends) in [
        (code_deposit - 1, "rejected"),
        (all - 1, "trapped"),
        (all, "success"),
    ] {
        let mut chain = Chain::new();
        let mut message_ = instantiate(Code::Upload(code.clone()), &message("new", true));
        message_.storage_deposit_limit = Some(limit);
        let receipt = chain.send(Message::Instantiate(message_));
        match (ends, &receipt.outcome) {
            ("rejected", Outcome::Rejected(why)) | ("trapped", Outcome::Trapped(why)) => {
                assert_eq!(why.error, "StorageDepositLimitExhausted");
            }
            ("success", Outcome::Success) => {}
            _ => panic!("{limit}: {receipt:?}"),
        }
    }
}

#[test]
fn a_value_that_isnt_there_is_rejected() {
    let mut chain = Chain::new();
    let flipper = flipper(&mut chain);
    let mut message_ = call(flipper, &message("flip", ()));
    message_.value = MONEY;
    let receipt = chain.send(Message::Call(message_.clone()));
    assert_eq!(error(&receipt), "InsufficientBalance");
    message_.value = 1;
    // ink!'s flip isn't payable: the contract itself says no, and the value is back.
    let receipt = chain.send(Message::Call(message_.clone()));
    assert_ne!(receipt.outcome, Outcome::Success);
    assert_eq!(chain.free(flipper), MINIMUM);
    message_.value = 0;
    message_.storage_deposit_limit = Some(MONEY);
    let receipt = chain.send(Message::Call(message_));
    assert_eq!(error(&receipt), "StorageDepositNotEnoughFunds");
}

#[test]
fn deposits_never_fail() {
    let mut chain = Chain::new();
    let before = chain.issuance();
    let receipt = chain.deposit(NOBODY, MINIMUM);
    assert_eq!(receipt.outcome, Outcome::Success);
    assert_eq!((receipt.fee, receipt.gas_limit), (0, Weight::default()));
    assert_eq!(chain.free(NOBODY), MINIMUM);
    // Less than an account needs goes to the treasury: it is in the ledger, as the chain's
    // escrow says.
    let receipt = chain.deposit([0x11; 32], MINIMUM - 1);
    assert_eq!(receipt.outcome, Outcome::Success);
    assert_eq!(chain.free([0x11; 32]), 0);
    assert_eq!(chain.free(TREASURY), MINIMUM - 1);
    assert_eq!(chain.issuance(), before + 2 * MINIMUM - 1);
}

fn withdraw(from: AccountId, amount: Balance) -> Message {
    Message::Withdraw(Withdraw {
        from,
        amount,
        max_gas_price: GAS_PRICE,
    })
}

#[test]
fn withdrawals_debit_and_say_so() {
    let mut chain = Chain::new();
    let before = chain.issuance();
    let receipt = chain.send(withdraw(BOB, 1_000_000));
    assert_eq!(receipt.outcome, Outcome::Success);
    assert_eq!(receipt.effects, [Effect::Withdrawn { debited: true }]);
    assert_eq!(receipt.gas_consumed, RULES.bases.withdraw.base());
    assert_eq!(chain.free(BOB), MONEY - 1_000_000 - receipt.fee);
    assert_eq!(chain.issuance(), before - 1_000_000);

    let receipt = chain.send(withdraw(BOB, MONEY));
    assert_eq!(error(&receipt), "InsufficientBalance");
    assert_eq!(receipt.effects, [Effect::Withdrawn { debited: false }]);
    let receipt = chain.send(withdraw(NOBODY, 1));
    assert_eq!(receipt.effects, [Effect::Withdrawn { debited: false }]);

    // Everything: the account ends. What would be too little to stay goes to the treasury.
    let fee = Balance::from(RULES.bases.withdraw.ref_time) * GAS_PRICE;
    let rest = chain.free(BOB) - fee;
    let treasury = chain.free(TREASURY);
    let receipt = chain.send(withdraw(BOB, rest - MINIMUM + 1));
    assert_eq!(receipt.outcome, Outcome::Success);
    assert_eq!(chain.free(BOB), 0);
    assert_eq!(chain.free(TREASURY), treasury + fee + MINIMUM - 1);
}

/// Who has deposits held can't leave altogether.
#[test]
fn an_account_with_holds_stays() {
    let mut chain = Chain::new();
    let mut message_ = upload(&artefact("flipper"));
    message_.origin = BOB;
    chain.send(Message::Upload(message_));
    let fee = Balance::from(RULES.bases.withdraw.ref_time) * GAS_PRICE;
    let free = chain.free(BOB);
    let receipt = chain.send(withdraw(BOB, free - fee));
    assert_eq!(error(&receipt), "InsufficientBalance");
    let receipt = chain.send(withdraw(BOB, free - fee - MINIMUM));
    assert_eq!(receipt.outcome, Outcome::Success);
    assert_eq!(chain.free(BOB), MINIMUM);
    assert!(chain.held(BOB) > 0);
}

/// The treasury may be anything: a contract that is called, the sender himself.
#[test]
fn settlement_cant_fail() {
    let mut chain = Chain::new();
    let flipper = flipper(&mut chain);
    for treasury in [ALICE, flipper, NOBODY] {
        let mut other: Chain = Chain::empty();
        let mut setup = other.setup_message();
        setup.treasury = treasury;
        setup.deposit = MONEY;
        other.send(Message::Setup(setup));
        let made = other.make(&artefact("flipper"), &message("new", false));
        assert_eq!(made, flipper);
        let money = other.free(ALICE);
        let receipt = other.call(flipper, &message("flip", ()));
        assert_eq!(receipt.outcome, Outcome::Success);
        let paid = if treasury == ALICE { 0 } else { receipt.fee };
        assert_eq!(other.free(ALICE), money - paid);
    }
}

#[test]
fn the_rest_of_the_messages() {
    let mut chain = Chain::new();
    let message_ = Message::Setup(chain.setup_message());
    assert_eq!(error(&chain.send(message_)), "ClusterExists");
    let message_ = Message::UpdateSchedule(UpdateSchedule { schedule: vec![] });
    assert_eq!(error(&chain.send(message_)), "Unsupported");
    let message_ = Message::ClaimSurcharge(ClaimSurcharge {
        origin: ALICE,
        contract: BOB,
        by_worker: false,
        max_gas_price: 0,
    });
    assert_eq!(error(&chain.send(message_)), "Unsupported");
    let message_ = Message::Upgrade(Upgrade {
        from: Version::new(9, 9),
        system_code: None,
    });
    assert_eq!(error(&chain.send(message_)), "Unsupported");
    let mut none: Chain = Chain::empty();
    assert_eq!(error(&none.call(ALICE, b"")), "NoCluster");
    assert_eq!(
        none.view(|engine, state| {
            use pink_engine_sdk::Engine;
            engine.cluster(state)
        }),
        None
    );
}

#[test]
fn a_query_is_free_and_may_be_lent_money() {
    let mut chain = Chain::new();
    let factory_code = chain.code(&artefact("flipper"));
    let factory = chain.make(&artefact("factory"), &message("new", factory_code));
    let before = chain.state();
    let mut query = call(factory, &message("forward", CHARLIE));
    query.origin = NOBODY;
    query.value = 5_000;
    let receipt = chain.execute(Mode::Query, Message::Call(query.clone()));
    assert_eq!(error(&receipt), "InsufficientBalance");
    query.query_deposit = 5_000 + MINIMUM;
    let receipt = chain.execute(Mode::Query, Message::Call(query.clone()));
    assert_eq!(receipt.outcome, Outcome::Success, "{receipt:?}");
    assert_eq!((receipt.fee, receipt.refund), (0, 0));
    // Nobody lends in a transaction.
    let receipt = chain.execute(Mode::Transaction, Message::Call(query));
    assert_eq!(error(&receipt), "InsufficientBalance");
    assert_eq!(chain.state(), before);
}

/// However many accounts a cluster has, its end is one entry in the state, and each block deletes
/// its budget of them. Nothing happens in it any more.
#[test]
fn a_large_cluster_ends_bit_by_bit() {
    use pink_engine_sdk::Host;
    let mut chain = Chain::new();
    let contract = chain.make(&artefact("flipper"), &message("new", true));
    let many = 100_000u32;
    let accounts: Vec<_> = (0..many)
        .map(|number| {
            let who = [&[0x5a; 28][..], &number.to_be_bytes()].concat();
            let key = [b"account/".as_slice(), &who].concat();
            let record = parity_scale_codec::Encode::encode(&(5_000u128, 0u128, 0u128, false));
            (key, Some(record))
        })
        .collect();
    chain.host.commit(accounts).unwrap();
    let count = |chain: &Chain| {
        let state = chain.host.state.lock().unwrap();
        let all = state.keys().filter(|key| key.starts_with(b"account/"));
        all.count()
    };
    let (before, accounts) = (chain.state(), count(&chain));
    assert!(accounts > many as usize);
    let receipt = chain.send(Message::Destroy(Destroy {}));
    assert_eq!(receipt.outcome, Outcome::Success);
    assert_eq!((gas(&receipt), receipt.events.len()), ((0, 0), 0));
    let mut after = chain.state();
    assert_eq!(after.remove(b"destroyed".as_slice()), Some(Vec::new()));
    assert_eq!(after, before);
    // The ledger counts as empty at once.
    assert_eq!((chain.issuance(), chain.free(ALICE)), (0, 0));
    assert_eq!(
        error(&chain.call(contract, &message("flip", ()))),
        "ClusterDestroyed"
    );
    assert_eq!(
        error(&chain.query(contract, &message("get", ()))),
        "ClusterDestroyed"
    );
    assert_eq!(error(&chain.deposit(BOB, 5_000)), "ClusterDestroyed");
    assert_eq!(error(&chain.upload(&artefact("token"))), "ClusterDestroyed");
    let withdrawal = Message::Withdraw(Withdraw {
        from: ALICE,
        amount: 1,
        max_gas_price: GAS_PRICE,
    });
    let receipt = chain.send(withdrawal);
    assert_eq!(error(&receipt), "ClusterDestroyed");
    assert_eq!(receipt.effects, [Effect::Withdrawn { debited: false }]);
    let setup = chain.setup_message();
    assert_eq!(error(&chain.send(Message::Setup(setup))), "ClusterExists");

    let mut left = accounts;
    let mut blocks = 0;
    while left > 0 {
        let receipt = chain.end_block();
        let deleted = left.min(512);
        left -= deleted;
        blocks += 1;
        assert_eq!(count(&chain), left);
        assert_eq!(receipt.events.len(), deleted);
        let weight = deleted as u64 * RULES.bases.deleted_item.ref_time;
        assert_eq!(receipt.weight, Weight::new(weight, 0));
    }
    assert_eq!(blocks, accounts.div_ceil(512));
    assert_eq!(chain.end_block(), BlockReceipt::default());
}

/// Without a limit of its own a message may hold for an existential deposit and 16 KiB, whatever
/// the prices are; at absurd ones what the sender has is the bound.
#[test]
fn the_default_limit_suffices_at_any_prices() {
    use common::puppet::{puppet, Script};
    const RICH: Balance = Balance::MAX / 4;
    for (minimum, item, byte) in [
        (1_000_000_000_000_000, 0, 0),
        (1_000_000_000_000_000, 0, 1),
        (1, 0, 0),
        (0, 0, 0),
        (1, 1, 0),
        (1, Balance::MAX >> 20, 0),
        (RICH >> 8, 1, Balance::MAX >> 20),
    ] {
        let mut chain: Chain = Chain::empty();
        let mut setup = chain.setup_message();
        setup.deposit = RICH;
        setup.gas_price = 0;
        setup.existential_deposit = minimum;
        (setup.deposit_per_item, setup.deposit_per_byte) = (item, byte);
        assert_eq!(chain.send(Message::Setup(setup)).outcome, Outcome::Success);
        let hash = chain.code(&puppet());
        let write = Script::new().set(b"k", 16 * 1024);
        let made = chain.instantiate(Code::Existing(hash), &write.0);
        assert_eq!(
            made.outcome,
            Outcome::Success,
            "{minimum} {item} {byte}: {made:?}"
        );
        let charged = minimum + 2 * item + (107 + 16 * 1024) * byte;
        assert_eq!(made.storage_deposit, StorageDeposit::Charge(charged));
        assert_eq!(gas(&made), figure(1_588_856_600, 3_672));
    }
    // Nothing overflows where nothing can be paid.
    let mut chain: Chain = Chain::empty();
    let mut setup = chain.setup_message();
    setup.gas_price = 0;
    (setup.deposit_per_item, setup.deposit_per_byte) = (Balance::MAX, Balance::MAX);
    chain.send(Message::Setup(setup));
    let receipt = chain.instantiate(Code::Upload(puppet()), &[]);
    assert_eq!(error(&receipt), "StorageDepositNotEnoughFunds");
}

/// What is held for code that an instantiation brings counts against a limit that was given, and
/// not against the default.
#[test]
fn code_and_the_deposit_limit() {
    use common::puppet::puppet;
    let code = puppet().len() as Balance * PER_BYTE + 62 * PER_BYTE + 2 * PER_ITEM;
    let base = 107 * PER_BYTE + PER_ITEM + MINIMUM;
    for (limit, ends) in [
        (code - 1, "StorageDepositLimitExhausted"),
        (code + base - 1, "StorageDepositLimitExhausted"),
        (code + base, ""),
    ] {
        let mut chain = Chain::new();
        let mut make = instantiate(Code::Upload(puppet()), &[]);
        make.storage_deposit_limit = Some(limit);
        let receipt = chain.send(Message::Instantiate(make));
        match ends {
            "" => {
                assert_eq!(receipt.storage_deposit, StorageDeposit::Charge(code + base));
                let storing = storing(&puppet());
                let upload = RULES.bases.upload.of(puppet().len() as u32);
                let (ref_time, proof_size) = gas(&receipt);
                let compiling = storing.ref_time - upload.ref_time;
                assert_eq!(
                    (ref_time - compiling, proof_size),
                    figure(1_705_564_000, 3_832)
                );
            }
            name => assert_eq!(error(&receipt), name),
        }
    }
    // The default at a price of one for an item alone: 1,024, and 16 existential deposits. The code
    // takes two items, and isn't counted.
    let mut chain: Chain = Chain::empty();
    let mut setup = chain.setup_message();
    setup.existential_deposit = 1;
    (setup.deposit_per_item, setup.deposit_per_byte) = (1, 0);
    chain.send(Message::Setup(setup));
    let all = |items: u32| {
        (0..items).fold(common::puppet::Script::new(), |script, item| {
            script.set(&item.to_le_bytes(), 0)
        })
    };
    let made = chain.instantiate(Code::Upload(puppet()), &[]);
    let contract = made.address.unwrap();
    // 1,024 + 16 items in one message; the input is longer than the puppet's buffer in one piece.
    let mut poor = call(contract, &all(1_040).0);
    poor.gas_limit.ref_time *= 10;
    let receipt = chain.send(Message::Call(poor.clone()));
    assert_eq!(receipt.storage_deposit, StorageDeposit::Charge(1_040));
    poor.input = common::puppet::Script::new().0;
    for item in 2_000..3_041u32 {
        poor.input
            .extend(common::puppet::Script::new().set(&item.to_le_bytes(), 0).0);
    }
    let receipt = chain.send(Message::Call(poor));
    assert_eq!(error(&receipt), "StorageDepositLimitExhausted");
}
