//! What a call may take, how it is called off, and what is told of it: engines of both ABIs, by their
//! files, with contracts that go as far as they can.
//!
//! Needs the engines (`cargo xtask engines`).

mod cluster;
mod files;
mod memory;
mod panics;
mod polls;
