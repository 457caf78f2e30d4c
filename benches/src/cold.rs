//! The first call of a contract in a process that has its artefact on the disk.

use anyhow::Context;
use parity_scale_codec::{Decode, Encode};
use pink_engine_benches::{median, prepare, Engine, Ours, Subject};
use sp_crypto_hashing::blake2_256;
use std::{collections::BTreeMap, fs, path::Path, sync::Arc, time::Instant};

/// What is kept for the process: the state, the contract, its code's hash, a call's input.
type Kept = (BTreeMap<Vec<u8>, Vec<u8>>, [u8; 32], [u8; 32], Vec<u8>);

/// Writes a cluster with a contract, and the artefact of its code; bytes of the code.
pub(crate) fn write(engine: Arc<dyn Engine>, folder: &Path) -> anyhow::Result<usize> {
    let Subject {
        code,
        constructor,
        input,
    } = Subject::verified();
    let artefact = prepare(&*engine, code)?.context("the engine doesn't compile")?;
    let ours = Ours::new(engine, code, &constructor)?;
    let input = input(&ours.contract);
    let kept: Kept = (ours.state, ours.contract, blake2_256(code), input);
    fs::write(folder.join("cluster"), kept.encode())?;
    fs::write(folder.join("artefact"), artefact)?;
    Ok(code.len())
}

/// Calls it: nanoseconds of the first call, of what was done for the artefact in them, and of a later call.
pub(crate) fn calls(engine: Arc<dyn Engine>, folder: &Path) -> anyhow::Result<[u64; 3]> {
    let kept = fs::read(folder.join("cluster"))?;
    let (state, contract, code_hash, input) = Kept::decode(&mut &*kept)?;
    let mut ours = Ours::restored(Arc::clone(&engine), state, contract);
    let prepare = engine.prepare().context("the engine doesn't compile")?;
    let start = Instant::now();
    let artefact = fs::read(folder.join("artefact"))?;
    // As the worker's cache does, with a key.
    std::hint::black_box(blake2_256(&artefact));
    prepare.install(code_hash.into(), &artefact)?;
    let loaded = nanoseconds(start);
    ours.call(&input)?;
    let first = nanoseconds(start);
    let later = (0..100)
        .map(|_| {
            let start = Instant::now();
            ours.call(&input)?;
            Ok(nanoseconds(start))
        })
        .collect::<anyhow::Result<Vec<_>>>()?;
    Ok([first, loaded, median(later)])
}

fn nanoseconds(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_nanos()).unwrap_or(u64::MAX)
}
