//! The contracts that are called.

use parity_scale_codec::Encode;

/// A boolean that can be flipped.
pub const FLIPPER: &[u8] = include_bytes!("../../../contracts/artifacts/flipper.wasm");
/// An ERC-20.
pub const TOKEN: &[u8] = include_bytes!("../../../contracts/artifacts/token.wasm");
/// Loops, hashes and calls of itself.
pub const BENCH: &[u8] = include_bytes!("../../../contracts/artifacts/bench.wasm");

/// Reads JSON and checks signatures.
pub const SIGNED_FEED: &[u8] = include_bytes!("../../../contracts/artifacts/signed-feed.wasm");

/// What the token's constructor is given: all of it belongs to whoever makes it.
pub const SUPPLY: u128 = 1_000_000_000_000_000;

/// ink!'s selector: the first four bytes of the name's BLAKE2b-256.
pub fn selector(name: &str) -> Vec<u8> {
    let hash = sp_crypto_hashing::blake2_256(name.as_bytes());
    hash.first_chunk::<4>().copied().unwrap_or_default().into()
}

/// Makes a flipper.
pub fn new_flipper() -> Vec<u8> {
    [selector("new"), true.encode()].concat()
}

/// Makes a token.
pub fn new_token() -> Vec<u8> {
    [selector("new"), SUPPLY.encode()].concat()
}

/// Transfers one unit of the token.
pub fn transfer(to: &[u8; 32]) -> Vec<u8> {
    [selector("transfer"), to.encode(), 1u128.encode()].concat()
}

/// Asks for an account's balance of the token.
pub fn balance_of(account: &[u8; 32]) -> Vec<u8> {
    [selector("balance_of"), account.encode()].concat()
}

/// Ten calls of another contract of the same code, one in the other.
pub fn nested(callee: &[u8; 32], depth: u32) -> Vec<u8> {
    [selector("nested"), callee.encode(), depth.encode()].concat()
}

/// Sums the prices of 16,384 bytes of JSON and checks an ECDSA signature.
///
/// The signature is of RFC 6979's vector for the text "Alan Turing", with the lower of both values of s.
pub fn parse_and_verify() -> Vec<u8> {
    const HASH: &str = "4ba38d48a60f1b29e9eb726eaff08b2e83d8d81e031666fee50e85900d7dc1ef";
    const SIGNATURE: &str = "7063ae83e7f62bbb171798131b4a0564b956930092b33b07b395615d9ec7e15c\
        58dfcc1e00a35e1572f366ffe34ba0fc47db1e7189759b9fb233c5b05ab388ea";
    const KEY: &str = "0292df7b245b81aa637ab4e867c8d511008f79161a97d64f2ac709600352f7acbc";
    let quotes: Vec<String> = (0..139u32)
        .map(|number| {
            let price = 100_000 + 37 * number;
            format!(
                r#"{{"symbol":"T{number:04}-USD","price":{price},"change":-0.25,"time":"2026-11-28T00:00:17Z","open":true,"tags":["spot","usd"]}}"#
            )
        })
        .collect();
    let mut json = format!(
        r#"{{"source":"https://prices.example/v1","quotes":[{}]"#,
        quotes.join(",")
    )
    .into_bytes();
    json.resize(16_383, b' ');
    json.push(b'}');
    let mut input = selector("parse_and_verify");
    json.encode_to(&mut input);
    for fixed in [HASH, SIGNATURE, KEY] {
        // Literals, right by the contract's answer.
        input.extend(hex::decode(fixed).unwrap_or_default());
    }
    input
}
