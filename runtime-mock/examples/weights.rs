//! Measures the pallet and prints its weights:
//!
//! ```text
//! cargo run --release -p runtime-mock --features runtime-benchmarks --example weights \
//!     > pallets/fat-contracts/src/weights.rs
//! ```

use runtime_mock::bench;

/// How often each benchmark runs at each value of its parameter.
const REPEATS: u32 = 20;

fn main() -> Result<(), String> {
    print!("{}", bench::print(&bench::measure(REPEATS)?, REPEATS));
    Ok(())
}
