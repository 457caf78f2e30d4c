//! The command line of a worker: `pink-worker`.
//!
//! What it does is done by `pink-worker-core`; this crate reads arguments and says what became of them.
//! Two features, both on by default, say for whom it is:
//!
//! * `chain`: who operates a worker. It follows a chain that runs (`pink-rpc-source`), speaks to it
//!   (`pink-sender`) and gives other workers its state (`pink-snapshot`).
//! * `dev`: who writes contracts or engines. A development chain (`pink-devchain`) and the conformance checks of
//!   engines (`engine-tester`).
//!
//! Without `dev` the program links no runtime of a chain and nothing that brings one along; without `chain` no
//! client of one. A command whose feature is off isn't there.

pub mod cli;
