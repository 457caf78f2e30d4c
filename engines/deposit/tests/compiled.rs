//! Compiled code, which only 2.1 has: what it costs, from when on, and that nobody can see who
//! executed.
//!
//! The compiler here only seems to be one: it has the interpreter do the work, so that these tests
//! need no compiler. `engines/native` holds the real one to the interpreter.

mod common;

#[path = "smith/make.rs"]
mod make;

#[path = "compiled/library.rs"]
mod library;

use common::*;
use library::{metered, Before, Interpreted, Library, V2_1};
use pink_engine_deposit::{Preparing, Release, Rules};
use pink_engine_sdk::{types::*, Artefact, Engine, ExecutionMode, VERSION_KEY};
use std::sync::OnceLock;

library::libraries! { Compiled Switching Wanted Taught }

/// The cluster of another chain, as another engine finds it.
fn copy<R: Release, S: Release>(of: &Chain<R>) -> Chain<S> {
    let mut copy = Chain::empty();
    *copy.host.state.lock().unwrap() = of.state();
    copy.block = of.block.clone();
    copy.seq = of.seq;
    copy
}

fn record<R: Release>(chain: &Chain<R>, hash: &Hash) -> Vec<u8> {
    chain.state()[&[b"codeinfo/".as_slice(), hash].concat()].clone()
}

fn code_of<R: Release>(chain: &Chain<R>, contract: AccountId) -> Vec<u8> {
    let hash = chain.contract(contract).unwrap().code_hash;
    chain.state()[&[b"code/".as_slice(), &hash].concat()].clone()
}

fn activate(code_hash: Hash) -> ActivateCode {
    ActivateCode {
        origin: BOB,
        code_hash,
        gas_limit: Weight::new(500_000_000_000, 1_000_000),
        max_gas_price: GAS_PRICE,
    }
}

/// A message, by what those before it gave.
type Step = Box<dyn Fn(&[Receipt]) -> Message>;

fn history() -> Vec<Step> {
    let made = |seen: &[Receipt], at: usize| seen[at].address.unwrap();
    let send = |at: usize, input: Vec<u8>| -> Step {
        Box::new(move |seen| Message::Call(call(seen[at].address.unwrap(), &input)))
    };
    let make = |name: &'static str, input: Vec<u8>, value: Balance| -> Step {
        Box::new(move |_| {
            let mut make = instantiate(Code::Upload(artefact(name)), &input);
            make.value = value;
            Message::Instantiate(make)
        })
    };
    let factory: Step = Box::new(move |seen| {
        let flipper = seen[0].code_hash.unwrap();
        let mut make = instantiate(Code::Upload(artefact("factory")), &message("new", flipper));
        make.value = 1_000_000;
        Message::Instantiate(make)
    });
    let nested: Step = Box::new(move |seen| {
        let bench = made(seen, 2);
        Message::Call(call(bench, &message("nested", (bench, 3u32))))
    });
    let starved: Step = Box::new(move |seen| {
        let mut call = call(made(seen, 2), &message("sha256_wasm", 2_000u32));
        call.gas_limit.ref_time = 900_000_000;
        Message::Call(call)
    });
    let spinning: Step = Box::new(move |seen| {
        let mut call = call(made(seen, 3), &message("spin", ()));
        call.gas_limit.ref_time = 3_000_000_000;
        Message::Call(call)
    });
    vec![
        make("flipper", message("new", true), 0),
        make("token", message("new", 1_000_000u128), 0),
        make("bench", message("new", ()), 0),
        factory,
        send(0, message("flip", ())),
        send(0, message("get", ())),
        send(0, b"none".to_vec()),
        send(1, message("transfer", (BOB, 5u128))),
        send(1, message("transfer", (BOB, u128::MAX))),
        send(2, message("loop_turns", 1_000u32)),
        send(2, message("sha256_wasm", 2u32)),
        send(2, message("put_many", (0u32, 5u32))),
        send(2, message("events", 3u32)),
        nested,
        starved,
        send(3, message("instantiate_child", (true, b"".to_vec()))),
        send(3, message("flip_child", ())),
        send(3, message("recurse", 3u32)),
        send(3, message("attempt", (selector("trap"), 0u64))),
        send(3, message("trap", ())),
        spinning,
        send(3, message("terminate", CHARLIE)),
        send(0, message("flip", ())),
    ]
}

/// One history by both executors, and with switches in the middle: receipts and states are the same,
/// at every message, also after the block from which on compiled code costs less.
#[test]
fn nobody_sees_who_executes() {
    let mut interpreted: Chain<Interpreted> = Chain::with_rules();
    let mut compiled: Chain<Compiled> = Chain::with_rules();
    let mut switching: Chain<Switching> = Chain::with_rules();
    for name in ["flipper", "token", "bench", "factory"] {
        assert!(Compiled::library().compile(&artefact(name)), "{name}");
        assert!(Switching::library().compile(&artefact(name)), "{name}");
    }
    let before = Compiled::library().calls();
    let mut seen: Vec<Receipt> = Vec::new();
    let mut cheaper = 0;
    for (at, step) in history().iter().enumerate() {
        let mode = match at % 2 {
            0 => ExecutionMode::Native,
            _ => ExecutionMode::Interpreted,
        };
        Switching::library().preparing.set_mode(mode);
        let message = step(&seen);
        // As an estimate, where code goes on in slices, and as it is.
        let estimate = interpreted.execute(Mode::Estimating, message.clone());
        assert_eq!(
            compiled.execute(Mode::Estimating, message.clone()),
            estimate
        );
        let receipt = interpreted.send(message.clone());
        assert_eq!(compiled.send(message.clone()), receipt, "{at}");
        assert_eq!(switching.send(message), receipt, "{at}");
        assert_eq!(compiled.state(), interpreted.state(), "{at}");
        assert_eq!(switching.state(), interpreted.state(), "{at}");
        if at == 4 {
            // The warm-up is over.
            for chain in [
                &mut interpreted.block,
                &mut compiled.block,
                &mut switching.block,
            ] {
                chain.number += metered().warm_up;
            }
        }
        if at == 22 {
            // The same message as before the end of the warm-up.
            cheaper = seen[4].gas_consumed.ref_time - receipt.gas_consumed.ref_time;
        }
        seen.push(receipt);
    }
    assert!(cheaper > 0);
    let outcome = |at: usize| &seen[at].outcome;
    assert_eq!(*outcome(14), Outcome::OutOfGas);
    assert!(matches!(outcome(19), Outcome::Trapped(_)));
    assert_eq!(*outcome(20), Outcome::OutOfGas);
    assert!(Compiled::library().calls() > before, "it ran compiled");
    // The interpreter has seen nothing of it.
    assert_eq!(compiled.engine.cached_modules(), 4, "of the uploads alone");
    compiled.engine = Engine::new();
    let flipper = seen[0].address.unwrap();
    compiled.call(flipper, &message("flip", ()));
    assert_eq!(compiled.engine.cached_modules(), 0);
}

/// By hand: what a call costs before and after the block that the record names, of two contracts that
/// differ in a hundred operators of a unit, and in one operand of the frame, which is one unit more.
#[test]
fn prices_go_by_class_and_block() {
    let mut chain: Chain<Interpreted> = Chain::with_rules();
    let nothing = chain.make_wat(&module("", ""));
    let hundred = chain.make_wat(&module("", &"(drop (i32.const 1))".repeat(100)));
    let longer = (code_of(&chain, hundred).len() - code_of(&chain, nothing).len()) as u64;
    let difference = |chain: &mut Chain<Interpreted>| {
        let mut cost = |contract| {
            let receipt = chain.estimate(contract, &[]);
            assert_eq!(receipt.outcome, Outcome::Success);
            receipt.gas_consumed
        };
        let (more, less) = (cost(hundred), cost(nothing));
        assert_eq!(more.proof_size - less.proof_size, longer);
        more.ref_time - less.ref_time
    };
    let interpreted = longer * V2_1.frames.load.ref_time_per_byte + 101 * 2_000;
    let compiled = longer * metered().load.ref_time_per_byte + 101 * 100;
    assert_eq!(difference(&mut chain), interpreted);
    let begun = chain.block.number;
    chain.block.number = begun + 9;
    assert_eq!(difference(&mut chain), interpreted);
    chain.block.number = begun + 10;
    assert_eq!(difference(&mut chain), compiled);
}

/// By hand: an upload pays for compiling by bytes, functions and cells, if it is compiled.
#[test]
fn an_upload_pays_for_compiling() {
    let mut chain: Chain<Interpreted> = Chain::with_rules();
    // Six functions, of which one has blocks: a loop and what is behind its `br_if`, with 3 locals.
    let code = wat(&module(
        "(func (local i32 i32 i32) (loop (br_if 0 (local.get 0))))",
        "",
    ));
    let receipt = chain.upload(&code);
    assert_eq!(receipt.outcome, Outcome::Success);
    let len = code.len() as u64;
    let cells = 2 * (3 + 1);
    // The loop, its condition and its branch, and two ends.
    let crossings = 5 * 2;
    let compiling = 10_000_000_000
        + 30_000_000 * len
        + 6 * 100_000_000
        + cells * 1_000_000
        + crossings * 100_000;
    let base = V2_1.bases.upload.of(len as u32);
    assert_eq!(
        receipt.gas_consumed,
        Weight::new(base.ref_time + compiling, base.proof_size)
    );
    let hash = receipt.code_hash.unwrap();
    let activated = Event::CodeActivated {
        code_hash: hash,
        compiled_from: 17,
    };
    assert!(receipt.events.contains(&activated), "{receipt:?}");
    assert_eq!(record(&chain, &hash).len(), 66);
    assert_eq!(record(&chain, &hash)[61..], [0x80, 17, 0, 0, 0]);
    // Once more: it is there, and nothing is compiled.
    let again = chain.upload(&code);
    assert_eq!(again.gas_consumed, base);

    // Of the other class, and for queries alone.
    let large = wat(&module(
        &format!("(func (local {}))", "i32 ".repeat(65)),
        "",
    ));
    let relaxed = wat(&module("(func (drop (f32.const 1)))", ""));
    for (code, determinism) in [
        (large, Determinism::Enforced),
        (relaxed, Determinism::Relaxed),
    ] {
        let mut message = upload(&code);
        message.determinism = determinism;
        let receipt = chain.send(Message::Upload(message));
        assert_eq!(receipt.outcome, Outcome::Success);
        assert_eq!(
            receipt.gas_consumed,
            V2_1.bases.upload.of(code.len() as u32)
        );
        assert!(matches!(
            receipt.events.last(),
            Some(Event::CodeStored { .. })
        ));
        assert_eq!(record(&chain, &receipt.code_hash.unwrap()).len(), 62);
    }
}

/// Code of 2.0 is interpreted as it was, record and all, until somebody pays for more; anybody may.
#[test]
fn code_of_2_0_is_activated() {
    let mut old: Chain<Before> = Chain::with_rules();
    let flipper = old.make(&artefact("flipper"), &message("new", true));
    let hash = old.contract(flipper).unwrap().code_hash;
    let refused = old.send(Message::ActivateCode(activate(hash)));
    assert_eq!(error(&refused), "Unsupported");

    let mut chain: Chain<Taught> = copy(&old);
    let receipt = chain.send(Message::Upgrade(Upgrade {
        from: Version::new(2, 0),
        system_code: None,
    }));
    assert_eq!(receipt.outcome, Outcome::Success);
    assert_eq!(record(&chain, &hash), record(&old, &hash));
    assert_eq!(record(&chain, &hash).len(), 62);
    let library = Taught::library();
    assert!(library.compile(&artefact("flipper")));
    let before = library.calls();
    let interpreted = chain.call(flipper, &message("flip", ()));
    assert_eq!(library.calls(), before, "nobody paid for it");
    assert!(library.preparing.wanted(9).is_empty());

    // What there isn't, and what costs more than is given.
    let missing = chain.send(Message::ActivateCode(activate([1; 32])));
    assert_eq!(error(&missing), "CodeNotFound");
    let load = V2_1.frames.load.of(artefact("flipper").len() as u32);
    let mut little = activate(hash);
    little.gas_limit = Weight::new(load.ref_time + 10_000_000_000, load.proof_size);
    let little = chain.send(Message::ActivateCode(little));
    assert_eq!(little.outcome, Outcome::OutOfGas);
    assert_eq!(little.events, []);
    assert_eq!(record(&chain, &hash).len(), 62);

    let receipt = chain.send(Message::ActivateCode(activate(hash)));
    assert_eq!(receipt.outcome, Outcome::Success, "{receipt:?}");
    let from = chain.block.number + 10;
    assert_eq!(
        receipt.events,
        [Event::CodeActivated {
            code_hash: hash,
            compiled_from: from
        }]
    );
    let known = record(&chain, &hash);
    assert_eq!(known[..61], record(&old, &hash)[..61]);
    assert_eq!((known[61], record(&old, &hash)[61]), (0x80, 0));
    assert_eq!(known[62..], from.to_le_bytes());
    // What it costs is what an upload of the same pays for compiling, and a look at the code.
    let upload = {
        let mut chain: Chain<Interpreted> = Chain::with_rules();
        chain.upload(&artefact("flipper")).gas_consumed.ref_time
    };
    let base = V2_1.bases.upload.of(artefact("flipper").len() as u32);
    assert_eq!(
        receipt.gas_consumed.ref_time - metered().activate.ref_time - load.ref_time,
        upload - base.ref_time
    );
    let again = chain.send(Message::ActivateCode(activate(hash)));
    assert_eq!(error(&again), "CodeAlreadyActive");

    // It counts as compiled, by prices of its own, when all are taken to have it, and is run by it from then on.
    chain.block.number = from - 1;
    let now = chain.call(flipper, &message("flip", ()));
    assert_eq!(library.calls(), before);
    assert_eq!(now.gas_consumed, interpreted.gas_consumed);
    chain.block.number = from;
    let then = chain.call(flipper, &message("flip", ()));
    assert!(library.calls() > before);
    assert!(then.gas_consumed.ref_time < now.gas_consumed.ref_time);
}

/// What the limits of a compiler don't allow stays as it is, and the look at it is paid.
#[test]
fn what_isnt_compiled_isnt_activated() {
    let mut old: Chain = Chain::new();
    let large = module(&format!("(func (local {}))", "i32 ".repeat(65)), "");
    let contract = old.make_wat(&large);
    let hash = old.contract(contract).unwrap().code_hash;
    let mut chain: Chain<Interpreted> = copy(&old);
    chain.send(Message::Upgrade(Upgrade {
        from: Version::new(2, 0),
        system_code: None,
    }));
    let receipt = chain.send(Message::ActivateCode(activate(hash)));
    assert_eq!(error(&receipt), "CodeNotCompilable");
    assert_eq!(detail(&receipt), "65 locals of a function, 64 are compiled");
    let load = V2_1.frames.load.of(wat(&large).len() as u32);
    assert_eq!(
        receipt.gas_consumed,
        metered().activate.base().saturating_add(load)
    );
    assert_eq!(record(&chain, &hash), record(&old, &hash));
    assert_eq!(chain.call(contract, &[]).outcome, Outcome::Success);
}

/// What could have run compiled, and didn't: counted until it is asked for.
#[test]
fn what_is_interpreted_is_wanted() {
    let mut chain: Chain<Wanted> = Chain::with_rules();
    let library = Wanted::library();
    let flipper = chain.make(&artefact("flipper"), &message("new", true));
    let token = chain.make(&artefact("token"), &message("new", 9u128));
    let [flipper_hash, token_hash] =
        [flipper, token].map(|contract| chain.contract(contract).unwrap().code_hash);
    for _ in 0..3 {
        chain.call(token, &message("transfer", (BOB, 1u128)));
    }
    let all = library.preparing.wanted(2);
    assert_eq!(all, [(token_hash, 4), (flipper_hash, 1)]);
    assert_eq!(library.preparing.wanted(2), []);
    chain.call(flipper, &message("flip", ()));
    chain.call(token, &message("transfer", (BOB, 1u128)));
    chain.call(token, &message("transfer", (BOB, 1u128)));
    assert_eq!(library.preparing.wanted(1), [(token_hash, 2)]);

    library.compile(&artefact("token"));
    chain.call(token, &message("transfer", (BOB, 1u128)));
    assert_eq!(library.preparing.wanted(9), []);
    // Nobody wants what nobody may run.
    library.preparing.set_mode(ExecutionMode::Interpreted);
    chain.call(flipper, &message("flip", ()));
    chain.call(token, &message("transfer", (BOB, 1u128)));
    assert_eq!(library.preparing.wanted(9), []);
    library.preparing.set_mode(ExecutionMode::Native);
    chain.call(flipper, &message("flip", ()));
    assert_eq!(library.preparing.wanted(9), [(flipper_hash, 1)]);
}

/// What is installed is what was compiled, under its hash.
#[test]
fn an_artefact_of_other_code_is_refused() {
    let library = Library::new();
    let code = artefact("flipper");
    let artefact = library.preparing.compile(&code).unwrap().unwrap();
    let refused = library.preparing.install(&[1; 32], artefact.clone());
    let refused = refused.unwrap_err().to_string();
    assert_eq!(refused, "the artefact is of other code");
    let unlabelled = Artefact::empty();
    let refused = library.preparing.install(&blake2_256(&code), unlabelled);
    let refused = refused.unwrap_err().to_string();
    assert!(refused.contains("doesn't decode"), "{refused}");
    assert_eq!(library.calls(), 0);
    assert_eq!(
        library.preparing.install(&blake2_256(&code), artefact),
        Ok(())
    );
    // What the rules refuse isn't compiled, and neither is what only queries run, or what is too much.
    assert!(library.preparing.compile(b"\0asm").is_err());
    let relaxed = wat(&module("(func (drop (f32.const 1)))", ""));
    assert!(library.preparing.compile(&relaxed).is_err());
    let large = wat(&module(
        &format!("(func (local {}))", "i32 ".repeat(65)),
        "",
    ));
    assert!(library.preparing.compile(&large).unwrap().is_none());
}

/// A cluster moves with its code, so nothing may pass the checks of 2.0 and fail those of 2.1.
#[test]
fn what_2_0_accepts_2_1_accepts() {
    let mut accepted = 0;
    for seed in 0..600u64 {
        let mut bytes = Vec::new();
        for word in 0..256u64 {
            let hash = blake2_256(&[seed.to_le_bytes(), word.to_le_bytes()].concat());
            bytes.extend(&hash[..8]);
        }
        let Some(code) = make::module(&bytes) else {
            continue;
        };
        let mut old: Chain = Chain::new();
        let mut new: Chain<Interpreted> = Chain::with_rules();
        let (before, after) = (old.upload(&code), new.upload(&code));
        assert_eq!(before.outcome, after.outcome, "{seed}");
        accepted += u32::from(before.outcome == Outcome::Success);
    }
    assert!(accepted > 100, "{accepted}");
    let version = Chain::<Interpreted>::with_rules().state()[VERSION_KEY].clone();
    assert_eq!(version, [2, 0, 0, 0, 1, 0, 0, 0]);
}
