//! A source against a node that isn't one, and that can be told to lie.

#[path = "../support/mod.rs"]
mod support;

mod endpoints;
mod extrinsics;
mod harness;
mod history;
mod lies;
mod sets;
mod upgrade;
