//! `cargo xtask …`: what a person or a machine does with this repository besides editing it.
//!
//! Each command is one module: [`engines`] makes the shared libraries and the files beside them,
//! [`mod@test`] is the whole of CI, [`mod@demo`] and [`mod@bench`] run programs of other crates.
//! Everything is done by starting programs; this crate links no engine, no worker and no chain, so
//! that it is built in seconds on a fresh clone and works while those don't.

#![forbid(unsafe_code)]

mod bench;
mod book;
mod circles;
mod console;
mod demo;
mod engines;
mod error;
mod fixtures;
mod instructions;
mod mutants;
mod node;
mod process;
mod test;
mod tools;
mod tree;
mod up;
mod wasm;

use clap::{Parser, Subcommand};
use engines::Version;
use std::process::ExitCode;

/// Builds engines, and runs what CI runs.
#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Builds and checks the engines: target/engines/libpink.so.X.Y and engines.json
    Engines {
        /// This version alone; may be given again
        #[arg(long, value_name = "X.Y")]
        only: Vec<Version>,
        /// Instead the releases, each from its own commit: target/released/libpink.so.X.Y
        #[arg(long)]
        released: bool,
    },
    /// Compares each engine's dependency tree with its deps.txt
    Deps {
        /// This version alone; may be given again
        #[arg(long, value_name = "X.Y")]
        only: Vec<Version>,
        /// Writes lock file and deps.txt anew, from the root's lock file; never for a release
        #[arg(long)]
        write: bool,
    },
    /// Builds an engine in two other folders and compares the bytes
    Reproduce {
        /// The engine's version
        #[arg(value_name = "X.Y")]
        version: Version,
    },
    /// Releases an engine from the last commit: builds it in two folders, replays its recorded
    /// blocks, and adds it to engines/RELEASES.toml, for ever
    Release {
        /// The engine's version
        #[arg(value_name = "X.Y")]
        version: Version,
    },
    /// Builds the node and its runtime: target/node/pink-node and pink_runtime.wasm
    Node,
    /// Everything that CI runs, in order
    Test(test::Args),
    /// Changes rules and pallet in small ways, and asks whether their tests notice
    Mutants(mutants::Args),
    /// Lists the modules of every crate, lowest first, or the circles in their imports that aren't known
    Circles,
    /// Contracts through chain, worker and engine, with every receipt
    Demo,
    /// A node and two workers on this machine, until Ctrl-C
    Up(up::Args),
    /// Measures the engines and their peers
    Bench(bench::Args),
    /// Makes the book into pages for a browser: target/book/index.html
    Book(book::Args),
    /// Builds the page that a worker serves, into worker/console/dist; needs npm
    Console {
        /// Instead tries the page that is there in a browser, against the node and the worker that are built
        #[arg(long)]
        on_node: bool,
    },
}

fn main() -> ExitCode {
    let done = match Args::parse().command {
        Command::Engines {
            only,
            released: true,
        } => engines::make_released(&only),
        Command::Engines { only, .. } => engines::build_and_show(&only),
        Command::Deps { only, write } => engines::deps(&only, write),
        Command::Reproduce { version } => engines::reproduce(version),
        Command::Release { version } => engines::release(version),
        Command::Node => node::build(&tree::root()),
        Command::Test(args) => test::run(&args),
        Command::Mutants(args) => mutants::run(&args),
        Command::Circles => circles::run(&tree::root()),
        Command::Demo => demo::run(),
        Command::Up(args) => up::run(&args),
        Command::Bench(args) => bench::run(&args),
        Command::Book(args) => book::make(&args),
        Command::Console { on_node: true } => console::test_on_node(&tree::root()),
        Command::Console { .. } => console::make(&tree::root()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
