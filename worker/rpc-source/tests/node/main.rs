//! A source against a real node, whose program `PINK_NODE` names; its chain's raw specification lies beside it, or
//! is made. The engines are those of `PINK_ENGINES`. Run by the step `node` of `cargo xtask test`.

#[path = "../support/mod.rs"]
mod support;

mod following;
mod lying;
#[allow(dead_code)] // The worker's own tests need all of it.
mod process;
#[allow(dead_code)]
mod signing;
