//! The contracts that are called.

use parity_scale_codec::Encode;

/// A boolean that can be flipped.
pub const FLIPPER: &[u8] = include_bytes!("../../../contracts/artifacts/flipper.wasm");
/// An ERC-20.
pub const TOKEN: &[u8] = include_bytes!("../../../contracts/artifacts/token.wasm");
/// Loops, hashes and calls of itself.
pub const BENCH: &[u8] = include_bytes!("../../../contracts/artifacts/bench.wasm");

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
