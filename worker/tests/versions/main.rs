//! Versions on several workers: one chain, stores and engine folders of their own, real engines,
//! and everything that can keep a worker from going on.
//!
//! The engines are looked for where `PINK_ENGINES` says, or in `target/engines`; those that panic
//! are built from `engine-tester/fixtures`.

#[path = "../simulator/codes.rs"]
mod codes;

mod amendments;
mod bad_input;
mod broken_state;
mod cluster;
mod dev;
mod disorder;
mod effects;
mod ended;
mod extrinsics;
mod files;
mod late;
mod lies;
mod limits;
mod one_message;
mod parking;
mod parting;
mod receipts;
mod setup;
mod shadow;
mod shared_key;
mod side_by_side;
mod snapshots;
