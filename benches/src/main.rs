//! The rows of the goals; see the library.

use clap::Parser;

fn main() -> anyhow::Result<()> {
    pink_benches::run(pink_benches::Args::parse())
}
