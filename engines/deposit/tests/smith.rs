//! A thousand modules that nobody would write. The engine never panics, never leaves a fault,
//! and two instances never differ.

mod common;
#[path = "smith/make.rs"]
mod make;

use common::*;
use pink_engine_sdk::{types::*, Engine, MemoryHost};

/// Bytes that look random and are the same everywhere (SplitMix64).
fn noise(seed: u64, len: usize) -> Vec<u8> {
    let mut state = seed;
    let mut bytes = Vec::with_capacity(len + 8);
    while bytes.len() < len {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = state;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bytes.extend((word ^ (word >> 31)).to_le_bytes());
    }
    bytes.truncate(len);
    bytes
}

#[test]
fn a_thousand_modules() {
    let mut accepted = 0u32;
    let mut ran = std::collections::BTreeMap::<String, u32>::new();
    // Half of them have no memory, or their own.
    for seed in 0..4_000 {
        if accepted == 1_000 {
            break;
        }
        let Some(code) = make::module(&noise(seed, 2048)) else {
            continue;
        };
        let mut first = Chain::new();
        let mut second: Chain = Chain {
            host: MemoryHost::default(),
            ..Chain::empty()
        };
        *second.host.state.lock().unwrap() = first.state();
        let mut both = |message: Message| {
            // The second engine never has anything in its cache.
            second.engine = Engine::new();
            let receipt = first.send(message.clone());
            assert_eq!(
                receipt,
                second.execute(Mode::Transaction, message),
                "{seed}"
            );
            assert_eq!(first.state(), second.state(), "{seed}");
            receipt
        };
        let mut make = instantiate(Code::Upload(code), b"input");
        make.gas_limit.ref_time = 2_000_000_000;
        let made = both(Message::Instantiate(make));
        let name = match &made.outcome {
            Outcome::Rejected(failure) => format!("rejected {failure}"),
            Outcome::Trapped(failure) => failure.error.clone(),
            other => format!("{other:?}"),
        };
        *ran.entry(name).or_default() += 1;
        if !matches!(made.outcome, Outcome::Rejected(_)) {
            accepted += 1;
        }
        if let Some(address) = made.address {
            let mut message = call(address, b"some input");
            message.gas_limit.ref_time = 2_000_000_000;
            message.value = 5_000;
            both(Message::Call(message.clone()));
            both(Message::Call(message));
        }
    }
    println!("{ran:?}");
    assert_eq!(accepted, 1_000, "{ran:?}");
}

/// The same bytes, cut and bent: what isn't code is refused, and nothing else happens.
#[test]
fn damaged_modules() {
    let mut chain = Chain::new();
    let code = artefact("token");
    for seed in 0..500u64 {
        let noise = noise(seed, 16);
        let mut damaged = code.clone();
        for pair in noise.chunks(4) {
            let at = usize::from(u16::from_le_bytes([pair[0], pair[1]])) % damaged.len();
            damaged[at] = pair[2];
        }
        damaged.truncate(damaged.len() - usize::from(noise[3]) % 32);
        let mut make = instantiate(Code::Upload(damaged), &message("new", 5u128));
        make.gas_limit.ref_time = 5_000_000_000;
        make.salt = seed.to_le_bytes().to_vec();
        chain.send(Message::Instantiate(make));
    }
}
