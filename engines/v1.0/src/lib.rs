//! Engine 1.0: the contract rules of March 2021, with their known quirks.
//!
//! Gas is weight, contracts pay rent for their storage, and who can't pay becomes a tombstone. The
//! rules are `pink_engine_rent` under the value of rules for 1.0; the crate doc there says what they
//! are and the doc comments of that value say which quirk is which.
//!
//! This crate is what makes rules into a file that can be loaded: `libpink.so.1.0`, with the one
//! symbol of the ABI and the `PINK` note. It is a workspace of its own, so that `Cargo.lock` pins
//! every dependency of this version and of no other; `deps.txt` is the same tree as text, for
//! people, and its hash is in the note. Build it with `cargo xtask engines --only 1.0`, which
//! passes the flags that keep the folder of the build out of the bytes.
//!
//! It must never hold a rule, and once the version is released nothing here may change, the lock
//! file and the profile in `Cargo.toml` least of all: the chain knows the library by its hash.

mod rules;

pink_engine_sdk::export_v1!(
    rules::Engine,
    <pink_engine_rent::V1_0 as pink_engine_rent::Release>::RULES.version
);
pink_engine_sdk::engine_note!(
    v1,
    <pink_engine_rent::V1_0 as pink_engine_rent::Release>::RULES.version
);
