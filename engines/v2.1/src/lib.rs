//! Engine 2.1: 2.0 with room for more topics. It isn't released.
//!
//! Gas has two dimensions, storage is paid for with deposits that come back when it is freed. The
//! rules are `pink_engine_deposit` under the value of rules for 2.1. It takes over the state of 1.0,
//! 1.1 and 2.0.
//!
//! This crate is what makes rules into a file that can be loaded: `libpink.so.2.1`, with the one
//! symbol of the ABI and the `PINK` note. It is a workspace of its own, so that `Cargo.lock` pins
//! every dependency of this version and of no other; `deps.txt` is the same tree as text, for
//! people, and its hash is in the note. Build it with `cargo xtask engines --only 2.1`, which
//! passes the flags that keep the folder of the build out of the bytes.
//!
//! It must never hold a rule, and once the version is released nothing here may change, the lock
//! file and the profile in `Cargo.toml` least of all: the chain knows the library by its hash.

mod compiler;
mod rules;

/// The rules, as a constant: what the library says about itself is fixed when it is built.
const RULES: pink_engine_deposit::Rules = <rules::V2_1 as pink_engine_deposit::Release>::RULES;

pink_engine_sdk::export_v2!(
    rules::Engine,
    pink_engine_sdk::v2::EntryInfo {
        version: RULES.version,
        cost_table_hash: *include_bytes!(concat!(env!("OUT_DIR"), "/cost_table_hash")),
        dep_tree_hash: *include_bytes!(concat!(env!("OUT_DIR"), "/dep_tree_hash")),
        min_stack_bytes: RULES.interpreter.host_stack_bytes,
    },
    prepare: compiler::Compiler,
);
pink_engine_sdk::engine_note!(v2, RULES.version);
