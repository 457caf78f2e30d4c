//! The command line of a worker: `pink-worker`.
//!
//! What it does is done by `pink-worker-core`; this crate reads arguments and says what became of them.
//! With the feature `dev`, which is on by default, it has what developers need beside: a development
//! chain (`pink-devchain`) and the conformance checks of engines (`engine-tester`). Without it the
//! program links no runtime of a chain and nothing that brings one along.

pub mod cli;
