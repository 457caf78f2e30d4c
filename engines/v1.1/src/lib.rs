//! Engine 1.1: the contract rules of March 2021 with their quirks repaired.
//!
//! The same library of rules as 1.0, `pink_engine_rent`, under another value of rules. What differs
//! is in that value, with the reason beside each difference. It takes over the state of 1.0.
//!
//! This crate is what makes rules into a file that can be loaded: `libpink.so.1.1`, with the one
//! symbol of the ABI and the `PINK` note. It is a workspace of its own, so that `Cargo.lock` pins
//! every dependency of this version and of no other; `deps.txt` is the same tree as text, for
//! people, and its hash is in the note. Build it with `cargo xtask engines --only 1.1`, which
//! passes the flags that keep the folder of the build out of the bytes.
//!
//! It must never hold a rule, and once the version is released nothing here may change, the lock
//! file and the profile in `Cargo.toml` least of all: the chain knows the library by its hash.

mod rules;

pink_engine_sdk::export_v1!(
    rules::Engine,
    <pink_engine_rent::V1_1 as pink_engine_rent::Release>::RULES.version
);
pink_engine_sdk::engine_note!(
    v1,
    <pink_engine_rent::V1_1 as pink_engine_rent::Release>::RULES.version
);
