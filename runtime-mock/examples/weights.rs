//! Measures the pallet and prints the table that its weights are made of:
//!
//! ```text
//! cargo run --release -p runtime-mock --features runtime-benchmarks --example weights \
//!     > pallets/fat-contracts/src/weights/measured.rs
//! ```

fn main() -> Result<(), String> {
    let measured = runtime_mock::bench::measure(20)?;
    println!("//! Measured by the example `weights` of `runtime-mock`; not to be edited.");
    println!();
    println!("use super::Measured;");
    for (name, row) in measured {
        println!();
        println!(
            "pub(super) const {}: Measured = Measured {{",
            name.to_uppercase()
        );
        println!("    time_ps: {:?},", row.time_ps);
        println!("    reads: {:?},", row.reads);
        println!("    writes: {:?},", row.writes);
        println!("    proof: {:?},", row.proof);
        println!("}};");
    }
    Ok(())
}
