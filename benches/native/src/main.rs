//! A flip, whole, by engine 2.1 against bare `wasmtime`: what no engine on this compiler can be
//! faster than. Both in one process, in turns; prints the median nanoseconds of ours and of the other.

mod floor;

use anyhow::Context;
use fat_contracts_primitives::EngineVersion;
use floor::Floor;
use pink_engine_benches::{in_turns, load, Ours, Subject};
use std::{env, path::PathBuf};

fn main() -> anyhow::Result<()> {
    let mut args = env::args().skip(1);
    let engines: PathBuf = args.next().context("where the engines are")?.into();
    let rounds = args.next().context("how many rounds")?.parse()?;
    let flip = Subject::flip();
    let engine = load(&engines, EngineVersion::new(2, 1))?;
    let mut ours = Ours::new(engine, flip.code, &flip.constructor).context("our side")?;
    let mut floor = Floor::new(flip.code, &flip.constructor).context("the floor")?;
    let input = (flip.input)(&ours.contract);
    let (ours, other) = in_turns(rounds, 100, || ours.call(&input), || floor.call(&input))?;
    println!("{ours} {other}");
    Ok(())
}
